"""Identities: UUIDv7 text for records, eight Crockford characters for what people type.

Ids made in one process rise strictly, also within a millisecond and when the clock steps back, so text
order is creation order. The handle of a record is the Crockford spelling of the id's last 40 bits, which
are random in every id.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
HANDLE_LENGTH = 8
HANDLE_LEAST = 4
HANDLE_AT = 27  # where the last ten hexadecimal digits begin, counted from 1 as SQL's substr does

_HEX = "0123456789abcdef"
_PAIRS = tuple(high + low for high in CROCKFORD for low in CROCKFORD)
_TYPED = {char: value for value, char in enumerate(CROCKFORD)} | {"i": 1, "l": 1, "o": 0}
_VARIANT = {digit: "89ab"[value % 4] for value, digit in enumerate(_HEX)}
_BLOCK = 64

# A tick is a UUIDv7's first 60 bits: milliseconds, then 12 bits that count within the millisecond (1/4096 ms).
_last_tick = 0
_random: list[str] = []
_entry_ids: list[str] = []
_lock = allocate_lock()


def _forget() -> None:
    """A forked child makes its own random bits, and never inherits a lock that a thread of its parent held."""
    global _lock
    _lock = allocate_lock()
    _random.clear()
    _entry_ids.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _tails(count: int) -> list[str]:
    """``count`` random second halves of an id: ``vxxx-xxxxxxxxxxxx`` with the variant in ``v``."""
    digits = os.urandom(8 * count).hex()
    return [
        f"{_VARIANT[digits[at]]}{digits[at + 1 : at + 4]}-{digits[at + 4 : at + 16]}"
        for at in range(0, 16 * count, 16)
    ]


def _now_tick() -> int:
    return (time.time_ns() << 12) // 1_000_000


def new_id() -> str:
    """A new id, greater than every id this process made before."""
    global _last_tick
    with _lock:
        if not _random:
            _random.extend(_tails(_BLOCK))
        tail = _random.pop()
        tick = (time.time_ns() << 12) // 1_000_000
        if tick <= _last_tick:
            tick = _last_tick + 1
        _last_tick = tick
    head = f"{tick:015x}"
    return f"{head[:8]}-{head[8:12]}-7{head[12:]}-{tail}"


def new_ids(count: int) -> list[str]:
    """``count`` new ids in rising order; their times run ahead of the clock by ``count``/4096 ms at most."""
    global _last_tick
    with _lock:
        first = max(_now_tick(), _last_tick + 1)
        _last_tick = first + count - 1
    heads = [f"{tick:015x}" for tick in range(first, first + count)]
    tails = _tails(count)
    return [f"{h[:8]}-{h[8:12]}-7{h[12:]}-{tail}" for h, tail in zip(heads, tails, strict=True)]


def id_at(instant: str, rng: Random) -> str:
    """An id whose time is ``instant`` and whose other bits come from ``rng``: the same sequence gives the same ids."""
    bits = rng.getrandbits(74)
    digits = f"{bits & ((1 << 62) - 1) | 2 << 62:016x}"
    head = f"{_milliseconds(instant):012x}"
    return f"{head[:8]}-{head[8:]}-7{bits >> 62:03x}-{digits[:4]}-{digits[4:]}"


def _milliseconds(instant: str) -> int:
    """POSIX milliseconds of instant text, by the proleptic Gregorian calendar."""
    year, month = int(instant[:4]), int(instant[5:7])
    if month < 3:
        year, month = year - 1, month + 12
    leaps = year // 4 - year // 100 + year // 400
    days = 365 * year + leaps + (153 * month - 457) // 5 + int(instant[8:10]) - 719469
    clock = int(instant[11:13]) * 3600 + int(instant[14:16]) * 60 + int(instant[17:19])
    return (days * 86400 + clock) * 1000 + int(instant[20:23])


def is_id(text: str) -> bool:
    """Whether ``text`` is the canonical spelling (lower case, hyphens) of a UUIDv7."""
    if len(text) != 36 or text[14] != "7" or text[19] not in "89ab":
        return False
    if not text[8] == text[13] == text[18] == text[23] == "-":
        return False
    digits = text.replace("-", "")
    return len(digits) == 32 and not digits.strip(_HEX)


def handle(record_id: str) -> str:
    """The eight characters that people type after ``@`` for this id."""
    return _base32(int(record_id[-10:], 16))


def _base32(bits: int) -> str:
    return _PAIRS[bits >> 30] + _PAIRS[bits >> 20 & 1023] + _PAIRS[bits >> 10 & 1023] + _PAIRS[bits & 1023]


def handle_range(typed: str) -> tuple[str, str] | None:
    """The lowest and highest last ten hexadecimal digits of ids whose handle begins as ``typed``, both inclusive.

    Accepts a leading ``@``, upper case, ``i`` and ``l`` for 1, ``o`` for 0, and hyphens between characters. ``None`` for
    anything that is not four to eight Crockford characters.
    """
    word = typed.strip().removeprefix("@").replace("-", "").lower()
    if not HANDLE_LEAST <= len(word) <= HANDLE_LENGTH:
        return None
    low = 0
    for char in word:
        value = _TYPED.get(char)
        if value is None:
            return None
        low = low << 5 | value
    free = 5 * (HANDLE_LENGTH - len(word))
    low <<= free
    return f"{low:010x}", f"{low | (1 << free) - 1:010x}"


def entry_id(rng: Random | None = None) -> str:
    """Eight random Crockford characters that name one entry of a multi-value; from ``rng`` where one is given."""
    if rng is not None:
        return _base32(rng.getrandbits(40))
    with _lock:
        if not _entry_ids:
            digits = os.urandom(5 * _BLOCK).hex()
            _entry_ids.extend([_base32(int(digits[at : at + 10], 16)) for at in range(0, 10 * _BLOCK, 10)])
        return _entry_ids.pop()
