"""What a person does to the records of a list: to those selected, all that match, or the one under the cursor."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from crmtool.core.messages import N_, t, tn
from crmtool.doors.handover import OWNER, companions
from crmtool.store.reader import Query
from crmtool.tui import bulk, jobs
from crmtool.tui.actions import Action, keys
from crmtool.tui.assign import Assign
from crmtool.tui.desk import SLOW
from crmtool.tui.dialogs import Choice, Confirm, Pick, Prompt
from crmtool.tui.exporting import export, selected, writable
from crmtool.tui.logged import log, logging_actions
from crmtool.tui.scope import Scope
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.tui.efforts import Effort
    from crmtool.tui.records import Records

NEW, ALONE = (
    "+",
    "-",
)  # keys beside those of records: a list that is still to be made; nothing that goes along


class ListDeeds(Scene):
    """The deeds of a list screen; ``source`` is what it shows."""

    BINDINGS = keys(
        *(action._replace(shown=False) for action in logging_actions("list")),
        Action(
            "list.set",
            "E",
            "set",
            N_("Edit all"),
            N_("Set fields of what is selected."),
            "crm {noun} set {record} {values}",
        ),
        Action(
            "list.tag",
            "T",
            "set('tags+=')",
            N_("Tag"),
            N_("Give tags to what is selected."),
            "crm {noun} set {record} tags+=vip",
            False,
        ),
        Action(
            "list.untag",
            "U",
            "set('tags-=')",
            N_("Untag"),
            N_("Take tags from what is selected."),
            "crm {noun} set {record} tags-=vip",
            False,
        ),
        Action(
            "list.reassign",
            "R",
            "reassign",
            N_("Reassign"),
            N_("Give what is selected to somebody else, with what belongs to it."),
            "crm {noun} reassign {record} --to me",
            False,
        ),
        Action(
            "list.enlist",
            "plus",
            "enlist",
            N_("To a list"),
            N_("Put what is selected on a static list."),
            "crm list add {list} {record}",
            False,
        ),
        Action(
            "list.delist",
            "minus",
            "delist",
            N_("Off a list"),
            N_("Take what is selected off a static list."),
            "crm list remove {list} {record}",
            False,
        ),
        Action(
            "list.delete",
            "d,delete",
            "delete",
            N_("Delete"),
            N_("Move what is selected to the trash."),
            "crm {noun} rm {record}",
        ),
        Action(
            "list.export",
            "x",
            "export",
            N_("Export"),
            N_("Write the list, or what is selected, to a file."),
            "crm export {noun} --to {file}",
        ),
        Action(
            "list.stop",
            "X",
            "stop",
            N_("Stop"),
            N_("Stop the work under way, behind what is done."),
            shown=False,
        ),
    )

    source: Records | None = None
    trash = "without"
    _job: Effort | None = None

    # -- what it is about ----------------------------------------------------------------------------------------------

    @property
    def grid(self) -> Grid:
        return self.query_one(Grid)

    def _scope(self) -> Scope | None:
        if self.source is None:
            return None
        return Scope.of(self.source.place, self.grid.chosen, self.grid.row, self.trash)

    async def _count(self, scope: Scope) -> int:
        known = self.grid.chosen.count(self.grid.total) if scope.rest else len(scope.keys)
        return known if known is not None else await self.crm.desk.ask(scope.count, SLOW)

    def _entity(self) -> Entity:
        assert self.source is not None
        return self.source.entity

    def _told(self, count: int) -> str:
        entity = self._entity()
        return f"{count:,} {(entity.label() if count == 1 else entity.plural_label()).lower()}"

    def _start(self, scope: Scope, verb: Sequence[str], work: bulk.Work, more: Sequence[str] = ()) -> None:
        """Begin the work, with the command line ``crm VERB… RECORDS MORE…``."""
        if self._job is not None:
            self.notify(t("Something is under way already; X stops it."), markup=False)
            return
        self._job = jobs.start(self, [*verb, *scope.words(), *more], work, self._progress)
        self.refresh_bindings()

    def _progress(self, text: str) -> None:
        if self.is_attached:
            self.query_one(TitleBar).remark(text)

    def on_finished(self) -> None:
        self._job = None
        self._tell_count()

    def _tell_count(self) -> None:
        """Say again how many there are, where something else was said meanwhile."""
        for grid in self.query(Grid):
            grid.post_message(Grid.Told(grid))

    def action_stop(self) -> None:
        if self._job is not None:
            self._job.stop()

    # -- changing ------------------------------------------------------------------------------------------------------

    def action_set(self, value: str = "") -> None:
        scope = self._scope()
        if scope is not None:
            self.asking(self._set, scope, value, exclusive=True)

    async def _set(self, scope: Scope, value: str) -> None:
        entity, count = self._entity(), await self._count(scope)
        question = t("Change {records}", records=self._told(count))
        text = await self.ask(
            Assign(
                self.crm.desk,
                entity.key,
                question,
                lambda workspace, line: _parsed(workspace, entity.key, line),
                value,
                t("For example: {example}", example="tags+=vip owner=me"),
            )
        )
        if text is None:
            return
        changes = await self.crm.desk.ask(lambda workspace: _parsed(workspace, entity.key, text))
        if count > 1 and not await self.ask(
            Confirm(t("Change {records}?", records=self._told(count)), text, yes=t("Change"))
        ):
            return
        words = [f"{key}{operator}{given}" for key, operator, given in changes]
        self._start(scope, [entity.key, "set"], bulk.change(scope, changes), words)

    def action_delete(self) -> None:
        scope = self._scope()
        if scope is not None:
            self.asking(self._delete, scope, exclusive=True)

    async def _delete(self, scope: Scope) -> None:
        count = await self._count(scope)
        question = t("Move {records} to the trash?", records=self._told(count))
        detail = t("Nothing is lost: u takes it back.")
        if await self.ask(Confirm(question, detail, yes=t("Delete"), dangerous=count > 1)):
            self._start(scope, [self._entity().key, "rm"], bulk.remove(scope))
            self.grid.action_clear()

    def action_reassign(self) -> None:
        scope = self._scope()
        if scope is not None and OWNER in self._entity().fields:
            self.asking(self._reassign, scope, exclusive=True)

    async def _reassign(self, scope: Scope) -> None:
        entity, count = self._entity(), await self._count(scope)

        def look(workspace: Workspace) -> tuple[list[Choice], list[tuple[str, str]]]:
            users = workspace.query(Query("user", fields=("id", "name"), expand=False))
            found = companions(workspace, workspace.registry.entity(entity.key))
            kinds = [(kind.key, kind.plural_label()) for kind in found if kind.key != entity.key]
            return [Choice(user["id"], str(user["name"] or "")) for user in users], kinds

        users, kinds = await self.crm.desk.ask(look)
        taker = await self.ask(Pick(t("Give {records} to whom?", records=self._told(count)), users))
        if taker is None:
            return
        along = ""
        if kinds:
            every = ",".join(key for key, _ in kinds)
            choices = [
                Choice(ALONE, t("Nothing else")),
                *(Choice(key, label) for key, label in kinds),
                Choice(every, t("All of these")),
            ]
            picked = await self.ask(Pick(t("What goes along?"), choices, t("Of what belongs to them.")))
            if picked is None:
                return
            along = "" if picked == ALONE else picked
        name = next(user.label for user in users if user.key == taker)
        words = ["--to", name, *(["--with", along] if along else [])]
        self._start(scope, [entity.key, "reassign"], bulk.reassign(scope, taker, along), words)

    def action_log(self, what: str) -> None:
        row = self.grid.row
        if row is not None:
            self.asking(log, self, what, self._entity().key, row.key, exclusive=True)

    # -- static lists --------------------------------------------------------------------------------------------------

    def action_enlist(self) -> None:
        scope = self._scope()
        if scope is not None:
            self.asking(self._enlist, scope, exclusive=True)

    async def _enlist(self, scope: Scope) -> None:
        lists = await self.crm.desk.ask(partial(static_lists, noun=self._entity().key))
        picked = await self.ask(Pick(t("On which list?"), [*lists, Choice(NEW, t("A new list…"))]))
        if picked is None:
            return
        if picked == NEW:
            name = await self.ask(Prompt(t("What shall the list be called?")))
            if name:
                of = [f"of={self._entity().key}"]
                self._start(scope, ["list", "add", name, *of], bulk.enlist(scope, bulk.new_list(), name))
            return
        name = next(choice.label for choice in lists if choice.key == picked)
        self._start(scope, ["list", "add", name], bulk.enlist(scope, picked))

    def action_delist(self) -> None:
        scope = self._scope()
        if scope is not None:
            self.asking(self._delist, scope, exclusive=True)

    async def _delist(self, scope: Scope) -> None:
        lists = await self.crm.desk.ask(partial(static_lists, noun=self._entity().key))
        here = [choice for choice in lists if self.place.on in (choice.key, choice.label)]
        picked: str | None = here[0].key if here else None
        if picked is None:
            picked = await self.ask(Pick(t("Off which list?"), lists))
        if picked:
            name = next(choice.label for choice in lists if choice.key == picked)
            self._start(scope, ["list", "remove", name], bulk.delist(scope, picked))

    # -- files ---------------------------------------------------------------------------------------------------------

    def action_export(self) -> None:
        if self.source is not None:
            self.asking(self._export, self.source, exclusive=True)

    async def _export(self, source: Records) -> None:
        chosen = self.grid.chosen
        scope = self._scope() if chosen else Scope(source.place, (), True, self.trash)
        if scope is None:
            return
        count = await self._count(scope) if chosen else self.grid.total
        told = self._told(count) if count is not None else source.entity.plural_label()
        question = t("Write {records} to which file?", records=told)
        detail = t("The ending says the format: .csv, .xlsx, .json, .ndjson, .vcf, .html, .md …")
        path = await self.ask(Prompt(question, detail, value=f"{source.entity.plural}.csv", check=writable))
        if path is None:
            return
        path = os.path.expanduser(path)
        if os.path.exists(path) and not await self.ask(
            Confirm(t("There is a file {path} already. Replace it?", path=path), dangerous=True)
        ):
            return
        self._progress(t("Writing {path}…", path=path))
        try:
            written = await self.crm.desk.ask(lambda workspace: export(workspace, source, scope, path), SLOW)
        finally:
            self._tell_count()
        names = ",".join(field.key for field in source.fields)
        where = [text for text in (source.place.filter if scope.rest else "", selected(scope)) if text]
        words = [word for text in where for word in ("--where", text)]
        for option, value in (
            ("--view", source.place.view),
            ("--list", source.place.on),
            ("--sort", source.place.sort),
        ):
            words += [option, value] if value else []
        self.crm.deeds.tell(
            ["export", source.entity.plural, *words, "--fields", names, "--to", path],
            None,
            tn("{n} record written to {path}.", "{n} records written to {path}.", written, path=path),
        )


def _parsed(workspace: Workspace, noun: str, text: str) -> tuple[tuple[str, str, str], ...]:
    return bulk.parsed(workspace, workspace.registry.entity(noun), text)


def static_lists(workspace: Workspace, noun: str) -> list[Choice]:
    """The static lists of a kind of record."""
    found = workspace.query(Query("list", fields=("id", "name", "of"), expand=False))
    return [Choice(record["id"], str(record["name"] or "")) for record in found if record["of"] == noun]
