"""Reads through the library against the raw statement on a connection of the same driver; growth from small to size.

The raw statement is what one would write by hand for the same answer: the same columns, the same joins, the same
order, its rows fetched and thrown away. The library's part is everything else: the query tree, policy, pages, records.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlcipher3 import dbapi2 as engine

from benchmarks import data
from benchmarks.harness import Figure, Sample, alternating, note, ratio
from crmtool.core.query import And, Compare, Path, SortKey
from crmtool.store.reader import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.data import Store
    from benchmarks.harness import Options
    from crmtool.app.workspace import Workspace

BUDGET, GROWTH = 2.0, 1.5
ROUNDS = 1_000
PLACES = 499
PAGE = 50
CONTACTS = (
    "SELECT t.id, t.name, c.name, t.title, t.emails, t.phones, t.lifecycle FROM contacts AS t "
    "LEFT JOIN companies AS c ON c.id = t.company_id AND c.deleted_at IS NULL WHERE t.deleted_at IS NULL"
)
CONTACT_FIELDS = ("name", "company", "title", "emails", "phones", "lifecycle")
DEALS = (
    "SELECT t.id, t.name, c.name, t.amount_minor, t.amount_currency, t.close_on, u.name, t.stage_entered_at FROM deals AS t "
    "LEFT JOIN companies AS c ON c.id = t.company_id AND c.deleted_at IS NULL "
    "LEFT JOIN users AS u ON u.id = t.owner_id AND u.deleted_at IS NULL WHERE t.deleted_at IS NULL"
)
DEAL_FIELDS = ("name", "company", "amount", "close_on", "owner", "stage_entered_at")


class Case(NamedTuple):
    """One read both ways. Each call is told the number of its round, so that each round reads another place.

    Of several raw statements the quickest is the baseline: by hand one knows one's data.
    """

    what: str
    library: Callable[[int], object]
    raw: Callable[[int], object] | list[Callable[[int], object]]
    rounds: int = ROUNDS
    flat: bool = True  # whether it must not take longer where there is more


class Taken(NamedTuple):
    """What a case took both ways."""

    case: Case
    library: Sample
    raw: Sample


def run(options: Options) -> Iterator[Figure]:
    """Ratios on the large workspace, and how much longer each read takes there than on the small one."""
    small = _measured(options, data.store(options, options.small))
    large = _measured(options, data.store(options, options.size))
    for taken in large:
        yield ratio(taken.case.what, taken.library, taken.raw, BUDGET)
    if options.size > options.small:
        for taken, before in zip(large, small, strict=True):
            if taken.case.flat:
                growth = f"– {taken.case.what}: {options.size:,} contacts to {options.small:,}"
                yield ratio(growth, taken.library, before.library, GROWTH)


def _measured(options: Options, store: Store) -> list[Taken]:
    note(f"reads of {store.contacts:,} contacts …")
    found = []
    with store.open() as workspace:
        bench = Bench(store, workspace)
        for case in [*bench.contacts(), *bench.counts(), bench.board()]:
            raw = case.raw if isinstance(case.raw, list) else [case.raw]
            calls = {"library": case.library, **{f"raw {at}": call for at, call in enumerate(raw)}}
            samples = alternating(calls, options.rounds(case.rounds), min(case.rounds, 20))
            library = samples.pop("library")
            found.append(Taken(case, library, min(samples.values(), key=lambda sample: sample.median)))
        bench.connection.close()
    return found


class Bench:
    """The reads of one workspace, and the places to read at."""

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self.reader = workspace.reader
        self.contact = workspace.registry.entity("contact")
        self.deal = workspace.registry.entity("deal")
        self.connection = engine.connect(f"file:{store.path}?mode=ro", uri=True, isolation_level=None)
        dice = random.Random(1)
        drawn = ", ".join(str(dice.randrange(1, store.contacts)) for _ in range(PLACES * 2))
        columns = "id, n, name_key, created_at, company_id, name"
        self.places = self.rows(
            f"SELECT {columns} FROM contacts WHERE n IN ({drawn}) AND company_id IS NOT NULL ORDER BY substr(id, 27)"
        )
        self.by_name = Query("contact", sort=(SortKey(self.path("name")),), fields=CONTACT_FIELDS, limit=PAGE)
        self.by_date = self.by_name.replace(sort=(SortKey(self.path("created_at"), True),))

    def rows(self, sql: str, *params: object) -> list[Any]:
        """All rows of a raw statement."""
        found: list[Any] = self.connection.execute(sql, params).fetchall()
        return found

    def at(self, turn: int, column: int) -> Any:
        """A value of the contact that a round is about."""
        return self.places[turn % len(self.places)][column]

    def path(self, name: str) -> Path:
        return Path((self.contact.field(name),))

    def behind(self, query: Query, field: str, sign: str, column: int) -> list[str]:
        """For every place the token of the page that begins there."""
        found = []
        for place in self.places:
            where = Compare(self.path(field), sign, place[column])
            token = self.reader.page(query.replace(where=where, limit=1)).next
            if token is not None:  # the very last place has nothing behind it
                found.append(token)
        return found

    def contacts(self) -> Iterator[Case]:
        """Single contacts and lists of them."""
        reader, rows, at, by_name = self.reader, self.rows, self.at, self.by_name
        yield Case(
            "contact by id",
            lambda turn: reader.get("contact", at(turn, 0)),
            lambda turn: rows("SELECT * FROM contacts WHERE id = ?", at(turn, 0)),
        )
        name_pages = self.behind(by_name, "name", ">=", 5)
        yield Case(
            "page of 50 by name, anywhere",
            lambda turn: reader.page(by_name.replace(after=name_pages[turn % len(name_pages)])),
            lambda turn: rows(
                f"{CONTACTS} AND t.name_key IS NOT NULL AND (t.name_key, t.n) > (?, ?) "
                f"ORDER BY t.name_key, t.n LIMIT {PAGE + 1}",
                *(at(turn, 2), at(turn, 1)),
            ),
        )
        date_pages = self.behind(self.by_date, "created_at", "<=", 3)
        yield Case(
            "page of 50 by date, anywhere",
            lambda turn: reader.page(self.by_date.replace(after=date_pages[turn % len(date_pages)])),
            lambda turn: rows(
                f"{CONTACTS} AND (t.created_at, t.n) < (?, ?) ORDER BY t.created_at DESC, t.n DESC LIMIT {PAGE + 1}",
                *(at(turn, 3), at(turn, 1)),
            ),
        )
        company = self.path("company")
        yield Case(
            "contacts of one company, by name",
            lambda turn: reader.page(by_name.replace(where=Compare(company, "=", at(turn, 4)))),
            lambda turn: rows(
                f"{CONTACTS} AND t.company_id = ? ORDER BY t.name_key, t.n LIMIT {PAGE + 1}", at(turn, 4)
            ),
        )
        for word, direction in (("common", "DESC"), ("rare", "ASC")):
            value = self.rows(
                f"SELECT lifecycle FROM contacts GROUP BY 1 ORDER BY count(*) {direction} LIMIT 1"
            )[0][0]
            page = by_name.replace(where=Compare(self.path("lifecycle"), "=", value))
            # The index on the lifecycle and a sort, or the order of names and a filter ("+" keeps the index out).
            raw = [
                same(
                    rows,
                    f"{CONTACTS} AND {hint}t.lifecycle = ? AND t.name_key IS NOT NULL "
                    f"ORDER BY t.name_key, t.n LIMIT {PAGE + 1}",
                    value,
                )
                for hint in ("", "+")
            ]
            # A small workspace has less than a page of what is rare, so it says nothing about growth.
            yield Case(
                f"first page by name of a {word} lifecycle",
                same(reader.page, page),
                raw,
                50,
                flat=word == "common",
            )

    def counts(self) -> Iterator[Case]:
        """Counting; takes longer where there is more to count."""
        yield Case(
            "count of all contacts",
            same(self.reader.count, Query("contact")),
            same(self.rows, "SELECT count(*) FROM contacts WHERE deleted_at IS NULL"),
            10,
            flat=False,
        )
        sql = "SELECT owner_id FROM contacts WHERE owner_id IS NOT NULL GROUP BY 1 ORDER BY count(*) LIMIT 1"
        owner = self.rows(sql)[0][0]
        yield Case(
            "count of one owner's contacts",
            same(self.reader.count, Query("contact", where=Compare(self.path("owner"), "=", owner))),
            same(self.rows, "SELECT count(*) FROM contacts WHERE owner_id = ? AND deleted_at IS NULL", owner),
            20,
            flat=False,
        )

    def board(self) -> Case:
        """A column of the pipeline board: the fullest stage."""
        sql = "SELECT stage_id FROM deals WHERE status = 'open' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        stage = self.rows(sql)[0][0]
        stage_is = Compare(Path((self.deal.field("stage"),)), "=", stage)
        is_open = Compare(Path((self.deal.field("status"),)), "=", "open")
        largest = (SortKey(Path((self.deal.field("amount"),)), descending=True),)
        column = Query("deal", where=And((stage_is, is_open)), sort=largest, fields=DEAL_FIELDS, limit=8)
        raw = [
            same(
                self.rows,
                f"{DEALS} AND {a}t.stage_id = ? AND {b}t.status = 'open' AND {c}t.amount_minor IS NOT NULL "
                "ORDER BY t.amount_minor DESC, t.n DESC LIMIT 9",
                stage,
            )
            for a, b, c in (("", "+", "+"), ("+", "", "+"), ("+", "+", ""))
        ]
        return Case(
            "board column: the 8 largest open deals of a stage", same(self.reader.page, column), raw, 30
        )


def same(call: Callable[..., object], *arguments: object) -> Callable[[int], object]:
    """A call that does the same in every round."""
    return lambda turn: call(*arguments)
