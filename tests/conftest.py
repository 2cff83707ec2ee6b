"""The order of all tests: what takes long begins first, so that no process is left with it when the others are done."""

from __future__ import annotations

import signal

import pytest

# Where the tests were started in the background, Ctrl-C is ignored there, and would be by every program that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
