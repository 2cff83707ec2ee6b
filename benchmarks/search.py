"""Search as one types: some thousand queries drawn from the data itself, each timed once through ``find``.

A kind of query is a way somebody looks for a record: a whole name, the first letters of one, two words, characters of
a name written without spaces, an address, a number in another spelling, words that half of all records hold.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import Figure, Sample, note, number, timed
from crmtool.core import tokens
from crmtool.store import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.data import Store
    from benchmarks.harness import Options

P95, P99, WORST, NAMES_P95 = 15.0, 30.0, 100.0, 6.0
GROWTH = 1.5
DRAWN = 360  # of each kind; twelve kinds or more
NAME_KINDS = ("whole name", "first name", "last name", "1 letter", "2 letters", "3 letters", "4 letters", "5 letters",
              "name and beginning", "CJK")  # fmt: skip

Queries = list[tuple[str, str]]


def run(options: Options) -> Iterator[Figure]:
    """Percentiles over all kinds, those of names, and the slowest kind of each."""
    store = data.store(options, options.size)
    found = measured(options, store)
    everything = Sample.of([took for times in found.values() for took, _ in times])
    names = Sample.of([took for kind in NAME_KINDS for took, _ in found.get(kind, [])])
    seen = f"{len(everything.values):,} queries, p50 {number(everything.median)} ms"
    yield Figure("search, 95 of 100", everything.at(0.95), "ms", P95, seen=seen)
    yield Figure("search, 99 of 100", everything.at(0.99), "ms", P99)
    slowest, query = max(times[-1] for times in found.values())
    yield Figure("search, the slowest", slowest, "ms", WORST, seen=f"“{query}”")
    seen = f"{len(names.values):,} queries, p50 {number(names.median)} ms"
    yield Figure("search for names, 95 of 100", names.at(0.95), "ms", NAMES_P95, seen=seen)
    for kind, times in found.items():
        sample = Sample.of([took for took, _ in times])
        yield Figure(f"– {kind}, 95 of 100", sample.at(0.95), "ms", seen=f"{sample.text()}, “{times[-1][1]}”")
    if options.size > options.small:
        small = measured(options, data.store(options, options.small))
        before = Sample.of([took for times in small.values() for took, _ in times]).median
        growth = f"search, p50, {options.size:,} contacts against {options.small:,}"
        yield Figure(growth, everything.median / before, "x", GROWTH, baseline=f"{number(before)} ms")


def measured(options: Options, store: Store) -> dict[str, list[tuple[float, str]]]:
    """(milliseconds, query) by kind, quickest first."""
    note(f"searching {store.contacts:,} contacts …")
    dice = random.Random(1)
    found: dict[str, list[tuple[float, str]]] = {}
    with store.open() as workspace:
        queries = drawn(store, dice, options.rounds(DRAWN))
        reader = workspace.reader
        for _, text in queries[:: len(queries) // 50]:
            search.find(reader, text)
        for kind, text in queries:
            found.setdefault(kind, []).append((timed(partial(search.find, reader, text)), text))
    return {kind: sorted(found[kind]) for kind in sorted(found)}


def drawn(store: Store, dice: random.Random, each: int) -> Queries:
    """Queries of every kind in random order, the same for the same data."""
    with store.open() as workspace:
        numbers = {dice.randrange(1, store.contacts) for _ in range(each * 8)}
        people = list(workspace.reader.by_number("contact", sorted(numbers)).values())
        firms = [
            r[0]
            for r in workspace.db.rows(f"SELECT name FROM companies ORDER BY substr(id, 27) LIMIT {each}")
        ]
        titles = [r[0] for r in workspace.db.rows(
            "SELECT title FROM (SELECT title FROM contacts WHERE title IS NOT NULL LIMIT 5000) "
            "GROUP BY title ORDER BY count(*) DESC LIMIT 40")]  # fmt: skip
    out: Queries = []
    names = [person["name"] for person in people]
    spaced = [name.split() for name in names if len(name.split()) > 1 and name.isascii()]
    for words in dice.sample(spaced, min(each, len(spaced))):
        out += [("whole name", " ".join(words)), ("first name", words[0]), ("last name", words[-1])]
        word = dice.choice(words)
        out += [(f"{length} letter{'s' if length > 1 else ''}", word[:length]) for length in range(1, 6)]
        out.append(("name and beginning", f"{words[0]} {words[-1][: dice.randint(1, 3)]}"))
        out.append(("two names of different people", f"{words[0]} {dice.choice(spaced)[-1]}"))
        out.append(("nothing", "".join(dice.choice("qxzjkvwy") for _ in range(6))))
    solid = [name for name in names if _solid(name)]
    for name in dice.sample(solid, min(each, len(solid))):
        start = dice.randrange(len(name))
        out.append(("CJK", name[start : start + dice.randint(1, 3)].strip() or name))
    out += [("company", firm) for firm in firms]
    out += [("common words", _common(dice, titles)) for _ in range(each)]
    emails = [person["emails"][0]["value"] for person in people if person["emails"]]
    for address in dice.sample(emails, min(each, len(emails))):
        local, _, domain = address.partition("@")
        out.append(("e-mail", dice.choice([address, f"{local}@", f"{local}@{domain[:2]}", local])))
        out.append(("e-mail domain", domain))
    phones = [person["phones"][0]["value"] for person in people if person["phones"]]
    out += [("phone", _spelled(dice, phone)) for phone in dice.sample(phones, min(each, len(phones)))]
    dice.shuffle(out)
    return out


def _solid(name: str) -> bool:
    """Whether a name is written in characters that are words of their own."""
    return all(len(token) == 1 for token in tokens.words(name)) and not name.isascii()


def _common(dice: random.Random, titles: list[str]) -> str:
    words = [word for title in titles for word in title.split()]
    if dice.random() < 0.5:
        return dice.choice(words)
    return f"{dice.choice(words)} {dice.choice(words)[: dice.randint(1, 9)]}"


def _spelled(dice: random.Random, phone: str) -> str:
    """The number as a telephone might show it: all digits, without the country, or its end."""
    digits = tokens.phone_digits(phone)
    return dice.choice([phone, digits, f"00{digits}", digits[-9:], digits[-7:]])
