"""A screen that does larger work: a line says how far it is, and escape stops it before it leads back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from crmtool.core.messages import N_
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import JOB
from crmtool.tui.efforts import Effort, undertake
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.effortbar import EffortBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.app.workspace import Workspace

T = TypeVar("T")


class WorkingScene(Scene):
    """``undertake`` does the work, one at a time. The body of a subclass holds an ``EffortBar``."""

    BINDINGS = keys(
        Action(
            "effort.stop",
            "escape",
            "stop",
            N_("Stop"),
            N_("Stop what is under way, or go back. What was stopped can be gone on with."),
            shown=False,
        )
    )

    async def undertake(self, words: str, work: Callable[[Workspace, Effort], T], lane: str = JOB) -> T:
        """What ``work`` answers; ``words`` say what it is. Raises ``StoppedError``."""
        self.crm.no_question()
        effort = Effort(words)
        with self._followed(effort):
            return await undertake(self.crm.desk, effort, lambda workspace: work(workspace, effort), lane)

    @contextmanager
    def _followed(self, effort: Effort) -> Iterator[None]:
        bar = self.query_one(EffortBar)
        bar.follow(effort)
        try:
            yield
        finally:
            if bar.effort is effort:
                bar.clear()

    @property
    def is_working(self) -> bool:
        return self.query_one(EffortBar).effort is not None

    async def action_stop(self) -> None:
        if not self.query_one(EffortBar).stop():
            await self.crm.action_back()
