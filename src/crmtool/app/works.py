"""What was done in a workspace, in pages: a workspace has millions of changes, and who looks at them holds a screenful.

A job is one work and stands where its newest change set does. Places are numbers of change sets, newest first.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from crmtool.app import jobs
from crmtool.app.history import is_visible, work_of
from crmtool.app.undo import is_undone
from crmtool.core import ids
from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message
from crmtool.core.policy import Policy
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.history import Done
    from crmtool.app.workspace import Workspace
    from crmtool.store.log import Entry, SetHeader

# A change set that is no job's, or the newest of its job.
_NEWEST = (
    "(job IS NULL OR NOT EXISTS "
    "(SELECT 1 FROM change_set AS later WHERE later.job = change_set.job AND later.n > change_set.n))"
)


class Work(Struct):
    """A work, the number of its newest change set, and whether it is a job that is under way or was interrupted."""

    n: int
    done: Done
    unfinished: bool


class Works:
    """The works of a workspace; ``own``: those of its actor alone."""

    def __init__(self, workspace: Workspace, *, own: bool = False) -> None:
        self._workspace = workspace
        self._where, self._params = ("actor = ?", [workspace.actor.user]) if own else ("TRUE", [])

    def page(
        self, limit: int, place: int | None = None, *, back: bool = False, at: bool = False
    ) -> tuple[list[Work], bool]:
        """Up to ``limit`` works older than ``place``, and whether more follow; ``at``: from it on, ``back``: newer ones."""
        workspace = self._workspace
        unfinished = {job["id"] for job in jobs.unfinished(workspace)}
        users: dict[str, str] = {}
        found: list[Work] = []
        sign, order = (">", "n") if back else ("<=" if at else "<", "n DESC")
        while len(found) <= limit:
            missing = limit + 1 - len(found)
            headers = self._headers(sign, place, order, missing)
            found += [
                Work(one.n, work_of(workspace, one, users), one.handle_id in unfinished)
                for one in headers
                if is_visible(workspace, one)
            ]
            if len(headers) < missing:
                break
            place, sign = headers[-1].n, ">" if back else "<"
        more, found = len(found) > limit, found[:limit]
        return (found[::-1] if back else found), more

    def leap(self, over: int, place: int | None = None, *, back: bool = False) -> int | None:
        """The place so many works further on."""
        sign, way = (">", "ASC") if back else ("<", "DESC")
        where, params = self._beyond(sign, place)
        found = self._workspace.db.scalar(
            f"SELECT n FROM change_set WHERE {where} ORDER BY n {way} LIMIT 1 OFFSET {int(over)}",
            tuple(params),
        )
        return None if found is None else int(found)

    def count(self, place: int | None = None) -> tuple[int, int]:
        """How many there are, and how many of them are newer than ``place`` (0 without one)."""
        workspace = self._workspace
        if (
            type(workspace.policy) is not Policy
        ):  # how many there are of what one may not see is nobody's business
            seen = [work.n for work in self.page(1 << 40)[0]]
            return len(seen), sum(1 for n in seen if place is not None and n > place)
        db, params = workspace.db, tuple(self._params)
        alone = db.scalar(f"SELECT count(*) FROM change_set WHERE job IS NULL AND {self._where}", params)
        joint = db.scalar(
            f"SELECT count(DISTINCT job) FROM change_set WHERE job IS NOT NULL AND {self._where}", params
        )
        if place is None:
            return int(alone) + int(joint), 0
        where, given = self._beyond(">", place)
        newer = db.scalar(f"SELECT count(*) FROM change_set WHERE {where}", tuple(given))
        return int(alone) + int(joint), int(newer)

    def _headers(self, sign: str, place: int | None, order: str, limit: int) -> list[SetHeader]:
        where, params = self._beyond(sign, place)
        return [*self._workspace.log.sets(where, params, order=order, limit=limit)]

    def _beyond(self, sign: str, place: int | None) -> tuple[str, list[Any]]:
        where, params = f"{_NEWEST} AND {self._where}", [*self._params]
        return (where, params) if place is None else (f"{where} AND n {sign} ?", [*params, place])


class Changes:
    """The single changes of one work, by their number in it, as it stood when this was made: oldest first.

    Raises ``NotFoundError`` for a handle of nothing, and of nothing that the actor may see.
    """

    def __init__(self, workspace: Workspace, ident: str) -> None:
        self.sets = [*workspace.log.sets("job = ? OR id = ?", [ident, ident], order="n")]
        if not any(is_visible(workspace, header) for header in self.sets):
            raise NotFoundError(
                Message("No change has the handle {handle}.", handle=ids.handle(ident)),
                Message("“crm history” shows handles."),
            )
        self.done = work_of(workspace, self.sets[-1], {})
        self._ends = [*accumulate(header.count for header in self.sets)]

    @property
    def count(self) -> int:
        return self._ends[-1]

    def between(self, workspace: Workspace, begin: int, end: int) -> list[Entry]:
        """The changes numbered ``begin`` to before ``end``."""
        begin, end = max(begin, 0), min(end, self.count)
        found: list[Entry] = []
        at = bisect_right(self._ends, begin)
        while begin < end:
            header = self.sets[at]
            first = header.first + begin - (self._ends[at] - header.count)
            taken = min(end, self._ends[at]) - begin
            found += workspace.log.entries("n >= ? AND n < ?", (first, first + taken))
            begin, at = begin + taken, at + 1
        return found


def taken_back_by(workspace: Workspace, ident: str) -> str | None:
    """The id of the undo that took this change back and stands, which is what redo takes."""
    for header in workspace.log.sets("undoes = ?", [ident], order="n DESC", limit=1):
        if not is_undone(workspace, header.handle_id):
            return header.handle_id
    return None


__all__ = ["Changes", "Work", "Works", "taken_back_by"]
