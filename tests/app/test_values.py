"""Whatever a program or a file gives as a value is stored in its proper form or refused; nothing in between."""

from __future__ import annotations

from typing import Any

import pytest

from crmtool.app.asking import ask
from crmtool.app.commands import Add, Remove, Set, Undo
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import ConflictError, UsageError, ValidationError
from crmtool.core.query import In, Path
from crmtool.store.reader import Query

DEEP = "[" * 100_000


def add(ws: Workspace, noun: str, **values: Any) -> str:
    return ws.run(Add(noun, values)).made[-1][1]


def field(ws: Workspace, ident: str, key: str, noun: str = "contact") -> Any:
    return ws.reader.require(noun, ident)[key]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("contact", {"name": "A", "external_ids": "abc"}),
    ("contact", {"name": "A", "external_ids": {"a": 1}}),
    ("contact", {"name": "A", "external_ids": [1, 2]}),
    ("contact", {"name": "A", "external_ids": [["a", None]]}),
    ("contact", {"name": "A", "extra": {"a": float("nan")}}),
    ("contact", {"name": "A", "extra": {"a": "\ud800"}}),
    ("contact", {"name": "A", "extra": DEEP}),
    ("contact", {"name": "A", "emails": [{"value": "a@b.example", "label": {"x": 1}}]}),
    ("contact", {"name": "A", "tags": [{"a": 1}]}),
    ("deal", {"name": "A", "amount": [1 << 61, "EUR"]}),
    ("deal", {"name": "A", "amount": [1, ["EUR"]]}),
    ("activity", {"name": "A", "happened_at": "today ²:00"}),
    ("stage", {"name": "A", "pipeline": "Sales", "required": 5}),
    ("view", {"name": "A", "of": "contact", "columns": 5}),
    ("view", {"name": "A", "of": "contact", "columns": [5]}),
    ("field", {"name": "A", "of": "contact", "kind": "choice", "choices": [{"label": "x"}]}),
    ("field", {"name": "A", "of": "contact", "kind": "choice", "choices": ["x", "X"]}),
    ("field", {"name": "A", "of": "contact", "kind": "text", "choices": 5}),
    ("field", {"name": "A", "of": "contact", "kind": "tags", "multi": True}),
    ("field", {"name": "A", "of": "contact", "kind": "reference", "target": "company", "multi": True}),
    ("field", {"name": "N", "of": "contact"}),
    ("field", {"name": "In", "of": "contact"}),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "values"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_does_not_fit_is_refused(ws: Workspace, noun: str, values: dict[str, Any]) -> None:
    before = ws.log.position()
    with pytest.raises(ValidationError):
        ws.run(Add(noun, values))
    assert ws.log.position() == before


@pytest.mark.parametrize(
    "moment", ["2026-01-01", "garbage", "2026-02-30T00:00:00.000Z", "2026-01-01T00:00:00Z"]
)
def test_a_change_takes_effect_at_an_instant(ws: Workspace, moment: str) -> None:
    with pytest.raises(UsageError):
        ws.run(Add("contact", {"name": "A"}, effective_at=moment))


