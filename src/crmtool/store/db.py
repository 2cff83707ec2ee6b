"""The connection every other module of the store works with; the dialects are its two subclasses.

SQL in the store is written once, with ``?`` placeholders, in the subset both engines share. What differs is
a method here: column types, access to own fields, folding, the search index, locking, versions. A location
is a path (a file) or a ``postgresql://`` address with a schema.
"""

from __future__ import annotations

from crmtool.core.errors import StoreError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from crmtool.core.tokens import SearchQuery

    Row = tuple[Any, ...]

APPLICATION_ID = 0x43524D54  # "CRMT", so that a file that is not ours is recognised


class Database:
    """One open connection to one workspace. Not shared between threads; each thread opens its own."""

    location: str
    types: dict[str, str]
    null_safe_equal: str
    depth = 0
    # Grows whenever something written is taken back, so that caches of what was written can tell.
    rollbacks = 0
    # Also where a file turned out to be: a full disk, no right to write. Opening it again finds out whether it still is.
    read_only = False
    encrypted = False  # then nothing of it is put into other files in plain
    alchemy: str  # the address by which SQLAlchemy knows the engine
    driver: Any  # the engine's module, as the Python database interface has it

    # -- statements ------------------------------------------------------------------------------------------------

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement and answer its cursor."""
        raise NotImplementedError

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        raise NotImplementedError

    def rows(self, sql: str, params: Sequence[Any] = ()) -> Generator[Row, None, None]:
        """The result rows one by one; memory stays flat over a million of them. Who stops early closes it."""
        raise NotImplementedError

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row, or ``None``."""
        row: Row | None = self.execute(sql, params).fetchone()
        return row

    def scalar(self, sql: str, params: Sequence[Any] = ()) -> Any:
        row = self.one(sql, params)
        return row[0] if row else None

    def interrupt(self) -> None:
        """End what the connection does at this moment, from another thread: it raises ``StoreError`` (interrupted) there.

        Nothing where it does nothing, or the engine cannot.
        """

    # -- transactions ----------------------------------------------------------------------------------------------

    def atomic(self) -> AbstractContextManager[None]:
        """The one write transaction of this store, waiting for its turn; nested calls are savepoints.

        Whatever leaves the block by an exception leaves no trace.
        """
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[None]:
        """A block whose reads all see the same state."""
        raise NotImplementedError

    def contended(self) -> bool:
        """Whether somebody waits to write: a job then ends its change set early."""
        return False

    def claim(self, name: str) -> bool:
        """Take a piece of work for this connection alone; ``False`` while another has it.

        Held until ``release``, or until the connection or its process ends, however that comes.
        """
        raise NotImplementedError

    def release(self, name: str) -> None:
        """Give up a claim; nothing where there is none."""
        raise NotImplementedError

    def relaxed(self, on: bool) -> None:
        """Trade the durability of the last moment for speed while a resumable job runs; integrity is never traded."""

    def version_of_data(self) -> int:
        """A number that changes when another connection committed; a hint that the log may have grown."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def write_ahead(self) -> None:
        """Prepare a new store for readers beside a writer, where the engine does not do so by itself."""

    # -- schema ----------------------------------------------------------------------------------------------------

    def schema_version(self) -> int:
        """The number of the last migration applied; 0 for an empty store."""
        raise NotImplementedError

    def set_schema_version(self, version: int) -> None:
        raise NotImplementedError

    def columns(self, table: str) -> list[str]:
        """The column names of a table; empty when there is no such table."""
        raise NotImplementedError

    def indexes(self) -> set[str]:
        """The names of all indexes of this workspace."""
        raise NotImplementedError

    def engine(self) -> str:
        """Name and version of the engine, for ``crm doctor``."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """What the engine's own integrity check complains about; empty when sound."""
        raise NotImplementedError

    def backup(self, path: str) -> None:
        """A consistent copy of the whole workspace in a new file."""
        raise NotImplementedError

    def build_index(self, name: str, table: str, value: str) -> None:
        """Index an expression over a table that is in use, keeping others from writing no longer than the engine must."""
        raise NotImplementedError

    def walking(self, index: str) -> str:
        """What to write behind a table to have its rows read in the order of ``index``; nothing where the engine chooses well."""
        return ""

    # -- expressions -----------------------------------------------------------------------------------------------

    def json_value(self, expression: str, path: Sequence[str | int], storage: str) -> str:
        """SQL for the scalar at ``path`` inside a JSON text, typed as ``storage`` (text, real, integer, bool)."""
        raise NotImplementedError

    def folded(self, expression: str) -> str:
        """SQL for the folded form (case, accents, width) of a text expression."""
        raise NotImplementedError

    def json_elements(self, column: str) -> str:
        """SQL of a table with the one column ``value``: the text of each element of a JSON array column."""
        raise NotImplementedError

    # -- search index ----------------------------------------------------------------------------------------------

    def search_tables(self, table: str, level: str) -> list[str]:
        """Statements that create the search index of ``table``: ``names`` (both indexes) or ``text``."""
        raise NotImplementedError

    def search_put(self, table: str, level: str, rows: Sequence[tuple[int, str, str]]) -> None:
        """Index rows of (n, names, text), both as space-separated tokens."""
        raise NotImplementedError

    def search_drop(self, table: str, level: str, numbers: Sequence[int]) -> None:
        """Take rows out of the index."""
        raise NotImplementedError

    def search_match(
        self, table: str, part: str, query: SearchQuery, *, prefix: bool
    ) -> tuple[str, list[Any]]:
        """A statement of ``n`` with its parameters: the rows whose ``part`` (names, text) has all words of the query.

        ``prefix`` lets the last word be the beginning of one.
        """
        raise NotImplementedError

    def search_probes(self, part: str, query: SearchQuery, *, prefix: bool) -> bool:
        """Whether what ``search_match`` states tells of a single row in microseconds."""
        return True

    def search_newest(
        self,
        table: str,
        part: str,
        query: SearchQuery,
        *,
        prefix: bool,
        joins: str,
        where: str,
        params: Sequence[Any],
        limit: int,
    ) -> list[int]:
        """The newest ``n`` of the rows that match and meet ``where`` (over ``t``); reads no more than it answers, roughly."""
        raise NotImplementedError

    def search_differences(
        self, table: str, level: str, rows: Iterable[tuple[int, str, str]], limit: int
    ) -> list[tuple[int, str]]:
        """Up to ``limit`` (n, part) where the index of ``table`` does not hold exactly the words of these rows.

        ``rows`` are all that should be in the index, (n, names, text) as ``search_put`` takes them, by rising ``n``.
        """
        raise NotImplementedError

    def search_clear(self, table: str, level: str) -> None:
        """Empty the index, whatever it holds."""
        raise NotImplementedError

    def search_merge(self) -> bool:
        """Merge a bounded part of what many small writes left behind, inside a transaction; whether there is more."""
        return False

    def search_tune(self) -> None:
        """Give every search index the settings that a new one gets."""

    def search_tidy(self, *, erase: bool = False) -> None:
        """Merge what many small writes left behind. With ``erase``, outside any transaction, write the files anew, so that
        nothing of removed rows stays in them; ``StoreError`` (busy) when others who read keep it there.
        """


