"""A connection that can only answer questions: what a statement may do, how long it may take, how much it may hold.

The file is open for reading only; the authoriser is the second lock. It is asked about everything a statement would do
before it runs, allows reading and pure functions, and refuses the rest: writes (also to temporary tables), other
databases, and pragmas, which can read a key or change the engine.
"""

from __future__ import annotations

import time

from crmtool.core.errors import CrmError, StoreError, UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.store.db import Database

SECONDS = 60.0
MEMORY = 1 << 30
_STEPS = 20_000  # of the engine's machine between two looks at the clock: well under a millisecond
_BATCH = 256

# Codes of the engine's interface, fixed by it; every other action is refused.
_READ, _SELECT, _FUNCTION, _RECURSIVE, _PRAGMA = 20, 21, 31, 33, 19
_OK, _DENY = 0, 1
_SCHEMA_PRAGMAS = frozenset(
    ("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo")
)
_REFUSED_FUNCTIONS = frozenset(("load_extension", "sqlcipher_export", "fts3_tokenizer"))


class Guarded:
    """Runs statements under the guard; the connection cannot be used for anything else afterwards.

    ``seconds`` is the time that the engine itself may work on one statement; waiting for whoever reads the answer does
    not count. 0 means no limit.
    """

    def __init__(self, db: Database, seconds: float = SECONDS) -> None:
        self._db = db
        self._raw: Any = db.raw  # type: ignore[attr-defined]  # only a store in a file is asked, whose connection it is
        self._seconds = seconds
        self._left = seconds
        self._since = 0.0
        self._interrupted = False
        self._late = False
        self._refused: tuple[int, str | None] | None = None
        db.execute(f"PRAGMA hard_heap_limit = {MEMORY}")
        self._raw.set_progress_handler(self._look, _STEPS)
        self._raw.set_authorizer(self._allow)

    def run(
        self, sql: str, params: dict[str, Any] | None = None
    ) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """(column names, rows) of one statement; rows are streamed. ``UsageError`` for what is no question."""
        self._left, self._late, self._refused = self._seconds, False, None
        with self._clock():
            cursor = self._asking(lambda: self._raw.execute(sql, params or {}))
        if cursor.description is None:
            raise UsageError(
                Message("This statement answers nothing."),
                Message("Write a SELECT: this command only reads."),
                code="sql",
            )
        return [column[0] for column in cursor.description], self._rows(cursor)

    def _rows(self, cursor: Any) -> Iterator[tuple[Any, ...]]:
        try:
            while True:
                with self._clock():
                    rows = self._asking(lambda: cursor.fetchmany(_BATCH))
                if not rows:
                    return
                yield from rows
        finally:
            cursor.close()

    def _asking(self, call: Any) -> Any:
        try:
            return call()
        except CrmError:
            raise
        except Exception as error:
            raise self._explained(error) from error

    def _explained(self, error: Exception) -> BaseException:
        text = str(error)
        if self._interrupted:
            return KeyboardInterrupt()
        if self._late:
            return CrmError(
                Message("The statement was stopped after {seconds} seconds.", seconds=f"{self._seconds:g}"),
                Message("Narrow it with WHERE or LIMIT, or give it more with --seconds."),
                code="timeout",
            )
        if self._refused is not None:
            return UsageError(
                Message(
                    "This statement would do more than read ({what}).",
                    what=self._refused[1] or self._refused[0],
                ),
                Message(
                    "Write one SELECT. Records are changed by the commands of their kind, such as “crm contact set”."
                ),
                code="sql_refused",
            )
        if isinstance(error, MemoryError) or "out of memory" in text or "too big" in text:
            return CrmError(
                Message("The statement needs more than {limit} MB of memory.", limit=MEMORY >> 20),
                Message("Ask for less: a condition, fewer columns, a limit."),
                code="memory",
            )
        if "binding" in text:
            return UsageError(
                Message("The statement has a parameter without a value."),
                Message("Give it with --param {example}", example="NAME=VALUE"),
                code="sql",
            )
        explained: CrmError = self._db.explained(error)  # type: ignore[attr-defined]
        if isinstance(explained, StoreError) and explained.code != "store":
            return explained
        return UsageError(
            Message("The statement is wrong: {reason}.", reason=text.rstrip(".")),
            Message("“crm sql --tables” lists the tables, “crm sql --schema TABLE” the columns of one."),
            code="sql",
        )

    def _clock(self) -> _Running:
        return _Running(self)

    def _look(self) -> int:
        """Called by the engine now and then; anything but 0 stops the statement."""
        try:
            self._late = self._seconds > 0 and time.monotonic() - self._since > self._left
        except KeyboardInterrupt:
            self._interrupted = True
        return int(self._late or self._interrupted)

    def _allow(self, action: int, one: str | None, two: str | None, *_: object) -> int:
        if action in (_READ, _SELECT, _RECURSIVE):
            return _OK
        if action == _FUNCTION and str(two).casefold() not in _REFUSED_FUNCTIONS:
            return _OK
        if action == _PRAGMA and one in _SCHEMA_PRAGMAS:
            return _OK
        self._refused = (action, two if action == _FUNCTION else one)
        return _DENY


class _Running:
    """The time the engine works, taken from what the statement has left."""

    def __init__(self, guard: Guarded) -> None:
        self._guard = guard

    def __enter__(self) -> None:
        self._guard._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._guard._left -= time.monotonic() - self._guard._since
