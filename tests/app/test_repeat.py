"""How often a task comes again: words to rules and back."""

from __future__ import annotations

import pytest

from crmtool.app.commands import Add
from crmtool.app.repeat import in_words, rule_of
from crmtool.app.workspace import Workspace


@pytest.mark.parametrize(
    ("words", "rule", "said"),
    [
        ("weekly", "FREQ=WEEKLY", "every week"),
        ("every day", "FREQ=DAILY", "every day"),
        ("Every 2 Weeks", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
        ("every other year", "FREQ=YEARLY;INTERVAL=2", "every 2 years"),
        ("every monday and thursday", "FREQ=WEEKLY;BYDAY=MO,TH", "every week on Monday, Thursday"),
        ("every 3 weeks on fri", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "every 3 weeks on Friday"),
        ("every workday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every workday"),
        ("every month on 15", "FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15"),
    ],
)
def test_words_become_a_rule_that_is_told_in_words_which_mean_the_same(
    words: str, rule: str, said: str
) -> None:
    assert (rule_of(words), in_words(rule)) == (rule, said)
    assert rule_of(said) == rule


@pytest.mark.parametrize(
    "words", ["", "monday", "every", "every x", "every 0 weeks", "every month on 32", "every day on monday"]
)
def test_other_words_are_no_rule(words: str) -> None:
    assert rule_of(words) is None


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYDAY=1MO", "FREQ=DAILY;COUNT=3", "garbage", "FREQ=DAILY;BYDAY=MO"]
)
def test_a_rule_of_another_kind_is_told_as_it_is_written(rule: str) -> None:
    assert in_words(rule) == rule


def test_a_task_keeps_the_rule_of_the_words(ws: Workspace) -> None:
    task = ws.run(Add("task", {"name": "Report", "repeat": "every monday"})).changed[0][1]
    assert ws.reader.require("task", task)["repeat"] == "FREQ=WEEKLY;BYDAY=MO"
