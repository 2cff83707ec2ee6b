"""Long lists: how much memory a whole ``crm contact list --ndjson`` holds, and how fast its rows come."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import Figure, environment, note, number, process, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Ended, Options

PEAK, FLAT = 60.0, 1.2
# The same rows by hand: the driver, the JSON of the standard library, a line each.
BY_HAND = """
import json, sys
from sqlcipher3 import dbapi2 as engine
connection = engine.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
cursor = connection.execute(
    "SELECT t.*, c.name AS company, u.name AS owner FROM contacts AS t LEFT JOIN companies AS c ON c.id = t.company_id "
    "LEFT JOIN users AS u ON u.id = t.owner_id WHERE t.deleted_at IS NULL AND t.name_key IS NOT NULL ORDER BY t.name_key, t.n"
)
names = [column[0] for column in cursor.description]
held = [at for at, name in enumerate(names) if name in ("emails", "phones", "tags", "addresses", "urls", "external_ids", "extra")]
write = sys.stdout.write
for row in cursor:
    values = list(row)
    for at in held:
        if values[at] is not None:
            values[at] = json.loads(values[at])
    write(json.dumps(dict(zip(names, values)), ensure_ascii=False) + "\\n")
"""


def run(options: Options) -> Iterator[Figure]:
    """Peak memory, whether it grows, and rows a second."""
    note(f"listing {options.size:,} contacts …")
    store = data.store(options, options.size)
    whole = _listed(store)
    hand = process([sys.executable, "-c", BY_HAND, store.path], environment(store.home))
    name = "crm contact list --ndjson"
    yield Figure(f"{name}: memory", whole.peak, "MB", PEAK)
    if options.size > options.small:
        before = _listed(data.store(options, options.small))
        growth = f"– memory: {options.size:,} contacts to {options.small:,}"
        yield Figure(growth, whole.peak / before.peak, "x", FLAT, baseline=f"{number(before.peak)} MB")
    seen, raw = (f"{number(store.contacts / each.cpu)} rows/s of CPU" for each in (whole, hand))
    yield Figure(
        f"{name}: CPU, against the same rows by hand", whole.cpu / hand.cpu, "x", None, False, seen, raw
    )


def _listed(store: data.Store) -> Ended:
    return process([program(), "contact", "list", "--ndjson"], environment(store.home))
