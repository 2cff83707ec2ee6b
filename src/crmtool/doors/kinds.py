"""What the kinds of value are called for people; programs and maps have their keys."""

from __future__ import annotations

from crmtool.core.messages import N_, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Registry

LABELS = {
    "text": N_("text"),
    "longtext": N_("long text"),
    "email": N_("e-mail address"),
    "phone": N_("phone number"),
    "address": N_("postal address"),
    "url": N_("web address"),
    "money": N_("amount of money"),
    "number": N_("number"),
    "date": N_("day"),
    "instant": N_("moment"),
    "choice": N_("one of several choices"),
    "multichoice": N_("any of several choices"),
    "tags": N_("tags"),
    "reference": N_("reference to a record"),
    "yesno": N_("yes or no"),
    "file": N_("document"),
    "json": N_("JSON"),
}


def kind_label(kind: str, registry: Registry | None = None, target: str | None = None) -> str:
    """What the kind with this key is called; of a reference also to what, where ``registry`` knows its ``target``."""
    other = registry.entities.get(target) if registry is not None and target else None
    if other is not None:
        return t("reference to {noun}", noun=other.label())
    return t(LABELS[kind])
