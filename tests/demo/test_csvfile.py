"""The Google Contacts file for import benchmarks, and the small one that the tour imports."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

from crmtool.demo import csvfile
from crmtool.demo.tour import SAMPLE


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_program_writes_the_same_file_every_time() -> None:
    def run() -> bytes:
        words = [sys.executable, "-m", "crmtool.demo.csvfile", "200", "3"]
        return subprocess.run(words, capture_output=True, check=True).stdout

    made = run()
    assert made == run()
    assert made.startswith(b"First Name,Middle Name,Last Name,")


def test_rows_are_whole_and_as_many_as_asked() -> None:
    made = io.StringIO(newline="")
    csvfile.write(made, 1000, 1)
    people = table(made.getvalue())
    assert len(people) == 1000
    assert all(None not in person and None not in person.values() for person in people)
    assert all(person["First Name"] and person["Last Name"] for person in people)
    assert sum(bool(person["E-mail 1 - Value"]) for person in people) > 800
    assert any("\n" in person["Address 1 - Formatted"] for person in people)
    assert any(" ::: " in person["Labels"] for person in people)
    assert len({person["Organization Name"] for person in people}) > 50


def test_the_sample_has_what_real_files_have() -> None:
    with open(SAMPLE, encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.startswith("\ufeff")
    people = table(text.removeprefix("\ufeff"))
    assert [*people[0]][:17] == list(csvfile.HEADER[:17])
    assert any(" ::: " in person["Phone 1 - Value"] for person in people)
    assert any('"' in person["Notes"] and "\n" in person["Notes"] for person in people)
    assert any(not person["First Name"] and person["Organization Name"] for person in people)
