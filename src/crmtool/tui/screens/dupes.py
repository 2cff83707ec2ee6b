"""Records that may be the same: group after group side by side, merged, told apart or left for later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app.bulk import run_many
from crmtool.app.commands import Unmerge
from crmtool.app.unmerging import named
from crmtool.core.errors import UsageError
from crmtool.core.messages import N_, Message, t, tn
from crmtool.doors.undoing import left
from crmtool.tui import duplicates
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import PAGE, WRITE
from crmtool.tui.dialogs import Confirm, Prompt
from crmtool.tui.echo import words_of
from crmtool.tui.efforts import StoppedError
from crmtool.tui.rows import Column, Fixed
from crmtool.tui.screens.working import WorkingScene
from crmtool.tui.text import Plain
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.match.duplicates import Duplicates
    from crmtool.tui.duplicates import Answer, Beside, Found
    from crmtool.tui.live import News
    from crmtool.tui.places import Place

SURE = "0.95"


class Dupes(WorkingScene):
    """A place of the kind ``dupes``; its text is the kind of record, contacts where it is empty."""

    BINDINGS = keys(
        Action(
            "dupes.merge",
            "m",
            "merge",
            N_("Merge"),
            N_("Make this group one, as it is marked."),
            "crm merge {record} {other}",
        ),
        Action(
            "dupes.apart",
            "n",
            "apart",
            N_("Not the same"),
            N_("Say that these are not the same; they are not proposed again."),
            "crm dupes distinct {record} {other}",
        ),
        Action("dupes.later", "s", "later", N_("Later"), N_("Go to the next group and leave this one.")),
        Action(
            "dupes.sure",
            "A",
            "sure",
            N_("Merge sure ones"),
            N_("Merge every group that is sure enough, after saying how many."),
            "crm dupes merge {noun} --above {p}",
        ),
        Action(
            "dupes.unmerge",
            "U",
            "unmerge",
            N_("Unmerge"),
            N_("Take a merged record out again."),
            "crm unmerge {record}",
        ),
        Action(
            "dupes.kind",
            "p",
            "kind",
            N_("People/companies"),
            N_("Look through the other kind of record."),
            "crm dupes {noun}",
        ),
        Action(
            "dupes.search",
            "r",
            "search",
            N_("Search again"),
            N_("Compare all records again."),
            "crm dupes {noun}",
            False,
        ),
    )
    DEFAULT_CSS = """
    Dupes #groups { height: 1fr; }
    Dupes #why { height: auto; max-height: 4; padding: 0 1; color: $text-muted; border-top: solid $primary; }
    Dupes #beside { height: 2fr; }
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.found: Found | None = None
        self.beside: Beside | None = None
        self._looked_at: Duplicates | None = None  # the group whose records are shown or read
        self.keep = ""
        self.picked: dict[str, str] = {}
        self._columns = [
            Column("sure", t("Sure"), 6, right=True),
            Column("count", t("Records"), 8, right=True),
            Column("names", t("Names"), 60),
        ]

    @property
    def noun(self) -> str:
        return self.place.text or "contact"

    def title_text(self) -> str:
        return t("Duplicates: {noun}", noun=self.noun)

    def body(self) -> Iterable[Widget]:
        yield Grid(Fixed(self._columns), id="groups", selectable=False)
        yield Plain("", lines=True, id="why")
        beside = t("The records of a group stand here side by side.")
        yield Grid(Fixed(()), id="beside", empty=beside, selectable=False)
        yield EffortBar()

    def on_mount(self) -> None:
        self._groups.focus()
        self.action_search()

    @property
    def _groups(self) -> Grid:
        return self.query_one("#groups", Grid)

    @property
    def _group(self) -> Duplicates | None:
        return self._groups.row.record if self._groups.row is not None else None

    # -- finding and showing -------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        if not self.is_working:
            self.work(self._search, group="search")

    async def _search(self) -> None:
        noun = self.noun
        try:
            self.found = await self.undertake(
                t("Comparing"), lambda workspace, effort: duplicates.find(workspace, noun, effort)
            )
        except StoppedError:
            self.query_one("#why", Plain).say(t("Stopped. r compares again."))
            return
        self._list()

    def _list(self, *, anew: bool = True) -> None:
        """Show the groups that are left; unless ``anew`` the cursor stays where it is."""
        if self.found is None:
            return
        rows = duplicates.group_rows(self.found)
        self._groups.use(Fixed(self._columns, rows), anew=anew, empty=t("No two look like the same."))
        said = tn("{n} group", "{n} groups", len(rows))
        self.query_one(TitleBar).remark(
            t("the {groups} that are surest", groups=said) if self.found.more else said
        )
        if not rows:
            self.beside = None
            self.query_one("#why", Plain).say("")
            self.query_one("#beside", Grid).use(Fixed(()))

    def on_grid_highlighted(self, message: Grid.Highlighted) -> None:
        group = self._group
        if message.grid is self._groups and group is not None and group is not self._looked_at:
            self._looked_at = group
            self.work(self._look, group, group="look")

    async def _look(self, group: Duplicates) -> None:
        found = self.found
        if found is None:
            return
        side = await self.crm.desk.ask(
            lambda workspace: duplicates.beside(workspace, found.entity, group), PAGE
        )
        if group is not self._looked_at:
            return  # the cursor went on meanwhile
        if side is None:  # somebody else was quicker
            self._drop(group)
            return
        if self.beside is None or self.beside.group is not group:
            self.keep, self.picked = group.records[0], {}
        self.beside = side
        self.query_one("#why", Plain).say("\n".join(duplicates.why(found, group)))
        self._arrange()

    def _arrange(self) -> None:
        """Show the records side by side as they are to be merged."""
        if self.beside is not None:
            grid = self.query_one("#beside", Grid)
            rows = duplicates.field_rows(self.beside, self.keep, self.picked)
            grid.use(Fixed(duplicates.columns(self.beside.group), rows), anew=grid.length == 0)

    def _drop(self, group: Duplicates) -> None:
        if self.found is None:
            return
        self.found = self.found.replace(groups=[one for one in self.found.groups if one is not group])
        self.beside = self._looked_at = None
        self._list(anew=False)

    def on_news(self, news: News) -> None:
        group = self._group
        if group is None or self.found is None:
            return
        if any(news.concerns(self.found.entity.key, record) for record in group.records):
            self.work(self._look, group, group="look")

    # -- arranging -----------------------------------------------------------------------------------------------------

    def on_grid_opened(self, message: Grid.Opened) -> None:
        side = self.beside
        if message.grid is self._groups:
            self.query_one("#beside", Grid).focus()
        elif (
            side is not None and message.row is not None and 2 <= message.grid.column < 2 + len(side.records)
        ):
            record = str(side.records[message.grid.column - 2]["id"])
            if not message.row.key:
                self.keep = record
            else:
                self.picked[message.row.key] = record
            self._arrange()

    def action_later(self) -> None:
        self._groups.action_move(1)

    def action_kind(self) -> None:
        if not self.is_working:
            self.place = self.place._replace(text="contact" if self.noun == "company" else "company")
            self.retitle(self.title_text())
            self.beside = self._looked_at = None
            self.action_search()

    # -- answering -----------------------------------------------------------------------------------------------------

    def action_merge(self) -> None:
        if self.found is not None and self.beside is not None:
            command = duplicates.merge_of(self.found, self.beside, self.keep, dict(self.picked))
            self.work(self._answer, self.beside.group, [command], "merge", group="answer")

    def action_apart(self) -> None:
        if self.found is not None and self.beside is not None:
            group = self.beside.group
            commands = [*duplicates.apart_of(self.found, group)]
            self.work(self._answer, group, commands, "user", group="answer")

    async def _answer(self, group: Duplicates, commands: Sequence[Answer], origin: str) -> None:
        """Write an answer at once; the next group is shown."""

        def change(workspace: Workspace) -> list[tuple[list[str], Outcome]]:
            return [
                (words_of(command, workspace), workspace.run(command, origin=origin)) for command in commands
            ]

        for words, outcome in await self.crm.desk.ask(change, WRITE):
            self.crm.deeds.tell(
                words, outcome.handle, t("Merged.") if origin == "merge" else t("Told apart.")
            )
        self._drop(group)

    def action_sure(self) -> None:
        if self.found is not None and self.found.groups and not self.is_working:
            self.asking(self._sure, self.found, group="answer")

    async def _sure(self, found: Found) -> None:
        text = await self.ask(Prompt(t("Merge groups that are at least how sure?"), value=SURE, check=_least))
        if text is None:
            return
        least = _least(text)
        items = duplicates.sure(found, least)
        gone = sum(len(group.records) - 1 for group in found.groups if group.weakest >= least)
        if not items:
            self.notify(t("No group is that sure."), markup=False)
            return
        question = tn("Merge this group?", "Merge these {n} groups?", len(items))
        detail = tn("{n} record goes to the trash.", "{n} records go to the trash.", gone)
        if not await self.ask(Confirm(question, detail, yes=t("Merge"))):
            return
        bulk = await self.undertake(
            t("Merging"),
            lambda workspace, effort: run_many(
                workspace,
                items,
                "dupes merge",
                origin="merge",
                progress=lambda done, _: effort(done, len(items)),
            ),
        )
        words = ["dupes", "merge", found.entity.key, "--above", f"{least:g}", "--yes"]
        self.crm.deeds.tell(words, bulk.handle, tn("{n} change.", "{n} changes.", bulk.count))
        await self._search()

    def action_unmerge(self) -> None:
        self.asking(self._unmerge, group="answer")

    async def _unmerge(self) -> None:
        detail = t("The old handle of a merged record, the record it is in now, or the handle of the merge.")
        text = await self.ask(Prompt(t("Take out which record?"), detail))
        if text is None:
            return
        key, records = await self.crm.desk.ask(lambda workspace: named(workspace, text), PAGE)
        outcome = await self.crm.deeds.run(Unmerge(key, tuple(records)))
        if outcome.skipped:
            await self.ask(Reading(t("Left as it is"), [*left(outcome.skipped, None)]))


def _least(text: str) -> float:
    """A probability as typed, also in percent."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = 0.0
    if text.strip().endswith("%"):
        value /= 100
    if not 0.5 <= value < 1:
        raise UsageError(
            Message("{value} is no probability from 0.5 to less than 1.", value=text),
            Message("For example: {example}", example="0.95"),
            code="probability",
        )
    return value
