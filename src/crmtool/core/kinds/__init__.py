"""The kinds of value: parse what people type, validate what programs send, show, store and index.

One stateless object per kind. ``parse`` takes text, ``validate`` takes JSON-plain values; both answer the canonical stored
value or raise ``ValidationError``. ``merge`` names the rule for concurrent edits: ``unit`` (the later wins, the loser is
kept), ``set`` (add-wins entries) or ``lines`` (three-way text).
"""

from __future__ import annotations

from crmtool.core.errors import UsageError
from crmtool.core.kinds.amount import Money, Number
from crmtool.core.kinds.base import Kind, LongText
from crmtool.core.kinds.choice import CHOICE as ONE_CHOICE
from crmtool.core.kinds.choice import MultiChoice, Tags, YesNo
from crmtool.core.kinds.reach import ADDRESS_PARTS, Address, Email, Phone, Url
from crmtool.core.kinds.reference import FileKind, Json, Reference
from crmtool.core.kinds.time import Date, Instant
from crmtool.core.messages import Message

__all__ = [
    "ADDRESS", "ADDRESS_PARTS", "CHOICE", "DATE", "EMAIL", "FILE", "INSTANT", "JSON", "KINDS", "LONGTEXT", "MONEY", "MULTICHOICE",
    "NUMBER", "PHONE", "REFERENCE", "TAGS", "TEXT", "URL", "YESNO", "Kind", "kind_named",
]  # fmt: skip

TEXT, LONGTEXT, EMAIL, PHONE, URL = Kind(), LongText(), Email(), Phone(), Url()
ADDRESS, NUMBER, MONEY, DATE, INSTANT = Address(), Number(), Money(), Date(), Instant()
YESNO, CHOICE, MULTICHOICE, TAGS = YesNo(), ONE_CHOICE, MultiChoice(), Tags()
REFERENCE, FILE, JSON = Reference(), FileKind(), Json()

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        TEXT, LONGTEXT, EMAIL, PHONE, ADDRESS, URL, MONEY, NUMBER, DATE, INSTANT, CHOICE, MULTICHOICE, TAGS,
        REFERENCE, YESNO, FILE, JSON,
    )
}  # fmt: skip


def kind_named(name: str) -> Kind:
    """The kind called ``name``; ``UsageError`` lists the kinds there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise UsageError(
            Message("There is no kind of field called “{name}”.", name=name),
            Message("Kinds: {kinds}.", kinds=", ".join(KINDS)),
            field="kind",
        ) from None
