"""An export imported again: into an empty workspace it gives the same values, into its own it changes nothing."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import samples
from tests.transfer.export.conftest import HARD

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import tokens
from crmtool.core.fields import Field
from crmtool.store.reader import Query
from crmtool.transfer.apply import apply
from crmtool.transfer.export.formats import FORMATS, Format
from crmtool.transfer.export.tables import Export, Table, whole
from crmtool.transfer.plan import plan

LABELLED = ("json", "ndjson", "vcard")
TABLES = ("csv", "tsv", "json", "ndjson", "xlsx")
# Definitions of one's own come first to wherever records are brought; an export of them is for reading.
DEFINED = [(entity, values) for entity, values in [*samples.RECORDS, *HARD] if entity in ("field", "object")]
Copies = Callable[[], str]


@pytest.fixture(scope="module", autouse=True)
def clock() -> Iterator[None]:
    """A day on which everything in the samples has happened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", samples.NOW)
        yield


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Makes places of workspaces that hold nothing but definitions."""
    folder = tmp_path_factory.mktemp("trips")
    with create_workspace(
        str(folder / "first.db"), NewWorkspace("Trip", "Sam Seller", "sam@example.org"), zone="UTC"
    ) as made:
        for entity, values in DEFINED:
            made.run(Add(entity, dict(values)))
    numbers = itertools.count()

    def copy() -> str:
        path = folder / str(next(numbers)) / "crm.db"
        path.parent.mkdir()
        shutil.copyfile(folder / "first.db", path)
        return str(path)

    return copy


def write(store: Workspace, format: Format, path: str, *entities: str) -> None:
    """Export whole kinds of record, with ids: a file, or a folder of files."""
    kinds = [store.registry.entity(key) for key in entities]
    tables = [Table(kind.plural, kind.plural, kind, whole(store.reader, kind), ids=True) for kind in kinds]
    if format.several == "file":
        with open(path, "wb") as file:
            format.write(Export(store.reader, tables), file)
        return
    os.mkdir(path)
    for table in tables:
        with open(os.path.join(path, table.key + format.endings[0]), "wb") as file:
            format.write(Export(store.reader, [table]), file)


def carried(store: Workspace, format: Format, entity: str) -> list[Field]:
    kind = store.registry.entity(entity)
    return [f for f in kind.fields.values() if f.writable and not f.hidden and format.carries(kind, f)]


def told(store: Workspace, format: Format, entity: str) -> list[dict[str, Any]]:
    """What the records of a kind say in the fields that a format carries, in the order of their names."""
    fields = carried(store, format, entity)
    records = sorted(store.reader.records(Query(entity)), key=lambda record: str(record.get("name")))
    return [{field.key: plain(field, record[field.key], format) for field in fields} for record in records]


def plain(field: Field, value: Any, format: Format) -> Any:
    """A value without what no file tells: ids of entries and of others' records. Phone numbers are equal by what is dialled."""
    if isinstance(value, dict) and "id" in value:
        return value["name"]
    if field.multi and value:
        values = [tokens.phone_key(e["value"]) if field.kind.name == "phone" else e["value"] for e in value]
        return (
            [*zip(values, [e.get("label") for e in value], strict=True)] if format.key in LABELLED else values
        )
    return value or None if field.multi or field.kind.collection else value


def check(store: Workspace, format: Format, path: str, place: str, *entities: str) -> None:
    with open_workspace(place, zone="UTC") as other:
        with plan(other, path) as made:
            report = apply(other, made)
        assert report.tally.counts["rejected"] == 0, [r.problems for r in report.tally.rejected]
        for entity in entities:
            assert told(other, format, entity) == told(store, format, entity)
    with plan(store, path, count=True) as made:
        counts = made.tally.counts
        assert (counts["new"], counts["changed"], counts["rejected"]) == (0, 0, 0), made.tally.samples


@pytest.fixture(scope="module")
def sample(copies: Copies) -> Iterator[Workspace]:
    """Something of everything."""
    with open_workspace(copies(), zone="UTC") as store:
        for entity, values in [*samples.RECORDS, *HARD]:
            # A line separator within a name is brought to a space; of objects in own fields, see ``Format.carries``.
            if entity not in ("field", "object", "view", "list") and "bell" not in str(values["name"]):
                store.run(
                    Add(entity, {key: value for key, value in values.items() if key not in ("any", "house")})
                )
        yield store


KINDS = ("company", "contact", "deal", "product", "activity", "task", "note", "order", "rate", "boat")


@pytest.mark.parametrize("format", TABLES)
def test_everything_at_once(sample: Workspace, copies: Copies, tmp_path: Path, format: str) -> None:
    path = str(tmp_path / f"all.{format}")
    write(sample, FORMATS[format], path, *KINDS)
    check(sample, FORMATS[format], path, copies(), *KINDS)


@pytest.mark.parametrize(
    ("format", "kinds"), [("vcard", ("company", "contact")), ("ics", ("activity", "task"))]
)
def test_cards_and_calendars(
    sample: Workspace, copies: Copies, tmp_path: Path, format: str, kinds: tuple[str, ...]
) -> None:
    path = str(tmp_path / f"all.{format}")
    write(sample, FORMATS[format], path, *kinds)
    place = copies()
    with open_workspace(place, zone="UTC") as other, plan(other, path) as made:
        report = apply(other, made)
        assert report.tally.counts["rejected"] == 0
        for entity in kinds:
            assert told(other, FORMATS[format], entity) == told(sample, FORMATS[format], entity)


PRINTABLE = st.characters(blacklist_categories=["C", "Zl", "Zp", "Zs"], whitelist_characters=" ")
WORDS = st.text(PRINTABLE, min_size=1, max_size=12).map(str.strip).filter(bool)
LABEL = st.sampled_from([None, "work", "home"])
CONTACTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "title": st.none() | WORDS,
            "company": st.none() | st.sampled_from(["Acme", "Bo, AB", "=Sum"]),
            "lifecycle": st.sampled_from(["lead", "customer", "other"]),
            "urls": st.lists(
                st.sampled_from(["https://a.example/x;y", "localhost:80/a", "b.example", 'c.example/"q"\\', "[d]"]),
                unique=True, max_size=3,
            ),
            "tags": st.lists(st.sampled_from(["vip", "a,b", "c;d", "=e", "[f", "ü g"]), unique=True, max_size=3),
            "birthday": st.none() | st.dates(min_value=date(1900, 3, 1)).map(str),
            "do_not_contact": st.none() | st.booleans(),
            "description": st.none() | st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
            "city": st.none() | WORDS,
            "size": st.none() | st.integers(-10**9, 10**9) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
            "region": st.none() | WORDS,
        }
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(contacts=CONTACTS, label=LABEL)
@pytest.mark.parametrize("format", TABLES)
def test_any_values(copies: Copies, format: str, contacts: list[dict[str, Any]], label: str | None) -> None:
    place = copies()
    with open_workspace(place, zone="UTC") as store:
        for number, values in enumerate(contacts):
            given = {key: value for key, value in values.items() if value is not None and key != "city"}
            given["name"] = f"{number} {values['name']}"
            given["emails"] = [{"value": f"u{number}@x.example", "label": label}]
            given["phones"] = [{"value": f"+34 60012345{number}", "label": label}]
            if values["city"] is not None:
                given["addresses"] = [{"value": {"city": values["city"]}, "label": label}]
            store.run(Add("contact", given))
        path = f"{place}.{format}"
        write(store, FORMATS[format], path, "company", "contact")
        check(store, FORMATS[format], path, copies(), "company", "contact")
