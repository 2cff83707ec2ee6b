"""Where everything lies on disk.

``CRM_HOME`` holds all state. Without it the XDG base directories apply: data under
``$XDG_DATA_HOME/crmtool``, the configuration file under ``$XDG_CONFIG_HOME/crmtool``. Directories are 0700
and files 0600 whatever the umask: a customer list is private.
"""

from __future__ import annotations

import os

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message

STORE_FILE = "crm.db"
_LONGEST_NAME = 100


def home() -> str:
    """The folder of all data; it need not exist yet."""
    chosen = os.environ.get("CRM_HOME")
    return os.path.abspath(os.path.expanduser(chosen)) if chosen else _xdg("XDG_DATA_HOME", "~/.local/share")


def config_file() -> str:
    """The file of the person's settings; it need not exist."""
    base = home() if os.environ.get("CRM_HOME") else _xdg("XDG_CONFIG_HOME", "~/.config")
    return os.path.join(base, "config.toml")


def run_directory() -> str:
    """Sockets and locks of running processes."""
    return os.path.join(home(), "run")


def backup_directory() -> str:
    """Copies made before a migration and by ``crm doctor``."""
    return os.path.join(home(), "backups")


def workspace_directory(name: str) -> str:
    """The folder of one workspace: its store and its attached files. A name that is no plain folder name is
    refused.
    """
    spoiled = (
        name.startswith(".") or "/" in name or not name.isprintable() or len(name.encode()) > _LONGEST_NAME
    )
    if not name or spoiled:
        raise UsageError(
            Message("“{name}” cannot be the name of a workspace.", name=name),
            Message("Use letters, digits, spaces, “-” and “_”."),
            workspace=name,
        )
    return os.path.join(home(), "workspaces", name)


def store_file(name: str) -> str:
    """The database of workspace ``name``."""
    return os.path.join(workspace_directory(name), STORE_FILE)


def workspaces() -> list[str]:
    """The names of the workspaces that exist, in order."""
    base = os.path.join(home(), "workspaces")
    try:
        names = os.listdir(base)
    except FileNotFoundError:
        return []
    return sorted(name for name in names if os.path.isfile(os.path.join(base, name, STORE_FILE)))


def private_directory(path: str) -> str:
    """Make ``path`` and what is missing above it, each readable by its owner alone; what exists is left as it is."""
    from crmtool.store import places  # only those who make something need it

    return places.private_directory(path)


def private_file(path: str) -> str:
    """Make ``path`` as an empty file readable by its owner alone unless it exists."""
    from crmtool.store import places

    return places.private_file(path)


def _xdg(variable: str, default: str) -> str:
    # The specification says to ignore a relative path here.
    base = os.environ.get(variable, "")
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser(default), "crmtool")
