"""A Google Contacts file of any size, for trying and measuring imports: ``python -m crmtool.demo.csvfile N SEED > file``."""

from __future__ import annotations

import csv
import sys

from crmtool.demo.chance import Dice, Seen, spread
from crmtool.demo.contacts import Contacts
from crmtool.demo.firms import Firms
from crmtool.demo.people import Folk, Mailboxes
from crmtool.demo.region import regions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TextIO

HEADER = (
    "First Name", "Middle Name", "Last Name", "Phonetic First Name", "Phonetic Middle Name", "Phonetic Last Name",
    "Name Prefix", "Name Suffix", "Nickname", "File As", "Organization Name", "Organization Title",
    "Organization Department", "Birthday", "Notes", "Photo", "Labels", "E-mail 1 - Label", "E-mail 1 - Value",
    "E-mail 2 - Label", "E-mail 2 - Value", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value",
    "Address 1 - Label", "Address 1 - Formatted", "Address 1 - Street", "Address 1 - City", "Address 1 - PO Box",
    "Address 1 - Region", "Address 1 - Postal Code", "Address 1 - Country", "Address 1 - Extended Address",
    "Website 1 - Label", "Website 1 - Value",
)  # fmt: skip
# Any moment would do: it only begins the sequence of ids, which a file does not show.
EPOCH = "2026-01-01T00:00:00.000Z"
PEOPLE_A_COMPANY = 10


def rows(contacts: int, seed: int) -> Iterator[list[str]]:
    """The rows of a file with this many people, without its header; the same for the same numbers."""
    dice = Dice(seed, EPOCH, 0)
    seen = Seen()
    makers = spread([(Firms(folk, seen, "EUR", 100.0), folk.region.weight) for folk in map(Folk, regions())])
    people = Contacts(dice, Mailboxes(seen))
    left = contacts
    serial = 0
    while left > 0:
        maker = dice.pick(makers)
        company = {**maker.company(dice, serial), "id": ""}
        for _ in range(min(left, 1 + dice.below(2 * PEOPLE_A_COMPANY - 1))):
            employed = dice.random() < 0.93
            person = people.described(maker.folk, company if employed else None)
            yield _row(person, company["name"] if employed else "")
            left -= 1
        serial += 1


def _row(person: dict[str, Any], company: str) -> list[str]:
    emails, phones = _entries(person, "emails"), _entries(person, "phones")
    given, family = person["given_name"], person["family_name"]
    phonetic = person.get("phonetic_name", "").split(" ")
    address = person["addresses"][0]["value"] if "addresses" in person else {}
    street = address.get("street", "")
    parts = (street, f"{address['postal_code']} {address['city']}", address["country"]) if address else ()
    labels = " ::: ".join([*person.get("tags", ()), "* myContacts"])
    site = person["urls"][0]["value"] if "urls" in person else ""
    return [
        given, "", family, phonetic[-1], "", phonetic[0] if len(phonetic) > 1 else "",
        "", "", "", "", company, person.get("title", ""),
        person.get("department", ""), person.get("birthday", ""), person.get("description", ""), "", labels, *emails, *phones,
        "Work" if address else "", "\n".join(parts), street, address.get("city", ""), "",
        address.get("region", ""), address.get("postal_code", ""), address.get("country", ""), "",
        "Profile" if site else "", site,
    ]  # fmt: skip


def _entries(person: dict[str, Any], key: str) -> tuple[str, str, str, str]:
    """Labels and values of the first two entries of a multi-value."""
    held = [
        (str(entry.get("label") or "other").capitalize(), entry["value"]) for entry in person.get(key, ())[:2]
    ]
    held += [("", "")] * (2 - len(held))
    return (*held[0], *held[1])


def write(file: TextIO, contacts: int, seed: int) -> None:
    """The whole file, header first."""
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows(rows(contacts, seed))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # stdout is a text file
    write(sys.stdout, int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