def open_database(location: str, *, key: str | None = None, read_only: bool = False, create: bool = False,
                  lock: str | None = None) -> Database:  # fmt: skip
    """Open the store at ``location``. ``key`` encrypts a file; ``lock`` is the folder of its writers' queue.

    Raises ``StoreError`` when there is none (unless ``create``), it is not ours, or the key is wrong.
    """
    if "://" in location:
        from crmtool.store.dialect_postgres import PostgresDatabase

        return PostgresDatabase(location, read_only=read_only, create=create)
    from crmtool.store.dialect_sqlite import SqliteDatabase

    return SqliteDatabase(location, key=key, read_only=read_only, create=create, lock=lock)


def parts(level: str) -> tuple[str, ...]:
    """The index parts of a search level."""
    return ("names", "text") if level == "names" else ("text",) if level else ()


def no_workspace(location: str) -> StoreError:
    return StoreError(
        Message("There is no workspace at {path}.", path=location),
        Message("Create it with “crm init”, or try “crm demo” for a sample."),
        code="no_workspace",
    )


def not_ours(location: str) -> StoreError:
    return StoreError(
        Message("{path} is not a crmtool workspace, or its key is another one.", path=location),
        Message("Check the path with “crm doctor”; nothing was changed."),
        code="not_a_workspace",
    )


if TYPE_CHECKING:
    Opener = Callable[..., Database]
