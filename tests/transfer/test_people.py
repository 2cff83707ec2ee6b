"""Names of people: turned where their column has the family name first, else as they are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.app.workspace import Workspace
from crmtool.core.entities import builtin
from crmtool.match.profile import of_record
from crmtool.store.reader import Query
from crmtool.transfer.apply import apply
from crmtool.transfer.mapping import read_map
from crmtool.transfer.people import NameOrder, turned
from crmtool.transfer.plan import Options, plan

Write = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ruiz, Ana", ("Ana Ruiz", "Ana", "Ruiz")),
        ("Ruiz de la Cruz, Ana María", ("Ana María Ruiz de la Cruz", "Ana María", "Ruiz de la Cruz")),
        ("van Ek, Dr. Bo, Jr.", ("Dr. Bo van Ek Jr.", "Bo", "van Ek")),
        ("Dr. Ruiz Jr., Ana", ("Dr. Ana Ruiz Jr.", "Ana", "Ruiz")),
        ("Dr. Berg, Bo van den", ("Dr. Bo van den Berg", "Bo", "van den Berg")),
        ("O’Neil-Ek, J. P.", ("J. P. O’Neil-Ek", "J. P.", "O’Neil-Ek")),
        ("Draper, Don", ("Don Draper", "Don", "Draper")),
        ("Sá,Ana", ("Ana Sá", "Ana", "Sá")),
        ("Иванов, Иван", ("Иван Иванов", "Иван", "Иванов")),
        ("Dr. Bo van Ek Jr.", None),
        ("Ana Ruiz, PhD", None),
        ("Ana Ruiz, Ph.D., MBA", None),
        ("Acme, Inc.", None),
        ("Smith, Jones & Co", None),
        ("Müller GmbH, Berlin", None),
        ("Ruiz, Ana, Bo", None),
        ("王, 小明", None),
        ("ルイス, アナ", None),
        ("רואיז, אנה", None),
        ("Floor 3, Room 2", None),
        ("Ruiz,", None),
        (", Ana", None),
        ("a long sentence that has one comma, and goes on", None),
        ("", None),
    ],
)
def test_a_comma_tells_where_a_family_name_ends(text: str, expected: tuple[str, str, str] | None) -> None:
    found = turned(text)
    assert (found and (found.name, found.given, found.family)) == expected


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_turning_loses_no_word(text: str) -> None:
    found = turned(text)
    if found is not None:
        assert sorted(found.name.split()) == sorted(text.replace(",", " ").split())
        assert turned(found.name) is None


@pytest.mark.parametrize(
    ("texts", "family_first"),
    [
        (["Ruiz, Ana"], True),
        (["Ruiz, Ana", "Ek, Bo", "Cleo", "王小明"], True),
        (["Ruiz, Ana", "Ek, Bo", "Lee, Ivy", "Park, Cleo", "Dee Fox"], True),
        (["Ruiz, Ana", "Ek, Bo", "Park, Cleo", "Dee Fox"], False),
        (["Ana Ruiz", "Ek, Bo"], False),
        (["Ana Ruiz, PhD", "Bo Ek, MBA"], False),
        (["Ruiz, Ana", "Acme, Inc.", "Müller Holding AG"], True),
        (["Acme, Inc."], False),
        (["Ana Ruiz"], False),
        ([], False),
    ],
)
def test_the_column_tells_what_a_comma_means(texts: list[str], family_first: bool) -> None:
    order = NameOrder()
    for text in texts:
        order.see(text)
    assert order.family_first == family_first


def test_a_column_of_family_names_first_is_turned_and_kept_as_it_was(
    workspace: Workspace, write: Write
) -> None:
    path = write(
        'name,email\n"Ruiz, Ana",ana@x.example\n"Dr. Ek, Bo van",bo@x.example\n"Acme, Inc.",a@b.example\nCher,\n王小明,\n'
    )
    with plan(workspace, path) as made:
        assert made.parts[0].reading.family_first == {0: "Ruiz, Ana"}
        apply(workspace, made)
    people = {one["name"]: one for one in workspace.query(Query("contact"))}
    assert {*people} == {"Ana Ruiz", "Dr. Bo van Ek", "Acme, Inc.", "Cher", "王小明"}
    ek = people["Dr. Bo van Ek"]
    assert (ek["given_name"], ek["family_name"]) == ("Bo", "van Ek")
    assert ek["extra"] == {"csv": {"name": "Dr. Ek, Bo van"}}
    assert people["Acme, Inc."]["extra"] is None
    with plan(workspace, path) as made:
        assert made.tally.counts["unchanged"] == 5


def test_other_columns_stay_as_they_are_and_a_map_says_otherwise(
    workspace: Workspace, write: Write, tmp_path: Path
) -> None:
    path = write('name\n"Ruiz, Ana"\nBo Ek\n')
    saved = tmp_path / "map.toml"

    def names(word: str) -> list[str]:
        saved.write_text(f'[file."*"]\nas = "contacts"\n[file."*".columns]\nname = "{word}"\n')
        with plan(workspace, path, options=Options(saved=read_map(str(saved)))) as made:
            return [sample.name for sample in made.tally.samples]

    assert names("name") == ["Ruiz, Ana", "Bo Ek"]
    assert names("name.family_first") == ["Ana Ruiz", "Bo Ek"]
    path = write('name\n"Ruiz, Ana"\n')
    assert names("name") == ["Ana Ruiz"]
    assert names("name.as_written") == ["Ruiz, Ana"]


def test_people_whom_rows_name_are_turned_too(workspace: Workspace, write: Write) -> None:
    files = [
        write("name,company\nAna Ruiz,Acme\nBo Ek,Acme\n", "people.csv"),
        write(
            'deal name,company,contact name,stage\nBig,Acme,"Ruiz, Ana",Lead\nSmall,Acme,"Ek, Bo",Lead\n',
            "deals.csv",
        ),
    ]
    with plan(workspace, files, options=Options()) as made:
        apply(workspace, made)
    assert sorted(one["name"] for one in workspace.query(Query("contact"))) == ["Ana Ruiz", "Bo Ek"]
    assert {one["contact"]["name"] for one in workspace.query(Query("deal"))} == {"Ana Ruiz", "Bo Ek"}


def test_an_export_of_ours_has_the_names_as_they_are(workspace: Workspace, write: Write) -> None:
    ident = "0190c8a0-0000-7000-8000-000000000001"
    with plan(workspace, write(f'id,name,emails\n{ident},"Ruiz, Ana",ana@x.example\n')) as made:
        assert made.parts[0].reading.family_first == {}


def test_a_title_in_common_makes_nobody_one(workspace: Workspace, write: Write) -> None:
    text = "name,email\nDr. Ana Ruiz,house@acme.example\nDr. Bo Ek,house@acme.example\nRuiz Ana,house@acme.example\n"
    with plan(workspace, write(text)) as made:
        assert made.tally.counts["new"] == 2


@pytest.mark.parametrize(
    "name", ["Ana Ruiz", "Dr. Ana Ruiz", "Ruiz, Ana", "Ana Ruiz, Ph.D.", "Prof. Ana Ruiz, PhD"]
)
def test_neither_titles_nor_order_come_between_two_people(name: str) -> None:
    found = of_record(builtin().entities["contact"], {"id": "x", "name": name}, 0)
    assert found.words == ("ana", "ruiz")
