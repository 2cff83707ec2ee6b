"""From the query tree to SQL: conditions, joins for dotted references, and order, with row policy and
column mask inside.

Every alias that a path reaches is filtered by the same policy as the root, so a dotted filter, a sort by a
reference or an expanded name never tells what its own list would not show.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.errors import UsageError
from crmtool.core.kinds.reach import ADDRESS_PARTS
from crmtool.core.messages import Message
from crmtool.core.query import (
    All,
    And,
    Between,
    Compare,
    Empty,
    Has,
    In,
    Linked,
    Match,
    Me,
    Not,
    Or,
    RefText,
    Search,
)  # fmt: skip
from crmtool.core.struct import Struct
from crmtool.store.layout import NAME_KEY_LENGTH, entry_value, own_value, quoted, stored_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.changes import Actor
    from crmtool.core.fields import Context, Field
    from crmtool.core.policy import Policy
    from crmtool.core.query import Node, Path, SortKey
    from crmtool.core.registry import Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts

TEXTUAL = ("text", "email", "phone", "url", "longtext")
PHONE_SURE = 9  # digits from the end that make two numbers one, whatever stands before them
ALL_VALUES = 2**62  # as a limit: none
GROUP = 100  # conditions joined side by side
# Whether a record was there at a moment, given twice, and not in the trash. What went there and came back has a third revision at
# least; of such a record the log tells what happened to it first after the moment.
THERE = (
    "CASE WHEN t.rev < 3 THEN t.deleted_at IS NULL OR t.deleted_at > ? ELSE coalesce("
    "(SELECT c.verb FROM change AS c JOIN change_set AS s ON s.n = c.set_n "
    f"WHERE substr(c.record, {ids.HANDLE_AT}) = substr(t.id, {ids.HANDLE_AT}) AND c.record = t.id "
    "AND c.verb IN ('delete', 'restore') AND coalesce(c.effective_at, s.effective_at, s.recorded_at) > ? "
    "ORDER BY c.n LIMIT 1), CASE WHEN t.deleted_at IS NULL THEN 'delete' ELSE 'restore' END) = 'delete' END"
)
SQL_OPERATORS = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def joined(word: str, parts: list[str]) -> str:
    """Conditions joined in groups of groups: a flat chain is a tree as deep as it is long, of which engines take a thousand."""
    while len(parts) > GROUP:
        parts = [f"({word.join(parts[at : at + GROUP])})" for at in range(0, len(parts), GROUP)]
    return f"({word.join(parts)})"


class Members(Struct):
    """A statement of the ``n`` of all records that meet a condition; ``quick``: to ask it for one of them is."""

    numbers: str
    params: list[Any]
    quick: bool = True


class Compiler:
    """Compiles one query over one root entity; collects joins and parameters as it goes."""

    def __init__(
        self, db: Database, layouts: Layouts, policy: Policy, actor: Actor, ctx: Context, entity: Entity,
        as_of: str | None = None,
    ) -> None:  # fmt: skip
        self.db = db
        self.layouts = layouts
        self.policy = policy
        self.actor = actor
        self.ctx = ctx
        self.entity = entity
        self.as_of = as_of
        if as_of is not None and as_of.strip("0123456789-:.TZ"):
            raise UsageError(
                Message("“{text}” is not an instant.", text=as_of),
                Message("Write it as {example}.", example="2026-05-31T12:30:00.000Z"),
                code="as_of",
            )
        self.joins: list[str] = []
        self.join_params: list[Any] = []
        self.params: list[Any] = []
        self.members: list[Members] = []  # those that the conditions so far ask for
        self.probing = False  # whether a record is looked for among them, rather than collecting all first
        self._aliases: dict[tuple[str, ...], str] = {}
        self._masked = True

    def joins_of(self, other: Compiler) -> None:
        """Begin with the joins that another compiler of this query has made."""
        self.joins, self.join_params = [*other.joins], [*other.join_params]
        self._aliases = {**other._aliases}

    # -- where -----------------------------------------------------------------------------------------------------

    def where(self, node: Node | None, trash: str) -> str:
        """The whole condition on the root: its state, the row policy, the filter. ``trash``: without, only or with."""
        if not self.policy.can_read(self.actor, self.entity):
            return "1 = 0"
        terms = []
        if self.as_of is not None:
            terms.append(f"t.created_at <= ? AND {THERE}")
            self.params += [self.as_of] * 3
        elif trash != "with":
            terms.append(f"t.deleted_at IS {'NOT ' if trash == 'only' else ''}NULL")
        row_policy = self.policy.row_filter(self.actor, self.entity)
        if row_policy is not None:
            terms.append(self._policy_condition(row_policy))
        if node is not None:
            terms.append(self.condition(node))
        return " AND ".join(terms) or "1 = 1"

    def condition(self, node: Node) -> str:
        """SQL of one node; parameters are appended in order."""
        match node:
            case All():
                return "1 = 1"
            case And(items=items):
                return joined(" AND ", [self.condition(item) for item in items]) if items else "1 = 1"
            case Or(items=items):
                return joined(" OR ", [self.condition(item) for item in items]) if items else "1 = 0"
            case Not(item=item):
                return f"({self.condition(item)}) IS NOT TRUE"
            case Compare():
                return self._compare(node)
            case In(path=path, values=values):
                parts = [self.condition(Compare(path, "=", value)) for value in values]
                return joined(" OR ", parts) if parts else "1 = 0"
            case Between():
                return self._between(node)
            case Match(path=path, text=text, negated=negated):
                return self._match(path, text, negated)
            case Has(path=path, value=value):
                return self._has(path, value)
            case Empty(path=path, negated=negated):
                return self._empty(path, negated)
            case Search(text=text):
                return self._search(text)
            case Linked(relation=relation, to=to):
                return self._linked(relation, to)
        raise TypeError(node)

    def _policy_condition(self, row_policy: Node) -> str:
        """The row policy as a condition; it may look at fields that the actor may not."""
        self._masked = False
        try:
            return self.condition(row_policy)
        finally:
            self._masked = True

    def _between(self, node: Between) -> str:
        parts = []
        if node.low is not None:
            parts.append(self.condition(Compare(node.path, ">=", node.low)))
        if node.high is not None:
            parts.append(self.condition(Compare(node.path, "<" if node.high_open else "<=", node.high)))
        return "(" + " AND ".join(parts) + ")" if parts else "1 = 1"

    def _compare(self, node: Compare) -> str:
        path, op, value = node.path, node.op, node.value
        field = path.steps[-1]
        if op == "!=":
            return f"({self._compare(Compare(path, '=', value))}) IS NOT TRUE"
        if field.multi or field.kind.collection:
            return self._has(path, value)
        kind = field.kind.name
        if kind in ("reference", "file"):
            return self._reference(path, value)
        alias, entity = self.reach(path)
        column = self.column(alias, entity, field)
        sign = SQL_OPERATORS[op]
        if kind == "money":
            self.params += [value[0], value[1]]
            return f"({column} {sign} ? AND {self.currency(alias, field)} = ?)"
        if kind == "yesno":
            self.params.append(1 if value else 0)
            return f"coalesce({column}, 0) {sign} ?"
        if kind == "choice" and op != "=":
            self.params.append(next((i for i, c in enumerate(field.choices) if c.key == value), -1))
            return f"({self.choice_order(column, field)}) {sign} ?"
        if kind in TEXTUAL and op == "=" and not field.system:
            return self._text_equals(alias, entity, field, column, str(value))
        if kind in TEXTUAL and not field.system:
            self.params.append(tokens.fold(str(value)))
            return f"{self.plain(column, entity, field)} {sign} ?"
        self.params.append(value)
        return f"{column} {sign} ?"

    def _text_equals(self, alias: str, entity: Entity, field: Field, column: str, value: str) -> str:
        if field.lookup:
            return self._lookup(alias, entity, field, value)
        if self.is_name(entity, field):
            self.params.append(tokens.fold(value)[:NAME_KEY_LENGTH])
            return f"{column} = ?"
        self.params.append(tokens.fold(value))
        if field.indexed and self.as_of is None:  # past values are not in the column
            # Folding each distinct value once, then the index: equality stays an indexed read.
            cell = own_value(self.db, "custom", field) if field.own_key else quoted(field.key)
            # Without a limit the engine folds before it tells values apart: of 100,000 companies that takes 77 ms instead of 5.
            distinct = f'SELECT DISTINCT {cell} AS v FROM "{entity.table}" WHERE {cell} IS NOT NULL LIMIT {ALL_VALUES}'
            return f"{column} IN (SELECT v FROM ({distinct}) AS d WHERE {self.db.folded('v')} = ?)"
        return f"{self.db.folded(column)} = ?"

    def _reference(self, path: Path, value: Any) -> str:
        field = path.steps[-1]
        alias, entity = self.reach(path)
        column = self.column(alias, entity, field)
        if isinstance(value, Me):
            self.params.append(self.ctx.me)
            return f"{column} = ?"
        text = value.text if isinstance(value, RefText) else str(value)
        if ids.is_id(text):
            self.params.append(text)
            return f"{column} = ?"
        target = self.layouts.registry.entity(str(field.target)) if field.target else None
        if target is None:
            return "1 = 0"
        visible = self._visible("r", target)
        bounds = ids.handle_range(text) if text.startswith("@") else None
        hidden = self.hidden(target)
        by_email = bounds is None and "@" in text and not text.startswith("@")
        by = (
            [f.key for f in target.fields.values() if f.lookup == "email"]
            if by_email
            else [target.name_field]
        )
        if visible is None or (bounds is None and not hidden.isdisjoint(by)):
            return "1 = 0"
        if bounds is not None:
            test, own = "substr(r.id, 27) BETWEEN ? AND ?", [*bounds]
        elif by_email:
            test = "r.n IN (SELECT n FROM lookup WHERE kind = 'email' AND key = ? AND entity = ?)"
            own = [text.casefold(), target.index_key]
        else:
            test, own = "r.name_key = ?", [tokens.fold(text)[:NAME_KEY_LENGTH]]
        self.params += [*own, *visible[1]]
        return f'{column} IN (SELECT r.id FROM "{target.table}" AS r WHERE {test} AND {visible[0]})'

    def _match(self, path: Path, text: str, negated: bool) -> str:
        field = path.steps[-1]
        alias, entity = self.reach(path)
        folded = tokens.fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        self.params.append(f"%{folded}%")
        if field.kind.name in ("reference", "file") and field.target:
            sql = f"{self.name_key_of(path.steps)} LIKE ? ESCAPE '\\'"
        elif field.multi:
            item = self._part("e.value", (entry_value(field),), field)
            elements = self.db.json_elements(self.column(alias, entity, field))
            sql = f"EXISTS (SELECT 1 FROM {elements} AS e WHERE {self.db.folded(item)} LIKE ? ESCAPE '\\')"
        elif field.kind.storage == "json":
            column = self.column(alias, entity, field)
            item = self._part(column, (), field)  # of an empty address, a text without letters
            sql = f"({column} IS NOT NULL AND {self.db.folded(item)} LIKE ? ESCAPE '\\')"
        else:
            column = self.column(alias, entity, field)
            sql = f"{self.plain(column, entity, field)} LIKE ? ESCAPE '\\'"
        return f"({sql}) IS NOT TRUE" if negated else sql

    def _part(self, holder: str, path: tuple[str | int, ...], field: Field) -> str:
        """SQL of the text of one value inside JSON; of an address, all its parts as they are shown."""
        if field.kind.name != "address":
            return self.db.json_value(holder, path, "text")
        parts = [
            f"coalesce({self.db.json_value(holder, (*path, key), 'text')} || ', ', '')"
            for key in ADDRESS_PARTS
        ]
        return f"({' || '.join(parts)})"

    def _has(self, path: Path, value: Any) -> str:
        field = path.steps[-1]
        alias, entity = self.reach(path)
        if field.lookup and not field.own_key:
            return self._lookup(alias, entity, field, str(value))
        column = self.column(alias, entity, field)
        self.params.append(tokens.fold(str(value)))
        item = self.db.json_value("e.value", (entry_value(field),), "text") if field.multi else "e.value"
        return f"EXISTS (SELECT 1 FROM {self.db.json_elements(column)} AS e WHERE {self.db.folded(item)} = ?)"

    def _lookup(self, alias: str, entity: Entity, field: Field, value: str) -> str:
        self._check_as_of(field)
        key = field.kind.lookup_key(value)
        if field.kind.name == "phone":
            low, high = tokens.phone_range(value) or (key, key)
            # Within the range of the last digits: one number ends with all of the other, or nine digits agree.
            same = "substr(key, 1, ?) = ? OR substr(CAST(? AS TEXT), 1, length(key)) = key"
            params = [entity.index_key, low, high, min(len(key), PHONE_SURE), key[:PHONE_SURE], key]
            where = f"kind = 'phone' AND entity = ? AND key >= ? AND key < ? AND ({same})"
            return self._member(alias, Members(f"SELECT n FROM lookup WHERE {where}", params))
        where, params = "kind = ? AND key = ? AND entity = ?", [field.lookup, key, entity.index_key]
        return self._member(alias, Members(f"SELECT n FROM lookup WHERE {where}", params))

    def _member(self, alias: str, members: Members) -> str:
        """That a record is among some, by a set of all of them or by looking for this one."""
        self.members.append(members)
        self.params += members.params
        if self.probing:
            return f"EXISTS (SELECT 1 FROM ({members.numbers}) AS m WHERE m.n = {alias}.n)"
        return f"{alias}.n IN ({members.numbers})"

    def _empty(self, path: Path, negated: bool) -> str:
        alias, entity = self.reach(path)
        column = self.column(alias, entity, path.steps[-1])
        return f"{column} IS {'NOT ' if negated else ''}NULL"

    def _search(self, text: str) -> str:
        query = tokens.parse_query(text)
        hidden = self.hidden(self.entity)
        if not self.entity.search or not query.words:
            if self.entity.name_field in hidden:
                return "1 = 0"
            self.params.append(f"%{tokens.fold(text)}%")
            return "t.name_key LIKE ?"
        if any(f.search and f.key in hidden for f in self.entity.fields.values()):
            return "1 = 0"  # the index knows no columns, so it would tell what a hidden field holds
        numbers, params = self.db.search_match(self.entity.table, "text", query, prefix=True)
        quick = self.db.search_probes("text", query, prefix=True)
        return self._member("t", Members(numbers, params, quick))

    def _linked(self, relation: str, to: str) -> str:
        link = self.layouts.registry.entity("link")
        visible = self._visible("r", link)
        if visible is None:
            return "1 = 0"
        self.params += [to, relation, *visible[1]]
        return f't.id IN (SELECT r.from_id FROM "{link.table}" AS r WHERE r.to_id = ? AND r.relation = ? AND {visible[0]})'

    # -- columns and joins -----------------------------------------------------------------------------------------

    def hidden(self, entity: Entity) -> frozenset[str]:
        """The fields that must play no part in the condition at hand."""
        return self.policy.hidden_fields(self.actor, entity) if self._masked else frozenset()

    def is_name(self, entity: Entity, field: Field) -> bool:
        return field.key == entity.name_field and field.kind.name in ("text",) and self.as_of is None

    def plain(self, column: str, entity: Entity, field: Field) -> str:
        """The folded form of a text column, by which text is compared and ordered; a name's is kept beside it."""
        return column if self.is_name(entity, field) else self.db.folded(column)

    def column(self, alias: str, entity: Entity, field: Field) -> str:
        """SQL of the field's comparable value at ``alias``."""
        if self.is_name(entity, field):
            return f"{alias}.name_key"
        current = (
            own_value(self.db, f"{alias}.custom", field) if field.own_key else stored_value(field, alias)
        )
        if self.as_of is not None and alias == "t" and not field.system:
            return self._then(field, current)
        return current

    def currency(self, alias: str, field: Field) -> str:
        current = (
            own_value(self.db, f"{alias}.custom", field, 1)
            if field.own_key
            else stored_value(field, alias, 1)
        )
        return self._then(field, current, 1) if self.as_of is not None and alias == "t" else current

    def _then(self, field: Field, current: str, part: int = 0) -> str:
        """The value a tracked field had at ``as_of``: of the first span that ended after it, else the current one."""
        self._check_as_of(field)
        money = field.kind.name == "money"
        storage = ("integer", "text")[part] if money else field.kind.storage
        value = self.db.json_value("s.value", (part,) if money else (), storage)
        # Checked when the compiler is made to be nothing but an instant, so it may stand in the statement.
        moment = f"'{self.as_of}'"
        span = f"span AS s WHERE s.record = t.id AND s.field = '{field.stable_key}' AND s.until_at > {moment}"
        return (
            f"(CASE WHEN EXISTS (SELECT 1 FROM {span}) "
            f"THEN (SELECT {value} FROM {span} ORDER BY s.until_at LIMIT 1) ELSE {current} END)"
        )

    def _check_as_of(self, field: Field) -> None:
        if self.as_of is not None and not field.tracked:
            tracked = [f.key for f in self.entity.fields.values() if f.tracked]
            raise UsageError(
                Message("“{field}” cannot be filtered or sorted as of a past day.", field=field.key),
                Message("Fields with a tracked past: {fields}.", fields=", ".join(tracked) or "-"),
                code="as_of",
            )

    def reach(self, path: Path) -> tuple[str, Entity]:
        """The alias and entity that hold the path's last field, joining the references before it."""
        entity = self.entity
        for step in path.steps:
            self.check_visible(entity, step)
            if step is path.steps[-1]:
                break
            entity = self.layouts.registry.entity(str(step.target))
        return self._join(path.steps[:-1]), entity

    def check_visible(self, entity: Entity, field: Field) -> None:
        """A field the actor may not see answers like one that does not exist."""
        if field.key in self.hidden(entity):
            entity.replace(
                fields={k: f for k, f in entity.fields.items() if k != field.key}, _aliases=None
            ).field(field.key)

    def _join(self, steps: tuple[Field, ...]) -> str:
        """The alias of the record that a chain of references leads to; ``t`` for none."""
        if not steps:
            return "t"
        key = tuple(step.key for step in steps)
        alias = self._aliases.get(key)
        if alias is None:
            holder = self._join(steps[:-1])
            alias = self._aliases[key] = f"j{len(self._aliases) + 1}"
            target = self.layouts.registry.entity(str(steps[-1].target))
            source = steps[-1]
            link = (
                self.db.json_value(f"{holder}.custom", (source.own_key,), "text")
                if source.own_key
                else stored_value(source, holder)
            )
            visible = self._visible(alias, target)
            test, params = visible if visible is not None else ("1 = 0", [])
            self.joins.append(f'LEFT JOIN "{target.table}" AS {alias} ON {alias}.id = {link} AND {test}')
            self.join_params += params
        return alias

    def led_by(self, field: Field) -> str | None:
        """What follows FROM when reading begins with the records that a reference leads to, in the order of their names; ``None``
        where the engine chooses well, or a row policy stands between.
        """
        alias, target = self._aliases.get((field.key,)), self.layouts.registry.entity(str(field.target))
        walking = self.db.walking(f"{target.table}_name")
        visible = self._visible(alias, target) if alias is not None else None
        if alias is None or visible is None or visible[1] or not walking:
            return None
        column, table = field.columns[0][0], self.entity.table
        lead = f'"{target.table}" AS {alias}{walking} CROSS JOIN "{table}" AS t{self.db.walking(f"{table}_{column}")}'
        on = f"ON {alias}.id = t.{quoted(column)} AND {visible[0]}"
        rest = [join for join in self.joins if f" AS {alias} ON " not in join]
        return " ".join([lead, on, *rest])

    def name_key_of(self, steps: tuple[Field, ...]) -> str:
        """SQL of the folded name of the record that a reference path leads to; of a name that is hidden, none."""
        target = self.layouts.registry.entity(str(steps[-1].target))
        return (
            "CAST(NULL AS TEXT)"
            if target.name_field in self.hidden(target)
            else f"{self._join(steps)}.name_key"
        )

    def name_of(self, path_steps: tuple[Field, ...]) -> str | None:
        """SQL of the display name of the record that a reference path leads to."""
        target = self.layouts.registry.entities.get(str(path_steps[-1].target))
        if target is None or target.name_field not in target.fields:
            return None
        if target.name_field in self.policy.hidden_fields(self.actor, target):
            return None
        return f"{self._join(path_steps)}.{quoted(target.fields[target.name_field].columns[0][0])}"

    def over(self, entity: Entity) -> Compiler:
        """A compiler of another query, over ``entity``, for the same actor under the same policy."""
        return Compiler(self.db, self.layouts, self.policy, self.actor, self.ctx, entity)

    def _visible(self, alias: str, entity: Entity) -> tuple[str, list[Any]] | None:
        """The condition under which a record of another entity may be seen; ``None``: never."""
        if not self.policy.can_read(self.actor, entity):
            return None
        row_policy = self.policy.row_filter(self.actor, entity)
        if row_policy is None:
            return f"{alias}.deleted_at IS NULL", []
        inner = self.over(entity)
        condition = inner._policy_condition(row_policy)
        joins = " ".join(inner.joins)
        sql = f'{alias}.deleted_at IS NULL AND {alias}.n IN (SELECT t.n FROM "{entity.table}" AS t {joins} WHERE {condition})'
        return sql, [*inner.join_params, *inner.params]

    # -- order -----------------------------------------------------------------------------------------------------

    def choice_order(self, column: str, field: Field) -> str:
        cases = " ".join(
            f"WHEN '{choice.key.replace(chr(39), chr(39) * 2)}' THEN {i}"
            for i, choice in enumerate(field.choices)
        )
        return f"CASE {column} {cases} END"

    def sort_expression(self, key: SortKey) -> str:
        """What the key orders by: text folded, choices in their order, references by name, several values by the first."""
        field = key.path.steps[-1]
        if not field.kind.sortable:
            raise UsageError(
                Message("“{field}” cannot be sorted by.", field=field.key),
                Message("Sort by a field with one short value."),
                code="sort",
            )
        alias, entity = self.reach(key.path)
        if field.kind.name in ("reference", "file") and field.target:
            return self.name_key_of(key.path.steps)
        column = self.column(alias, entity, field)
        if field.multi:
            column = self.db.json_value(column, (0, entry_value(field)), field.kind.storage)
        if field.kind.name in TEXTUAL and not field.system:
            return self.plain(column, entity, field)
        return self.choice_order(column, field) if field.kind.name == "choice" and field.choices else column
