"""The order of a column's days: told by all of its values together, else asked, and never guessed for a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import apply
from crmtool.transfer.days import ORDERS, day
from crmtool.transfer.mapping import read_map
from crmtool.transfer.orders import Orders
from crmtool.transfer.plan import Options, plan
from crmtool.transfer.savemap import map_text

Write = Callable[..., str]


def seen(*texts: str, latest: str = "") -> Orders:
    orders = Orders(latest)
    for text in texts:
        orders.see(text)
    return orders


@pytest.mark.parametrize(
    ("texts", "order", "left"),
    [
        (("4/5/2024", "13/5/2024"), "dmy", "dmy"),
        (("4/5/2024", "5/13/2024 10:22 AM"), "mdy", "mdy"),
        (("4/5/2024", "5/6/2024"), "", "dmy mdy"),
        (("2024-05-04", "4 May 2024"), "", ""),
        (("04.05.2024",), "dmy", "dmy"),
        # Two digits of a year: what is over 31 is one, what is over 12 is no month, what has one digit is no year.
        (("04/05/24", "13/05/85"), "dmy", "dmy"),
        (("04/05/24", "05/13/24"), "mdy", "mdy"),
        (("04-05-24", "85-05-04"), "ymd", "ymd"),
        (("4/5/24",), "", "dmy mdy"),
        (("24/5/4",), "ymd", "ymd"),
        (("04/05/24",), "", "dmy mdy ymd"),
        (("13/05/24", "25/05/12"), "", "dmy ymd"),
        (("13.05.24",), "", "dmy ymd"),
        (("13.05.24", "4.5.24"), "dmy", "dmy"),
        # One with all digits tells for those without.
        (("13/05/24", "1/5/2024"), "dmy", "dmy"),
    ],
)
def test_a_column_says_in_which_order_its_days_are_written(
    texts: tuple[str, ...], order: str, left: str
) -> None:
    orders = seen(*texts)
    assert (orders.order, [*orders.left]) == (order, left.split())
    assert bool(orders.example) == (len(orders.left) > 1)


def test_values_that_contradict_each_other_tell_nothing() -> None:
    orders = seen("13/5/2024", "5/13/2024", "4/5/2024")
    assert (orders.mixed, orders.order, orders.example) == (True, "", "4/5/2024")
    assert orders.days("4/5/2024") == {"dmy": "2024-05-04", "mdy": "2024-04-05"}


def test_a_day_that_is_the_same_in_every_order_is_no_question() -> None:
    orders = seen("4/4/2024", "5/5/05")
    assert (orders.order, orders.example) == ("", "")
    assert day("5/5/05") == "2005-05-05"


def test_what_is_past_tells_where_nothing_else_does() -> None:
    assert seen("4/12/2026", latest="2026-11-24").order == "mdy"
    assert seen("13/05/24", "27/05/24", latest="2026-11-24").order == "dmy"
    assert seen("4/12/2026", "13/5/2024", latest="2026-11-24").order == "dmy"
    assert seen("4/12/2030", latest="2026-11-24").left == ("dmy", "mdy")


def test_a_day_that_there_is_not_tells_its_order_and_is_kept_as_it_is() -> None:
    assert seen("29.02.01", "13.05.24").left == ("dmy", "ymd")
    assert seen("29.02.01", "13.05.85").order == "dmy"
    assert day("29.02.01", "dmy") is None


WRITTEN = {"dmy": "{d:02}{s}{m:02}{s}{y}", "mdy": "{m:02}{s}{d:02}{s}{y}", "ymd": "{y}{s}{m:02}{s}{d:02}"}


@given(
    st.lists(st.dates(date(1969, 1, 1), date(2068, 12, 31)), min_size=1, max_size=12),
    st.sampled_from(ORDERS),
    st.sampled_from("/-"),
    st.booleans(),
)
def test_a_column_is_read_rightly_or_asked_about(
    days: list[date], order: str, mark: str, short: bool
) -> None:
    short = short or order == "ymd"
    texts = [
        WRITTEN[order].format(d=one.day, m=one.month, s=mark, y=f"{one.year % 100:02}" if short else one.year)
        for one in days
    ]
    orders = seen(*texts)
    assert not orders.mixed
    assert order in orders.left
    differ = any(len({*orders.days(text).values()}) > 1 for text in texts)
    assert bool(orders.example) >= differ
    if orders.order:
        assert [day(text, orders.order) for text in texts] == [one.isoformat() for one in days]
    for text, one in zip(texts, days, strict=True):
        assert day(text, order) == one.isoformat()
        assert day(text) in (None, one.isoformat())


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("15/4/85", "", "1985-04-15"),
        ("15.4.68", "", "2068-04-15"),
        ("15.4.69", "", "1969-04-15"),
        ("4/15/00", "", "2000-04-15"),
        ("85-04-15", "", "1985-04-15"),
        ("04/05/06", "", None),
        ("04/05/06", "dmy", "2006-05-04"),
        ("04/05/06", "mdy", "2006-04-05"),
        ("04/05/06", "ymd", "2004-05-06"),
        ("15-Apr-85", "", "1985-04-15"),
        ("15-apr-1985", "", "1985-04-15"),
        ("1985-Apr-15", "", "1985-04-15"),
        ("Apr 15, 85", "", "1985-04-15"),
        ("15 Apr 10 Uhr", "", None),
        ("31/04/85", "", None),
        ("4/5/6", "", None),
        ("4/5/106", "", None),
        ("104/5/06", "", None),
        ("29.02.01", "", None),
    ],
)
def test_years_of_two_digits(text: str, order: str, expected: str | None) -> None:
    assert day(text, order) == expected


def test_a_birthday_is_never_ahead() -> None:
    assert day("15/4/45", latest="2026-06-15") == "1945-04-15"
    assert day("15-Apr-45", latest="2026-06-15") == "1945-04-15"
    assert day("15/4/26", "dmy", latest="2026-06-15") == "2026-04-15"
    assert day("15/6/26", "dmy", latest="2026-06-14") == "1926-06-15"
    assert day("15/6/2045", latest="2026-06-14") == "2045-06-15"


# -- in an import --------------------------------------------------------------------------------------------------------


def test_an_ambiguous_column_is_a_question_and_its_values_are_kept(
    workspace: Workspace, write: Write
) -> None:
    path = write("deal name,stage,close date,amount\nOne,Lead,4/5/2026,1\nTwo,Lead,6/7/2026,2\n")
    with plan(workspace, path) as made:
        assert [(question.column, question.mixed) for _, question in made.questions] == [
            ("close date", False)
        ]
        apply(workspace, made)
    one = next(record for record in workspace.query(Query("deal")) if record["name"] == "One")
    assert (one["close_on"], one["extra"]) == (None, {"csv": {"close date": "4/5/2026"}})
    with plan(workspace, path, options=Options(dates="mdy")) as made:
        assert made.questions == []
        apply(workspace, made)
    assert sorted(deal["close_on"] for deal in workspace.query(Query("deal"))) == ["2026-04-05", "2026-06-07"]


def test_one_column_tells_for_the_others_of_its_file(workspace: Workspace, write: Write) -> None:
    path = write("deal name,stage,close date,closed on\nOne,Lead,4/5/2026,13/5/2026\n")
    with plan(workspace, path) as made:
        assert made.questions == []
        assert made.tally.samples[0].after["close_on"] == "2026-05-04"


def test_a_column_outweighs_what_is_said_of_all(workspace: Workspace, write: Write) -> None:
    path = write("deal name,stage,close date,closed on\nOne,Lead,4/5/26,1/2/2026\nTwo,Lead,13/5/26,\n")
    with plan(workspace, path, options=Options(dates="mdy")) as made:
        assert made.questions == []
        after = made.tally.samples[0].after
        assert (after["close_on"], after["closed_on"]) == ("2026-05-04", "2026-01-02")


def test_an_order_that_the_values_rule_out_is_no_answer(
    workspace: Workspace, write: Write, tmp_path: Path
) -> None:
    path = write("deal name,stage,close date,closed on\nOne,Lead,13/05/24,04/05/2024\n", "d.csv")
    with plan(workspace, path, options=Options(dates="mdy")) as made:
        ((part, question),) = made.questions
        assert (question.column, question.days) == ("close date", {"dmy": "2024-05-13", "ymd": "2013-05-24"})
        made.answer(part, question, "ymd")
        assert made.questions == []
        saved = tmp_path / "d.toml"
        saved.write_text(map_text(workspace, made))
    assert 'dates = { "closed on" = "mdy", "close date" = "ymd" }' in saved.read_text()
    with plan(workspace, path, options=Options(saved=read_map(str(saved)))) as made:
        assert made.questions == []
        apply(workspace, made)
    (deal,) = workspace.query(Query("deal"))
    assert (deal["close_on"], deal["closed_on"]) == ("2013-05-24", "2024-04-05")


def test_one_answer_serves_the_columns_that_can_have_it(workspace: Workspace, write: Write) -> None:
    path = write("deal name,stage,close date,closed on\nOne,Lead,13/05/24,04/05/24\n")
    with plan(workspace, path) as made:
        part, question = made.questions[1]
        made.answer(part, question, "mdy")
        assert [question.column for _, question in made.questions] == ["close date"]
    with plan(workspace, path) as made:
        made.answer(*made.questions[0], "dmy")
        assert made.questions == []


def test_birthdays_of_two_digits_are_imported(workspace: Workspace, write: Write) -> None:
    with plan(
        workspace, write("name,birthday\nAna Ruiz,13/05/45\nBo Ek,31/12/72\nCleo Park,04/05/06\n")
    ) as made:
        assert made.questions == []
        apply(workspace, made)
    assert sorted(one["birthday"] for one in workspace.query(Query("contact"))) == [
        "1945-05-13",
        "1972-12-31",
        "2006-05-04",
    ]
