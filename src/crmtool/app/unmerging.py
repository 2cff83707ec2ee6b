"""Unmerging: a record that was merged into another comes back out of it, also long after and with edits in between.

What the merge did is in the log. What it brought to the survivor is taken away where it still stands as it came; what it turned
to the survivor is turned back where it still leads there. Whatever a person changed since is left as it is and listed. The two
are then marked as not the same, so that nobody is asked again.
"""

from __future__ import annotations

from crmtool.app import linking
from crmtool.app.merging import DISTINCT, KINDS, MERGED, mergeable, tied
from crmtool.app.resolve import candidates, resolve_anywhere
from crmtool.app.undo import find
from crmtool.core import changes, ids, tokens
from crmtool.core.changes import CREATE, DELETE, UPDATE
from crmtool.core.errors import ConflictError, NotFoundError
from crmtool.core.messages import Message, t
from crmtool.store.log import LogReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.commands import Unmerge
    from crmtool.app.handlers import Deciding
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.store.log import Entry

    Record = dict[str, Any]

MOST = 200  # merges that are taken apart in one change set


def unmerge(work: Deciding, command: Unmerge) -> None:
    """Decide the changes of an unmerge."""
    entity = mergeable(work, command.entity)
    parts: dict[str, list[Record]] = {}
    for record in dict.fromkeys(command.records):
        links = tied(work.reader, MERGED, record)
        if not links:
            raise ConflictError(
                Message("@{handle} is not merged with another record.", handle=ids.handle(record)),
                Message("See what is: {command}", command="crm trash"),
                code="not_merged",
            )
        parts.setdefault(links[0]["to"], []).append(links[0])
    for keep, links in parts.items():
        above = tied(work.reader, MERGED, keep)
        if above:
            raise ConflictError(
                Message(
                    "@{handle}, with which it was merged, was itself merged with another.",
                    handle=ids.handle(keep),
                ),
                Message("First: {command}", command=f"crm unmerge @{ids.handle(keep)}"),
                code="merged_since",
            )
        _Parting(work, entity, keep, links).decide()


def named(workspace: Workspace, text: str) -> tuple[str, list[str]]:
    """(entity, merged records) that a person means: by the old handle or id of one, by the handle of a merge, or by the record
    into which they were merged, where the last merge is meant. Raises ``NotFoundError``, ``AmbiguousError`` or ``ConflictError``.
    """
    word = text.strip().lstrip("@")
    for key in KINDS:
        entity = workspace.registry.entity(key)
        for record in candidates(
            workspace.reader, entity, word if ids.is_id(word) else f"@{word}", trash="only"
        ):
            if tied(workspace.reader, MERGED, record):
                return key, [record]
    try:
        target = find(workspace, word)
    except NotFoundError:
        target = None
    if target is None:
        key, record = resolve_anywhere(workspace.reader, text)
        links = tied(workspace.reader, MERGED, None, record)
    else:
        made = [
            entry.record for header in target.sets for entry in workspace.log.of_set(header)
            if entry.entity == "link" and entry.verb == CREATE and entry.after.get("relation") == MERGED
        ]  # fmt: skip
        links = [*workspace.reader.get_many("link", made, trash="without").values()]
    if not links:
        raise NotFoundError(
            Message("Nothing was merged by “{text}”.", text=text)
            if target
            else Message("Nothing is merged with “{text}”.", text=text),
            Message("“crm history” lists changes; “crm trash” what was merged."),
            code="not_merged",
        )
    if target is None:
        last = max(link["created_at"] for link in links)
        links = [link for link in links if link["created_at"] == last]
    if len(links) > MOST:
        raise ConflictError(
            Message(
                "That was {n} merges; they are taken apart one by one or taken back whole.", n=len(links)
            ),
            Message("Take all of it back: {command}", command=f"crm undo {word}"),
            code="too_many",
        )
    return str(links[0]["from_entity"]), [link["from"] for link in links]


