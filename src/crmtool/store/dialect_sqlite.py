"""SQLite through the pinned ``sqlcipher3`` engine: one file a workspace, write-ahead log, FTS5.

Writers queue on a file lock before they ask the engine for its own, because the lock wakes the next in line
at once, while the engine's busy handler sleeps and retries: two hundred processes then take turns instead
of starving each other. The engine's timeout stays behind it for programs that do not know the queue.
"""

from __future__ import annotations

import os

from sqlcipher3 import dbapi2 as engine

from crmtool.core import tokens
from crmtool.core.block import block
from crmtool.core.errors import CrmError, StoreError
from crmtool.core.messages import Message
from crmtool.store.db import APPLICATION_ID, no_workspace, not_ours
from crmtool.store.dialect_sqlite_search import SqliteSearch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from typing import Any

    from crmtool.store.db import Row

BUSY_MS = 120_000
ERASE_BUSY_MS = 5_000  # how long erasure waits for readers that keep old pages alive, and makes writers wait
LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
KNOWN_BAD_BEFORE = (3, 51, 3)  # the write-ahead-log reset bug can corrupt a file that two processes write

TYPES = {
    "text": "TEXT", "integer": "INTEGER", "real": "REAL", "bool": "INTEGER", "json": "TEXT", "blob": "BLOB",
    "keyed": " WITHOUT ROWID",
}  # fmt: skip

# The driver asks the object's type for a method of conversion before it binds anything but text, numbers and bytearrays: 1.2 µs
# for each blank of a row, unless it knows a way. These give back what can be bound as it is, and a truth value as its number.
for _kind, _same in ((type(None), {}.get), (bytes, bytes), (bool, int)):
    engine.register_adapter(_kind, _same)


