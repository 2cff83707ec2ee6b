"""Reads: query trees in, plain records out, always for an actor and under a policy.

Lists stream and never use OFFSET: a page is a seek behind the last row of the page before. Blanks come last
in either direction.
"""

from __future__ import annotations

import time

from crmtool.core import tokens
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.jsontext import dumps
from crmtool.core.messages import Message
from crmtool.core.query import Between, Compare
from crmtool.core.struct import Struct
from crmtool.store.compile import Compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from crmtool.core.changes import Actor
    from crmtool.core.fields import Context, Field
    from crmtool.core.policy import Policy
    from crmtool.core.query import Node, Path, SortKey
    from crmtool.core.registry import Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts
    from crmtool.store.lists import Selection

    Record = dict[str, Any]

CHUNK = 400
FEW = 1000
# Kinds whose comparison asks the one column that the index of the field holds.
ONE_COLUMN = ("date", "instant", "number", "reference", "choice")
REMEMBERED_SECONDS, MOST_REMEMBERED = 10, 500


class Query(Struct):
    """What to read. ``fields`` are keys, also dotted ones over references, which the record then has as they are written
    (``None``: all own ones); ``after`` is a ``Page.next`` token; ``as_of`` an instant.

    ``expand`` gives references as ``{"id", "name"}``. ``trash``: ``"without"``, ``"only"`` or ``"with"`` deleted records.
    """

    entity: str
    where: Node | None = None
    sort: tuple[SortKey, ...] = ()
    fields: tuple[str, ...] | None = None
    limit: int | None = None
    after: str | None = None
    trash: str = "without"
    as_of: str | None = None
    expand: bool = True


class Page(Struct):
    """A page of records and the token of the next one (``None`` at the end)."""

    records: list[dict[str, Any]]
    next: str | None


