"""The audit of the log: one walk over it that finds what was edited, removed, reordered, added or cut off.

Every change set's digest is computed again from what is stored and from the digest before it. Somebody who can write the whole
store could compute all digests anew; only a head that was kept elsewhere (``crm audit head``) finds that, and a log that was cut
together with its mark. Erased changes verify by the digests that stand for their values, and must have an erasure that explains
them.
"""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256

from crmtool.core.changes import PURGE
from crmtool.core.errors import UsageError
from crmtool.core.jsontext import loads
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store.field_erasure import DIGESTS, SEAL, sealed_part
from crmtool.store.log import (
    GENESIS,
    SET_COLUMNS,
    SetHeader,
    group_digest,
    on_record,
    open_part,
    sealed_shape,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from crmtool.store.db import Database

    Row = tuple[Any, ...]

FIRST, COUNT, DIGEST = (SET_COLUMNS.index(name) for name in ("first", "count", "digest"))
REPORT_EVERY = 1_000  # change sets between two reports of progress
CHANGES = (
    "SELECT n, set_n, record, verb, shape, personal, rest, salt_personal, salt_rest, effective_at, redacted FROM change "
    "ORDER BY n"
)


class Problem(Struct):
    """One place where the log is not as it was written.

    ``kind``: edited, removed, reordered, added, truncated, erased (an erasure without its trace, or a trace without erasure) or
    head (another log than the one a kept head is of). ``position`` is the change set's number, ``None`` at the end of the log.
    """

    kind: str
    position: int | None
    message: Message


class Audit(Struct):
    """What an audit found. ``head`` is what to keep elsewhere: ``POSITION:DIGEST`` of the last change set."""

    sets: int
    changes: int
    head: str
    problems: tuple[Problem, ...]


def head(db: Database) -> str:
    """The log's last position and digest, as ``verify`` takes them; ``0:`` and zeros for an empty log."""
    row = db.one("SELECT n, digest FROM change_set ORDER BY n DESC LIMIT 1")
    return f"{row[0]}:{bytes(row[1]).hex()}" if row is not None else f"0:{GENESIS.hex()}"


def parse_head(text: str) -> tuple[int, bytes]:
    """(position, digest) of a head as ``head`` writes it. Raises ``UsageError``."""
    position, colon, digest = text.strip().partition(":")
    if colon and position.isascii() and position.isdigit() and len(digest) == 2 * len(GENESIS):
        try:
            return int(position), bytes.fromhex(digest)
        except ValueError:
            pass  # no hexadecimal digits
    raise UsageError(
        Message("“{text}” is no head of a log.", text=text.strip()[:80]),
        Message("Write what “crm audit head” printed."),
        code="head",
    )


def verify(
    db: Database, heads: Sequence[str] = (), *, limit: int = 20, progress: Callable[[int], None] | None = None
) -> Audit:
    """Walk the log once and answer what is wrong with it, at most ``limit`` problems; memory stays flat.

    ``heads`` were printed by ``head`` at earlier times. ``progress`` is called with the change sets done.
    """
    kept = [parse_head(text) for text in heads]
    sets = f"SELECT {', '.join(SET_COLUMNS)} FROM change_set ORDER BY n"
    with db.reading(), closing(db.rows(CHANGES)) as changes, closing(db.rows(sets)) as headers:
        walk = _Walk(db, changes, kept, limit)
        for row in headers:
            walk.change_set(row)
            if progress is not None and walk.sets % REPORT_EVERY == 0:
                progress(walk.sets)
            if len(walk.problems) >= limit:
                break
        else:
            walk.end()
        return Audit(walk.sets, walk.changes, head(db), tuple(walk.problems[:limit]))


class _Walk:
    """Where the walk over the log stands."""

    def __init__(
        self, db: Database, changes: Iterator[Row], kept: list[tuple[int, bytes]], limit: int
    ) -> None:
        self.db = db
        self.limit = limit
        self.problems: list[Problem] = []
        self.sets = 0
        self.changes = 0
        self._position = 0
        self._first = 1
        self._previous: bytes | None = GENESIS
        self._kept: dict[int, set[bytes]] = {}
        for position, digest in kept:
            self._kept.setdefault(position, set()).add(digest)
        self._shapes = {
            row[0]: sealed_shape(*row[1:]) for row in db.rows("SELECT n, entity, personal, rest FROM shape")
        }
        self._rows = changes
        self._next = next(self._rows, None)
        self._erased: dict[str, int] = {}
        # Changes that lost a value and kept others: their digest so far, the last seal, and the last one without any.
        self._resealed = sha256()
        self._sealed: tuple[int, str, str] | None = None
        self._unsealed: tuple[int, int] | None = None

    def _problem(self, kind: str, position: int | None, message: Message) -> None:
        self.problems.append(Problem(kind, position, message))

    # -- one change set ----------------------------------------------------------------------------------------------

    def change_set(self, row: Row) -> None:
        """Check one row of ``change_set``; what stands in it may be anything."""
        header = SetHeader(*row)
        n, before = header.n, len(self.problems)
        self.sets += 1
        whole = n == self._position + 1
        if not whole:
            first, last = self._position + 1, n - 1
            gap = Message("Change sets {first} to {last} are missing.", first=first, last=last)
            if first == last:
                gap = Message("Change set {n} is missing.", n=first)
            self._problem("removed", n, gap)
            self._previous = None  # nothing is left to check this one's digest against
        elif row[FIRST] != self._first:
            self._problem("reordered", n, Message("Change set {n} is not where it was written.", n=n))
        computed = self._entries(header, row, whole)
        digest = bytes(row[DIGEST]) if isinstance(row[DIGEST], bytes | memoryview) else b""
        if len(self.problems) == before and self._previous is not None and computed != digest:
            self._problem(
                "edited",
                n,
                Message(
                    "Change set {n} is not as it was written, or the one before it was put there later.", n=n
                ),
            )
        for kept in self._kept.pop(n, ()):
            if kept != digest:
                self._problem(
                    "head", n, Message("Change set {n} is another one than when its head was kept.", n=n)
                )
        self._position, self._previous = n, digest

    def _entries(self, header: SetHeader, row: Row, whole: bool) -> bytes:
        """The digest of a change set, computed from what precedes it, its header and its changes, each looked at."""
        first, count = (int(x) if isinstance(x, int) else 0 for x in (row[FIRST], row[COUNT]))
        if not whole:
            self._skip(first)
            self._first = first
        self._first += count
        parts: list[bytes | None] = [self._opening(header)]
        found = 0
        while self._next is not None and self._next[0] < self._first:
            change, self._next = self._next, next(self._rows, None)
            self.changes += 1
            found += 1
            parts.append(self._part(change) if change[1] == header.n else None)
            self._erasure(header.n, change)
        if found != count:
            lost = Message("Change set {n} has {found} changes and was written with {count}.", n=header.n,
                           found=found, count=count)  # fmt: skip
            self._problem("removed" if found < count else "added", header.n, lost)
        return b"" if None in parts else sha256(b"".join(part for part in parts if part is not None)).digest()

    def _opening(self, header: SetHeader) -> bytes | None:
        """What precedes the changes in the digest; ``None`` where the header holds what no header can."""
        try:
            return (self._previous or b"") + header.sealed()
        except (TypeError, ValueError):
            return None

    def _skip(self, first: int) -> None:
        """Pass over changes that belonged to sets that are missing."""
        while self._next is not None and self._next[0] < first:
            self._next = next(self._rows, None)
            self.changes += 1

    def _part(self, row: Row) -> bytes | None:
        """What a change adds to the digest of its set; ``None`` where it is nothing the writer would write."""
        _, _, record, verb, shape, personal, rest, salt_one, salt_two, effective_at, redacted = row
        try:
            if redacted is None:
                digests = group_digest(bytes(salt_one), personal or "") + group_digest(
                    bytes(salt_two), rest or ""
                )
                if personal == "" or rest == "" or effective_at == "":
                    return None  # an empty text reads like none, and the writer stores none
            else:
                digests = bytes(redacted)[:DIGESTS]
                if len(redacted) not in (DIGESTS, 2 * DIGESTS):
                    return None
            return digests + open_part(self._shapes[shape], record, verb, effective_at)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    # -- erasure -------------------------------------------------------------------------------------------------------

    def _erasure(self, n: int, row: Row) -> None:
        """Erased changes hold no values, and an erasure of their record follows; after it nothing of the record is left."""
        number, record, verb, held, redacted = row[0], row[2], row[3], row[5:9], row[10]
        if redacted is not None:
            if any(value is not None for value in held) or _length(redacted) > DIGESTS:
                self._cover(n, number, held, redacted)
            if all(value is None for value in held):
                self._erased.setdefault(record, n)
        if verb == PURGE:
            self._erased.pop(record, None)
            self._seal(n, row[4])
            mine, ids = on_record((record,))
            sql = f"SELECT n FROM change WHERE {mine} AND n <= ? AND salt_personal IS NOT NULL LIMIT 1"
            left = self.db.scalar(sql, (*ids, number))
            if left is not None:
                self._problem(
                    "erased",
                    n,
                    Message("Change {number} of an erased record still holds values.", number=left),
                )

    def _cover(self, n: int, number: int, held: Row, redacted: Any) -> None:
        """A change that lost the value of an erased field and kept others: a seal has to follow."""
        try:
            self._resealed.update(sealed_part(number, held, redacted))
        except (TypeError, ValueError):
            self._problem(
                "edited", n, Message("Change {number} is not as an erasure leaves one.", number=number)
            )
        self._unsealed = n, number

    def _seal(self, n: int, shape: int) -> None:
        """The seal in the erasure of a field, which covers all that lost a value before it."""
        try:
            names = loads(self._shapes[shape].split(b"\0")[2].decode())
        except (KeyError, IndexError, ValueError):
            return  # what is no shape is found by the digest
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name.startswith(SEAL):
                self._sealed = n, name[len(SEAL) :], self._resealed.hexdigest()
                self._unsealed = None

    # -- the end -------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """What only the whole log can tell."""
        if self._next is not None:
            self._problem(
                "added",
                None,
                Message("Change {number} and what follows it belong to no change set.", number=self._next[0]),
            )
        if self._unsealed is not None:
            n, number = self._unsealed
            self._problem(
                "erased", n, Message("Change {number} is marked as erased and holds values.", number=number)
            )
        elif self._sealed is not None and self._sealed[1] != self._sealed[2]:
            text = Message("What the erasure of a field left in the log is not as it left it.")
            self._problem("edited", self._sealed[0], text)
        for record, n in list(self._erased.items())[: self.limit]:
            self._problem(
                "erased", n, Message("Values of record {record} are gone without an erasure.", record=record)
            )
        for position in sorted(self._kept):
            if position:
                self._problem(
                    "truncated",
                    None,
                    Message(
                        "The log ends at {last}; a kept head is of {n}.", last=self._position, n=position
                    ),
                )
        self._mark()

    def _mark(self) -> None:
        """The store's own mark of its head agrees with the last change set."""
        text = self.db.scalar("SELECT value FROM meta WHERE key = 'log_head'")
        if text is None and self._position == 0:
            return
        try:
            position, digest = parse_head(str(text))
        except UsageError:
            self._problem("head", None, Message("The store's mark of the end of the log is missing."))
            return
        if position > self._position:
            self._problem(
                "truncated",
                None,
                Message("The log ends at {last} and was written up to {n}.", last=self._position, n=position),
            )
        elif position < self._position:
            self._problem("added", position + 1, Message("Change sets were put in behind {n}.", n=position))
        elif digest != self._previous:
            self._problem("head", position, Message("The last change set is another one than was written."))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, bytes | memoryview) else 0


def kept_heads(text: str) -> Iterator[str]:
    """The heads in a file that collects them, a line each; blank lines and ``#`` comments are passed over."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()
