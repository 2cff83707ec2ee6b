"""What a file is, by its first bytes; its ending is not asked."""

from __future__ import annotations

import codecs
import re

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False

HEAD = 1 << 16

# What can be imported.
TEXT, JSON, ZIP, VCARD, CALENDAR, MBOX, MAIL = "text", "json", "zip", "vcard", "calendar", "mbox", "mail"
# What cannot.
BINARY, OLD_OFFICE, COMPRESSED, MARKUP = "binary", "old_office", "compressed", "markup"
# What can when its encoding is said: text of two bytes a character without the mark that tells their order.
UNMARKED = ("utf-16-le", "utf-16-be")

# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0", OLD_OFFICE),
    (b"\x1f\x8b", COMPRESSED),
    (b"BZh", COMPRESSED),
    (b"\xfd7zXZ\x00", COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", COMPRESSED),
    (b"Rar!\x1a\x07", COMPRESSED),
    (b"\x28\xb5\x2f\xfd", COMPRESSED),
    (b"%PDF-", BINARY),
    (b"\xff\xd8\xff", BINARY),
    (b"\x89PNG", BINARY),
    (b"GIF8", BINARY),
    (b"SQLite format 3\x00", BINARY),
)
_CONTROLS = bytes(range(9))  # some of them stray into text; a tenth of it they are not
_HEADER_LINE = re.compile(r"([!-9;-~]+):[ \t]?.*", re.ASCII)
_MAIL_HEADERS = frozenset(
    (
        "received", "from", "to", "cc", "subject", "date", "message-id", "mime-version", "return-path", "delivered-to",
        "content-type", "reply-to", "sender", "in-reply-to", "references", "dkim-signature", "x-mozilla-status",
    )
)  # fmt: skip


def mark(head: bytes) -> str | None:
    """The codec that a byte-order mark names."""
    return next((codec for sign, codec in MARKS if head.startswith(sign)), None)


def form(head: bytes, encoding: str | None = None) -> str:
    """One of the constants above. Where the ``encoding`` is given, control characters prove nothing."""
    for sign, found in _MAGIC:
        if head.startswith(sign):
            return found
    codec = mark(head)
    if encoding is None and codec is None and _is_binary(head):
        return next((wide for wide in UNMARKED if _is_text(head, wide)), BINARY)
    text = head.decode(codec or _known(encoding) or "utf-8", "replace").lstrip()
    start = text[:15].upper()
    if start.startswith("BEGIN:VCARD"):
        return VCARD
    if start.startswith("BEGIN:VCALENDAR"):
        return CALENDAR
    if start.startswith(("<!DOCTYPE", "<HTML", "<?XML")):
        return MARKUP
    if _is_json(text):
        return JSON
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].startswith("From ") and _is_mail(lines[1:]):
        return MBOX
    return MAIL if _is_mail(lines) else TEXT


def refuse(found: str, title: str) -> None:
    """``UsageError`` for what cannot be imported, with what to do instead."""
    if found == OLD_OFFICE:
        what = Message("{file} is a spreadsheet of the old format, or one with a password.", file=title)
        hint = Message("Save it as XLSX or CSV without a password and import that.")
    elif found == COMPRESSED:
        what = Message("{file} is a compressed file of a kind that is not read.", file=title)
        hint = Message("Unpack it, or pack it as a zip archive.")
    elif found in UNMARKED:
        what = Message(
            "{file} looks like UTF-16, and lacks the byte-order mark that would say so.", file=title
        )
        hint = Message("Say it with --encoding {encoding}, or save it as UTF-8.", encoding=found)
    elif found == MARKUP:
        what = Message("{file} is a web page or XML, not data that can be imported.", file=title)
        hint = Message("Export it as CSV, JSON, XLSX or vCard and import that.")
    elif found == BINARY:
        what = Message("{file} is not a text file.", file=title)
        hint = Message("Export it as CSV, JSON, XLSX or vCard and import that.")
    else:
        return
    raise UsageError(what, hint, code="format")


def _is_binary(head: bytes) -> bool:
    """Many control characters, or a NUL in what is no UTF-8 either."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls * 10 > len(head):
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return b"\x00" in head
    return False


def _is_text(head: bytes, codec: str) -> bool:
    """Whether this encoding makes text of it: printed characters only, with the separators that tell the order of the bytes."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    shown = sum(char.isprintable() or char in "\r\n\t" for char in text)
    plain = sum(char in " ,;\t\r\n" for char in text)
    return shown * 100 >= len(text) * 99 and plain * 100 >= len(text)


def _known(encoding: str | None) -> str | None:
    """The encoding, if there is one of this name; whoever reads the text says that there is none."""
    try:
        return codecs.lookup(encoding).name if encoding else None
    except LookupError:
        return None


def _is_json(text: str) -> bool:
    """An object or an array begins; a header of CSV may begin with a bracket, too, but not go on like this."""
    rest = text[1:200].lstrip()
    if text.startswith("{"):
        return rest[:1] in ('"', "}", "")
    return text.startswith("[") and rest[:1] in ("{", "[", "]", '"', "", "-", *"0123456789")


def _is_mail(lines: list[str]) -> bool:
    """At least two of the headers that mails have, before the first blank line, and nothing but headers there."""
    known = set()
    for line in lines:
        if not line.strip():
            break
        if line[0] in " \t":
            continue
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            if line == lines[-1]:  # what was read ends within it
                break
            return False
        known.add(match[1].lower())
    return len(known & _MAIL_HEADERS) >= 2


__all__ = [
    "BINARY",
    "CALENDAR",
    "COMPRESSED",
    "HEAD",
    "JSON",
    "MAIL",
    "MARKS",
    "MARKUP",
    "MBOX",
    "OLD_OFFICE",
    "TEXT",
    "UNMARKED",
    "VCARD",
    "ZIP",
    "form",
    "mark",
    "refuse",
]  # fmt: skip