class Reader:
    """Reads of one actor over one store. What the policy says of the actor holds as long as the reader does."""

    def __init__(self, db: Database, layouts: Layouts, policy: Policy, actor: Actor, ctx: Context) -> None:
        self.db = db
        self.layouts = layouts
        self.policy = policy
        self.actor = actor
        self.ctx = ctx
        self._remembered: dict[tuple[Any, ...], tuple[float, Any]] = {}
        self._presents: dict[tuple[str, str], tuple[str, list[Any]]] = {}
        self._selections: dict[tuple[str, tuple[str, ...] | None, bool], Selection] = {}
        self._wholes: dict[
            tuple[str, str, str, bool], tuple[str, list[Any], Callable[[tuple[Any, ...]], Record]]
        ] = {}

    # -- lists -----------------------------------------------------------------------------------------------------

    def records(self, query: Query) -> Iterator[Record]:
        """The records of a query, streamed."""
        if query.as_of is not None:
            from crmtool.store.asof import rewound

            yield from rewound(self, query, self._stream(query.replace(fields=None)))
            return
        yield from self._stream(query)

    def _stream(self, query: Query) -> Iterator[Record]:
        from crmtool.store.lists import statements  # not for those who only count

        left = query.limit
        for statement in statements(self, query, None):
            make, made = statement.selection.record, 0
            for row in self.db.rows(statement.limited(left), statement.params):
                made += 1
                yield make(row)
            if left is not None:
                left -= made
                if left <= 0:
                    return

    def rows(self, query: Query) -> tuple[list[tuple[Field, int]], Iterator[tuple[Any, ...]]]:
        """All rows of a query as the store has them, streamed, and where each field stands in one (see ``Selection.places``).

        For who writes so many that making records of them, to take them apart again, would be most of the work. References are
        ids; a past day (``as_of``) needs records.
        """
        from crmtool.store.lists import statements

        asked = query.replace(expand=False, limit=None, as_of=None)
        found = list(statements(self, asked, None))
        rows = (row for statement in found for row in self.db.rows(statement.sql, statement.params))
        return found[0].selection.places, rows

    def page(self, query: Query) -> Page:
        """One page; needs ``query.limit``."""
        if query.limit is None:
            raise UsageError(
                Message("A page needs a limit."), Message("Say how many records it may hold."), code="limit"
            )
        from crmtool.store.lists import statements

        records: list[Record] = []
        last: list[Any] | None = None
        more = False
        asked = query if query.as_of is None else query.replace(fields=None)
        for statement in statements(self, asked, query.after):
            left = query.limit - len(records)
            rows = list(self.db.rows(statement.limited(left + 1), statement.params))
            more = len(rows) > left
            del rows[left:]
            if rows:
                last = statement.position(rows[-1])
            records += map(statement.selection.record, rows)
            if more:
                break
        if query.as_of is not None:
            from crmtool.store.asof import rewound

            records = list(rewound(self, query, records))
        return Page(records, dumps(last) if more and last else None)

    def count(self, query: Query) -> int:
        """How many records a query has, whatever its limit."""
        entity = self.layouts.registry.entity(query.entity)
        compiler = self.compiler(entity, query.as_of)
        where = compiler.where(query.where, query.trash)
        if where == "t.deleted_at IS NULL":
            # All rows by the smallest index, less the trash by its own: a third of the time of looking at every row.
            sql = f'SELECT count(*) - (SELECT count(*) FROM "{entity.table}" WHERE deleted_at IS NOT NULL) FROM "{entity.table}"'
            return int(self.db.scalar(sql))
        if where.startswith("t.deleted_at IS NULL AND ") and self._by_index(query, entity):
            condition = where.removeprefix("t.deleted_at IS NULL AND ")
            trash = f'"{entity.table}" AS t{self.db.walking(f"{entity.table}_trash")} WHERE t.deleted_at IS NOT NULL'
            few = self.db.scalar(f"SELECT count(*) FROM (SELECT 1 FROM {trash} LIMIT {FEW}) AS few") < FEW
            if few:
                # What an index counts alone, less the few of them in the trash: a twentieth of looking at every row.
                sql = (
                    f'SELECT (SELECT count(*) FROM "{entity.table}" AS t WHERE {condition}) '
                    f"- (SELECT count(*) FROM {trash} AND {condition})"
                )
                return int(self.db.scalar(sql, [*compiler.params, *compiler.params]))
        sql = f'SELECT count(*) FROM "{entity.table}" AS t {" ".join(compiler.joins)} WHERE {where}'
        return int(self.db.scalar(sql, [*compiler.join_params, *compiler.params]))

    def _by_index(self, query: Query, entity: Entity) -> bool:
        """Whether a filter is one condition on one column that has an index, and no row policy adds to it."""
        node = query.where
        if not isinstance(node, Compare | Between) or (isinstance(node, Compare) and node.op == "!="):
            return False
        field = node.path.steps[0]
        return (
            len(node.path.steps) == 1
            and field.indexed
            and not field.own_key
            and field.kind.name in ONE_COLUMN
            and self.policy.row_filter(self.actor, entity) is None
        )

    def compiler(self, entity: Entity, as_of: str | None = None) -> Compiler:
        """The compiler of a query over ``entity``, for this actor and under this policy."""
        return Compiler(self.db, self.layouts, self.policy, self.actor, self.ctx, entity, as_of)

    def field(self, entity: Entity, name: str) -> Field:
        """The field with this key or alias; ``UsageError`` also for one that the actor may not see."""
        found = entity.field(name)
        if found.key in self.policy.hidden_fields(self.actor, entity):
            self.compiler(entity).check_visible(entity, found)
        return found

    def visible_fields(self, entity: Entity) -> list[Field]:
        """The fields of the entity that the actor may see."""
        hidden = self.policy.hidden_fields(self.actor, entity)
        return [f for f in entity.fields.values() if f.key not in hidden]

    def selection(self, entity: Entity, names: tuple[str, ...] | None, expand: bool) -> Selection:
        """What a list of these fields selects, made once; see ``Query.fields`` and ``Query.expand``."""
        mark = (entity.key, names, expand)
        made = self._selections.get(mark)
        if made is None:
            from crmtool.store.lists import Selection

            fields = self.visible_fields(entity)
            paths: list[tuple[str, Path]] = []
            if names is not None:
                wanted = {entity.field(name).key for name in names if "." not in name} | {"id"}
                for name in wanted - {f.key for f in fields}:
                    self.compiler(entity).check_visible(entity, entity.fields[name])
                fields = [f for f in fields if f.key in wanted]
                dotted = [name for name in names if "." in name]
                if dotted:
                    from crmtool.core.queries.paths import path_named

                    paths = [(name, path_named(name, entity, self.layouts.registry)) for name in dotted]
            made = Selection(self.compiler(entity), self.layouts, fields, expand, paths)
            self._selections[mark] = made
        return made

    def recalled(self, mark: tuple[Any, ...]) -> Any:
        """What is remembered under ``mark``, else ``None``. It may be wrong by now."""
        known = self._remembered.get(mark)
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def remember(self, mark: tuple[Any, ...], value: Any, seconds: float = REMEMBERED_SECONDS) -> Any:
        """Keep for so many seconds what is only worth time, such as how many there are; a list is often looked at again."""
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[mark] = (time.monotonic() + seconds, value)
        return value

    # -- single records ----------------------------------------------------------------------------------------------

    def get(self, entity: str, record: str, *, trash: str = "with", expand: bool = False) -> Record | None:
        """The whole record with this id, with its ``n``; ``None`` when there is none the actor may see."""
        return self.get_many(entity, [record], trash=trash, expand=expand).get(record)

    def get_many(
        self, entity: str, records: Sequence[str], *, trash: str = "with", expand: bool = False
    ) -> dict[str, Record]:
        """Whole records by id, each with its ``n``, which the writer needs of a base."""
        return self._by("id", entity, records, trash, expand)

    def by_number(
        self, entity: str, numbers: Sequence[int], *, trash: str = "without", expand: bool = False
    ) -> dict[int, Record]:
        """Whole records by their ``n``."""
        found = self._by("n", entity, numbers, trash, expand)
        return {record["n"]: record for record in found.values()}

    def _by(
        self, column: str, key: str, values: Sequence[Any], trash: str, expand: bool
    ) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            sql, params, make = self._whole(column, key, trash, expand)
            sql = f"{sql} IN ({', '.join('?' * len(chunk))})"
            for row in self.db.rows(sql, [*params, *chunk]):
                record = make(row)
                record["n"] = row[-1]
                found[record["id"]] = record
        return found

    def present(self, entity: str, records: Sequence[str], *, trash: str = "with") -> list[str]:
        """Which of these ids are records that the actor may see."""
        made = self._presents.get((entity, trash))
        if made is None:
            kind = self.layouts.registry.entity(entity)
            compiler = self.compiler(kind)
            where = compiler.where(None, trash)
            sql = f'SELECT t.id FROM "{kind.table}" AS t {" ".join(compiler.joins)} WHERE {where} AND t.id IN'
            made = self._presents[entity, trash] = (sql, [*compiler.join_params, *compiler.params])
        sql, params = made
        sql = f"{sql} ({', '.join('?' * len(records))})"
        return [row[0] for row in self.db.rows(sql, [*params, *records])]

    def _whole(
        self, column: str, key: str, trash: str, expand: bool
    ) -> tuple[str, list[Any], Callable[[tuple[Any, ...]], Record]]:
        """The statement for whole records by a column, its parameters, and what makes a record of a row; made once a reader."""
        mark = (column, key, trash, expand)
        made = self._wholes.get(mark)
        if made is None:
            from crmtool.store.lists import Selection

            entity = self.layouts.registry.entity(key)
            compiler = self.compiler(entity)
            selection = Selection(compiler, self.layouts, self.visible_fields(entity), expand)
            where = compiler.where(None, trash)
            sql = (
                f'SELECT {", ".join(selection.columns)}, t.n FROM "{entity.table}" AS t {" ".join(compiler.joins)} '
                f"WHERE {where} AND t.{column}"
            )
            made = self._wholes[mark] = (sql, [*compiler.join_params, *compiler.params], selection.record)
        return made

    def names(self, entity: str, records: Iterable[str], *, trash: str = "with") -> dict[str, str]:
        """Display names by id, of the records the actor may see; ``""`` where there is no name, or it is hidden."""
        kind = self.layouts.registry.entity(entity)
        wanted = list(dict.fromkeys(records))
        named = kind.name_field in (field.key for field in self.visible_fields(kind))
        out: dict[str, str] = {}
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            compiler = self.compiler(kind)
            where = compiler.where(None, trash)
            name = self.layouts[kind.key].selection(kind.fields[kind.name_field], "t")[0] if named else "NULL"
            sql = (
                f'SELECT t.id, {name} FROM "{kind.table}" AS t {" ".join(compiler.joins)} '
                f"WHERE {where} AND t.id IN ({', '.join('?' * len(chunk))})"
            )
            out.update(
                (row[0], row[1] or "")
                for row in self.db.rows(sql, [*compiler.join_params, *compiler.params, *chunk])
            )
        return out

    # -- indexed look-ups ----------------------------------------------------------------------------------------------

    def _answers(self, entity: str, kind: str) -> bool:
        """Whether the actor may see all fields that feed the look-ups of this kind."""
        found = self.layouts.registry.entity(entity)
        hidden = self.policy.hidden_fields(self.actor, found)
        return not hidden or not any(f.lookup == kind and f.key in hidden for f in found.fields.values())

    def lookup(
        self, entity: str, kind: str, keys: Sequence[str], *, trash: str = "without"
    ) -> dict[str, list[str]]:
        """Ids of the records that hold each normalised key (see ``Kind.lookup_key``), oldest first."""
        if not self._answers(entity, kind):
            return {}
        return self._ids(
            entity,
            "l.key",
            "lookup AS l JOIN",
            "l.n = t.n AND l.kind = ? AND l.entity = ?",
            [kind, self.layouts.registry.entity(entity).index_key],
            keys,
            trash,
        )

    def by_name(
        self, entity: str, name_keys: Sequence[str], *, trash: str = "without"
    ) -> dict[str, list[str]]:
        """Ids of the records with each folded name, oldest first."""
        kind = self.layouts.registry.entity(entity)
        if kind.name_field in self.policy.hidden_fields(self.actor, kind):
            return {}
        return self._ids(entity, "t.name_key", "", "", [], name_keys, trash)

    def by_handle(self, entity: str, low: str, high: str, *, trash: str = "without") -> list[str]:
        """Ids whose last ten digits lie between two bounds (see ``ids.handle_range``)."""
        kind = self.layouts.registry.entity(entity)
        compiler = self.compiler(kind)
        where = compiler.where(None, trash)
        sql = (
            f'SELECT t.id FROM "{kind.table}" AS t {" ".join(compiler.joins)} '
            f"WHERE {where} AND substr(t.id, 27) BETWEEN ? AND ? LIMIT 20"
        )
        return [row[0] for row in self.db.rows(sql, [*compiler.join_params, *compiler.params, low, high])]

    def _ids(
        self, key: str, column: str, join: str, on: str, own: list[Any], values: Sequence[str], trash: str
    ) -> dict[str, list[str]]:
        entity = self.layouts.registry.entity(key)
        out: dict[str, list[str]] = {}
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            compiler = self.compiler(entity)
            where = compiler.where(None, trash)
            source = f'{join} "{entity.table}" AS t' + (f" ON {on}" if on else "")
            sql = (
                f"SELECT {column}, t.id FROM {source} {' '.join(compiler.joins)} "
                f"WHERE {column} IN ({', '.join('?' * len(chunk))}) AND {where} ORDER BY t.n"
            )
            for found, record in self.db.rows(sql, [*own, *compiler.join_params, *chunk, *compiler.params]):
                out.setdefault(found, []).append(record)
        return out

    def phones(self, entity: str, text: str, limit: int = 200) -> list[str]:
        """Ids of the records with this phone number in any spelling, best match first."""
        bounds = tokens.phone_range(text)
        if bounds is None or not self._answers(entity, "phone"):
            return []
        kind = self.layouts.registry.entity(entity)
        compiler = self.compiler(kind)
        where = compiler.where(None, "without")
        sql = (
            f'SELECT l.key, t.id FROM lookup AS l JOIN "{kind.table}" AS t ON t.n = l.n {" ".join(compiler.joins)} '
            f"WHERE l.kind = 'phone' AND l.entity = ? AND l.key >= ? AND l.key < ? AND {where} "
            f"ORDER BY t.n DESC LIMIT {int(limit)}"
        )
        wanted = tokens.phone_key(text)
        found: dict[str, int] = {}
        for key, record in self.db.rows(
            sql, [*compiler.join_params, kind.index_key, *bounds, *compiler.params]
        ):
            common = next(
                (i for i, (a, b) in enumerate(zip(key, wanted, strict=False)) if a != b),
                min(len(key), len(wanted)),
            )
            if common >= 9 or common == min(len(key), len(wanted)):
                found[record] = max(common, found.get(record, 0))
        return sorted(found, key=lambda record: -found[record])

    def require(self, entity: str, record: str, *, trash: str = "with") -> Record:
        """``get`` or ``NotFoundError``."""
        found = self.get(entity, record, trash=trash)
        if found is None:
            raise NotFoundError(
                Message("There is no such {noun}: {record}.", noun=entity, record=record),
                Message("See what there is: {command}", command=f"crm {entity} list"),
            )
        return found
