"""The cells of a worksheet: from a row of the store to SpreadsheetML, typed, within the limits of the format.

An expression writes a whole row (see ``spelling``), each cell as ``<c r="B`` + number of the row + what a function here answers.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from tempfile import SpooledTemporaryFile

from crmtool.core.jsontext import dumps, loads
from crmtool.core.messages import t
from crmtool.core.money import decimal_text, minor_units
from crmtool.transfer.export.spelling import OWN_TEXT, TEXTUAL, Maker, reference_text, value_of
from crmtool.transfer.guard import SUSPECT, guarded, guarded_phone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Self

    from crmtool.transfer.export.columns import Column, Row, Rows

ROW_LIMIT = 1_048_576
CELL_LIMIT = 32_767  # in UTF-16 units
_SURELY_SHORT = CELL_LIMIT // 2
_EXACT = 10**15  # what a number in a cell keeps of an amount's digits
_FIRST_DAY = date(1900, 3, 1)  # before it the format believes in a 29 February 1900
_EPOCH = date(1899, 12, 30).toordinal()
_DAY_MS = 86_400_000

# Positions of the styles below.
HEAD, DAY, MOMENT, QUOTED, WHOLE, HUNDREDTHS, THOUSANDTHS = range(1, 8)
_MONEY_STYLES = {0: WHOLE, 2: HUNDREDTHS, 3: THOUSANDTHS}
_FORMATS = {
    164: "yyyy-mm-dd",
    165: 'yyyy-mm-dd hh:mm:ss.000"Z"',  # the moments are UTC, and say so
    166: "#,##0",
    167: "#,##0.00",
    168: "#,##0.000",
}
_WIDTHS = {
    "text": 22, "longtext": 50, "email": 28, "phone": 18, "url": 30, "address": 40, "number": 12, "money": 14, "date": 12,
    "instant": 24, "yesno": 10, "choice": 14, "multichoice": 20, "tags": 20, "reference": 24, "file": 24, "json": 30,
}  # fmt: skip
_ID_WIDTH = 38

_TO_ESCAPE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^[ \t\n]|[ \t\n]$|\n")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def text_body(text: str) -> str:
    """What stands in a cell of this text, behind its style: characters that XML cannot hold as the format spells them."""
    if _TO_ESCAPE.search(text) is None:
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    text = _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


class Overflow:
    """Texts that no cell can hold, kept outside of memory until they get a sheet of their own."""

    def __init__(self) -> None:
        self.count = 0
        self._file = SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8", newline="\n")  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def cut(self, sheet: str, ident: str, field: str, text: str) -> str:
        """What the cell says instead: the beginning, and where the whole text is."""
        self.count += 1
        self._file.write(dumps([sheet, ident, field, text]) + "\n")
        note = t(
            " … [cut: {n} characters in all, see the sheet “{sheet}”]", n=len(text), sheet=t("Long texts")
        )
        return next(_pieces(text, CELL_LIMIT - _units(note))) + note

    def pieces(self) -> Iterator[tuple[str, str, str, int, str]]:
        """(sheet, id, field, number of the piece, text) of all that was cut, in pieces that cells can hold."""
        self._file.seek(0)
        for line in self._file:
            sheet, ident, field, text = loads(line.rstrip("\n"))
            for number, piece in enumerate(_pieces(text, CELL_LIMIT), 1):
                yield sheet, ident, field, number, piece


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Parts of at most ``limit`` UTF-16 units, none of which ends within a character."""
    begin = used = 0
    for at, char in enumerate(text):
        units = 2 if ord(char) > 0xFFFF else 1
        if used + units > limit:
            yield text[begin:at]
            begin, used = at, 0
        used += units
    yield text[begin:]


