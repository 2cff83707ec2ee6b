"""The one door to a workspace: run a command, ask a question, take something back, follow what happens.

``run`` is a call one can step into: the command is decided on what its transaction reads, policy is asked
once per change, the writer applies and commits, and whoever watches is poked.
"""

from __future__ import annotations

import os

from crmtool.core import clock, dates, ids
from crmtool.core.changes import PURGE, SYSTEM, UPDATE, Actor, ChangeSet
from crmtool.core.entities import builtin
from crmtool.core.errors import ConflictError, StoreError
from crmtool.core.fields import Context
from crmtool.core.messages import Message
from crmtool.core.policy import Policy
from crmtool.core.struct import Struct
from crmtool.store.db import Database, open_database
from crmtool.store.layout import Layouts
from crmtool.store.reader import Query, Reader
from crmtool.store.version import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Self

    from crmtool.app.commands import Command
    from crmtool.app.jobs import Job
    from crmtool.core.changes import Applied, Change
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.log import LogReader
    from crmtool.store.writer import Writer

    Record = dict[str, Any]


class Outcome(Struct):
    """What a command did. ``handle`` is ``None`` when nothing changed; ``skipped`` lists what an undo or unmerge had to leave.

    ``changes`` are those of a single change set, also of one that was only tried; a job has too many to keep.
    """

    changed: list[tuple[str, str]]
    handle: str | None
    count: int
    skipped: list[dict[str, Any]]
    made: list[tuple[str, str]]
    command: str = ""
    changes: tuple[Change, ...] = ()


