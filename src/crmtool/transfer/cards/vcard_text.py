"""Contacts and companies as vCards, 4.0 or 3.0: what they say is read back as it was, and what came with them goes with them."""

from __future__ import annotations

from crmtool.transfer.cards import labels
from crmtool.transfer.cards.lines import escaped, joined, parsed, split, unescaped
from crmtool.transfer.cards.vcard import PRODUCT, VENDOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Record = Mapping[str, Any]

VERSIONS = ("4.0", "3.0")
# The fields whose values a written card gives back. What else a record has (lifecycle, owner, source, own fields …) is ours, and
# no business of those to whom a card is sent.
CARRIED = {
    "contact": (
        "name", "given_name", "family_name", "nickname", "phonetic_name", "company", "title", "department", "emails", "phones",
        "addresses", "urls", "birthday", "tags", "language", "timezone", "description",
    ),
    "company": ("name", "emails", "phones", "addresses", "urls", "tags", "description"),
}  # fmt: skip
_ADDRESS = ("po_box", "extended", "street", "city", "region", "postal_code", "country")


def text(
    record: Record, lookups: Mapping[str, str] | None = None, *, version: str = "4.0", entity: str = "contact"
) -> str:
    """One card, from ``BEGIN`` to ``END``, with lines of at most 75 bytes that end in CR LF.

    ``record`` has values as they are stored or as they are read with names; ``lookups`` names companies by id where it has only
    ids. Fields that are absent are left out, so a record without the fields that somebody may not see gives a card without them.
    """
    return joined(_Card(record, lookups or {}, version, entity).lines())


class _Card:
    def __init__(self, record: Record, lookups: Mapping[str, str], version: str, entity: str) -> None:
        self.record = record
        self.lookups = lookups
        self.version = version
        self.is_company = entity == "company"
        self._groups = 0

    def lines(self) -> Iterator[str]:
        get = self.record.get
        yield "BEGIN:VCARD"
        yield f"VERSION:{self.version}"
        yield f"PRODID:{PRODUCT}"
        yield from self._unique()
        if self.version == "4.0":
            yield "KIND:org" if self.is_company else "KIND:individual"
        elif self.is_company:
            yield "X-ABShowAs:COMPANY"
        name = str(get("name") or "")
        yield f"FN:{escaped(name)}"
        yield f"N:{self._name_parts()}"
        yield from self._text("NICKNAME", "nickname")
        if self.is_company:
            yield f"ORG:{escaped(name)}"
        else:
            yield from self._organisation()
        yield from self._text("X-PHONETIC-FIRST-NAME", "phonetic_name")
        yield from self._text("TITLE", "title")
        for property_name, key in (("EMAIL", "emails"), ("TEL", "phones"), ("URL", "urls")):
            for entry in get(key) or ():
                value = str(entry["value"])
                # An address of the web is written as it is but for what would end or change the line.
                shown = value.replace("\\", "\\\\").replace("\n", "") if key == "urls" else escaped(value)
                yield from self._labelled(property_name, shown, entry.get("label"))
        for entry in get("addresses") or ():
            parts = ";".join(escaped(str(entry["value"].get(part) or "")) for part in _ADDRESS)
            yield from self._labelled("ADR", parts, entry.get("label"))
        if get("birthday"):
            day = str(get("birthday"))
            yield f"BDAY:{day.replace('-', '') if self.version == '4.0' else day}"
        if get("tags"):
            yield f"CATEGORIES:{','.join(escaped(str(tag)) for tag in get('tags') or ())}"
        yield from self._text("LANG", "language")
        yield from self._text("TZ", "timezone")
        yield from self._text("NOTE", "description")
        yield from self._kept()
        if get("updated_at"):
            yield f"REV:{str(get('updated_at'))[:19].replace('-', '').replace(':', '')}Z"
        yield "END:VCARD"

    def _text(self, name: str, key: str) -> Iterator[str]:
        value = self.record.get(key)
        if (value and not self.is_company) or (value and key == "description"):
            yield f"{name}:{escaped(str(value))}"

    def _unique(self) -> Iterator[str]:
        """The id by which the card came, so that it stays the same card elsewhere, or else the record's own."""
        given = [ident for source, ident in self.record.get("external_ids") or () if source == VENDOR]
        own = self.record.get("id")
        if given:
            yield f"UID:{escaped(given[0])}"
        elif own:
            yield f"UID:urn:uuid:{own}" if self.version == "4.0" else f"UID:{own}"

    def _name_parts(self) -> str:
        """The parts of the name; those that no field has come from the card that was read, while they belong to this name."""
        if self.is_company:
            return ";;;;"
        family, given = (str(self.record.get(key) or "") for key in ("family_name", "given_name"))
        kept = parsed(self._extra().get("N", "").partition("\n")[0])
        if kept is not None:
            pieces = split(kept.value, ";")
            if [unescaped(piece).strip() for piece in pieces[:2]] == [family, given]:
                return kept.value
        return f"{escaped(family)};{escaped(given)};;;"

    def _organisation(self) -> Iterator[str]:
        company, department = self.record.get("company"), self.record.get("department")
        name = (
            company.get("name")
            if isinstance(company, dict)
            else self.lookups.get(company)
            if company
            else None
        )
        if department:
            yield f"ORG:{escaped(str(name or ''))};{escaped(str(department))}"
        elif name:
            yield f"ORG:{escaped(str(name))}"

    def _labelled(self, name: str, value: str, label: str | None) -> Iterator[str]:
        types = labels.types(name, label) if label else []
        if types is not None:
            yield f"{name}{''.join(f';TYPE={word}' for word in types)}:{value}"
            return
        self._groups += 1
        yield f"item{self._groups}.{name}:{value}"
        yield f"item{self._groups}.X-ABLabel:{escaped(str(label))}"

    def _extra(self) -> Mapping[str, str]:
        extra = self.record.get("extra")
        kept = extra.get(VENDOR) if isinstance(extra, dict) else None
        return kept if isinstance(kept, dict) else {}

    def _kept(self) -> Iterator[str]:
        """The properties that came with the record and are no field's, with groups that no others have."""
        for key, text in self._extra().items():
            name = key.partition(" ")[0]
            if name == "N" or (name == "BDAY" and self.record.get("birthday")) or not isinstance(text, str):
                continue
            lines = [line for line in text.split("\n") if parsed(line) is not None]
            grouped = [line for line in lines if (p := parsed(line)) is not None and p.group]
            if grouped:
                self._groups += 1
            for line in lines:
                yield f"item{self._groups}.{line.partition('.')[2]}" if line in grouped else line
