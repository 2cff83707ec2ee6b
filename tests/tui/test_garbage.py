"""Unused objects are looked for while the program rests, and not behind a key."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from collections.abc import Iterator

import pytest

from crmtool.tui import garbage
from crmtool.tui.garbage import GarbageCollection


@pytest.fixture
def collector() -> Iterator[GarbageCollection]:
    """A collector as the app has it, and the interpreter as it was afterwards."""
    thresholds, turns = gc.get_threshold(), sys.getswitchinterval()
    yield GarbageCollection()
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(turns)


class Ring:
    """What only a look through everything finds once it is old."""

    def __init__(self) -> None:
        self.itself = self


def test_old_objects_go_at_rest_only(collector: GarbageCollection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "OLD", 0)
    ring = Ring()
    gone = weakref.ref(ring)
    gc.collect(1)
    gc.collect(1)  # it is old now
    del ring
    collector._look()  # all the while the CPU was used
    assert gone() is not None
    time.sleep(0.2)
    collector._look()
    assert gone() is None


def test_old_objects_go_in_the_end_where_there_is_no_rest(
    collector: GarbageCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "OLD", 0)
    monkeypatch.setattr(garbage, "REST", -1.0)
    ring = Ring()
    gone = weakref.ref(ring)
    del ring
    for _ in range(garbage.PATIENCE):
        collector._look()
    assert gone() is not None
    collector._look()
    assert gone() is None
