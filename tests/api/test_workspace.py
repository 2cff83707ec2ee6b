"""The typed door: opening, reading, writing, undoing, following; with the same rules as every other door."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, func, select

import crmtool
from crmtool import (
    Address,
    AmbiguousError,
    ConflictError,
    Contact,
    Deal,
    DeniedError,
    Entry,
    FilterError,
    Money,
    NotFoundError,
    Ref,
    StoreError,
    UsageError,
    ValidationError,
    Workspace,
    create_workspace,
    open_workspace,
)
from crmtool.core.policy import DenyAll
from crmtool.store import models


def test_importing_the_package_loads_nothing() -> None:
    probe = "import sys, crmtool; dir(crmtool); print([name for name in sys.modules if name.startswith('crmtool')])"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout == "['crmtool']\n"


def test_every_name_that_is_offered_is_there() -> None:
    for name in crmtool.__all__:
        assert getattr(crmtool, name) is not None
    with pytest.raises(AttributeError):
        _ = crmtool.Nonsense  # type: ignore[attr-defined]


def test_no_command_loads_the_models(home: Path) -> None:
    probe = (
        "import sys; from crmtool.cli import main; main.run(['--help']); main.run(['contact', 'list', '--help']);"
        "print([m for m in ('pydantic', 'sqlmodel', 'sqlalchemy', 'crmtool.api') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("\n[]\n")


# -- opening -----------------------------------------------------------------------------------------------------------


def test_a_workspace_is_made_and_opened_by_name_and_by_path(home: Path, tmp_path: Path) -> None:
    with create_workspace("acme", user="Me Self", email="me@acme.es", currency="USD") as made:
        assert (made.name, made.me.name if made.me else None) == ("acme", "Me Self")
        assert made.deals.add(name="Roof", amount=10).amount == Money(amount=Decimal("10.00"), currency="USD")
    with open_workspace("acme") as again:
        assert again.deals.count() == 1
    with create_workspace(tmp_path / "elsewhere" / "my.db", user="Me") as made:
        assert made.name == "my"
    assert (tmp_path / "elsewhere" / "my.db").exists()
    with pytest.raises(StoreError):
        open_workspace()
    with pytest.raises(ConflictError):
        create_workspace("acme", user="Again")


def test_whoever_it_acts_as_is_in_the_log(ws: Workspace) -> None:
    ws.users.add(name="Olga Other", email="olga@example.org")
    with open_workspace(actor="olga@example.org") as other:
        assert other.me is not None
        assert other.me.name == "Olga Other"
        added = other.notes.add(body="Hello")
        assert added.created_by is not None
        assert added.created_by.name == "Olga Other"
    (header,) = ws.core.log.sets(order="n DESC", limit=1)
    assert header.door == "python"
    with pytest.raises(NotFoundError):
        open_workspace(actor="Nobody")


def test_read_only_means_it(ws: Workspace) -> None:
    with open_workspace(read_only=True) as reading, pytest.raises(StoreError):
        reading.contacts.add(name="X")


# -- reading -----------------------------------------------------------------------------------------------------------


def test_records_are_typed(ws: Workspace) -> None:
    ana = ws.contacts.get("ana@acme.es")
    assert_type(ana, Contact)
    assert_type(ana.emails, list[Entry[str]])
    assert_type(ana.company, Ref | None)
    assert_type(ana.birthday, date | None)
    assert_type(ws.deals.list(), list[Deal])
    assert [(entry.value, entry.label) for entry in ana.emails] == [
        ("ana@acme.es", "work"),
        ("ana.ruiz@home.example", None),
    ]
    assert ana.birthday == date(1980, 2, 29)
    assert ana.created_at == datetime(2026, 6, 15, 10, tzinfo=UTC)
    assert str(ana.company) == "Acme"
    assert ana.tags == ["vip", "key"]
    assert ana.addresses[0].value == Address(street="Calle Mayor 1", city="Madrid", country="ES")
    assert str(ana.addresses[0].value) == "Calle Mayor 1, Madrid, ES"
    roof = ws.deals.get("Roof")
    assert roof.amount == Money(amount=Decimal("10000.00"), currency="EUR")
    assert str(roof.amount) == "10000.00 EUR"


def test_fields_and_objects_of_ones_own(ws: Workspace) -> None:
    ana = ws.contacts.get("Ana Ruiz")
    assert ana.own == {
        "region": "South",
        "budget": Money(amount=Decimal("12500.00"), currency="EUR"),
        "colours": ["red"],
    }
    (boat,) = ws.records("boats").list()
    assert (str(boat), boat.own, type(boat).__name__) == ("Argo", {"length": 12.5}, "Boat")
    longer = ws.records("boat").set(boat, length=13)
    assert longer.own["length"] == 13
    with pytest.raises(UsageError):
        ws.records("yacht")


def test_lists_filter_sort_page_and_count(ws: Workspace) -> None:
    assert [str(c) for c in ws.contacts.list("company = Acme", sort="-name")] == ["José Blanco", "Ana Ruiz"]
    assert [str(c) for c in ws.contacts.list(sort="name", limit=1)] == ["Ana Ruiz"]
    assert ws.contacts.count() == len([*ws.contacts]) == 4
    assert ws.contacts.count("tags has vip") == 1
    first = ws.deals.first("amount > 1k EUR")
    assert first is not None
    assert first.name == "Roof"
    assert ws.deals.first("name = none") is None
    with pytest.raises(FilterError):
        ws.contacts.list("colour is")


def test_get_finds_one_or_says_which(ws: Workspace) -> None:
    ana = ws.contacts.get("Ana Ruiz")
    assert ana.id is not None
    for reference in (ana.id, str(ana.handle), "ana@acme.es", "+34600123456", "ana ruiz"):
        assert ws.contacts.get(reference).id == ana.id
    ws.contacts.add(name="Ana Ruiz")
    with pytest.raises(AmbiguousError) as caught:
        ws.contacts.get("Ana Ruiz")
    assert len(caught.value.data["candidates"]) == 2
    with pytest.raises(NotFoundError):
        ws.contacts.get("Nobody")


def test_find(ws: Workspace) -> None:
    assert [str(found) for found in ws.find("acm")][:1] == ["Acme"]
    assert [str(c) for c in ws.contacts.find("600123456")] == ["Ana Ruiz"]
    assert_type(ws.contacts.find("x"), list[Contact])


def test_as_of_a_day(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-06-20T10:00:00.000Z")
    ws.contacts.set("Ana Ruiz", lifecycle="former")
    was = ws.contacts.list("lifecycle = customer", as_of=date(2026, 6, 19))
    assert [(str(c), c.lifecycle) for c in was] == [("Ana Ruiz", "customer")]
    assert ws.contacts.list("lifecycle = customer", as_of="2026-06-20") == []
    assert len(ws.contacts.list("lifecycle = customer", as_of=datetime(2026, 6, 20, 9, tzinfo=UTC))) == 1


def test_rows_are_flat(ws: Workspace) -> None:
    (row,) = ws.contacts.rows(
        "name = 'Ana Ruiz'", fields=["name", "company", "emails", "budget", "birthday", "addresses"]
    )
    assert row.pop("company_id") is not None
    assert row == {
        "name": "Ana Ruiz", "company": "Acme", "emails": "ana@acme.es; ana.ruiz@home.example", "birthday": date(1980, 2, 29),
        "budget": Decimal("12500.00"), "budget_currency": "EUR", "addresses": "Calle Mayor 1, Madrid, ES",
    }  # fmt: skip
    assert {"name", "owner", "owner_id"} <= set(next(ws.contacts.rows()))


# -- writing -----------------------------------------------------------------------------------------------------------


def test_add_takes_an_instance_or_values(ws: Workspace) -> None:
    given = Contact(
        name="Bo Ek",
        emails=["bo@ek.se", Entry(value="bo@home.se", label="home")],
        company="Ek AB",
        tags={"new"},
        addresses="Storgatan 1",
        birthday=date(1990, 1, 1),
        region="North",
    )
    bo = ws.contacts.add(given)
    assert given.id is None
    assert (bo.rev, bo.lifecycle, bo.own["region"], str(bo.company)) == (1, "lead", "North", "Ek AB")
    assert bo.emails[1] == Entry(value="bo@home.se", label="home")
    deal = ws.deals.add(name="Ship", contact=bo, company=bo.company, amount="10k", close_on="eom")
    assert (str(deal.contact), deal.close_on) == ("Bo Ek", date(2026, 6, 30))
    with pytest.raises(UsageError):
        ws.contacts.add(bo)


def test_types_are_checked_when_a_record_is_made_and_rules_when_it_is_written(ws: Workspace) -> None:
    with pytest.raises(ValueError, match="name"):
        Contact()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="not an e-mail address"):
        Contact(name="X", emails=["nope"])
    with pytest.raises(ValueError, match="valid date"):
        Contact(name="X", birthday="yesterday")
    with pytest.raises(ValidationError):
        ws.contacts.add(name="X", lifecycle="nonsense")
    with pytest.raises(ValidationError):
        ws.contacts.add(name="X", last_contacted_at=datetime.now(UTC))
    with pytest.raises(UsageError):
        ws.contacts.add(name="X", nonsense="y")
    assert ws.contacts.count("name = X") == 0


def test_set_put_in_and_take_out(ws: Workspace) -> None:
    ana = ws.contacts.set("Ana Ruiz", title="CTO", birthday=None)
    assert (ana.title, ana.birthday) == ("CTO", None)
    ana = ws.contacts.put_in(ana, tags="new", emails=["ana@third.example"])
    assert ana.tags == ["vip", "key", "new"]
    assert len(ana.emails) == 3
    ana = ws.contacts.take_out(ana, tags=["vip", "new"], emails="ana@acme.es")
    assert ana.tags == ["key"]
    assert [entry.value for entry in ana.emails] == ["ana.ruiz@home.example", "ana@third.example"]


def test_save_writes_what_changed_and_notices_others(ws: Workspace) -> None:
    ana = ws.contacts.get("Ana Ruiz")
    ana.title = "CTO"
    ana.tags.append("new")
    ana.own["region"] = "East"
    saved = ws.contacts.save(ana)
    assert (saved.title, saved.tags, saved.own["region"], saved.rev) == (
        "CTO",
        ["vip", "key", "new"],
        "East",
        2,
    )
    (entry,) = ws.core.log.entries("record = ?", [ana.id], order="n DESC", limit=1)
    assert {*entry.after} == {"title", "tags", "region"}
    assert ws.contacts.save(saved).rev == 2
    saved.title = None
    ws.contacts.set("Ana Ruiz", department="Board")
    with pytest.raises(ConflictError):
        ws.contacts.save(saved)
    assert ws.contacts.save(Contact(name="New One")).id is not None


def test_delete_and_restore(ws: Workspace) -> None:
    ana = ws.contacts.get("Ana Ruiz")
    ws.contacts.delete(ana, "José Blanco")
    assert ws.contacts.count() == 2
    assert [str(c) for c in ws.contacts.list(trash=True, sort="name")] == ["Ana Ruiz", "José Blanco"]
    ws.contacts.restore("Ana Ruiz")
    assert ws.contacts.count() == 3
    with pytest.raises(UsageError):
        ws.contacts.delete(Contact(name="Never stored"))


def test_undo_and_redo(ws: Workspace) -> None:
    ws.contacts.set("Ana Ruiz", title="CTO")
    handle = ws.handle
    ws.contacts.set("Ana Ruiz", department="Board")
    assert ws.undo(handle).count == 1
    assert ws.contacts.get("Ana Ruiz").title is None
    assert ws.contacts.get("Ana Ruiz").department == "Board"
    ws.redo()
    assert ws.contacts.get("Ana Ruiz").title == "CTO"


def test_many_at_once_have_one_handle(ws: Workspace) -> None:
    made = ws.contacts.add_all(
        [Contact(name="A"), {"name": "B", "company": "New Co"}, {"name": "C", "email": "nope"}]
    )
    assert (made.count, [rejected.place for rejected in made.rejected]) == (2, ["3"])
    ws.undo(made.handle)
    assert ws.contacts.count() == 4
    assert ws.companies.count("name = 'New Co'") == 0
    with pytest.raises(ValidationError):
        ws.contacts.add_all([{"name": "C", "email": "nope"}])


def test_a_large_batch_is_a_job_and_memory_stays_flat(ws: Workspace) -> None:
    made = ws.notes.add_all({"body": f"Note {n}"} for n in range(2_500))
    assert made.count == 2_500
    assert ws.undo(made.handle).count == 2_500


def test_selling(ws: Workspace) -> None:
    assert str(ws.deals.move("Roof", "Negotiation").stage) == "Negotiation"
    assert ws.deals.win("Roof", on=date(2026, 6, 14)).closed_on == date(2026, 6, 14)
    lost = ws.deals.lose("Bridge", "price")
    assert (lost.status, lost.lost_reason) == ("lost", "price")
    assert ws.deals.reopen(lost).status == "open"
    deal = ws.contacts.convert("José Blanco", "Boat for José", amount="5k")
    assert deal is not None
    assert (str(deal.contact), deal.amount) == (
        "José Blanco",
        Money(amount=Decimal("5000.00"), currency="EUR"),
    )
    assert ws.contacts.convert("李小龙") is None
    assert ws.tasks.done("Call back").status == "done"


# -- asking otherwise --------------------------------------------------------------------------------------------------


def test_watch_tells_what_others_do(ws: Workspace) -> None:
    position = ws.core.log.position()
    with open_workspace() as other:
        other.contacts.set("Ana Ruiz", title="CTO")
    event = next(ws.watch(position))
    assert (event.kind, event.entity, event.name, event.fields) == ("put", "contact", "Ana Ruiz", ("title",))
    assert [*ws.watch(stop=lambda: True)] == []


def test_sql_in_a_program(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("email,score\nana@acme.es,7\n", encoding="utf-8")
    rows = ws.sql(
        "select name, score from contacts join leads using (email)", files=[str(tmp_path / "leads.csv")]
    )
    assert [*rows] == [{"name": "Ana Ruiz", "score": 7}]
    assert [*ws.sql("select :x as x", {"x": 1})] == [{"x": 1}]
    with pytest.raises(UsageError):
        [*ws.sql("delete from main.contacts")]
    ws.contacts.set("Ana Ruiz", title="still writing")


def test_tables_for_sqlalchemy(ws: Workspace) -> None:
    deals = ws.table(Deal)
    with Session(ws.engine) as session:
        assert session.exec(select(deals.name, deals.amount_minor).order_by(deals.name)).all() == [
            ("Bridge", 900000),
            ("Roof", 1000000),
        ]
        assert session.exec(select(func.count()).select_from(ws.table("boat"))).one() == 1
        for noun in (*models.NAMES.values(), "boat"):
            session.exec(select(ws.table(noun)).limit(1)).first()
        roof = session.exec(select(deals).where(deals.name == "Roof")).one()
        roof.name = "Changed"
        with pytest.raises(OperationalError, match="readonly"):
            session.commit()


def test_a_policy_that_shows_nothing_shows_nothing_here(ws: Workspace) -> None:
    with open_workspace(policy=DenyAll()) as denied:
        assert denied.contacts.list() == []
        assert denied.contacts.count() == 0
        assert denied.find("ana") == []
        assert [*denied.contacts.rows()] == []
        with pytest.raises(NotFoundError):
            denied.contacts.get("Ana Ruiz")
        with pytest.raises(DeniedError):
            denied.contacts.add(name="X")
        with pytest.raises(DeniedError):
            [*denied.sql("select 1")]
        with pytest.raises(DeniedError):
            _ = denied.engine


def test_the_generated_stub_is_current() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    ran = subprocess.run(
        [sys.executable, "tools/models.py", "check"], cwd=root, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_members_of_a_list(ws: Workspace) -> None:
    ana, ben = ws.contacts.add(name="Listed Ana"), ws.contacts.add(name="Listed Ben", title="CEO")
    fair = ws.lists.add(name="Fair guests")
    assert ws.lists.put_on(fair, ana, "Listed Ben") == 2
    assert ws.lists.put_on("Fair guests", ana) == 0
    assert [person.name for person in ws.lists.members("Fair guests", "title = CEO")] == ["Listed Ben"]
    assert {person.id for person in ws.lists.members(fair)} == {ana.id, ben.id}
    assert ws.lists.take_off(fair, ben) == 1
    assert [person.name for person in ws.lists.members(fair)] == ["Listed Ana"]
    assert ws.contacts.get("Listed Ben").id == ben.id
    ws.undo()
    assert len([*ws.lists.members(fair)]) == 2


def test_documents_are_attached_and_read(ws: Workspace, tmp_path: Path) -> None:
    ana = ws.contacts.add(name="Ana")
    (tmp_path / "offer.pdf").write_bytes(b"terms")
    made = ws.files.attach(tmp_path / "offer.pdf", ana)
    assert (made.name, made.bytes, made.media_type) == ("offer.pdf", 5, "application/pdf")
    assert ana.id is not None
    again = ws.files.attach(io.BytesIO(b"terms"), ana.id, name="copy.txt")
    assert again.sha256 == made.sha256
    with ws.files.open("copy.txt") as content:
        assert content.read() == b"terms"
    assert ws.links.count("relation = attachment") == 2
    ws.undo()
    assert [file.name for file in ws.files] == ["offer.pdf"]
    with pytest.raises(ValidationError, match="missing"):
        ws.files.attach(io.BytesIO(b"nameless"))
    with pytest.raises(UsageError, match="not stored"):
        ws.files.attach(io.BytesIO(b"x"), models.Contact(name="Ben"), name="x")
