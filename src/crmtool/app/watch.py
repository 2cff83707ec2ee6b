"""Following a workspace: what an actor may know of every change, as it happens or since a position.

Delivery is at least once. The position of an event is what to give as ``since`` to go on behind it: nothing is lost, and what
shared a change set or a job with it may come again. Positions are numbers of change sets of this store and never go down.

Kinds: ``put`` (a record was made, changed or restored), ``delete`` (moved to the trash), ``purge`` (erased; drop every copy)
and ``reset`` (the log behind ``since`` is gone, or ends before it: read everything again, then go on from the position given).
A replica will add ``hide`` (access was lost) and ``retract`` (the authority rejected the change); treat a kind you do not know
as ``put``.
"""

from __future__ import annotations

import time

from crmtool.app.feed import Ear
from crmtool.core import clock, ids
from crmtool.core.changes import CREATE, DELETE, PURGE
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.store.log import Entry, LogReader, SetHeader

PUT, RESET = "put", "reset"
KINDS = {DELETE: DELETE, PURGE: PURGE}
BATCH = 2_000  # changes read at once, so that memory stays flat however far behind a watcher is
SLICE = 400
SETS = 200
TICK = 0.25  # seconds between two looks at the log when nothing hints at a change
QUIET = 2.0  # seconds without a change set after which an unfinished job is told of as far as it got


class Event(Struct):
    """One thing that happened. ``verb`` is the log's own (create, update …), ``fields`` are the changed fields.

    An event about a job has ``counts``, the changed records by entity, and no ``record``; ``entity`` and ``verb`` are then set
    only where all changes are alike.
    """

    position: int
    kind: str
    at: str
    verb: str | None = None
    entity: str | None = None
    record: str | None = None
    name: str | None = None
    fields: tuple[str, ...] = ()
    counts: dict[str, int] | None = None
    command: str = ""
    origin: str = ""
    handle: str | None = None
    actor: str | None = None
    actor_name: str | None = None
    job: bool = False


def follow(
    workspace: Workspace,
    since: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    *,
    each: bool = False,
    entity: str | None = None,
) -> Generator[Event, None, None]:
    """Every event behind ``since`` (``None``: from now on), then those to come, until ``stop`` answers true.

    A job is one event when it is done, or every change with ``each``. ``stop`` is asked at least every quarter of a second.
    """
    store = workspace.db.location if workspace.run_folder is not None else None
    with Ear(workspace.run_folder, store) as ear:
        feed = Feed(workspace, since, each=each, entity=entity)
        while not stop():
            behind = feed.position
            yield from feed.read()
            if feed.position == behind:
                ear.wait(TICK)


class Visible:
    """Which logged changes an actor may know of, and what of them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._shown: dict[str, frozenset[str]] = {}

    def entity(self, key: str) -> Entity | None:
        """The definition of an entity that the actor may read."""
        found = self.workspace.registry.entities.get(key)
        return (
            found
            if found is not None and self.workspace.policy.can_read(self.workspace.actor, found)
            else None
        )

    def entries(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, tuple[str, ...], str]]:
        """(entry, changed fields, name of the record) of the changes the actor may know of, in order.

        A change that touched hidden fields alone is none. An erased record cannot be asked about any more: who may read its kind
        is told that it is gone, whatever the row policy, since a copy must go too.
        """
        names: dict[str, dict[str, str]] = {}
        for key in {entry.entity for entry in entries}:
            if self.entity(key) is not None:
                records = {e.record for e in entries if e.entity == key and e.verb != PURGE}
                names[key] = self.workspace.reader.names(key, records)
        for entry in entries:
            found = names.get(entry.entity)
            if found is None:
                continue
            if entry.verb == PURGE:
                yield entry, (), ""
                continue
            fields = self.fields(entry)
            if entry.record in found and not entry.redacted and (fields or entry.verb == CREATE):
                yield entry, fields, found[entry.record]

    def fields(self, entry: Entry) -> tuple[str, ...]:
        """The fields that a change touched and the actor may see."""
        shown = self._shown.get(entry.entity)
        if shown is None:
            entity = self.workspace.registry.entities[entry.entity]
            shown = frozenset(field.key for field in self.workspace.reader.visible_fields(entity))
            self._shown[entry.entity] = shown
        return tuple(key for key in entry.after if key in shown)


class OpenJob:
    """A job whose change sets are still coming in."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.counts: dict[str, int] = {}
        self.verbs: set[str] = set()
        self.last: SetHeader | None = None
        self.heard = 0.0


