"""Contacts and companies as vCards, activities and tasks as a calendar."""

from __future__ import annotations

from itertools import islice

from crmtool.transfer.cards import calendar_text, vcard_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from crmtool.transfer.export.tables import Export, Table

    Record = dict[str, Any]

_AT_ONCE = 200
# What a card says besides its fields: whose it is, where it came from, and what came with it.
_BESIDE = ("id", "created_at", "updated_at", "external_ids", "extra")


def vcards(export: Export) -> Iterator[str]:
    """One card a record, of the export's version."""
    version = export.version or vcard_text.VERSIONS[0]
    for table in export.tables:
        for records in _chunks(export, table, vcard_text.CARRIED[table.entity.key]):
            yield "".join(
                vcard_text.text(record, version=version, entity=table.entity.key) for record in records
            )


def calendar(export: Export) -> Iterator[str]:
    """One calendar of all events and to-dos, with the people they are about."""
    yield calendar_text.OPENING
    for table in export.tables:
        key = table.entity.key
        for records in _chunks(export, table, (*calendar_text.CARRIED[key], "contact")):
            people, zone = _people(export, records), export.reader.ctx.zone
            yield "".join(calendar_text.text(record, people, entity=key, zone=zone) for record in records)
    yield calendar_text.CLOSING


def _chunks(export: Export, table: Table, carried: tuple[str, ...]) -> Iterator[list[Record]]:
    visible = {field.key for field in export.reader.visible_fields(table.entity)}
    asked = [field.key for field in table.fields if field.key in carried]
    query = table.query.replace(fields=(*asked, *(key for key in _BESIDE if key in visible)))
    records = export.reader.records(query)
    while chunk := list(islice(records, _AT_ONCE)):
        yield chunk
        export.count(len(chunk))


def _people(export: Export, records: list[Record]) -> Mapping[str, tuple[str, str]]:
    """Name and first e-mail address, by id, of the contacts that records are about, as far as they may be seen."""
    ids = {record["contact"]["id"] for record in records if isinstance(record.get("contact"), dict)}
    found = export.reader.get_many("contact", sorted(ids), trash="without")
    return {
        ident: (contact.get("name") or "", (contact.get("emails") or [{"value": ""}])[0]["value"])
        for ident, contact in found.items()
    }