class SheetCells:
    """The headings, widths and lines of one table's sheet."""

    def __init__(self, rows: Rows, overflow: Overflow, sheet: str, *, raw: bool) -> None:
        self._overflow = overflow
        self._sheet = sheet
        self._raw = raw
        self._heads: list[tuple[str, float]] = []
        self._ident = next((column.at for column in rows.columns if column.field.key == "id"), None)
        maker = Maker(rows)
        cells = [cell for column in rows.columns for cell in self._cells(maker, column)]
        made = f"lambda r, n: '<row r=\"' + n + '\">' + {' + '.join(cells)} + '</row>'"
        self._line: Callable[[Row, str], str] = eval(made, maker.scope)  # noqa: S307 - see ``spelling``

    @property
    def columns(self) -> int:
        return len(self._heads)

    @property
    def widths(self) -> list[float]:
        return [width for _, width in self._heads]

    def head(self) -> str:
        """The row of headings."""
        return head_row([name for name, _ in self._heads])

    def line(self, row: Row, number: int) -> str:
        """One row of the sheet."""
        return self._line(row, str(number))

    def _cells(self, maker: Maker, column: Column) -> list[str]:
        """The expressions of a column: one, or two of an amount and its currency."""
        field, kind = column.field, column.field.kind.name
        x = maker.value(column)
        one = not field.multi and not field.kind.collection
        width = (
            _ID_WIDTH
            if (kind in ("reference", "file") and not column.named) or field.key == "id"
            else _WIDTHS.get(kind, 20)
        )
        if one and kind == "money":
            return self._money(maker, column, x)
        function: Callable[..., str]
        if column.named:
            names = maker.rows.names_of(column)
            return [self._cell(column.name, width, f"(v := {x})", f"{maker.bind(names)}[v]")]
        if one and kind == "number":
            function = _number
        elif one and kind == "yesno":
            function = _yes_no
        elif one and kind in OWN_TEXT:
            function = _day if kind == "date" else _moment
        else:
            return [self._cell(column.name, width, f"(v := {x})", f"{maker.bind(self._text(column))}(v, r)")]
        return [self._cell(column.name, width, f"(v := {x})", f"{maker.bind(function)}(v)")]

    def _cell(self, name: str, width: float, value: str, body: str) -> str:
        at = column_name(len(self._heads))
        self._heads.append((name, width))
        return f"('' if {value} is None else '<c r=\"{at}' + n + '\"' + {body})"

    def _money(self, maker: Maker, column: Column, x: str) -> list[str]:
        pair = (
            x
            if column.field.own_key
            else f"(None if r[{column.at}] is None else (r[{column.at}], r[{column.at + 1}]))"
        )
        amount = self._cell(
            column.name, _WIDTHS["money"], f"(m := {pair})", f"{maker.bind(_amount)}(m[0], m[1])"
        )
        currency = self._cell(f"{column.name}_currency", 10, "m", f"{maker.bind(text_body)}(m[1])")
        return [amount, currency]

    def _text(self, column: Column) -> Callable[[Any, Row], str]:
        field, to_csv, read = column.field, column.field.kind.to_csv, value_of(column)
        plain = not field.multi and not field.kind.collection and field.kind.name in TEXTUAL
        check = guarded_phone if field.kind.name == "phone" else guarded
        ident, raw = self._ident, self._raw

        def body(value: Any, row: Row) -> str:
            text: str = value if plain else to_csv(read(value), field)
            if len(text) > _SURELY_SHORT and _units(text) > CELL_LIMIT:
                text = self._overflow.cut(
                    self._sheet, row[ident] if ident is not None else "", column.name, text
                )
            if not raw and text[:1] in SUSPECT and check(text) is not text:
                return f' s="{QUOTED}"{text_body(text)}'
            return text_body(text)

        return body


def reference_body(ident: str | None, name: str | None, deleted: bool) -> str:
    """How a cell shows a reference, for ``Rows``."""
    text = reference_text(ident, name, deleted)
    style = f' s="{QUOTED}"' if guarded(text) is not text else ""
    return f"{style}{text_body(text)}"


def plain_reference_body(ident: str | None, name: str | None, deleted: bool) -> str:
    """The same without the mark of text."""
    return text_body(reference_text(ident, name, deleted))


def head_row(names: list[str]) -> str:
    cells = (f'<c r="{column_name(i)}1" s="{HEAD}"{text_body(name)}' for i, name in enumerate(names))
    return f'<row r="1">{"".join(cells)}</row>'


def _number(value: float) -> str:
    return f"><v>{int(value) if value == int(value) else value!r}</v></c>"


def _yes_no(value: object) -> str:
    return f' t="b"><v>{1 if value else 0}</v></c>'


def _amount(minor: int, currency: str) -> str:
    text = decimal_text(minor, currency)
    if abs(minor) >= _EXACT:
        return text_body(text)
    return f' s="{_MONEY_STYLES[minor_units(currency) or 0]}"><v>{text}</v></c>'


@lru_cache(maxsize=10_000)
def _day(text: str) -> str:
    serial = _serial(text)
    return text_body(text) if serial is None else f' s="{DAY}"><v>{serial}</v></c>'


def _moment(text: str) -> str:
    """``2026-05-31T12:30:00.000Z``, the one spelling of an instant, as days since the epoch of the format."""
    serial = _serial(text[:10])
    if serial is None:
        return text_body(text)
    since = ((int(text[11:13]) * 60 + int(text[14:16])) * 60 + int(text[17:19])) * 1000 + int(text[20:23])
    return f' s="{MOMENT}"><v>{serial + since / _DAY_MS:.10f}</v></c>'


@lru_cache(maxsize=10_000)
def _serial(text: str) -> int | None:
    """The number of a day; ``None`` for one that the format does not know, or that is no whole date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.toordinal() - _EPOCH if day >= _FIRST_DAY else None


def column_name(index: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def styles(namespace: str) -> str:
    """The formats that cells name by position."""
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for number, code in _FORMATS.items()
    )
    numbered = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in _FORMATS
    ).split("/>")[:-1]
    day, moment, *money = (f"{style}/>" for style in numbered)
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    head = '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    quoted = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    cells = [plain, head, day, moment, quoted, *money]
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{namespace}"><numFmts count="{len(_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
