"""The order of a list as a sequence of statements, each of which an index answers.

Blanks come last in either direction, and choices in their own order, neither of which an index of the
column gives as one range. A list sorted by one key is therefore read as several ranges in turn; one sorted
by several keys is one statement. A position (the token of a page) names the range and the last row's sort
values.
"""

from __future__ import annotations

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.query import SortKey
    from crmtool.store.compile import Compiler


class Range(Struct):
    """One statement of a list. ``kind`` is set (values, in order), blank, both of these, choice (one value), other or all.

    Where few records are left to sort, ``both`` spares asking for them twice; positions are those of set and blank.
    """

    kind: str
    value: Any = None


def ranges(sort: tuple[SortKey, ...], as_of: str | None) -> list[Range]:
    """The ranges that a list in this order is read in."""
    if len(sort) != 1:
        return [Range("all")]
    path, field = sort[0].path, sort[0].path.steps[-1]
    if (
        field.kind.name == "choice"
        and field.choices
        and field.indexed
        and as_of is None
        and len(path.steps) == 1
    ):
        keys = [choice.key for choice in field.choices]
        found = [Range("choice", key) for key in (reversed(keys) if sort[0].descending else keys)]
        return [*found, Range("other", tuple(keys)), Range("blank")]
    return [Range("set"), Range("blank")]


class Ordered(Struct):
    """The SQL of one range: its condition (with parameters), its order, and the values that mark a position in it."""

    where: str
    params: list[Any]
    order: list[str]
    marks: list[str]


class Way(Struct):
    """How a list is gone through: ``back``, from its end to its beginning; ``at``, from the row of the position on, rather than
    from the one behind it.
    """

    back: bool = False
    at: bool = False


ONWARDS = Way()


def order(
    compiler: Compiler,
    sort: tuple[SortKey, ...],
    span: Range,
    position: list[Any] | None,
    go: Way = ONWARDS,
) -> Ordered:
    """What to add to a statement for ``span``, reading on from ``position`` (sort values, then ``n``)."""
    if span.kind == "all":
        return _all(compiler, sort, position, go)
    descending = sort[0].descending != go.back
    way, sign = ("DESC", "<") if descending else ("ASC", ">")
    sign += "=" if go.at else ""
    field = sort[0].path.steps[-1]
    if span.kind in ("choice", "other"):
        alias, entity = compiler.reach(sort[0].path)
        column = compiler.column(alias, entity, field)
    else:
        column = compiler.sort_expression(sort[0])
    if span.kind in ("blank", "choice"):
        where = f"{column} IS NULL" if span.kind == "blank" else f"{column} = ?"
        out = Ordered(where, [] if span.kind == "blank" else [span.value], [f"t.n {way}"], ["t.n"])
        if position is not None:
            out.where += f" AND t.n {sign} ?"
            out.params.append(position[-1])
        return out
    if span.kind == "both":
        blanks = "FIRST" if go.back else "LAST"
        out = Ordered("1 = 1", [], [f"{column} {way} NULLS {blanks}", f"t.n {way}"], [column, "t.n"])
        if position is None:
            return out
        beyond = f" OR {column} IS {'NOT NULL' if go.back else 'NULL'}"
        if position[0] is None:
            beyond = beyond if go.back else ""
            out.where, out.params = f"(({column} IS NULL AND t.n {sign} ?){beyond})", [position[1]]
        else:
            beyond = "" if go.back else beyond
            out.where, out.params = f"(({column}, t.n) {sign} (?, ?){beyond})", position
        return out
    where, params = f"{column} IS NOT NULL", []
    if span.kind == "other":
        where += f" AND {column} NOT IN ({', '.join('?' * len(span.value))})"
        params = [*span.value]
    if position is not None:
        where += f" AND ({column}, t.n) {sign} (?, ?)"
        params += position
    return Ordered(where, params, [f"{column} {way}", f"t.n {way}"], [column, "t.n"])


def _all(compiler: Compiler, sort: tuple[SortKey, ...], position: list[Any] | None, go: Way) -> Ordered:
    """Several keys, or none: blanks last by a key of their own, and a position spelled out key by key."""
    keys = [(compiler.sort_expression(key), key.descending != go.back) for key in sort]
    last, sign = ("DESC", "<") if go.back else ("ASC", ">")
    by: list[str] = []
    for expression, descending in keys:
        by += [f"({expression} IS NULL) {last}", f"{expression} {'DESC' if descending else 'ASC'}"]
    marks = [*(expression for expression, _ in keys), "t.n"]
    out = Ordered("1 = 1", [], [*by, f"t.n {last}"], marks)
    if position is None:
        return out
    terms: list[str] = []
    equal: list[str] = []
    held: list[Any] = []
    for (expression, descending), value in zip(keys, position, strict=False):
        beyond = _beyond(expression, value, descending=descending, back=go.back)
        if beyond:
            terms.append(" AND ".join([*equal, beyond]))
            out.params += [*held, *([] if value is None else [value])]
        equal.append(f"{expression} IS NULL" if value is None else f"{expression} = ?")
        held += [] if value is None else [value]
    terms.append(" AND ".join([*equal, f"t.n {sign}{'=' if go.at else ''} ?"]))
    out.params += [*held, position[-1]]
    out.where = "(" + " OR ".join(f"({term})" for term in terms) + ")"
    return out


def _beyond(expression: str, value: Any, *, descending: bool, back: bool) -> str:
    """The condition that one key alone puts a row behind ``value``; nothing where no row can be."""
    if value is None:
        return f"{expression} IS NOT NULL" if back else ""
    sign = "<" if descending else ">"
    return f"{expression} {sign} ?" if back else f"({expression} {sign} ? OR {expression} IS NULL)"
