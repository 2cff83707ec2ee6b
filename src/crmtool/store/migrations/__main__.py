"""``python -m crmtool.store.migrations NAME``: write the next migration from what the registry has and the
migrations lack.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from crmtool.core.entities import builtin
from crmtool.store import ddl
from crmtool.store.migrations import load


def wanted() -> tuple[list[str], list[list[str]]]:
    """All statements and search indexes of the registry as it is."""
    statements, search = list(ddl.FIXED), []
    for entity in builtin().entities.values():
        statements += ddl.entity_statements(entity)
        if entity.search:
            search.append([entity.table, entity.search])
    return [" ".join(s.split()) for s in statements], search


def table_columns(statements: list[str]) -> dict[str, dict[str, str]]:
    """Table -> column -> definition, over CREATE TABLE and ALTER TABLE ADD COLUMN statements."""
    found: dict[str, dict[str, str]] = {}
    for statement in statements:
        if made := re.match(r'CREATE TABLE "?(\w+)"? \((.*)\)', statement):
            columns = re.split(r", (?![^(]*\))", made[2])
            found[made[1]] = {c.split()[0].strip('"'): c for c in columns if not c.startswith("PRIMARY")}
        elif added := re.match(r'ALTER TABLE "(\w+)" ADD COLUMN (.*)', statement):
            found[added[1]][added[2].split()[0].strip('"')] = added[2]
    return found


def pending() -> tuple[list[str], list[list[str]]]:
    """The statements that bring a store of the existing migrations to the registry."""
    statements, search = wanted()
    old = [s for m in load() for s in m["statements"]]
    old_search = [s for m in load() for s in m["search"]]
    have, want = table_columns(old), table_columns(statements)
    out = []
    for statement in statements:
        if statement in old:
            continue
        made = re.match(r'CREATE TABLE "?(\w+)"?', statement)
        if made and made[1] in have:
            out += [
                f'ALTER TABLE "{made[1]}" ADD COLUMN {definition}'
                for column, definition in want[made[1]].items()
                if column not in have[made[1]]
            ]
        else:
            out.append(statement)
    return out, [s for s in search if s not in old_search]


def main(name: str) -> None:
    statements, search = pending()
    if not statements and not search:
        print("The registry and the migrations agree; nothing to write.")
        return
    number = len(load()) + 1
    content: dict[str, Any] = {"number": number, "name": name, "statements": statements, "search": search}
    path = Path(__file__).parent / f"{number:04}_{name}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Wrote {path.name}; set LATEST = {number} in store/version.py.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "change")
