"""Opening and making workspaces by name or by path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtool.api.workspace import Workspace
from crmtool.app import create
from crmtool.app import workspace as app
from crmtool.cli import config, paths
from crmtool.cli.state import State
from crmtool.core.changes import Actor

if TYPE_CHECKING:
    from crmtool.core.policy import Policy


def open_workspace(
    workspace: str | os.PathLike[str] | None = None,
    *,
    actor: str | None = None,
    key: str | None = None,
    timezone: str | None = None,
    read_only: bool = False,
    policy: Policy | None = None,
    files: str | os.PathLike[str] | None = None,
) -> Workspace:
    """Open a workspace by its name, by the path of its file, or the one that ``crm`` uses.

    ``actor`` is whom to act as (a name, an e-mail address or a handle), the workspace's own user otherwise; ``key`` opens an
    encrypted store; ``files`` is the folder of its documents, beside the store unless said otherwise. Raises ``StoreError`` when
    there is none, and ``NotFoundError`` for an unknown actor.
    """
    zone = timezone or config.setting("timezone") or None
    folder = None if files is None else os.fspath(files)
    core = app.open_workspace(
        location(workspace), key=key, zone=zone, read_only=read_only, policy=policy, files=folder
    )
    if actor is not None:
        from crmtool.app.resolve import resolve

        try:
            user = resolve(core.reader, core.registry.entity("user"), actor)
            record = core.reader.require("user", user)
        except BaseException:
            core.close()
            raise
        core.act_as(Actor(user, record["role"] or "member", "python", team=record["team"]))
    else:
        core.act_as(core.actor.replace(door="python"))
    return Workspace(core, key)


def create_workspace(
    workspace: str | os.PathLike[str],
    *,
    user: str,
    email: str | None = None,
    name: str | None = None,
    currency: str = "EUR",
    region: str = "",
    key: str | None = None,
    timezone: str | None = None,
) -> Workspace:
    """Make a workspace, by name or path, and open it. ``ConflictError`` when there is one already."""
    where = location(workspace)
    title = name or os.path.basename(os.fspath(workspace)).removesuffix(".db")
    new = create.NewWorkspace(title, user, email, currency, region)
    core = create.create_workspace(where, new, key=key, zone=timezone)
    core.act_as(core.actor.replace(door="python"))
    return Workspace(core, key)


def location(workspace: str | os.PathLike[str] | None) -> str:
    """Where a workspace lies: a name means one of ``crm workspace list``, anything with a slash or ``.db`` a file."""
    if workspace is None:
        return paths.store_file(State().workspace)
    text = os.fspath(workspace)
    is_path = not isinstance(workspace, str) or "/" in text or text.endswith(".db")
    return text if is_path else paths.store_file(text)
