"""One record with everything about it: its fields, what it is tied to, what is next, what happened, who may be the same.

It follows what anybody changes. A record that is erased while it is shown says so, and the screen goes on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

from crmtool.app.timeline import LENGTH
from crmtool.core.changes import PURGE
from crmtool.core.messages import t
from crmtool.doors.sheets import Line, Sheet, duplicates, refers, sheet
from crmtool.tui import record_deeds, tying
from crmtool.tui.actions import keys
from crmtool.tui.desk import SLOW
from crmtool.tui.logged import log, logging_actions
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.screens.form import fill
from crmtool.tui.screens.record_keys import ACTIONS
from crmtool.tui.text import Plain
from crmtool.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.tui.live import News

_AGAIN = 60.0  # seconds after which what is overdue by now is looked at anew
_OLDER = "older"
# Action -> kinds of record that it is for; the others are for all.
_FOR = {
    "convert": ("contact",),
    "merge": ("contact", "company"),
    "close": ("deal",),
}


class RecordScene(Scene):
    """The record of a place of the kind ``record``."""

    DEFAULT_CSS = """
    RecordScene #panes { height: 1fr; }
    RecordScene #fields { width: 5fr; }
    RecordScene #around { width: 6fr; }
    RecordScene .banner { height: auto; padding: 0 1; color: $text-warning; display: none; }
    RecordScene.-narrow #panes { layout: vertical; overflow-y: auto; }
    RecordScene.-narrow #fields, RecordScene.-narrow #around { width: 1fr; height: auto; }
    RecordScene.-narrow Pane { height: auto; max-height: 24; }
    """
    BINDINGS = keys(*ACTIONS, *logging_actions("record"))

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._sheet: Sheet | None = None
        self._events = LENGTH
        self._unfolded = False
        self._led: set[str] = set()  # fields that may have led here and lead elsewhere now

    def body(self) -> Iterable[Widget]:
        yield Plain("", classes="banner")
        around = (
            Pane(t("Perhaps the same"), id="same", classes="-fitting -empty"),
            Pane(t("Next"), id="next", classes="-fitting -empty"),
            Pane(t("Tied to"), id="about", classes="-fitting -empty"),
            Pane(t("What happened"), id="past"),
        )
        yield Horizontal(Pane(t("Fields"), id="fields"), Vertical(*around, id="around"), id="panes")

    def on_mount(self) -> None:
        self.query_one("#fields", Pane).focus()
        self.load()
        self.work(self._compare, group="same", exclusive=True)
        self.set_interval(_AGAIN, self.load)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Ask for everything anew; the cursor stays where it is in each pane."""
        self.work(self._load, group="load", exclusive=True)

    async def _load(self) -> None:
        key, record, events = self.place.entity, self.place.record, self._events

        def ask(workspace: Workspace) -> tuple[Sheet | None, set[str]]:
            led = {field.key for _, field in workspace.registry.references_to(key)}
            return sheet(workspace, key, record, events=events), led

        found, self._led = await self.crm.desk.ask(ask)
        was, self._sheet = self._sheet, found
        self._warn(found)
        if found is None:
            for pane in self.query(Pane):
                pane.put([])
            if was is None:
                self.retitle(t("Erased"))
            return
        self.retitle(t("{noun}: {name}", noun=found.entity.label(), name=found.name))
        self._show(found)
        if was is None or bool(was.record.get("deleted_at")) != bool(found.record.get("deleted_at")):
            self.refresh_bindings()

    def _show(self, found: Sheet) -> None:
        empty = [line._replace(text="–") for line in found.empty] if self._unfolded else []
        self.query_one("#fields", Pane).put([*found.fields, *empty])
        self.query_one("#about", Pane).put(found.about)
        self.query_one("#next", Pane).put(found.next)
        older = [Line(_OLDER, t("Older…"))] if found.more else []
        self.query_one("#past", Pane).put([*found.past, *older])
        self._keep_focus()

    def _keep_focus(self) -> None:
        """A pane that lost its last row gives the keys to the fields."""
        if self.focused is None or self.focused.has_class("-empty"):
            self.query_one("#fields", Pane).focus()

    def _warn(self, found: Sheet | None) -> None:
        text = ""
        if found is None:
            text = t("This record was erased; nothing is left of it.")
        elif found.record.get("deleted_at"):
            text = t("This record is in the trash. “R” restores it.")
        elif found.entity.removed:
            text = t("This kind of record was removed; it can only be read.")
        banner = self.query_one(".banner", Plain)
        banner.say(text)
        banner.display = bool(text)

    async def _compare(self) -> None:
        """Look for who may be the same; it takes a while, and nobody waits for it."""
        key, record = self.place.entity, self.place.record
        found = await self.crm.desk.ask(lambda workspace: duplicates(workspace, key, record), SLOW)
        self.query_one("#same", Pane).put(found)
        self._keep_focus()

    def on_news(self, news: News) -> None:
        if news.concerns(self.place.entity):  # also another one that was as good as this
            self.work(self._compare, group="same", exclusive=True)
        self.work(self._hear, news, group="news")

    async def _hear(self, news: News) -> None:
        """Ask anew where news touch what is shown: the record, what it names, or what refers to it."""
        found = self._sheet
        key, record = self.place.entity, self.place.record
        led = self._led
        if (
            found is None
            or news.reset
            or news.whole
            or any(news.concerns(kind) for kind in ("field", "object"))
            or any(record in ids or ids & found.named for ids in news.records.values())
            or any(event.verb == PURGE or led & {*event.fields} for event in news.events)
            or await self.crm.desk.ask(lambda workspace: refers(workspace, key, record, news.records))
        ):
            self.load()

    # -- going on ----------------------------------------------------------------------------------------------------

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        line = event.line
        if line.key == _OLDER:
            self._events *= 4
            self.load()
        elif line.leads is not None:
            self.crm.go(Place("record", *line.leads))
        elif line.filter is not None:
            self.crm.go(Place("list", line.filter[0], filter=line.filter[1]))
        elif line.field is not None and line.field.writable:
            self.action_edit(line.field.key)
        elif event.pane.id == "past":
            self.action_history()

    @property
    def line(self) -> Line | None:
        """The row under the cursor."""
        return self.focused.line if isinstance(self.focused, Pane) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        kinds = _FOR.get(action)
        if kinds is not None and self.place.entity not in kinds:
            return False
        trashed = self._sheet is not None and bool(self._sheet.record.get("deleted_at"))
        if action == "restore":
            return trashed
        if action == "finish" and self.task_here is None:
            return False
        if action in (
            "edit",
            "log",
            "delete",
            "convert",
            "close",
            "finish",
            "merge",
            "tag",
            "untag",
            "lists",
            "attach",
            "tie",
            "untie",
        ):
            return self._sheet is not None and not trashed
        return True

    # -- what is done --------------------------------------------------------------------------------------------------

    def _do(self, make: Any, *more: Any) -> None:
        """Begin a deed on the record that is shown."""
        if self._sheet is not None:
            self.asking(make, self, self._sheet, *more, exclusive=True)

    def action_edit(self, field: str = "") -> None:
        self.asking(partial(fill, self, self.place.entity, self.place.record, at=field), exclusive=True)

    def action_log(self, what: str) -> None:
        self.asking(log, self, what, self.place.entity, self.place.record, exclusive=True)

    def action_delete(self) -> None:
        self._do(record_deeds.delete)

    def action_restore(self) -> None:
        self._do(record_deeds.restore)

    def action_convert(self) -> None:
        self._do(record_deeds.convert)

    def action_close(self, status: str) -> None:
        self._do(record_deeds.close, status)

    def action_finish(self) -> None:
        task = self.task_here
        if task is not None:
            self.work(record_deeds.finish, self, task, group="deed", exclusive=True)

    @property
    def task_here(self) -> str | None:
        """The task that is shown, or under the cursor."""
        if self.place.entity == "task":
            return self.place.record
        leads = self.line.leads if self.line is not None else None
        return leads[1] if leads is not None and leads[0] == "task" else None

    def action_merge(self) -> None:
        line = self.line
        same = line.leads[1] if line is not None and line.leads and line.key.startswith("same.") else None
        self._do(record_deeds.merge, same)

    def action_tag(self) -> None:
        self._do(record_deeds.tag)

    def action_untag(self) -> None:
        self._do(record_deeds.untag)

    def action_lists(self) -> None:
        self._do(record_deeds.lists)

    def action_tie(self) -> None:
        self._do(tying.tie)

    def action_untie(self) -> None:
        self._do(tying.untie, self.line)

    def action_attach(self) -> None:
        self._do(record_deeds.attach)

    def action_extract(self) -> None:
        leads = self.line.leads if self.line is not None else None
        file = leads[1] if leads and leads[0] == "file" else None
        file = self.place.record if self.place.entity == "file" else file
        if file is None:
            self.crm.fail(record_deeds.nothing_here())
        else:
            self.asking(record_deeds.extract, self, file, exclusive=True)

    def action_open(self) -> None:
        self._do(record_deeds.open_outside, self.line)

    def action_history(self) -> None:
        self.crm.go(Place("record_history", self.place.entity, self.place.record))

    def action_copy(self) -> None:
        line = self.line
        if line is not None:
            self.app.copy_to_clipboard(line.text)
            self.notify(line.text, title=t("Copied"), markup=False)

    def action_fold(self) -> None:
        self._unfolded = not self._unfolded
        if self._sheet is not None:
            self._show(self._sheet)
