"""How many columns a text takes on a terminal, and cutting it there without splitting a grapheme.

Most text is plain: ASCII, or letters that are each a grapheme of known width. ``wcwidth`` (28 ms to import)
is asked only for text with combining marks, joiners, emoji or scripts beyond these ranges.
"""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ELLIPSIS = "…"

# (first, last, width): every assigned letter or sign in between stands alone and has this width.
_PLAIN = (
    (0x0020, 0x007E, 1),  # ASCII
    (0x00A0, 0x00AC, 1),  # Latin-1 up to the soft hyphen
    (0x00AE, 0x02FF, 1),  # Latin-1 and Latin extended
    (0x0370, 0x0482, 1),  # Greek, Cyrillic
    (0x048A, 0x0556, 1),  # Cyrillic extended, Armenian
    (0x05D0, 0x05EA, 1),  # Hebrew
    (0x0620, 0x064A, 1),  # Arabic
    (0x0660, 0x066F, 1),  # Arabic digits and marks
    (0x1E00, 0x1FFF, 1),  # Latin and Greek additional
    (0x2010, 0x2027, 1),  # dashes, quotes, bullets, ellipsis
    (0x20A0, 0x20C0, 1),  # currencies
    (0x3001, 0x3029, 2),  # CJK punctuation
    (0x3041, 0x3096, 2),  # Hiragana
    (0x30A0, 0x30FF, 2),  # Katakana
    (0x3400, 0x4DBF, 2),  # CJK extension A
    (0x4E00, 0x9FFF, 2),  # CJK
    (0xAC00, 0xD7A3, 2),  # Hangul
    (0xFF01, 0xFF60, 2),  # full-width forms
)
_STARTS = [first for first, _, _ in _PLAIN]


def width(text: str) -> int:
    """The columns that printable ``text`` takes."""
    if text.isascii():
        return len(text)
    total = 0
    for char in text:
        columns = _plain_width(char)
        if columns is None:
            return sum(columns for _, columns in _graphemes(text))
        total += columns
    return total


def cut(text: str, columns: int) -> str:
    """``text`` if it fits in ``columns``, otherwise its beginning and an ellipsis, ``columns`` wide or one
    less.
    """
    if len(text) * 2 <= columns or width(text) <= columns:
        return text
    if text.isascii():
        return text[: max(columns - 1, 0)] + ELLIPSIS
    kept, left = [], columns - 1
    for grapheme, taken in _graphemes(text):
        if taken > left:
            break
        kept.append(grapheme)
        left -= taken
    return "".join(kept) + ELLIPSIS


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled up with spaces to ``columns``, on the left when it is to stand ``right``."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def _plain_width(char: str) -> int | None:
    code = ord(char)
    at = bisect_right(_STARTS, code) - 1
    if at < 0:
        return None
    _, last, columns = _PLAIN[at]
    return columns if code <= last else None


def _graphemes(text: str) -> Iterator[tuple[str, int]]:
    plain = [(char, _plain_width(char)) for char in text]
    if any(columns is None for _, columns in plain):
        import wcwidth

        for grapheme in wcwidth.iter_graphemes(text):
            yield grapheme, max(wcwidth.wcswidth(grapheme), 0)
        return
    for char, columns in plain:
        yield char, columns or 0