class SqliteDatabase(SqliteSearch):
    types = TYPES
    null_safe_equal = "IS"
    alchemy = "sqlite://"
    driver = engine

    def __init__(
        self, path: str, *, key: str | None, read_only: bool, create: bool, lock: str | None
    ) -> None:
        self.location = path
        self.read_only = read_only
        self._lock_folder = lock
        self._lock_file: int | None = None
        self._claims: dict[str, int] = {}
        self._unwritable: CrmError | None = None
        self._relaxed = False
        # Long results are sorted in files, so that memory stays flat; what a key protects stays out of plain files.
        self._sorting = "FILE" if key is None else "MEMORY"
        self.encrypted = key is not None
        if engine.sqlite_version_info < KNOWN_BAD_BEFORE:
            raise StoreError(
                Message("SQLite {version} can corrupt a shared workspace.", version=engine.sqlite_version),
                Message("Install sqlcipher3 with SQLite {least} or later.", least="3.51.3"),
                code="engine",
            )
        if path != ":memory:" and not create and not os.path.isfile(path):
            raise no_workspace(path)
        if key is not None and (len(key) != 64 or any(c not in "0123456789abcdefABCDEF" for c in key)):
            raise StoreError(
                Message("The key of a workspace is 64 hexadecimal digits."),
                Message("Make one with: {command}", command="openssl rand -hex 32"),
                code="key",
            )
        try:
            try:
                ours = self._connect("mode=ro" if read_only else "mode=rwc" if create else "mode=rw", key)
            except engine.OperationalError as error:
                # Reading, too, needs a little file beside the store. Where none can be made nobody writes: the disk is full, or
                # not ours to write. Unless something waits in a log, the store can be read as it lies there.
                if create or _size(f"{path}-wal"):
                    raise
                self._unwritable = self.explained(error)
                ours = self._connect("mode=ro&immutable=1", key)
                self.read_only = True
        except engine.Error as error:
            raise self.explained(error) from error
        if ours != APPLICATION_ID and not (
            create and ours == 0 and self.schema_version() == 0 and self._empty()
        ):
            self.raw.close()
            raise not_ours(path)
        self.raw.create_function("crm_fold", 1, _fold, deterministic=True)

    def _connect(self, how: str, key: str | None) -> int:
        """Open the file, and read its application id to see whether that works."""
        place = self.location
        if place != ":memory:":
            quoted = os.path.abspath(place).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            place = f"file:{quoted}?{how}"
        self.raw = engine.connect(place, uri=True, isolation_level=None, check_same_thread=False)
        if key is not None:
            self.raw.execute(f"PRAGMA key = \"x'{key}'\"")
        self.raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        self.raw.execute("PRAGMA trusted_schema = OFF")
        self.raw.execute(f"PRAGMA temp_store = {self._sorting}")
        return int(self.raw.execute("PRAGMA application_id").fetchone()[0])

    def _empty(self) -> bool:
        return bool(self.raw.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])

    def explained(self, error: Exception) -> CrmError:
        """The engine's complaint as an error that says what to do."""
        text = str(error)
        if "disk is full" in text or "disk I/O" in text:
            return StoreError(
                Message("The disk is full, or cannot be written; nothing of this change was kept."),
                Message("Free some space and run the command again."),
                code="disk_full",
            )
        if "readonly" in text or "read-only" in text:
            if self._unwritable is not None:
                return self._unwritable
            return StoreError(
                Message("The workspace at {path} cannot be written.", path=self.location),
                Message("Check the permissions of the file and of its folder."),
                code="read_only",
            )
        if "unable to open" in text:
            return StoreError(
                Message("The workspace at {path} cannot be opened.", path=self.location),
                Message("Check that the folder exists and that you may write in it."),
                code="cannot_open",
            )
        if "interrupted" in text:
            return StoreError(
                Message("The question was withdrawn."),
                Message("Ask again."),
                code="interrupted",
            )
        if "integer overflow" in text:
            return StoreError(
                Message("A sum is too large to be counted."),
                Message("Look for an amount that cannot be meant: sort by it, the largest first."),
                code="overflow",
            )
        if "not a database" in text or "malformed" in text or "encrypted" in text:
            if "malformed" in text:
                return StoreError(
                    Message("The workspace at {path} is damaged: {reason}", path=self.location, reason=text),
                    Message("Run “crm doctor --deep”; backups are in the folder “backups” beside it."),
                    code="damaged",
                )
            return not_ours(self.location)
        if "locked" in text or "busy" in text:
            return StoreError(
                Message("The workspace at {path} stayed busy.", path=self.location),
                Message("Another program holds it; try again when it is done."),
                code="busy",
            )
        return StoreError(
            Message("The store failed: {reason}", reason=text),
            Message("See what is wrong with it: “crm doctor --deep”."),
            code="store",
        )

    # -- statements ------------------------------------------------------------------------------------------------

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        try:
            return self.raw.execute(sql, params)
        except engine.Error as error:
            raise self.explained(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self.raw.executemany(sql, rows)
        except engine.Error as error:
            raise self.explained(error) from error

    def rows(self, sql: str, params: Sequence[Any] = ()) -> Generator[Row, None, None]:
        cursor = self.execute(sql, params)
        cursor.arraysize = 256
        try:
            # Not “yield from”: abandoned, it would close the cursor here, which fails where the connection went first.
            for row in cursor:  # noqa: UP028
                yield row
        except engine.Error as error:
            raise self.explained(error) from error
        finally:
            try:
                cursor.close()
            except engine.ProgrammingError:
                pass  # of a connection that was closed first

    def interrupt(self) -> None:
        self.raw.interrupt()

    # -- transactions ----------------------------------------------------------------------------------------------

    @block
    def atomic(self) -> Iterator[None]:
        if self.depth:
            with self._savepoint():
                yield
            return
        try:
            self._enter_queue()
            self.execute("BEGIN IMMEDIATE")
            self.depth = 1
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                self.rollbacks += 1
                if self.raw.in_transaction:
                    self.raw.execute("ROLLBACK")
                raise
            finally:
                self.depth = 0
        finally:
            self._leave_queue()

    @block
    def _savepoint(self) -> Iterator[None]:
        name = f"s{self.depth}"
        self.execute(f"SAVEPOINT {name}")
        self.depth += 1
        try:
            yield
        except BaseException:
            self.rollbacks += 1
            if self.raw.in_transaction:
                self.raw.execute(f"ROLLBACK TO {name}")
                self.raw.execute(f"RELEASE {name}")
            raise
        else:
            self.execute(f"RELEASE {name}")
        finally:
            self.depth -= 1

    @block
    def reading(self) -> Iterator[None]:
        if self.depth or self.raw.in_transaction:
            yield
            return
        self.execute("BEGIN")
        try:
            yield
        finally:
            if self.raw.in_transaction:
                self.raw.execute("COMMIT")

    def _enter_queue(self) -> None:
        if self._lock_folder is None or self.read_only:
            return
        import fcntl

        try:
            if self._lock_file is None:
                self._lock_file = self._open_lock(self._lock_folder)
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait_in_queue()
        except OSError:
            # A folder we cannot write, a link put there to be followed, a file system without locks: the engine's own lock
            # still orders writers, and says what is wrong.
            self._close_queue()

    @staticmethod
    def _open_lock(folder: str) -> int:
        path = os.path.join(folder, "write.lock")
        try:
            return os.open(path, LOCK_FLAGS, 0o600)
        except FileNotFoundError:  # the database was put here without what lies beside it, as from a backup
            from crmtool.store.places import private_directory

            private_directory(folder)
            return os.open(path, LOCK_FLAGS, 0o600)

    def _wait_in_queue(self) -> None:
        """Wait for the writer before; ``waiting.lock`` tells it that somebody does."""
        import fcntl

        assert self._lock_folder is not None
        assert self._lock_file is not None
        try:
            waiting = os.open(os.path.join(self._lock_folder, "waiting.lock"), LOCK_FLAGS, 0o600)
        except OSError:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            return
        try:
            fcntl.flock(waiting, fcntl.LOCK_SH)
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        finally:
            os.close(waiting)

    def _leave_queue(self) -> None:
        if self._lock_file is not None:
            import fcntl

            fcntl.flock(self._lock_file, fcntl.LOCK_UN)  # and stays open for the next change

    def _close_queue(self) -> None:
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def contended(self) -> bool:
        if self._lock_folder is None:
            return False
        import fcntl

        try:
            waiting = os.open(os.path.join(self._lock_folder, "waiting.lock"), LOCK_FLAGS & ~os.O_CREAT)
        except OSError:
            return False
        try:
            fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(waiting)
        return False

    def claim(self, name: str) -> bool:
        if self._lock_folder is None or name in self._claims:
            return True
        from crmtool.store import claims

        try:
            held = claims.take(self._claimed(name))
        except OSError:
            return (
                True  # where nothing can be locked, the state of the work itself still tells most conflicts
            )
        if held is not None:
            self._claims[name] = held
        return held is not None

    def release(self, name: str) -> None:
        if name in self._claims:
            from crmtool.store import claims

            claims.give_up(self._claimed(name), self._claims.pop(name))

    def _claimed(self, name: str) -> str:
        return os.path.join(self._lock_folder or "", f"{name}.lock")

    def relaxed(self, on: bool) -> None:
        if on == self._relaxed:
            return
        self._relaxed = on
        self.execute(f"PRAGMA synchronous = {'NORMAL' if on else 'FULL'}")
        self.execute(f"PRAGMA wal_autocheckpoint = {20000 if on else 1000}")
        self.execute(f"PRAGMA cache_size = {-64000 if on else -8000}")

    def version_of_data(self) -> int:
        return int(self.scalar("PRAGMA data_version"))

    def close(self) -> None:
        for name in [*self._claims]:
            self.release(name)
        self._close_queue()
        self.raw.close()

    # -- schema ----------------------------------------------------------------------------------------------------

    def schema_version(self) -> int:
        return int(self.scalar("PRAGMA user_version"))

    def set_schema_version(self, version: int) -> None:
        self.execute(f"PRAGMA user_version = {version}")
        self.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def write_ahead(self) -> None:
        """Switch the file to the write-ahead log; stays so for all later openings."""
        self.execute("PRAGMA journal_mode = WAL")

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.rows("SELECT name FROM pragma_table_info(?)", (table,))]

    def indexes(self) -> set[str]:
        return {row[0] for row in self.rows("SELECT name FROM sqlite_schema WHERE type = 'index'")}

    def engine(self) -> str:
        return f"SQLite {engine.sqlite_version}, SQLCipher {self.scalar('PRAGMA cipher_version')}"

    def check(self) -> list[str]:
        found = [str(row[0]) for row in self.rows("PRAGMA integrity_check(20)")]
        return [] if found == ["ok"] else found

    def backup(self, path: str) -> None:
        # Under its own name it is whole: a process that dies on the way leaves a file that nobody takes for a backup.
        working = f"{path}.part"
        os.close(os.open(working, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        try:
            self.execute("VACUUM INTO ?", (working,))
            with open(working, "rb") as file:
                os.fsync(file.fileno())  # the engine does not, for a file it makes this way
            os.link(working, path)  # unlike a renaming, it never replaces what is there
        finally:
            os.unlink(working)

    def build_index(self, name: str, table: str, value: str) -> None:
        with self.atomic():
            self.execute(
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ({value}) WHERE {value} IS NOT NULL'
            )

    def walking(self, index: str) -> str:
        return f' INDEXED BY "{index}"'

    # -- expressions -----------------------------------------------------------------------------------------------

    def json_value(self, expression: str, path: Sequence[str | int], storage: str) -> str:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return f"({expression} ->> '${steps}')"

    def folded(self, expression: str) -> str:
        return f"crm_fold({expression})"

    def json_elements(self, column: str) -> str:
        return f"(SELECT value FROM json_each({column}))"

    def write_anew(self) -> None:
        """Freed and moved cells keep their bytes in a page: only a file written anew is without, and a log cut after it."""
        try:
            self._enter_queue()
            self.execute("PRAGMA temp_store = FILE")  # the copy made on the way has the store's key too
            self.execute("VACUUM")
            self.execute(f"PRAGMA busy_timeout = {ERASE_BUSY_MS}")
            if self.scalar("PRAGMA wal_checkpoint(TRUNCATE)"):
                raise StoreError(
                    Message("{path} is still being read.", path=f"{self.location}-wal"),
                    Message("Try again when the programs that read are done."),
                    code="busy",
                )
        finally:
            self.execute(f"PRAGMA temp_store = {self._sorting}")
            self.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            self._leave_queue()


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _fold(value: Any) -> str | None:
    return None if value is None else tokens.fold(str(value))
