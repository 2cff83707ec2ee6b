"""Unmerging: a record that was merged into another comes back out of it, also long after and with edits in between.

What the merge did is in the log. What it brought to the survivor is taken away where it still stands as it came; what it turned
to the survivor is turned back where it still leads there. Whatever a person changed since is left as it is and listed. The two
are then marked as not the same, so that nobody is asked again.
"""

from __future__ import annotations

from crmtool.app import linking
from crmtool.app.merging import DISTINCT, KINDS, MERGED, mergeable, tied, united
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
        sets = {
            link["id"]: next(workspace.log.of_record(link["id"], f"verb = '{CREATE}'")).set_n
            for link in links
        }
        links = [link for link in links if sets[link["id"]] == max(sets.values())]
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
        self.order, self.sets = self._merges()
        self.values: Record = {}
        self.turned: dict[tuple[str, str], Record] = {}

    def _merges(self) -> tuple[dict[str, int], list[int]]:
        """All records that are merged into the survivor, in the order of the merges -> the change set of each; and the numbers of
        all sets that ever merged something into it, also of those that were taken back.
        """
        made, sets = [], set()
        for link in tied(self.work.reader, MERGED, None, self.keep["id"], trash="with"):
            entry = next(self.log.of_record(link["id"], f"verb = '{CREATE}'"))
            sets.add(entry.set_n)
            if link["deleted_at"] is None:
                made.append((entry.n, entry.set_n, link["from"]))
        return {record: set_n for _, set_n, record in sorted(made)}, sorted(sets)

    def decide(self) -> None:
        work = self.work
        self._take_back()
        change = changes.update(self.entity, self.keep, self.values)
        if change is not None:
            work.changes.append(change)
        self._turn_back()
        for record, link in self.links.items():
            self._come_out(record, link)
        self._since(min(self.order[record] for record in self.links))

    # -- what the merges brought to the survivor --------------------------------------------------------------------

    def _take_back(self) -> None:
        """Give the survivor the values it would have, had it never been merged with those that come out."""
        there = self.work.reader.get_many(self.entity.key, [*self.order])
        past: dict[str, list[tuple[int, Any, Any]]] = {}
        for set_n in self.sets:
            mine = {record for record in self.links if self.order[record] == set_n}
            for entry in self.log.of_set(next(self.log.sets("n = ?", [set_n]))):
                if (
                    entry.record == self.keep["id"]
                    and entry.entity == self.entity.key
                    and entry.verb == UPDATE
                ):
                    for key, after in entry.after.items():
                        past.setdefault(key, []).append((set_n, entry.before[key], after))
                elif mine and entry.verb in (UPDATE, DELETE):
                    self._moved(entry, mine)
        for key, steps in past.items():
            field = self.entity.fields.get(key)
            if field is not None and field.writable:
                self._field(field, steps, there)

    def _field(self, field: Field, steps: list[tuple[int, Any, Any]], there: dict[str, Record]) -> None:
        """``steps``: what each merge did to the field, (change set, before, after), oldest first."""
        key, now = field.key, self.keep.get(field.key)
        staying = [record for record in there.values() if record["id"] not in self.links]
        if field.multi:
            self.values[key] = self._entries(field, steps, now or [], staying)
        elif field.kind.collection or key == "external_ids":
            mark = tokens.fold if field.kind.collection else str
            brought = {
                mark(item) for _, before, after in steps for item in after or () if item not in (before or ())
            }
            stays = {mark(item) for record in staying for item in record.get(key) or ()}
            self.values[key] = [item for item in now or [] if mark(item) not in brought - stays]
        elif any(there[record].get(key) not in (None, [], {}) for record in self.links):
            self._whole(field, steps, now, there)

    def _whole(
        self, field: Field, steps: list[tuple[int, Any, Any]], now: Any, there: dict[str, Record]
    ) -> None:
        """A value that is no set. Since which merge has nobody touched it? It is what that merge and later ones made of it."""
        for set_n, before, after in steps:
            since = [there[record] for record, made in self.order.items() if made >= set_n]
            staying = [record for record in since if record["id"] not in self.links]
            if _same(now, self._composed(field, before, since)):
                self.values[field.key] = self._composed(field, before, staying)
                return
            if not staying and since and _same(now, after):
                self.values[field.key] = before  # a value that was given with the merge itself
                return
        self._leave(field)

    def _composed(self, field: Field, before: Any, records: list[Record]) -> Any:
        """The value of a field after merging ``records``, one after the other, into a survivor that had ``before``."""
        mine = {**self.keep, field.key: before}
        gone = {record["id"] for record in records}
        for record in records:
            mine, _ = united(self.entity, mine, record, fixed=set(), gone=gone)
        value = mine[field.key]
        return None if field.target == self.entity.key and value in gone else value

    def _entries(
        self, field: Field, steps: list[tuple[int, Any, Any]], now: list[Record], staying: list[Record]
    ) -> list[Record]:
        """The entries without those that came by merging and are as they came, unless another merged record has them too."""
        mark = field.kind.lookup_key
        stays = {mark(entry["value"]) for record in staying for entry in record.get(field.key) or ()}
        brought: dict[str, Record] = {}
        for _, before, after in steps:
            known = {entry["id"] for entry in before or ()}
            brought.update((entry["id"], entry) for entry in after or () if entry["id"] not in known)
        out = []
        for entry in now:
            came = brought.get(entry["id"])
            if came is None or mark(came["value"]) in stays:
                out.append(entry)
            elif entry != came:
                out.append(entry)
                self._leave(field)
        return out

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
            if whole is not None and not any(self.log.of_record(whole["id"], f"verb = '{UPDATE}'")):
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
        for entry in self.log.of_record(self.keep["id"], f"set_n > {int(set_n)} AND verb = '{UPDATE}'"):
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
