"""What a field is, and the kinds of value it can hold.

A ``Field`` names a value and says what may be done with it; its ``Kind`` knows how that value is parsed
from what people type, checked, shown, stored in columns and turned into JSON and CSV. Values are JSON-plain
everywhere (see ``values``), so the log, the wire and the store need no conversion.
"""

from __future__ import annotations

from crmtool.core.errors import ValidationError
from crmtool.core.messages import N_, Message, t
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.core.kinds import Kind
    from crmtool.core.registry import Derived

__all__ = ["N_", "Choice", "Context", "Field", "check_bounds", "invalid"]


class Context(Struct):
    """What parsing a typed value depends on: the workspace's currency and phone region, the person's zone and clock."""

    currency: str = "EUR"
    region: str = ""
    zone: str = "UTC"
    now: str = ""
    week_start: int = 0
    me: str | None = None


class Choice(Struct):
    """One of the values of a choice field; ``label`` is English text and a message id."""

    key: str
    label: str

    def text(self) -> str:
        return t(self.label)


class Field(Struct):
    """One typed field of one entity. Immutable; everything a projection needs stands here.

    ``search``: ``"name"`` puts the value in the name index, ``"text"`` in the index of all text, ``""`` in neither.
    ``unit`` names a merge unit: fields of one unit win or lose a concurrent edit together.
    ``own_key`` is set on a user's own field: its key in the row's ``custom`` object. ``least``
    and ``most`` bound the numbers that are stored, not those that are looked for (see ``check_bounds``).
    """

    key: str
    kind: Kind
    name: str
    multi: bool = False
    required: bool = False
    target: str | None = None
    choices: tuple[Choice, ...] = ()
    search: str = ""
    tracked: bool = False
    personal: bool = False
    indexed: bool = False
    unit: str | None = None
    default: Any = None
    aliases: tuple[str, ...] = ()
    derived: Derived | None = None
    system: bool = False
    hidden: bool = False
    own_key: str | None = None
    lookup: str | None = None
    read_roles: tuple[str, ...] = ()
    write_roles: tuple[str, ...] = ()
    help: str = ""
    least: int | None = None
    most: int | None = None

    def label(self) -> str:
        """The field's name for people, in the active language."""
        return t(self.name)

    @property
    def writable(self) -> bool:
        return not self.system and self.derived is None

    @property
    def stable_key(self) -> str:
        """What the log and the past of tracked fields call the field, because an own field may get another word."""
        return f"~{self.own_key}" if self.own_key else self.key

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The (column, storage type) pairs that hold the value; empty for an own field, which lives in ``custom``."""
        return () if self.own_key else self.kind.columns(self)

    def parse(self, text: str, ctx: Context) -> Any:
        """The stored value of what a person typed; ``""`` empties. Raises ``ValidationError`` naming this field."""
        text = text.strip() if not self.kind.keeps_space else text
        if text == "":
            return [] if self.multi or self.kind.collection else None
        if self.multi:
            return self.kind.parse_entries(text, self, ctx)
        return self.kind.parse(text, self, ctx)

    def validate(self, value: Any, ctx: Context) -> Any:
        """The canonical form of a value that came as JSON, or ``ValidationError``. Blank becomes ``None`` or ``[]``."""
        if value is None or value == "" or value == []:
            return [] if self.multi or self.kind.collection else None
        if self.multi:
            return self.kind.validate_entries(value, self, ctx)
        return self.kind.validate(value, self, ctx)

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)


def invalid(field: Field, message: Message, hint: Message | None = None, **data: Any) -> ValidationError:
    """The error for a value that does not fit ``field``."""
    return ValidationError(message, hint, field=field.key, **data)


def check_bounds(field: Field, value: Any) -> None:
    """``ValidationError`` for a number outside the bounds of a field that has a least one; ``None`` is no number."""
    low, high = field.least, field.most
    if value is None or low is None or (value >= low and (high is None or value <= high)):
        return
    raise invalid(
        field,
        Message("{field}: {value} is less than {low}.", field=field.label(), value=value, low=low)
        if high is None
        else Message(
            "{field}: {value} is not from {low} to {high}.",
            field=field.label(),
            value=value,
            low=low,
            high=high,
        ),
        Message("For example {key}={low}", key=field.key, low=low),
    )


def field(key: str, kind: Kind, name: str, **marks: Any) -> Field:
    """Shorthand used by the entity definitions."""
    return Field(key, kind, name, **marks)


if TYPE_CHECKING:
    Parser = Callable[[str, Field, Context], Any]
