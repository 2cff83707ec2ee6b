"""Numbered, append-only migrations.

A landed migration is frozen: its statements are text, made once from the registry by ``python -m
crmtool.store.migrations NAME`` and never changed. A store made by any landed version opens in the next: the
pending ones run in one transaction, after a backup. A migration changes tables, never values that sync.
"""

from __future__ import annotations

import json
import os
from importlib import resources

from crmtool.core import clock
from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.store import ddl
from crmtool.store.places import private_directory, refuse_link
from crmtool.store.version import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.store.db import Database


def load() -> list[dict[str, Any]]:
    """All migrations in order: ``number``, ``name``, ``statements`` and ``search`` (table and level pairs to create).

    Some have more: ``own``, statements for the table ``{own}`` of each own object; ``pack``, table and column pairs whose several
    values are written in the short form (see ``packing``); ``begun``, entities whose instants of entry are put right
    where an undo brought a value back.
    """
    folder = resources.files(__package__)
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".json"))
    return [json.loads((folder / name).read_text(encoding="utf-8")) for name in names]


def check_version(db: Database) -> int:
    """The store's version; ``StoreError`` when it was made by a newer crmtool."""
    version = db.schema_version()
    if version > LATEST:
        raise StoreError(
            Message(
                "This workspace was made by a newer crmtool (store {version}, here {latest}).",
                version=version,
                latest=LATEST,
            ),
            Message("Upgrade crmtool; nothing was changed."),
            code="newer_store",
        )
    return version


def migrate(db: Database, backups: str | None = None) -> int:
    """Bring the store to the newest version and answer the version it had. ``backups``: folder for a copy made first."""
    before = check_version(db)
    if before == LATEST:
        return before
    copy = None
    if before and backups is not None:
        refuse_link(backups)
        private_directory(backups)
        copy = os.path.join(backups, f"before-{LATEST}-{clock.now().replace(':', '')}-{os.getpid()}.db")
        db.backup(copy)
    with db.atomic():
        before = db.schema_version()  # another process may have migrated while this one waited
        for migration in load():
            if migration["number"] > before:
                for statement in migration["statements"]:
                    ddl.run(db, statement)
                for table, level in migration["search"]:
                    for statement in db.search_tables(table, level):
                        ddl.run(db, statement)
                if before:
                    _rows(db, migration)
        if before:
            from crmtool.store.migrations.values import settle

            db.search_tune()
            settle(db)
        db.set_schema_version(LATEST)
    if before == LATEST and copy is not None:
        os.unlink(copy)  # another process was first, and has kept its own
    return before


def _rows(db: Database, migration: dict[str, Any]) -> None:
    """The part of a migration that only a store with records needs."""
    from crmtool.core.registry import own_table
    from crmtool.store.migrations.values import pack, set_begun

    for table, column in migration.get("pack", ()):
        pack(db, table, column)
    for entity in migration.get("begun", ()):
        set_begun(db, entity)
    if "own" in migration:
        tables = [own_table(ident) for (ident,) in list(db.rows('SELECT id FROM "objects"'))]
        for table in filter(db.columns, tables):
            for statement in migration["own"]:
                ddl.run(db, statement.replace("{own}", table))
