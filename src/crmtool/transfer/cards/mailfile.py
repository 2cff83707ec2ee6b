"""Mails of a file: one message (RFC 5322), or many one after another as mbox has them (RFC 4155), one in memory at a time.

A message is kept as its headers and its text; attachments are named and left behind. Long runs of encoded data are skipped while
reading, so that a message of any size takes little memory. Headers and charsets may lie; nothing a message says raises.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header
from email.parser import BytesHeaderParser

from crmtool.core.struct import Struct
from crmtool.transfer.cards.charset import readable
from crmtool.transfer.cards.html import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Email
    from typing import BinaryIO

BODY_LIMIT = 50_000  # characters of text
_MESSAGE_LIMIT = 2 << 20  # bytes of a message, without long runs of encoded data
_LINE_LIMIT = 1 << 20
_RUN = 4_000  # lines of encoded data that are kept: 230 KB of text
_DEEPEST = 50  # messages within messages
_FROM = re.compile(rb"From (?:\S+ .*)?\w{3} \w{3} [ \d]\d \d\d:\d\d").match
_ENCODED = re.compile(rb"[A-Za-z0-9+/]{60,}={0,2}\r?\n?").fullmatch
_WANTED = (
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "sender",
    "reply-to",
    "received",
)
_HEADER_LIMIT = 20_000  # characters of one header


class Mail(Struct):
    """``headers``: (lower-case name, decoded value) of those that are used. ``cut``: the text was longer than is kept."""

    headers: tuple[tuple[str, str], ...]
    body: str
    attachments: tuple[str, ...] = ()
    cut: bool = False

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def every(self, *names: str) -> list[str]:
        return [value for key, value in self.headers if key in names]


def mails(stream: BinaryIO) -> Iterator[Mail]:
    """The messages of a file; one that is no message at all is passed over."""
    for raw in _messages(stream):
        mail = _mail(raw)
        if mail.headers:
            yield mail


def rejected(mail: Mail, row: int, fields: str, why: str) -> str:
    """A rejected message with the reason, as mbox."""
    reason = f"{fields}: {why}" if fields else why
    lines = [
        "From crmtool@localhost Thu Jan  1 00:00:00 1970",
        f"X-Crm-Row: {row}",
        f"X-Crm-Reason: {' '.join(reason.split())}",
    ]
    lines += [f"{key.title()}: {' '.join(value.split())}" for key, value in mail.headers]
    lines += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", ""]
    lines += [f">{line}" if line.lstrip(">").startswith("From ") else line for line in mail.body.split("\n")]
    return "\n".join(lines) + "\n\n"


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of each message, without what is too long to be its text."""
    kept = bytearray()
    run = 0
    blank, many, within = True, False, False
    while line := stream.readline(_LINE_LIMIT):
        if not within and blank and _FROM(line) and (many or not kept):
            if kept:
                yield bytes(kept)
            kept, run, many = bytearray(), 0, True
            continue
        if not within:
            run = run + 1 if _ENCODED(line) else 0
            if run <= _RUN and len(kept) < _MESSAGE_LIMIT:
                quoted = many and line.startswith(b">") and line.lstrip(b">").startswith(b"From ")
                kept += line[1:] if quoted else line
            blank = not line.strip()
        within = not line.endswith(b"\n")
    if kept:
        yield bytes(kept)


def _mail(raw: bytes) -> Mail:
    try:
        message = message_from_bytes(raw)
        body, attachments = _content(message)
    except (
        RecursionError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
    ):  # nested without end, or broken beyond reading
        message = BytesHeaderParser().parsebytes(raw[:_LINE_LIMIT])
        body, attachments = "", []
    headers = []
    for key, value in message.items():
        if key.lower() in _WANTED:
            headers.append((key.lower(), decoded(str(value)[:_HEADER_LIMIT])))
    received = [at for at, (key, _) in enumerate(headers) if key == "received"]
    headers = [header for at, header in enumerate(headers) if at not in received[1:]]
    return Mail(tuple(headers), body[:BODY_LIMIT].rstrip(), tuple(attachments), len(body) > BODY_LIMIT)


def _content(message: Email) -> tuple[str, list[str]]:
    """The text, or what is left of HTML without its marks, and the names of what is attached."""
    plain: list[str] = []
    marked: list[str] = []
    attached: list[str] = []
    for part, depth in _leaves(message, 0):
        name = part.get_filename()
        kind = part.get_content_type()
        if (
            name
            or part.get_content_disposition() == "attachment"
            or not kind.startswith("text/")
            or depth > _DEEPEST
        ):
            shown = " ".join(decoded(str(name)).split()) if name else kind
            if name or part.get_content_disposition() == "attachment":
                attached.append(shown[:200])
            continue
        (marked if kind == "text/html" else plain).append(_text(part))
    text = "\n\n".join(filter(None, (piece.strip("\n") for piece in plain)))
    if not text.strip():
        text = "\n\n".join(filter(None, map(text_of, marked)))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""), attached[:100]


def _leaves(message: Email, depth: int) -> Iterator[tuple[Email, int]]:
    if message.is_multipart() and message.get_content_type() != "message/rfc822" and depth <= _DEEPEST:
        parts = message.get_payload()
        for part in parts if isinstance(parts, list) else ():
            if not isinstance(part, str):
                yield from _leaves(part, depth + 1)
    else:
        yield message, depth


def _text(part: Email) -> str:
    data = part.get_payload(decode=True)
    return readable(data, part.get_content_charset()) if isinstance(data, bytes) else ""


def decoded(value: str) -> str:
    """A header with its encoded words and raw bytes made text, on one line."""
    raw = value.encode("utf-8", "surrogateescape")
    value = readable(raw, None) if any("\udc80" <= char <= "\udcff" for char in value) else value
    if "=?" in value:
        try:
            pieces = decode_header(value)
        except (ValueError, LookupError):
            pieces = [(value, None)]
        value = "".join(
            piece if isinstance(piece, str) else readable(piece, charset) for piece, charset in pieces
        )
    return " ".join(value.replace("\x00", "").split()).encode("utf-8", "replace").decode()
