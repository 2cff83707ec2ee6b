"""``crm workspace``: the workspaces on this machine, and which one commands use."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from crmtool.cli import config, paths
from crmtool.cli.adhoc.rows import shape
from crmtool.cli.frame import App
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_record, prints_rows
from crmtool.cli.session import open_session
from crmtool.cli.state import DEFAULT_WORKSPACE, current
from crmtool.core import clock
from crmtool.core.errors import ConflictError, NotFoundError, UsageError
from crmtool.core.fields import Field
from crmtool.core.kinds import INSTANT, NUMBER, TEXT, YESNO
from crmtool.core.messages import N_, Message, t
from crmtool.doors.safe import escape

Name = Annotated[str, typer.Argument(metavar="NAME", help=t("The workspace."))]
NewName = Annotated[str, typer.Argument(metavar="NEW", help=t("What it is to be called."))]
MaybeName = Annotated[
    str | None, typer.Argument(metavar="NAME", help=t("The workspace; the one in use when left out."))
]

WORKSPACE = shape(
    N_("Workspace"),
    N_("Workspaces"),
    Field("workspace", TEXT, N_("Workspace")),
    Field("in_use", YESNO, N_("In use")),
    Field("bytes", NUMBER, N_("Bytes")),
    Field("changed_at", INSTANT, N_("Changed")),
    Field("path", TEXT, N_("Path")),
)
DETAILS = shape(
    N_("Workspace"),
    N_("Workspaces"),
    Field("workspace", TEXT, N_("Workspace")),
    Field("name", TEXT, N_("Name")),
    Field("id", TEXT, N_("Id")),
    Field("me", TEXT, N_("You are")),
    Field("currency", TEXT, N_("Currency")),
    Field("region", TEXT, N_("Region")),
    Field("timezone", TEXT, N_("Time zone")),
    Field("contacts", NUMBER, N_("Contacts")),
    Field("companies", NUMBER, N_("Companies")),
    Field("deals", NUMBER, N_("Deals")),
    Field("changes", NUMBER, N_("Changes")),
    Field("bytes", NUMBER, N_("Bytes")),
    Field("path", TEXT, N_("Path")),
)

command = App(N_("the workspaces there are"))


@command.command("list", help=t("Print every workspace on this machine."))
@prints_rows
def show_all(output: Output) -> None:
    output.write((_row(name) for name in paths.workspaces()), output.fields(WORKSPACE))


@command.command("show", help=t("Print what a workspace is and what is in it."))
@prints_record
def show(output: Output, name: MaybeName = None) -> None:
    if name is not None:
        current().workspace_flag = _existing(name)
    fields = output.fields(DETAILS)
    if output.for_people and output.names is None:
        fields = [field for field in fields if field.key != "id"]
    with open_session(read_only=True) as workspace:
        chosen = current().workspace
        me = workspace.reader.get("user", workspace.actor.user) if workspace.actor.user else None
        record: dict[str, Any] = {
            "workspace": chosen,
            "name": workspace.meta.get("name"),
            "id": workspace.meta.get("workspace"),
            "me": me["name"] if me else None,
            "currency": workspace.meta.get("currency"),
            "region": workspace.meta.get("region") or None,
            "timezone": workspace.zone,
            "changes": workspace.log.position(),
            "bytes": _size(chosen),
            "path": paths.store_file(chosen),
        }
        from crmtool.store.reader import Query

        for key in ("contact", "company", "deal"):
            record[workspace.registry.entity(key).plural] = workspace.reader.count(Query(key))
    output.write_one(record, fields)


@command.command("use", help=t("Make a workspace the one that commands use."))
def use(name: Name) -> None:
    from crmtool.cli.commands.config import set_value

    set_value("workspace", _existing(name))


@command.command(
    "rename", help=t("Give a workspace another name. Nothing in it changes; its folder is called so, too.")
)
def rename(name: Name, new: NewName) -> None:
    from crmtool.cli.commands.config import set_value

    old = _existing(name)
    target = paths.workspace_directory(new)
    if os.path.lexists(target):
        raise ConflictError(
            Message("There is a workspace “{name}” already.", name=new),
            Message("Choose another name."),
            code="exists",
            workspace=new,
        )
    chosen = (config.load().get("workspace") or DEFAULT_WORKSPACE) == old
    current().workspace_flag = old
    with open_session() as workspace:
        if workspace.meta.get("name") == old:
            workspace.rename(new)
    # Whoever is the last to close a store removes its write-ahead log; where there is one, somebody is at work.
    if any(os.path.exists(file) for file in _files(old)[1:]):
        raise ConflictError(
            Message("The workspace “{name}” is in use.", name=old),
            Message("Close the programs that have it open (“crm watch”, a notebook), and try again."),
            code="in_use",
            workspace=old,
        )
    os.rename(paths.workspace_directory(old), target)
    print(escape(t("The workspace “{old}” is called “{new}” now.", old=old, new=new)), file=sys.stderr)
    if chosen:
        set_value("workspace", new)


@command.command("path", help=t("Print where a workspace lies."))
def path(name: MaybeName = None) -> None:
    print(escape(paths.store_file(current().workspace if name is None else _existing(name))))


def _existing(name: str) -> str:
    known = paths.workspaces()
    if name in known:
        return name
    paths.workspace_directory(name)  # a name that can be none is refused as such
    from difflib import get_close_matches

    near = get_close_matches(name, known, 3)
    raise NotFoundError(
        Message("There is no workspace “{name}”.", name=name),
        Message("Did you mean {names}?", names=", ".join(near))
        if near
        else Message("Make it with: crm init --workspace {name}", name=name),
        workspace=name,
    )


def _row(name: str) -> dict[str, Any]:
    path = paths.store_file(name)
    try:
        changed = max(os.stat(file).st_mtime for file in _files(name) if os.path.exists(file))
    except ValueError:
        changed = 0.0
    return {
        "workspace": name,
        "in_use": name == _chosen(),
        "bytes": _size(name),
        "changed_at": clock.instant(changed),
        "path": path,
    }


def _chosen() -> str | None:
    try:
        return current().workspace
    except UsageError:
        return None  # a setting that names no folder; whoever uses it is told


def _files(name: str) -> tuple[str, str]:
    """The store and its write-ahead log, which holds the newest changes."""
    path = paths.store_file(name)
    return path, f"{path}-wal"


def _size(name: str) -> int:
    return sum(os.path.getsize(file) for file in _files(name) if os.path.exists(file))
