"""Deciding links: where people worked, the members of static lists, what a file is attached to."""

from __future__ import annotations

from crmtool.core import changes, dates
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import Compare, Empty, In, Or, Path, all_of
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.commands import Attach, Delist, Enlist
    from crmtool.app.handlers import Deciding
    from crmtool.core.changes import Change

    Record = dict[str, Any]

EMPLOYMENT, MEMBER, ATTACHMENT = "employment", "member", "attachment"
CONTENT = ("sha256", "bytes")  # of a file: what its content is, which nobody sets by hand
ASKED = 200  # records asked about in one statement


def keep_employment(work: Deciding, change: Change) -> None:
    """A person who leaves a company stays tied to it: the job as it was, ended on the day of the change.

    Going back on the same day takes that end away again and keeps nothing of what was in between. A company filled in where
    there was none ends nothing.
    """
    left, entered = change.before["company"], change.after["company"]
    day = dates.day_of(change.effective_at or work.ctx.now, work.ctx).isoformat()
    link = work.registry.entity("link")
    returned = [job for job in _jobs(work, change.record, entered, day) if job["ends_on"]] if entered else []
    for job in returned:
        if dates.day_of(job["created_at"], work.ctx).isoformat() == day:
            work.changes.append(changes.delete(link, job, work.ctx.now))
        else:
            work.update(link, job, {"ends_on": None}, change.effective_at)
    if returned or not left:
        return
    held = _jobs(work, change.record, left, day)
    for job in held:
        if not job["ends_on"]:
            work.update(link, job, {"ends_on": day}, change.effective_at)
    if not held:
        job = {"role": (change.base or {}).get("title"), "ends_on": day}
        tie(work, EMPLOYMENT, ("contact", change.record), ("company", left), **job)


def _jobs(work: Deciding, contact: str, company: str, day: str) -> list[Record]:
    """The jobs of a person at a company that have begun and do not end, or end on that very day."""
    fields = work.registry.entity("link").fields
    ends = Path((fields["ends_on"],))
    where = all_of(
        [
            Compare(Path((fields["from"],)), "=", contact),
            Compare(Path((fields["to"],)), "=", company),
            Compare(Path((fields["relation"],)), "=", EMPLOYMENT),
            Or((Empty(ends), Compare(ends, "=", day))),
        ]
    )
    found = [r["id"] for r in work.reader.records(Query("link", where, fields=("id",), expand=False))]
    jobs = work.reader.get_many("link", found).values()
    return [job for job in jobs if job["starts_on"] is None or job["starts_on"] <= day]


def enlist(work: Deciding, command: Enlist) -> None:
    """A link from each record to the list, made with it where it is new."""
    target = command.static_list
    if command.values is not None:
        work.create(work.registry.entity("list"), {"of": command.entity, **command.values}, record=target)
    elif ("list", target) not in work.made:
        record = work.base(work.registry.entity("list"), target)
        if command.records and record["of"] != command.entity:
            raise UsageError(
                Message("The list “{list}” holds {noun} records.", list=record["name"], noun=record["of"]),
                Message(
                    "Make another list for this kind: {command}",
                    command=f"crm list add NAME of={command.entity}",
                ),
                code="other_kind",
            )
    there = members(work, target, command.records)
    for found in dict.fromkeys(command.records):
        if found not in there:
            tie(work, MEMBER, (command.entity, found), ("list", target))


def delist(work: Deciding, command: Delist) -> None:
    """The links of these records to the list go to the trash."""
    link = work.registry.entity("link")
    there = members(work, command.static_list, command.records)
    for record in dict.fromkeys(command.records):
        if record in there:
            work.changes.append(changes.delete(link, work.base(link, there[record]), work.ctx.now))


def attach(work: Deciding, command: Attach) -> None:
    """File records, each tied to what they belong to."""
    entity = work.registry.entity("file")
    for given in command.files:
        content = {key: given[key] for key in CONTENT if key in given}
        values = {key: value for key, value in given.items() if key not in CONTENT}
        made = work.create(entity, values, content=content)
        for end in dict.fromkeys(command.to):
            tie(work, ATTACHMENT, ("file", made), end)


def loosened(
    work: Deciding, link: dict[str, Any], erased: tuple[str, ...], seen: set[str]
) -> list[changes.Change]:
    """The erasure of the file at an erased link's beginning, where it was attached to erased records alone.

    What is decided this way is added to ``seen``.
    """
    file = link["from"]
    tied = link["relation"] == ATTACHMENT and link["from_entity"] == "file" and link["deleted_at"] is None
    if not tied or file in seen or file in erased:
        return []
    fields = work.registry.entity("link").fields
    where = all_of(
        [Compare(Path((fields["from"],)), "=", file), Compare(Path((fields["relation"],)), "=", ATTACHMENT)]
    )
    ends = {r["to"] for r in work.reader.records(Query("link", where, fields=("to",), expand=False))}
    found = work.reader.get("file", file)
    if found is None or not ends <= set(erased):
        return []
    seen.add(file)
    return [changes.purge(work.registry.entity("file"), found)]


def members(work: Deciding, static_list: str, among: tuple[str, ...]) -> dict[str, str]:
    """Which of some records are on a list: record -> its link."""
    link = work.registry.entity("link")
    out: dict[str, str] = {}
    for start in range(0, len(among), ASKED):
        where = all_of(
            [
                In(Path((link.fields["from"],)), among[start : start + ASKED]),
                Compare(Path((link.fields["to"],)), "=", static_list),
                Compare(Path((link.fields["relation"],)), "=", MEMBER),
            ]
        )
        for record in work.reader.records(Query("link", where, fields=("id", "from"), expand=False)):
            out[record["from"]] = record["id"]
    return out


def tie(work: Deciding, relation: str, start: tuple[str, str], end: tuple[str, str], **more: Any) -> None:
    """Decide a link between two records, as (entity, id)."""
    values = {
        "relation": relation,
        "from_entity": start[0],
        "from": start[1],
        "to_entity": end[0],
        "to": end[1],
        **more,
    }
    work.changes.append(changes.create(work.registry.entity("link"), values))
