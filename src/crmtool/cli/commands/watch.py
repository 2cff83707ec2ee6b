"""``crm watch``: changes as they happen, a line each, for people or for a program.

It ends by itself only after ``--count``. Ctrl-C ends it quietly with 130, as the shell expects of whatever it interrupted; a
termination signal ends it with 0, since a supervisor that stops a follower has got what it asked for. When the reader of a pipe
goes away it ends too, also while nothing happens.
"""

from __future__ import annotations

import select
import signal
import sys
from contextlib import closing, contextmanager
from typing import Annotated, Any

import typer

from crmtool.app.watch import RESET, Event, follow
from crmtool.cli.output.formats import json_text
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core import dates
from crmtool.core.errors import EXIT_DONE, EXIT_INTERRUPTED
from crmtool.core.messages import t
from crmtool.doors import happenings
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.core.registry import Registry


def command(
    ndjson: Annotated[bool, typer.Option("--ndjson", help=t("print one JSON object a line"))] = False,
    since: Annotated[
        int | None,
        typer.Option("--since", metavar="N", min=0, help=t("begin behind this position; 0 for all there is")),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help=t("every change of a job or an import"))] = False,
    entity: Annotated[
        str | None, typer.Option("--entity", metavar="NOUN", help=t("only changes of this kind of record"))
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", min=1, help=t("end after this many lines"))
    ] = None,
) -> int:
    """Print changes as they happen, whoever makes them. Ctrl-C ends it."""
    left = count
    try:
        with _terminable(), open_session(read_only=True) as workspace:
            if not ndjson:
                current().announce()
            happening = follow(workspace, since, _reader_gone(), each=each, entity=entity)
            with closing(happening):
                for event in happening:
                    line = json_text(as_object(event)) if ndjson else as_text(event, workspace.registry)
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()
                    if left is not None:
                        left -= 1
                        if left == 0:
                            break
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except _Terminated:
        return EXIT_DONE
    return EXIT_DONE


def as_object(event: Event) -> dict[str, Any]:
    """The event as a program reads it: every key on every line."""
    actor = None if event.actor is None else {"id": event.actor, "name": event.actor_name}
    return {
        "position": event.position,
        "kind": event.kind,
        "verb": event.verb,
        "at": event.at,
        "entity": event.entity,
        "id": event.record,
        "name": event.name,
        "fields": list(event.fields),
        "job": event.job,
        "counts": event.counts,
        "command": event.command or None,
        "origin": event.origin or None,
        "handle": event.handle,
        "actor": actor,
    }


def as_text(event: Event, registry: Registry) -> str:
    """The event as people read it; nothing in it can act on a terminal."""
    when = dates.local_text(event.at)
    if event.kind == RESET:
        return t("{time}  What came before is not kept any more; read everything again.", time=when)
    return escape(
        t(
            "{time}  {who}  {what}  ({command}, {handle})",
            time=when,
            who=happenings.who(event),
            what=happenings.what(event, registry),
            command=event.command,
            handle=event.handle,
        )
    )


class _Terminated(BaseException):
    """Raised by the termination signal wherever the program stands, also in the middle of a write that nobody reads."""


@contextmanager
def _terminable() -> Iterator[None]:
    def end(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _reader_gone() -> Callable[[], bool]:
    """A question whether nobody can read standard output any more."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return lambda: False
    poll = select.poll()
    poll.register(number, 0)  # asked for nothing, it still tells of errors and of the other end closing
    return lambda: any(found & (select.POLLERR | select.POLLNVAL) for _, found in poll.poll(0))
