"""What the library asks of the engine, kept while it happens, and asked again of a copy by a bare connection."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlcipher3 import dbapi2 as engine

from crmtool.app.workspace import Workspace, folders
from crmtool.core import dates, tokens
from crmtool.core.policy import Policy
from crmtool.store.dialect_sqlite import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.data import Store

    Tape = list[tuple[int, str, Sequence[Any]]]

ALL, FIRST, MANY = range(3)  # how much of a statement's answer was asked for; MANY: it ran once for every row


class Recorder(SqliteDatabase):
    """A store that asks everything again of ``copy``, a bare connection to a copy of it, after each commit.

    ``cpu`` and ``wall`` are the seconds that the copy took since they were last set to zero.
    """

    def __init__(self, path: str, lock: str | None, copy: Any) -> None:
        self.copy = copy
        self.cpu = self.wall = 0.0
        self._tape: Tape = []
        super().__init__(path, key=None, read_only=False, create=False, lock=lock)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        self._tape.append((ALL, sql, params))
        cursor = super().execute(sql, params)
        if sql == "COMMIT":
            self.replay()
        return cursor

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        held = list(rows)
        self._tape.append((MANY, sql, held))
        super().executemany(sql, held)

    def one(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        self._tape.append((FIRST, sql, params))
        row: tuple[Any, ...] | None = super().execute(sql, params).fetchone()
        return row

    def replay(self) -> None:
        """Ask the copy what was asked here since the last time."""
        tape, self._tape = self._tape, []
        cpu, wall = time.process_time(), time.perf_counter()
        for how, sql, params in tape:
            if how == MANY:
                self.copy.executemany(sql, params)
            elif how == FIRST:
                self.copy.execute(sql, params).fetchone()
            else:
                self.copy.execute(sql, params).fetchall()
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall


class Twice(NamedTuple):
    """What a piece of work took in seconds: the library's own part with its statements, and the statements alone."""

    cpu: float
    wall: float
    raw_cpu: float
    raw_wall: float


class Mirrored(NamedTuple):
    """A workspace to write to, with its recorder."""

    workspace: Workspace
    recorder: Recorder

    def measure(self, call: Callable[[], object]) -> Twice:
        """Do something and tell what it took both ways."""
        recorder = self.recorder
        recorder.replay()
        recorder.cpu = recorder.wall = 0.0
        cpu, wall = time.process_time(), time.perf_counter()
        call()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        taken = recorder.cpu, recorder.wall  # all of it lies within the call
        return Twice(cpu - taken[0], wall - taken[1], *taken)


@contextmanager
def mirrored(store: Store) -> Iterator[Mirrored]:
    """A store that may be written to, and a copy beside it for the statements alone."""
    beside = store.home.with_name("copy.db")
    shutil.copyfile(store.path, beside)
    copy = engine.connect(str(beside), isolation_level=None)
    # The one function of ours that statements may name.
    copy.create_function("crm_fold", 1, _fold, deterministic=True)
    run, _ = folders(store.path)
    recorder = Recorder(store.path, run, copy)
    dates.use_zone("UTC")
    try:
        yield Mirrored(Workspace(recorder, actor=None, policy=Policy(), zone="UTC", run=run), recorder)
    finally:
        recorder.close()
        copy.close()


def _fold(value: object) -> str | None:
    return None if value is None else tokens.fold(str(value))
