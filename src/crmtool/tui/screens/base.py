"""What every screen of the app has: its place, a title above, the last command and the keys below, and work that may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from crmtool.tui.ahead import asker
from crmtool.tui.arriving import Arriving
from crmtool.tui.beside import beside
from crmtool.tui.underway import UnderwayBar
from crmtool.tui.widgets.bars import EchoBar, TitleBar
from crmtool.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget
    from textual.worker import Worker

    from crmtool.tui.app import CrmApp
    from crmtool.tui.deeds import Echo
    from crmtool.tui.dialogs import Dialog
    from crmtool.tui.live import News
    from crmtool.tui.places import Place

T = TypeVar("T")


class Scene(Arriving[None]):
    """A screen at a place. A subclass gives ``title_text`` and ``body``, and ``on_news`` where what it shows can change."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    @property
    def crm(self) -> CrmApp:
        """The app, by its own type."""
        from crmtool.tui.app import CrmApp

        assert isinstance(self.app, CrmApp)
        return self.app

    def compose(self) -> ComposeResult:
        yield TitleBar(self.title_text(), self.crm.settings.workspace)
        yield from self.body()
        yield UnderwayBar()
        yield EchoBar(self.crm.deeds.log[-1] if self.crm.deeds.log else None)
        yield KeyBar()

    def title_text(self) -> str:
        """What the screen is about; may hold text from records."""
        return ""

    def body(self) -> Iterable[Widget]:
        """What stands between title and echo."""
        return ()

    def on_mount(self) -> None:  # a subclass has its own beside it: Textual calls both
        self.crm.changes.subscribe(self, self.on_news)

    def on_news(self, news: News) -> None:
        """What changed, here or elsewhere. Called on every screen, also on those below the one that is shown."""

    def work(
        self,
        do: Callable[..., Coroutine[Any, Any, Any]],
        *given: Any,
        group: str = "work",
        exclusive: bool = False,
    ) -> Worker[Any]:
        """``do(*given)``, which takes a while, beside the event loop's other work; its failure is shown.

        ``exclusive`` work ends what still runs in its ``group``: the answer to an older question is not wanted any more. It is
        called when its turn comes, so work that its screen left behind before that was never begun.
        """

        async def guarded() -> Any:
            try:
                return await do(*given)
            except Exception as error:
                self._failed(error)
                return None

        return beside(self, guarded, group=group, exclusive=exclusive)

    def asking(
        self,
        do: Callable[..., Coroutine[Any, Any, Any]],
        *given: Any,
        group: str = "deed",
        exclusive: bool = False,
    ) -> Worker[Any]:
        """``work`` that a key begins and that may ask something: what is typed meanwhile is for the question."""
        holder = object()

        async def asked() -> Any:
            asker.set(holder)
            try:
                return await do(*given)
            finally:
                self.crm.let_go(holder)

        self.crm.hold(holder)
        return self.work(asked, group=group, exclusive=exclusive)

    def _failed(self, error: BaseException) -> None:
        if not self.crm.faults.is_late(error, self):
            self.crm.fail(error)

    async def ask(self, dialog: Dialog[T]) -> T | None:
        """What a person answers to a question, ``None`` for nothing. Only inside ``asking`` or ``work``: it waits."""
        answer = await self.app.push_screen_wait(dialog)
        holder = asker.get()
        if holder is not None:
            self.crm.hold(holder)  # there may be a second question
        return answer

    def retitle(self, text: str) -> None:
        """Change the title."""
        self.query_one(TitleBar).say_title(text)

    def remark(self, text: str) -> None:
        """Say something beside the title: how many there are, whose they are."""
        self.query_one(TitleBar).remark(text)

    def show_echo(self, echo: Echo) -> None:
        """Show the last command."""
        for bar in self.query(
            EchoBar
        ):  # a screen that is being made has none yet, and will ask for the last one itself
            bar.show(echo)
