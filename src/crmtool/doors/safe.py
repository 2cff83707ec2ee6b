"""Text from records is hostile: nothing a terminal would obey reaches one unescaped.

Control characters (C0, DEL, C1), line and paragraph separators and lone surrogates are shown as escapes.
Bidirectional controls pass where they are paired inside the text, since people write with them and sentences
isolate values with them; one that would reach beyond the text it stands in is shown as an escape.
"""

from __future__ import annotations

_NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _written(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


_CONTROLS: dict[int, str] = {
    code: _written(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
}
_CONTROLS |= {ord(char): text for char, text in _NAMED.items()}

_EMBEDDINGS = "\u202a\u202b\u202d\u202e"  # LRE RLE LRO RLO, each ended by PDF
_ISOLATES = "\u2066\u2067\u2068"  # LRI RLI FSI, each ended by PDI
_PDF, _PDI = "\u202c", "\u2069"
BIDI = _EMBEDDINGS + _ISOLATES + _PDF + _PDI


def escape(text: str, *, lines: bool = False) -> str:
    """``text`` with everything escaped that could act on a terminal. ``lines`` keeps line feeds, for text
    shown in full.
    """
    if (
        text.isprintable()
    ):  # the common case: no control, format, surrogate or separator character but the space
        return text
    if lines and "\n" in text:
        return "\n".join(escape(line) for line in text.split("\n"))
    text = text.translate(_CONTROLS)
    if any(char in text for char in BIDI):
        text = _pair(text)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        text = "".join(_written(ord(char)) if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def without_bidi(text: str) -> str:
    """``text`` without bidirectional controls, for a cell that is cut and would lose the end of a pair."""
    return "".join(char for char in text if char not in BIDI)


def _pair(text: str) -> str:
    """Escape the bidirectional controls that have no partner. As in the standard, PDI also ends embeddings
    inside it.
    """
    out = list(text)
    stack: list[int] = []
    for index, char in enumerate(text):
        if char in _EMBEDDINGS or char in _ISOLATES:
            stack.append(index)
        elif char == _PDF:
            if stack and text[stack[-1]] in _EMBEDDINGS:
                stack.pop()
            else:
                out[index] = _written(ord(char))
        elif char == _PDI:
            depth = next((at for at in reversed(range(len(stack))) if text[stack[at]] in _ISOLATES), None)
            if depth is None:
                out[index] = _written(ord(char))
                continue
            for left_open in stack[depth + 1 :]:
                out[left_open] = _written(ord(text[left_open]))
            del stack[depth:]
    for index in stack:
        out[index] = _written(ord(text[index]))
    return "".join(out)
