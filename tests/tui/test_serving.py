"""``crm tui --serve``: a real server, asked as a browser asks, shows the app to whoever has the token and to nobody else."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

pytestmark = pytest.mark.system


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """The address that a server of the sample workspace prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "crmtool", "tui", "--serve", "--port", str(port)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = None
        while found is None:
            line = server.stderr.readline()
            assert line, "it ended before it said where it is"
            found = re.search(r"http://\S+", line)
        yield found.group()
        server.terminate()
        server.wait(20)


async def test_the_app_comes_to_whoever_has_the_token(address: str) -> None:
    own = address.partition("/?")[0]
    async with aiohttp.ClientSession() as stranger:
        for path in ("/", "/ws", "/static/js/textual.js", "/?token=wrong"):
            async with stranger.get(own + path) as answer:
                assert answer.status == 401, path
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(address) as answer:
            assert answer.status == 200
            assert "token" not in str(answer.url)
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        async with browser.get(own, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(f"{own}/ws", headers={"Origin": "http://evil.example"})
        async with browser.ws_connect(f"{own}/ws?width=90&height=30") as socket_:
            seen = b""
            while b"Today" not in seen:
                message = await asyncio.wait_for(socket_.receive(), 20)
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
                seen += message.data if isinstance(message.data, bytes) else message.data.encode()
