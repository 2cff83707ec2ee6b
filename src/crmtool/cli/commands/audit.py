"""``crm audit``: check that the log is whole, and print its head to keep elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from crmtool.cli.frame import App
from crmtool.cli.output.formats import json_text
from crmtool.cli.progress import Progress
from crmtool.cli.session import open_session
from crmtool.core.errors import CrmError, DeniedError
from crmtool.core.messages import N_, Message, t, tn
from crmtool.doors.safe import escape
from crmtool.store import verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace
    from crmtool.store.verify import Audit

command = App(N_("check that the log is whole"))

Head = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        metavar="FILE|HEAD",
        help=t("a head kept from before, or a file of them, a line each; the log must still agree with it"),
    ),
]
Json = Annotated[bool, typer.Option("--json", help=t("print one JSON object"))]


@command.command(
    "verify", help=t("Walk the whole log and say where it was edited, removed, reordered or cut.")
)
def verify_log(head: Head = None, as_json: Json = False) -> None:
    heads = [kept for given in head or () for kept in _heads(given)]
    with _everything() as workspace, Progress(t("Change sets")) as progress:
        total = workspace.log.position()
        audit = verify.verify(workspace.db, heads, progress=lambda done: progress(done, total))
    if as_json:
        sys.stdout.write(json_text(as_object(audit), indent=True) + "\n")
    else:
        sys.stdout.write("".join(f"{escape(line)}\n" for line in as_lines(audit)))
    if audit.problems:
        raise CrmError(
            Message("The log is not as it was written."),
            Message("Keep this store as it is and compare it with a backup or with another device."),
            code="broken_log",
        )


@command.command("head", help=t("Print the position and digest of the last change: keep it elsewhere."))
def print_head() -> None:
    with _everything() as workspace:
        print(verify.head(workspace.db))


@contextmanager
def _everything() -> Iterator[Workspace]:
    """The workspace, for somebody whom no row policy keeps from any of it: the log is checked whole or not at all."""
    with open_session(read_only=True) as workspace:
        if not workspace.policy.may_run_sql(workspace.actor):
            raise DeniedError(
                Message("Only somebody who may see everything can check the log."),
                Message("Ask an admin of the workspace."),
            )
        yield workspace


def as_object(audit: Audit) -> dict[str, Any]:
    return {
        "whole": not audit.problems,
        "sets": audit.sets,
        "changes": audit.changes,
        "head": audit.head,
        "problems": [
            {"kind": problem.kind, "position": problem.position, "message": str(problem.message)}
            for problem in audit.problems
        ],
    }


def as_lines(audit: Audit) -> list[str]:
    if audit.problems:
        return [str(problem.message) for problem in audit.problems]
    counted = t(
        "The log is whole: {sets} with {changes}.",
        sets=tn("{n} change set", "{n} change sets", audit.sets),
        changes=tn("{n} change", "{n} changes", audit.changes),
    )
    return [counted, t("Head: {head}", head=audit.head)]


def _heads(given: str) -> list[str]:
    """The heads in a file, or the one that was typed."""
    if not os.path.exists(given):
        return [given]
    with open(given, encoding="utf-8") as file:
        return list(verify.kept_heads(file.read()))
