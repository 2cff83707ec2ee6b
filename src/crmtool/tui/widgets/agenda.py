"""The list of what is to be done and whom one meets, with everything that is done to a task by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import N_, t
from crmtool.tui import tasks
from crmtool.tui.actions import Action, keys
from crmtool.tui.agenda import HEADING_KEY, MEETING_KEY, AgendaSource, Held
from crmtool.tui.places import Place
from crmtool.tui.rows import Chosen, Row
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any


class ChosenTasks(Chosen):
    """Selected tasks: a heading or a meeting is passed over."""

    def toggle(self, key: str) -> None:
        if not key.startswith((HEADING_KEY, MEETING_KEY)):
            super().toggle(key)


class AgendaGrid(Grid):
    """Tasks and meetings under the headings of their days. What is done to a task is done to all that are selected."""

    COMPONENT_CLASSES = {"grid--section"}
    DEFAULT_CSS = """
    AgendaGrid { overflow-x: hidden; }
    AgendaGrid > .grid--section { text-style: bold; color: $text-primary; }
    """
    BINDINGS = keys(
        Action(
            "agenda.done", "x", "done",
            N_("Done"), N_("Tick the task off; a repeating one comes again."), "crm task done {record}",
        ),
        Action(
            "agenda.snooze", "z", "snooze",
            N_("Snooze"), N_("Put the task off to another day."), "crm task set {record} due_on={day}",
        ),
        Action(
            "agenda.tomorrow", "plus", "tomorrow",
            N_("Tomorrow"), N_("Put the task off to tomorrow."), "crm task set {record} due_on=tomorrow", False,
        ),
        Action(
            "agenda.reassign", "r", "reassign",
            N_("Give to"), N_("Give the task to somebody else."), "crm task set {record} owner={user}", False,
        ),
        Action(
            "agenda.priority", "p", "priority",
            N_("Priority"), N_("Say how urgent the task is."), "crm task set {record} priority={priority}", False,
        ),
        Action(
            "agenda.repeat", "R", "repeat",
            N_("Repeat"), N_("Say how often the task comes again."), "crm task set {record} repeat={rule}", False,
        ),
    )  # fmt: skip

    def __init__(self, agenda: AgendaSource, **options: Any) -> None:
        super().__init__(agenda, empty=t("Nothing is to be done."), **options)
        self.agenda = agenda
        self.chosen = ChosenTasks()

    @property
    def scene(self) -> Scene:
        """The screen it is on."""
        assert isinstance(self.screen, Scene)
        return self.screen

    @property
    def held(self) -> Held | None:
        """What is under the cursor; nothing on a heading."""
        return self.row.record if self.row is not None else None

    def beginning(self, rows: Sequence[Row]) -> int:
        """Not on a heading, which takes no keys."""
        return next((at for at, row in enumerate(rows) if row.record is not None), 0)

    def show(self, agenda: AgendaSource) -> None:
        """Show another agenda."""
        agenda.fit(self._across)
        self.agenda = agenda
        self.use(agenda)

    def on_resize(self) -> None:
        if self.agenda.fit(self._across):
            self.use(self.agenda, anew=False)
        self._shape()

    def on_grid_opened(self, message: Grid.Opened) -> None:
        message.stop()
        if self.held is not None:
            self.scene.crm.go(Place("record", self.held.entity, self.held.record))

    def _of_tasks(self, deed: Callable[[Scene, list[str]], Coroutine[Any, Any, bool]]) -> None:
        """Do something to the selected tasks, or to the one under the cursor."""
        held = self.held
        named = sorted(self.chosen.keys) or (
            [held.record] if held is not None and held.entity == "task" else []
        )
        if not named:
            self.notify(t("This is no task. Go to one with the arrow keys, or select some."), markup=False)
            return

        async def do() -> None:
            if await deed(self.scene, named):
                self.chosen.clear()

        self.scene.asking(do)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Whoever wants all tasks of a kind changed does so in their list, where it is a filter that is meant.
        return action not in ("choose_all", "invert") and super().check_action(action, parameters)

    def action_done(self) -> None:
        self._of_tasks(tasks.finish)

    def action_snooze(self) -> None:
        self._of_tasks(tasks.snooze)

    def action_tomorrow(self) -> None:
        self._of_tasks(lambda scene, named: tasks.change(scene, named, "due_on", "tomorrow"))

    def action_reassign(self) -> None:
        self._of_tasks(tasks.reassign)

    def action_priority(self) -> None:
        self._of_tasks(tasks.prioritise)

    def action_repeat(self) -> None:
        rule = self.held.repeat if self.held is not None else ""
        self._of_tasks(lambda scene, named: tasks.repeat(scene, named, rule))
