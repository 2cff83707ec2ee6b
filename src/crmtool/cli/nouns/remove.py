"""``crm NOUN rm`` and ``crm NOUN restore``: to the trash and back."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, DryRun, From, Json, OnList, View, Where, Yes
from crmtool.cli.session import open_session
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.core.registry import Entity

Records = Annotated[list[str] | None, typer.Argument(metavar="RECORD", help=REFERENCE)]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN rm``."""
    key = entity.key

    def remove(
        records: Records = None,
        where: Where = None,
        view: View = None,
        on: OnList = None,
        source: From = None,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Remove
        from crmtool.cli.nouns.targets import Targets
        from crmtool.doors.targets import Wanted

        with open_session() as workspace:
            wanted = Wanted(records or (), where or (), view, on, source)
            targets = Targets(workspace, workspace.registry.entity(key), wanted)
            done = targets.run(lambda found: Remove(key, found), dry_run=dry_run, yes=yes, as_json=as_json)
            return report.tell(workspace, done, targets.entity, as_json=as_json)

    remove.help = wording.compose(  # type: ignore[attr-defined]
        entity, "rm",
        t("Move to the trash. Nothing is lost: “restore” and “crm undo” bring it back; only “crm purge” erases."),
    )  # fmt: skip
    return remove


def restore(entity: Entity) -> Callable[..., int]:
    """``crm NOUN restore``."""
    key = entity.key

    def restore(
        records: Records = None,
        where: Where = None,
        view: View = None,
        on: OnList = None,
        source: From = None,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Restore
        from crmtool.cli.nouns.targets import Targets
        from crmtool.doors.targets import Wanted

        with open_session() as workspace:
            wanted = Wanted(records or (), where or (), view, on, source)
            targets = Targets(workspace, workspace.registry.entity(key), wanted, trash="only")
            done = targets.run(lambda found: Restore(key, found), dry_run=dry_run, yes=yes, as_json=as_json)
            return report.tell(workspace, done, targets.entity, as_json=as_json)

    restore.help = t("Take out of the trash.")  # type: ignore[attr-defined]
    return restore
