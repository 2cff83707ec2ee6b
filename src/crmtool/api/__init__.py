"""The door for programs and notebooks: a workspace as typed Python objects.

A thin layer: every read goes through the workspace's reader and every write through ``workspace.run``, so that policy,
validation, log and undo are those of every other door. ``import crmtool`` is light; what is here loads with the first name that
is used.
"""

from __future__ import annotations

from crmtool.api.opening import create_workspace, open_workspace
from crmtool.api.records import Added, Records
from crmtool.api.workspace import Workspace

__all__ = ["Added", "Records", "Workspace", "create_workspace", "open_workspace"]
