"""A wrong filter: where it is wrong, and what would be right."""

from __future__ import annotations

import pytest
from tests.core.filters import CONTEXT, REGISTRY, refused

from crmtool.core.messages import use_language
from crmtool.core.queries import parse


@pytest.mark.parametrize(
    ("entity", "text", "at", "says", "advises"),
    [
        ("contact", "company.industy = x", "industy", "There is no field “industy” on company.", "Did you mean industry?"),
        ("contact", "industry = x", "industry", "no field “industry” on contact", "Did you mean company.industry?"),
        ("contact", "tg has vip", "tg", "no field “tg”", "Did you mean tags?"),
        ("contact", "zzz = 1", "zzz", "no field “zzz”", "Fields: name, company,"),
        ("contact", "name.x = 1", ".x", "“name” refers to no other record", "Write name alone."),
        ("contact", "company..x = 1", ".x", "A field is missing here.", "Fields: name, domain"),
        ("contact", "who is ana", "who", "no field “who”", "To search for these words, quote them."),
        ("contact", "lifecycle = custmer", "custmer", "there is no choice “custmer”", "Did you mean customer?"),
        ("contact", "lifecycle = x", "x", "there is no choice “x”", "Choices: subscriber, lead"),
        ("contact", "lifecycle:lead", ":", "joined by a comparison", "Write lifecycle = lead."),
        ("contact", "email = acme", "acme", "“acme” is not an e-mail address", "write emails ~ acme"),
        ("deal", "amount = abc", "abc", "“abc” is not an amount", "1250.50 EUR"),
        ("deal", "amount ~ 5", "~", "“~” does not work with “amount”", "=  !=  <"),
        ("deal", "close = 2026-02-30", "2026-02-30", "is not a date", "2026-05-31, today"),
        ("deal", "created = 31.12.2026x", "31.12.2026x", "is not a date and time", "now or -2h"),
        ("contact", "tags > a", "> a", "“>” does not work with “tags”", "has"),
        ("contact", "tags = a..b", "..b", "“..” does not work with “tags”", "has"),
        ("contact", "name has a", "has a", "“has” does not work with “name”", "~"),
        ("order", "lines = 3", "= 3", "“=” does not work with “lines”", "is empty  is set"),
        ("contact", "name = ", "", "ends where a value is expected", "name is empty"),
        ("contact", "name is", "", "ends where a value is expected", "name is empty"),
        ("contact", "name = x and", "", "ends where a condition is expected", None),
        ("contact", "name = and x = 1", "and", "A value is missing before “and”.", "quote it"),
        ("contact", "name = = x", "= x", "A value is missing here.", "quote it"),
        ("contact", "name = ~", "~", "A value is missing here.", "quote it"),
        ("contact", "name ~ ''", "''", "A text to look for is missing here.", None),
        ("contact", "and name = x", "and", "A condition is missing before “and”.", "quote it"),
        ("contact", "a or or b", "or b", "A condition is missing before “or”.", "quote it"),
        ("contact", "made in china", "in", "A condition is missing before “in”.", "quote it"),
        ("contact", "= 5", "=", "A field is missing before “=”.", None),
        ("contact", "(name = x", "(", "A bracket is opened and not closed.", "Close it with )."),
        ("contact", "name = x)", ")", "A bracket is closed that was not opened.", None),
        ("contact", "(a, b)", ",", "not by a comma", None),
        ("contact", "a, b", ",", "not by a comma", None),
        ("contact", "name = 'abc", "'abc", "A quote is opened and not closed.", "Close it with '."),
        ("contact", "'name' = x", "'name'", "The name of a field is not quoted.", "Write name without quotes."),
        ("contact", "name in x", "x", "stand in brackets", "name in (a, b)"),
        ("contact", "name in (a b)", "b)", "separated by commas", "Quote"),
        ("contact", "name in (a", "", "separated by commas", "Quote"),
        ("deal", "stage = (won, lost)", "(", "does not begin with a bracket", "stage in (a, b)"),
        ("deal", "name = Acme, Inc", "Acme,", "holds a comma is quoted", "name in (a, b)"),
        ("deal", "amount in 1k..5k", "1k", "stand in brackets", "amount = a..b"),
        ("deal", "amount between 10k and 20k", "amount between", "joined by “=”", "Write amount = 10k..20k; to search"),
        ("deal", "acme amount between 10k EUR and 20k", "amount between", "joined by “=”", "Write amount = a..b; to search"),
        ("deal", "acme amount 10k..20k", "amount 10k..20k", "joined by “=”", "Write amount = 10k..20k; to search"),
        ("deal", "amount ..20k", "amount ..20k", "joined by “=”", "Write amount = ..20k; to search"),
        ("task", "due today..+7d", "due today", "joined by “=”", "Write due = today..+7d; to search"),
        ("deal", "amount > 10 000", "10 000", "written without blanks", "Write 10000; to search for 000, quote it."),
        ("deal", "amount = 1k..2 500", "2 500", "written without blanks", "Write 2500;"),
        ("deal", "amount in (1 000, 2k)", "1 000", "written without blanks", "Write 1000;"),
        ("deal", "amount = 5..1", "5..1", "ends before it begins", "smaller value first"),
        ("task", "due = today..-1d", "today", "ends before it begins", "smaller value first"),
        ("deal", "amount = 1 USD..2 EUR", "1 USD", "different currencies", None),
        ("deal", "amount = ..", "..", "a value at one end", "100..500"),
        ("deal", "amount = 5..<", "..<", "a value at one end", "100..500"),
        ("link", "from.name = x", ".name", "“from” refers to no other record", "Write from alone."),
    ],
)  # fmt: skip
def test_errors_point_and_advise(entity: str, text: str, at: str, says: str, advises: str | None) -> None:
    error = refused(entity, text)
    assert text[error.data["position"] :].startswith(at)
    assert says in str(error)
    assert (advises or "") in str(error.hint or "")
    assert (error.hint is None) == (advises is None)


