"""The statements of a list: what each selects, how its rows become records, and which index the engine should walk."""

from __future__ import annotations

from crmtool.core import jsontext
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import All, And, Between, Compare, Has, Search
from crmtool.core.struct import Struct
from crmtool.store.ordering import ONWARDS, Range, Way, order, ranges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.query import Node, Path
    from crmtool.core.registry import Entity
    from crmtool.store.compile import Compiler
    from crmtool.store.layout import Layout, Layouts
    from crmtool.store.reader import Query, Reader

    Record = dict[str, Any]


PROBED = 1_000  # rows that are looked for one by one at most, 20 ms
UNCHANGED_SECONDS = 3_600  # how long what holds until somebody writes is remembered
BLANK = 1  # the number of the range of blanks in a list that is sorted by one key


class Selection:
    """The columns of a query, and ``record``, which makes a record of a row of them.

    ``compiler`` is the one that made the joins which the columns need.
    """

    def __init__(
        self,
        compiler: Compiler,
        layouts: Layouts,
        fields: Sequence[Field],
        expand: bool,
        paths: Sequence[tuple[str, Path]] = (),
    ) -> None:
        self.compiler = compiler
        self._layouts = layouts
        self.columns: list[str] = []
        # What stands where: the field, under the key it is asked by, and the position of its first column.
        self.places: list[tuple[Field, int]] = []
        self._expand = expand
        self._own: int | None = None  # where the column of all own fields is: one is enough
        self._values: list[str] = []
        self._scope: dict[str, Any] = {}
        layout = layouts[compiler.entity.key]
        for field in fields:
            self._add(field.key, layout, "t", (field,))
        for key, path in paths:
            alias, entity = compiler.reach(path)
            self._add(key, layouts[entity.key], alias, path.steps)
        self.record: Callable[[tuple[Any, ...]], Record] = self._maker()

    def _add(self, key: str, layout: Layout, alias: str, steps: tuple[Field, ...]) -> None:
        """Select one field, which ``steps`` lead to, under a key of the record."""
        field, at = steps[-1], len(self.columns)
        if field.own_key and alias == "t":
            if self._own is not None:
                at = self._own
            self._own = at
        if at == len(self.columns):
            self.columns += layout.selection(field, alias)
        self.places.append((field if field.key == key else field.replace(key=key), at))
        value, decode = f"row[{at}]", layout.decoder(field)
        if decode is not None:
            self._scope[f"decode_{len(self._values)}"] = decode
            value = f"(None if {value} is None else decode_{len(self._values)}(row, {at}))"
        if self._expand and field.kind.name in ("reference", "file") and field.target:
            name = self.compiler.name_of(steps)
            if name is not None:
                at, gone = len(self.columns), f"gone_{len(self._values)}"
                self._scope[gone] = gone_record(self.compiler, self._layouts[str(field.target)])
                shown = f'{{"id": {value}, "name": row[{at}]}} if row[{at}] is not None else {gone}({value})'
                value = f"(None if {value} is None else {shown})"
                self.columns.append(name)
        self._values.append(f"{key!r}: {value}")

    def _maker(self) -> Callable[[tuple[Any, ...]], Record]:
        """A function written for these columns: 0.1 ms to make, and a page of fifty takes two thirds of the time by it."""
        source = f"lambda row: {{{', '.join(self._values)}}}"
        made: Callable[[tuple[Any, ...]], Record] = eval(source, self._scope)  # noqa: S307 - keys of fields and numbers
        return made


def gone_record(compiler: Compiler, layout: Layout) -> Callable[[str], Record]:
    """From an id whose record no list shows to what a reference shows of it: its name where it is in the trash.

    It is asked one by one: few references lead there, and joins that looked into the trash would cost every list.
    """
    entity = layout.entity
    looking = compiler.over(entity)
    where = looking.where(None, "only")
    name = layout.selection(entity.fields[entity.name_field], "t")[0]
    sql = f'SELECT {name} FROM "{layout.table}" AS t {" ".join(looking.joins)} WHERE {where} AND t.id = ?'
    params = [*looking.join_params, *looking.params]

    def gone(record: str) -> Record:
        found = compiler.db.one(sql, [*params, record])
        return (
            {"id": record, "name": None}
            if found is None
            else {"id": record, "name": found[0], "deleted": True}
        )

    return gone


class Statement(Struct):
    """One range of a list as a statement. ``number`` is the range's place among those of the list."""

    number: int
    span: Range
    selection: Selection
    sql: str
    params: list[Any]

    def limited(self, limit: int | None) -> str:
        """The statement for so many rows at most."""
        return self.sql if limit is None else f"{self.sql} LIMIT {int(limit)}"

    def position(self, row: tuple[Any, ...]) -> list[Any]:
        """The place of a row in the list, which ``statements`` takes to go on behind it."""
        marks = row[len(self.selection.columns) :]
        if self.span.kind == "both" and marks[0] is None:
            return [BLANK, marks[-1]]
        return [self.number, *marks]


