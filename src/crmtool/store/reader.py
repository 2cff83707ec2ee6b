"""Reads: query trees in, plain records out, always for an actor and under a policy.

Lists stream and never use OFFSET: a page is a seek behind the last row of the page before. Blanks come last
in either direction.
"""

from __future__ import annotations

from crmtool.core import jsontext, tokens
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.jsontext import dumps
from crmtool.core.messages import Message
from crmtool.core.query import And, Compare
from crmtool.core.struct import Struct
from crmtool.store.compile import Compiler
from crmtool.store.ordering import order, ranges

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
    from crmtool.store.ordering import Range

    Record = dict[str, Any]

CHUNK = 400


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


class Selection:
    """The columns of a query and how to make records of its rows."""

    def __init__(
        self,
        compiler: Compiler,
        layouts: Layouts,
        fields: Sequence[Field],
        expand: bool,
        paths: Sequence[tuple[str, Path]] = (),
    ) -> None:
        self.columns: list[str] = []
        self._plan: list[tuple[str, int, Callable[[tuple[Any, ...], int], Any] | None, int]] = []
        layout = layouts[compiler.entity.key]
        customs: int | None = None
        for field in fields:
            at = len(self.columns)
            if field.own_key and customs is not None:
                at = customs
            else:
                if field.own_key:
                    customs = at
                self.columns += layout.selection(field, "t")
            name_at = -1
            if expand and field.kind.name in ("reference", "file") and field.target:
                name = compiler.name_of((field,))
                if name is not None:
                    name_at = len(self.columns)
                    self.columns.append(name)
            self._plan.append((field.key, at, layout.decoder(field), name_at))
        for key, path in paths:
            self._reached(compiler, layouts, key, path, expand)

    def _reached(self, compiler: Compiler, layouts: Layouts, key: str, path: Path, expand: bool) -> None:
        """Add the columns of a field of another record, under its dotted name."""
        alias, entity = compiler.reach(path)
        layout, field, at = layouts[entity.key], path.field, len(self.columns)
        self.columns += layout.selection(field, alias)
        name = (
            compiler.name_of(path.steps)
            if expand and field.kind.name in ("reference", "file") and field.target
            else None
        )
        if name is not None:
            self.columns.append(name)
        self._plan.append((key, at, layout.decoder(field), -1 if name is None else len(self.columns) - 1))

    def record(self, row: tuple[Any, ...]) -> Record:
        """One record of one row."""
        out: Record = {}
        for key, at, decode, name_at in self._plan:
            value = row[at] if decode is None else decode(row, at)
            if name_at >= 0 and value is not None:
                value = {"id": value, "name": row[name_at]}
            out[key] = value
        return out


