"""The words of the command line before any command sees them.

Global options are taken from wherever they stand, so that ``crm contact list -w acme`` and ``crm -w acme
contact list`` are the same; aliases are expanded; ``--fields`` without a value becomes ``--fields=``. Words
after ``--`` are never touched.
"""

from __future__ import annotations

from crmtool.cli import config
from crmtool.cli.state import State
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

_VALUES = {"-w": "workspace_flag", "--workspace": "workspace_flag", "--actor": "actor_flag"}
_SWITCHES = {"--debug": "debug", "--no-input": "no_input_flag", "--accessible": "accessible_flag"}
_JSON = ("--json", "--ndjson")


def take_globals(words: list[str], state: State) -> list[str]:
    """``words`` without the global options, which are noted in ``state``."""
    rest: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            return [*rest, word, *words[index:]]
        name, equals, value = word.partition("=")
        if word in _SWITCHES:
            setattr(state, _SWITCHES[word], True)
        elif word in _VALUES or (equals and name in _VALUES):
            if not equals:
                if index == len(words):
                    raise UsageError(
                        Message("{option} needs a value.", option=word),
                        Message("“crm --help” says what it takes."),
                        option=word,
                    )
                value = words[index]
                index += 1
            setattr(state, _VALUES[name], value)
        else:
            state.json_errors = state.json_errors or word in _JSON
            rest.append(word)
    return rest


def expand_alias(words: list[str], commands: Container[str]) -> list[str]:
    """``words`` with a leading alias replaced by what it stands for; a command that exists is never an alias."""
    seen: list[str] = []
    while words and not words[0].startswith("-") and words[0] not in commands:
        meaning = config.aliases().get(words[0])
        if meaning is None:
            break
        if words[0] in seen:
            raise UsageError(
                Message("The alias “{name}” leads back to itself.", name=words[0]),
                Message("Change it with: crm config set {key} VALUE", key=f"{config.ALIASES}.{words[0]}"),
                code="config",
            )
        seen.append(words[0])
        import shlex  # 3 ms, only for those who have aliases

        try:
            words = [*shlex.split(meaning), *words[1:]]
        except ValueError:
            raise UsageError(
                Message("The alias “{name}” has a quote that is never closed.", name=words[0]),
                Message("Write it anew: {command}", command=f"crm config set aliases.{words[0]} '…'"),
                code="config",
            ) from None
    return words


def complete_fields(words: list[str]) -> list[str]:
    """A ``--fields`` that is followed by no value is given an empty one, which lists the fields."""
    out: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return [*out, *words[index:]]
        bare = word == "--fields" and (index + 1 == len(words) or words[index + 1].startswith("-"))
        out.append("--fields=" if bare else word)
    return out
