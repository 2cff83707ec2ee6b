"""What does not fit in memory, in files without a name: numbers to be sorted, and profiles to be read again by their place.

A workspace that is encrypted keeps its secrets: its spools stay in memory (``memory_only``).
"""

from __future__ import annotations

import heapq
import io
import marshal
import os
import tempfile
from array import array
from itertools import groupby

from crmtool.match.profile import Profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO, Any, Self

RUN = 500_000  # numbers sorted at a time: 4 MB
READ = 8_192  # numbers read at a time of each run
HELD = 4_096  # profiles that were read last


def _file(memory_only: bool) -> IO[bytes]:
    return io.BytesIO() if memory_only else tempfile.TemporaryFile()


class Sorted:
    """Numbers of up to 63 bits in any amount: added in any order, read in rising order, each once. Memory is one run."""

    def __init__(self, *, memory_only: bool = False) -> None:
        self._memory_only = memory_only
        self._fresh = array("q")
        self._runs: list[tuple[IO[bytes], int]] = []

    def extend(self, numbers: Iterable[int]) -> None:
        self._fresh.extend(numbers)
        if len(self._fresh) >= RUN:
            self._spill()

    def __len__(self) -> int:
        """How many numbers there are at most: some may be there twice."""
        return len(self._fresh) + sum(count for _, count in self._runs)

    def _spill(self) -> None:
        run = array("q", sorted(set(self._fresh)))
        self._fresh = array("q")
        file = _file(self._memory_only)
        file.write(run.tobytes())
        self._runs.append((file, len(run)))

    def __iter__(self) -> Iterator[int]:
        rest = sorted(set(self._fresh))
        if not self._runs:
            return iter(rest)
        merged = heapq.merge(*(_numbers(file, count) for file, count in self._runs), rest)
        return (number for number, _ in groupby(merged))

    def close(self) -> None:
        for file, _ in self._runs:
            file.close()
        self._runs = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _numbers(file: IO[bytes], count: int) -> Iterator[int]:
    for start in range(0, count, READ):
        file.seek(start * 8)
        part = array("q")
        part.frombytes(file.read(min(READ, count - start) * 8))
        yield from part


class Spool:
    """Plain values written one after the other and read again by number. Eight bytes of memory each."""

    def __init__(self, *, memory_only: bool = False) -> None:
        self._file = _file(memory_only)
        self._number = None if memory_only else self._file.fileno()
        self._offsets = array("q", [0])
        self._unwritten = False

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def append(self, value: Any) -> None:
        data = marshal.dumps(value)
        self._file.write(data)
        self._offsets.append(self._offsets[-1] + len(data))
        self._unwritten = True

    def __getitem__(self, number: int) -> Any:
        begin, end = self._offsets[number], self._offsets[number + 1]
        if self._number is None:
            self._file.seek(begin)
            data = self._file.read(end - begin)
            self._file.seek(0, io.SEEK_END)
        else:
            if self._unwritten:
                self._file.flush()
                self._unwritten = False
            # Places follow in no order, and a file that buffers reads 8 KB at each.
            data = os.pread(self._number, end - begin, begin)
        return marshal.loads(data)  # noqa: S302 - this process wrote it, into a file without a name

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Profiles:
    """Profiles by their number, those read last held ready."""

    def __init__(self, *, memory_only: bool = False) -> None:
        self._spool = Spool(memory_only=memory_only)
        self._held: dict[int, Profile] = {}

    def __len__(self) -> int:
        return len(self._spool)

    def append(self, profile: Profile) -> None:
        self._spool.append(profile.packed())

    def __getitem__(self, number: int) -> Profile:
        found = self._held.get(number)
        if found is None:
            if len(self._held) >= HELD:
                self._held.clear()
            found = self._held[number] = Profile(*self._spool[number])
        return found

    def close(self) -> None:
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
