"""Seeded chance and the days of the sample workspace.

Only ``Random.random`` and ``getrandbits`` are used: their sequences are promised to stay the same over Python versions, those of
``choice`` and ``shuffle`` are not. A *moment* is a number of days since the first day, with its fraction.
"""

from __future__ import annotations

import math
import random
import zlib
from datetime import date, datetime, timedelta

from crmtool.core import clock, ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    T = TypeVar("T")

HISTORY_DAYS = 1095
FUTURE_DAYS = 500
_SLOTS = 8192
# How many deals begin on a weekday (Monday first) and in a month (January first), against the average.
_WEEKDAYS = (1.0, 1.15, 1.1, 1.05, 0.8, 0.07, 0.05)
_MONTHS = (1.0, 1.02, 1.12, 0.95, 1.0, 1.06, 0.8, 0.62, 1.15, 1.15, 1.1, 0.7)
_GROWTH_A_YEAR = 0.05


class Dice:
    """The source of all chance, and of all ids, of one workspace."""

    def __init__(self, seed: int, now: str, records: int) -> None:
        self.rng = random.Random(seed)
        self.random = self.rng.random
        self._millisecond = round(datetime.fromisoformat(now).timestamp() * 1000) - records
        self._second = ""

    def record_id(self) -> str:
        """The next id. Ids rise in the order of the stream, a millisecond apart, so that indexes grow at their end."""
        self._millisecond += 1
        part = self._millisecond % 1000
        if part == 0 or not self._second:
            self._second = clock.instant(self._millisecond // 1000)[:20]
        return ids.id_at(f"{self._second}{part:03d}Z", self.rng)

    def entry_id(self) -> str:
        return ids.entry_id(self.rng)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.random() * len(items))]

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1."""
        return int(self.random() * limit)

    def chance(self, share: float) -> bool:
        return self.random() < share

    def normal(self) -> float:
        """A bell-shaped number with mean 0 and deviation 1 (the sum of four uniform ones)."""
        r = self.random
        return (r() + r() + r() + r() - 2.0) * 1.7320508

    def skewed(self, median: float, spread: float) -> float:
        """A log-normal number."""
        return median * math.exp(spread * self.normal())

    def digits(self, pattern: Sequence[str]) -> str:
        """A pattern from ``digit_pattern``, filled."""
        out = []
        for part in pattern:
            if part[0] == "#":
                width = len(part)
                out.append(str(int(self.random() * 10**width)).zfill(width))
            elif part[0] == "^":
                out.append("".join("23456789"[int(self.random() * 8)] for _ in part))
            elif part[0] == "@":
                out.append("".join("ABCDEFGHJKLMNPRSTUVWXYZ"[int(self.random() * 23)] for _ in part))
            else:
                out.append(part)
        return "".join(out)


def digit_pattern(text: str) -> tuple[str, ...]:
    """``text`` cut where runs of ``#`` (digits), ``^`` (digits from 2), ``@`` (letters) and other text meet."""
    parts: list[str] = []
    for char in text:
        kind = char if char in "#^@" else ""
        if parts and (parts[-1][0] if parts[-1][0] in "#^@" else "") == kind:
            parts[-1] += char
        else:
            parts.append(char)
    return tuple(parts)


def spread(weighted: Sequence[tuple[T, float]], slots: int = 256) -> list[T]:
    """A list for ``pick`` in which each item stands as often as its weight says, and at least once."""
    total = sum(weight for _, weight in weighted)
    out: list[T] = []
    for item, weight in weighted:
        out.extend([item] * max(1, round(slots * weight / total)))
    return out


def odds(log_odds: float) -> float:
    """The probability of these log odds."""
    return 1.0 / (1.0 + math.exp(-log_odds))


class Seen:
    """Remembers texts in constant memory; now and then it takes a new text for a known one, never the other way round."""

    def __init__(self, bits: int = 1 << 23) -> None:
        self._bits = bytearray(bits // 8)
        self._size = bits

    def add(self, text: str) -> bool:
        """Whether ``text`` is new; it is known from now on."""
        place = zlib.crc32(text.encode()) % self._size
        byte, mask = place >> 3, 1 << (place & 7)
        known = self._bits[byte] & mask
        self._bits[byte] |= mask
        return not known


class Days:
    """The calendar: three years of history that end now, with more on some days than on others."""

    def __init__(self, now: str) -> None:
        today = date.fromisoformat(now[:10])
        self.first = today - timedelta(days=HISTORY_DAYS)
        self.today = HISTORY_DAYS
        self.now = (
            HISTORY_DAYS
            + (datetime.fromisoformat(now) - datetime.fromisoformat(now[:10] + "T00:00:00Z")).seconds / 86400
        )
        every = [self.first + timedelta(days=i) for i in range(HISTORY_DAYS + FUTURE_DAYS)]
        self.iso = [day.isoformat() for day in every]
        self.weekday = [day.weekday() for day in every]
        self.month_end = [
            (day.replace(day=1) + timedelta(days=31)).replace(day=1).toordinal() - 1 - self.first.toordinal()
            for day in every
        ]
        self.quarter_end = [day.month % 3 == 0 for day in every]
        self._minutes = [f"T{m // 60:02d}:{m % 60:02d}:" for m in range(1440)]
        self._table = spread(
            [
                (i, _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] * (1 + _GROWTH_A_YEAR * i / 365))
                for i, day in enumerate(every[: HISTORY_DAYS + 1])
            ],
            _SLOTS,
        )
        self._place = {day: place for place, day in reversed([*enumerate(self._table)])}

    def instant(self, moment: float) -> str:
        """Instant text of a moment."""
        day = int(moment)
        millis = int((moment - day) * 86_400_000)
        seconds = millis // 1000
        return f"{self.iso[day]}{self._minutes[seconds // 60]}{seconds % 60:02d}.{millis % 1000:03d}Z"

    def since(self, day: int, draw: float) -> int:
        """A busy day from ``day`` until today; ``draw`` is a uniform number in [0, 1)."""
        start = self._place[day]
        return self._table[start + int(draw * (len(self._table) - start))]

    def any(self, draw: float) -> int:
        """A busy day of the history."""
        return self._table[int(draw * len(self._table))]

    def working(self, day: int) -> int:
        """``day``, or the Friday before a weekend."""
        return day - max(0, self.weekday[day] - 4)

    def awake(self, moment: float) -> float:
        """``moment``, or the next morning where it falls into the night."""
        day, hour = divmod(moment, 1.0)
        return moment if 0.3 < hour < 0.8 else day + (0.35 if hour <= 0.3 else 1.35)

    def office(self, dice: Dice, moment: float, after: float, before: float) -> float:
        """An office hour of the day of ``moment``, or ``moment`` itself where that would leave the time between two others."""
        if not after < moment < before:
            return moment
        found = self.working(int(moment)) + office_hour(dice)
        return found if after < found < before else moment


def office_hour(dice: Dice) -> float:
    """A time of day between 7 and 18 o'clock as a fraction, most often around noon."""
    return 0.2917 + (dice.random() + dice.random()) * 0.229
