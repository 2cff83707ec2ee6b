"""PostgreSQL through psycopg 3: one schema a workspace, one advisory lock a writer, text search over our own tokens.

Every statement names its schema (see ``statements``), so no state of a session decides whose tables are read. Text is stored
and compared in the collation "C", whose order is the order of code points, as it is in a file.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from crmtool.core.errors import CrmError, StoreError
from crmtool.core.messages import Message
from crmtool.store.db import APPLICATION_ID, no_workspace, not_ours
from crmtool.store.dialect_postgres_search import PostgresSearch
from crmtool.store.folding import fold_function
from crmtool.store.statements import is_small, placed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from typing import Any

    from crmtool.store.db import Row

    Connection = psycopg.Connection[Any]

BUSY = "120s"
SCHEMA = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,50}")
BATCH = 500  # rows fetched at once from a long result


TYPES = {
    "text": 'text COLLATE "C"', "integer": "bigint", "real": "double precision", "bool": "smallint", "json": 'text COLLATE "C"',
    "blob": "bytea", "keyed": "",
}  # fmt: skip


class _Plain(Loader):
    """``numeric``, which sums are, as the integer or float that it is elsewhere."""

    def load(self, data: Any) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def _lock_number(name: str) -> int:
    """The number of the advisory lock that stands for a name; 64 bits, so that two names hardly ever share one."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8, person=b"crmtool").digest(), signed=True)


