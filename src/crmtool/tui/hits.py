"""What a search finds, as lines to choose from: kind, name, whose it is, and the words that were looked for marked in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from crmtool.core import tokens
from crmtool.doors import finding
from crmtool.doors.safe import escape
from crmtool.doors.values import shown
from crmtool.doors.width import cut, pad
from crmtool.store.search import find
from crmtool.tui.text import REMARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.tokens import SearchQuery
    from crmtool.store.search import Hit

MOST = 50
KIND_WIDTH = 9
MARK = "bold underline"  # no colour: it stays visible in every theme and without colours
_WORD = re.compile(r"\w+")


class Found(NamedTuple):
    """One answer: the record, the line to show, and the record in full for the preview."""

    entity: str
    record: str
    line: Content
    whole: str


def found(workspace: Workspace, text: str, entities: Sequence[str] | None) -> list[Found]:
    """The best records for what was typed. For the lane of pages: it reads the workspace."""
    query = tokens.parse_query(text)
    return [
        _found(workspace, hit, query) for hit in find(workspace.reader, text, entities=entities, limit=MOST)
    ]


def _found(workspace: Workspace, hit: Hit, query: SearchQuery) -> Found:
    entity = workspace.registry.entity(hit.entity)
    parts = [
        Content.styled(pad(cut(entity.label(), KIND_WIDTH), KIND_WIDTH), REMARK),
        marked(str(hit.record.get(entity.name_field) or "–"), query),
    ]
    whose, where = finding.at(hit), finding.match(entity, hit)
    if whose:
        parts.append(marked(whose, query))
    if where:
        parts.append(marked(where, query))
    fields = [field for field in workspace.reader.visible_fields(entity) if not field.hidden]
    filled = [field for field in fields if hit.record.get(field.key) not in (None, "", [])]
    whole = "\n".join(f"{field.label()}: {shown(hit.record, field, lines=True)}" for field in filled)
    return Found(entity.key, hit.record["id"], Content("  ").join(parts), whole)


def marked(text: str, query: SearchQuery) -> Content:
    """``text``, escaped, with what a search looked for marked in it."""
    content = Content(escape(" ".join(text.split())))
    wanted = {token for phrase in query.words for token in phrase}
    digits = query.digits
    if digits and tokens.phone_same(text, digits):
        return content.stylize(MARK)
    for word in _WORD.finditer(content.plain):
        for start, end in _matches(word[0], wanted):
            content = content.stylize(MARK, word.start() + start, word.start() + end)
    return content


def _matches(word: str, wanted: set[str]) -> list[tuple[int, int]]:
    """Where the beginnings of a word, or single characters of a script without blanks, are what is looked for."""
    made = tokens.words(word)
    if len(made) > 1:
        return [(at, at + 1) for at, char in enumerate(word) if tokens.fold(char) in wanted]
    lengths = [len(token) for token in wanted if made and made[0].startswith(token)]
    if not lengths:
        return []
    same = len(made[0]) == len(word)  # folding one letter to two would move the end
    return [(0, max(lengths) if same else len(word))]
