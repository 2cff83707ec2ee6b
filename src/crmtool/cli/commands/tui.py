"""The full-screen app: ``crm`` alone on a terminal, or ``crm tui``."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.fullscreen import settings, start
from crmtool.cli.help import with_examples
from crmtool.core.errors import EXIT_DONE, StoreError
from crmtool.core.messages import Message, t

PORT = 8321
Serve = Annotated[
    bool, typer.Option("--serve", help=t("in a browser on this machine, by an address with a secret"))
]
Port = Annotated[int, typer.Option("--port", metavar="N", min=1, help=t("the port of --serve"))]


def command(serve: Serve = False, port: Port = PORT) -> int:
    """Open the app, here or in a browser."""
    return in_browser(port) if serve else start()


def in_browser(port: int) -> int:
    """Serve the app to a browser on this machine until it is stopped."""
    from crmtool.cli.questions import say
    from crmtool.cli.session import open_session

    open_session().close()
    try:
        from crmtool.tui.serving import serve
    except ImportError as error:
        raise StoreError(
            Message("The browser’s part of the app is not installed."),
            Message("Install it with: {command}", command="pip install 'crmtool[server]'"),
            code="not_installed",
        ) from error
    serve([*settings().program, "tui"], port, say)
    return EXIT_DONE


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "The full-screen app: lists, records, the board, everything by key and by mouse. “crm” alone opens it too."
    ),
    "crm tui",
)
