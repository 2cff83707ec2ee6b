"""The short forms of entries and ids give back exactly what was put in, and older rows and log entries stay readable."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crmtool.app.asking import parse_filter
from crmtool.app.commands import Add, Undo
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.jsontext import dumps, loads
from crmtool.core.order import FIRST
from crmtool.store.migrations.values import pack
from crmtool.store.packing import packed, packed_id, unpacked, unpacked_id
from crmtool.store.reader import Query

plain = st.none() | st.booleans() | st.integers() | st.text()
values = plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(), plain, max_size=3)
entries = st.fixed_dictionaries(
    {"id": st.text(), "value": values, "key": st.sampled_from([FIRST, "i1", "i0i"])},
    optional={"label": st.none() | st.text(), "preferred": values, "": values},
)


@given(st.lists(entries))
def test_entries_come_back_as_they_were(given: list[dict[str, Any]]) -> None:
    assert unpacked(loads(dumps(packed(given)))) == given


@given(st.lists(entries | st.dictionaries(st.sampled_from(["id", "value", "key", "label"]), values)))
def test_what_is_no_entry_is_kept(given: list[dict[str, Any]]) -> None:
    assert unpacked(loads(dumps(packed(given)))) == given


def test_entries_that_are_not_packed_are_read() -> None:
    old = [{"id": "a", "value": "x@example.com", "label": "work", "key": FIRST}]
    assert unpacked(old) == old
    assert packed(None) is None
    assert unpacked(None) is None


@given(st.uuids().map(str) | st.text() | st.text(string.hexdigits + "-", min_size=36, max_size=36))
def test_ids_come_back_as_they_were(text: str) -> None:
    assert unpacked_id(packed_id(text)) == text


def test_an_id_is_short() -> None:
    assert len(packed_id(ids.new_id())) == 22


def test_rows_of_an_earlier_version_are_written_shorter(workspace: Workspace) -> None:
    workspace.run(Add("contact", {"name": "Ana", "emails": ["ana@example.com", "a@example.com"]}))
    (before,) = workspace.reader.records(Query("contact"))
    stored = workspace.db.scalar("SELECT emails FROM contacts")
    keyed = dumps(before["emails"])
    workspace.db.execute("UPDATE contacts SET emails = ?", (keyed,))
    assert next(workspace.reader.records(Query("contact"))) == before
    with workspace.db.atomic():
        pack(workspace.db, "contacts", "emails")
    assert workspace.db.scalar("SELECT emails FROM contacts") == stored
    assert len(stored) < len(keyed) * 0.7


def test_who_made_a_record_changed_it_last_until_somebody_does(workspace: Workspace) -> None:
    ident = workspace.run(Add("contact", {"name": "Ana"})).changed[0][1]
    assert workspace.db.one("SELECT updated_by_id FROM contacts WHERE id = ?", (ident,)) == (None,)
    text, contact = "updated_by=me", workspace.registry.entity("contact")
    mine = parse_filter(text, contact, workspace.registry, workspace.context)
    (record,) = workspace.reader.records(Query("contact", mine))
    assert record["updated_by"] == record["created_by"]
    workspace.run(Undo())
    (gone,) = workspace.reader.records(Query("contact", trash="only", expand=False))
    assert gone["updated_by"] == workspace.actor.user
