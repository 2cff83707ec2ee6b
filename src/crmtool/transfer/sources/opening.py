"""From the paths a person names to sources: what each file is shows in its content, never in its ending."""

from __future__ import annotations

from crmtool.transfer.sources.csv_source import CsvSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.transfer.sources.base import Source


def open_sources(
    paths: Sequence[str], *, encoding: str | None = None, delimiter: str | None = None
) -> list[Source]:
    """The sources of these files, in their order; ``-`` is standard input. ``encoding`` and ``delimiter`` hold for all tables.

    ``UsageError`` for what cannot be read as anything, ``OSError`` for what cannot be opened; nothing stays open then.
    """
    opened: list[Source] = []
    try:
        for path in paths:
            opened.append(CsvSource(path, encoding=encoding, delimiter=delimiter))  # noqa: PERF401 - closed on failure
    except BaseException:
        for source in opened:
            source.close()
        raise
    return opened
