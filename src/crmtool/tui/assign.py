"""A line of ``field=value`` words, completed and checked while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.errors import CrmError
from crmtool.tui.completions import of_assignment
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import Plain
from crmtool.tui.widgets.completing import Completing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.tui.completions import Offer
    from crmtool.tui.desk import Desk


class Assign(Dialog[str]):
    """What shall be set. ``check`` raises a ``CrmError`` in the workspace's lane for what does not fit."""

    def __init__(
        self,
        desk: Desk,
        noun: str,
        question: str,
        check: Callable[[Workspace, str], object],
        value: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(question, detail)
        self._desk, self._noun, self._check, self._value = desk, noun, check, value

    def body(self) -> Iterable[Widget]:
        yield Completing(self._offer, self._value, "field=value")
        yield Plain("", classes="wrong")

    def on_mount(self) -> None:
        line = self.query_one(Completing)
        line.enter()
        line.put(self._value)

    def _offer(self, text: str, cursor: int) -> Awaitable[Sequence[Offer]]:
        start = text.rfind(" ", 0, cursor) + 1

        def ask(workspace: Workspace) -> list[Offer]:
            found = of_assignment(workspace, self._noun, text[start:cursor])
            return [_quoted(offer._replace(start=offer.start + start), text[start:cursor]) for offer in found]

        return self._desk.ask(ask)

    async def _wrong(self, text: str) -> str:
        try:
            await self._desk.ask(lambda workspace: self._check(workspace, text))
        except CrmError as error:
            return " ".join(str(part) for part in (error.message, error.hint) if part is not None)
        return ""

    async def on_completing_typed(self, message: Completing.Typed) -> None:
        self.query_one(".wrong", Plain).say(await self._wrong(message.text) if message.text.strip() else "")

    async def on_completing_submitted(self, message: Completing.Submitted) -> None:
        wrong = await self._wrong(message.text)
        if wrong:
            self.query_one(".wrong", Plain).say(wrong)
        else:
            self.dismiss(message.text)

    def on_completing_left(self) -> None:
        self.dismiss(None)


def _quoted(offer: Offer, typed: str) -> Offer:
    """The offer as a word of the line: a value with spaces stands in quotes."""
    if " " not in offer.text or "=" not in typed:
        return offer
    return offer._replace(text=f'"{offer.text}"')
