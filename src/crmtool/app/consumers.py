"""Durable consumers of the log: named positions that survive the process, for notifications, automation and webhooks.

What a consumer writes into the store and the move of its position are one transaction, so that its effects happen exactly once.
What it does outside (a message, a request) happens at least once: it is repeated when the process dies before the commit.

A change set written by a consumer names the set that caused it. No consumer is given a set that it caused itself, however many
others stand in between, so that no two of them can keep each other busy.
"""

from __future__ import annotations

from crmtool.app.watch import Visible, floor
from crmtool.core.changes import MAX_CHANGES, ChangeSet
from crmtool.core.errors import ConflictError, NotFoundError, UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace
    from crmtool.core.changes import Applied, Change
    from crmtool.store.log import Entry, SetHeader

BATCH = 100  # change sets in one transaction


class Delivery:
    """One change set as its consumer may see it: the header, and the entries that the workspace's actor may know of."""

    def __init__(self, consumer: Consumer, header: SetHeader, entries: list[Entry]) -> None:
        self.consumer = consumer
        self.header = header
        self.entries = entries
        self.written: list[ChangeSet] = []

    def write(self, changes: list[Change]) -> Applied | None:
        """Answer with changes of one's own, in the same transaction. They carry ``caused_by``."""
        if len(changes) > MAX_CHANGES:
            raise UsageError(
                Message("A change set holds at most {limit} changes.", limit=MAX_CHANGES),
                Message("Answer with fewer changes, or start a job."),
                code="too_large",
            )
        made = ChangeSet(changes, self.consumer.command, "automation", caused_by=self.header.id)
        applied = self.consumer.workspace.write(made)
        if applied is not None:
            self.written.append(made)
        return applied


class Consumer:
    """One named reader of the log. ``name`` is what its position is kept under, and part of what the log says it did."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.workspace = workspace
        self.name = name

    @property
    def command(self) -> str:
        """What the log names as the command of its changes."""
        return f"consumer {self.name}"

    @property
    def position(self) -> int:
        """The last change set it has dealt with. Raises ``NotFoundError`` before ``register``."""
        found = self.workspace.db.scalar("SELECT position FROM consumer WHERE name = ?", (self.name,))
        if found is None:
            raise NotFoundError(
                Message("No consumer “{name}” is registered.", name=self.name),
                Message("Register it first."),
                name=self.name,
            )
        return int(found)

    def register(self, position: int | None = None) -> None:
        """Begin behind ``position`` (``None``: from now on). A consumer that is registered keeps its place."""
        start = self.workspace.log.position() if position is None else position
        with self.workspace.db.atomic():
            self.workspace.db.execute(
                "INSERT INTO consumer (name, position) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (self.name, start),
            )

    def move(self, position: int) -> None:
        """Go on behind another position, also backwards; after a reset, for example."""
        with self.workspace.db.atomic():
            self.workspace.db.execute(
                "UPDATE consumer SET position = ? WHERE name = ?", (position, self.name)
            )

    def remove(self) -> None:
        """Forget it and its place."""
        with self.workspace.db.atomic():
            self.workspace.db.execute("DELETE FROM consumer WHERE name = ?", (self.name,))

    def deliver(self, handle: Callable[[Delivery], None], limit: int = BATCH) -> int:
        """Hand the next change sets to ``handle``, one by one, and move behind them; how many sets it moved over.

        What ``handle`` raises leaves position and store as they were. Raises ``ConflictError`` (code ``reset``) when the log
        behind the position is gone.
        """
        workspace, written = self.workspace, []
        with workspace.db.atomic():
            workspace.refresh_clock()
            workspace.refresh_definitions()
            log, visible, position = workspace.log, Visible(workspace), self.position
            if not floor(workspace) <= position <= log.position():
                raise ConflictError(
                    Message("The log behind position {position} is gone.", position=position),
                    Message("Read everything again, then move the consumer to the end."),
                    code="reset",
                )
            headers = list(log.sets("n > ?", [position], limit=limit))
            for header in headers:
                if not self._caused(header):
                    entries = [entry for entry, _, _ in visible.entries(list(log.of_set(header)))]
                    if entries:
                        delivery = Delivery(self, header, entries)
                        handle(delivery)
                        written += delivery.written
            if headers:
                workspace.db.execute(
                    "UPDATE consumer SET position = ? WHERE name = ?", (headers[-1].n, self.name)
                )
        for change_set in written:
            workspace.written(change_set)
        return len(headers)

    def _caused(self, header: SetHeader) -> bool:
        """Whether this consumer's own doing led to the change set."""
        cause: SetHeader | None = header
        while cause is not None:
            if cause.command == self.command:
                return True
            cause = (
                next(self.workspace.log.sets("id = ?", [cause.caused_by]), None) if cause.caused_by else None
            )
        return False