class _Parting:
    """Some records coming out of one survivor."""

    def __init__(self, work: Deciding, entity: Entity, keep: str, links: list[Record]) -> None:
        self.work = work
        self.entity = entity
        self.log = LogReader(work.reader.db, work.reader.layouts)
        self.keep = work.reader.require(entity.key, keep)
        self.links = {link["from"]: link for link in links}
        self.values: Record = {}
        self.turned: dict[tuple[str, str], Record] = {}

    def decide(self) -> None:
        work = self.work
        by_set: dict[int, list[str]] = {}
        for record, link in self.links.items():
            made = next(self.log.entries("record = ? AND verb = ?", [link["id"], CREATE]))
            by_set.setdefault(made.set_n, []).append(record)
        for set_n in sorted(by_set, reverse=True):
            self._take_back(set_n, by_set[set_n])
        change = changes.update(self.entity, self.keep, self.values)
        if change is not None:
            work.changes.append(change)
        self._turn_back()
        for record, link in self.links.items():
            self._come_out(record, link)
        self._since(min(by_set))

    # -- what the merge brought to the survivor ---------------------------------------------------------------------

    def _take_back(self, set_n: int, records: list[str]) -> None:
        """Undo one merge as far as it was about ``records``."""
        header = next(self.log.sets("n = ?", [set_n]))
        entries = list(self.log.of_set(header))
        sources = self.work.reader.get_many(self.entity.key, records)
        staying = self._staying(entries, set(records))
        for entry in entries:
            if entry.record == self.keep["id"] and entry.entity == self.entity.key and entry.verb == UPDATE:
                for key, after in entry.after.items():
                    field = self.entity.fields.get(key)
                    if field is not None and field.writable:
                        self._field(field, entry.before[key], after, [*sources.values()], staying)
            elif entry.verb in (UPDATE, DELETE):
                self._moved(entry, set(records))

    def _staying(self, entries: list[Entry], parting: set[str]) -> list[Record]:
        """The records that came into the survivor by the same merge and stay in it."""
        here = {link["from"] for link in tied(self.work.reader, MERGED, None, self.keep["id"])}
        same = {
            entry.record for entry in entries
            if entry.verb == DELETE and entry.entity == self.entity.key and entry.record in here - parting
        }  # fmt: skip
        return [*self.work.reader.get_many(self.entity.key, sorted(same)).values()]

    def _field(
        self, field: Field, before: Any, after: Any, parting: list[Record], staying: list[Record]
    ) -> None:
        key = field.key
        now = self.values.get(key, self.keep.get(key))
        if field.multi:
            self.values[key] = self._entries(field, before or [], after or [], now or [], staying)
        elif field.kind.collection or key == "external_ids":
            mark = tokens.fold if field.kind.collection else str
            stays = {mark(item) for record in (*staying, {key: before}) for item in record.get(key) or ()}
            gone = {mark(item) for record in parting for item in record.get(key) or ()} - stays
            self.values[key] = [item for item in now or [] if mark(item) not in gone]
        elif field.kind.name == "longtext" and (staying or now != after):
            self.values[key] = self._text(field, now, before, parting)
        elif not staying or any(_same(record.get(key), after) for record in parting):
            if any(_same(record.get(key), after) for record in staying):
                return
            if _same(now, after):
                self.values[key] = before
            else:
                self._leave(field)

    def _entries(
        self,
        field: Field,
        before: list[Record],
        after: list[Record],
        now: list[Record],
        staying: list[Record],
    ) -> list[Record]:
        """The entries without those that came with the merge and are as they came."""
        known = {entry["id"] for entry in before}
        mark = field.kind.lookup_key
        stays = {mark(entry["value"]) for record in staying for entry in record.get(field.key) or ()}
        brought = {
            entry["id"]: entry
            for entry in after
            if entry["id"] not in known and mark(entry["value"]) not in stays
        }
        out = []
        for entry in now:
            came = brought.get(entry["id"])
            if came is None or entry != came:
                out.append(entry)
                if came is not None:
                    self._leave(field)
        return out

    def _text(self, field: Field, now: Any, before: Any, parting: list[Record]) -> Any:
        """A long text without what the merge put into it, where that is still there as it was."""
        for record in parting:
            added = record.get(field.key)
            if not added or added in (before or ""):
                continue
            paragraphs = f"\n\n{now or ''}\n\n"
            if f"\n\n{added}\n\n" in paragraphs:
                now = paragraphs.replace(f"\n\n{added}\n\n", "\n\n", 1).strip("\n") or None
            else:
                self._leave(field)
        return now

    # -- what the merge turned to the survivor ------------------------------------------------------------------------

    def _moved(self, entry: Entry, parting: set[str]) -> None:
        """Note a record that referred to one that comes out, so that it does again; a link that was dropped comes back."""
        if entry.verb == DELETE:
            if entry.entity == "link":
                link = self.work.reader.get("link", entry.record)
                if (
                    link is not None
                    and {link["from"], link["to"]} & parting
                    and _same(link["deleted_at"], entry.after["deleted_at"])
                ):
                    self.work.changes.append(changes.restore(self.work.registry.entity("link"), link))
            return
        back = {
            key: before for key, before in entry.before.items()
            if isinstance(before, str) and before in parting and entry.after[key] == self.keep["id"]
        }  # fmt: skip
        if back:
            self.turned.setdefault((entry.entity, entry.record), {}).update(back)

    def _turn_back(self) -> None:
        by_entity: dict[str, list[str]] = {}
        for key, record in self.turned:
            by_entity.setdefault(key, []).append(record)
        for key, records in by_entity.items():
            entity = self.work.registry.entity(key)
            for record, base in self.work.reader.get_many(key, records).items():
                back = self.turned[key, record]
                values = {name: value for name, value in back.items() if base.get(name) == self.keep["id"]}
                for name in back.keys() - values.keys():
                    self._stay(entity, base, t("{field} changed since", field=entity.fields[name].label()))
                change = changes.update(entity, base, values)
                if change is not None:
                    self.work.changes.append(change)

    # -- the record itself --------------------------------------------------------------------------------------------

    def _come_out(self, record: str, link: Record) -> None:
        work, kind = self.work, self.work.registry.entity("link")
        made = ((link.get("extra") or {}).get("crm") or {}) if isinstance(link.get("extra"), dict) else {}
        for key in ("note", "link"):
            whole = work.reader.get(key, made[key], trash="without") if made.get(key) else None
            if whole is not None and not any(
                self.log.entries("record = ? AND verb = ?", [whole["id"], UPDATE])
            ):
                work.changes.append(changes.delete(work.registry.entity(key), whole, work.ctx.now))
            elif whole is not None:
                self._stay(work.registry.entity(key), whole, t("changed since"))
        base = work.reader.require(self.entity.key, record)
        if base["deleted_at"] is not None:
            work.changes.append(changes.restore(self.entity, base))
        work.changes.append(changes.delete(kind, link, work.ctx.now))
        one, other = sorted((record, self.keep["id"]))
        if not tied(work.reader, DISTINCT, one, other) and not self._returns(one, other):
            more = {"extra": {"crm": {"match": made["match"]}}} if made.get("match") else {}
            linking.tie(work, DISTINCT, (self.entity.key, one), (self.entity.key, other), **more)

    def _returns(self, one: str, other: str) -> bool:
        """Whether a link that said so before the merge comes back."""
        return any(
            change.entity == "link" and change.verb == changes.RESTORE and change.base is not None
            and (change.base["relation"], change.base["from"], change.base["to"]) == (DISTINCT, one, other)
            for change in self.work.changes
        )  # fmt: skip

    def _since(self, set_n: int) -> None:
        """List what else of the survivor changed since the merge, which stays as it is."""
        told = {item["field"] for item in self.work.left if item["id"] == self.keep["id"] and "field" in item}
        for entry in self.log.entries(
            "record = ? AND set_n > ? AND verb = ?", [self.keep["id"], set_n, UPDATE]
        ):
            for key in entry.after:
                field = self.entity.fields.get(key)
                if (
                    field is not None
                    and field.writable
                    and not field.hidden
                    and key not in self.values
                    and key not in told
                ):
                    told.add(key)
                    self._leave(field)

    def _leave(self, field: Field) -> None:
        if not any(
            item.get("field") == field.key and item["id"] == self.keep["id"] for item in self.work.left
        ):
            self._stay(self.entity, self.keep, t("{field} changed since", field=field.label()), field.key)

    def _stay(self, entity: Entity, base: Record, reason: str, field: str | None = None) -> None:
        item = {"entity": entity.key, "id": base["id"], "name": base.get(entity.name_field), "reason": reason}
        self.work.left.append({**item, "field": field} if field else item)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other or (one in (None, []) and other in (None, [])))


__all__ = ["named", "unmerge"]