@pytest.mark.parametrize(
    "text",
    ["between", "amount between", "between 10k and 20k", "acme between us", "amount 'between' 10k", "amount wait..see",
     "amount ...", "10 000", "amount > 10 '000'", "amount > 10 3rd", "name between a", "amount > 10 and 000"],
)  # fmt: skip
def test_what_only_looks_like_a_range_is_searched_for(text: str) -> None:
    assert "Search(" in repr(parse(text, REGISTRY.entity("deal"), CONTEXT))


def test_an_error_shows_the_text_and_a_pointer() -> None:
    assert str(refused("contact", "name = x company.industy = retail")) == (
        "There is no field “industy” on company.\n"
        "  name = x company.industy = retail\n"
        "                   ^^^^^^^"
    )  # fmt: skip
    assert refused("contact", "company.industy = x").data["expected"] == ["industry"]


def test_the_pointer_stands_under_wide_characters_too() -> None:
    assert str(refused("contact", "山田 zzz = 1")).split("\n")[2] == "  " + " " * 5 + "^^^"


def test_a_long_filter_is_shown_around_the_place() -> None:
    text = "name = x or " * 40 + "zzz = 1" + " or name = x" * 40
    _, shown, pointer = str(refused("contact", text)).split("\n")
    assert len(shown) < 100
    assert shown[pointer.index("^") :].startswith("zzz = 1")
    assert shown.strip().startswith("…")
    assert shown.endswith("…")


def test_control_characters_do_not_reach_the_message() -> None:
    assert "\x1b" not in str(refused("contact", "\x1b[31mzzz = 1"))


def test_errors_are_worded_late() -> None:
    error = refused("contact", "zzz = 1")
    use_language("qps")
    try:
        assert "⟦" in str(error)
    finally:
        use_language(None)


@pytest.mark.parametrize("text", ["(" * 5_000, "not " * 5_000 + "a", "(" * 60 + "a" + ")" * 60])
def test_deep_nesting_is_an_error_and_no_crash(text: str) -> None:
    assert "nested too deeply" in str(refused("deal", text))
