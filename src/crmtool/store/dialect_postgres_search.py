"""The search index of a workspace on a server: tables of text-search data over our own tokens, with a GIN index each."""

from __future__ import annotations

from itertools import islice

from crmtool.store.db import Database, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.core.tokens import SearchQuery

BATCH = 500  # rows compared at once
FEW = 500  # matches of a search that are sorted rather than walked through
MAX_NUMBER = 2**63 - 1
MAX_POSITION = 16_383  # the engine's limit on the place of a word
MAX_VECTOR = 1_000_000  # bytes; the engine's limit is a little higher


class PostgresSearch(Database):
    """The part of the dialect that knows the server's text search."""

    schema: str

    def control(self, statements: str) -> None:
        """Run statements that name no table, in one round trip."""
        raise NotImplementedError

    def search_tables(self, table: str, level: str) -> list[str]:
        out = []
        for part in parts(level):
            name = f"{table}_{part}"
            out.append(f'CREATE TABLE "{name}" (n bigint PRIMARY KEY, body tsvector NOT NULL)')
            out.append(f'CREATE INDEX "{name}_body" ON "{name}" USING gin (body)')
        return out

    def search_put(self, table: str, level: str, rows: Sequence[tuple[int, str, str]]) -> None:
        for part, place in zip(("text", "names"), (2, 1), strict=True):
            if part in parts(level):
                filled = [(row[0], vector(str(row[place]))) for row in rows if row[place]]
                self.executemany(f'INSERT INTO "{table}_{part}" (n, body) VALUES (?, ?::tsvector)', filled)

    def search_drop(self, table: str, level: str, numbers: Sequence[int]) -> None:
        for part in parts(level):
            self.execute(f'DELETE FROM "{table}_{part}" WHERE n = ANY (?)', (list(numbers),))

    def search_match(
        self, table: str, part: str, query: SearchQuery, *, prefix: bool
    ) -> tuple[str, list[Any]]:
        return f'SELECT n FROM "{table}_{part}" WHERE body @@ ?::tsquery', [expression(query, prefix=prefix)]

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
        words = expression(query, prefix=prefix)
        # The planner cannot tell a rare word from a common one, and walking back through all rows for a rare one is slow. So
        # look first: a few matches are sorted; of many, the newest are soon met on the way back.
        few = f'SELECT n FROM "{table}_{part}" WHERE body @@ ?::tsquery LIMIT {FEW + 1}'
        found = [row[0] for row in self.rows(few, (words,))]
        if not found:
            return []
        given: Any = found
        if len(found) <= FEW:
            source, condition = f'"{table}" AS t', "t.n = ANY (?)"
        else:
            source = f'"{table}_{part}" AS s JOIN "{table}" AS t ON t.n = s.n'
            condition, given = "s.body @@ ?::tsquery", words
        sql = f"SELECT t.n FROM {source} {joins} WHERE {condition} AND {where} ORDER BY t.n DESC LIMIT {int(limit)}"
        joined = joins.count("?")
        return [row[0] for row in self.rows(sql, [*params[:joined], given, *params[joined:]])]

    def search_differences(
        self, table: str, level: str, rows: Iterable[tuple[int, str, str]], limit: int
    ) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        waiting, above = iter(rows), 0
        while len(found) < limit:
            chunk = list(islice(waiting, BATCH))
            below = chunk[-1][0] if chunk else MAX_NUMBER  # behind the last row nothing may stand
            for part in parts(level):
                place = 1 if part == "names" else 2
                filled = [row for row in chunk if row[place]]
                sql = (
                    f'SELECT coalesce(h.n, w.n) FROM (SELECT n, body FROM "{table}_{part}" WHERE n > ? AND n <= ?) AS h '
                    "FULL JOIN unnest(?::bigint[], ?::text[]) AS w (n, body) ON w.n = h.n "
                    f"WHERE h.body IS DISTINCT FROM w.body::tsvector ORDER BY 1 LIMIT {limit}"
                )
                wanted = [row[0] for row in filled], [vector(str(row[place])) for row in filled]
                found += [
                    (int(row[0]), part) for row in self.execute(sql, (above, below, *wanted)).fetchall()
                ]
            if not chunk:
                break
            above = below
        return found[:limit]

    def search_clear(self, table: str, level: str) -> None:
        for part in parts(level):
            self.execute(f'DELETE FROM "{table}_{part}"')

    def search_tidy(self, *, erase: bool = False) -> None:
        """Take removed rows out of the tables and count what is in them, which the server otherwise does when it comes to it.

        After an erasure also out of every index. No table is written anew, which would shut everybody out of it for as long as
        that takes; what the server's own log and backups keep is for its admin to let expire.
        """
        if self.depth:
            return
        sql = (
            "SELECT quote_ident(relname) FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace(?) AND relkind = 'r' "
            "AND pg_relation_size(oid) > 0"
        )
        tables = [f'"{self.schema}".{row[0]}' for row in self.execute(sql, (f'"{self.schema}"',))]
        if tables:
            self.control(f"VACUUM (ANALYZE{', INDEX_CLEANUP ON' if erase else ''}) {', '.join(tables)}")


def vector(body: str) -> str:
    """Space-separated tokens as text-search data with their places; the engine's own parser would cut some of them.

    Places end at the engine's limit, so a phrase is not found behind it; words that exceed the size it allows are left out.
    """
    places: dict[str, list[int]] = {}
    size = 0
    for place, token in enumerate(body.split(), 1):
        found = places.get(token)
        size += 2 if found is not None else len(token.encode()) + 8
        if size > MAX_VECTOR:
            break
        if found is None:
            places[token] = [min(place, MAX_POSITION)]
        elif place <= MAX_POSITION:
            found.append(place)
    return " ".join(f"'{token}':{','.join(map(str, found))}" for token, found in places.items())


def expression(query: SearchQuery, *, prefix: bool) -> str:
    """The text-search query for all words of a search; a word of several tokens (CJK, hyphens) is a phrase."""
    words = [" <-> ".join(f"'{token}'" for token in phrase) for phrase in query.words]
    if prefix and words and query.prefix:
        words = [word + ":*" for word in words] if query.each else [*words[:-1], words[-1] + ":*"]
    return " & ".join(f"({word})" for word in words)
