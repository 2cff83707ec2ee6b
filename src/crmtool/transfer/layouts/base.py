"""What a layout is: how a vendor's header is recognised, and where the text of each of its columns goes.

A layout decides by column name alone, never by position. It answers a ``Target`` for a name it knows and ``None`` for one it does
not; the values of unknown columns are kept in the record's ``extra`` under the vendor's name, so that nothing is lost.
"""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.transfer.layouts.words import english, normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.core.registry import Entity
    from crmtool.transfer.drafts import Draft

# Roles of a column.
NAME = "name"  # part: full, prefix, given, middle, family, suffix, nickname, phonetic
FIELD = "field"  # a field of the entity, read as a person would type it
ENTRY = "entry"  # one value of a multi-value field
LABEL = "label"  # the label of the entries or the address of the same group
PREFIX = "prefix"  # what stands before the number of the same group: a calling code
ADDRESS = "address"  # part: street, extended, po_box, city, region, postal_code, country, formatted
COMPANY = "company"  # part: name, domain, id, and what is said of it: address, owner, tags
CONTACT = "contact"  # a person whom the row names; part: name, given, family, email, phone, id, role, owner, tags; group: who
DEAL = "deal"  # a deal that the row names; part: name, id
NOTE = "note"  # a note that comes with the record
PRODUCT = "product"  # what a deal or an order is for, by name
TAGS = "tags"
DAY = "day"  # a date in whatever spelling
MOMENT = "moment"  # an instant in whatever spelling
CURRENCY = "currency"  # the currency of the amount in ``field``
CHOICE = "choice"  # a choice field in the vendor's words
REFERENCE = "reference"  # a record of ours, by id or by name
EXTERNAL = "external"  # the source's own id
CREATED = "created"  # when the source recorded the row
EXTRA = "extra"  # kept as it is
IGNORE = "ignore"  # says nothing about the record

# How a column of whole names is written, where a person says it (see ``people``): the label of its target.
FAMILY_FIRST, AS_WRITTEN = "family_first", "as_written"

REJECT_COLUMNS = ("crm_row", "crm_field", "crm_reason")


class Target(Struct):
    """Where one column's text goes: a ``role``, and what the role needs (see the roles above).

    ``group`` joins columns that make one value: the parts of an address, a value and its label. ``split`` separates several
    values in one cell. ``blank`` lists what a vendor writes for nothing, casefolded. Values of a higher ``rank``
    stand behind others of their field, wherever their columns are: the first phone is one that rings.
    """

    role: str
    field: str = ""
    part: str = ""
    label: str | None = None
    group: str = ""
    split: str = ""
    blank: tuple[str, ...] = ()
    rank: int = 0


KEEP = Target(EXTRA)
SKIP = Target(IGNORE)


class Header:
    """The columns of one file: ``columns`` as written, ``names`` in normal English form (see ``words``)."""

    __slots__ = ("columns", "names", "present")

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = [*columns]
        self.names = english([normal(column) for column in columns])
        self.present = frozenset(self.names)

    def has(self, *names: str) -> bool:
        return self.present.issuperset(names)

    def has_any(self, *names: str) -> bool:
        return not self.present.isdisjoint(names)

    def coverage(self, target: Callable[[str], Target | None]) -> float:
        """The share of named columns that ``target`` knows, 0 to 1."""
        named = [name for name in self.names if name and name not in _REJECT_NAMES]
        return sum(1 for name in named if target(name) is not None) / len(named) if named else 0.0

    def unique(self) -> list[str]:
        """The columns' names made unique and never blank, by which ``extra`` keeps their values."""
        out: list[str] = []
        for index, column in enumerate(self.columns, 1):
            name, number = column or f"Column {index}", 2
            while name in out:
                name, number = f"{column} ({number})", number + 1
            out.append(name)
        return out


_REJECT_NAMES = frozenset(normal(name) for name in REJECT_COLUMNS)


class Layout(Struct):
    """One vendor's file of one kind of record.

    ``vendor`` names the layout in ``--as``, is the key in ``extra`` and the source of external ids. ``title`` is a proper name.
    ``detect`` answers 0 (not mine) to 1. ``choices`` has the vendor's words for the keys of choice fields, folded.
    ``organisations``: a row with a company but no person's name is the company itself, as address books have it, even
    with an e-mail address. ``after`` finishes a draft with the texts of the columns in ``reads`` (names in normal form): what
    only the vendor's flags tell. ``older``: what its rows say is older than what others of the same vendor say.
    """

    vendor: str
    title: str
    entity: str
    detect: Callable[[Header], float]
    target: Callable[[str], Target | None]
    choices: dict[str, dict[str, str]] | None = None
    organisations: bool = False
    reads: tuple[str, ...] = ()
    after: Callable[[Draft, dict[str, str]], None] | None = None
    older: bool = False

    def coverage(self, header: Header) -> float:
        """The share of the header's named columns that the layout knows, 0 to 1."""
        return header.coverage(self.target)

    def bind(self, header: Header) -> list[Target]:
        """One target per column of the file, in its order."""
        targets = [self._target(name) for name in header.names]
        # A record that is told by our own id and by its name is found by the id.
        told = {target.field for target in targets if target.role == REFERENCE and target.part == "own"}
        return [
            SKIP if target.role == REFERENCE and target.part != "own" and target.field in told else target
            for target in targets
        ]

    def _target(self, name: str) -> Target:
        if name in _REJECT_NAMES:
            return SKIP
        return self.target(name) or KEEP


def entry(field: str, group: str, label: str | None = None, split: str = "", rank: int = 0) -> Target:
    return Target(ENTRY, field, label=label, group=group, split=split, rank=rank)


def address(part: str, group: str, label: str | None = None, split: str = "") -> Target:
    return Target(ADDRESS, "addresses", part, label, group, split)


def described(target: Target, entity: Entity) -> str:
    """The field a column goes to, as the plan shows it; ``""`` when the column is not used."""
    if target.role in (FIELD, ENTRY, CHOICE, DAY, MOMENT, CURRENCY, REFERENCE):
        return target.field
    if target.role == NAME:
        return {
            "given": "given_name",
            "family": "family_name",
            "nickname": "nickname",
            "phonetic": "phonetic_name",
        }.get(target.part, "name")
    fixed = {
        ADDRESS: "addresses",
        TAGS: "tags",
        EXTERNAL: "external_ids",
        CREATED: "created_at",
        EXTRA: "extra",
    }
    if target.role in (COMPANY, CONTACT, DEAL):
        return target.role
    if target.role in (NOTE, PRODUCT):
        return target.role
    if target.role == LABEL:
        return f"{target.field}.label" if target.field else ""
    return fixed.get(target.role, "")
