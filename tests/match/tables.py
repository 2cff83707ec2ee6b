"""People of two public data sets whose duplicates are known, as profiles. They are read where they lie and may be absent."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path
from typing import Any

from crmtool.core.entities import builtin
from crmtool.match.profile import Profile, of_record

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PLACES = (DATA, Path(__file__).resolve().parents[2].parent.parent / "shared" / "data")

Pairs = set[tuple[int, int]]


def folder(name: str) -> Path | None:
    """Where the data set lies; ``None`` where it does not."""
    return next((place / name for place in PLACES if (place / name).is_dir()), None)


def febrl(path: Path) -> tuple[list[Profile], Pairs]:
    """People with planted duplicates: the profiles, and the true pairs by number. ``rec-7-org`` and ``rec-7-dup-0`` are one."""
    profiles, parties = [], []
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file, skipinitialspace=True)):
            born = row["date_of_birth"]
            address = {
                "street": f"{row['street_number']} {row['address_1']}".strip(),
                "extended": row["address_2"],
                "city": row["suburb"],
                "postal_code": row["postcode"],
                "region": row["state"],
            }
            record = {
                "birthday": f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None,
                "addresses": [{"value": address}],
                "insurance": row["soc_sec_id"],
            }
            profiles.append(_person(number, row["rec_id"], row["given_name"], row["surname"], record))
            parties.append(row["rec_id"].split("-")[1])
    return profiles, _pairs(parties)


def people_1000(place: Path) -> tuple[list[Profile], Pairs]:
    """People with e-mail and date of birth; the pairs that the labels call a match for certain."""
    profiles, numbers = [], {}
    with (place / "fake_1000.csv").open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            numbers[row["unique_id"]] = number
            record = {
                "birthday": row["dob"] or None,
                "emails": [{"value": row["email"]}] if row["email"] else [],
                "addresses": [{"value": {"city": row["city"]}}] if row["city"] else [],
            }
            profiles.append(_person(number, row["unique_id"], row["first_name"], row["surname"], record))
    with (place / "fake_1000_labels.csv").open(newline="", encoding="utf-8") as file:
        labelled = [
            (numbers[row["unique_id_l"]], numbers[row["unique_id_r"]])
            for row in csv.DictReader(file)
            if float(row["clerical_match_score"]) == 1
        ]
    return profiles, {(min(pair), max(pair)) for pair in labelled}


def score(found: Pairs, true: Pairs) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1."""
    hits = len(found & true)
    return hits / max(1, len(found)), hits / len(true), 2 * hits / (len(found) + len(true))


def _person(number: int, ident: str, given: str, family: str, record: dict[str, Any]) -> Profile:
    whole = {
        **record,
        "id": ident,
        "given_name": given,
        "family_name": family,
        "name": f"{given} {family}".strip(),
    }
    return of_record(builtin().entity("contact"), whole, number, ("insurance",))


def _pairs(parties: list[str]) -> Pairs:
    members: dict[str, list[int]] = {}
    for number, party in enumerate(parties):
        members.setdefault(party, []).append(number)
    return {pair for numbers in members.values() for pair in combinations(numbers, 2)}
