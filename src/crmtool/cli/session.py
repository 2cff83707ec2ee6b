"""Opening the workspace that this run of the program is about."""

from __future__ import annotations

from crmtool.app.workspace import Workspace, open_workspace
from crmtool.cli import config, paths
from crmtool.cli.state import current
from crmtool.core.changes import Actor
from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.core.policy import Policy


def policy() -> Policy:
    """What this door lets its actor see and do. On one machine that is everything; roles arrive with the server."""
    return Policy()


def open_session(*, read_only: bool = False) -> Workspace:
    """The current workspace, open for whoever ``--actor`` names, else for its own user. Raises ``StoreError``."""
    state = current()
    zone = config.setting("timezone") or None
    try:
        workspace = open_workspace(
            paths.store_file(state.workspace), policy=policy(), zone=zone, read_only=read_only
        )
    except StoreError as error:
        if error.code == "no_workspace" and (there := paths.workspaces()):
            error.hint = Message(
                "Workspaces: {names}. Use one: {use}. Or make this one: {make}",
                names=", ".join(there),
                use=f"crm workspace use {there[0]}",
                make=f"crm init --workspace {state.workspace}",
            )
        raise
    if state.actor:
        from crmtool.app.resolve import resolve

        try:
            user = resolve(workspace.reader, workspace.registry.entity("user"), state.actor)
            record = workspace.reader.require("user", user)
        except BaseException:
            workspace.close()
            raise
        workspace.act_as(Actor(user, record["role"] or "member", team=record["team"]))
    return workspace
