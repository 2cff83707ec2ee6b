"""Which encoding a file has: a byte-order mark says so, valid UTF-8 proves itself, anything else is guessed and reported.

A file is read once from end to end before it is decoded, in blocks, so that the answer holds for all of it and a row
in the middle never fails. The same pass gives the digest by which a resumed import recognises its file.
"""

from __future__ import annotations

import codecs
import hashlib
import re

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.sources import sniff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK = 1 << 20
_SAMPLE = 1 << 16
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ‘’‚“”„–—…€•·°©®™ªº«»§\u00a0"
)
# What charset-normalizer may answer for office files of one byte a letter; the rest of its guesses are too exotic to trust
# over Windows-1252, which almost every such file has.
_PLAUSIBLE = frozenset(
    (
        "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp932", "shift_jis",
        "shift_jis_2004", "euc_jp", "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp949", "euc_kr", "koi8_r", "koi8_u",
        "mac_roman", "mac_cyrillic", "cp850", "cp852", "iso8859_2", "iso8859_5", "iso8859_7",
    )
)  # fmt: skip


class Encoding(Struct):
    """``name`` is a codec; ``guessed`` when nothing in the file proves it. ``digest`` identifies the bytes."""

    name: str
    guessed: bool
    digest: str
    size: int


def examine(stream: BinaryIO, *, given: str | None = None, strict: bool = False) -> Encoding:
    """The encoding of a seekable binary ``stream``, which is left at its beginning.

    ``given`` overrides the guess and must fit. ``strict`` refuses what is not UTF-8 and has no mark: on standard input a wrong
    byte is more likely a broken pipe of programs than an old spreadsheet. ``UsageError`` names the first wrong byte.
    """
    stream.seek(0)
    head = stream.read(_SAMPLE)
    stream.seek(0)
    name = _lookup(given) if given else sniff.mark(head) or "utf-8"
    sure = given is not None or name != "utf-8"
    digest, size, wrong = _decode_all(stream, name)
    stream.seek(0)
    if wrong is None:
        return Encoding(name, False, digest, size)
    if sure or strict:
        raise UsageError(
            Message(
                "The input is not valid {encoding} at byte {position}.", encoding=human(name), position=wrong
            ),
            Message("Say which encoding it has with --encoding, for instance --encoding windows-1252."),
            code="encoding",
            position=wrong,
        )
    return Encoding(_guess(stream, wrong), True, digest, size)


def _lookup(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UsageError(
            Message("There is no encoding called “{name}”.", name=name),
            Message("Known ones are utf-8, utf-16, windows-1252, shift_jis and the other codecs of Python."),
            code="encoding",
        ) from None


def _decode_all(stream: BinaryIO, name: str) -> tuple[str, int, int | None]:
    """(digest, size, position of the first byte that does not decode or ``None``)."""
    digest, size, wrong = hashlib.blake2b(digest_size=16), 0, None
    decoder = codecs.getincrementaldecoder(name)()
    while True:
        block = stream.read(BLOCK)
        digest.update(block)
        if wrong is None:
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                wrong = max(0, size - pending) + error.start
        size += len(block)
        if not block:
            return digest.hexdigest(), size, wrong


def _is_western(sample: bytes) -> bool:
    """Whether the text reads as Western European: accented letters that stand alone among plain ones, usual punctuation.

    Bytes of other code pages become letters in pairs and runs, or signs in the middle of words.
    """
    text = sample.decode("cp1252", "replace")
    foreign = [at for at, char in enumerate(text) if char > "\x7f"]
    letters = [at for at in foreign if text[at].isalpha()]
    runs = sum(1 for at in letters if text[at + 1 : at + 2] > "\x7f" and text[at + 1].isalpha())
    return all(text[at] in _WESTERN for at in foreign) and runs * 5 <= len(letters)


def _guess(stream: BinaryIO, wrong: int) -> str:
    """The likeliest legacy encoding, judged by the text around the first byte that is not UTF-8."""
    stream.seek(max(0, wrong - _SAMPLE // 2))
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    name = "cp1252"
    if not _is_western(sample):
        from charset_normalizer import from_bytes  # 40 ms, needed only here

        best = from_bytes(sample).best()
        name = best.encoding if best is not None and best.encoding in _PLAUSIBLE else name
    return name if _decode_all_ok(stream, name) else "latin-1"


def _decode_all_ok(stream: BinaryIO, name: str) -> bool:
    wrong = _decode_all(stream, name)[2]
    stream.seek(0)
    return wrong is None


def human(name: str) -> str:
    """A codec as people know it."""
    name = name.replace("_", "-").removesuffix("-sig")
    return f"Windows-{name[2:]}" if re.fullmatch(r"cp12\d\d", name) else name.upper()
