"""Content lines, of which vCard (RFC 6350) and iCalendar (RFC 5545) both consist: ``group.NAME;PARAM=a,b:value``, folded.

Read as a stream with a bound for everything that is kept: what is embedded in a card (photos, sounds, keys) is passed over
however long it is, any other property has a limit. Files of vCard 2.1 fold quoted-printable text in a way of its own.
"""

from __future__ import annotations

import re

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

LINE_LIMIT = 2_200_000  # characters of one property: a field may have a million, and each may be escaped
PART_LIMIT = 6_000_000  # characters of one card or event
_EMBEDDED = re.compile(
    r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|ATTACH|AGENT)[;:]", re.IGNORECASE | re.ASCII
).match
_REFERENCE = re.compile(
    r"[^:]*(?:VALUE=(?:uri|url)[^:]*)?:(?:https?|cid|ftp):", re.IGNORECASE | re.ASCII
).match
_EMBEDDED_KEPT = 4_000  # characters: a web address of a photo is kept, a photo is not
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_FOLD = 75  # bytes, without the line's end


class Property(Struct):
    """One property. ``params``: lower-case name to its values in lower or upper case as written, a bare 2.1 parameter under
    ``type``. ``value`` is as written: what escapes mean depends on the property.
    """

    group: str
    name: str
    params: dict[str, list[str]]
    value: str


class Part(Struct):
    """A card, event or task as it stands: its unfolded lines without ``BEGIN`` and ``END``; ``dropped``: what was embedded."""

    name: str
    lines: tuple[str, ...]
    dropped: tuple[str, ...] = ()


class Lines:
    """The unfolded lines of a text. ``number`` is that of the line in the file, from 1."""

    def __init__(self, text: TextIO, title: str) -> None:
        self._read = text.readline
        self._title = title
        self.number = 0
        self.dropped: list[str] = []

    def __iter__(self) -> Iterator[str]:
        line = self._physical()
        while line is not None:
            parts, size = [line], len(line)
            embedded = bool(_EMBEDDED(line)) and not _REFERENCE(line)
            quoted = _is_quoted_printable(line)
            following = self._physical()
            while following is not None:
                if quoted and parts[-1].endswith("="):
                    parts[-1] = parts[-1][:-1]
                    kept = following
                elif following[:1] in (" ", "\t"):
                    kept = following[1:]
                elif embedded and following and _is_base64(following):  # some programs fold without the space
                    kept = following
                else:
                    break
                size += len(kept)
                if not embedded:
                    if size > LINE_LIMIT:
                        raise self.too_long()
                    parts.append(kept)
                following = self._physical()
            if (embedded and size > _EMBEDDED_KEPT) or (embedded and "http" not in line):
                self.dropped.append(re.split("[;:]", line, maxsplit=1)[0].rpartition(".")[2].upper())
            elif any(parts):
                yield "".join(parts)
            line = following

    def _physical(self) -> str | None:
        line = self._read(LINE_LIMIT)
        if not line:
            return None
        self.number += 1
        if len(line) >= LINE_LIMIT and not line.endswith("\n"):
            if not _EMBEDDED(line):
                raise self.too_long()
            while (rest := self._read(LINE_LIMIT)) and not rest.endswith("\n"):
                pass
        return line.rstrip("\r\n")

    def too_long(self) -> UsageError:
        return UsageError(
            Message(
                "Line {line} of {file} has a property of more than {limit} characters.",
                line=self.number, file=self._title, limit=LINE_LIMIT,
            ),
            Message("Is the file whole? Remove the property, or the card it is in."),
            code="row_too_long",
            line=self.number,
        )  # fmt: skip


def parts(text: TextIO, names: frozenset[str], title: str) -> Iterator[Part]:
    """The components called one of ``names``, with what is within them as lines. ``UsageError`` where one does not end."""
    lines = Lines(text, title)
    kept: list[str] = []
    inside, size, started = "", 0, 0
    for line in lines:
        head = line[:40].upper().strip()
        if not inside:
            if head.startswith("BEGIN:") and head[6:] in names:
                inside, kept, size, started, lines.dropped = head[6:], [], 0, lines.number, []
            continue
        if head == f"END:{inside}":
            yield Part(inside, tuple(kept), tuple(dict.fromkeys(lines.dropped)))
            inside = ""
            continue
        if head == f"BEGIN:{inside}":
            break
        size += len(line)
        if size > PART_LIMIT:
            raise lines.too_long()
        kept.append(line)
    if inside:
        raise UsageError(
            Message("What begins at line {line} of {file} never ends.", line=started, file=title),
            Message("The file is cut off, or “END:{name}” is missing.", name=inside),
            code="truncated",
            line=started,
        )


def parsed(line: str) -> Property | None:
    """A content line taken apart; ``None`` for text that is none."""
    head, value = _split_value(line)
    if value is None:
        return None
    pieces = _split_outside_quotes(head, ";")
    group, _, name = pieces[0].rpartition(".")
    params: dict[str, list[str]] = {}
    for piece in pieces[1:]:
        key, equals, text = piece.partition("=")
        if not equals:
            key, text = "type", key
        values = [v.strip().strip('"') for v in _split_outside_quotes(text, ",")]
        if key.strip().lower() == "type":  # TYPE="work,voice" is a list, quoted as a whole
            values = [word for v in values for word in v.split(",") if word]
        params.setdefault(key.strip().lower(), []).extend(values)
    return Property(group.strip().lower(), name.strip().upper(), params, value)


def unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text


def escaped(text: str) -> str:
    """Text as a value: RFC 6350 section 3.4, RFC 5545 section 3.3.11."""
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that no backslash stands before, each still escaped."""
    if "\\" not in text:
        return text.split(separator)
    out, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == separator:
            out.append(text[start:at])
            start = at + 1
        at += 1
    return [*out, text[start:]]


def folded(line: str) -> str:
    """A content line with its end, in pieces of at most 75 bytes that never divide a character."""
    data = line.encode()
    if len(data) <= _FOLD:
        return f"{line}\r\n"
    pieces, start, room = [], 0, _FOLD
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, room = end, _FOLD - 1
    return b"\r\n ".join(pieces).decode() + "\r\n"


def joined(lines: Iterable[str]) -> str:
    return "".join(folded(line) for line in lines)


def _split_value(line: str) -> tuple[str, str | None]:
    """What stands before and behind the first colon outside of quotation marks."""
    colon = line.find(":")
    quote = line.find('"')
    if quote == -1 or quote > colon:
        return (line, None) if colon == -1 else (line[:colon], line[colon + 1 :])
    within = False
    for at, char in enumerate(line):
        if char == '"':
            within = not within
        elif char == ":" and not within:
            return line[:at], line[at + 1 :]
    return (line, None) if colon == -1 else (line[:colon], line[colon + 1 :])


def _split_outside_quotes(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    out, start, within = [], 0, False
    for at, char in enumerate(text):
        if char == '"':
            within = not within
        elif char == separator and not within:
            out.append(text[start:at])
            start = at + 1
    return [*out, text[start:]]


def _is_quoted_printable(line: str) -> bool:
    head = line.partition(":")[0].upper()
    return "QUOTED-PRINTABLE" in head


_is_base64 = re.compile(r"[A-Za-z0-9+/=]{20,}\s*").fullmatch
