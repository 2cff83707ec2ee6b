"""Search everything as one types: every kind of record, the best first, with what matched marked, and a look at the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.errors import UsageError
from crmtool.core.messages import N_, Message, t, tn
from crmtool.tui import searches
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Prompt
from crmtool.tui.hits import MOST, Found, found
from crmtool.tui.places import Place
from crmtool.tui.program import run
from crmtool.tui.screens.base import Scene
from crmtool.tui.text import REMARK, Plain, safe
from crmtool.tui.widgets.bars import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.timer import Timer
    from textual.widget import Widget

    from crmtool.tui.live import News

WAIT = 0.08  # seconds without a key before it is asked
MODES = {
    "": N_("everything"),
    "contact": N_("people"),
    "company": N_("companies"),
    "deal": N_("deals"),
    "note": N_("notes"),
}


class Modes(Plain):
    """What is searched, by name; a click changes it as the key does."""

    DEFAULT_CSS = (
        "Modes { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }"
    )

    def show_mode(self, now: str) -> None:
        parts = [
            Content.styled(
                f"[{t(label)}]" if mode == now else f" {t(label)} ", "bold" if mode == now else ""
            ).stylize(Style.from_meta({"mode": mode}))
            for mode, label in MODES.items()
        ]
        self.update(Content("").join(parts))


class Search(Scene):
    """The hits of a place of the kind ``search``. Before anything is typed: what was looked for lately, and what was saved."""

    BINDINGS = keys(
        Action(
            "search.mode",
            "ctrl+t",
            "mode",
            N_("What"),
            N_("Search everything, or people, companies, deals or notes alone."),
        ),
        Action(
            "search.save",
            "ctrl+s",
            "save",
            N_("Save"),
            N_("Keep this search under a name; crm NAME prints it."),
            "crm config set aliases.{name} {line}",
        ),
        Action("search.up", "up", "move('up')", N_("Up"), N_("One hit up."), shown=False),
        Action("search.down", "down", "move('down')", N_("Down"), N_("One hit down."), shown=False),
        Action(
            "search.page_up", "pageup", "move('page_up')", N_("Page up"), N_("One screenful up."), shown=False
        ),
        Action(
            "search.page_down",
            "pagedown",
            "move('page_down')",
            N_("Page down"),
            N_("One screenful down."),
            shown=False,
        ),
    )
    DEFAULT_CSS = """
    Search > Input { padding: 0 1; background: $surface; }
    Search OptionList { width: 1fr; height: 1fr; border: none; background: $background; }
    Search OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    Search .whole { width: 45%; border-left: vkey $border-blurred; padding: 0 1; display: none; }
    Search.-wide .whole { display: block; }
    """
    help = N_(
        "Type a few letters of a name, an address, a number or a remark: the last word may be a beginning, and case and accents "
        "do not matter. Up and down go through what is found, Enter opens it, ctrl+t changes what is searched."
    )

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._hits: list[Found] = []
        self._answered: tuple[str, str] | None = None  # what the hits that are shown were asked for
        self._waiting: Timer | None = None

    def title_text(self) -> str:
        return t("Search")

    def body(self) -> Iterable[Widget]:
        yield Input(self.place.text, placeholder=t("Name, address, number, words"), compact=True)
        yield Modes()
        yield Horizontal(
            OptionList(markup=False), VerticalScroll(Plain("", lines=True), classes="whole", can_focus=False)
        )

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one(Modes).show_mode(self.place.entity)
        self._ask()

    # -- asking --------------------------------------------------------------------------------------------------------

    @property
    def _question(self) -> tuple[str, str]:
        return self.place.text, self.place.entity

    def on_input_changed(self, event: Input.Changed) -> None:
        self.place = self.place._replace(text=event.value)
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(WAIT, self._ask)

    def _ask(self) -> None:
        self.work(self._find, group="find", exclusive=True)

    async def _find(self) -> None:
        question = text, entity = self._question
        hits: list[Found] = []
        if text.strip():
            kinds = [entity] if entity else None
            hits = await self.crm.desk.ask(lambda workspace: found(workspace, text, kinds))
        if question != self._question:
            return  # something else is asked by now
        held = self._at()
        self._hits, self._answered = hits, question
        self._show(held)

    def on_news(self, news: News) -> None:
        if self.place.text.strip():
            self._ask()

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, held: str) -> None:
        if self.place.text.strip():
            options = [Option(hit.line, f"{hit.entity} {hit.record}") for hit in self._hits]
            count = tn("{n} hit", "{n} hits", len(self._hits))
            self.query_one(TitleBar).remark(t("the best {n}", n=MOST) if len(self._hits) == MOST else count)
        else:
            options = self._remembered()
            self.query_one(TitleBar).remark("")
        box = self.query_one(OptionList)
        box.clear_options()
        box.add_options(options)
        places = [option.id for option in options]
        first = next((at for at, option in enumerate(options) if not option.disabled), None)
        box.highlighted = places.index(held) if held in places else first
        if not options:
            self._look_at("")

    def _remembered(self) -> list[Option]:
        """What can be asked again: saved searches, then those made lately."""
        options: list[Option] = []
        saved = searches.saved(self.crm.settings.aliases)
        if saved:
            options.append(Option(Content.styled(t("Saved"), "bold"), disabled=True))
        for name, search in saved.items():
            line = Content.assemble(safe(name), "  ", safe(" ".join(search.words())).stylize(REMARK))
            options.append(Option(line, f"saved {name}"))
        lately = searches.recent(self.crm.memory)
        if lately:
            options.append(Option(Content.styled(t("Looked for lately"), "bold"), disabled=True))
        return options + [Option(safe(text), f"recent {at}") for at, text in enumerate(lately)]

    def _at(self) -> str:
        """The id of the line under the cursor."""
        box = self.query_one(OptionList)
        if box.highlighted is None:
            return ""
        return box.get_option_at_index(box.highlighted).id or ""

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        hits = self._hits if self.place.text.strip() else []
        self._look_at(hits[event.option_index].whole if event.option_index < len(hits) else "")

    def _look_at(self, text: str) -> None:
        self.query_one(".whole Plain", Plain).say(text)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def action_move(self, way: str) -> None:
        getattr(
            self.query_one(OptionList), f"action_cursor_{way}" if way in ("up", "down") else f"action_{way}"
        )()

    def action_mode(self) -> None:
        modes = [*MODES]
        now = modes.index(self.place.entity) if self.place.entity in modes else -1
        self._use_mode(modes[(now + 1) % len(modes)])

    def on_click(self, event: events.Click) -> None:
        mode = event.style.meta.get("mode")
        if mode is not None:
            self._use_mode(mode)

    def _use_mode(self, mode: str) -> None:
        self.place = self.place._replace(entity=mode)
        self.query_one(Modes).show_mode(mode)
        self._ask()

    def on_input_submitted(self) -> None:
        self.work(self._open, group="open", exclusive=True)

    def on_option_list_option_selected(self) -> None:
        self.work(self._open, group="open", exclusive=True)

    async def _open(self) -> None:
        if self._answered != self._question:
            await self._find()  # Enter came before the answer to what was typed last
        kind, _, name = self._at().partition(" ")
        if not self.place.text.strip():
            if name:
                self._take(
                    searches.saved(self.crm.settings.aliases)[name]
                    if kind == "saved"
                    else searches.Saved(searches.recent(self.crm.memory)[int(name)])
                )
        elif name:
            searches.remember(self.crm.memory, self.place.text)
            self.crm.go(Place("record", kind, name))

    def _take(self, search: searches.Saved) -> None:
        """Search for what was searched before."""
        self._use_mode(search.entity)
        field = self.query_one(Input)
        field.value = search.text
        field.cursor_position = len(search.text)
        field.focus()

    def action_save(self) -> None:
        self.asking(self._save, group="save", exclusive=True)

    async def _save(self) -> None:
        search = searches.Saved(self.place.text.strip(), self.place.entity)
        if not search.text:
            raise UsageError(
                Message("There is nothing to save yet."), Message("Type what to look for first.")
            )
        line = self.place.words()
        name = await self.ask(
            Prompt(
                t("A name for this search"),
                t("In a shell, “crm NAME” prints it."),
                value=searches.name_of(search.text),
            )
        )
        if name is None:
            return
        from shlex import join

        name = searches.name_of(name)
        words = ["config", "set", f"aliases.{name}", join(line)]
        await run(self.crm.settings, words)
        self.crm.settings.aliases[name] = join(line)
        self.crm.deeds.tell(words, None, t("Saved."))
