"""``:`` — a line that leads anywhere: a place by its name, a list by its filter, a record by who it is, a ``crm`` command."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core import ids
from crmtool.core.errors import CrmError
from crmtool.core.messages import N_, t
from crmtool.doors.candidates import Candidates
from crmtool.tui import going
from crmtool.tui.actions import Action, keys
from crmtool.tui.beside import beside
from crmtool.tui.completions import of_filter
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import REMARK, Plain, safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.tui.app import CrmApp
    from crmtool.tui.places import Place

HISTORY, MOST_KEPT = "goto", 50
SHOWN = 12
WAIT = 0.06  # seconds without a key before completions are asked for


class Suggestion(NamedTuple):
    """``text`` is the whole line as it would be, ``about`` what that is."""

    text: str
    about: str


class Goto(Dialog["Place"]):
    """The line, how it may go on, and what is wrong with it. Answers the place, ready to go to."""

    BINDINGS = keys(
        Action("goto.complete", "tab", "complete", N_("Complete"), N_("Take what the line may go on with.")),
        Action(
            "goto.next",
            "ctrl+n",
            "choose(1)",
            N_("Next"),
            N_("The next of what it may go on with."),
            shown=False,
        ),
        Action("goto.previous", "ctrl+p", "choose(-1)", N_("Previous"), N_("The one before."), shown=False),
        Action("goto.older", "up", "history(1)", N_("Older"), N_("What was typed before."), shown=False),
        Action(
            "goto.newer", "down", "history(-1)", N_("Newer"), N_("What was typed after that."), shown=False
        ),
    )
    DEFAULT_CSS = """
    Goto { align: center top; }
    Goto > Vertical { width: 90; margin-top: 2; }
    Goto Input { background: $panel; padding: 0 1; }
    Goto OptionList { max-height: 14; }
    Goto .wrong { height: auto; padding: 0 1; }
    """
    help = N_(
        "Write where to go: deals status=open, contact ana@acme.es, board, view NAME, list NAME, search TEXT, or ! and any crm "
        "command. Tab completes, up and down go through what was typed before."
    )

    def __init__(self, crm: CrmApp, text: str = "") -> None:
        super().__init__(t("Go to"))
        self._crm, self._first = crm, text
        self._suggestions: list[Suggestion] = []
        self._back = -1  # how far back in the history the line is

    def body(self) -> Iterable[Widget]:
        examples = t("deals status=open  ·  contact Ana  ·  board  ·  ! contact list")
        yield Input(self._first, placeholder=examples, compact=True)
        yield Plain("", lines=True, classes="wrong")
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._ask()

    # -- completing ----------------------------------------------------------------------------------------------------

    def on_input_changed(self) -> None:
        self.query_one(".wrong", Plain).say("")
        self._ask()

    def _ask(self) -> None:
        beside(self, self._complete, group="complete", exclusive=True)

    async def _complete(self) -> None:
        from asyncio import sleep

        await sleep(WAIT)
        text = self.query_one(Input).value
        found = await self._crm.desk.ask(lambda workspace: suggestions(workspace, text))
        if text != self.query_one(Input).value:
            return
        self._suggestions = found
        box = self.query_one(OptionList)
        box.clear_options()
        box.add_options(
            [Option(Content.assemble(safe(s.text), "  ", safe(s.about).stylize(REMARK))) for s in found]
        )
        box.display = bool(found)

    def action_complete(self) -> None:
        at = self.query_one(OptionList).highlighted or 0
        if at < len(self._suggestions):
            self._write(self._suggestions[at].text)

    def action_choose(self, by: int) -> None:
        box = self.query_one(OptionList)
        if box.option_count:
            box.highlighted = 0 if box.highlighted is None else (box.highlighted + by) % box.option_count

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._write(self._suggestions[event.option_index].text)
        self.query_one(Input).focus()

    def _write(self, text: str) -> None:
        line = self.query_one(Input)
        line.value = text
        line.cursor_position = len(text)

    # -- history -------------------------------------------------------------------------------------------------------

    def _history(self) -> list[str]:
        held = self._crm.memory.get(HISTORY, [])
        return [text for text in held if isinstance(text, str)] if isinstance(held, list) else []

    def action_history(self, by: int) -> None:
        history = self._history()
        self._back = max(-1, min(self._back + by, len(history) - 1))
        self._write(history[self._back] if self._back >= 0 else self._first)

    def _remember(self, text: str) -> None:
        others = [other for other in self._history() if other != text]
        self._crm.memory.keep(HISTORY, [text, *others][:MOST_KEPT])

    # -- going ---------------------------------------------------------------------------------------------------------

    def on_input_submitted(self, event: Input.Submitted) -> None:
        beside(self, self._go, event.value.strip(), group="go", exclusive=True)

    async def _go(self, text: str) -> None:
        def meant(workspace: Workspace) -> Place:
            return going.settle(workspace, going.parse(text, workspace.registry))

        try:
            place = await self._crm.desk.ask(meant)
        except CrmError as error:
            self.query_one(".wrong", Plain).say(wrong(text, error))
        except Exception as error:
            self._crm.fail(error)
        else:
            if text:
                self._remember(text)
            self.dismiss(place)


def wrong(text: str, error: CrmError) -> str:
    """What is wrong with a line, and where: a mark below the character from which it could not be read."""
    lines = [str(error.message), *([str(error.hint)] if error.hint is not None else [])]
    read, at = error.data.get("text"), error.data.get("position")
    if isinstance(read, str) and isinstance(at, int) and read in text:
        lines.insert(0, " " * (text.index(read) + at) + "^")
    return "\n".join(lines)


def suggestions(workspace: Workspace, text: str) -> list[Suggestion]:
    """How a line may go on. For the lane of pages: it reads names of records."""
    if text[:1] in ("!", "@"):
        return []
    noun, blank, rest = text.partition(" ")
    if not blank:
        return _nouns(workspace, noun)
    noun = noun.casefold()
    if noun in going.NAMED:
        return [Suggestion(f"{noun} {name}", about) for name, about in _names(workspace, noun, rest)]
    if noun == "board":
        return [Suggestion(f"{noun} {name}", about) for name, about in _names(workspace, "pipeline", rest)]
    try:
        entity = workspace.registry.entity(noun.replace("-", "_"))
    except CrmError:
        return []
    if noun == entity.key:
        found = [Suggestion(f"{noun} {name}", about) for name, about in _names(workspace, noun, rest)]
        if found:
            return found
    return _filters(workspace, entity, text, len(noun) + 1)


def _nouns(workspace: Workspace, typed: str) -> list[Suggestion]:
    """Screens, then the kinds of record that one may read, in the plural."""
    entities = [
        entity
        for entity in workspace.registry.entities.values()
        if not entity.removed and not entity.internal and workspace.policy.can_read(workspace.actor, entity)
    ]
    offered = [
        *((word, "") for word in going.words()),
        *((f"{entity.plural} ", entity.plural_label()) for entity in entities),
        *((f"{noun} ", t("by name")) for noun in going.NAMED),
    ]
    wanted = typed.casefold()
    return [Suggestion(word, about) for word, about in offered if word.startswith(wanted) and word != typed][
        :SHOWN
    ]


def _names(workspace: Workspace, noun: str, typed: str) -> list[tuple[str, str]]:
    """(name, handle) of records: those found by what is typed, or those that begin so, by a name, a handle or an address."""
    from crmtool.store.search import find

    entity = workspace.registry.entity(noun)
    if not entity.search or "@" in typed or not typed.strip():
        return Candidates(workspace).records(noun, typed.strip())[:SHOWN]
    found = [hit.record for hit in find(workspace.reader, typed, entities=[noun], limit=SHOWN)]
    return [(str(r[entity.name_field]), f"@{ids.handle(r['id'])}") for r in found if r[entity.name_field]]


def _filters(workspace: Workspace, entity: Entity, text: str, start: int) -> list[Suggestion]:
    """How the filter behind a noun may go on, also with the names of records there are."""
    found = of_filter(workspace, entity.key, text[start:], len(text) - start)[:SHOWN]
    return [Suggestion(text[: start + one.start] + one.text, one.about) for one in found]
