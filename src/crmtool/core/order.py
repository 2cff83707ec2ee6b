"""Fractional order keys: text that sorts where it belongs, so that moving one entry changes one entry.

A key is an integer part, whose first character says how long it is, and a fraction. Appending and
prepending count the integer part up and down, so keys of lists that only grow stay short: two characters
for the first 36 entries, three for the next 1,296. Only ``0-9a-z`` occur, which every collation sorts the
same way.
"""

from __future__ import annotations

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST = "i0"

_BASE = len(DIGITS)
_VALUE = {char: value for value, char in enumerate(DIGITS)}
_ZERO = _VALUE[FIRST[0]]  # heads from here on count up with rising length, heads below it count down
_LOWEST = "0" + "0" * _ZERO  # nothing sorts below it, so it is no key without a fraction


def key_between(low: str | None, high: str | None) -> str:
    """A key strictly between two others; ``None`` is the open end. ``ValueError`` unless ``low < high`` are keys."""
    if low is None and high is None:
        return FIRST
    for key in (low, high):
        if key is not None and not is_key(key):
            raise ValueError(f"not an order key: {key!r}")
    if low is None:
        assert high is not None
        return _before(high)
    whole = _whole(low)
    if high is None:
        return _step(whole, 1) or whole + _middle(low[len(whole) :], None)
    if low >= high:
        raise ValueError(f"no key lies between {low!r} and {high!r}")
    if whole == _whole(high):
        return whole + _middle(low[len(whole) :], high[len(whole) :])
    following = _step(whole, 1)
    if following is not None and following < high:
        return following
    return whole + _middle(low[len(whole) :], None)


def keys(count: int) -> list[str]:
    """``count`` rising keys for a list that has none yet."""
    out: list[str] = []
    last: str | None = None
    for _ in range(count):
        last = key_between(last, None)
        out.append(last)
    return out


def is_key(text: str) -> bool:
    """Whether ``text`` is a key that this module could have made."""
    if not text or any(char not in _VALUE for char in text):
        return False
    length = _length(text[0])
    if len(text) < length or text == _LOWEST:
        return False
    return len(text) == length or text[-1] != "0"


def _length(head: str) -> int:
    """How long an integer part with this first character is."""
    value = _VALUE[head]
    return value - _ZERO + 2 if value >= _ZERO else _ZERO - value + 1


def _whole(key: str) -> str:
    return key[: _length(key[0])]


def _before(key: str) -> str:
    whole = _whole(key)
    if whole == _LOWEST:
        return whole + _middle("", key[len(whole) :])
    if whole < key:
        return whole
    lower = _step(whole, -1)
    assert lower is not None
    return lower + _middle("", None) if lower == _LOWEST else lower


def _step(whole: str, by: int) -> str | None:
    """The next integer part up (``by=1``) or down (``by=-1``); ``None`` past the last one."""
    wraps, restart = (DIGITS[-1], DIGITS[0]) if by > 0 else (DIGITS[0], DIGITS[-1])
    digits = whole[1:]
    kept = digits.rstrip(wraps)
    if kept:
        return whole[0] + kept[:-1] + DIGITS[_VALUE[kept[-1]] + by] + restart * (len(digits) - len(kept))
    head = _VALUE[whole[0]] + by
    if not 0 <= head < _BASE:
        return None
    return DIGITS[head] + restart * (_length(DIGITS[head]) - 1)


def _middle(low: str, high: str | None) -> str:
    """A fraction between two fractions without trailing zeros; ``high=None`` is one."""
    shared = 0
    if high is not None:
        while high[shared] == (low[shared] if shared < len(low) else DIGITS[0]):
            shared += 1
    prefix, low, high = (high or "")[:shared], low[shared:], None if high is None else high[shared:]
    bottom = _VALUE[low[0]] if low else 0
    top = _VALUE[high[0]] if high else _BASE
    if top - bottom > 1:
        return prefix + DIGITS[(bottom + top) // 2]
    if high is not None and len(high) > 1:
        return prefix + high[0]
    return prefix + DIGITS[bottom] + _middle(low[1:], None)