class Feed:
    """The log behind a position as events, batch by batch; waits for nothing."""

    def __init__(
        self, workspace: Workspace, since: int | None, *, each: bool = False, entity: str | None = None
    ) -> None:
        self.workspace = workspace
        self.each = each
        self.only = workspace.registry.entity(entity).key if entity is not None else None
        self.position = workspace.log.position() if since is None else since
        self._jobs: dict[str, OpenJob] = {}
        self._actors: dict[str, str | None] = {}
        self._use_definitions()

    def _use_definitions(self) -> None:
        self._log: LogReader = self.workspace.log
        self._visible = Visible(self.workspace)

    @property
    def _resume(self) -> int:
        """Where to go on from so that nothing is lost: before the first change set of a job that was not told of yet."""
        return min([self.position, *(job.first - 1 for job in self._jobs.values())])

    def read(self) -> list[Event]:
        """The events of the next change sets, none when there is nothing new. What one call reads is one state of the store."""
        if not self._jobs and self._log.position() == self.position:
            return []
        events: list[Event] = []
        with self.workspace.db.reading():
            self.workspace.refresh_clock()
            if self.workspace.refresh_definitions():
                self._use_definitions()
            head = self._log.position()
            if self.position > head or self.position < floor(self.workspace):
                self._jobs.clear()
                self.position = head
                return [Event(head, RESET, clock.now())]
            left = BATCH
            for header in list(self._log.sets("n > ?", [self.position], limit=SETS)):
                if left <= 0:
                    break
                left -= header.count
                told = self._set(header) if header.job is None or self.each else self._part(header)
                self.position = header.n
                if told:
                    told[-1] = told[-1].replace(position=self._resume)
                events += told
            events += self._finished()
        return events

    def _set(self, header: SetHeader) -> list[Event]:
        """The events of one change set; going on behind any but the last begins with the set again."""
        events = []
        who, again = self._who(header), self._resume
        for start in range(header.first, header.first + header.count, SLICE):
            end = min(start + SLICE, header.first + header.count)
            entries = self._log.entries("n >= ? AND n < ?", (start, end))
            wanted = [entry for entry in entries if self.only in (None, entry.entity)]
            for entry, fields, name in self._visible.entries(wanted):
                kind, at = KINDS.get(entry.verb, PUT), header.recorded_at
                about = (entry.verb, entry.entity, entry.record, name or None, fields)
                events.append(Event(again, kind, at, *about, **who))
        return events

    def _part(self, header: SetHeader) -> list[Event]:
        """Add a change set to what is known of its job; no event yet."""
        job = self._jobs.setdefault(str(header.job), OpenJob(header.n))
        job.last, job.heard = header, time.monotonic()
        end = header.first + header.count
        rows = self.workspace.db.rows(
            "SELECT s.entity, c.verb, count(*) FROM change AS c JOIN shape AS s ON s.n = c.shape "
            "WHERE c.n >= ? AND c.n < ? GROUP BY s.entity, c.verb",
            (header.first, end),
        )
        for stable, verb, count in list(rows):
            key = self._log.entity_named(stable)
            entity = self._visible.entity(key)
            if entity is None or self.only not in (None, key):
                continue
            if verb != PURGE and self._narrowed(entity):
                count = self._seen(key, verb, header.first, end)
            if count:
                job.counts[key] = job.counts.get(key, 0) + int(count)
                job.verbs.add(verb)
        return []

    def _narrowed(self, entity: Entity) -> bool:
        """Whether the actor may not see all there is of an entity, so that changes must be looked at one by one."""
        policy, actor = self.workspace.policy, self.workspace.actor
        return policy.row_filter(actor, entity) is not None or bool(policy.hidden_fields(actor, entity))

    def _seen(self, key: str, verb: str, first: int, end: int) -> int:
        """How many of a job's changes the actor may know of."""
        total = 0
        for start in range(first, end, SLICE):
            entries = self._log.entries(
                "n >= ? AND n < ? AND verb = ?", (start, min(start + SLICE, end), verb)
            )
            total += sum(1 for _ in self._visible.entries([e for e in entries if e.entity == key]))
        return total

    def _finished(self) -> list[Event]:
        """The jobs that are done and read to their end, or have been quiet for long enough."""
        db, events = self.workspace.db, []
        for ident, job in list(self._jobs.items()):
            if db.one("SELECT 1 FROM change_set WHERE job = ? AND n > ? LIMIT 1", (ident, self.position)):
                continue
            running = db.one("SELECT 1 FROM job WHERE id = ? AND status = 'running'", (ident,))
            if running and time.monotonic() - job.heard <= QUIET:
                continue
            del self._jobs[ident]
            if job.counts and job.last is not None:
                verb = job.verbs.pop() if len(job.verbs) == 1 else None
                entity = next(iter(job.counts)) if len(job.counts) == 1 else None
                kind, at = KINDS.get(verb or "", PUT), job.last.recorded_at
                about = self._who(job.last)
                events.append(
                    Event(self._resume, kind, at, verb, entity, counts=job.counts, job=True, **about)
                )
        return events

    def _who(self, header: SetHeader) -> dict[str, Any]:
        """What an event says of its change set."""
        actor = header.actor
        if actor is not None and actor not in self._actors:
            self._actors[actor] = self.workspace.reader.names("user", [actor]).get(actor) or None
        return {
            "command": header.command,
            "origin": header.origin,
            "handle": ids.handle(header.handle_id),
            "actor": actor,
            "actor_name": self._actors.get(actor or ""),
        }


def floor(workspace: Workspace) -> int:
    """The position below which the log was compacted away; 0 for a whole log."""
    return int(workspace.db.scalar("SELECT value FROM meta WHERE key = 'floor'") or 0)
