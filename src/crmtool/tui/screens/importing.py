"""Importing files: choosing them, seeing what would happen, changing where columns go, doing it as one job that can be undone."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from crmtool.core.ids import handle, new_id
from crmtool.core.messages import N_, t, tn
from crmtool.doors.failures import deliberate
from crmtool.doors.importing import days_text
from crmtool.tui import importing
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import JOB
from crmtool.tui.dialogs import Choice, Confirm, Pick, Prompt
from crmtool.tui.efforts import StoppedError
from crmtool.tui.importing import Arrangement
from crmtool.tui.rows import Column, Fixed
from crmtool.tui.screens.working import WorkingScene
from crmtool.tui.text import Plain
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.pathinput import PathInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget
    from textual.widgets import Input

    from crmtool.transfer.plan import Plan
    from crmtool.tui.efforts import Effort
    from crmtool.tui.places import Place

NOTHING = Arrangement((), {}, {}, {})


class ImportScene(WorkingScene):
    """A place of the kind ``import``; its text are the files, as a shell takes them."""

    BINDINGS = keys(
        Action(
            "import.apply",
            "ctrl+s",
            "apply",
            N_("Import"),
            N_("Do what is shown, as one job."),
            "crm import {file} --yes",
        ),
        Action(
            "import.files",
            "a",
            "files",
            N_("Files"),
            N_("Choose other files, or more of them."),
            "crm import {file} --plan",
        ),
        Action(
            "import.stages",
            "s",
            "switch('make_stages')",
            N_("Make stages"),
            N_("Make the stages and pipelines that nobody here has, or not."),
            "crm import {file} --make-stages --plan",
        ),
        Action(
            "import.alike",
            "m",
            "switch('merge_alike')",
            N_("Merge alike"),
            N_("Take names for one that are nearly the same, or not."),
            "crm import {file} --merge-alike --plan",
        ),
        Action(
            "import.map",
            "w",
            "save_map",
            N_("Write map"),
            N_("Write where columns go to a file, for the next import."),
            "crm import {file} --plan --save-map {map}",
        ),
    )
    DEFAULT_CSS = """
    ImportScene PathInput { height: 3; }
    ImportScene Grid { height: 2fr; }
    ImportScene VerticalScroll { height: 3fr; border-top: solid $primary; padding: 0 1; }
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.arrangement = NOTHING
        self.plan: Plan | None = None
        self._imported = False  # what is planned was done already
        self._read: Arrangement | None = None  # what is being read
        self._next: tuple[Arrangement, bool] | None = None  # what was chosen meanwhile, and whether to recall
        self._apply_then = False  # ctrl+s was pressed meanwhile
        self._columns = [
            Column("column", t("Column"), 22, fixed=True),
            Column("goes", t("Goes to"), 24),
            Column("word", t("In a map"), 16),
            Column("example", t("Example"), 28),
            Column("file", t("File"), 20),
        ]

    def title_text(self) -> str:
        return t("Import")

    def body(self) -> Iterable[Widget]:
        yield PathInput(self.place.text)
        empty = t("Where the columns go stands here once files are chosen.")
        yield Grid(Fixed(self._columns), empty=empty, selectable=False)
        yield VerticalScroll(Plain("", lines=True, id="told"))
        yield EffortBar()

    def on_mount(self) -> None:
        if self.place.text:
            self._choose(self.place.text)
        else:
            self.query_one(PathInput).focus()

    def on_unmount(self) -> None:
        self._close()

    def _close(self) -> None:
        made, self.plan = self.plan, None
        if made is not None:
            self.crm.desk.ask(
                lambda _: made.close(), JOB
            )  # where it was opened, and behind what still reads it

    # -- the plan ------------------------------------------------------------------------------------------------------

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._choose(event.value)

    def _choose(self, text: str) -> None:
        if self._is_importing:
            return
        self._close()  # so that nothing of other files is imported when these cannot be read
        self._tell(())
        self.query_one(TitleBar).remark("")
        self.query_one(Grid).use(Fixed(self._columns))
        self.query_one(Grid).focus()  # what is typed while they are read is no part of their names
        self._apply_then = False
        files = importing.paths_of(text)
        self.place = self.place._replace(text=shlex.join(files))
        self._replan(NOTHING.replace(files=files), recall=True)

    def _replan(self, wanted: Arrangement, *, recall: bool = False) -> None:
        if self._read is not None:
            self._next = (wanted, recall)
            self._bar.stop()
        elif not self._is_importing:
            self.work(self._plan, wanted, recall, group="import")

    @property
    def _is_importing(self) -> bool:
        """Whether an import of this screen is under way, which is said then."""
        if not self.is_working or self._read is not None:
            return False
        self.notify(t("Something is under way; escape stops it."), markup=False)
        return True

    async def _plan(self, wanted: Arrangement, recall: bool = False) -> None:
        """Read the files as wanted, and again as was chosen meanwhile; then ask whether to import, where that was asked for."""
        try:
            self._next = (wanted, recall)
            while self._next is not None:
                (self._read, recall), self._next = self._next, None
                whole = await self._read_files(self._read, recall)
        except Exception:
            self.query_one(PathInput).focus()
            raise
        finally:
            self._read = None
            then, self._apply_then = self._apply_then, False
        if whole and then:
            self.action_apply()

    async def _read_files(self, wanted: Arrangement, recall: bool) -> bool:
        """Read the files, and show what they come to; whether they were read to the end."""
        layouts = importing.layouts_of(self.plan) if self.plan is not None else {}
        try:
            made = await self.undertake(
                t("Opening"), lambda workspace, _: importing.opened(workspace, wanted, layouts, recall=recall)
            )
            wanted = wanted.recalled(made.options)
            self._close()
            self.plan, self.arrangement, self._imported = made, wanted, False
            if not await self._questions(made):
                return False
            if made.questions == [] and importing.days_of(made) and wanted.columns:
                self.arrangement = wanted.replace(days=importing.days_of(made))
            lines, rows = await self.undertake(
                t("Reading"), lambda workspace, effort: importing.counted(workspace, made, effort)
            )
        except StoppedError:
            self._tell([t("Stopped. Nothing was changed.")] if self._next is None else ())
            return False
        except Exception as error:
            foreseen = deliberate(error)
            if foreseen is not None:  # what is said beside the screen goes away again
                self._tell(
                    [str(foreseen.message), *([str(foreseen.hint)] if foreseen.hint is not None else [])]
                )
            raise
        grid = self.query_one(Grid)
        grid.use(Fixed(self._columns, rows), anew=not grid.length)
        self._tell(lines)
        self.query_one(TitleBar).remark(tn("{n} row", "{n} rows", made.tally.rows))
        if grid.has_focus and not rows:
            self.query_one(VerticalScroll).focus()
        return True

    async def _questions(self, made: Plan) -> bool:
        """Ask in which order days are written where nothing tells; whether all was answered."""
        while made.questions:
            part, question = made.questions[0]
            answers = [Choice(order, day, order) for order, day in question.days.items()]
            asked = t(
                "{file}, {column}: is {example} {days}?",
                file=part.source.title,
                column=question.column,
                example=question.example,
                days=days_text(question),
            )
            order = await self.ask(Pick(asked, answers))
            if order is None:
                self._tell([t("The order of days is needed to read this. Nothing was changed.")])
                self._close()
                return False
            made.answer(part, question, order)
            self.arrangement = self.arrangement.replace(days=importing.days_of(made))
        return True

    def _tell(self, lines: Iterable[str]) -> None:
        self.query_one("#told", Plain).say("\n".join(lines))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    # -- changing it ---------------------------------------------------------------------------------------------------

    def action_files(self) -> None:
        self.query_one(PathInput).focus()

    def action_switch(self, what: str) -> None:
        opened = self.plan is not None  # then what an interrupted import kept is in the arrangement
        now, recall = self._next or (self.arrangement if opened else self._read or NOTHING, not opened)
        if now.files:
            self._replan(now.replace(**{what: not getattr(now, what)}), recall=recall)

    def on_grid_opened(self, message: Grid.Opened) -> None:
        if message.row is None or self.plan is None or self._is_importing:
            return
        if self._read is not None:
            self.notify(t("The files are being read; then the column can be changed."), markup=False)
        else:
            self.asking(self._move, self.plan, *message.row.record, group="import")

    async def _move(self, made: Plan, number: int, at: int) -> None:
        part = made.parts[number]
        question = t("Where does {column} go?", column=part.columns[at])
        word = await self.ask(Pick(question, importing.choices(made, part)))
        if word is not None:
            await self._plan(self.arrangement.with_column(part.source.name, part.columns[at], word))

    def action_save_map(self) -> None:
        if self.plan is not None:
            self.asking(self._save_map, self.plan, group="import")

    async def _save_map(self, made: Plan) -> None:
        path = await self.ask(Prompt(t("Write the map to which file?"), value="import.toml"))
        if path is None:
            return
        path = os.path.expanduser(path)
        there = await self.crm.desk.ask(lambda _: os.path.exists(path), JOB)
        if there and not await self.ask(Confirm(t("Replace {file}?", file=path), dangerous=True)):
            return
        await self.crm.desk.ask(
            lambda workspace: importing.write_map(workspace, made, os.path.abspath(path)), JOB
        )
        words = ["import", *self.arrangement.files, "--plan", "--save-map", path]
        self.crm.deeds.tell(words, None, t("Written."))

    # -- doing it ------------------------------------------------------------------------------------------------------

    def action_apply(self) -> None:
        if self._is_importing:
            return
        if self._read is not None:
            self._apply_then = True
            self.notify(t("It is asked as soon as the files are read."), markup=False)
        elif self._imported:  # since then it may have been taken back, or what is here may have changed
            self._replan(self.arrangement)
        elif self.plan is None or not self.plan.complete:
            self.notify(t("Choose files first, and wait until they are read."), markup=False)
        else:
            self.asking(self._apply, self.plan, group="import")

    async def _apply(self, made: Plan) -> None:
        before = await self.crm.desk.ask(lambda workspace: importing.begun(workspace, made), JOB)
        resume = False
        if before is not None and before.otherwise:
            detail = t("No row is imported twice; what is in already stays as it is.")
            question = t(
                "An import of these files was interrupted, and reads them another way. Import them anew?"
            )
            if not await self.ask(Confirm(question, f"{before.otherwise}\n{detail}", yes=t("Import"))):
                return
        elif before is not None:
            answer = await self.ask(
                Confirm(
                    t("An import of these files was interrupted. Go on with it?"),
                    t("No imports them anew; what is in already stays as it is."),
                    yes=t("Go on"),
                )
            )
            if answer is None:
                return
            resume = answer
        elif not await self.ask(
            Confirm(tn("Import {n} row?", "Import {n} rows?", made.tally.rows), yes=t("Import"))
        ):
            return
        words = ["import", *self.arrangement.files, "--resume"] if resume else await self._words(made)
        done = importing.Doing(self.crm, made, words, self.arrangement.files, resume=resume)

        async def carried_out(effort: Effort) -> None:
            lines = await done.carry_out(effort)
            if not done.whole and self.is_attached:
                lines.append(t("Here ctrl+s goes on."))
            self._imported = done.whole
            if self.is_attached and self.plan is made:
                self._tell(lines)
            if self.crm.screen is self:
                self.query_one(VerticalScroll).focus()
            else:
                self.notify("\n".join(lines[:1] + lines[1:][-2:]), title=t("Import"), markup=False)

        self.begin(t("Importing"), carried_out)

    async def _words(self, made: Plan) -> list[str]:
        """The command line; what no option says stands in a map that is kept for it."""
        if not self.arrangement.needs_map:
            return self.arrangement.words(None)
        folder = os.path.join(os.path.dirname(self.crm.settings.memory), "maps")
        path = os.path.join(folder, f"{handle(new_id())}.toml")
        await self.crm.desk.ask(lambda workspace: importing.write_map(workspace, made, path), JOB)
        return self.arrangement.words(path)
