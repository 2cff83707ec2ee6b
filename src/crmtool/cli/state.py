"""What one run of the program was asked for, apart from the command itself: workspace, actor, how to talk.

Flag before environment before configuration file. One ``State`` is made per run, before any command is
loaded.
"""

from __future__ import annotations

import os
import sys

from crmtool.cli import config
from crmtool.core.messages import N_, t

DEFAULT_WORKSPACE = "default"

_REASONS = {
    "flag": N_("Accessible mode is on because --accessible was given."),
    "environment": N_("Accessible mode is on because of CRM_ACCESSIBLE or ACCESSIBLE in the environment."),
    "config": N_("Accessible mode is on because the configuration file says so."),
}


class State:
    """Flags as they were given; the properties answer what holds."""

    __slots__ = (
        "_announced",
        "accessible_flag",
        "actor_flag",
        "debug",
        "json_errors",
        "no_input_flag",
        "workspace_flag",
    )

    def __init__(self) -> None:
        self.workspace_flag: str | None = None
        self.actor_flag: str | None = None
        self.debug = False
        self.no_input_flag = False
        self.accessible_flag = False
        self.json_errors = False
        self._announced = False

    @property
    def workspace(self) -> str:
        """The name of the workspace to use; it need not exist."""
        return self.workspace_flag or config.setting("workspace") or DEFAULT_WORKSPACE

    @property
    def actor(self) -> str | None:
        """Who acts, as typed; ``None`` means the user that ``crm init`` made."""
        return self.actor_flag or config.setting("actor") or None

    @property
    def accessible(self) -> str | None:
        """Why lines are written for a screen reader: ``flag``, ``environment`` or ``config``; ``None`` when
        they are not.
        """
        if self.accessible_flag:
            return "flag"
        for name in ("CRM_ACCESSIBLE", "ACCESSIBLE"):
            value = os.environ.get(name)
            if value is not None:
                return "environment" if config.truth(value) else None
        return "config" if config.load().get("accessible") else None

    @property
    def may_prompt(self) -> bool:
        """Whether a question may be asked: a person sits at the terminal and did not forbid it."""
        forbidden = self.no_input_flag or config.truth(os.environ.get("CRM_NO_INPUT", ""))
        return not forbidden and sys.stdin is not None and sys.stdin.isatty()

    def announce(self) -> None:
        """Say once per run that accessible mode is on, and why; nothing when it is off."""
        reason = self.accessible
        if reason and not self._announced:
            self._announced = True
            print(t(_REASONS[reason]), file=sys.stderr)


_state = State()


def current() -> State:
    """The state of this run."""
    return _state


def use(state: State) -> State:
    """Make ``state`` the current one."""
    global _state
    _state = state
    return state
