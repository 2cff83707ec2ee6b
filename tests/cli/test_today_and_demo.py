"""``crm demo`` and ``crm today`` as one types them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from crmtool.cli.state import State, use

NOW = "2026-11-23T13:00:00.000Z"


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def filled(crm: Callable[..., Any]) -> Callable[..., Any]:
    """The program, with 200 sample contacts in its workspace."""
    assert crm("demo", "--contacts", "200").code == 0
    return crm


def test_demo_makes_a_workspace_and_says_how_to_take_it_back(crm: Callable[..., Any]) -> None:
    made = crm("demo", "--contacts", "100", "--json")
    assert made.code == 0, made.err  # which tells of progress where it takes long
    counts = json.loads(made.out)
    assert (counts["contacts"], counts["companies"], counts["deals"]) == (100, 10, 50)
    said = crm("-w", "other", "demo", "--contacts", "50")
    assert (said.code, said.out) == (0, "")
    assert "50 contacts" in said.err
    assert "crm undo " in said.err


def test_demo_leaves_real_records_alone(filled: Callable[..., Any]) -> None:
    refused = filled("demo")
    assert refused.code == 6
    assert "--workspace" in refused.err


@pytest.mark.parametrize("words", [("--contacts", "0"), ("--contacts", "many"), ("--resume", "0000zzzz")])
def test_demo_refuses_before_it_makes_anything(crm: Callable[..., Any], words: tuple[str, ...]) -> None:
    assert crm("-w", "new", "demo", *words).code in (2, 3)
    assert crm("-w", "new", "today").code != 0


def test_today_shows_the_figures_and_the_lists(filled: Callable[..., Any]) -> None:
    shown = filled("today")
    assert shown.code == 0
    assert shown.out.startswith("Monday, 2026-11-23\n")
    for label in (
        "Due",
        "Open pipeline",
        "Won this month",
        "Rotting",
        "Activities this week",
        "Changed last",
    ):
        assert f"\n{label}" in shown.out


def test_today_as_json_holds_the_same(filled: Callable[..., Any]) -> None:
    found = json.loads(filled("today", "--json").out)
    assert found["on"] == "2026-11-23"
    assert set(found) == {
        "on", "tasks", "meetings", "open", "won_this_month", "won_last_month", "activities", "rotting", "closing", "changed",
    }  # fmt: skip
    assert found["open"]["value"]["currency"] == "EUR"
    assert f"{found['open']['count']} deals" in filled("today").out
    assert len(found["changed"]) == 5
    everyone = json.loads(filled("today", "--json", "--everyone").out)
    assert everyone["tasks"]["due"] >= found["tasks"]["due"]


def test_today_is_read_aloud_line_by_line(filled: Callable[..., Any]) -> None:
    use(State())
    spoken = filled("today", "--accessible")
    assert "\nOpen pipeline: " in spoken.out
    assert re.search(r"^1 of [0-9]+\. ", spoken.out, re.MULTILINE)
    assert "\x1b" not in spoken.out
    assert not any(line.endswith("..") for line in spoken.out.splitlines())


def test_today_of_an_empty_workspace(crm: Callable[..., Any]) -> None:
    assert crm("init", "--user", "Me").code == 0
    shown = crm("today")
    assert shown.code == 0
    assert "0 deals" in shown.out
    assert "Tasks due" not in shown.out
