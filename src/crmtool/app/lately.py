"""What happened last in a workspace, as the events that a watcher is told; a job is one, whatever it changed."""

from __future__ import annotations

from crmtool.app.watch import PUT, Event, Feed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.store.log import SetHeader

SETS = 200  # change sets that are looked at
MOST_COUNTED = 20_000  # changes of a job that are told apart by the kind of record
MOST_TOLD = 5  # records of one change set that are told one by one


def lately(workspace: Workspace, limit: int = 30) -> list[Event]:
    """The last events that the actor may know of, the newest first, ``limit`` at most."""
    return _Lately(workspace, None).events(limit)


class _Lately(Feed):
    """Reads the log backwards."""

    def events(self, limit: int) -> list[Event]:
        found: list[Event] = []
        seen: set[str] = set()
        with self.workspace.db.reading():
            for header in list(self._log.sets(order="n DESC", limit=SETS)):
                if header.handle_id in seen:
                    continue
                seen.add(header.handle_id)
                found += (
                    self._together(header) if header.job or header.count > MOST_TOLD else self._one(header)
                )
                if len(found) >= limit:
                    break
        return found[:limit]

    def _one(self, header: SetHeader) -> list[Event]:
        return self._set(header)[::-1]

    def _together(self, header: SetHeader) -> list[Event]:
        """A job, or one large change set, as one event; none where the actor may see nothing of it."""
        sets = list(self._log.sets("job = ?", [header.job])) if header.job else [header]
        if sum(part.count for part in sets) > MOST_COUNTED:
            return [Event(header.n, PUT, header.recorded_at, job=True, **self._who(header))]
        for part in sets:
            self._part(part)
        job = self._jobs.pop(str(header.job), None)
        if job is None or not job.counts:
            return []
        about = {"counts": job.counts, "job": True, **self._who(header)}
        return [Event(header.n, PUT, header.recorded_at, **about)]
