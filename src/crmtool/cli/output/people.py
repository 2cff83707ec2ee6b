"""Records for people: the aligned table, the sheet of one record, and lines for screen readers.

Every value is escaped here. The table is the same on a terminal and in a pipe: there its width is fitted and
the header bold, here nothing is cut.
"""

from __future__ import annotations

from itertools import chain, islice

from crmtool.core.messages import t, tn
from crmtool.doors.safe import BIDI, escape, without_bidi
from crmtool.doors.values import shown
from crmtool.doors.width import cut, pad, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from crmtool.core.fields import Field

    Record = dict[str, Any]

SAMPLE = 200
_GAP = "  "
_LEAST = 6
_RIGHT = ("number", "money")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def table(
    records: Iterable[Record], fields: list[Field], *, headers: bool, columns: int | None, bold: bool
) -> Iterator[str]:
    """Aligned columns. Widths come from the first 200 records; a later, wider cell is cut on a terminal and
    moves its row elsewhere.
    """
    rows = ([shown(record, field) for field in fields] for record in records)
    sample = list(islice(rows, SAMPLE))
    if not sample:
        return
    titles = [escape(field.label()) for field in fields]
    widths = [
        max([width(title) if headers else 0, *(width(row[at]) for row in sample)])
        for at, title in enumerate(titles)
    ]
    if columns is not None:
        widths = fitted(widths, columns - len(_GAP) * (len(widths) - 1))
    right = [field.kind.name in _RIGHT and not field.multi for field in fields]
    if headers:
        line = _row(titles, widths, right, columns is not None)
        yield f"{_BOLD}{line}{_PLAIN}\n" if bold else f"{line}\n"
    for row in chain(sample, rows):
        yield _row(row, widths, right, columns is not None) + "\n"


def fitted(widths: list[int], room: int) -> list[int]:
    """``widths`` with the widest ones reduced, alike, until they fit in ``room``; none below what is still
    readable.
    """
    if sum(widths) <= room:
        return widths
    low, high = _LEAST, max(widths)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(w, middle) for w in widths) <= room else (low, middle - 1)
    spare = max(room - sum(min(w, low) for w in widths), 0)
    result = []
    for wanted in widths:
        extra = min(spare, max(wanted - low, 0))
        spare -= extra
        result.append(min(wanted, low) + extra)
    return result


def sheet(record: Record, fields: list[Field]) -> Iterator[str]:
    """One record, a value a line beside its label; empty values are left out, further lines of a text stand
    below its first.
    """
    rows = [(escape(field.label()), shown(record, field, lines=True)) for field in fields]
    rows = [(label, text) for label, text in rows if text]
    indent = max((width(label) for label, _ in rows), default=0) + len(_GAP)
    for label, text in rows:
        yield pad(label, indent) + text.replace("\n", "\n" + " " * indent) + "\n"


def spoken(records: Iterable[Record], fields: list[Field], total: int) -> Iterator[str]:
    """A list for a screen reader: how many, then a line for each with a label at every value, ids and
    instants last.
    """
    yield tn("{n} record.", "{n} records.", total) + "\n"
    ordered = spoken_order(fields)
    for number, record in enumerate(records, 1):
        place = t("{number} of {total}.", number=f"{number:,}", total=f"{total:,}")
        yield " ".join([place, *(_said(record, field) for field in ordered if shown(record, field))]) + "\n"


def spoken_sheet(record: Record, fields: list[Field]) -> Iterator[str]:
    """One record for a screen reader, a labelled value a line."""
    for field in spoken_order(fields):
        text = shown(record, field, lines=True)
        if text:
            yield t("{label}: {value}", label=escape(field.label()), value=text) + "\n"


def spoken_order(fields: list[Field]) -> list[Field]:
    """Fields as they are read aloud: what matters first, ids and instants last."""
    return sorted(fields, key=lambda field: field.key == "id" or field.kind.name == "instant")


def _said(record: Record, field: Field) -> str:
    value = "; ".join(part.strip() for part in shown(record, field, lines=True).split("\n") if part.strip())
    return t("{label}: {value}.", label=escape(field.label()), value=value.removesuffix("."))


def _row(cells: list[str], widths: list[int], right: list[bool], cutting: bool) -> str:
    line = []
    for text, columns, rightwards in zip(cells, widths, right, strict=True):
        if cutting and width(text) > columns:
            # Half a pair of bidirectional controls would act on the rest of the line.
            text = cut(without_bidi(text) if any(char in BIDI for char in text) else text, columns)
        line.append(pad(text, columns, right=rightwards))
    return _GAP.join(line).rstrip()