class PostgresDatabase(PostgresSearch):
    types = TYPES
    null_safe_equal = "IS NOT DISTINCT FROM"
    alchemy = "postgresql+psycopg://"
    driver = psycopg

    def __init__(self, location: str, *, read_only: bool, create: bool) -> None:
        self.read_only = read_only
        self._address, self.schema, self.location = parsed(location)
        self._lock = _lock_number(self.schema)
        self._claims: dict[str, Connection] = {}
        self._open: list[Connection] = []
        self._free: Connection | None = None
        self._spare: list[Connection] = []
        self._relaxed = False
        # Cursors live as long as the transaction (or savepoint) they were opened in; the era tells whether it still lasts.
        self._era = 0
        self._cursors = 0
        try:
            if create:
                self._create()
            elif not self._is_ours():
                raise not_ours(self.location) if self._holds_tables() else no_workspace(self.location)
        except BaseException:
            self.close()
            raise

    # -- connections -----------------------------------------------------------------------------------------------

    @property
    def raw(self) -> Connection:
        """The connection for the next statement: another one while a long result is still being read from the last."""
        if self._free is None:
            self._free = self._spare.pop() if self._spare else self._connect()
        return self._free

    def _connect(self) -> Connection:
        try:
            connection: Connection = psycopg.connect(
                self._address,
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                client_encoding="utf8",
                application_name="crmtool",
                options="-c default_transaction_read_only=on" if self.read_only else None,
            )
        except psycopg.Error as error:
            raise self.explained(error) from error
        connection.adapters.register_loader("numeric", _Plain)
        self._open.append(connection)
        return connection

    def close(self) -> None:
        for connection in self._open:
            connection.close()
        self._open, self._spare, self._free = [], [], None
        self._claims.clear()

    def explained(self, error: Exception) -> CrmError:
        """The engine's complaint as an error that says what to do."""
        state = getattr(error, "sqlstate", None) or ""
        text = str(error).partition("\n")[0]
        if state == "53100":
            return StoreError(
                Message("The disk is full, or cannot be written; nothing of this change was kept."),
                Message("Free some space and run the command again."),
                code="disk_full",
            )
        if state in ("25006", "42501"):
            return StoreError(
                Message("The workspace at {path} cannot be written.", path=self.location),
                Message("Ask for a role that owns the schema “{schema}”.", schema=self.schema),
                code="read_only",
            )
        if state in ("55P03", "57014", "40001", "40P01"):
            return StoreError(
                Message("The workspace at {path} stayed busy.", path=self.location),
                Message("Another program holds it; try again when it is done."),
                code="busy",
            )
        if state in ("XX001", "XX002"):
            return StoreError(
                Message("The workspace at {path} is damaged: {reason}", path=self.location, reason=text),
                Message("Restore it from a dump of the server."),
                code="damaged",
            )
        if isinstance(error, psycopg.OperationalError) and (
            not state or state[:2] in ("08", "28", "3D", "53", "57")
        ):
            return StoreError(
                Message(
                    "The workspace at {path} cannot be opened: {reason}", path=self.location, reason=text
                ),
                Message("Check that the server runs, and the address, the role and its password."),
                code="cannot_open",
            )
        return StoreError(
            Message("The store failed: {reason}", reason=text),
            Message("Look at the server's log, then run “crm doctor --deep”."),
            code="store",
        )

    # -- statements ------------------------------------------------------------------------------------------------

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        try:
            return self.raw.execute(placed(sql, self.schema), params or None)
        except psycopg.Error as error:
            if isinstance(error, psycopg.DataError) and any(type(x) is str and "\x00" in x for x in params):
                # The engine knows no NUL, and nothing stored has one: such a text equals nothing, here as elsewhere.
                return self.execute(
                    sql, [x.replace("\x00", "\ufffd") if type(x) is str else x for x in params]
                )
            raise self.explained(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            with self.raw.cursor() as cursor:
                cursor.executemany(placed(sql, self.schema), rows)
        except psycopg.Error as error:
            raise self.explained(error) from error

    def rows(self, sql: str, params: Sequence[Any] = ()) -> Generator[Row, None, None]:
        """Results that a LIMIT or a list of keys keeps small come whole, in one round trip; others through a cursor."""
        if is_small(sql):
            yield from self.execute(sql, params).fetchall()
        elif self._in_transaction():
            yield from self._through_cursor(self.raw, sql, params)
        else:
            yield from self._through_connection(sql, params)

    def _through_connection(self, sql: str, params: Sequence[Any]) -> Iterator[Row]:
        """Read a long result in a transaction of its own, which keeps this connection; other statements take another."""
        connection, self._free = self.raw, None
        try:
            connection.execute(b"BEGIN READ ONLY")
            yield from self._through_cursor(connection, sql, params)
        except psycopg.Error as error:
            raise self.explained(error) from error
        finally:
            if not connection.closed:
                connection.execute(b"ROLLBACK")
                self._spare.append(connection)

    def _through_cursor(self, connection: Connection, sql: str, params: Sequence[Any]) -> Iterator[Row]:
        era = self._era
        self._cursors += 1
        name = f"crm_{self._cursors}"
        fetch = f"FETCH {BATCH} FROM {name}".encode()
        try:
            declare = f"DECLARE {name} NO SCROLL CURSOR FOR ".encode()
            connection.execute(declare + placed(sql, self.schema), params or None, prepare=False)
            while found := connection.execute(fetch, prepare=False).fetchall():
                yield from found
                if len(found) < BATCH:
                    break
        except psycopg.Error as error:
            raise self.explained(error) from error
        finally:
            if era == self._era and connection.info.transaction_status == TransactionStatus.INTRANS:
                connection.execute(f"CLOSE {name}".encode(), prepare=False)

    # -- transactions ----------------------------------------------------------------------------------------------

    def _in_transaction(self) -> bool:
        return self.raw.info.transaction_status != TransactionStatus.IDLE

    @contextmanager
    def atomic(self) -> Iterator[None]:
        if self.depth:
            with self._savepoint():
                yield
            return
        if self._in_transaction():
            raise StoreError(
                Message("A change cannot begin inside a block that only reads."),
                Message("End that block first."),
                code="transaction",
            )
        try:
            # The lock is asked for in a statement of its own: the ones behind it see what the writer before has committed.
            settings = f"SET LOCAL lock_timeout = '{BUSY}'" + (
                "; SET LOCAL synchronous_commit = off" if self._relaxed else ""
            )
            self.control(f"BEGIN; {settings}; SELECT pg_catalog.pg_advisory_xact_lock({self._lock})")
            self.depth = 1
            yield
            self.control("COMMIT")
        except BaseException:
            self.rollbacks += 1
            self._roll_back()
            raise
        finally:
            self.depth = 0
            self._era += 1

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        name = f"s{self.depth}"
        self.control(f"SAVEPOINT {name}")
        self.depth += 1
        try:
            yield
        except BaseException:
            self.rollbacks += 1
            self._era += 1
            if self._in_transaction():
                self.control(f"ROLLBACK TO {name}; RELEASE {name}")
            raise
        else:
            self.control(f"RELEASE {name}")
        finally:
            self.depth -= 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._in_transaction():
            yield
            return
        self.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._era += 1
            self._roll_back()

    def control(self, statements: str) -> None:
        """Run statements that name no table, in one round trip."""
        try:
            self.raw.execute(statements.encode(), prepare=False)
        except psycopg.Error as error:
            raise self.explained(error) from error

    def _roll_back(self) -> None:
        try:
            if self._in_transaction():
                self.raw.execute(b"ROLLBACK", prepare=False)
        except (psycopg.Error, StoreError):
            if self._free is not None:
                self._free.close()  # the connection is gone, and the server has rolled back
                self._free = None

    def contended(self) -> bool:
        high, low = self._lock >> 32 & 0xFFFFFFFF, self._lock & 0xFFFFFFFF
        return bool(
            self.scalar(
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() "
                "AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) "
                f"AND classid = {high} AND objid = {low} AND objsubid = 1)"
            )
        )

    def claim(self, name: str) -> bool:
        if name in self._claims:
            return True
        connection = (
            self._connect()
        )  # of its own: the lock lasts as long as this connection, whatever becomes of the others
        number = _lock_number(f"{self.schema} {name}")
        row = connection.execute(f"SELECT pg_catalog.pg_try_advisory_lock({number})".encode()).fetchone()
        if row is not None and row[0]:
            self._claims[name] = connection
            return True
        self._open.remove(connection)
        connection.close()
        return False

    def release(self, name: str) -> None:
        connection = self._claims.pop(name, None)
        if connection is not None:
            self._open.remove(connection)
            connection.close()

    def relaxed(self, on: bool) -> None:
        self._relaxed = on

    def version_of_data(self) -> int:
        return int(self.scalar("SELECT coalesce(max(n), 0) FROM change_set"))

    # -- schema ----------------------------------------------------------------------------------------------------

    def _is_ours(self) -> bool:
        if self.scalar("SELECT to_regclass(?) IS NULL", (f'"{self.schema}".crm_schema',)):
            return False
        return bool(
            self.scalar("SELECT count(*) = 1 FROM crm_schema WHERE application = ?", (APPLICATION_ID,))
        )

    def _holds_tables(self) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace(?))"
        return bool(self.scalar(sql, (f'"{self.schema}"',)))

    def _create(self) -> None:
        """Make the schema with its mark and the folding function; a schema that holds other tables is refused."""
        with self.atomic():
            if self._is_ours():
                return
            if self._holds_tables():
                raise not_ours(self.location)
            self.control(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
            self.execute("CREATE TABLE crm_schema (application bigint NOT NULL, version bigint NOT NULL)")
            self.execute("INSERT INTO crm_schema (application, version) VALUES (?, 0)", (APPLICATION_ID,))
            lower = self.scalar(
                "SELECT quote_ident(collname) FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu'"
            )
            self.control(fold_function(f'"{self.schema}".crm_fold', f"pg_catalog.{lower}" if lower else None))

    def schema_version(self) -> int:
        return int(self.scalar("SELECT version FROM crm_schema"))

    def set_schema_version(self, version: int) -> None:
        self.execute("UPDATE crm_schema SET version = ?", (version,))

    def columns(self, table: str) -> list[str]:
        sql = (
            "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attnum"
        )
        return [row[0] for row in self.execute(sql, (f'"{self.schema}"."{table}"',))]

    def indexes(self) -> set[str]:
        return {
            row[0]
            for row in self.execute(
                "SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = ?", (self.schema,)
            )
        }

    def engine(self) -> str:
        return f"PostgreSQL {self.scalar('SHOW server_version')}, psycopg {psycopg.__version__}"

    def check(self) -> list[str]:
        """Indexes that a broken-off build left unusable; pages are the business of the server's own checksums."""
        sql = (
            "SELECT c.relname FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid "
            "WHERE c.relnamespace = to_regnamespace(?) AND NOT (i.indisvalid AND i.indisready)"
        )
        return [f"index {row[0]} is not valid" for row in self.execute(sql, (f'"{self.schema}"',))]

    def backup(self, path: str) -> None:
        """Not of this dialect: a workspace on a server is part of the server's backups."""
        raise StoreError(
            Message("A workspace on a server is backed up with the server's own tools."),
            Message("For example: pg_dump --schema={schema} --file={path}", schema=self.schema, path=path),
            code="backup",
        )

    def build_index(self, name: str, table: str, value: str) -> None:
        how = (
            "" if self.depth else "CONCURRENTLY "
        )  # which keeps nobody out, and is not possible inside a transaction
        self.execute(
            f'CREATE INDEX {how}IF NOT EXISTS "{name}" ON "{table}" ({value}) WHERE {value} IS NOT NULL'
        )

    # -- expressions -----------------------------------------------------------------------------------------------

    def json_value(self, expression: str, path: Sequence[str | int], storage: str) -> str:
        # json, not jsonb: the value is read once, and building the tree costs more than walking the text.
        steps = [str(step) if isinstance(step, int) else f"'{step}'" for step in path]
        walk = "".join(f" -> {step}" for step in steps[:-1]) + (f" ->> {steps[-1]}" if steps else " #>> '{}'")
        value = f"({expression})::json{walk}"
        if storage == "bool":
            return f"(CASE {value} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"
        if storage in ("integer", "real"):
            return f"(({value})::{self.types[storage]})"
        return f'(({value}) COLLATE "C")'

    def folded(self, expression: str) -> str:
        return f'"{self.schema}".crm_fold({expression})'

    def json_elements(self, column: str) -> str:
        return f"(SELECT value FROM json_array_elements_text(({column})::json) AS e (value))"


def parsed(location: str) -> tuple[str, str, str]:
    """(address without our part, schema, location without passwords) of ``postgresql://…/database?schema=NAME``."""
    parts = urlsplit(location)
    options = dict(parse_qsl(parts.query))
    schema = options.pop("schema", "")
    user, _, host = parts.netloc.rpartition("@")
    shown = f"postgresql://{user.partition(':')[0]}{'@' if user else ''}{host}{parts.path}"
    if parts.scheme not in ("postgresql", "postgres") or not SCHEMA.fullmatch(schema):
        raise StoreError(
            Message("“{location}” is not the address of a workspace.", location=shown),
            Message("Write it as {example}.", example="postgresql://user@host:5432/database?schema=name"),
            code="address",
        )
    address = f"postgresql://{parts.netloc}{parts.path}"
    if options:
        address += f"?{urlencode(options, quote_via=quote)}"
    return address, schema, f"{shown}?schema={schema}"
