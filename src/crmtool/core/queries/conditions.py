"""What stands behind a field: a sign or word of comparison, and values."""

from __future__ import annotations

from crmtool.core.errors import FilterError
from crmtool.core.messages import Message
from crmtool.core.money import parse_money
from crmtool.core.queries import values
from crmtool.core.queries.scanner import Word, plain
from crmtool.core.query import Empty, Match, Not

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.queries.scanner import Scanner
    from crmtool.core.query import Node, Path

EQUALS = ("=", "!=")


class Conditions:
    """Reads conditions on a field that is known already."""

    def __init__(self, scanner: Scanner, ctx: Context) -> None:
        self.scanner = scanner
        self.ctx = ctx

    def after_sign(self, path: Path, op: str, at: int) -> Node:
        """``path op value`` or ``path = range``, from behind the sign, which stands at ``at``."""
        if op in ("~", "!~"):
            self._allow(path, op, at)
            return Match(path, self.text(path).text, op == "!~")
        if op in EQUALS and self._take_range():
            return self._range(path, op, None, spaced=False)
        word = self._value(path, ranges=op in EQUALS)
        if word.quoted and not word.text.strip() and op in EQUALS:
            return Empty(path, op == "!=")
        self._allow(path, op, at)
        behind = self.scanner.at
        if op in EQUALS and self._take_range():
            return self._range(path, op, word, spaced=not self.scanner.text.startswith("..", behind))
        return values.compare(path, op, self._read(path, word))

    def after_in(self, path: Path, negated: bool, at: int) -> Node:
        """``path in (a, b)``, from behind ``in``."""
        scanner = self.scanner
        self._allow(path, "in", at)
        if not scanner.take("("):
            hint = Message("Write {example}.", example=f"{path} in (a, b)")
            if ".." in path.field.kind.operators and not values.several(path.field):
                hint = Message(
                    "Write {example}, or a range as {range}.",
                    example=f"{path} in (a, b)",
                    range=f"{path} = a..b",
                )
            raise scanner.error(
                Message("The values after “in” stand in brackets."),
                hint,
                scanner.at, scanner.at + 1, ["("],
            )  # fmt: skip
        found: list[Any] = []
        closed = scanner.take(")")
        while not closed:
            word = self._value(path, listed=True)
            found.append(self._read(path, word))
            closed = scanner.take(")")
            if not closed and not scanner.take(","):
                raise scanner.error(
                    Message("The values in the brackets are separated by commas, and a bracket ends them."),
                    Message("Quote a value of several words."),
                    scanner.at, scanner.at + 1, [",", ")"],
                )  # fmt: skip
        node = values.one_of(path, found)
        return Not(node) if negated else node

    def after_has(self, path: Path, at: int) -> Node:
        """``path has value``, from behind ``has``."""
        self._allow(path, "has", at)
        return values.compare(path, "=", self._read(path, self._value(path)))

    def after_is(self, path: Path, at: int) -> Node:
        """``path is [not] empty``, ``set`` or a value, from behind ``is``."""
        scanner = self.scanner
        negated = scanner.next_keyword() == "not"
        if negated:
            scanner.word()
        before = scanner.at
        scanner.want("is", path)
        if not scanner.ended():
            word = scanner.word()
            state = "" if word.quoted else word.text.casefold()
            if state in ("empty", "set"):
                scanner.want("more")
                return Empty(path, negated != (state == "set"))
            scanner.at = before
        return self.after_sign(path, "!=" if negated else "=", at)

    def text(self, path: Path | None) -> Word:
        """A text to look for."""
        word = self._value(path)
        if not word.text.strip():
            raise self.scanner.error(
                Message("A text to look for is missing here."), None, word.start, word.end, ["a text"]
            )
        self.scanner.want("more")
        return word

    # -- ranges ----------------------------------------------------------------------------------------------------

    def range_behind(self, path: Path, field: Word) -> FilterError | None:
        """The error for a range that stands behind a field without a sign; the scanner is left anywhere."""
        scanner = self.scanner
        if path.field.kind.name not in values.MEASURED or values.several(path.field) or scanner.ended():
            return None
        word = scanner.word()
        low, dots, high = word.text.partition("..")
        if word.quoted:
            return None
        if word.text.casefold() == "between" and not scanner.ended():
            ends = self._ends()
        elif dots and (low or high) and all(self._readable(path, end) for end in (low, high) if end):
            ends = word.text
        else:
            return None
        return scanner.error(
            Message("A field and its range are joined by “=”."),
            Message("Write {example}; to search for these words, quote them.", example=plain(f"{field.text} = {ends}")),
            field.start, word.end, values.operators(path.field),
        )  # fmt: skip

    def _ends(self) -> str:
        """``1 and 5`` behind ``between`` as a range."""
        scanner = self.scanner
        low = scanner.word().text
        if scanner.next_keyword() != "and":
            return "a..b"
        scanner.word()
        high = scanner.word().text
        return f"{low}..{high}" if low and high else "a..b"

    def _readable(self, path: Path, text: str) -> bool:
        try:
            values.read(self.scanner, path.field, Word(text, 0, len(text)), self.ctx)
        except FilterError:
            return False
        return True

    def _take_range(self) -> bool:
        at = self.scanner.at
        if self.scanner.take(".."):
            return True
        self.scanner.at = at
        return False

    def _range(self, path: Path, op: str, first: Word | None, *, spaced: bool) -> Node:
        """A range from behind its dots; ``spaced`` says that blanks stood before them and may stand after."""
        scanner = self.scanner
        dots = scanner.at - 2
        if ".." not in path.field.kind.operators or values.several(path.field):
            raise self._refused(path, "..", dots, 2)
        high_open = scanner.text.startswith("<", scanner.at)
        scanner.at += high_open
        if spaced:
            scanner.skip()
        following = scanner.text[scanner.at : scanner.at + 1]
        second = None
        if following and following != ")" and not following.isspace():
            second = self._value(path, ranges=True)
        if second is None and (first is None or high_open):
            scanner.want("value", path)
            raise scanner.error(
                Message("A range has a value at one end at least."),
                Message("Write {example}.", example="100..500, 100.. or ..500"),
                dots, scanner.at, ["a value"],
            )  # fmt: skip
        low = None if first is None else self._read(path, first)
        high = None if second is None else self._read(path, second)
        if first is not None and second is not None:
            low, high = self._one_currency(first, low, second, high)
            if values.backwards(low, high):
                raise scanner.error(
                    Message("The range ends before it begins."),
                    Message("Write the smaller value first."),
                    first.start,
                    second.end,
                )
        elif scanner.at == len(scanner.text):
            scanner.want("value", path)
        node = values.between(path, low, high, high_open)
        return Not(node) if op == "!=" else node

    def _one_currency(self, first: Word, low: Any, second: Word, high: Any) -> tuple[Any, Any]:
        """In ``100..500 USD`` the currency is meant for both ends."""
        if not (isinstance(low, list) and isinstance(high, list)) or low[1] == high[1]:
            return low, high
        low = parse_money(first.text, high[1]) or low
        if low[1] != high[1]:
            high = parse_money(second.text, low[1]) or high
        if low[1] != high[1]:
            raise self.scanner.error(
                Message("The ends of the range are in different currencies."), None, first.start, second.end
            )
        return low, high

    # -- values ----------------------------------------------------------------------------------------------------

    def _value(self, path: Path | None, *, ranges: bool = False, listed: bool = False) -> Word:
        """The next value as it is written."""
        scanner = self.scanner
        if scanner.ended():
            if scanner.wanted[0] != "is":
                scanner.want("value" if path else "word", path)
            raise scanner.error(
                Message("The filter ends where a value is expected."),
                Message("For records without one, write {example}.", example=f"{path} is empty") if path else None,
                len(scanner.text), len(scanner.text), ["a value"],
            )  # fmt: skip
        word = scanner.value(ranges=ranges, listed=listed)
        if word.quoted:
            return word
        if word.keyword:
            raise scanner.error(
                Message("A value is missing before “{word}”.", word=word.text),
                Message("If it is the value, quote it."),
                word.start, word.end, ["a value"],
            )  # fmt: skip
        if word.text.startswith("("):
            raise scanner.error(
                Message("A value does not begin with a bracket."),
                Message("For one of several values write {example}; otherwise quote it.", example=f"{path or '…'} in (a, b)"),
                word.start, word.start + 1, ["a value"],
            )  # fmt: skip
        if len(word.text) > 1 and word.text.endswith(","):
            raise scanner.error(
                Message("A value that holds a comma is quoted."),
                Message("For one of several values write {example}.", example=f"{path or '…'} in (a, b)"),
                word.start, word.end, ["a value"],
            )  # fmt: skip
        if not word.text or word.text[0] in "=<>~!,":
            raise scanner.error(
                Message("A value is missing here."),
                Message("Write it before the next sign, or quote it where it begins with one."),
                word.start, word.start + 1, ["a value"],
            )  # fmt: skip
        return word if path is None else values.whole_value(scanner, path.field, word)

    def _read(self, path: Path, word: Word) -> Any:
        self.scanner.want("more")
        return values.read(self.scanner, path.field, word, self.ctx)

    def _allow(self, path: Path, op: str, at: int) -> None:
        if op not in values.operators(path.field):
            raise self._refused(path, op, at, len(op))

    def _refused(self, path: Path, op: str, at: int, length: int) -> Exception:
        allowed: Sequence[str] = values.operators(path.field)
        return self.scanner.error(
            Message("“{operator}” does not work with “{field}”.", operator=op, field=str(path)),
            Message("What works with it: {operators}.", operators="  ".join(allowed)),
            at, at + length, allowed,
        )  # fmt: skip
