"""Merging records and taking them apart again: nothing is lost, and what people did in between stays."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmtool.app.commands import Add, Distinct, Enlist, Merge, Purge, Remove, Set, Undo, Unmerge
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.resolve import resolve
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.changes import Actor
from crmtool.core.errors import ConflictError, DeniedError, NotFoundError, UsageError
from crmtool.core.policy import Policy
from crmtool.store.reader import Query
from crmtool.store.replay import differences
from crmtool.store.verify import verify

Values = dict[str, Any]
# What a write keeps by itself, and a merge and its way back may move on.
KEPT = ("rev", "updated_at", "updated_by", "n", "last_contacted_at", "next_step_on")


def add(ws: Workspace, entity: str, **values: Any) -> str:
    return next(record for key, record in ws.run(Add(entity, values)).made if key == entity)


def merge(ws: Workspace, keep: str, *others: str, entity: str = "contact", **more: Any) -> str:
    return str(ws.run(Merge(entity, keep, others, **more), origin="merge").handle)


def get(ws: Workspace, entity: str, record: str) -> Values:
    return ws.reader.require(entity, record)


def values(ws: Workspace, field: str, record: str, entity: str = "contact") -> list[Any]:
    return [entry["value"] for entry in get(ws, entity, record)[field] or ()]


def everything(ws: Workspace) -> dict[tuple[str, str], Values]:
    """The live records of the kinds that a merge touches, without what says when they were written."""
    out = {}
    for key in ("contact", "company", "activity", "note", "deal", "link", "tag"):
        for found in list(ws.query(Query(key, fields=("id",)))):
            record = get(ws, key, found["id"])
            if record.get("relation") != "distinct":
                held = {k: v for k, v in record.items() if k not in KEPT and v not in (None, [])}
                out[key, found["id"]] = held
    return out


def sound(ws: Workspace) -> None:
    assert differences(ws.db) == []
    assert verify(ws.db).problems == ()


# -- what becomes of values ---------------------------------------------------------------------------------------------


def test_values_are_united_and_the_contradicting_ones_noted(ws: Workspace) -> None:
    ana = add(
        ws,
        "contact",
        name="Ana Ruiz",
        emails="ana@acme.es",
        title="CEO",
        tags="vip",
        description="Met in Rome.",
    )
    twin = add(
        ws, "contact", name="Ana Ruis", emails="work: ANA@acme.es; ana@home.es", phones="+34 600 123 456", title="CTO",
        tags="VIP, key", birthday="1980-02-03", description="Likes tea.", do_not_contact="yes", company="Bolt",
    )  # fmt: skip
    merge(ws, ana, twin)
    record = get(ws, "contact", ana)
    assert values(ws, "emails", ana) == ["ana@acme.es", "ana@home.es"]
    assert values(ws, "phones", ana) == ["+34 600 123 456"]
    assert (record["name"], record["title"], record["birthday"]) == ("Ana Ruiz", "CEO", "1980-02-03")
    assert record["tags"] == ["vip", "key"]
    assert record["description"] == "Met in Rome.\n\nLikes tea."
    assert record["do_not_contact"] is True
    assert ws.reader.names("company", [record["company"]]) == {record["company"]: "Bolt"}
    (note,) = ws.query(Query("note"))
    assert note["contact"]["id"] == ana
    assert "Ana Ruis" in note["body"]
    assert "CTO" in note["body"]
    sound(ws)


def test_what_was_given_with_the_merge_stands_and_what_it_replaced_is_noted(ws: Workspace) -> None:
    one, other = (
        add(ws, "contact", name="Ana Ruiz", title="CEO"),
        add(ws, "contact", name="A. Ruiz", title="CTO"),
    )
    merge(ws, one, other, changes=(("title", "=", "Founder"), ("email", "+=", "ana@acme.es")))
    assert get(ws, "contact", one)["title"] == "Founder"
    assert values(ws, "emails", one) == ["ana@acme.es"]
    (note,) = ws.query(Query("note"))
    assert all(word in note["body"] for word in ("CEO", "CTO", "A. Ruiz"))


def test_a_second_employer_becomes_a_tie(ws: Workspace) -> None:
    one = add(ws, "contact", name="Ana", company="Acme")
    other = add(ws, "contact", name="Ana", company="Bolt", title="CTO")
    merge(ws, one, other)
    (link,) = (record for record in ws.query(Query("link")) if record["relation"] == "employment")
    assert (link["from"], link["to"], link["role"]) == (one, get(ws, "contact", other)["company"], "CTO")


def test_whatever_referred_to_the_others_refers_to_the_survivor(ws: Workspace) -> None:
    ws.run(Add("field", {"name": "Introduced by", "of": "deal", "kind": "reference", "target": "contact"}))
    one, other, third = (add(ws, "contact", name=name) for name in ("Ana", "Ana R", "Ben"))
    call = add(ws, "activity", name="Call", contact=other)
    task = add(ws, "task", name="Write", contact=other)
    deal = add(ws, "deal", name="Pumps", contact=third, introduced_by=f"@{ids.handle(other)}")
    order = add(ws, "order", name="7", contact=other)
    vips = add(ws, "list", name="VIPs")
    ws.run(Enlist("contact", (one, other), vips))
    gone = add(ws, "note", body="old", contact=other)
    ws.run(Remove("note", (gone,)))
    merge(ws, one, other)
    assert [
        get(ws, *of)["contact"]
        for of in (("activity", call), ("task", task), ("order", order), ("note", gone))
    ] == [one] * 4
    assert get(ws, "deal", deal)["introduced_by"] == one
    on_list = [record["from"] for record in ws.query(Query("link")) if record["relation"] == "member"]
    assert on_list == [one]
    sound(ws)


def test_companies_their_people_and_the_company_above(ws: Workspace) -> None:
    above = add(ws, "company", name="Acme Group")
    one = add(ws, "company", name="Acme", domain="acme.es", parent=f"@{ids.handle(above)}")
    other = add(ws, "company", name="ACME S.L.", emails="info@acme.es")
    ana = add(ws, "contact", name="Ana", company=f"@{ids.handle(other)}")
    merge(ws, one, above, other, entity="company")
    assert get(ws, "company", one)["parent"] is None
    assert get(ws, "contact", ana)["company"] == one
    assert values(ws, "emails", one, "company") == ["info@acme.es"]


def test_old_handles_lead_to_the_survivor_over_several_merges(ws: Workspace) -> None:
    entity = ws.registry.entity("contact")
    one, two, three = (add(ws, "contact", name=name) for name in ("One", "Two", "Three"))
    merge(ws, two, one)
    merge(ws, three, two)
    for record in (one, two):
        assert resolve(ws.reader, entity, f"@{ids.handle(record)}") == three
        assert resolve(ws.reader, entity, record) == three
    ws.run(Remove("contact", (three,)))
    with pytest.raises(NotFoundError):
        resolve(ws.reader, entity, f"@{ids.handle(one)}")


def test_undo_takes_a_merge_back_and_redo_brings_it(ws: Workspace) -> None:
    one, other = (
        add(ws, "contact", name="Ana", emails="a@x.es"),
        add(ws, "contact", name="Ana R", emails="b@x.es"),
    )
    add(ws, "activity", name="Call", contact=f"@{ids.handle(other)}")
    before = everything(ws)
    handle = merge(ws, one, other)
    after = everything(ws)
    ws.run(Undo(handle))
    assert everything(ws) == before
    ws.run(Undo(redo=True))
    assert everything(ws) == after
    ws.run(Unmerge("contact", (other,)))
    assert everything(ws) == before
    sound(ws)


def test_whoever_is_forgotten_is_forgotten_under_every_record(ws: Workspace) -> None:
    one, other = (
        add(ws, "contact", name="Ana", emails="a@x.es"),
        add(ws, "contact", name="Anastasia", emails="b@x.es"),
    )
    merge(ws, one, other)
    ws.run(Purge("contact", (one,)))
    assert ws.reader.get("contact", other) is None
    assert list(ws.query(Query("note", trash="with"))) == []
    assert not ws.db.one("SELECT 1 FROM change WHERE personal LIKE '%nastasia%'")


# -- what is refused ----------------------------------------------------------------------------------------------------


def test_what_cannot_be_merged(ws: Workspace) -> None:
    one, other = add(ws, "contact", name="Ana"), add(ws, "contact", name="Ben")
    for command in (
        Merge("contact", one, ()),
        Merge("contact", one, (one, other)),
        Merge("deal", one, (other,)),
    ):
        with pytest.raises(UsageError):
            ws.run(command)
    with pytest.raises(ConflictError):
        ws.run(Unmerge("contact", (one,)))


def test_who_may_not_see_a_field_may_not_merge(tmp_path: Any) -> None:
    class Masked(Policy):
        def hidden_fields(self, actor: Actor, entity: Any) -> frozenset[str]:
            return frozenset({"birthday"}) if entity.key == "contact" else frozenset()

    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Tess"), zone="UTC") as ws:
        one, other = add(ws, "contact", name="Ana"), add(ws, "contact", name="Ana", birthday="1980-01-01")
        ws.policy = Masked()
        ws.refresh_clock()
        with pytest.raises(DeniedError):
            ws.run(Merge("contact", one, (other,)))


# -- taking them apart ----------------------------------------------------------------------------------------------------


def test_the_one_of_several_that_was_wrong(ws: Workspace) -> None:
    one, two, three = (
        add(ws, "contact", name="Ana", emails=f"{name}@x.es", tags=f"{name}, all", description=name)
        for name in ("one", "two", "three")
    )
    ws.run(Set("contact", (three,), (("title", "=", "CTO"),)))
    calls = [add(ws, "activity", name="Call", contact=f"@{ids.handle(record)}") for record in (two, three)]
    before = everything(ws)
    merge(ws, one, two, three)
    ws.run(Unmerge("contact", (two,)))
    assert values(ws, "emails", one) == ["one@x.es", "three@x.es"]
    record = get(ws, "contact", one)
    assert (record["tags"], record["title"], record["description"]) == (
        ["one", "all", "three"],
        "CTO",
        "one\n\nthree",
    )
    assert [get(ws, "activity", call)["contact"] for call in calls] == [two, one]
    ws.run(Unmerge("contact", (three,)))
    assert everything(ws) == before
    sound(ws)


def test_what_another_merged_record_has_too_stays(ws: Workspace) -> None:
    one, two, three = (add(ws, "contact", name="Ana") for _ in range(3))
    for record in (two, three):
        ws.run(
            Set(
                "contact",
                (record,),
                (("phone", "=", "600123456"), ("title", "=", "CEO"), ("description", "=", "Tea.")),
            )
        )
    before = everything(ws)
    merge(ws, one, two)
    merge(ws, one, three)
    ws.run(Unmerge("contact", (two,)))
    assert values(ws, "phones", one) == ["600123456"]
    assert (get(ws, "contact", one)["title"], get(ws, "contact", one)["description"]) == ("CEO", "Tea.")
    ws.run(Unmerge("contact", (three,)))
    assert everything(ws) == before


def test_what_changed_since_stays_and_is_listed(ws: Workspace) -> None:
    one = add(ws, "contact", name="Ana", emails="one@x.es")
    other = add(ws, "contact", name="Ana", emails="two@x.es; three@x.es", title="CTO", birthday="1980-02-03")
    call, mail = (
        add(ws, "activity", name=name, contact=f"@{ids.handle(other)}") for name in ("Call", "Mail")
    )
    third = add(ws, "contact", name="Ben")
    merge(ws, one, other)
    ws.run(
        Set(
            "contact",
            (one,),
            (("title", "=", "Chair"), ("email", "-=", "two@x.es"), ("email", "+=", "new@x.es")),
        )
    )
    ws.run(Set("contact", (one,), (("department", "=", "Board"),)))
    ws.run(Set("activity", (mail,), (("contact", "=", f"@{ids.handle(third)}"),)))
    outcome = ws.run(Unmerge("contact", (other,)))
    assert values(ws, "emails", one) == ["one@x.es", "new@x.es"]
    assert (get(ws, "contact", one)["title"], get(ws, "contact", one)["birthday"]) == ("Chair", None)
    back = get(ws, "contact", other)
    assert (back["deleted_at"], back["title"], values(ws, "emails", other)) == (
        None,
        "CTO",
        ["two@x.es", "three@x.es"],
    )
    assert (get(ws, "activity", call)["contact"], get(ws, "activity", mail)["contact"]) == (other, third)
    assert {item.get("field") for item in outcome.skipped} == {"title", "department", None}
    assert {item["entity"] for item in outcome.skipped} == {"contact", "activity"}
    sound(ws)


def test_merges_are_taken_apart_from_the_last_on(ws: Workspace) -> None:
    one, two, three = (add(ws, "contact", name=name) for name in ("One", "Two", "Three"))
    merge(ws, two, one)
    merge(ws, three, two)
    with pytest.raises(ConflictError, match="was itself merged"):
        ws.run(Unmerge("contact", (one,)))
    ws.run(Unmerge("contact", (two,)))
    ws.run(Unmerge("contact", (one,)))
    assert {record["name"] for record in ws.query(Query("contact"))} == {"One", "Two", "Three"}


def test_not_the_same_is_said_once(ws: Workspace) -> None:
    one, other = add(ws, "contact", name="Ana"), add(ws, "contact", name="Ana")
    assert ws.run(Distinct("contact", one, other)).handle
    assert ws.run(Distinct("contact", other, one)).handle is None
    merge(ws, one, other)  # a person may change their mind
    ws.run(Unmerge("contact", (other,)))
    assert [link["relation"] for link in ws.query(Query("link"))] == ["distinct"]


# -- any merge, any edits -------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["CEO", "ceo", "CTO", "Chief"])
PERSON = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ana", "ANA", "Ana Ruiz"])},
    optional={
        "title": TEXTS,
        "department": TEXTS,
        "birthday": st.sampled_from(["1980-01-01", "1981-01-01"]),
        "emails": st.lists(st.sampled_from(["a@x.es", "A@x.es", "b@x.es", "c@x.es"]), min_size=1, max_size=2),
        "phones": st.lists(st.sampled_from(["600 123 456", "+34600123456", "112"]), min_size=1, max_size=2),
        "tags": st.lists(
            st.sampled_from(["vip", "VIP", "key"]), min_size=1, max_size=2, unique_by=str.casefold
        ),
        "description": st.sampled_from(["Tea.", "Tea.\n\nRome.", "Rome."]),
        "do_not_contact": st.booleans(),
        "company": st.sampled_from(["Acme", "Bolt"]),
        "external_ids": st.lists(
            st.sampled_from([["a", "1"], ["a", "2"], ["b", "1"]]), min_size=1, max_size=2, unique_by=str
        ),
        "extra": st.sampled_from(
            [{"google": {"x": "1"}}, {"google": {"x": "2", "y": "3"}}, {"outlook": "z"}]
        ),
    },
)
EDITS: dict[str, Any] = {
    "title": "Boss",
    "birthday": "1999-09-09",
    "department": None,
    "emails": [{"value": "edited@x.es"}],
    "tags": ["edited"],
    "description": "Edited.",
    "nickname": "Nan",
}


def told(ws: Workspace, record: str) -> str:
    """All that can be read of a contact: its fields, its notes, its ties."""
    notes = [
        note["body"] or "" for note in ws.query(Query("note")) if (note["contact"] or {}).get("id") == record
    ]
    ties = [ws.reader.names("company", [link["to"]]).get(link["to"], "") for link in ws.query(Query("link"))]
    whole = ws.reader.get("contact", record, expand=True)
    return "\n".join([repr(whole), *notes, *ties]).casefold()


def spoken(person: Values) -> list[str]:
    out = []
    for key, value in person.items():
        if key == "extra":
            out += [repr(held)[1:-1] for held in value.values()] if "y" not in str(value) else ["'y': '3'"]
        elif key != "do_not_contact":
            out += [str(item) for item in value] if isinstance(value, list) else value.split("\n\n")
    return [text.casefold() for text in out]


@given(
    st.lists(PERSON, min_size=2, max_size=4), st.sets(st.sampled_from(sorted(EDITS)), max_size=3), st.data()
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.reuse, Phase.generate],
)
def test_any_merge_keeps_every_value_and_comes_apart_again(
    people: list[Values], edits: set[str], data: st.DataObject
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        create_workspace(f"{folder}/crm.db", NewWorkspace("Test", "Tess Tester"), zone="UTC") as ws,
    ):
        found = [add(ws, "contact", **person) for person in people]
        for record in found:
            add(ws, "activity", name="Call", contact=f"@{ids.handle(record)}")
        before = everything(ws)
        keep, *others = found
        merge(ws, keep, *others)
        shown = told(ws, keep)
        for person in people:
            for text in spoken(person):
                assert text in shown
        assert {r["contact"]["id"] for r in ws.query(Query("activity"))} == {keep}
        assert len(list(ws.query(Query("contact")))) == 1
        if edits:
            ws.run(Set("contact", (keep,), tuple((key, "=", EDITS[key]) for key in sorted(edits))))
        after_edits = get(ws, "contact", keep)
        order = data.draw(st.permutations(others), label="order")
        for record in order:
            ws.run(Unmerge("contact", (record,)))
        now = everything(ws)
        expected = dict(before)
        changed = {key for key in edits if not _same(after_edits[key], before["contact", keep].get(key))}
        for key in changed:
            expected["contact", keep] = {**expected["contact", keep], key: after_edits[key]}
        held = {k: v for k, v in expected["contact", keep].items() if v not in (None, [])}
        expected["contact", keep] = held
        assert now["contact", keep] == held
        assert {k: v for k, v in now.items() if k[0] != "tag"} == {
            k: v for k, v in expected.items() if k[0] != "tag"
        }
        sound(ws)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other or (one in (None, []) and other in (None, [])))
