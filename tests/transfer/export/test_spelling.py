"""The quick way from row to text says exactly what the kinds of value say of the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from crmtool.app.workspace import Workspace
from crmtool.cli.output import formats
from crmtool.core.entities import builtin
from crmtool.core.policy import Policy
from crmtool.store.reader import Query
from crmtool.transfer.export.tables import Table
from crmtool.transfer.guard import unguarded

KINDS = [*builtin().entities, "boat"]
Text = Callable[..., str]
Make = Callable[..., Table]


def records(store: Workspace, table: Table) -> list[dict[str, Any]]:
    return list(store.reader.records(Query(table.entity.key, fields=tuple(f.key for f in table.fields))))


@pytest.mark.parametrize("entity", KINDS)
def test_raw_csv_is_what_a_list_prints(store: Workspace, table: Make, text: Text, entity: str) -> None:
    made = table(entity)
    expected = "".join(formats.csv_rows(records(store, made), [*made.fields], True))
    assert text("csv", made, raw=True) == expected


@pytest.mark.parametrize("entity", KINDS)
def test_ndjson_is_what_a_list_prints(store: Workspace, table: Make, text: Text, entity: str) -> None:
    made = table(entity)
    written = text("ndjson", made)
    expected = "".join(formats.ndjson(records(store, made), [*made.fields]))
    # The order of members that are objects themselves is the store's: what is compared is what they mean.
    assert [json.loads(line) for line in written.splitlines()] == [
        json.loads(line) for line in expected.splitlines()
    ]
    assert not set(written) & set("\x1b\x7f\x9b\u2028\u202e")


@pytest.mark.parametrize("entity", KINDS)
def test_safe_cells_turn_back_into_the_raw_ones(table: Make, text: Text, entity: str) -> None:
    made = table(entity)
    raw = list(csv.reader(io.StringIO(text("csv", made, raw=True), newline="")))
    safe = list(csv.reader(io.StringIO(text("csv", made).removeprefix("\ufeff"), newline="")))
    assert [[unguarded(cell) for cell in row] for row in safe] == raw


def test_dotted_fields_and_ids(store: Workspace, table: Make, text: Text) -> None:
    from crmtool.doors.lists import field_named

    contact = store.registry.entity("contact")
    fields = tuple(
        field_named(store, contact, name)
        for name in ("name", "company", "company.industry", "company.owner", "boss")
    )
    made = table("contact").replace(fields=fields, ids=True)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text("csv", made, raw=True)))}
    assert [*rows["Own"]] == [
        "name", "company", "company_id", "company.industry", "company.owner", "company.owner_id", "boss", "boss_id",
    ]  # fmt: skip
    assert rows["Ana Ruiz"]["company"] == "Acme"
    assert rows["Ana Ruiz"]["company.industry"] == "Tools"
    assert rows["Own"]["boss"] == "=1+1"
    # What is in the trash has no name any more, and its id is all there is to say.
    assert rows["Left"]["company"] == rows["Left"]["company_id"]
    one = json.loads(text("ndjson", made).splitlines()[0])
    assert one["company"]["name"] == "Acme"
    assert "company_id" not in one


def test_nothing_is_written_that_may_not_be_seen(store: Workspace, table: Make, text: Text) -> None:
    class Narrow(Policy):
        def hidden_fields(self, actor: object, entity: Any) -> frozenset[str]:
            return frozenset(
                {"emails"} if entity.key == "contact" else {"name"} if entity.key == "company" else ()
            )

    store.policy = Narrow()
    store.refresh_clock()
    made = table("contact")
    assert "emails" not in [field.key for field in made.fields]
    written = text("csv", made, raw=True) + text("ndjson", made)
    assert "Acme" not in written
    assert "ana@acme.es" not in written
    deals = json.loads(text("ndjson", table("deal")).splitlines()[0])
    assert isinstance(deals["company"], str)


def test_a_row_that_refers_to_many(
    store: Workspace, table: Make, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that do not fit the memory for them are looked up again."""
    from crmtool.transfer.export import columns

    monkeypatch.setattr(columns, "MOST_NAMES", 1)
    monkeypatch.setattr(columns, "FIRST_CHUNK", 1)
    monkeypatch.setattr(columns, "CHUNK", 2)
    made = table("contact", ["name", "company", "owner", "boss", "created_by"])
    expected = "".join(formats.csv_rows(records(store, made), [*made.fields], True))
    assert text("csv", made, raw=True) == expected
