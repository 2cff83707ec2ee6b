"""The filter and the moment that a command line asks for, from its words and options to what a query takes.

``crm count`` uses this without the framework: nothing here loads it.
"""

from __future__ import annotations

from crmtool.core.query import all_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

# Signs after which a word that was quoted in the shell is one value of a filter.
_SIGNS = ("=", "!=", "<>", "~", "!~", "=~", "==", "<", "<=", ">", ">=", "≠", "≤", "≥", "has", "is", "not")
_WORDS = ("and", "or", "not", "has", "in", "is")


def condition(
    workspace: Workspace, entity: Entity, words: Sequence[str] = (), filters: Sequence[str] = ()
) -> Node | None:
    """The filter that the words of a command line and its ``--where`` options make together; ``None`` for none."""
    texts = [*([joined(words)] if words else []), *filters]
    if not texts:
        return None
    from crmtool.app.asking import check_named, parse_filter

    found = all_of([parse_filter(text, entity, workspace.registry, workspace.context) for text in texts])
    check_named(workspace.reader, found)
    return found


def joined(words: Sequence[str]) -> str:
    """Words of a command line as the text of a filter; what the shell took the quotes from gets them back.

    ``company=Acme Corp`` and ``company = "Acme Corp"`` as the shell hands them over are one value each.
    """
    out: list[str] = []
    for word in words:
        if out and " " in word and out[-1].casefold() in _SIGNS:
            out.append(_quoted(word))
        elif _one_value(word):
            name, _, value = word.partition("=")
            out.append(f"{name}={_quoted(value)}")
        else:
            out.append(word)
    return " ".join(out)


def _one_value(word: str) -> bool:
    """Whether a word is ``field=several words`` with nothing in it that looks like a filter going on."""
    name, _, value = word.partition("=")
    if " " in name or " " not in value.strip() or any(char in value for char in "\"'()=<>~"):
        return False
    return not any(part.casefold() in _WORDS for part in value.split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def instant_of(workspace: Workspace, text: str | None) -> str | None:
    """The instant of ``--effective``: a day as typed means its beginning."""
    if text is None:
        return None
    from crmtool.core.fields import Field
    from crmtool.core.kinds import INSTANT

    value: str | None = Field("effective", INSTANT, "--effective").parse(text, workspace.context)
    return value


def moment_of(workspace: Workspace, text: str | None) -> str | None:
    """The instant of ``--as-of``: the end of a day, or the very moment where a time is given."""
    if text is None:
        return None
    from crmtool.core import dates
    from crmtool.core.fields import Field
    from crmtool.core.kinds import DATE, INSTANT

    if ":" in text:
        value: str | None = Field("as_of", INSTANT, "--as-of").parse(text, workspace.context)
        return value
    day = Field("as_of", DATE, "--as-of").parse(text, workspace.context)
    return dates.day_bounds(day, workspace.zone)[1] if day else None
