"""The tree of a filter and of a sort: what the grammar of ``queries`` reads and the reader turns into SQL.

Values are in stored form (an instant is UTC text, money ``[minor, currency]``), relative dates are
resolved: a tree means the same on every machine and at every time. Every leaf is true or false, never
unknown. An empty value meets no comparison except ``!=``, no ``Between``, ``In``, ``Has`` or ``Match``;
hence ``Not`` and the negated forms also give the records where the field is empty. Text is compared folded
(``tokens.fold``). Where a field holds several values, a leaf is true if one of them meets it.
"""

from __future__ import annotations

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from crmtool.core.fields import Field

    # The closed set of nodes.
    Node: TypeAlias = "All | And | Or | Not | Compare | In | Between | Match | Has | Empty | Search | Linked"


class Path(Struct):
    """A field, reached over references: all steps but the last are reference fields of the entity before."""

    steps: tuple[Field, ...]

    @property
    def field(self) -> Field:
        """The field whose value counts."""
        return self.steps[-1]

    def __str__(self) -> str:
        return ".".join(step.key for step in self.steps)


class RefText(Struct):
    """A record as a person named it: ``@handle``, e-mail or name. The reader finds whom it means, under its policy."""

    text: str


class Me(Struct):
    """The user who asks."""


class All(Struct):
    """Every record."""


class And(Struct):
    """Records that meet all of two or more conditions."""

    items: tuple[Node, ...]


class Or(Struct):
    """Records that meet at least one of two or more conditions."""

    items: tuple[Node, ...]


class Not(Struct):
    """Records that do not meet the condition."""

    item: Node


class Compare(Struct):
    """``op`` is ``= != < <= > >=``. Choices are ordered as defined; money compares within its currency."""

    path: Path
    op: str
    value: Any


class In(Struct):
    """The value equals one of ``values``; no values, no records."""

    path: Path
    values: tuple[Any, ...]


class Between(Struct):
    """From ``low`` up to and including ``high``, or excluding it where ``high_open``."""

    path: Path
    low: Any
    high: Any
    high_open: bool = False


class Match(Struct):
    """The folded value contains the folded ``text``; on a reference, the name of the record referred to."""

    path: Path
    text: str
    negated: bool = False


class Has(Struct):
    """One of several values (an e-mail, a tag, a choice) equals ``value``, as the field's ``lookup_key`` sees it."""

    path: Path
    value: Any


class Empty(Struct):
    """The field holds nothing; ``negated``: it holds something."""

    path: Path
    negated: bool = False


class Search(Struct):
    """Full-text search; ``text`` is what a person would type (``tokens.parse_query``), a phrase stands in double quotes."""

    text: str


class Linked(Struct):
    """A link of this relation leads from the record to the one with the id ``to``: whoever is on a list. Not in the grammar."""

    relation: str
    to: str


class SortKey(Struct):
    """Text sorts folded, choices as defined, references by the name of their record, several values by the first."""

    path: Path
    descending: bool = False


def all_of(nodes: Iterable[Node | None]) -> Node:
    """The conjunction of the conditions that are there: ``All`` of none, the condition itself of one."""
    items = tuple(node for node in nodes if node is not None and not isinstance(node, All))
    return items[0] if len(items) == 1 else And(items) if items else All()
