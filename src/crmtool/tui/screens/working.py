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
    from collections.abc import Callable, Coroutine, Iterator

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

    def begin(self, words: str, carry_out: Callable[[Effort], Coroutine[None, None, None]]) -> None:
        """Work that goes on when this screen is left; while it stands it shows how far that is."""

        async def followed(effort: Effort) -> None:
            if not self.is_attached:  # it was left before this began
                return await carry_out(effort)
            with self._followed(effort):
                await carry_out(effort)
            return None

        self.crm.underway.begin(words, followed, self)

    @property
    def _bar(self) -> EffortBar:
        return self.query(EffortBar).exclude("UnderwayBar").first(EffortBar)

    @contextmanager
    def _followed(self, effort: Effort) -> Iterator[None]:
        bar = self._bar
        bar.follow(effort)
        try:
            yield
        finally:
            if bar.effort is effort:
                bar.clear()

    @property
    def is_working(self) -> bool:
        return self._bar.effort is not None

    async def action_stop(self) -> None:
        if not self._bar.stop():
            await self.crm.action_back()
