"""What was done, and what one work changed, as sources of lists: pages only, however much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app.history import may_see
from crmtool.app.works import Changes, Works
from crmtool.core.dates import local_text
from crmtool.core.ids import handle
from crmtool.core.messages import t
from crmtool.doors.changes import differences, verb_label
from crmtool.doors.safe import escape
from crmtool.tui.desk import PAGE, SLOW
from crmtool.tui.rows import Column, Part, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.works import Work
    from crmtool.app.workspace import Workspace
    from crmtool.store.log import Entry
    from crmtool.tui.desk import Desk


class WorkList:
    """The works of the workspace, the newest first; each row's record is its ``Work``."""

    def __init__(self, desk: Desk, *, own: bool = False) -> None:
        self._desk = desk
        self._own = own
        self._columns = [
            Column("at", t("When"), 16, fixed=True),
            Column("by", t("Who"), 18),
            Column("command", t("Command"), 18),
            Column("count", t("Records"), 9, right=True),
            Column("state", t("State"), 14),
            Column("handle", t("Handle"), 9),
        ]

    def columns(self) -> Sequence[Column]:
        return self._columns

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        def ask(workspace: Workspace) -> Part:
            return self._part(*self._works(workspace).page(limit, _number(place), back=back))

        if back and place is None:
            place = "-1"  # before the oldest
        return await self._desk.ask(ask, PAGE)

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        def ask(workspace: Workspace) -> tuple[Part, Part]:
            works, n = self._works(workspace), int(place)
            with workspace.db.reading():
                before = works.page(earlier, n, back=True)
                return self._part(*before), self._part(*works.page(limit, n, at=True))

        return await self._desk.ask(ask, PAGE)

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        def ask(workspace: Workspace) -> str | None:
            found = self._works(workspace).leap(over, _number(place), back=back)
            return None if found is None else str(found)

        return await self._desk.ask(ask, SLOW)

    async def count(self, place: str | None) -> tuple[int, int]:
        return await self._desk.ask(lambda workspace: self._works(workspace).count(_number(place)), SLOW)

    def _works(self, workspace: Workspace) -> Works:
        return Works(workspace, own=self._own)

    def _part(self, found: list[Work], more: bool) -> Part:
        return Part([_work_row(work) for work in found], more)


class ChangeList:
    """The changes of one work, each row's record an ``Entry``."""

    def __init__(self, desk: Desk, changes: Changes) -> None:
        self._desk = desk
        self._changes = changes
        self._columns = [
            Column("name", t("Record"), 28, fixed=True),
            Column("kind", t("Kind"), 12),
            Column("verb", t("What"), 18),
            Column("values", t("From → to"), 70),
        ]

    def columns(self) -> Sequence[Column]:
        return self._columns

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        count = self._changes.count
        if back:
            end = count if place is None else int(place)
            return await self._part(end - limit, end, more=end > limit)
        begin = 0 if place is None else int(place) + 1
        return await self._part(begin, begin + limit, more=begin + limit < count)

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        return await self.read(earlier, place, back=True), await self.read(limit, str(int(place) - 1))

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        if back:
            at = (self._changes.count if place is None else int(place)) - 1 - over
        else:
            at = (-1 if place is None else int(place)) + 1 + over
        return str(at) if 0 <= at < self._changes.count else None

    async def count(self, place: str | None) -> tuple[int, int]:
        return self._changes.count, int(place or 0)

    async def _part(self, begin: int, end: int, *, more: bool) -> Part:
        def ask(workspace: Workspace) -> Part:
            first = max(begin, 0)
            entries = self._changes.between(workspace, first, end)
            return Part(
                [change_row(workspace, entry, number) for number, entry in enumerate(entries, first)], more
            )

        return await self._desk.ask(ask, PAGE)


def _number(place: str | None) -> int | None:
    return None if place is None else int(place)


def _work_row(work: Work) -> Row:
    done = work.done
    state, mark = state_of(work)
    cells = (
        local_text(done.at), escape(done.by or ""), escape(done.command), f"{done.count:,}", state, handle(done.handle),
    )  # fmt: skip
    return Row(done.handle, cells, work, mark, str(work.n))


def state_of(work: Work) -> tuple[str, str]:
    """What became of a work in a word, and the style it is shown in."""
    if work.unfinished:
        return t("not finished"), "grid--late"
    return (t("taken back"), "grid--quiet") if work.done.undone else ("", "")


def change_row(workspace: Workspace, entry: Entry, number: int) -> Row:
    """A change as a row; of a record that one may not see it says no more than that there is one."""
    entity = workspace.registry.entities.get(entry.entity)
    if entity is None or not may_see(workspace, entry):
        return Row(
            str(number), (t("(hidden)"), "", verb_label(entry.verb), ""), None, "grid--quiet", str(number)
        )
    name = workspace.reader.names(entity.key, [entry.record], trash="with").get(entry.record)
    values = "; ".join(differences(workspace, entity, entry.before, entry.after))
    cells = (
        escape(name or f"@{handle(entry.record)}"),
        entity.label(),
        verb_label(entry.verb),
        escape(values),
    )
    return Row(str(number), cells, entry, "", str(number))
