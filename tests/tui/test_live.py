"""Changes of others: a store that was out of reach is followed again, and nothing that happened meanwhile is missed."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from crmtool.app.commands import Add
from crmtool.app.watch import Event, Feed
from crmtool.app.workspace import Workspace
from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.tui import live
from crmtool.tui.live import Live, News


def test_it_goes_on_behind_what_it_told_when_the_store_is_there_again(
    opener: Callable[[bool], Workspace], elsewhere: Callable[..., Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(live, "AGAIN", 0.05)
    told: queue.Queue[News] = queue.Queue()
    failed: queue.Queue[Exception] = queue.Queue()
    away = False
    read = Feed.read

    def out_of_reach(feed: Feed) -> list[Event]:
        if away:
            raise StoreError(Message("It is away."), Message("Wait."))
        return read(feed)

    monkeypatch.setattr(Feed, "read", out_of_reach)
    following = Live(opener, told.put, failed.put)
    following.start()
    try:
        added: list[str] = []

        def add(name: str) -> None:
            elsewhere(lambda workspace: workspace.run(Add("contact", {"name": name})))

        for number in range(200):  # until it follows, what is added is from before
            add(f"First {number}")
            try:
                added += [str(event.name) for event in told.get(timeout=0.1).events]
                break
            except queue.Empty:
                continue
        assert added
        away = True
        assert isinstance(failed.get(timeout=10), StoreError)
        add("Meanwhile")
        assert failed.empty()  # said once
        away = False
        seen: set[str] = set()
        while "Meanwhile" not in seen:
            seen |= {str(event.name) for event in told.get(timeout=10).events}
    finally:
        following.close()
