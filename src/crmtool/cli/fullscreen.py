"""How the full-screen app is opened; ``crm`` alone comes here without the framework of the command line."""

from __future__ import annotations

import gc
import os
import sys

from crmtool.cli import config, paths
from crmtool.cli.state import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.tui.settings import Settings

SERVED = "TEXTUAL_DRIVER"  # names what takes the place of a terminal


def wanted() -> bool:
    """Whether ``crm`` without words opens the app: a person at a terminal that can show it, with a workspace to open."""
    return (
        sys.stdin is not None
        and sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "dumb") != "dumb"
        and current().may_prompt
        and current().accessible is None
        and os.path.isfile(paths.store_file(current().workspace))
    )


def unseen() -> str:
    """Why ``crm`` alone gives the help instead of the app: somebody sits at a terminal of which a part is redirected."""
    from crmtool.core.messages import t

    person = any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    whole = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    if whole or not person or not os.path.isfile(paths.store_file(current().workspace)):
        return ""
    return t("The app opens where both input and output are a terminal. Here is the help instead.")


def _check_terminal() -> None:
    """``UsageError`` where there is no terminal to draw on or to read keys from; a browser needs none."""
    from crmtool.core.errors import UsageError
    from crmtool.core.messages import Message

    if os.environ.get(SERVED):
        return
    hint = Message("Open it without a pipe or a redirection: {command}", command="crm tui")
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            Message("The app reads keys from a terminal, and the input is none."), hint, code="terminal"
        )
    if not sys.stdout.isatty():
        raise UsageError(
            Message("The app draws on a terminal, and the output is none."), hint, code="terminal"
        )


def welcome() -> str:
    """What to do first, above the help, where there is no workspace to open; empty where there is one."""
    from crmtool.core.messages import t

    location = paths.store_file(current().workspace)
    if "://" in location or os.path.isfile(location):
        return ""
    make = t("There is no workspace yet. {command} makes one for your own records;", command="crm init")
    look = t("{command} fills one with made-up people and deals, to look around in.", command="crm demo")
    return f"{make}\n{look}\n\n"


def start() -> int:
    """Open the app and answer the exit code when it is left."""
    from crmtool.cli.session import open_session
    from crmtool.tui import open_app

    _check_terminal()
    open_session().close()  # what keeps it from opening is said before the screen changes; an older store is migrated
    gc.enable()
    return open_app(
        lambda read_only: open_session(read_only=read_only),
        settings(),
        mouse=config.setting("mouse") is not False,
    )


def settings() -> Settings:
    """What the configuration says of the app."""
    from crmtool.tui.settings import Settings

    name, actor = current().workspace, current().actor
    return Settings(
        workspace=name,
        memory=os.path.join(paths.workspace_directory(name), "tui.json"),
        log=os.path.join(paths.home(), "log", "tui.log"),
        program=(
            sys.executable,
            "-m",
            "crmtool",
            "--workspace",
            name,
            *(("--actor", actor) if actor else ()),
        ),
        theme=config.setting("theme") or "",
        keys=dict(config.action_keys()),
        single_keys=config.setting("single_keys") is not False,
        animations=config.setting("animations") is not False,
        cursor=bool(config.setting("cursor")),
        aliases=dict(config.aliases()),
        bidi=config.setting("bidi") or "terminal",
        lag=os.environ.get("CRM_TUI_LAG", ""),
    )
