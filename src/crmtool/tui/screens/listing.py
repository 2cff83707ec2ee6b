"""A list of any kind of record: filtered as one types, sorted and arranged by key and mouse, changed singly or all at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmtool.app.commands import Add, Set
from crmtool.core.errors import CrmError
from crmtool.core.messages import N_, t, tn
from crmtool.doors.words import read
from crmtool.store.reader import Query
from crmtool.tui.actions import Action, keys
from crmtool.tui.arrangement import Arrangement, arranged, moved, sorted_by
from crmtool.tui.celledit import CellEditor
from crmtool.tui.columns import Columns, offered
from crmtool.tui.completions import Offer, of_filter, of_value, unfinished
from crmtool.tui.dialogs import Choice, Pick, Prompt
from crmtool.tui.echo import written
from crmtool.tui.places import Place
from crmtool.tui.screens.form import fill
from crmtool.tui.screens.listdeeds import ListDeeds, static_lists
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.completing import Completing
from crmtool.tui.widgets.filterbar import FilterBar
from crmtool.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Context, Field
    from crmtool.tui.live import News
    from crmtool.tui.records import Records

LONG = ("longtext", "address", "json")  # kinds of value that a line is too short for
EVERYTHING, SAVE = "*", "+"  # keys among those of views and lists


class Listing(ListDeeds):
    """The records of a place of the kind ``list``."""

    BINDINGS = keys(
        Action(
            "list.filter",
            "slash",
            "filter",
            N_("Filter"),
            N_("Say which records to show."),
            "crm {noun} list {filter}",
            priority=True,
        ),
        Action("list.add", "a", "add", N_("Add"), N_("Add a record."), "crm {noun} add {name}"),
        Action(
            "list.edit_cell",
            "e",
            "edit_cell",
            N_("Edit"),
            N_("Edit the value under the cursor."),
            "crm {noun} set {record} {values}",
        ),
        Action(
            "list.sort", "s", "sort", N_("Sort"), N_("Sort by this column; again: the other way; again: not.")
        ),
        Action(
            "list.sort_also",
            "S",
            "sort(True)",
            N_("Sort also"),
            N_("Sort by this column too, behind those before."),
            shown=False,
        ),
        Action("list.columns", "C", "columns", N_("Columns"), N_("Choose the columns.")),
        Action(
            "list.narrower",
            "less_than_sign",
            "widen(-2)",
            N_("Narrower"),
            N_("Make this column narrower."),
            shown=False,
        ),
        Action(
            "list.wider",
            "greater_than_sign",
            "widen(2)",
            N_("Wider"),
            N_("Make this column wider."),
            shown=False,
        ),
        Action(
            "list.column_left",
            "shift+left",
            "shift(-1)",
            N_("Move left"),
            N_("Move this column to the left."),
            shown=False,
        ),
        Action(
            "list.column_right",
            "shift+right",
            "shift(1)",
            N_("Move right"),
            N_("Move this column to the right."),
            shown=False,
        ),
        Action(
            "list.views",
            "v",
            "views",
            N_("Views"),
            N_("Views and static lists; keep this filter as a view."),
            "crm view add {name} of={noun}",
        ),
    )

    AUTO_FOCUS = ""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._arrangement = Arrangement()
        self._held_back: str | None = None  # a half-typed filter that the list does not follow yet
        self._missed = False  # whether something changed while another screen was above

    # -- opening -------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._arrangement = Arrangement.recall(self.crm.memory, self.place)
        self.work(self._open)

    def body(self) -> Iterable[Widget]:
        # The filter is there before the records are, so that what is typed ahead goes into it and does nothing else.
        yield FilterBar(self._offer_filter, self.place.filter)

    async def _open(self) -> None:
        bar, wrong = self.query_one(FilterBar), None
        try:
            self.source = await self._records(self.place)
        except CrmError as error:
            if not self.place.filter:
                raise
            wrong = error
            self.place = self.place._replace(filter="")
            self.source = await self._records(self.place)
        self._entitle()
        grid = Grid(self.source, empty=self._empty())
        await self.mount(grid, after=bar)
        if self.focused is None:
            grid.focus()
        if wrong is not None:
            bar.wrong(wrong)
        elif (typed := bar.line.value.strip()) != self.place.filter:
            await self.narrow(typed)

    def _records(self, place: Place) -> Awaitable[Records]:
        """The list of a place; raises what a filter or a name in it is wrong about, before anything that is shown goes."""
        arrangement = self._arrangement

        def look(workspace: Workspace) -> Records:
            found = arranged(workspace, self.crm.desk, place, arrangement, self.trash)
            found.query(workspace)
            return found

        return self.crm.desk.ask(look)

    def _entitle(self) -> None:
        place = self.place
        self.retitle(" – ".join(filter(None, (self._entity().plural_label(), place.view, place.on))))

    def _empty(self) -> str:
        noun = self._entity()
        if self.place.filter:
            return t("Nothing matches this filter. Press / to change it.")
        if self.place.on:
            return t("Nothing is on this list. Select records elsewhere and press + there.")
        return t("No {noun} yet. Press a to add one, or: crm import FILE", noun=noun.plural_label().lower())

    async def _show(self, place: Place, *, anew: bool = True) -> None:
        """Show this place in this list; raises what a filter or a name in it is wrong about."""
        source = await self._records(place)
        self.place = place
        self.source = source
        self.grid.use(source, anew=anew, empty=self._empty())

    # -- what is seen --------------------------------------------------------------------------------------------------

    def on_grid_told(self, message: Grid.Told) -> None:
        if self._job is not None:
            return
        grid = message.grid
        text = (
            t("at least {n}", n=f"{grid.length:,}")
            if grid.total is None
            else tn("{n} record", "{n} records", grid.total)
        )
        chosen = grid.chosen.count(grid.total)
        if grid.chosen:
            text += " · " + (
                tn("{n} selected", "{n} selected", chosen) if chosen is not None else t("all selected")
            )
        self.query_one(TitleBar).remark(text)

    def on_grid_opened(self, message: Grid.Opened) -> None:
        if message.row is not None:
            self.crm.go(Place("record", self.place.entity, message.row.key))

    def on_news(self, news: News) -> None:
        if not self._concerns(news):
            return
        if self.is_current:
            for grid in self.query(Grid):
                grid.reload()
        else:
            self._missed = True

    def _concerns(self, news: News) -> bool:
        """Whether what is shown may have changed: records, those whose names stand in them, and what makes a list."""
        if self.source is None:
            return False
        shown = {self.place.entity, *(field.target for field in self.source.fields if field.target)}
        if self.place.on:
            shown |= {"list", "link"}
        if self.place.view:
            shown.add("view")
        return any(news.concerns(noun) for noun in shown)

    def on_screen_resume(self) -> None:
        if self._missed:
            self._missed = False
            self.grid.reload()

    # -- the filter ----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # The key has precedence, so that what is typed right behind it is in the filter already; in a line it is a letter.
        if action == "filter":
            return self.focused is None or isinstance(self.focused, Grid)
        if not self.query(Grid):
            return False  # not read yet: there is nothing to do anything with
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        self.query_one(FilterBar).line.enter()

    def _offer_filter(self, text: str, cursor: int) -> Awaitable[Sequence[Offer]]:
        return self.crm.desk.ask(partial(of_filter, noun=self.place.entity, text=text, cursor=cursor))

    def on_completing_typed(self, message: Completing.Typed) -> None:
        if message.completing.id == "filter":
            self.work(self._narrow_so_far, message.text.strip(), group="filter", exclusive=True)

    def on_completing_submitted(self, message: Completing.Submitted) -> None:
        if message.completing.id == "filter":
            self._held_back = None
            self.work(self._finish_filter, message.text.strip(), group="filter", exclusive=True)
            self._leave_filter()

    def on_completing_left(self, message: Completing.Left) -> None:
        if message.completing.id == "filter":
            self._held_back = None
            message.completing.put(self.place.filter)
            self.query_one(FilterBar).right()
            self._leave_filter()

    def _leave_filter(self) -> None:
        self.set_focus(self.query_one(Grid) if self.query(Grid) else None)

    def on_descendant_blur(self) -> None:
        if self._held_back is not None:  # the line is left by mouse or tab: what stands there is meant
            self.work(self.narrow, self._held_back, group="filter", exclusive=True)
            self._held_back = None

    async def _narrow_so_far(self, text: str) -> None:
        """Narrow the list while a filter is typed; the list stays while the line ends in half a field or value."""
        self._held_back = None
        if await self.crm.desk.ask(partial(unfinished, noun=self.place.entity, text=text)):
            self._held_back = text
            self.query_one(FilterBar).right()
        else:
            await self.narrow(text)

    async def _finish_filter(self, text: str) -> None:
        """Narrow the list by what was finished with enter; what cannot be read is put right in the line."""
        if not await self.narrow(text):
            self.action_filter()

    async def narrow(self, text: str) -> bool:
        """Show the records that a filter leaves; one that cannot be read is said so, and the list stays."""
        bar = self.query_one(FilterBar)
        if self.source is None:
            return True  # not read yet: the line is looked at when it is
        try:
            if text != self.place.filter:
                await self._show(self.place._replace(filter=text))
        except CrmError as error:
            bar.wrong(error)
            return False
        bar.right()
        return True

    # -- how it is arranged --------------------------------------------------------------------------------------------

    @property
    def _names(self) -> list[str]:
        return [] if self.source is None else [field.key for field in self.source.fields]

    def _arrange(self, arrangement: Arrangement, *, anew: bool = False) -> None:
        """Show and remember the list so."""
        self._arrangement = arrangement
        arrangement.keep(self.crm.memory, self.place)
        self.work(partial(self._show, self.place, anew=anew), group="filter", exclusive=True)

    def on_grid_header_used(self, message: Grid.HeaderUsed) -> None:
        self.grid.column = message.number
        if message.does == "resize":
            self.action_widen(message.by)
        else:
            self.action_sort(message.does == "add")

    def action_sort(self, add: bool = False) -> None:
        if self.source is None or not self.source.fields:
            return
        field = self.source.fields[self.grid.column]
        if not field.kind.sortable:
            self.notify(t("“{field}” cannot be sorted by.", field=field.label()), markup=False)
            return
        now = self.source.place.sort or (self._entity().default_sort or "")
        sort = sorted_by(now, field.key, add=add)
        self.place = self.place._replace(sort="")
        self._arrange(self._arrangement._replace(sort=sort), anew=True)

    def action_widen(self, by: int) -> None:
        if self.source is None:
            return
        column = self.source.columns()[self.grid.column]
        self._arrangement = self._arrangement.widened(column.key, column.width + by)
        self._arrangement.keep(self.crm.memory, self.place)
        self.source.width(column.key, dict(self._arrangement.widths)[column.key])
        self.grid.reshape()

    def action_shift(self, by: int) -> None:
        names, at = self._names, self.grid.column
        if names and 0 <= at + by < len(names):
            self._arrange(self._arrangement._replace(columns=tuple(moved(names, names[at], by))))
            self.grid.column = at + by

    def action_columns(self) -> None:
        self.asking(self._choose_columns, exclusive=True)

    async def _choose_columns(self) -> None:
        known = await self.crm.desk.ask(partial(offered, noun=self.place.entity))
        names = await self.ask(Columns(known, self._names))
        if names:
            self._arrange(self._arrangement._replace(columns=tuple(names)))

    # -- views and static lists ----------------------------------------------------------------------------------------

    def action_views(self) -> None:
        self.asking(self._views, exclusive=True)

    async def _views(self) -> None:
        noun = self.place.entity

        def look(workspace: Workspace) -> tuple[list[Choice], list[Choice]]:
            views = workspace.query(Query("view", fields=("id", "name", "of"), expand=False))
            found = [
                Choice(f"view:{v['name']}", str(v["name"] or ""), t("view")) for v in views if v["of"] == noun
            ]
            lists = [
                Choice(f"on:{one.label}", one.label, t("static list"))
                for one in static_lists(workspace, noun)
            ]
            return found, lists

        views, lists = await self.crm.desk.ask(look)
        picked = await self.ask(
            Pick(
                t("Show"),
                [
                    Choice(EVERYTHING, t("Everything")),
                    *views,
                    *lists,
                    Choice(SAVE, t("Keep this filter, order and columns as a view…")),
                ],
            )
        )
        if picked is None:
            return
        if picked == SAVE:
            await self._save_view()
            return
        kind, _, name = picked.partition(":")
        if picked == EVERYTHING:
            kind, name = "on", ""
        place = Place("list", noun, view=name) if kind == "view" else Place("list", noun, on=name)
        if place != self.place:
            self.crm.go(place)

    async def _save_view(self) -> None:
        name = await self.ask(Prompt(t("What shall the view be called?")))
        if not name or self.source is None:
            return
        place = self.source.place
        values = {
            "name": name,
            "of": place.entity,
            "filter": place.filter,
            "sort": place.sort,
            "columns": self._names,
        }
        await self.crm.deeds.run(Add("view", {key: value for key, value in values.items() if value}))

    # -- records -------------------------------------------------------------------------------------------------------

    def action_add(self) -> None:
        self.crm.go(Place("form", self.place.entity))

    def action_edit_cell(self) -> None:
        row, region = self.grid.row, self.grid.cell_region()
        if self.source is None or row is None or region is None:
            return
        field = self.source.fields[self.grid.column]
        if "." in field.key or not field.writable:
            self.notify(
                t("“{field}” follows from other values; change those.", field=field.label()), markup=False
            )
            return
        if field.kind.name in LONG:
            self.asking(partial(fill, self, self.place.entity, row.key, at=field.key), exclusive=True)
        else:
            self.asking(self._edit_cell, row.key, field, exclusive=True)

    async def _edit_cell(self, record: str, field: Field) -> None:
        def look(workspace: Workspace) -> tuple[str, Context]:
            found = workspace.reader.require(self.place.entity, record)
            value = found.get(field.key)
            if field.kind.name == "reference" and isinstance(value, str) and field.target:
                return workspace.reader.names(field.target, [value]).get(value, ""), workspace.context
            return written(field, value), workspace.context

        value, ctx = await self.crm.desk.ask(look)
        region = self.grid.cell_region()
        if region is not None:
            await self.mount(CellEditor(record, field, value, ctx, partial(self._offer_value, field), region))

    def _offer_value(self, field: Field, text: str, cursor: int) -> Awaitable[Sequence[Offer]]:
        return self.crm.desk.ask(lambda workspace: of_value(workspace, field, text[:cursor]))

    def on_cell_editor_finished(self, message: CellEditor.Finished) -> None:
        self.grid.focus()
        if message.text is not None:
            change = (message.field.key, "=", read(message.field, message.text))
            self.work(self.crm.deeds.run, Set(self.place.entity, (message.record,), (change,)), group="edit")
