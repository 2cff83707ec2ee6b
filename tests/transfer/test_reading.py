"""How texts are read: days and amounts by their whole column, spellings, and what a map says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.app.commands import Add, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.fields import Context
from crmtool.core.money import decimal_text
from crmtool.store.reader import Query
from crmtool.transfer.alike import spellings
from crmtool.transfer.amounts import Decimals, currency_code, money, number
from crmtool.transfer.apply import apply
from crmtool.transfer.days import moment
from crmtool.transfer.mapping import read_map
from crmtool.transfer.plan import Options, plan
from crmtool.transfer.savemap import map_text

from . import exports

Write = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01 10:22", "2024-05-01T08:22:00.000Z"),
        ("2024-05-01T10:22:00Z", "2024-05-01T10:22:00.000Z"),
        ("2024-05-01 10:22:00 +0000", "2024-05-01T10:22:00.000Z"),
        ("2024-05-01 10:22:00 UTC", "2024-05-01T10:22:00.000Z"),
        ("05/13/2024 10:22 PM", "2024-05-13T20:22:00.000Z"),
        ("12/31/2024 12:05 AM", "2024-12-30T23:05:00.000Z"),
        ("May 1, 2024 10:22", "2024-05-01T08:22:00.000Z"),
        ("13.5.2024 9:05", "2024-05-13T07:05:00.000Z"),
        ("13.5.2024", "2024-05-12T22:00:00.000Z"),
        ("5/6/2024 10:00", None),
        ("2024-13-01", None),
        ("10:22", None),
        ("tomorrow", None),
    ],
)
def test_moments_have_zones(text: str, expected: str | None) -> None:
    assert moment(text, Context(zone="Europe/Madrid")) == expected


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1.234,56 €", "", [123456, "EUR"]),
        ("1,234.56", "", [123456, "CHF"]),
        ("1'234.50", "", [123450, "CHF"]),
        ("12 34 567", "", [123456700, "CHF"]),
        ("12,34,567", "", [123456700, "CHF"]),
        ("1.234", "", [123400, "CHF"]),
        ("1.234", ".", [123, "CHF"]),
        ("1,5", ",", [150, "CHF"]),
        ("(1,234.50)", "", [-123450, "CHF"]),
        ("USD 5", "", [500, "USD"]),
        ("5 JPY", "", [5, "JPY"]),
        ("10k", "", [1000000, "CHF"]),
        ("1.5E7", "", [1_500_000_000, "CHF"]),
        ("-1,25E+03", "", [-125000, "CHF"]),
        ("EUR 1e3", ",", [100000, "EUR"]),
        ("1.5E99", "", None),
        ("E7", "", None),
        ("1,2,3", ",", None),
        ("a lot", "", None),
    ],
)
def test_amounts(text: str, mark: str, expected: list[Any] | None) -> None:
    assert money(text, "CHF", mark) == expected


@given(st.integers(-(10**11), 10**11), st.sampled_from(["EUR", "JPY", "BHD"]))
def test_an_amount_as_we_write_it_is_read_back(minor: int, currency: str) -> None:
    decimals = Decimals()
    text = decimal_text(minor, currency)
    decimals.see(text)
    if currency != "BHD" or decimals.mark == ".":
        assert money(f"{text} {currency}", "USD", decimals.mark) == [minor, currency]


def test_numbers_and_currencies() -> None:
    assert number("50%") == 50
    thousand = number("1,234", ".")
    assert thousand is not None
    assert number("1.234") == thousand / 1000 == number("1.234", ".")
    assert [currency_code(word) for word in ("usd", "€", "US Dollar (USD)", "EUR – Euro", "gold")] == [
        "USD", "EUR", "USD", "EUR", None,
    ]  # fmt: skip


def test_spellings_with_the_same_letters_are_one_and_close_ones_are_proposed() -> None:
    counts = {
        "GTXPro": 3,
        "GTX Pro": 9,
        "Zencoder": 4,
        "Zen-Coder": 1,
        "Betatech Group": 2,
        "Betatech Groop": 1,
        "Line 1": 1,
        "Line 2": 1,
    }
    found = {(one.word, one.name, one.same) for one in spellings("x", counts, ())}
    assert found == {
        ("GTXPro", "GTX Pro", True),
        ("Zen-Coder", "Zencoder", True),
        ("Betatech Groop", "Betatech Group", False),
    }
    known = {(one.word, one.name, one.same) for one in spellings("x", counts, ["Zen Coder", "GTXPRO"])}
    assert ("Zencoder", "Zen Coder", True) in known
    assert ("GTX Pro", "GTXPRO", True) in known


# -- maps ----------------------------------------------------------------------------------------------------------------


def test_a_map_says_where_columns_go_and_what_words_mean(
    workspace: Workspace, write: Write, tmp_path: Path
) -> None:
    path = write(
        "What,Firm,Where it stands,Worth,Who,Colour,Junk\nBig,Acme,hot,1.000,Samuel,red,x\n", "odd.csv"
    )
    saved = tmp_path / "odd.toml"
    saved.write_text(
        '[file."*.csv"]\nas = "deals"\n'
        '[file."*.csv".columns]\nWhat = "name"\nFirm = "company"\n"where it stands" = "stage"\nWorth = "amount"\nWho = "owner"\n'
        'Colour = "new:choice"\nJunk = "ignore"\n'
        '[file."*.csv".values.stage]\nhot = "Negotiation"\n[values.owner]\nSamuel = "Sam"\n'
    )
    with plan(workspace, path, options=Options(saved=read_map(str(saved)))) as made:
        assert [column.field for column in made.parts[0].mapping(made.registry)] == [
            "name", "company", "stage", "amount", "owner", "colour", "",
        ]  # fmt: skip
        assert "colour" not in workspace.registry.entities["deal"].fields
        done = apply(workspace, made)
    (deal,) = workspace.query(Query("deal"))
    assert (deal["stage"]["name"], deal["owner"]["name"], deal["amount"]) == (
        "Negotiation",
        "Sam",
        [100000, "EUR"],
    )
    assert deal["colour"] == "red"
    with plan(workspace, path, options=Options(saved=read_map(str(saved)))) as made:
        assert made.new_fields == []
        assert apply(workspace, made).undo is None
    workspace.run(Undo(done.undo))
    assert "colour" not in workspace.registry.entities["deal"].fields
    assert [*workspace.query(Query("deal"))] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = = 1", "line 1"),
        ("[files.x]", "files"),
        ('[file."a.csv"]\ncolour = "x"', 'file."a.csv".colour'),
        ('[file."a.csv"]\ndates = "d/m/y"', 'file."a.csv".dates'),
        ('[file."a.csv".columns]\nName = 3', 'columns."Name"'),
        ('[file."a.csv".columns]\nName = "nmae"', 'columns."Name"'),
        ('[file."a.csv".columns]\nName = "new:colour"', 'columns."Name"'),
    ],
)
def test_what_is_wrong_in_a_map_is_said_with_its_place(
    workspace: Workspace, write: Write, tmp_path: Path, text: str, said: str
) -> None:
    saved = tmp_path / "m.toml"
    saved.write_text(text)
    with pytest.raises(UsageError) as error:
        plan(
            workspace,
            write("Name,Email\nAna,ana@x.example\n", "a.csv"),
            options=Options(saved=read_map(str(saved))),
        )
    assert said in str(error.value)
    assert error.value.code == "map"


@pytest.mark.parametrize(
    "text",
    [exports.PIPEDRIVE, exports.ATOMIC, exports.TWENTY_PEOPLE, *exports.HUBSPOT.values(), *exports.SALESFORCE.values(),
     *exports.SALES.values()],
)  # fmt: skip
def test_the_map_that_a_plan_writes_changes_nothing(
    workspace: Workspace, write: Write, tmp_path: Path, text: str
) -> None:
    path = write(text, "export.csv")
    with plan(workspace, path) as made:
        saved = tmp_path / "m.toml"
        saved.write_text(map_text(workspace, made))
        first = (
            made.parts[0].mapping(made.registry),
            made.tally.counts,
            [sample.after for sample in made.tally.samples],
        )
    with plan(workspace, path, options=Options(saved=read_map(str(saved)))) as made:
        again = (
            made.parts[0].mapping(made.registry),
            made.tally.counts,
            [sample.after for sample in made.tally.samples],
        )
    assert [dropped(one) for one in again] == [dropped(one) for one in first]


def dropped(value: Any) -> Any:
    """Without the ids that every record and entry gets anew."""
    if isinstance(value, str) and ids.is_id(value):
        return "an id"
    if isinstance(value, list):
        return [dropped(one) for one in value]
    if isinstance(value, dict):
        return {
            key: dropped(one) for key, one in value.items() if key not in ("id", "company", "contact", "deal")
        }
    return value


# -- our own lists ---------------------------------------------------------------------------------------------------------


RECORDS: list[tuple[str, dict[str, Any]]] = [
    ("company", {"name": "Acme", "domain": "acme.example", "employees": 5, "revenue": "1250.50 USD", "tags": "a, b"}),
    ("contact", {"name": "Ana Ruiz", "company": "Acme", "emails": "ana@acme.example", "phones": "+34 600 12 34 56",
                 "birthday": "1985-04-05", "do_not_contact": True, "addresses": {"street": "Calle 1", "city": "Madrid"}}),
    ("product", {"name": "GTX Pro", "code": "GTX", "price": "4821 EUR", "active": False}),
    ("deal", {"name": "Big", "company": "Acme", "contact": "Ana Ruiz", "amount": "1234567.89", "stage": "Proposal",
              "close_on": "2026-05-04", "probability": 50, "source": "fair"}),
    ("order", {"name": "2026-001", "company": "Acme", "ordered_on": "2026-01-02", "total": "99.90",
               "lines": [{"product": "GTX"}]}),
    ("activity", {"name": "Call", "type": "call", "contact": "Ana Ruiz", "duration": 15,
                  "happened_at": "2026-01-02T10:00:00.000Z"}),
    ("task", {"name": "Send offer", "due_on": "2026-02-03", "contact": "Ana Ruiz", "priority": "high"}),
    ("note", {"name": "Fair", "body": "Met\nthere", "company": "Acme"}),
    ("boat", {"name": "Aurora", "length": 12.5, "skipper": "Ana Ruiz"}),
]  # fmt: skip


def with_boats(workspace: Workspace) -> Workspace:
    workspace.run(Add("object", {"name": "Boat"}))
    workspace.run(Add("field", {"of": "boat", "name": "Length", "kind": "number"}))
    workspace.run(Add("field", {"of": "boat", "name": "Skipper", "kind": "reference", "target": "contact"}))
    return workspace


def listed(workspace: Workspace, entity: str, folder: Path) -> str:
    """What ``crm … list --csv`` prints with every field that can be written."""
    from crmtool.cli.output.formats import csv_rows

    fields = [
        field
        for field in workspace.registry.entities[entity].fields.values()
        if field.key in ("id", "created_at") or (field.writable and not field.hidden)
    ]
    path = folder / f"{entity}.csv"
    path.write_text("".join(csv_rows(workspace.query(Query(entity)), fields, True)))
    return str(path)


def test_records_that_are_alike_in_all_but_their_id_come_back_as_many_as_they_were(
    workspace: Workspace, tmp_path: Path
) -> None:
    for _ in range(2):
        workspace.run(Add("company", {"name": "Acme"}))
    acme = next(iter(workspace.query(Query("company"))))["id"]
    for _ in range(3):
        workspace.run(Add("contact", {"name": "Ana", "company": acme, "emails": ["ana@acme.example"]}))
        workspace.run(Add("deal", {"name": "Roof", "company": acme}))
        workspace.run(Add("note", {"body": "Called"}))
    paths = [listed(workspace, entity, tmp_path) for entity in ("company", "contact", "deal", "note")]
    with create_workspace(str(tmp_path / "o" / "crm.db"), NewWorkspace("other", "Sam"), zone="UTC") as other:
        other.run(Add("deal", {"name": "Roof"}))
        for fresh in (10, 0):
            with plan(other, paths) as made:
                assert made.tally.counts["new"] == fresh
                apply(other, made)
        for entity, count in (("company", 2), ("contact", 3), ("deal", 3), ("note", 3)):
            assert len([*other.query(Query(entity))]) == count


def test_a_list_of_every_kind_of_record_comes_back_by_id(workspace: Workspace, tmp_path: Path) -> None:
    with_boats(workspace)
    for entity, values in RECORDS:
        workspace.run(Add(entity, values))
    paths = [listed(workspace, entity, tmp_path) for entity, _ in RECORDS]
    with plan(workspace, paths) as made:
        assert [
            (part.entity, part.tally.counts["unchanged"])
            for part in made.parts
            if part.tally.counts["unchanged"] != 1
        ] == []
        assert {part.entity for part in made.parts} == {entity for entity, _ in RECORDS}
        assert apply(workspace, made).undo is None
    with with_boats(
        create_workspace(str(tmp_path / "other" / "crm.db"), NewWorkspace("other", "Sam"), zone="UTC")
    ) as other:
        with plan(other, paths[::-1]) as made:
            assert made.tally.counts == {"new": len(RECORDS), "changed": 0, "unchanged": 0, "rejected": 0}
            apply(other, made)
        for entity, _ in RECORDS:
            fields = [
                key
                for key, field in other.registry.entities[entity].fields.items()
                if field.writable and not field.hidden
            ]
            theirs, ours = (next(iter(one.query(Query(entity)))) for one in (other, workspace))
            assert theirs["id"] == ours["id"]
            assert [seen(theirs[key]) for key in fields] == [seen(ours[key]) for key in fields], entity


def seen(value: Any) -> Any:
    """A value without what is made anew for every workspace: ids of entries, and of stages and users."""
    if isinstance(value, dict):
        return value.get("name") if "id" in value else value
    if isinstance(value, list) and value and isinstance(value[0], dict) and "value" in value[0]:
        return [(one["value"], one.get("label")) for one in value]
    return value or None
