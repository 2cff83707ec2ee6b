"""A set of records that stays small at any size: 8 bytes a slot, at most half of the slots in use.

An import must know which records an earlier row of the same file stood for (see ``matching``). A Python set of a million ids
takes 130 MB, this one 16.
"""

from __future__ import annotations

from array import array

_FULL = (1 << 64) - 1


class Seen:
    """Remembers ids by their 64-bit hash; that two of a million ids share one has a chance of one in thirty million."""

    __slots__ = ("_count", "_mask", "_slots")

    def __init__(self, slots: int = 4096) -> None:
        self._slots = array("Q", bytes(8 * slots))  # a power of two
        self._mask = slots - 1
        self._count = 0

    def __contains__(self, ident: str) -> bool:
        value = hash(ident) & _FULL or 1
        return self._slots[self._place(value)] == value

    def __len__(self) -> int:
        return self._count

    def add(self, ident: str) -> None:
        value = hash(ident) & _FULL or 1
        place = self._place(value)
        if self._slots[place] != value:
            self._slots[place] = value
            self._count += 1
            if self._count * 2 > self._mask:
                self._grow()

    def _place(self, value: int) -> int:
        """The slot that holds ``value``, or the free one where it belongs."""
        slots, mask = self._slots, self._mask
        place = value & mask
        while slots[place] and slots[place] != value:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        held = self._slots
        size = len(held) * 2
        self._slots = array("Q", bytes(8 * size))
        self._mask = size - 1
        for value in held:
            if value:
                self._slots[self._place(value)] = value
