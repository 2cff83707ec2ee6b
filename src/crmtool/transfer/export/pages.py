"""Tables for people to read: Markdown and HTML, with values as they are shown and headings in the person's language."""

from __future__ import annotations

import re
from html import escape

from crmtool.core.messages import tn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtool.core.fields import Field
    from crmtool.transfer.export.tables import Export, Table

# What Markdown takes as its own inside a table's cell; a line end there is the one thing it has no other word for than HTML's.
_MARKS = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NUMBERS = ("number", "money")

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 1.5rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; margin-block-end: 2rem }
caption { text-align: start; font-size: 1.25rem; font-weight: 600; padding-block: .5rem }
th, td { text-align: start; vertical-align: top; padding: .25rem .75rem; white-space: pre-line }
tr { border-block-end: 1px solid #8886 }
thead th { position: sticky; inset-block-start: 0; background: Canvas }
th[scope=row] { font-weight: 600 }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }
"""


def markdown(export: Export) -> Iterator[str]:
    """A table each (GitHub's dialect); with a heading where there are several."""
    for number, table in enumerate(export.tables):
        if number:
            yield "\n"
        if len(export.tables) > 1:
            yield f"## {markdown_text(table.title)}\n\n"
        yield _row(markdown_text(field.label()) for field in table.fields)
        yield _row("---:" if field.kind.name in _NUMBERS else "---" for field in table.fields)
        for cells in _shown(export, table):
            yield _row(map(markdown_text, cells))


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    text = _CONTROLS.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    return _MARKS.sub(r"\\\1", text).replace("\n", "<br>")


def html(export: Export) -> Iterator[str]:
    """A page that needs nothing beside it: no scripts, no fonts, nothing fetched; each table with a caption and named headings.

    Every cell finds the direction of its text by itself, so that names in any script stand as they are written.
    """
    yield (
        f'<!DOCTYPE html>\n<html lang="{escape(export.language)}" dir="auto">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{html_text(export.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    for table in export.tables:
        yield from _html_table(export, table)
    yield "</main>\n</body>\n</html>\n"


def html_text(text: str) -> str:
    """Text in a page, without characters that no page may hold."""
    return escape(_CONTROLS.sub("\ufffd", _LINE_ENDS.sub("\n", text)))


def _html_table(export: Export, table: Table) -> Iterator[str]:
    name = html_text(table.title)
    yield f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">\n<table>\n<caption dir="auto">{name}</caption>\n'
    heads = "".join(
        f'<th scope="col" dir="auto"{_number(field)}>{html_text(field.label())}</th>'
        for field in table.fields
    )
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    # The name heads its row, so that a screen reader says whose value a cell is.
    at = next((i for i, field in enumerate(table.fields) if field.key == table.entity.name_field), -1)
    count = 0
    for cells in _shown(export, table):
        count += 1
        yield "<tr>"
        for index, (field, text) in enumerate(zip(table.fields, cells, strict=True)):
            if index == at:
                yield f'<th scope="row" dir="auto">{html_text(text)}</th>'
            else:
                yield f'<td dir="auto"{_number(field)}>{html_text(text)}</td>'
        yield "</tr>\n"
    total = html_text(tn("{n} record", "{n} records", count))
    yield f"</tbody>\n</table>\n</div>\n<p>{total}</p>\n"


def _number(field: Field) -> str:
    return ' class="number"' if field.kind.name in _NUMBERS else ""


def _shown(export: Export, table: Table) -> Iterator[list[str]]:
    """The rows as people read them."""
    columns = [(field.key, field, field.kind.display) for field in table.fields]
    for record in export.reader.records(table.query):
        yield [display(record.get(key), field) for key, field, display in columns]
        export.count(1)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
