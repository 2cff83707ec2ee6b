"""The search index of a file: two FTS5 tables without content for each kind of record, over tokens that are made in core."""

from __future__ import annotations

from itertools import islice

from crmtool.store.db import Database, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from crmtool.core.tokens import SearchQuery
    from crmtool.store.db import Row

CHUNK = 2_000
# Tokens are made in core; the tokenizer only has to leave them whole.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
MERGED_PAGES = 100  # some 5 ms; what one step merges is also what it leaves free in the file
GATHERED = 8 << 20  # bytes of new index entries in memory before they are written: those of 20,000 contacts
PREFIXES = {"names": "1 2 3 4", "text": "1 2 3"}


class SqliteSearch(Database):
    """The part of the dialect that knows FTS5."""

    def write_anew(self) -> None:
        """Write the whole file anew, so that nothing of what was deleted is left in it."""
        raise NotImplementedError

    def search_tables(self, table: str, level: str) -> list[str]:
        out = []
        for part in parts(level):
            name = f"{table}_{part}"
            out.append(
                f"CREATE VIRTUAL TABLE \"{name}\" USING fts5(body, content='', contentless_delete=1, "
                f"prefix='{PREFIXES[part]}', tokenize=\"{TOKENIZER}\")"
            )
            out += settings(name)
        return out

    def search_put(self, table: str, level: str, rows: Sequence[tuple[int, str, str]]) -> None:
        rows = sorted(
            rows
        )  # by rising number: one that is smaller than the last makes the index write all it has gathered
        if level == "names":
            self.executemany(
                f'INSERT INTO "{table}_names"(rowid, body) VALUES (?, ?)', [(n, a) for n, a, _ in rows if a]
            )
        self.executemany(
            f'INSERT INTO "{table}_text"(rowid, body) VALUES (?, ?)', [(n, b) for n, _, b in rows if b]
        )

    def search_drop(self, table: str, level: str, numbers: Sequence[int]) -> None:
        rising = [(n,) for n in sorted(numbers)]  # a tenth of what falling numbers cost, see ``search_put``
        for part in parts(level):
            self.executemany(f'DELETE FROM "{table}_{part}" WHERE rowid = ?', rising)

    def search_match(
        self, table: str, part: str, query: SearchQuery, *, prefix: bool
    ) -> tuple[str, list[Any]]:
        name = f"{table}_{part}"
        return f'SELECT rowid AS n FROM "{name}" WHERE "{name}" MATCH ?', [
            fts5_expression(query, prefix=prefix)
        ]

    def search_probes(self, part: str, query: SearchQuery, *, prefix: bool) -> bool:
        # A beginning longer than those that are indexed is put together from all its words each time: 1.5 ms of 16,000 rows.
        begun = query.words if query.each else query.words[-1:]
        held = [int(length) for length in PREFIXES[part].split()]
        return not (prefix and query.prefix) or all(len(phrase[-1]) <= max(held) for phrase in begun)

    def search_newest(
        self,
        table: str,
        part: str,
        query: SearchQuery,
        *,
        prefix: bool,
        joins: str,
        where: str,
        params: Sequence[Any],
        limit: int,
    ) -> list[int]:
        name = f"{table}_{part}"
        # Walking the match newest first and stopping is a fraction of a millisecond; ranking all of a common word is 300.
        sql = (
            f'SELECT s.rowid FROM "{name}" AS s CROSS JOIN "{table}" AS t ON t.n = s.rowid {joins} '
            f'WHERE s."{name}" MATCH ? AND {where} ORDER BY s.rowid DESC LIMIT {int(limit)}'
        )
        expression = fts5_expression(query, prefix=prefix)
        joined = joins.count("?")
        return [row[0] for row in self.rows(sql, [*params[:joined], expression, *params[joined:]])]

    def search_differences(
        self, table: str, level: str, rows: Iterable[tuple[int, str, str]], limit: int
    ) -> list[tuple[int, str]]:
        # The index holds no columns to look at. A second one is made of the rows, and the words of both are walked side by side.
        from contextlib import closing

        made = parts(level)
        try:
            for part in made:
                self.execute(
                    f"CREATE VIRTUAL TABLE temp.expected_{part} USING fts5(body, content='', columnsize=0, "
                    f'tokenize="{TOKENIZER}")'
                )
                for source, name in (("temp", f"expected_{part}"), ("main", f"{table}_{part}")):
                    self.execute(
                        f"CREATE VIRTUAL TABLE temp.words_{source}_{part} USING fts5vocab('{source}', '{name}', 'instance')"
                    )
            waiting = iter(rows)
            while chunk := list(islice(waiting, CHUNK)):
                for part in made:
                    filled = [(row[0], row[1 if part == "names" else 2]) for row in chunk]
                    self.executemany(
                        f"INSERT INTO temp.expected_{part}(rowid, body) VALUES (?, ?)",
                        [r for r in filled if r[1]],
                    )
            found: list[tuple[int, str]] = []
            for part in made:
                words = "SELECT term, doc, offset FROM temp.words_{}_{}"
                with (
                    closing(self.rows(words.format("main", part))) as held,
                    closing(self.rows(words.format("temp", part))) as wanted,
                ):
                    found += [(n, part) for n in differing(held, wanted, limit - len(found))]
            return found
        finally:
            for part in made:
                for name in (f"words_main_{part}", f"words_temp_{part}", f"expected_{part}"):
                    self.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def search_clear(self, table: str, level: str) -> None:
        for part in parts(level):
            self.execute(f'INSERT INTO "{table}_{part}"("{table}_{part}") VALUES (\'delete-all\')')

    def search_tune(self) -> None:
        for name in self._search_indexes():
            for statement in settings(name):
                self.execute(statement)

    def _search_indexes(self) -> list[str]:
        sql = "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
        return [row[0] for row in self.rows(sql)]

    def search_merge(self) -> bool:
        for name in self._search_indexes():
            if int(self.scalar(f'SELECT count(DISTINCT segid) FROM "{name}_idx"')) > 1:
                self.execute(f'INSERT INTO "{name}"("{name}", rank) VALUES (\'merge\', -{MERGED_PAGES})')
                return True
        return False

    def search_tidy(self, *, erase: bool = False) -> None:
        names = self._search_indexes()
        with self.atomic():
            for name in names:
                # The words of removed rows stay in an index until its parts are merged: all of them, to erase.
                command = (
                    "(\"{0}\") VALUES ('optimize')" if erase else "(\"{0}\", rank) VALUES ('merge', 2000)"
                )
                self.execute(f'INSERT INTO "{name}"{command.format(name)}')
        if erase:
            self.write_anew()


