"""Fresh workspaces quickly: copies of one that was made, which is what nearly every test begins with."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.store.places import private_directory


@cache
def _made(name: str, user: str, region: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "crm.db")
        create_workspace(path, NewWorkspace(name, user, region=region), zone="UTC").close()
        return Path(path).read_bytes()


def fresh(path: Path, user: str, *, region: str = "") -> Workspace:
    """A new workspace in the file ``path``, open; all of one session share their ids."""
    private_directory(str(path.parent))
    path.write_bytes(_made("Test", user, region))
    path.chmod(0o600)
    return open_workspace(str(path), zone="UTC")