class Reader:
    """Reads of one actor over one store."""

    def __init__(self, db: Database, layouts: Layouts, policy: Policy, actor: Actor, ctx: Context) -> None:
        self.db = db
        self.layouts = layouts
        self.policy = policy
        self.actor = actor
        self.ctx = ctx
        self._wholes: dict[
            tuple[str, str, str, bool], tuple[str, list[Any], Callable[[tuple[Any, ...]], Record]]
        ] = {}

    # -- lists -----------------------------------------------------------------------------------------------------

    def records(self, query: Query) -> Iterator[Record]:
        """The records of a query, streamed."""
        if query.as_of is not None:
            from crmtool.store.asof import rewound

            yield from rewound(
                self, query, (record for record, _ in self._stream(query.replace(fields=None), None))
            )
            return
        for record, _ in self._stream(query, None):
            yield record

    def page(self, query: Query) -> Page:
        """One page; needs ``query.limit``."""
        if query.limit is None:
            raise UsageError(
                Message("A page needs a limit."), Message("Say how many records it may hold."), code="limit"
            )
        asked = query.replace(limit=query.limit + 1, after=None)
        if query.as_of is not None:
            asked = asked.replace(fields=None)
        rows = list(self._stream(asked, query.after))
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        records = [record for record, _ in rows]
        if query.as_of is not None:
            from crmtool.store.asof import rewound

            records = list(rewound(self, query, records))
        return Page(records, dumps(list(rows[-1][1])) if more and rows else None)

    def count(self, query: Query) -> int:
        """How many records a query has, whatever its limit."""
        entity = self.layouts.registry.entity(query.entity)
        compiler = self.compiler(entity, query.as_of)
        where = compiler.where(query.where, query.trash)
        if where == "t.deleted_at IS NULL":
            # All rows by the smallest index, less the trash by its own: a third of the time of looking at every row.
            sql = f'SELECT count(*) - (SELECT count(*) FROM "{entity.table}" WHERE deleted_at IS NOT NULL) FROM "{entity.table}"'
            return int(self.db.scalar(sql))
        sql = f'SELECT count(*) FROM "{entity.table}" AS t {" ".join(compiler.joins)} WHERE {where}'
        return int(self.db.scalar(sql, [*compiler.join_params, *compiler.params]))

    def compiler(self, entity: Entity, as_of: str | None = None) -> Compiler:
        """The compiler of a query over ``entity``, for this actor and under this policy."""
        return Compiler(self.db, self.layouts, self.policy, self.actor, self.ctx, entity, as_of)

    def field(self, entity: Entity, name: str) -> Field:
        """The field with this key or alias; ``UsageError`` also for one that the actor may not see."""
        found = entity.field(name)
        self.compiler(entity).check_visible(entity, found)
        return found

    def visible_fields(self, entity: Entity) -> list[Field]:
        """The fields of the entity that the actor may see."""
        hidden = self.policy.hidden_fields(self.actor, entity)
        return [f for f in entity.fields.values() if f.key not in hidden]

    def _stream(self, query: Query, after: str | None) -> Iterator[tuple[Record, tuple[Any, ...]]]:
        entity = self.layouts.registry.entity(query.entity)
        fields = self.visible_fields(entity)
        if query.fields is not None:
            wanted = {entity.field(name).key for name in query.fields if "." not in name} | {"id"}
            shown = {f.key for f in fields}
            for name in wanted - shown:
                self.compiler(entity).check_visible(entity, entity.fields[name])
            fields = [f for f in fields if f.key in wanted]
        left = query.limit
        position = _position(after) if after else None
        for number, span in enumerate(ranges(query.sort, query.as_of)):
            if position is not None and number < position[0]:
                continue
            produced = 0
            behind = position[1:] if position is not None and position[0] == number else None
            for record, mark in self._range(query, entity, fields, span, behind, left):
                produced += 1
                yield record, (number, *mark)
            if left is not None:
                left -= produced
                if left <= 0:
                    return

    def _range(
        self,
        query: Query,
        entity: Entity,
        fields: list[Field],
        span: Range,
        behind: list[Any] | None,
        limit: int | None,
    ) -> Iterator[tuple[Record, tuple[Any, ...]]]:
        """The records of one range of the list with their marks."""
        compiler = self.compiler(entity, query.as_of)
        selection = Selection(compiler, self.layouts, fields, query.expand, self._paths(query, entity))
        ordered = order(compiler, query.sort, span, behind)
        where = compiler.where(query.where, query.trash)
        walk = self._walk(query, entity, span)
        start = len(selection.columns)
        sql = (
            f'SELECT {", ".join([*selection.columns, *ordered.marks])} FROM "{entity.table}" AS t'
            f"{walk} {' '.join(compiler.joins)} WHERE {where} AND {ordered.where} ORDER BY {', '.join(ordered.order)}"
        )
        if limit is not None:
            sql += f" LIMIT {int(limit)}"
        make = selection.record
        for row in self.db.rows(sql, [*compiler.join_params, *compiler.params, *ordered.params]):
            yield make(row), row[start:]

    def _walk(self, query: Query, entity: Entity, span: Range) -> str:
        """What makes the engine walk the order and filter, where it would sort all that a common value has.

        It knows no frequencies, and with them it would not know the limit. A bounded count of each indexed value does.
        """
        if (
            query.limit is None
            or query.where is None
            or span.kind != "set"
            or query.trash != "without"
            or query.as_of
        ):
            return ""
        field = query.sort[0].path.steps[0]
        folded = field.kind.name == "text" and field.key != entity.name_field
        if len(query.sort[0].path.steps) > 1 or not field.indexed or field.own_key or field.target or folded:
            return ""  # no index of this table has that order
        leaves = query.where.items if isinstance(query.where, And) else (query.where,)
        # Sorting m matches, or walking limit * n / m rows until the limit is full: the two cost the same at this m.
        size = self.db.scalar(f'SELECT max(n) FROM "{entity.table}"') or 0
        most = 1 + int((size * query.limit / 2) ** 0.5)
        common = False
        for leaf in leaves:
            if (
                not isinstance(leaf, Compare)
                or leaf.op != "="
                or len(leaf.path.steps) > 1
                or not leaf.path.field.indexed
            ):
                continue
            probe = self.compiler(entity)
            sql = f'SELECT count(*) FROM (SELECT 1 FROM "{entity.table}" AS t WHERE {probe.condition(leaf)} LIMIT {most})'
            if probe.joins or self.db.scalar(sql, probe.params) < most:
                return ""
            common = True
        return self.db.walking(f"{entity.table}_{field.columns[0][0]}") if common else ""

    def _paths(self, query: Query, entity: Entity) -> list[tuple[str, Path]]:
        """The dotted fields of a query: as they are written, and as steps from its entity on."""
        names = [name for name in query.fields or () if "." in name]
        if not names:
            return []
        from crmtool.core.queries.paths import path_named

        return [(name, path_named(name, entity, self.layouts.registry)) for name in names]

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

    def _whole(
        self, column: str, key: str, trash: str, expand: bool
    ) -> tuple[str, list[Any], Callable[[tuple[Any, ...]], Record]]:
        """The statement for whole records by a column, its parameters, and what makes a record of a row; made once a reader."""
        mark = (column, key, trash, expand)
        made = self._wholes.get(mark)
        if made is None:
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

    def names(self, entity: str, records: Iterable[str]) -> dict[str, str]:
        """Display names by id, of the records the actor may see; ``""`` where there is no name, or it is hidden."""
        kind = self.layouts.registry.entity(entity)
        wanted = list(dict.fromkeys(records))
        named = kind.name_field in (field.key for field in self.visible_fields(kind))
        out: dict[str, str] = {}
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            compiler = self.compiler(kind)
            where = compiler.where(None, "with")
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
            [kind, entity],
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
        for key, record in self.db.rows(sql, [*compiler.join_params, entity, *bounds, *compiler.params]):
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


def _position(token: str) -> list[Any]:
    """What a page's token holds: the number of the range, then the last row's marks."""
    try:
        position = jsontext.loads(token)
    except (ValueError, RecursionError):
        position = None
    if (
        not isinstance(position, list)
        or len(position) < 2
        or not all(part is None or isinstance(part, str | int | float) for part in position)
        or not (isinstance(position[0], int) and isinstance(position[-1], int))
    ):
        raise UsageError(
            Message("“{text}” is no mark of a page.", text=token),
            Message("Give the mark that came with the page before."),
            code="page",
        )
    return position