def settings(name: str) -> list[str]:
    """The statements that set up one index: default merging makes one write in a hundred take 41 ms, without it the slowest took
    4.8 ms (1M rows). What a large change set adds is gathered in memory, so that it is one part of the index and not many, whose
    merging would leave free pages in the file.

    What single changes add stays some fifty small parts, which a search takes a fifth longer over. Merging them in between,
    however little at a time, comes to writing the large part anew: 0.2 s of somebody's change at 200,000 contacts.
    """
    wanted = (("automerge", 0), ("crisismerge", 64), ("deletemerge", 0), ("hashsize", GATHERED))
    return [
        f'INSERT INTO "{name}"("{name}", rank) VALUES (\'{option}\', {value})' for option, value in wanted
    ]


def differing(held: Iterator[Row], wanted: Iterator[Row], limit: int) -> list[int]:
    """The numbers of the rows whose (word, number, place) stand in one of two sorted streams alone, at most ``limit``."""
    found: dict[int, None] = {}
    one, other = next(held, None), next(wanted, None)
    while (one is not None or other is not None) and len(found) < limit:
        if one == other:
            one, other = next(held, None), next(wanted, None)
        elif other is None or (one is not None and one < other):
            assert one is not None
            found[int(one[1])] = None
            one = next(held, None)
        else:
            found[int(other[1])] = None
            other = next(wanted, None)
    return sorted(found)


def fts5_expression(query: SearchQuery, *, prefix: bool) -> str:
    """The FTS5 query for all words of a search; a word of several tokens (CJK, hyphens) is a phrase."""
    words = [" + ".join(f'"{token}"' for token in phrase) for phrase in query.words]
    if prefix and words and query.prefix:
        words = [word + "*" for word in words] if query.each else [*words[:-1], words[-1] + "*"]
    return " AND ".join(f"({word})" if " + " in word else word for word in words)
