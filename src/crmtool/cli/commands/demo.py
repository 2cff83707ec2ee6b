"""``crm demo``: a workspace full of sample data."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.jobs import unfinished
from crmtool.app.workspace import Workspace
from crmtool.cli import paths
from crmtool.cli.progress import Progress
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core import ids
from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message, t
from crmtool.demo import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.demo.load import Loaded


def command(
    contacts: Annotated[int, typer.Option("--contacts", metavar="N", help=t("how many contacts"))] = 2000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help=t("another number gives other people and deals"))
    ] = 1,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="HANDLE", help=t("go on with a load that was interrupted")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=t("print what was done as a JSON object"))] = False,
) -> None:
    """Fill the current workspace with sample data, making it first if it does not exist."""
    load.check_size(contacts)
    with _workspace(make=resume is None) as workspace, Progress(t("Sample data")) as progress:
        try:
            if resume is not None:
                done = load.resume(workspace, resume, progress)
            else:
                load.check_empty(workspace)
                done = load.load(workspace, load.plan_for(workspace, contacts, seed), progress)
        except KeyboardInterrupt:
            _say_how_to_go_on(workspace)
            raise
    _report(done, as_json)


command.help = t(  # type: ignore[attr-defined]
    "Fill a workspace with people, companies and deals that do not exist, for trying things out. The workspace is made if "
    "there is none; one that holds records is left alone. The same numbers give the same data.\n\n"
    "\b\nExamples:\n"
    "  crm -w demo demo\n"
    "  crm -w big demo --contacts 100000 --seed 7"
)


def _workspace(*, make: bool) -> Workspace:
    """The workspace of this run, made first if need be."""
    name = current().workspace
    location = paths.store_file(name)
    if os.path.lexists(location):
        return open_session()
    if not make:
        raise NotFoundError(
            Message("There is no workspace “{name}”.", name=name),
            Message("Make it first: {command}", command=f"crm demo --workspace {name}"),
            workspace=name,
        )
    paths.private_directory(os.path.dirname(location))
    return create_workspace(location, NewWorkspace(name, t("Sample User"), "me@crm.example"))


def _say_how_to_go_on(workspace: Workspace) -> None:
    jobs = [job for job in unfinished(workspace) if job["command"] == load.COMMAND]
    if jobs:
        print(
            t(
                "{count} changes are in. To go on: crm demo --resume {handle}. To take them back: crm undo {handle}",
                count=f"{jobs[-1]['state']['changes']:,}",
                handle=ids.handle(jobs[-1]["id"]),
            ),
            file=sys.stderr,
        )


def _report(done: Loaded, as_json: bool) -> None:
    plan = done.plan
    if as_json:
        from crmtool.cli.output.formats import json_text

        counts = {
            "contacts": plan.contacts,
            "companies": plan.companies,
            "deals": plan.deals,
            "changes": done.changes,
        }
        sys.stdout.write(json_text({**counts, "seed": plan.seed, "undo": done.handle}, indent=True) + "\n")
        return
    print(
        t(
            "Workspace {name} holds {contacts} contacts, {companies} companies and {deals} deals with their history.",
            name=current().workspace,
            contacts=f"{plan.contacts:,}",
            companies=f"{plan.companies:,}",
            deals=f"{plan.deals:,}",
        ),
        file=sys.stderr,
    )
    print(t("To take it back: crm undo {handle}", handle=done.handle), file=sys.stderr)
