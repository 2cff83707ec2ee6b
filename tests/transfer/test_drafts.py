"""What one row says: the fixtures, and dirt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.transfer import people
from crmtool.transfer.days import day
from crmtool.transfer.drafts import CompanyDraft, Draft
from crmtool.transfer.phones import PhoneFormatter

from .conftest import FIXTURES, drafts

Write = Callable[..., str]


def fixture(name: str) -> dict[int, Draft]:
    return {draft.row: draft for draft in drafts(FIXTURES / f"{name}.csv")}


def one(path: str, **how: Any) -> Draft:
    (draft,) = drafts(path, **how)
    return draft


def reasons(draft: Draft) -> list[tuple[str, str]]:
    return [(problem.column, problem.field) for problem in draft.problems]


def test_google() -> None:
    rows = fixture("google_new")
    ana = rows[2]
    assert ana.values["name"] == "Ana María Ruiz"
    assert (ana.values["given_name"], ana.values["family_name"]) == ("Ana", "Ruiz")
    assert ana.entries["emails"] == [
        ("Ana.Ruiz@acme.es", "work"),
        ("ana@casa.example", "home"),
        ("ana.ruiz@casa.example", "home"),
    ]
    assert ana.entries["phones"] == [("+34 600 12 34 56", "mobile")]
    address = {"street": "Calle Mayor 5", "city": "Madrid", "postal_code": "28013", "country": "ES"}
    assert ana.entries["addresses"] == [(address, "work")]
    assert ana.companies == [CompanyDraft("Acme Ibérica", mail="acme.es")]
    assert ana.values["tags"] == ["Key accounts"]
    assert ana.values["birthday"] == "1985-04-15"
    assert ana.values["description"] == "Met at the fair.\nLikes tea."
    assert ana.extra["Custom Field 1 - Label"] == "T-shirt"
    assert "Photo" not in ana.extra

    wang = rows[3]
    assert wang.values["name"] == "王小明"
    assert wang.values["phonetic_name"] == "Xiaoming Wang"
    assert wang.extra == {"Birthday": "--03-08"}
    assert [warning.field for warning in wang.warnings] == ["birthday"]

    bakery = rows[4]
    assert (bakery.entity, bakery.values["name"], bakery.companies) == ("company", "Bäckerei Müller", [])
    assert bakery.entries["emails"] == [("info@baeckerei.example", None)]
    assert bakery.extra == {"title": "Supplier"}

    assert [value for value, _ in rows[5].entries["phones"]][1:] == ["+44 20 7946 0959", "+44 20 7946 0960"]
    assert rows[5].values["tags"] == ["starred"]
    assert reasons(rows[6]) == [("E-mail 1 - Value", "emails")]
    assert rows[7].values["name"] == "nobody@nowhere.example"
    assert not rows[7].named
    assert rows[8].empty


def test_google_of_old() -> None:
    kenji = fixture("google_old")[2]
    assert kenji.values["name"] == "Kenji Tanaka"
    assert kenji.values["title"] == "Director"
    assert kenji.companies == [CompanyDraft("Tanaka KK", mail="tanaka.example")]
    assert [value for value, _ in kenji.entries["addresses"]] == [
        {"street": "1-1 Chiyoda"},
        {"street": "2-2 Minato"},
    ]
    assert kenji.extra == {"Occupation": "Engineer", "Hobby": "Go"}


def test_outlook() -> None:
    rows = fixture("outlook_desktop")
    maria = rows[2]
    assert maria.values["name"] == "Maria Schmidt PhD"
    assert maria.entries["emails"] == [("maria@schmidt.example", None), ("maria.s@home.example", None)]
    assert [label for _, label in maria.entries["phones"]] == ["work", "mobile", "work fax"]
    assert maria.entries["addresses"][0] == (
        {"street": "Hauptstr. 1\n2. OG", "city": "Berlin", "postal_code": "10115", "country": "Germany"},
        "work",
    )
    assert maria.values["tags"] == ["Customer", "VIP"]
    assert maria.values["birthday"] == "1975-03-14"
    assert maria.extra == {"Title": "Dr.", "Suffix": "PhD", "Spouse": "Jörg", "User 1": "blue"}
    assert not rows[3].entries.get("emails")
    assert rows[3].extra["E-mail Address"].startswith("/o=ExchangeLabs")
    assert (rows[4].entity, rows[4].values["name"]) == ("company", "Only A Company Ltd")
    assert fixture("outlook_german")[2].values["birthday"] == "1980-12-24"
    assert fixture("outlook_german")[2].entries["addresses"][0][0]["city"] == "Köln"
    assert fixture("outlook_from_google")[2].values["tags"] == ["Friends"]
    assert fixture("outlook_from_google")[2].entries["addresses"] == [
        ({"street": "5 Elm St\nSpringfield"}, "home")
    ]
    assert fixture("outlook_com")[2].values["nickname"] == "Pri"


def test_linkedin() -> None:
    rows = fixture("linkedin")
    sofia = rows[5]
    assert sofia.external == [("linkedin", "linkedin.com/in/sofia-rossi")]
    assert sofia.entries["urls"] == [("https://www.linkedin.com/in/sofia-rossi", "linkedin")]
    assert sofia.values["title"] == "Sales Director"
    assert sofia.extra == {"Connected On": "15 Apr 2021"}
    assert rows[6].companies == [CompanyDraft("Dupont, Fils & Cie")]
    assert rows[7].empty


def test_hubspot() -> None:
    rows = fixture("hubspot_contacts")
    elena = rows[2]
    assert elena.external == [("hubspot", "101")]
    assert elena.companies == [CompanyDraft("Dacia Data", "dacia.example", "9001")]
    assert elena.values["lifecycle"] == "qualified"
    assert elena.refs == {"owner": ("Contact owner", "Sam Seller")}
    assert elena.created_at == "2023-05-01T10:22:00.000Z"
    assert rows[3].companies == [
        CompanyDraft("Kumar Ltd", "", "9002", mail="kumar.example"),
        CompanyDraft("Kumar Labs", "", "9003"),
    ]
    assert rows[4].extra == {"Lifecycle Stage": "Our own stage"}
    companies = fixture("hubspot_companies")
    assert companies[2].values == {"name": "Dacia Data", "domain": "dacia.example", "industry": "Software"}
    assert companies[2].external == [("hubspot", "9001")]


def test_our_own_lists() -> None:
    rows = fixture("contacts")
    assert rows[2].entries["emails"] == [("ana@acme.example", "work"), ("ana@home.example", None)]
    assert rows[2].values["tags"] == ["vip", "press"]
    assert rows[2].values["lifecycle"] == "customer"
    assert rows[2].extra == {"Shoe size": "39"}
    assert reasons(rows[3]) == [("lifecycle", "lifecycle")]
    assert rows[4].extra == {"birthday": "1985"}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("Ana,ana@,", "emails"),
        ("Ana,two words@x.example and more,", "emails"),
        ("Ana,,12", "phones"),
        ("Ana,,phone at work", "phones"),
        (",,", ""),
        ("Ana,a@x.example,600123456,surplus", ""),
        ('Ana,a@x.example,"600123456', ""),
    ],
)
def test_rows_that_cannot_be_taken(write: Write, row: str, field: str) -> None:
    found = [draft for draft in drafts(write(f"name,email,phone\n{row}\n")) if not draft.empty]
    assert [{problem.field for problem in draft.problems} for draft in found] in ([{field}], [])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example,b@x.example", ["a@x.example", "b@x.example"]),
        ("mailto:A@X.Example", ["A@x.example"]),
        ("<a@x.example>", ["a@x.example"]),
        ("work: a@x.example", ["a@x.example"]),
        ("n/a", []),
        ("-", []),
    ],
)
def test_ways_to_write_an_address(write: Write, cell: str, kept: list[str]) -> None:
    draft = one(write(f'name,email\nAna,"{cell}"\n'))
    assert [value for value, _ in draft.entries.get("emails", [])] == kept
    assert not draft.problems


def test_short_and_long_rows_are_padded(write: Write) -> None:
    assert one(write("name,email,phone\nAna\n")).values == {"name": "Ana"}
    assert one(write("name,email,\nAna,a@x.example,,,\n")).values == {"name": "Ana"}


def test_columns_of_one_name_are_both_kept(write: Write) -> None:
    draft = one(write("name,email,email,title,title\nAna,a@x.example,b@x.example,Buyer,Director\n"))
    assert [value for value, _ in draft.entries["emails"]] == ["a@x.example", "b@x.example"]
    assert draft.values["title"] == "Buyer"
    assert draft.extra == {"title (2)": "Director"}


def test_controls_and_nul_do_not_get_in(write: Write) -> None:
    draft = one(write("name,First Name,city,notes\n An\x00a\u00a0 Ruiz ,A\tna,Ma\x00drid,x\x00y\n"))
    assert "\x00" not in repr([draft.values, draft.entries, draft.extra])
    assert draft.values["name"] == "Ana Ruiz"


def test_what_is_no_number_of_people_and_no_address_rejects_a_row(write: Write) -> None:
    header = "company name,industry,domain,employees,email\n"
    assert reasons(one(write(f"{header}Acme,Steel,acme.example,-5,\n"))) == [("employees", "employees")]
    assert reasons(one(write(f"{header}Acme,Steel,acme.example,,info@acme\n"))) == [("email", "emails")]
    assert reasons(one(write(f"{header}Acme,Steel,acme.example,0,info@[10.0.0.1]\n"))) == []


def test_too_many_tags_are_text_in_the_wrong_column(write: Write) -> None:
    text = ";".join(f"w{n}" for n in range(101))
    assert reasons(one(write(f"name,tags\nAna,{text}\n"))) == [("tags", "tags")]


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("1985-04-15", "", "1985-04-15"),
        ("1985/4/5", "", "1985-04-05"),
        ("1985-04-15T00:00:00Z", "", "1985-04-15"),
        ("15.04.1985", "", "1985-04-15"),
        ("5.4.1985", "mdy", "1985-04-05"),
        ("15 Apr 2021", "", "2021-04-15"),
        ("April 15, 2021", "", "2021-04-15"),
        ("15/4/1985", "mdy", "1985-04-15"),
        ("4/15/1985", "dmy", "1985-04-15"),
        ("4/5/1985", "mdy", "1985-04-05"),
        ("4/5/1985", "dmy", "1985-05-04"),
        ("4/4/1985", "", "1985-04-04"),
        ("4/5/1985", "", None),
        ("--04-15", "", None),
        ("15/4/85", "", "1985-04-15"),
        ("31.02.1985", "", None),
        ("soon", "", None),
        ("1985", "", None),
        ("", "", None),
    ],
)
def test_days(text: str, order: str, expected: str | None) -> None:
    assert day(text, order) == expected


@pytest.mark.parametrize(
    "text",
    [
        "15. März 1980", "15 mars 1980", "15 de marzo de 1980", "15 marzo 1980", "15 de março de 1980", "15 maart 1980",
        "15 mrt 1980", "MAR 15, 1980", "March 15 1980",
    ],
)  # fmt: skip
def test_months_have_names_in_the_languages_that_columns_have(text: str) -> None:
    assert day(text) == "1980-03-15"


def test_every_month_of_a_language_is_told_from_the_others() -> None:
    french = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
    german = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
    italian = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    for names in (french, german, italian):
        assert [day(f"1 {name} 2024") for name in names.split()] == [f"2024-{n:02}-01" for n in range(1, 13)]
    assert day("1 mon 2024") is None


def test_names_are_composed_as_their_script_does() -> None:
    assert people.compose("Ana", "María", "Ruiz", "Jr.") == "Ana María Ruiz Jr."
    assert people.compose("小明", "", "王", "") == "王小明"
    assert people.compose("길동", "", "홍", "") == "홍길동"
    assert people.compose("", "", "Madonna", "") == "Madonna"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("600123456", "ES", "+34 600 12 34 56"),
        ("600 12-34.56", "ES", "+34 600 12 34 56"),
        ("+49 (0)30 123456", "", "+49 30 123456"),
        ("0034600123456", "", "+34 600 12 34 56"),
        ("(212) 555-0100", "US", "+1 212-555-0100"),
        ("212-555-0100 ext. 12", "US", "+1 212-555-0100 ext. 12"),
        ("٦٠٠١٢٣٤٥٦", "ES", "+34 600 12 34 56"),
        ("030  123456", "", "030 123456"),
        ("112", "ES", "112"),
        ("12", "ES", "12"),
        ("call me", "ES", "call me"),
    ],
)
def test_phones(text: str, region: str, expected: str) -> None:
    assert PhoneFormatter(region)(text) == expected


@given(
    st.lists(st.text("0123456789 -()./+", min_size=3, max_size=16), max_size=30),
    st.sampled_from(["", "ES", "US", "DE", "JP"]),
)
def test_a_pattern_never_changes_a_digit(numbers: list[str], region: str) -> None:
    """What is spelled from another number's pattern has the digits that the library itself would give."""
    learned = PhoneFormatter(region)
    for number in numbers:
        spelled = learned(number)
        assert [c for c in spelled if c.isdigit()] == [
            c for c in PhoneFormatter(region)(number) if c.isdigit()
        ]
