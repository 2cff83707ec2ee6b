"""Adding, listing, showing and changing records as a salesperson does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def sales(crm: Run) -> Run:
    """A workspace with three people in two companies."""
    crm("init", "--user", "Me", "--currency", "EUR")
    crm("company", "add", "Acme", "industry=Retail", "employees=120")
    crm(
        "contact",
        "add",
        "Ana Ruiz",
        "email=ana@acme.es",
        "company=Acme",
        "tags=vip,key",
        "phone=+34 600 123 456",
    )
    crm("contact", "add", "Ben Ode", "company=Acme", "lifecycle=customer", "title=CTO")
    crm("contact", "add", "Zoë Ångström", "company=Beta")
    return crm


def names(crm: Run, *words: str) -> list[str]:
    ran = crm("contact", "list", *words, "--json")
    assert ran.code == 0, ran.err
    return [record["name"] for record in json.loads(ran.out)]


def test_add_says_what_it_did_on_stderr_alone(crm: Run) -> None:
    crm("init")
    ran = crm("contact", "add", "Ana", "Ruiz", "email=ana@acme.es", "company=Acme")
    assert ran.code == 0
    assert ran.out == ""
    assert "Contact added: Ana Ruiz @" in ran.err
    assert "Company added: Acme @" in ran.err
    assert "To take it back: crm undo " in ran.err


def test_add_as_json_gives_the_records_the_handle_and_the_counts(crm: Run) -> None:
    crm("init")
    ran = crm("contact", "add", "Ana Ruiz", "email=ana@acme.es", "company=Acme", "tags=vip", "--json")
    body = json.loads(ran.out)
    assert [record["entity"] for record in body["changed"]] == ["contact", "company", "tag"]
    person = body["changed"][0]
    assert person["emails"] == [{"value": "ana@acme.es", "label": None}]
    assert person["company"]["name"] == "Acme"
    assert person["rev"] == 1
    assert (body["created"], body["updated"], body["deleted"]) == (3, 0, 0)
    assert crm("undo", body["undo"], "--yes").code == 0
    assert crm("count", "contact").out == "0\n"


def test_a_dry_run_shows_and_changes_nothing(sales: Run) -> None:
    ran = sales("contact", "add", "New", "company=Fresh", "--dry-run", "--json")
    body = json.loads(ran.out)
    assert body["undo"] is None
    assert body["changed"][0]["company"]["name"] == "Fresh"
    assert sales("count", "company").out == "2\n"
    ran = sales("contact", "set", "Ana Ruiz", "title=CEO", "--dry-run")
    assert "Job title: (empty) → CEO" in ran.err
    assert names(sales, "title=CEO") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["contact", "add", "X", "emial=a@b.c"], 2, "Did you mean emails?"),
        (["contact", "add", "X", "email=nonsense"], 2, "is not an e-mail address"),
        (["contact", "add", "X", "email=ana@intranet"], 2, "is not an e-mail address"),
        (["company", "add", "X", "employees=-5"], 2, "Employees: -5 is less than 0"),
        (["contact", "add", "X", "lifecycle=none"], 2, "Choices: "),
        (["contact", "add", "X", "created_at=today"], 2, "kept by the program"),
        (["contact", "add"], 2, "There is nothing to add"),
        (["contact", "add", "X", "name=Y"], 2, "given already"),
        (["contact", "add", "X", "tags-=a"], 2, "the record is new"),
        (["contact", "add", "X", "company.name=Y"], 2, "belongs to another record"),
        (["contact", "add", "email=a@b.c"], 2, "Name is missing"),
        (["contact", "set", "Nobody", "title=X"], 3, "No contact is called"),
        (["contact", "set", "Ana Ruiz"], 2, "There is nothing to change"),
        (["contact", "set", "title=X"], 2, "Say which records"),
        (["contact", "show", "Nobody"], 3, "crm find Nobody"),
        (["contact", "show", "\udcff"], 2, "not valid Unicode"),
        (["contact", "list", "--csv", "--output", "/nowhere/x.csv"], 1, "no file or folder /nowhere."),
        (["contact", "link", "Ana Ruiz", "company=Acme", "from=2025", "to=2020"], 2, "before the beginning"),
        (["stage", "show", "None"], 3, "crm stage list"),
        (["stage", "set", "Lead", "probability=200"], 2, "from 0 to 100"),
        (["stage", "set", "Lead", "rotting_days=-1"], 2, "less than 0"),
        (["activity", "add", "X", "duration=-1"], 2, "less than 0"),
        (["deal", "add", "X", "probability=-1"], 2, "from 0 to 100"),
        (["field", "add", "contact", "Bad", "kind=nothing"], 2, "Kinds: text, "),
        (["object", "add", "Today"], 2, "“crm today” is a command"),
        (["contact", "list", "nmae ~ a"], 2, "There is no field “nmae”"),
        (["contact", "list", "--fields", "nmae"], 2, "Did you mean name?"),
        (["contact", "list", "--fields", "company.nmae"], 2, "nmae"),
        (["contact", "list", "--sort", "nmae"], 2, "nmae"),
        (["contact", "list", "--view", "None"], 3, "No view is called"),
        (["contact", "list", "--list", "None"], 3, "No list is called"),
        (["contact", "list", "--as-of", "someday"], 2, "is not a date"),
        (["contact", "list", "--as-of", "today", "--fields", "name,company.name"], 2, "as of a past day"),
        (["contacto", "list"], 2, "There is no command"),
        (["contact", "dance"], 2, "There is no command"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    sales: Run, words: list[str], code: int, said: str
) -> None:
    before = sales("contact", "list", "--json", "--fields", "all").out
    ran = sales(*words)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert ran.out == ""
    assert sales("contact", "list", "--json", "--fields", "all").out == before


def test_counts_are_those_of_lists(sales: Run) -> None:
    sales("view", "add", "Acme", "of=contact", "filter=company = Acme")
    sales("list", "add", "Fair", "Ana Ruiz", "Zoë Ångström")
    for words in (
        ["--view", "Acme"],
        ["--list", "Fair"],
        ["--view", "Acme", "--list", "Fair"],
        ["--list", "Fair", "name ~ z"],
    ):
        listed = json.loads(sales("contact", "list", *words, "--json").out)
        assert sales("count", "contact", *words).out == f"{len(listed)}\n" != "0\n"
    assert sales("count", "deal", "--view", "Acme").code == 2
    assert sales("count", "contact", "owner = nobody").code == 2


def test_lists_filter_sort_and_cut(sales: Run) -> None:
    assert names(sales) == ["Ana Ruiz", "Ben Ode", "Zoë Ångström"]
    assert names(sales, "company=Acme") == ["Ana Ruiz", "Ben Ode"]
    assert names(sales, "company", "=", "Acme", "and", "title", "~", "c") == ["Ben Ode"]
    assert names(sales, "company=Acme", "--where", "lifecycle=customer", "--where", "name ~ b") == ["Ben Ode"]
    assert names(sales, "company.industry = retail") == ["Ana Ruiz", "Ben Ode"]
    assert names(sales, "--sort", "-name") == ["Zoë Ångström", "Ben Ode", "Ana Ruiz"]
    ran = sales("contact", "list", "--limit", "2")
    assert ran.out.count("\n") == 3
    assert "Only the first 2 are shown" in ran.err


def test_a_value_of_several_words_needs_no_second_quotes(sales: Run) -> None:
    sales("contact", "add", "Eve", "company=Acme Holding")
    assert names(sales, "company=Acme Holding") == ["Eve"]
    assert names(sales, "company", "=", "Acme Holding") == ["Eve"]
    assert names(sales, 'company = "Acme Holding" and name ~ e') == ["Eve"]


def test_dotted_fields_are_columns(sales: Run) -> None:
    ran = sales(
        "contact", "list", "name=Ana Ruiz", "--fields", "name,company.industry,company.employees", "--csv"
    )
    assert ran.out == "name,company.industry,company.employees\nAna Ruiz,Retail,120\n"
    ran = sales("contact", "list", "--template", "{name}: {company.name}", "--limit", "1")
    assert ran.out == "Ana Ruiz: Acme\n"
    assert (
        sales("contact", "list", "--fields", "company.name", "--limit", "1").out.split("\n")[0]
        == "Company: Name"
    )


def test_views_bring_filter_order_and_columns(sales: Run) -> None:
    made = sales(
        "view",
        "add",
        "Retailers",
        "of=contact",
        "filter=company.industry = retail",
        "sort=-name",
        "columns=name,title",
    )
    assert made.code == 0, made.err
    assert sales("view", "show", "Retailers", "--csv").out == "name,title\nBen Ode,CTO\nAna Ruiz,\n"
    assert (
        sales("contact", "list", "--view", "Retailers", "title=CTO", "--csv").out
        == "name,title\nBen Ode,CTO\n"
    )
    assert sales(
        "contact", "list", "--view", "Retailers", "--sort", "name", "--fields", "name", "--csv"
    ).out == ("name\nAna Ruiz\nBen Ode\n")
    assert "is of contact records" in sales("deal", "list", "--view", "Retailers").err
    assert sales("view", "add", "Wrong", "of=contact", "filter=nmae ~ a").code == 2


def test_lists_hold_what_was_put_on_them(sales: Run) -> None:
    assert sales("list", "add", "News").code == 0
    assert sales("list", "add", "News").code == 6
    assert sales("list", "add", "News", "Ana Ruiz", "Ben Ode").code == 0
    assert names(sales, "--list", "News") == ["Ana Ruiz", "Ben Ode"]
    again = sales("list", "add", "News", "Ana Ruiz")
    assert "Nothing changed" in again.err
    assert sales("list", "remove", "News", "Ana Ruiz").code == 0
    assert [r["name"] for r in json.loads(sales("list", "show", "News", "--json").out)] == ["Ben Ode"]
    assert sales("list", "add", "All", "--where", "company = Acme").code == 0
    assert names(sales, "--list", "All") == ["Ana Ruiz", "Ben Ode"]
    assert sales("undo", "--yes").code == 0
    assert sales("list", "show", "All").code == 3
    assert sales("company", "list", "--list", "News").code == 2
    assert sales("list", "add", "Firms", "Acme", "of=company").code == 0
    assert sales("list", "show", "Firms", "--fields", "name", "--csv").out == "name\nAcme\n"


def test_sets_and_collections_grow_and_shrink(sales: Run) -> None:
    def person() -> Any:
        return json.loads(sales("contact", "show", "Ana Ruiz", "--json").out)

    sales("contact", "set", "Ana Ruiz", "tags+=new", "tags-=key", "emails+=home: ana@home.es")
    assert person()["tags"] == ["vip", "new"]
    assert person()["emails"] == [
        {"value": "ana@acme.es", "label": None},
        {"value": "ana@home.es", "label": "home"},
    ]
    sales("contact", "set", "Ana Ruiz", "emails-=ana@acme.es", "phone=")
    assert [entry["value"] for entry in person()["emails"]] == ["ana@home.es"]
    assert person()["phones"] == []
    assert sales("contact", "set", "Ana Ruiz", "title+=x").code == 2


def test_a_record_is_named_in_every_way(sales: Run) -> None:
    record = json.loads(sales("contact", "show", "Ana Ruiz", "--json").out)["id"]
    from crmtool.core.ids import handle

    for reference in (
        "ana ruiz",
        "ana@acme.es",
        "0034600123456",
        record,
        f"@{handle(record)}",
        f"@{handle(record)[:5]}",
    ):
        assert json.loads(sales("show", reference, "--json").out)["id"] == record, reference


def test_an_ambiguous_name_is_never_guessed(sales: Run) -> None:
    sales("contact", "add", "Ana Ruiz")
    ran = sales("contact", "set", "Ana Ruiz", "title=CEO")
    assert ran.code == 4
    assert ran.err.count("@") >= 2
    ran = sales("contact", "show", "Ana Ruiz", "--json")
    error = json.loads(ran.err)["error"]
    assert (ran.code, ran.out, error["code"], len(error["data"]["candidates"])) == (4, "", "ambiguous", 2)


def test_a_conditional_write_fails_when_the_record_moved_on(sales: Run) -> None:
    rev = json.loads(sales("contact", "show", "Ana Ruiz", "--json").out)["rev"]
    assert sales("contact", "set", "Ana Ruiz", "title=A", "--rev", str(rev)).code == 0
    assert sales("contact", "set", "Ana Ruiz", "title=B", "--rev", str(rev)).code == 6


def test_what_took_effect_earlier_is_seen_as_of_then(sales: Run) -> None:
    made = sales("deal", "add", "Old", "amount=10", "--effective", "2024-01-10")
    assert made.code == 0, made.err
    assert sales("deal", "set", "Old", "amount=20", "--effective", "2024-03-01").code == 0
    assert (
        json.loads(sales("deal", "show", "Old", "--as-of", "2024-02-01", "--json").out)["amount"]["amount"]
        == "10.00"
    )
    assert (
        json.loads(sales("deal", "list", "--as-of", "2024-04-01", "--json").out)[0]["amount"]["amount"]
        == "20.00"
    )
    assert sales("deal", "list", "--as-of", "2023-01-01", "--json").out == "[]\n"
    assert sales("count", "deal", "--as-of", "2023-01-01").out == "0\n"
    assert sales("deal", "show", "Old", "--as-of", "2023-01-01").code == 3


def test_show_tells_people_everything(sales: Run) -> None:
    sales("task", "add", "Send the offer", "contact=Ana Ruiz", "due=2030-01-02")
    sales("log", "call", "Ana Ruiz", "asked about prices", "duration=15")
    sales("log", "note", "Ana Ruiz", "likes tea")
    sales("contact", "link", "Ana Ruiz", "company=Beta", "role=Advisor", "from=2020-01", "to=2022-06")
    sales("field", "add", "contact", "Shoe size", "kind=number")
    sales("contact", "set", "Ana Ruiz", "Shoe-size=43", "title=CEO")
    out = sales("show", "Ana Ruiz").out
    for part in (
        "Worked at: Beta", "Advisor, 2020-01-01 to 2022-06-30", "2030-01-02  Send the offer", "Call: asked about prices (Me)",
        "Note: likes tea", "Changed: Job title, Shoe size (Me)", "Shoe size", "43",
    ):  # fmt: skip
        assert part in out
    spoken = sales("--accessible", "show", "Ana Ruiz").out
    assert "Job title: CEO" in spoken
    body = json.loads(sales("show", "Ana Ruiz", "--json").out)
    assert body["links"][0]["role"] == "Advisor"
    assert body["shoe_size"] == 43


def test_history_says_who_what_when_and_by_which_command(sales: Run) -> None:
    sales("contact", "set", "Ana Ruiz", "title=CEO", "company=Beta")
    rows = json.loads(sales("contact", "history", "Ana Ruiz", "--json").out)
    title = next(row for row in rows if row["field"] == "title")
    assert (title["by"], title["from"], title["to"], title["command"]) == ("Me", None, "CEO", "contact set")
    company = next(row for row in rows if row["field"] == "company")
    assert (company["from"]["name"], company["to"]["name"]) == ("Acme", "Beta")
    assert sales("undo", title["handle"], "--yes").code == 0
    assert "Acme → Beta" not in sales("contact", "history", "Ana Ruiz").out
    assert "Works" not in sales("contact", "history", "Ana Ruiz", "--limit", "1").out


def test_hostile_names_do_not_reach_the_terminal(sales: Run) -> None:
    sales("contact", "add", "name=Evil \x1b[31m\u202e[/red]")
    for words in (("contact", "list"), ("find", "evil"), ("show", "Evil \x1b[31m\u202e[/red]"), ("trash",)):
        ran = sales(*words)
        assert "\x1b" not in ran.out + ran.err
        assert "\u202e" not in ran.out + ran.err
    for verb, *more in (("add",), ("set", "description=C\nD"), ("rm",)):
        assert r"A\nB" in sales("company", verb, "A\nB", *more).err
    assert (
        json.loads(sales("contact", "list", "name ~ evil", "--json").out)[0]["name"]
        == "Evil \x1b[31m\u202e[/red]"
    )