def test_external_ids_are_pairs_by_every_way(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana", external_ids=[("mail", 7), ("mail", "7")])
    assert field(ws, ana, "external_ids") == [["mail", "7"]]
    ws.run(Set("contact", (ana,), (("external_ids", "=", '[["book","b"]]'),)))
    assert ws.reader.lookup("contact", "ext", ["mail\x1f7", "book\x1fb"]) == {"book\x1fb": [ana]}
    ws.run(Set("contact", (ana,), (("external_ids", "=", None),)))
    assert not field(ws, ana, "external_ids")


def test_entries_have_ids_of_their_own(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana", emails=[{"value": f"{c}@x.example", "id": "same"} for c in "ab"])
    ben = add(ws, "contact", name="Ben", emails=[{"value": "c@x.example", "id": 5}])
    one, two = (entry["id"] for entry in field(ws, ana, "emails"))
    assert one == "same"
    assert two != "same"
    assert isinstance(field(ws, ben, "emails")[0]["id"], str)


def test_an_entry_that_is_given_again_stays_the_same_entry(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana", email="a@x.example; work: b@x.example")
    before = field(ws, ana, "emails")
    again = ws.run(Set("contact", (ana,), (("email", "=", "a@x.example; work: b@x.example"),)))
    assert again.handle is None
    ws.run(Set("contact", (ana,), (("email", "=", "new@x.example; work: B@x.example; a@x.example"),)))
    after = field(ws, ana, "emails")
    assert [entry["value"] for entry in after] == ["new@x.example", "B@x.example", "a@x.example"]
    assert [after[1]["id"], after[2]["id"]] == [before[1]["id"], before[0]["id"]]
    keys = [entry["key"] for entry in after]
    assert keys == sorted(set(keys))


def test_a_record_that_is_named_twice_changes_once(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana")
    assert ws.run(Set("contact", (ana, ana), (("title", "=", "Boss"),))).count == 1
    ws.run(Undo())
    assert field(ws, ana, "title") is None
    assert ws.run(Remove("contact", (ana, ana))).count == 1
    assert field(ws, ana, "rev") == 4


def test_sums_of_great_amounts_break_nothing(ws: Workspace) -> None:
    for number in range(10):
        add(ws, "deal", name=f"D{number}", company="Acme", amount=[10**17 - 1, "EUR"])
    acme = ws.reader.by_name("company", ["acme"])["acme"][0]
    assert field(ws, acme, "open_value", "company") == [10**18 - 10, "EUR"]


def test_own_definitions_keep_their_words_in_order(ws: Workspace) -> None:
    ident = add(ws, "field", name="Follow-up", of="contact")
    assert field(ws, ident, "key", "field") == "follow_up"
    ws.run(Set("field", (ident,), (("key", "=", "Next step (own)"),)))
    assert ws.registry.entity("contact").find("next_step_own")
    with pytest.raises(ValidationError):
        ws.run(Set("field", (ident,), (("key", "=", "email"),)))
    machine = add(ws, "object", name="Machine")
    ws.run(Set("object", (machine,), (("plural", "=", "Machinery"), ("name", "=", "Engine"))))
    assert ws.registry.entity("machinery").name == "Engine"
    with pytest.raises(ValidationError):
        ws.run(Set("object", (machine,), (("plural", "=", "contacts"),)))


def test_a_definition_that_cannot_be_read_keeps_nothing_from_opening(ws: Workspace) -> None:
    odd = add(ws, "field", name="Odd", of="contact")
    tier = add(ws, "field", name="Tier", of="contact", kind="choice", choices=["gold", "silver"])
    ws.db.execute("UPDATE fields SET kind = 'hologram' WHERE id = ?", (odd,))
    ws.db.execute("UPDATE fields SET choices = ? WHERE id = ?", ('[{"label":"x"},{"key":"gold"}]', tier))
    with open_workspace(ws.db.location) as other:
        contact = other.registry.entity("contact")
        assert contact.find("odd") is None
        assert [(c.key, c.label) for c in contact.field("tier").choices] == [("gold", "gold")]


def test_thousands_of_values_in_one_filter(ws: Workspace) -> None:
    add(ws, "contact", name="Ana", title="t1999")
    contact = ws.registry.entity("contact")
    wanted = tuple(f"t{number}" for number in range(2000))
    assert ws.reader.count(Query("contact", In(Path((contact.fields["title"],)), wanted))) == 1
    text = " or ".join(f"title = {word}" for word in wanted)
    assert ws.reader.count(ask(contact, ws.registry, ws.context, where=text)) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "[99", '{"a":1}', "[0]", "[0,[1]]", '["0",1]', "[0,null]", "null"]
)
def test_a_page_begins_behind_a_mark_of_ours(ws: Workspace, token: str) -> None:
    if token:
        with pytest.raises(UsageError):
            ws.reader.page(Query("contact", limit=1, after=token))
    else:
        assert ws.reader.page(Query("contact", limit=1, after=token)).records == []


def test_a_page_of_the_past_holds_past_values(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-01-01T00:00:00.000Z")
    people = [add(ws, "contact", name=name, title="then") for name in ("Ana", "Ben")]
    monkeypatch.setenv("CRM_NOW", "2026-02-01T00:00:00.000Z")
    ws.run(Set("contact", tuple(people), (("title", "=", "now"),)))
    query = Query("contact", fields=("title",), as_of="2026-01-15T00:00:00.000Z", limit=1)
    page = ws.reader.page(query)
    assert page.next is not None
    found = [*page.records, *ws.reader.page(query.replace(after=page.next)).records]
    assert [(record["id"], record["title"]) for record in found] == [(p, "then") for p in people]


def test_an_undo_leaves_what_older_history_refers_to(ws: Workspace) -> None:
    made = ws.run(Add("contact", {"name": "Ana"}))
    assert made.handle is not None
    (_, ana) = made.made[-1]
    ws.run(Add("activity", {"name": "Call", "contact": ana}, effective_at="2020-01-01T00:00:00.000Z"))
    with pytest.raises(ConflictError):
        ws.run(Undo(made.handle))
    assert field(ws, ana, "deleted_at") is None


def test_an_own_text_is_found_by_its_index(ws: Workspace) -> None:
    add(ws, "field", name="Tier", of="contact")
    contact = ws.registry.entity("contact")
    for name, tier in (("Ana", "Gold"), ("Ben", "GÖLD"), ("Cal", None)):
        add(ws, "contact", name=name, tier=tier)
    query = ask(contact, ws.registry, ws.context, where="tier = göld")
    assert [found["name"] for found in ws.query(query)] == ["Ana", "Ben"]
    compiler = ws.reader.compiler(contact)
    where = compiler.where(query.where, "without")
    plan = ws.db.rows(f"EXPLAIN QUERY PLAN SELECT t.id FROM contacts AS t WHERE {where}", compiler.params)
    assert any("SEARCH t USING INDEX contacts_own_" in row[-1] for row in plan)
