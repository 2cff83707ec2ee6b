"""CSV and JSON files as temporary tables beside the workspace.

A file is read into a table in memory by sqlite-utils, which settles columns and types over all of its rows, and is copied
from there to a temporary table of the workspace's connection. Nothing is written to disk.
"""

from __future__ import annotations

import json
import os
from itertools import chain

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from typing import Any

    import sqlite_utils

    from crmtool.store.db import Database

    Item = dict[str, Any]

_JSON = (".json",)
_NDJSON = (".ndjson", ".jsonl", ".nl")
_STAGE = "stage"


class FileTable(Struct):
    """A file that became the temporary table ``name``; ``columns``: name to type (``TEXT``, ``INTEGER``, ``FLOAT``, ``BLOB``)."""

    name: str
    path: str
    columns: dict[str, str]


def load(db: Database, given: str, taken: Container[str]) -> FileTable:
    """Make a table of the file that ``--with`` names, as ``FILE`` or ``NAME=FILE``. Raises ``UsageError``, ``OSError``."""
    name, path = _named(given)
    if name in taken:
        raise UsageError(
            Message("There is a table “{name}” already.", name=name),
            Message("Give the file another name: --with {example}", example=f"my_{name}={path}"),
            code="table_exists",
        )
    import sqlite_utils  # 150 ms

    staging = sqlite_utils.Database(memory=True, execute_plugins=False)
    try:
        columns = _stage(staging, path)
        listed = ", ".join(f'"{_quoted(column)}" {kind}' for column, kind in columns.items())
        db.execute(f'CREATE TEMP TABLE "{_quoted(name)}" ({listed})')
        marks = ", ".join("?" * len(columns))
        rows = staging.execute(f"SELECT * FROM {_STAGE}")
        db.executemany(f'INSERT INTO temp."{_quoted(name)}" VALUES ({marks})', rows)
    finally:
        staging.close()
    return FileTable(name, path, columns)


def _named(given: str) -> tuple[str, str]:
    """(table, path): the file's own name with everything but letters and digits made an underscore, or the name given."""
    name, equals, path = given.partition("=")
    if equals and name.isidentifier() and not os.path.exists(given):
        return name, path
    stem = os.path.splitext(os.path.basename(given))[0]
    name = "".join(char if char.isalnum() else "_" for char in stem) or "file"
    return (f"_{name}" if name[0].isdigit() else name), given


def _stage(staging: sqlite_utils.Database, path: str) -> dict[str, str]:
    """The rows of the file in ``staging``, and the columns they came to."""
    from sqlite_utils.utils import TypeTracker

    kind = os.path.splitext(path)[1].lower()
    columns: list[str] = []
    text: set[str] = set()
    tracker = TypeTracker()
    if kind in _JSON or kind in _NDJSON:
        rows: Iterator[Item] = _objects(path, lines=kind in _NDJSON)
    else:
        columns, rows = _cells(path)
        rows = iter(tracker.wrap(_watched(rows, text)))
    first = next(rows, None)
    table = staging.table(_STAGE)
    if first is None:
        if not columns:
            raise UsageError(
                Message("{path} has no rows.", path=path),
                Message("Give a file with a header or at least one record."),
                code="empty_file",
            )
        table.create(dict.fromkeys(columns, str))
    else:
        table.insert_all(chain([first], rows), alter=True)
        # Digits that begin with 0 or + are phone numbers and postal codes: as numbers they would be something else.
        types = {
            column: kind for column, kind in tracker.types.items() if kind != "text" and column not in text
        }
        if types:
            table.transform(types=types)
    return {column.name: column.type or "TEXT" for column in table.columns}


def _cells(path: str) -> tuple[list[str], Iterator[Item]]:
    """The columns and rows of a CSV or TSV file of any separator and encoding."""
    from crmtool.transfer.sources.csv_source import CsvSource

    source = CsvSource(path)
    columns: list[str] = []
    for at, column in enumerate(source.columns, 1):
        name, again = column or f"column_{at}", 2
        while name.casefold() in (c.casefold() for c in columns):
            name, again = f"{column}_{again}", again + 1
        columns.append(name)

    def rows() -> Iterator[Item]:
        with source:
            for row in source.rows():
                cells = [cell if cell != "" else None for cell in row.cells]
                yield dict(zip(columns, cells + [None] * (len(columns) - len(cells)), strict=False))

    return columns, rows()


def _watched(rows: Iterable[Item], text: set[str]) -> Iterator[Item]:
    for row in rows:
        for column, value in row.items():
            if column not in text and isinstance(value, str) and _is_code(value):
                text.add(column)
        yield row


def _is_code(value: str) -> bool:
    return value[:1] == "+" or (value[:1] == "0" and value[1:2].isdigit())


def _objects(path: str, *, lines: bool) -> Iterator[Item]:
    """The objects of a JSON file (an array, or one object) or of a file with one object a line."""
    with open(path, encoding="utf-8-sig") as file:
        if not lines:
            found = _parsed(file.read(), path, 1)
            for number, item in enumerate(found if isinstance(found, list) else [found], 1):
                yield _object(item, path, number)
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _object(_parsed(line, path, number), path, number)


def _parsed(text: str, path: str, first: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        line = first + getattr(error, "lineno", 1) - 1
        raise UsageError(
            Message(
                "{path} is not JSON at line {line}: {reason}.",
                path=path,
                line=line,
                reason=getattr(error, "msg", error),
            ),
            Message("A file with one object a line is named .ndjson."),
            code="json",
        ) from None


def _object(item: Any, path: str, number: int) -> Item:
    if not isinstance(item, dict) or not item:
        raise UsageError(
            Message("{path}: entry {number} is not an object with values.", path=path, number=number),
            Message("Every entry is an object such as {example}.", example='{"email": "ana@acme.es"}'),
            code="json",
        )
    return item


def _quoted(name: str) -> str:
    return name.replace('"', '""')