class Leg(Struct):
    """A part of a range: from behind a row on, ``until`` another; where it ends, each of its rows is looked for among members."""

    behind: list[Any] | None
    go: Way
    until: list[Any] | None = None


def statements(reader: Reader, query: Query, after: str | None, go: Way = ONWARDS) -> Iterator[Statement]:
    """The statements that read a list one after the other, from behind the position ``after`` on, the way one goes."""
    entity = reader.layouts.registry.entity(query.entity)
    if isinstance(query.where, All):
        query = query.replace(where=None)
    selection = reader.selection(entity, query.fields, query.expand)
    position = _position(after) if after else None
    spans = ranges(query.sort, query.as_of)
    if len(spans) == 2 and _filled(query.where, query.sort[0].path):
        del spans[BLANK]
    walk, led, near = "", False, False
    if query.limit is not None and spans[0].kind == "set":
        walking = _walk(reader, query, entity)
        common = _common(reader, query, entity, members=bool(walking))
        alone = query.where is None or (common is True and isinstance(query.where, Compare))
        led = alone and _led(query)
        if common:
            walk = walking
            near = bool(walk) and _probed(reader, query, entity)
        elif common is not None:
            spans = [Range("both")]
            if position is not None:
                position = [0, None if position[0] else position[1], position[-1]]
    numbered = [*enumerate(spans)]
    for number, span in reversed(numbered) if go.back else numbered:
        if position is not None and (number > position[0] if go.back else number < position[0]):
            continue
        if span.kind == "blank" and _no_blanks(reader, query, entity):
            continue
        behind = position[1:] if position is not None and position[0] == number else None
        legs = [Leg(behind, go)]
        if near and span.kind == "set":
            legs = _split(reader, query, entity, walk, behind, go)
        for leg in legs:
            compiler = reader.compiler(entity, query.as_of)
            compiler.joins_of(selection.compiler)
            compiler.probing = leg.until is not None
            ordered = order(compiler, query.sort, span, leg.behind, leg.go)
            where = compiler.where(query.where, query.trash)
            compiler.probing = False
            if leg.until is not None:
                # What does not go beyond a row is what stands behind it the other way.
                back = order(compiler, query.sort, span, leg.until, Way(back=not go.back, at=True))
                ordered.where += f" AND {back.where}"
                ordered.params += back.params
            source = compiler.led_by(query.sort[0].path.steps[0]) if led and span.kind == "set" else None
            if source is None:
                walked = walk if span.kind == "set" else ""
                source = f'"{entity.table}" AS t{walked} {" ".join(compiler.joins)}'
            sql = (
                f"SELECT {', '.join([*selection.columns, *ordered.marks])} FROM {source} "
                f"WHERE {where} AND {ordered.where} ORDER BY {', '.join(ordered.order)}"
            )
            yield Statement(
                number, span, selection, sql, [*compiler.join_params, *compiler.params, *ordered.params]
            )


def _split(
    reader: Reader, query: Query, entity: Entity, walk: str, behind: list[Any] | None, go: Way
) -> list[Leg]:
    """A walk in two: the next ``PROBED`` rows, up to a row, and all behind it."""
    compiler = reader.compiler(entity)
    ordered = order(compiler, query.sort, Range("set"), behind, go)
    row = reader.db.one(
        f'SELECT {", ".join(ordered.marks)} FROM "{entity.table}" AS t{walk} WHERE t.deleted_at IS NULL '
        f"AND {ordered.where} ORDER BY {', '.join(ordered.order)} LIMIT 1 OFFSET {PROBED}",
        ordered.params,
    )
    if row is None:
        return [Leg(behind, go)]
    return [Leg(behind, go, [*row]), Leg([*row], Way(back=go.back))]


def _no_blanks(reader: Reader, query: Query, entity: Entity) -> bool:
    """Whether it is known that no record is blank in what the list is sorted by, so that nobody looks for them again.

    No index holds blanks. That there is none takes a look at every record, 0.3 s of a million, whenever a list is read at its
    end; it stays true until another connection writes, where this one does not.
    """
    if query.trash != "without" or query.as_of or not reader.db.read_only or not _walk(reader, query, entity):
        return False
    mark = (entity.key, str(query.sort[0].path), "blank", reader.db.version_of_data())
    blank = reader.recalled(mark)
    if blank is None and query.where is None:  # the few that meet a filter may be looked through sooner
        column = reader.compiler(entity).sort_expression(query.sort[0])
        sql = f'SELECT 1 FROM "{entity.table}" AS t WHERE t.deleted_at IS NULL AND {column} IS NULL LIMIT 1'
        blank = reader.remember(mark, reader.db.one(sql) is not None, UNCHANGED_SECONDS)
    return blank is False


