"""Cutting a filter into words, quoted strings and signs, on demand: what a word is depends on what the parser expects there."""

from __future__ import annotations

from crmtool.core.errors import FilterError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtool.core.query import Path

KEYWORDS = frozenset(("and", "or", "not", "in", "has", "is"))
QUOTES = "\"'"
# Longest first. The right column is what the sign means.
SIGNS = (
    ("!=", "!="), ("<>", "!="), ("!~", "!~"), ("<=", "<="), (">=", ">="), ("==", "="), ("=~", "~"),
    ("=", "="), ("<", "<"), (">", ">"), ("~", "~"), ("≠", "!="), ("≤", "<="), ("≥", ">="),
)  # fmt: skip
_SIGN_CHARS = "=<>~≠≤≥"
_SHOWN_BEFORE, _SHOWN = 50, 90


class Word(Struct):
    """A piece of the text: what it says, where it stands, whether it was quoted."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def keyword(self) -> str:
        """The keyword this is, in lower case, or ``""``."""
        word = self.text.lower()
        return word if not self.quoted and word in KEYWORDS else ""


class Scanner:
    """A position in the text of a filter, and what the parser last looked for there (completion reads it)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.wanted: tuple[str, Path | None] = ("term", None)

    def want(self, what: str, path: Path | None = None) -> None:
        """Note what may come next: ``term operator value word is more``; ``path`` is the field at hand."""
        self.wanted = (what, path)

    def skip(self) -> None:
        """Move over blanks."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def ended(self) -> bool:
        self.skip()
        return self.at >= len(self.text)

    def peek(self) -> str:
        """The next character that is no blank; ``""`` at the end."""
        self.skip()
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        """Move over ``mark`` if it comes next."""
        self.skip()
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def sign(self) -> str | None:
        """Move over a comparison sign and answer what it means."""
        self.skip()
        for spelling, meaning in SIGNS:
            if self.text.startswith(spelling, self.at):
                self.at += len(spelling)
                return meaning
        return None

    def at_sign(self) -> bool:
        """Whether a comparison sign comes next."""
        at = self.at
        found = self.sign() is not None
        self.at = at
        return found

    def word(self) -> Word:
        """A bare word or a quoted string where a condition may begin; empty before a sign, bracket or the end."""
        self.skip()
        if self.peek() in QUOTES and not self.ended():
            return self._quoted()
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or char in "()," or char in _SIGN_CHARS:
                break
            if char == "!" and self.text[self.at + 1 : self.at + 2] in ("=", "~"):
                break
            self.at += 1
        return Word(self.text[start : self.at], start, self.at)

    def value(self, *, ranges: bool, listed: bool) -> Word:
        """A value: signs may stand inside it, brackets in pairs. ``ranges``: ``..`` ends it; ``listed``: a comma does."""
        self.skip()
        if self.peek() in QUOTES and not self.ended():
            return self._quoted()
        start, depth = self.at, 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or (char == ")" and depth == 0) or (listed and char == ","):
                break
            if ranges and self.text.startswith("..", self.at):
                break
            depth += (char == "(") - (char == ")")
            self.at += 1
        return Word(self.text[start : self.at], start, self.at)

    def next_keyword(self) -> str:
        """The keyword that comes next, or ``""``; does not move."""
        at = self.at
        found = self.word().keyword if self.peek() not in QUOTES else ""
        self.at = at
        return found

    def _quoted(self) -> Word:
        start = self.at
        quote = self.text[start]
        out: list[str] = []
        at = start + 1
        while at < len(self.text):
            char = self.text[at]
            if char == quote:
                self.at = at + 1
                return Word("".join(out), start, self.at, True)
            if char == "\\" and at + 1 < len(self.text):
                at += 1
                char = self.text[at]
            out.append(char)
            at += 1
        raise self.error(
            Message("A quote is opened and not closed."),
            Message("Close it with {quote}.", quote=quote),
            start,
            start + 1,
            [quote],
        )

    def error(
        self, sentence: Message, hint: Message | None, start: int, end: int, expected: Iterable[str] = ()
    ) -> FilterError:
        """The error that points at ``start`` to ``end`` of the text; the pointer may stand one behind its last character."""
        line, pointer = pointed(self.text, start, end)
        return FilterError(
            Message("{sentence}\n  {text}\n  {pointer}", sentence=sentence, text=line, pointer=pointer),
            hint,
            text=self.text,
            position=start,
            expected=list(expected),
        )


def pointed(text: str, start: int, end: int) -> tuple[str, str]:
    """The part of ``text`` around a place, on one line, and a line of carets for below it, aligned for wide characters."""
    first = max(0, start - _SHOWN_BEFORE) if len(text) > _SHOWN else 0
    last = min(len(text), first + _SHOWN)
    line = "".join(char if char.isprintable() else " " for char in text[first:last])
    ahead = _width(line[: start - first])
    marked = max(1, _width(line[start - first : max(start, min(end, last)) - first]))
    if first:
        line, ahead = "…" + line, ahead + 1
    return line + ("…" if last < len(text) else ""), " " * ahead + "^" * marked


def _width(text: str) -> int:
    """Terminal columns of the text."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def plain(text: str) -> str:
    """A piece of the filter as a sentence may quote it: one line, no control characters, not endless."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= 40 else text[:39] + "…"
