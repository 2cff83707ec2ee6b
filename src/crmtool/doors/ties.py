"""Links in words: how a tie reads from either end, and its time; and what tying two records comes to."""

from __future__ import annotations

from crmtool.core.messages import N_, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.commands import Command
    from crmtool.app.ties import Tie
    from crmtool.app.workspace import Workspace

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
# (this end, other end) -> (relation, whether it leads from this end to the other)
RELATIONS = {
    ("contact", "company"): ("employment", True),
    ("company", "contact"): ("employment", False),
    ("contact", "deal"): ("participant", True),
    ("deal", "contact"): ("participant", False),
}
ABOUT = ("activity", "task", "note")


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


def tying(
    workspace: Workspace, this: tuple[str, str], other: tuple[str, str], values: dict[str, Any]
) -> Command:
    """A new link between two records, each (kind, id), or the end and role of the open one between the two."""
    from crmtool.app.commands import Add, Set
    from crmtool.app.ties import ties

    relation, forward = RELATIONS.get(
        (this[0], other[0]),
        ("attachment" if this[0] == "file" else "about" if this[0] in ABOUT else "related", True),
    )
    start = values.get("starts_on")
    for tie in ties(workspace, this[1], relation=relation):
        same_role = "role" not in values or values["role"] == tie.role or tie.role is None
        if tie.other == other[1] and tie.ends_on is None and same_role and start in (None, tie.starts_on):
            return Set("link", (tie.link,), tuple((key, "=", value) for key, value in values.items()))
    first, second = (this, other) if forward else (other, this)
    return Add(
        "link",
        {
            "relation": relation,
            "from_entity": first[0],
            "from": first[1],
            "to_entity": second[0],
            "to": second[1],
            **{key: value for key, value in values.items() if value is not None},
        },
    )


def between(workspace: Workspace, this: str, other: str, role: str | None) -> list[Tie]:
    """The links of two records, of a role where one is given; membership of a list is none."""
    from crmtool.app.ties import ties

    found = [tie for tie in ties(workspace, this) if tie.other == other and tie.relation != "member"]
    return [tie for tie in found if tie.role == role] if role else found
