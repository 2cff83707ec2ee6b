"""The app in a browser on this machine: ``crm tui --serve``.

``textual-serve`` runs one app for each page and sends what it draws through a WebSocket. Around it stands what a customer list
needs: it listens on loopback alone, every request must bring the secret that the printed address holds (kept in a cookie that
scripts cannot read), a page of another site cannot connect, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import hmac
import secrets
import shlex
from typing import TYPE_CHECKING

from aiohttp import web
from textual_serve.server import Server

from crmtool.core.messages import t

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
COOKIE = "crm_token"
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'"
)


class LocalServer(Server):
    """Serves the app that ``command`` starts, to whoever has the token."""

    def __init__(self, command: Sequence[str], port: int, say: Callable[[str], None]) -> None:
        super().__init__(shlex.join(command), HOST, port, title="crm")
        self.token = secrets.token_urlsafe(32)
        self._say = say

    @property
    def address(self) -> str:
        """What to open: it holds the token."""
        return f"{self.public_url}/?token={self.token}"

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guarded)
        return app

    def initialize_logging(self) -> None:
        """None: a log of requests would hold the token."""

    async def on_startup(self, app: web.Application) -> None:
        self._say(t("The app is at {address}", address=self.address))
        self._say(t("The address holds a secret: give it to nobody. Ctrl-C ends it."))

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        own = f"{HOST}:{self.port}"
        # A name that somebody makes point here, or a page of another site, must not reach the app through a person's browser.
        if request.host != own or request.headers.get("Origin", f"http://{own}") != f"http://{own}":
            raise web.HTTPForbidden(text=t("This address is for this machine alone."))
        given = request.query.get("token", "")
        if given and self._is_token(given):
            answer: web.StreamResponse = web.HTTPFound("/")
            answer.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict")
        elif self._is_token(request.cookies.get(COOKIE, "")):
            answer = await handler(request)
        else:
            raise web.HTTPUnauthorized(
                text=t("Open the address that “crm tui --serve” printed; it holds the token.")
            )
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = f"{_POLICY}; connect-src 'self' ws://{own}"
            answer.headers["Referrer-Policy"] = "no-referrer"
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def serve(command: Sequence[str], port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises ``OSError`` where the port is taken."""
    LocalServer(command, port, say).serve()
