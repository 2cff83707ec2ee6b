"""What was deleted, kind by kind, the last one deleted first: to look at, to restore, to erase for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Tab, Tabs

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Purge, Restore
from crmtool.app.erasing import parts
from crmtool.core.changes import MAX_CHANGES
from crmtool.core.ids import handle
from crmtool.core.messages import N_, t, tn
from crmtool.doors.erasing import sentences
from crmtool.doors.values import shown
from crmtool.store.reader import Query
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import PAGE, SLOW, WRITE
from crmtool.tui.dialogs import Confirm
from crmtool.tui.efforts import StoppedError
from crmtool.tui.places import Place
from crmtool.tui.records import Records
from crmtool.tui.screens.working import WorkingScene
from crmtool.tui.text import safe
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Fixed, Grid
from crmtool.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.tui.efforts import Effort
    from crmtool.tui.live import News

FIRST = ("deleted_at", "updated_by")  # beside the name, what one looks for in a trash


class Trash(WorkingScene):
    """A place of the kind ``trash``; its text is the kind of record, the first with anything deleted when it is empty."""

    BINDINGS = keys(
        Action(
            "trash.restore",
            "r",
            "restore",
            N_("Restore"),
            N_("Take what is selected out of the trash."),
            "crm {noun} restore {record}",
        ),
        Action(
            "trash.purge",
            "d,delete",
            "purge",
            N_("Erase"),
            N_("Erase what is selected for good, after a look at what goes with it."),
            "crm purge {record}",
        ),
        Action("trash.next", "tab", "kind(1)", N_("Next kind"), N_("The next kind of record."), shown=False),
        Action(
            "trash.previous",
            "shift+tab",
            "kind(-1)",
            N_("Kind before"),
            N_("The kind of record before."),
            shown=False,
        ),
    )
    DEFAULT_CSS = "Trash Tabs { height: 2; }"

    kinds: list[str]  # those that have a tab

    def title_text(self) -> str:
        return t("Trash")

    def body(self) -> Iterable[Widget]:
        yield Tabs()
        yield Grid(Fixed(()), empty=t("Nothing of this kind was deleted."))
        yield EffortBar()

    def on_mount(self) -> None:
        self.kinds, self._shown = [], ""
        self._counting = asyncio.Lock()
        self._grid.focus()
        self.work(self._count, group="count")

    @property
    def _grid(self) -> Grid:
        return self.query_one(Grid)

    # -- which kinds ---------------------------------------------------------------------------------------------------

    async def _count(self) -> None:
        """Say beside each kind how many of it were deleted; kinds without any are left out."""
        async with self._counting:  # tabs that are half changed are no tabs to change
            await self._say_counts()

    async def _say_counts(self) -> None:

        def look(workspace: Workspace) -> list[tuple[str, str, int]]:
            kinds = [kind for kind in workspace.registry.entities.values() if kind.key != "link"]
            counted = [
                (kind.key, kind.plural_label(), workspace.reader.count(Query(kind.key, trash="only")))
                for kind in kinds
            ]
            return [one for one in counted if one[2] or one[0] == self.place.text]

        found = await self.crm.desk.ask(look, SLOW)
        tabs, before = self.query_one(Tabs), self.kinds
        self.kinds = [key for key, _, _ in found]
        total = sum(count for _, _, count in found)
        self.query_one(TitleBar).remark(tn("{n} deleted record", "{n} deleted records", total))
        labels = [safe(f"{label} {count:,}") for _, label, count in found]
        if self.kinds != before:
            await tabs.clear()
            for number, label in enumerate(labels):
                await tabs.add_tab(Tab(label, id=f"kind-{number}"))
        else:
            for number, label in enumerate(labels):
                tabs.query_one(f"#kind-{number}", Tab).label = label
        if self.kinds:
            at = self.kinds.index(self.place.text) if self.place.text in self.kinds else 0
            tabs.active = f"kind-{at}"

    async def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        key = self.kinds[int((event.tab.id or "").removeprefix("kind-"))]
        if self._shown != key:
            self._shown = key
            self.work(self._show, key, group="show")
        self._grid.focus()

    def action_kind(self, by: int) -> None:
        tabs = self.query_one(Tabs)
        tabs.action_next_tab() if by > 0 else tabs.action_previous_tab()

    async def _show(self, key: str) -> None:
        def look(workspace: Workspace) -> tuple[Entity, list[Field]]:
            entity = workspace.registry.entity(key)
            hidden = workspace.policy.hidden_fields(workspace.actor, entity)
            names = dict.fromkeys((entity.name_field, *FIRST, *entity.list_fields))
            return entity, [entity.fields[n] for n in names if n in entity.fields and n not in hidden]

        entity, fields = await self.crm.desk.ask(look)
        if key != self._shown:
            return  # another kind was chosen meanwhile
        self.place = self.place._replace(text=key)
        listed = Place("list", key, sort="-deleted_at")
        self._grid.use(Records(self.crm.desk, entity, fields, listed, trash="only"))

    def on_news(self, news: News) -> None:
        self._grid.reload()
        self.work(self._count, group="count")

    # -- what can be done ----------------------------------------------------------------------------------------------

    def on_grid_opened(self, message: Grid.Opened) -> None:
        if message.row is not None:
            self.asking(self._read, self.place.text, message.row.key)

    async def _read(self, key: str, record: str) -> None:
        def look(workspace: Workspace) -> tuple[str, list[str]]:
            entity = workspace.registry.entity(key)
            found = workspace.reader.get(key, record, expand=True) or {}
            fields = [field for field in workspace.reader.visible_fields(entity) if not field.hidden]
            said = [(field.label(), shown(found, field, lines=True)) for field in fields]
            lines = [t("{label}: {value}", label=label, value=value) for label, value in said if value]
            return t(
                "{noun} in the trash: {name}", noun=entity.label(), name=found.get(entity.name_field) or ""
            ), lines

        await self.ask(Reading(*await self.crm.desk.ask(look, PAGE)))

    async def _wanted(self) -> list[str]:
        """The ids of what is selected, or of the row under the cursor."""
        grid, key = self._grid, self.place.text
        if not grid.chosen:
            return [grid.row.key] if grid.row is not None else []
        picked = set(grid.chosen.keys)
        if not grid.chosen.rest:
            return sorted(picked)

        def look(workspace: Workspace) -> list[str]:
            query = Query(key, fields=("id",), trash="only", expand=False)
            return [str(r["id"]) for r in workspace.query(query) if r["id"] not in picked]

        return await self.crm.desk.ask(look, SLOW)

    def action_restore(self) -> None:
        self.work(self._restore, self.place.text, group="deed")

    async def _restore(self, key: str) -> None:
        records = await self._wanted()
        if not records:
            return
        if len(records) <= MAX_CHANGES:
            await self.crm.deeds.run(Restore(key, tuple(records)))
        else:
            items = [Item(f"@{handle(record)}", Restore(key, (record,))) for record in records]
            bulk = await self.undertake(
                t("Restoring"),
                lambda workspace, effort: run_many(
                    workspace, items, f"{key} restore", progress=lambda done, _: effort(done, len(items))
                ),
            )
            said = tn("{n} change.", "{n} changes.", bulk.count)
            self.crm.deeds.tell([key, "restore", *(item.place for item in items)], bulk.handle, said)
        self._grid.action_clear()

    def action_purge(self) -> None:
        self.asking(self._purge, self.place.text)

    async def _purge(self, key: str) -> None:
        records = await self._wanted()
        if not records:
            return

        def look(workspace: Workspace) -> tuple[list[Purge], list[str], int]:
            commands = [*parts(workspace, key, records)]
            tried = [workspace.run(command, dry_run=True) for command in commands]
            return commands, sentences(workspace, tried), sum(outcome.count for outcome in tried)

        commands, lines, count = await self.crm.desk.ask(look, WRITE)
        question = tn("Erase {n} record for good?", "Erase {n} records for good?", count)
        if not await self.ask(Confirm(question, "\n".join(lines), yes=t("Erase"), dangerous=True)):
            return

        def erase(workspace: Workspace, effort: Effort) -> None:
            for done, command in enumerate(commands):
                effort(done, len(commands))
                workspace.run(command)

        try:
            await self.undertake(t("Erasing"), erase, WRITE)
        except StoppedError:
            self.notify(t("Stopped; what was erased so far stays erased."), markup=False)
        said = tn("{n} record erased.", "{n} records erased.", count)
        self.crm.deeds.tell(_purge_words(records), None, said)
        self._grid.action_clear()


def _purge_words(records: Sequence[str]) -> list[str]:
    return ["purge", *(f"@{handle(record)}" for record in records), "--yes"]
