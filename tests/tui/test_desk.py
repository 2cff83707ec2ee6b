"""The lanes: a question that nobody waits for any more ends also while the engine is at it, and no other one with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from crmtool.app.workspace import Workspace
from crmtool.tui.desk import PAGE, SLOW, WRITE, Desk

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT count(*) FROM n"


@pytest.mark.parametrize("lane", [PAGE, SLOW])
async def test_a_question_is_withdrawn_while_it_is_answered(
    opener: Callable[[bool], Workspace], lane: str
) -> None:
    desk = Desk(opener)
    try:
        waiting = asyncio.ensure_future(desk.ask(lambda workspace: workspace.db.scalar(ENDLESS), lane))
        following = asyncio.ensure_future(desk.ask(lambda workspace: workspace.db.scalar("SELECT 7"), lane))
        await asyncio.sleep(0.1)
        waiting.cancel()
        assert await asyncio.wait_for(following, 20) == 7
    finally:
        desk.close()


async def test_a_change_is_not_withdrawn(opener: Callable[[bool], Workspace]) -> None:
    desk = Desk(opener)
    ended: list[int] = []
    try:
        waiting = asyncio.ensure_future(
            desk.ask(lambda workspace: ended.append(workspace.db.scalar(LONG)), WRITE)
        )
        await asyncio.sleep(0.1)
        waiting.cancel()
        await desk.ask(lambda workspace: None, WRITE)
        assert ended in ([], [300_000])  # not begun, or done to its end
    finally:
        desk.close()
