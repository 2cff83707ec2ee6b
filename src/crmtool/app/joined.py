"""Several lists one after the other as one, each section of them under a heading, to move about in as in any list.

What a list of one query does (``store.stretches``) this does across many: reading from any line either way, counting, a leap.
A heading is a line of its own; it stands where its section has another.
"""

from __future__ import annotations

from crmtool.core.jsontext import dumps, loads
from crmtool.core.struct import Struct
from crmtool.store.ordering import ONWARDS, Way
from crmtool.store.stretches import before, leap, stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from crmtool.store.reader import Query, Reader

    Some: TypeAlias = (
        "tuple[list[Line], bool]"  # lines in order, and whether more follow in the direction they were read
    )
    Found: TypeAlias = tuple[
        int, list[Any] | None
    ]  # the number of a part, and a place in it; without one, its heading


class Part(Struct):
    """A piece of a section: what one query answers, or, without one, the heading. ``name`` finds it again later."""

    section: str
    name: str
    query: Query | None = None


class Line(Struct):
    """A line: a record of ``entity``, or, without, the heading of the section. ``place`` is where it stands in the whole."""

    section: str
    entity: str = ""
    record: dict[str, Any] | None = None
    place: str = ""


class Joined:
    """The lists of ``parts``, in order; the heading of a section is a part without a query, before the others of its section.

    A place in a part that is not there any more is the beginning.
    """

    def __init__(self, reader: Reader, parts: Iterable[Part]) -> None:
        self._reader = reader
        self._parts = list(parts)
        self._numbers = {part.name: number for number, part in enumerate(self._parts)}

    def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Some:
        """Up to ``limit`` lines behind a place, or with ``back`` before it."""
        found = self._found(place)
        if back:
            return self._back(limit, found, within=found is not None)
        return self._onwards(limit, found)

    def around(self, place: str, earlier: int, limit: int) -> tuple[Some, Some]:
        """Up to ``earlier`` lines before a place, and ``limit`` from it on."""
        found = self._found(place)
        if found is None:
            return ([], False), self._onwards(limit, None)
        later = self._onwards(limit, found, here=True)
        within = bool(later[0]) and later[0][0].section == self._parts[found[0]].section
        return self._back(earlier, found, within=within), later

    def count(self, place: str | None = None) -> tuple[int, int]:
        """How many lines there are, headings too, and how many of them stand before a place."""
        sizes, found = self._sizes(), self._found(place)
        if found is None:
            return sum(sizes), 0
        number, inner = found
        query, standing = self._parts[number].query, sum(sizes[:number])
        if query is not None and inner is not None:
            standing += before(self._reader, query, dumps(inner))
        return sum(sizes), standing

    def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        """The place so many lines further (0: the next one); ``None`` where the list ends before."""
        total, standing = self.count(place)
        first, last = (0, total) if place is None else (standing + 1, standing)
        at = last - 1 - over if back else first + over
        if at < 0:
            return None
        for part, size in zip(self._parts, self._sizes(), strict=True):
            if at < size:
                return dumps(
                    [part.name, leap(self._reader, part.query, at) if part.query is not None else None]
                )
            at -= size
        return None

    def records(self) -> int:
        """How many lines there are that are no headings."""
        return sum(
            size for part, size in zip(self._parts, self._sizes(), strict=True) if part.query is not None
        )

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _found(self, place: str | None) -> Found | None:
        if place is None:
            return None
        name, inner = loads(place)
        return (self._numbers[name], inner) if name in self._numbers else None

    def _onwards(self, limit: int, found: Found | None, *, here: bool = False) -> Some:
        """``here``: what was found is the first of the lines, not the one before them."""
        first, inner = found or (0, None)
        if inner is None and found is not None and not here:
            first += 1  # behind a heading
        lines: list[Line] = []
        heading: Part | None = None
        for number, part in enumerate(self._parts[first:], first):
            if part.query is None:
                heading = part
                continue
            starts = inner if number == first else None
            way = Way(at=True) if here and starts is not None else ONWARDS
            read = self._lines(part, limit + 1 - len(lines), starts, way)
            if read and heading is not None:
                lines.append(_heading(heading))
                heading = None
            lines += read
            if len(lines) > limit:
                return lines[:limit], True
        return lines, False

    def _back(self, limit: int, found: Found | None, *, within: bool) -> Some:
        """``within``: what was found is a line of a section, whose heading therefore stands before it."""
        last, inner = found or (len(self._parts) - 1, None)
        if inner is None and found is not None:
            last, within = last - 1, False  # before a heading
        lines: list[Line] = []
        for number in range(last, -1, -1):
            part = self._parts[number]
            if part.query is not None:
                starts = inner if number == last else None
                read = self._lines(part, limit + 1 - len(lines), starts, Way(back=True))
                lines[:0] = read
                within = within or bool(read)
            elif within:
                lines.insert(0, _heading(part))
                within = False
            if len(lines) > limit:
                return lines[-limit:], True
        return lines, False

    def _lines(self, part: Part, limit: int, after: list[Any] | None, way: Way) -> list[Line]:
        assert part.query is not None
        query = part.query.replace(limit=limit, after=None if after is None else dumps(after))
        read = stretch(self._reader, query, way)
        return [
            Line(part.section, query.entity, record, dumps([part.name, place]))
            for record, place in zip(read.records, read.places, strict=True)
        ]

    def _sizes(self) -> list[int]:
        """How many lines each part has."""
        sizes = [0 if part.query is None else self._reader.count(part.query) for part in self._parts]
        filled = {part.section for part, size in zip(self._parts, sizes, strict=True) if size}
        return [
            int(part.section in filled) if part.query is None else size
            for part, size in zip(self._parts, sizes, strict=True)
        ]


def _heading(part: Part) -> Line:
    return Line(part.section, place=dumps([part.name, None]))