class Workspace:
    """An open workspace, for one actor. Close it, or use it as a context manager."""

    def __init__(
        self,
        db: Database,
        *,
        actor: Actor | None,
        policy: Policy,
        zone: str,
        run: str | None,
        files: str | None = None,
    ) -> None:
        self.db = db
        self.policy = policy
        self.run_folder = run
        self.notes: list[Message] = []  # what went wrong behind a change that stands, for a person to be told
        self.files_folder = files
        self.meta: dict[str, str] = dict(db.rows("SELECT key, value FROM meta"))
        self.actor = actor if actor is not None else Actor(self.meta.get("me"))
        self.zone = zone
        self._adopt(self._registry())

    # -- what the workspace is -------------------------------------------------------------------------------------

    def _registry(self) -> Registry:
        """The built-in definitions and the user's own, which every actor needs to read anything."""
        registry = builtin()
        if "definitions" not in self.meta:
            return registry
        reader = Reader(self.db, Layouts(registry), Policy(), SYSTEM, Context())
        # Objects in the trash too: their records are there, and can be read.
        objects = list(reader.records(Query("object", trash="with", expand=False)))
        return registry.with_own(objects, list(reader.records(Query("field", expand=False))))

    def _adopt(self, registry: Registry) -> None:
        self.registry = registry
        self.layouts = Layouts(registry)
        self._writer: Writer | None = None
        self._reader: Reader | None = None
        self.refresh_clock()

    def refresh_clock(self) -> None:
        """Move the context's idea of now; commands and queries resolve relative dates by it."""
        get = self.meta.get
        self.context = Context(
            get("currency", "EUR"),
            get("region", ""),
            self.zone,
            clock.now(),
            int(get("week_start", "0")),
            self.actor.user,
        )
        reader = self._reader
        if reader is None or reader.actor is not self.actor or reader.policy is not self.policy:
            self._reader = Reader(self.db, self.layouts, self.policy, self.actor, self.context)
        else:
            reader.ctx = self.context  # what it compiled knows the actor, and no time

    @property
    def reader(self) -> Reader:
        """The reads of this actor; the same as long as actor, policy and definitions are."""
        assert self._reader is not None
        return self._reader

    def refresh_definitions(self) -> bool:
        """Read the definitions again when another process changed them; whether it did."""
        row = self.db.one("SELECT value FROM meta WHERE key = 'definitions'")
        if row is None or row[0] == self.meta.get("definitions"):
            return False
        self.meta["definitions"] = row[0]
        self._adopt(self._registry())
        return True

    @property
    def writer(self) -> Writer:
        """The writer, loaded by the first write: reading needs neither it nor its hashes (4 ms)."""
        if self._writer is None:
            from crmtool.store.writer import Writer

            self._writer = Writer(self.db, self.layouts, self.meta.get("device", ""))
        return self._writer

    @property
    def log(self) -> LogReader:
        """The log of this store; what it answers is not filtered by policy."""
        from crmtool.store.log import LogReader

        return LogReader(self.db, self.layouts)

    def act_as(self, actor: Actor) -> None:
        """Go on as another actor; reads and writes follow that actor's policy from here."""
        self.actor = actor
        self.refresh_clock()

    # -- reading ---------------------------------------------------------------------------------------------------

    def query(self, query: Query) -> Iterator[Record]:
        """The records of a query, streamed."""
        return self.reader.records(query)

    # -- writing ---------------------------------------------------------------------------------------------------

    def run(
        self,
        command: Command,
        *,
        dry_run: bool = False,
        origin: str = "user",
        asked_as: str | None = None,
        beside: Callable[[], None] | None = None,
    ) -> Outcome:
        """Run one command as one change set. With ``dry_run`` everything happens but the commit.

        ``asked_as`` is what the log says where a door asks for it by another name than the command's own (``log call``).
        ``beside`` is called inside the transaction when it is decided, and not in a dry run: for what must be in its place
        before others can see a record that refers to it.
        """
        from crmtool.app.commands import Undo
        from crmtool.app.handlers import decide

        if isinstance(command, Undo):
            from crmtool.app.undo import run_undo

            return run_undo(self, command, dry_run=dry_run)
        self.refresh_clock()
        self.db.relaxed(False)  # whatever job was left half done before
        try:
            with self.db.atomic():
                self.refresh_definitions()
                change_set, work = decide(self.reader, self.registry, self.context, command)
                if origin != change_set.origin or asked_as is not None:
                    change_set = change_set.replace(origin=origin, command=asked_as or command.name)
                if beside is not None and not dry_run:
                    beside()
                applied = self.write(change_set)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            applied = None
        else:
            self.written(change_set)
        return Outcome(
            [(change.entity, change.record) for change in change_set.changes],
            applied.handle if applied else None,
            len(change_set.changes),
            work.left,
            work.made,
            change_set.command,
            tuple(change_set.changes),
        )

    def write(self, change_set: ChangeSet) -> Applied | None:
        """Check and apply a change set inside the open transaction; ``None`` when it holds nothing."""
        if not change_set.changes:
            return None
        for change in change_set.changes:
            self.check(change)
        return self.writer.apply(self._whole(change_set), self.actor)

    def check(self, change: Change) -> None:
        """``DeniedError`` or ``ConflictError`` for a change that may not be made, by this actor or by anybody."""
        entity = self.registry.entity(change.entity)
        if entity.removed and change.verb != PURGE:
            raise removed(entity)
        self.policy.check_write(self.actor, entity, change)

    def _whole(self, change_set: ChangeSet) -> ChangeSet:
        """The change set with all fields in its bases: what an actor may not see must stay in the row, the index and the log."""
        masked = {
            key
            for key in {change.entity for change in change_set.changes if change.base is not None}
            if self.policy.hidden_fields(self.actor, self.registry.entity(key))
        }
        if not masked:
            return change_set
        reader = Reader(self.db, self.layouts, Policy(), SYSTEM, self.context)
        out = []
        for change in change_set.changes:
            if change.base is not None and change.entity in masked:
                base = {**reader.require(change.entity, change.record), **change.base}
                change = change.replace(base=base, before={key: base.get(key) for key in change.before})
            out.append(change)
        return change_set.replace(changes=out)

    def written(self, change_set: ChangeSet | None = None) -> None:
        """After a commit: take in changed definitions, poke whoever watches, clear the files of what was erased."""
        defining = change_set is None or any(c.entity in ("field", "object") for c in change_set.changes)
        if defining and self.refresh_definitions():
            from crmtool.store.ddl import build_own_indexes

            # Behind the commit of the definition: a large table takes a while, and nobody needs to wait for it.
            try:
                build_own_indexes(self.db, self.registry)
                self._index_words(change_set)
            except StoreError as error:  # the change itself is whole and stays
                self.notes.append(
                    Message(
                        "Everything is stored, but an index could not be built: {reason}", reason=str(error)
                    )
                )
                self.notes.append(
                    Message("Build it with “crm doctor --rebuild”; until then it is only slower.")
                )
        if self.run_folder is not None:
            from crmtool.app.feed import poke

            poke(self.run_folder)
        if change_set is not None and any(c.verb == PURGE for c in change_set.changes):
            from crmtool.app.contents import forget
            from crmtool.store.erase import finish

            forget(self, change_set.changes)
            if change_set.job is None:  # a job does so once, at its end
                finish(self.db)

    def _index_words(self, change_set: ChangeSet | None) -> None:
        """Index records anew where an own field came to be searched, or stopped being it, with its values already there."""
        changed = change_set.changes if change_set is not None else []
        for key in {
            str(change.base["of"])
            for change in changed
            if change.entity == "field"
            and change.base
            and (change.verb != UPDATE or "searchable" in change.after)
        }:
            if key in self.registry.entities:
                from crmtool.store.rebuild import index_anew

                index_anew(self.db, self.layouts, self.registry.entities[key])

    def start_job(self, command: str, origin: str, state: dict[str, Any]) -> Job:
        """Begin a larger work of many change sets that are undone as one."""
        from crmtool.app.jobs import Job

        return Job.start(self, command, origin, state)

    def resume_job(self, handle: str) -> Job:
        """Go on with a job that was interrupted."""
        from crmtool.app.jobs import Job

        return Job.resume(self, handle)

    # -- life ------------------------------------------------------------------------------------------------------

    def rename(self, name: str) -> None:
        """Call the workspace otherwise from now on; where it lies is another matter."""
        with self.db.atomic():
            self.db.execute("UPDATE meta SET value = ? WHERE key = 'name'", (name,))
        self.meta["name"] = name

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def removed(entity: Entity) -> ConflictError:
    """What is said to whoever would change records of an object that was removed."""
    return ConflictError(
        Message("“{noun}” was removed; its records can only be read.", noun=entity.label()),
        Message(
            "Restore it first: {command}", command=f"crm object restore @{ids.handle(str(entity.own_id))}"
        ),
        code="removed",
    )


