"""Which part of a command line the cursor is in, and hence what may come next."""

from __future__ import annotations

from crmtool.cli import arguments
from crmtool.cli.completing.live import Live
from crmtool.cli.completing.specs import ANY_OBJECT, COMMANDS, GROUPS, OPTIONS
from crmtool.cli.state import State, use
from crmtool.cli.table import GLOBAL_OPTIONS, TABLE
from crmtool.core.messages import t
from crmtool.core.struct import Struct
from crmtool.doors.candidates import starting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtool.cli.completing.specs import Spec

    Candidate = tuple[str, str]  # (the whole word, one line about it)

SHELLS = ("bash", "zsh", "fish")
# What an option takes, where the name of its value says less than its own.
_OPTION_VALUES = {"--view": "VIEW", "--list": "LIST"}
_GLOBAL_VALUES = {"-w": "WORKSPACE", "--workspace": "WORKSPACE", "--actor": "USER"}


class Answer(Struct):
    """What may stand in the place of the last word. ``files``: so may names of files. ``open``: the word may go on."""

    candidates: list[tuple[str, str]]
    files: bool = False
    open: bool = False


def complete(words: list[str]) -> Answer:
    """The candidates for the last of ``words``, which are those after the program's name."""
    *before, current = words or [""]
    state = use(State())
    waiting = before[-1] if before and before[-1] in _GLOBAL_VALUES else ""
    rest = arguments.take_globals(before[:-1] if waiting else before, state)
    rest = arguments.expand_alias(rest, {*TABLE, "help"})
    with Live() as live:
        place = Place(rest[1:] if rest[:1] == ["help"] else rest, current, live)
        return place.value(_GLOBAL_VALUES[waiting], current) if waiting else place.answer()


class Place:
    """One place on a command line: the words before it without global options, and what is typed of its own."""

    def __init__(self, before: list[str], current: str, live: Live) -> None:
        self.before = before
        self.current = current
        self.live = live

    def answer(self) -> Answer:
        """What may stand here."""
        option, equals, value = self.current.partition("=")
        if equals and option in _GLOBAL_VALUES:
            return self.value(_GLOBAL_VALUES[option], value, f"{option}=")
        if not self.before:
            commands = [(name, t(summary)) for name, (_, _, summary) in TABLE.items()]
            return self.words([*commands, *self.live.objects(), *self.live.aliases()], ())
        name, *given = self.before
        if name in COMMANDS:
            return self.inside(COMMANDS[name], given)
        self.live.noun = name
        group = name if name in GROUPS else ANY_OBJECT
        if group == ANY_OBJECT and self.live.entity is None:
            return Answer([])
        if not given:
            return self.words([(verb, t(about)) for verb, about in GROUPS[group].items()], ())
        spec = COMMANDS.get(f"{group} {given[0]}")
        return self.inside(spec, given[1:]) if spec is not None else Answer([])

    def inside(self, spec: Spec, given: list[str]) -> Answer:
        """Within one command: an option's value, an option, or the next argument."""
        options, expected = spec
        takes = {name: metavar for at in options for name in OPTIONS[at][0] if (metavar := OPTIONS[at][1])}
        positional: list[str] = []
        waiting, plain = "", False
        for word in given:
            if waiting:
                waiting = ""
            elif plain or word == "-" or not word.startswith("-"):
                positional.append(word)
            elif word == "--":
                plain = True
            else:
                waiting = word if word in takes else ""
        self.live.about(self.before, expected, positional)
        if waiting:
            return self.value(_OPTION_VALUES.get(waiting, takes[waiting]), self.current)
        name, equals, value = self.current.partition("=")
        if equals and name in takes and not plain:
            return self.value(_OPTION_VALUES.get(name, takes[name]), value, f"{name}=")
        if self.current.startswith("-") and not plain:
            return self.words((), (at for at in options if given.count(OPTIONS[at][0][-1]) == 0))
        at = min(len(positional), len(expected) - 1)
        if at < 0 or (len(positional) > at and not expected[at].endswith("...")):
            return Answer([])
        return self.value(expected[at].removesuffix("..."), self.current, before=positional[at:])

    def words(self, found: Iterable[Candidate], options: Iterable[int]) -> Answer:
        """Words of the program itself: options once a hyphen is typed, else ``found``."""
        if self.current.startswith("-"):
            own = [(OPTIONS[at][0][-1], t(OPTIONS[at][2])) for at in options]
            found = [*own, *_everywhere()]
        return Answer(starting(found, self.current))

    def value(self, metavar: str, text: str, prefix: str = "", before: list[str] | None = None) -> Answer:
        """The values that an argument or an option of this name may have."""
        metavar = metavar.replace("[", "").replace("]", "")
        if metavar.endswith(("FILE", "DIR")):
            return Answer([], files=True)
        if metavar == "SHELL":
            found = starting([(shell, "") for shell in SHELLS], text)
        elif metavar == "COMMAND":
            found = starting([(name, t(summary)) for name, (_, _, summary) in TABLE.items()], text)
        else:
            found = self.live.values(metavar, text, before or [])
        found = [(prefix + value, about) for value, about in found]
        return Answer(found, open=bool(found) and all(value.endswith(("=", ".")) for value, _ in found))


def _everywhere() -> list[Candidate]:
    """The options that every command takes, in their long spelling."""
    spelled = [(names.replace(",", "").split(), about) for names, about in GLOBAL_OPTIONS]
    return [(next(word for word in names if word.startswith("--")), t(about)) for names, about in spelled]
