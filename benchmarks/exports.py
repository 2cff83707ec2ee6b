"""Writing all contacts to a file, against the same rows written by hand with the driver and the standard library.

By hand: one statement with the names joined, ``csv.writer`` or ``json.dumps``, and nothing of what an export owes (policy, labels
apart from values, cells that are no formulas, characters that no terminal obeys). The workbook's baseline is the library for
workbooks in its streaming mode, on fewer rows.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import Figure, environment, note, number, process, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Ended, Options

LEAST, PEAK, FLAT = 100_000.0, 60.0, 1.2
LISTED = "name,company,title,emails,phones,lifecycle"
_FROM = """
FROM contacts AS t LEFT JOIN companies AS c ON c.id = t.company_id LEFT JOIN users AS o ON o.id = t.owner_id
LEFT JOIN users AS a ON a.id = t.created_by_id LEFT JOIN users AS b ON b.id = t.updated_by_id
WHERE t.deleted_at IS NULL ORDER BY t.n
"""
_ALL = """
t.name, c.name AS company, title, department, t.emails, t.phones, t.lifecycle, o.name AS owner, t.tags, t.source, given_name,
family_name, nickname, phonetic_name, t.addresses, t.urls, birthday, language, timezone, do_not_contact, t.description,
t.last_contacted_at, t.next_step_on, t.id, t.created_at, a.name AS created_by, t.updated_at, b.name AS updated_by, t.deleted_at
"""
_HEAD = """
import csv, json, sys
from sqlcipher3 import dbapi2 as engine
cursor = engine.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[3])
names = [column[0] for column in cursor.description]
held = [at for at, name in enumerate(names) if name in ("emails", "phones", "tags", "addresses", "urls")]
def read(row):
    values = list(row)
    for at in held:
        if values[at] is not None:
            values[at] = json.loads(values[at])
    return values
"""
BY_HAND = {
    "csv": _HEAD
    + """
with open(sys.argv[2], "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(names)
    for row in cursor:
        values = read(row)
        for at in held:
            if values[at] is not None:
                values[at] = "; ".join(str(e[1]) if isinstance(e, list) else e for e in values[at])
        writer.writerow(values)
""",
    "ndjson": _HEAD
    + """
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for row in cursor:
        file.write(json.dumps(dict(zip(names, read(row))), ensure_ascii=False) + "\\n")
""",
    "xlsx": _HEAD
    + """
from itertools import islice
from openpyxl import Workbook
book = Workbook(write_only=True)
sheet = book.create_sheet("contacts")
sheet.append(names)
for row in islice(cursor, 20_000):
    sheet.append([value if at not in held else str(value) for at, value in enumerate(read(row))])
book.save(sys.argv[2])
""",
}
SLOW_ROWS = 20_000


def run(options: Options) -> Iterator[Figure]:
    """Rows a second of CPU and of the clock, memory, and how much of the time by hand it takes."""
    store = data.store(options, options.size)
    rows = store.contacts
    with TemporaryDirectory(dir=options.folder, prefix="export-") as folder:
        for format, hand in BY_HAND.items():
            note(f"exporting {rows:,} contacts to {format} …")
            whole = _exported(store, folder, format, "all")
            other = _by_hand(store, folder, hand, _ALL)
            slow = min(rows, SLOW_ROWS) if format == "xlsx" else rows
            yield from _speeds(f"{format}, all 29 columns", whole, rows, None)
            yield Figure(
                f"– {format}: CPU of a row against by hand", (whole.cpu / rows) / (other.cpu / slow), "x", 1.0, False,
                f"{number(rows / whole.cpu)} rows/s", f"{number(slow / other.cpu)} rows/s",
            )  # fmt: skip
            yield Figure(f"– {format}: memory", whole.peak, "MB", PEAK)
            if options.size > options.small:
                before = _exported(data.store(options, options.small), folder, format, "all")
                growth = f"– {format}: memory, {options.size:,} contacts to {options.small:,}"
                yield Figure(
                    growth, whole.peak / before.peak, "x", FLAT, baseline=f"{number(before.peak)} MB"
                )
            if format != "xlsx":
                yield from _speeds(
                    f"{format}, the columns of a list", _exported(store, folder, format, LISTED), rows, LEAST
                )


def _speeds(what: str, ended: Ended, rows: int, least: float | None) -> Iterator[Figure]:
    yield Figure(f"{what}: rows a second of CPU", rows / ended.cpu, "rows/s", least, True)
    yield Figure(f"– {what}: rows a second of the clock", rows / ended.wall, "rows/s", None, True)


def _exported(store: data.Store, folder: str, format: str, fields: str) -> Ended:
    target = str(Path(folder, f"out.{format}"))
    return process(
        [program(), "export", "contacts", "--fields", fields, "--to", target], environment(store.home)
    )


def _by_hand(store: data.Store, folder: str, script: str, columns: str) -> Ended:
    argv = [
        sys.executable,
        "-c",
        script,
        store.path,
        str(Path(folder, "by-hand")),
        f"SELECT {columns} {_FROM}",
    ]
    return process(argv, environment(store.home))