class _DryRun(Exception):  # not an error: it only makes the transaction roll back
    pass


def folders(location: str) -> tuple[str | None, str | None]:
    """(run folder, backup folder) beside a database file; ``None`` where the store is not a file."""
    if "://" in location or location == ":memory:":
        return None, None
    home = os.path.dirname(os.path.abspath(location))
    return os.path.join(home, "run"), os.path.join(home, "backups")


def files_folder(location: str) -> str | None:
    """The folder of documents beside a database file; ``None`` where the store is not a file."""
    run, _ = folders(location)
    return None if run is None else os.path.join(os.path.dirname(run), "files")


def local_zone() -> str:
    """The IANA name of this machine's zone, ``UTC`` when it cannot be told."""
    if os.environ.get("TZ"):
        return os.environ["TZ"].lstrip(":")
    try:
        target = os.readlink("/etc/localtime")
    except OSError:
        return "UTC"
    return target.partition("zoneinfo/")[2] or "UTC"


def _bring_up_to_date(location: str, key: str | None, run: str | None, backups: str | None) -> None:
    """Migrate a store that somebody opens for reading only: the first command after an upgrade may be any."""
    from crmtool.store.migrations import migrate

    try:
        db = open_database(location, key=key, lock=run)
    except StoreError as error:
        raise StoreError(
            Message("This workspace must be brought up to date first, and it cannot be written to."),
            Message("Run “crm doctor” as somebody who may write to {place}.", place=location),
            code="older_store",
        ) from error
    try:
        migrate(db, backups)
    finally:
        db.close()


def open_workspace(
    location: str,
    actor: Actor | None = None,
    *,
    policy: Policy | None = None,
    key: str | None = None,
    zone: str | None = None,
    read_only: bool = False,
    files: str | None = None,
) -> Workspace:
    """Open the workspace at ``location`` (a file, or a server's address), migrating it first if it is older.

    Without an actor it acts as the workspace's own user. ``files`` is the folder of its documents, which is beside the database
    file unless said otherwise; a workspace on a server keeps none without one. Raises ``StoreError``.
    """
    run, backups = folders(location)
    db = open_database(location, key=key, read_only=read_only, lock=run)
    try:
        version = db.schema_version()
        if version != LATEST:
            from crmtool.store.migrations import check_version, migrate

            check_version(db)
            if read_only:
                db.close()
                _bring_up_to_date(location, key, run, backups)
                db = open_database(location, key=key, read_only=True, lock=run)
            else:
                migrate(db, backups)
        zone = zone or local_zone()
        dates.use_zone(zone)
        files = os.path.abspath(files) if files else files_folder(location)
        return Workspace(db, actor=actor, policy=policy or Policy(), zone=zone, run=run, files=files)
    except BaseException:
        db.close()
        raise