def _filled(where: Node | None, path: Path) -> bool:
    """Whether a filter leaves no record whose ``path`` is blank, because a comparison with it must hold."""
    field = path.steps[0]
    if len(path.steps) > 1 or field.target or field.multi or field.kind.name == "yesno":
        return False  # what is compared is not what is sorted by
    leaves = where.items if isinstance(where, And) else (where,)
    return any(
        isinstance(leaf, Compare | Between)
        and leaf.path.steps == path.steps
        and (leaf.op != "!=" if isinstance(leaf, Compare) else leaf.low is not None or leaf.high is not None)
        for leaf in leaves
    )


def _led(query: Query) -> bool:
    """Whether a list is in the order of names that a reference leads to. A page of it needs a few of the names, and of each what
    refers to it; the engine would sort all there is, a fifth of a second over a million.
    """
    field = query.sort[0].path.steps[0]
    return (
        len(query.sort[0].path.steps) == 1
        and field.kind.name == "reference"
        and bool(field.target)
        and field.indexed
        and not field.own_key
        and query.trash == "without"
        and query.as_of is None
    )


def _walk(reader: Reader, query: Query, entity: Entity) -> str:
    """What makes the engine walk the order and filter, where it would sort all that a common value has."""
    field = query.sort[0].path.steps[0]
    folded = field.kind.name == "text" and field.key != entity.name_field
    if len(query.sort[0].path.steps) > 1 or not field.indexed or field.own_key or field.target or folded:
        return ""  # no index of this table has that order
    return reader.db.walking(f"{entity.table}_{field.columns[0][0]}")


def _common(reader: Reader, query: Query, entity: Entity, *, members: bool) -> bool | None:
    """Whether so many records meet the filter that walking the order is quicker than sorting them; ``None``: not known.

    The engine knows no frequencies, and with them it would not know the limit. A bounded count does, of each indexed value and,
    with ``members``, of what was searched or looked up.
    """
    counted = _counted(query, members=members)
    if not counted:
        return None
    # Sorting m matches, or walking limit * n / m rows until the limit is full: the two cost the same at this m.
    most = 1 + int((_size(reader, entity) * (query.limit or 0) / 2) ** 0.5)
    return all(_many(reader, entity, leaf, most) for leaf in counted)


def _counted(query: Query, *, members: bool) -> list[Node]:
    """The conditions of a filter that all must hold and can be counted quickly."""
    if query.where is None or query.trash != "without" or query.as_of:
        return []
    leaves = query.where.items if isinstance(query.where, And) else (query.where,)
    return [leaf for leaf in leaves if _indexed(leaf) or (members and _member(leaf))]


def _indexed(leaf: Node) -> bool:
    return (
        isinstance(leaf, Compare)
        and leaf.op == "="
        and len(leaf.path.steps) == 1
        and leaf.path.steps[0].indexed
    )


def _member(leaf: Node) -> bool:
    """Whether a condition is that a record is among some, which an index lists."""
    if isinstance(leaf, Search):
        return True
    if not isinstance(leaf, Has) and not (isinstance(leaf, Compare) and leaf.op == "="):
        return False
    return len(leaf.path.steps) == 1 and bool(leaf.path.steps[0].lookup) and not leaf.path.steps[0].own_key


def _probed(reader: Reader, query: Query, entity: Entity) -> bool:
    """Whether to look for each of the next rows among the members, rather than to collect them all for the walk.

    Collecting takes 0.15 µs for each of them, 80 ms for half a million; looking for one 10 to 20 µs. So it pays where the next
    ``PROBED`` rows will fill the page. What is beyond them is walked with the set all the same: the matches of a search may all
    stand at the end of the order, and a million rows are tested against a set in 70 ms.
    """
    asked = [leaf for leaf in _counted(query, members=True) if _member(leaf)]
    most = 1 + _size(reader, entity) * (query.limit or 0) // PROBED
    for leaf in asked:
        compiler = reader.compiler(entity)
        compiler.condition(leaf)
        if not all(members.quick for members in compiler.members) or not _many(reader, entity, leaf, most):
            return False
    return bool(asked)


def _size(reader: Reader, entity: Entity) -> int:
    """How many records there are, roughly."""
    size = reader.recalled((entity.key,))
    if size is None:
        size = reader.remember((entity.key,), reader.db.scalar(f'SELECT max(n) FROM "{entity.table}"') or 0)
    return int(size)


def _many(reader: Reader, entity: Entity, leaf: Node, most: int) -> bool:
    """Whether at least ``most`` records meet a condition that can be counted quickly."""
    probe = reader.compiler(entity)
    condition = probe.condition(leaf)
    if probe.joins:
        return False
    if not probe.members and not _indexed(leaf):
        return True  # words without letters are looked for in names one by one, and never quickly counted
    mark = (entity.key, condition, *map(str, probe.params), most)
    many = reader.recalled(mark)
    if many is None:
        asked = f'SELECT 1 FROM "{entity.table}" AS t WHERE {condition}'
        if probe.members:
            asked = probe.members[0].numbers
        found = reader.db.scalar(f"SELECT count(*) FROM ({asked} LIMIT {most}) AS few", probe.params)
        many = reader.remember(mark, found >= most)
    return bool(many)


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
