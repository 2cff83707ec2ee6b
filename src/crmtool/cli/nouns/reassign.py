"""``crm NOUN reassign``: other owners for records and for what belongs to them, as one piece of work with one undo."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, DryRun, Json, OnList, View, Where, Yes
from crmtool.cli.nouns.targets import SHOWN, Targets, preview
from crmtool.cli.questions import confirm, say
from crmtool.cli.session import open_session
from crmtool.core.messages import Message, t, tn
from crmtool.doors.handover import Handover, kinds_named, user_named
from crmtool.doors.targets import Wanted, matching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

Records = Annotated[list[str] | None, typer.Argument(metavar="RECORD", help=REFERENCE)]
Giver = Annotated[str | None, typer.Option("--from", metavar="USER", help=t("only those of this user"))]
Taker = Annotated[str, typer.Option("--to", metavar="USER", help=t("who gets them; “me” is yourself"))]
Along = Annotated[
    str | None,
    typer.Option("--with", metavar="NOUNS", help=t("what belongs to them too, for example: deals,tasks")),
]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN reassign``."""
    key = entity.key

    def reassign(
        to: Taker,
        records: Records = None,
        giver: Giver = None,
        where: Where = None,
        view: View = None,
        on: OnList = None,
        along: Along = None,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        with open_session() as workspace:
            kind = workspace.registry.entity(key)
            asked = Wanted(records or (), where or (), view, on)
            done = _Handover(workspace, kind, asked, giver, to).run(
                kinds_named(workspace, kind, along), dry_run=dry_run, yes=yes, as_json=as_json
            )
            return report.tell(workspace, done, kind, as_json=as_json)

    reassign.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "reassign",
        t(
            "Give records to somebody else. --from narrows them to those of one user and, without a filter, means all of that "
            "user’s. --with takes along other kinds of record: those that are about the ones found, or all of that user’s where "
            "there is no filter. It is one piece of work with one undo."
        ),
    )
    return reassign


class _Handover(Handover):
    """Records on their way from one user, or from whomever, to another, as a command line asks."""

    def __init__(
        self, workspace: Workspace, entity: Entity, asked: Wanted, giver: str | None, taker: str
    ) -> None:
        super().__init__(
            workspace,
            entity,
            user_named(workspace, taker),
            None if giver is None else user_named(workspace, giver),
        )
        # Without a filter everything of the giver goes, whatever it is about.
        self.everything = self.giver is not None and not (asked.records or asked.by_condition)
        of_giver = self.of_giver(entity)
        wanted = asked if asked.records or of_giver is None else asked.replace(node=of_giver)
        self.found = Targets(workspace, entity, wanted).found
        if asked.records and of_giver is not None:
            self.found = self.among(entity, (entity.fields["id"].key,), self.found)

    def run(self, kinds: Sequence[Entity], *, dry_run: bool, yes: bool, as_json: bool) -> report.Done:
        """Change the owner of what was found and of the other ``kinds`` that go along."""
        from crmtool.app.bulk import run_many
        from crmtool.cli.progress import Progress

        parts = [(self.entity, self.found), *((kind, self._with(kind)) for kind in kinds)]
        total = sum(len(found) for _, found in parts)
        if not total:
            say(t("Nothing matches."))
        if not dry_run and not yes and total > 1:
            for kind, found in parts:
                self._show(kind, found)
            confirm(
                tn("Change this record?", "Change these {n} records?", total),
                Message("{count} records would be given to somebody else.", count=total),
                yes=False,
                count=total,
            )
        changed = (item for kind, found in parts for item in self.items(kind, found))
        with Progress(t("Changing")) as progress:
            bulk = run_many(
                self.workspace,
                changed,
                f"{self.entity.key} reassign",
                dry_run=dry_run,
                progress=progress,
                whole=dry_run and as_json,
            )
        return report.of_bulk(bulk, dry_run=dry_run)

    def _show(self, kind: Entity, found: Sequence[str]) -> None:
        say(t("{plural}: {n}", plural=kind.plural_label(), n=f"{len(found):,}"))
        if found:
            preview(self.workspace, kind, self.items(kind, found[:SHOWN]), len(found))

    def _with(self, kind: Entity) -> list[str]:
        """The records of another kind that go along, each once."""
        if self.everything:
            return [*matching(self.workspace, kind, self.of_giver(kind))]
        return self.along(kind, self.found)
