"""Links in words: how a tie reads from either end, and its time."""

from __future__ import annotations

from crmtool.core.messages import N_, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.ties import Tie

# relation -> (how it reads from its beginning, how it reads from its end)
READS = {
    "employment": (N_("Works at"), N_("Works here")),
    "participant": (N_("Takes part in"), N_("Takes part")),
    "about": (N_("Is also about"), N_("Spoken of in")),
    "related": (N_("Is related to"), N_("Is related to")),
    "member": (N_("Is on the list"), N_("On the list")),
    "attachment": (N_("Is attached to"), N_("Attached")),
    "merged": (N_("Was merged into"), N_("Merged with this")),
    "distinct": (N_("Is not the same as"), N_("Is not the same as")),
}
# The same for what has ended, where it reads otherwise.
PAST = {"employment": (N_("Worked at"), N_("Worked here"))}


def label(relation: str, *, forward: bool, past: bool) -> str:
    """How a relation reads from the record at its beginning (``forward``) or at its end."""
    reads = PAST.get(relation, READS[relation]) if past else READS[relation]
    return t(reads[0 if forward else 1])


def period(tie: Tie) -> str:
    """The time of a link for people; empty where it has none."""
    if tie.starts_on and tie.ends_on:
        return t("{start} to {end}", start=tie.starts_on, end=tie.ends_on)
    if tie.ends_on:
        return t("until {end}", end=tie.ends_on)
    return t("since {start}", start=tie.starts_on) if tie.starts_on else ""


def plain(tie: Tie) -> dict[str, Any]:
    """A link as programs get it."""
    return {
        "id": tie.link,
        "relation": tie.relation,
        "direction": "from" if tie.forward else "to",
        "entity": tie.entity,
        "record": {"id": tie.other, "name": tie.name},
        "role": tie.role,
        "starts_on": tie.starts_on,
        "ends_on": tie.ends_on,
    }
