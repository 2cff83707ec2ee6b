"""Any ``crm`` command line, run as a process of its own: what a person types behind ``:!``, and what changes the settings.

It is never given a terminal: it cannot ask anything, draws nothing and colours nothing.
"""

from __future__ import annotations

import asyncio
import os
import shlex
from typing import TYPE_CHECKING

from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from crmtool.tui.settings import Settings

MOST = 2_000_000  # characters of what is printed that are kept
ENDS_SECONDS = 2.0  # how long a process that is told to end may take
_PROGRAM = "crm"


def split(line: str) -> list[str]:
    """The words of a command line as a shell takes them, without the program's name."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(
            Message("The command line has a quotation mark that is not closed."),
            Message('Close it, or write it as \\".'),
            code="quotes",
        ) from error
    return words[1:] if words[:1] == [_PROGRAM] else words


async def lines(settings: Settings, words: Sequence[str], columns: int) -> AsyncIterator[str]:
    """What ``crm`` prints, data and talk as they come, line by line; the last is ``"\\0"`` and the exit code."""
    environ = {**os.environ, "NO_COLOR": "1", "CRM_NO_INPUT": "1", "COLUMNS": str(columns), "TERM": "dumb"}
    process = await asyncio.create_subprocess_exec(
        *settings.program,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environ,
        limit=MOST,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        kept = 0
        while kept < MOST:
            try:
                line = await process.stdout.readline()
            except ValueError:  # one line beyond the limit
                break
            if not line:
                break
            kept += len(line)
            yield line.decode("utf-8", "backslashreplace").removesuffix("\n")
        if kept < MOST:
            yield f"\0{await process.wait()}"
    finally:
        await _end(process)


async def run(settings: Settings, words: Sequence[str]) -> None:
    """Run a command line to its end. ``CrmError`` with what it said when it failed."""
    said = [line async for line in lines(settings, words, 200)]
    code = said.pop() if said and said[-1].startswith("\0") else "\0-"
    if code != "\0000":
        raise CrmError(
            Message("{command} failed.", command=shlex.join(["crm", *words])),
            Message("It says: {text}", text=" ".join(said)[:400] or "-"),
            code="program",
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
