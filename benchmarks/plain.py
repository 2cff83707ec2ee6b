"""The plainest design that answers the same questions, written by hand: what the library's is measured against.

A row of nine values, five indexes, a table of e-mail and phone keys, two full-text tables without content, and a log
row with the values as JSON. No definitions, no validation, no digests, no undo, no policy.
"""

from __future__ import annotations

import csv
import json
import os
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlcipher3 import dbapi2 as engine

from benchmarks import data
from benchmarks.harness import note
from crmtool.core import changes, clock, ids, tokens
from crmtool.store.dialect_sqlite_search import TOKENIZER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.data import Store
    from benchmarks.harness import Options

MOST, BATCH = 100_000, 20_000
TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 20000;
PRAGMA cache_size = -64000;
CREATE TABLE company (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE contact (n INTEGER PRIMARY KEY, id TEXT, name TEXT, email TEXT, phone TEXT, company TEXT, owner TEXT, status TEXT,
    created_at TEXT, updated_at TEXT);
CREATE UNIQUE INDEX contact_id ON contact (id);
CREATE INDEX contact_name ON contact (name, n);
CREATE INDEX contact_company ON contact (company, n);
CREATE INDEX contact_owner ON contact (owner, n);
CREATE INDEX contact_updated ON contact (updated_at, n);
CREATE TABLE key (kind TEXT, key TEXT, n INTEGER, PRIMARY KEY (kind, key, n)) WITHOUT ROWID;
CREATE TABLE log (n INTEGER PRIMARY KEY, set_n INTEGER, record TEXT, entity TEXT, verb TEXT, actor TEXT, at TEXT, fields TEXT);
"""
FULL_TEXT = (
    "CREATE VIRTUAL TABLE {} USING fts5(body, content='', contentless_delete=1, prefix='{}', tokenize=\"{}\")"
)
FIELDS = ("name", "email", "phone", "company", "owner", "status")


class Person(NamedTuple):
    """One contact as the plain design has it."""

    id: str
    name: str
    email: str | None
    phone: str | None
    company: str | None
    owner: str | None
    status: str
    created_at: str
    updated_at: str


class Plain:
    """A new store of the plain design."""

    def __init__(self, path: Path) -> None:
        self.connection: Any = engine.connect(str(path), isolation_level=None)
        self.connection.executescript(TABLES)
        for table, prefixes in (("names", "1 2 3 4"), ("words", "1 2 3")):
            self.connection.execute(FULL_TEXT.format(table, prefixes, TOKENIZER))
            for option, value in (("automerge", 0), ("crisismerge", 64), ("deletemerge", 0)):
                self.connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('{option}', {value})")
        self.count = 0

    def write(self, people: Iterable[Person]) -> None:
        """Add contacts in one transaction: rows, keys, index, log."""
        keys, names, words, log, rows = [], [], [], [], []
        for person in people:
            self.count += 1
            n, email, phone = self.count, person.email, tokens.phone_digits(person.phone or "")
            rows.append((n, *person))
            if email:
                keys.append(("email", email.lower(), n))
            if phone:
                keys.append(("phone", phone[::-1], n))
            made = tokens.tokens(person.name)
            names.append((n, " ".join(made)))
            words.append((n, " ".join([*made, *tokens.tokens(email or ""), phone])))
            fields = json.dumps(dict(zip(FIELDS, person[1:7], strict=True)), ensure_ascii=False)
            log.append((n, 1, person.id, "contact", "create", person.owner, person.created_at, fields))
        run = self.connection.executemany
        self.connection.execute("BEGIN IMMEDIATE")
        run(f"INSERT INTO contact VALUES ({', '.join('?' * 10)})", rows)
        run("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", keys)
        run("INSERT INTO names(rowid, body) VALUES (?, ?)", names)
        run("INSERT INTO words(rowid, body) VALUES (?, ?)", words)
        run(f"INSERT INTO log VALUES ({', '.join('?' * 8)})", log)
        self.connection.execute("COMMIT")

    def known(self, email: str) -> bool:
        """Whether somebody has this address."""
        sql = "SELECT n FROM key WHERE kind = 'email' AND key = ?"
        return self.connection.execute(sql, (email.lower(),)).fetchone() is not None


def sizes(options: Options, source: Store) -> tuple[float, float]:
    """Bytes a contact on disk, both holding the same values of the same contacts: in the library's store, in this design."""
    count = min(options.rounds(MOST), source.contacts)
    note(f"writing {count:,} contacts in two designs …")
    with source.open() as workspace:
        found = workspace.reader.by_number("contact", range(1, count + 1), trash="with", expand=False)
        contacts = list(found.values())
    with TemporaryDirectory(dir=options.folder, prefix="plain-") as folder:
        path = Path(folder, "plain.db")
        store = Plain(path)
        for start in range(0, len(contacts), BATCH):
            store.write(map(_person, contacts[start : start + BATCH]))
        store.connection.close()
        plain = path.stat().st_size
    return _ours(options, contacts) / len(contacts), plain / len(contacts)


def _person(contact: dict[str, Any]) -> Person:
    email, phone = (next((e["value"] for e in contact[key] or []), None) for key in ("emails", "phones"))
    return Person(
        contact["id"], contact["name"], email, phone, contact["company"], contact["owner"], contact["lifecycle"],
        contact["created_at"], contact["updated_at"],
    )  # fmt: skip


def _ours(options: Options, contacts: list[dict[str, Any]]) -> int:
    with data.empty(options) as store:
        before = os.path.getsize(store.path)
        with store.open(read_only=False) as workspace:
            entity = workspace.registry.entity("contact")
            job = workspace.start_job("benchmark", "import", {})
            for start in range(0, len(contacts), BATCH):
                made = []
                for contact in contacts[start : start + BATCH]:
                    values = {key: contact[key] for key in ("name", "company", "owner", "lifecycle")}
                    values.update({key: (contact[key] or [])[:1] for key in ("emails", "phones")})
                    made.append(changes.create(entity, values))
                with job.step() as step:
                    step.apply(made)
            job.finish()
        return os.path.getsize(store.path) - before


def imported(options: Options, path: Path) -> float:
    """Import such a file as ``imports`` writes by hand, without a check of anything; the seconds of CPU that it takes."""
    with (
        TemporaryDirectory(dir=options.folder, prefix="plain-") as folder,
        path.open(encoding="utf-8", newline="") as file,
    ):
        store = Plain(Path(folder, "plain.db"))
        begin = time.process_time()
        rows = csv.reader(file)
        next(rows)
        companies: dict[str, str] = {}
        while people := [person for row in islice(rows, BATCH) if (person := _read(store, companies, row))]:
            store.write(people)
        new = [(ident, name) for name, ident in companies.items()]
        store.connection.execute("BEGIN IMMEDIATE")
        store.connection.executemany("INSERT INTO company VALUES (?, ?)", new)
        store.connection.execute("COMMIT")
        taken = time.process_time() - begin
        store.connection.close()
    return taken


def _read(store: Plain, companies: dict[str, str], row: list[str]) -> Person | None:
    """The contact of a row; ``None`` when somebody has its address."""
    given, family, company, _, _, email, _, phone = row
    if email and store.known(email):
        return None
    if company and company not in companies:
        companies[company] = ids.new_id()
    now = clock.now()
    return Person(
        ids.new_id(), f"{given} {family}".strip(), email or None, phone or None, companies.get(company), None, "lead", now, now,
    )  # fmt: skip
