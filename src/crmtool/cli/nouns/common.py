"""What the verbs share: their parameters, the record that a word means, and the filter of a command line."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.core.messages import t
from crmtool.core.query import all_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

REFERENCE = t("An exact name, @handle, e-mail address, phone number or id.")

Reference = Annotated[str, typer.Argument(metavar="RECORD", help=REFERENCE)]
References = Annotated[list[str], typer.Argument(metavar="RECORD", help=REFERENCE)]
Json = Annotated[bool, typer.Option("--json", help=t("print what was changed as JSON"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=t("show what would happen, and change nothing"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=t("do it without asking"))]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FILE", help=t("read records from a CSV, JSON or NDJSON file; “-” is stdin")
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="FILTER", help=t("all records that match; several filters must all match")
    ),
]
Effective = Annotated[
    str | None, typer.Option("--effective", metavar="DATE", help=t("when it really happened, if not now"))
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=t("as it was at the end of that day"))
]

# Signs after which a word that was quoted in the shell is one value of a filter.
_SIGNS = ("=", "!=", "<>", "~", "!~", "=~", "==", "<", "<=", ">", ">=", "≠", "≤", "≥", "has", "is", "not")


def find(workspace: Workspace, entity: Entity, text: str, *, trash: str = "without") -> str:
    """The id of the one record that a word means. Raises ``NotFoundError`` or ``AmbiguousError``."""
    from crmtool.app.resolve import resolve

    return resolve(workspace.reader, workspace.registry.entity(entity.key), text, trash=trash)


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


def condition(
    workspace: Workspace, entity: Entity, words: Sequence[str] = (), filters: Sequence[str] = ()
) -> Node | None:
    """The filter that the words of a command line and its ``--where`` options make together; ``None`` for none."""
    texts = [*([joined(words)] if words else []), *filters]
    if not texts:
        return None
    from crmtool.app.asking import parse_filter

    return all_of([parse_filter(text, entity, workspace.registry, workspace.context) for text in texts])


def joined(words: Sequence[str]) -> str:
    """Words of a command line as the text of a filter; what the shell took the quotes from gets them back.

    ``company=Acme Corp`` and ``company = "Acme Corp"`` as the shell hands them over are one value each.
    """
    if len(words) == 1 and not _one_value(words[0]):
        return words[0]
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
    return not any(part.casefold() in ("and", "or", "not", "has", "in", "is") for part in value.split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def named(record: dict[str, Any], entity: Entity) -> str:
    """A record in a sentence: its name, or its handle where it has none."""
    from crmtool.core.ids import handle

    return str(record.get(entity.name_field) or f"@{handle(record['id'])}")
