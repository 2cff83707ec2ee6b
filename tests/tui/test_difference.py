"""What two sides made of one field: decided purely, shown side by side, chosen by key or mouse."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Button

from crmtool.core.entities import builtin
from crmtool.core.fields import Context
from crmtool.doors.differences import BOTH, MINE, THEIRS, Dispute, merged, touched
from crmtool.tui.widgets.difference import Differences, DisputeRow

CONTACT = builtin().entity("contact")
DEAL = builtin().entity("deal")


def entries(*values: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = CONTACT.fields["emails"].validate(list(values), Context())
    return found


@pytest.mark.parametrize(
    ("choice", "value"), [(MINE, ["a", "mine"]), (THEIRS, ["a", "theirs"]), (BOTH, ["a", "mine", "theirs"])]
)
def test_words_are_settled_by_choice(choice: str, value: list[str]) -> None:
    dispute = Dispute(CONTACT.fields["tags"], ["a"], ["a", "mine"], ["a", "theirs"])
    assert dispute.settled(choice) == value


def test_both_sides_entries_stand_each_once() -> None:
    dispute = Dispute(CONTACT.fields["emails"], [], entries("a@x.es", "m@x.es"), entries("A@x.es", "t@x.es"))
    assert [entry["value"] for entry in dispute.settled(BOTH)] == ["a@x.es", "m@x.es", "t@x.es"]


def test_of_one_value_both_cannot_stand() -> None:
    assert Dispute(CONTACT.fields["title"], None, "a", "b").choices == (MINE, THEIRS)
    assert merged(CONTACT.fields["title"], None, "a", "b") is None
    assert merged(CONTACT.fields["tags"], ["x"], ["x", "a"], ["b"]) == ["a", "b"]


def test_what_belongs_together_is_touched_together() -> None:
    base = {"status": "open", "closed_on": None, "lost_reason": None}
    found = touched(DEAL, DEAL.fields["lost_reason"], base, {**base, "status": "won"})
    assert found is DEAL.fields["status"]
    assert touched(DEAL, DEAL.fields["name"], base, {**base, "status": "won"}) is None
    company = {"company": {"id": "1", "name": "Acme"}}
    renamed = {"company": {"id": "1", "name": "Acme Ltd"}}
    assert touched(DEAL, DEAL.fields["company"], company, renamed) is None


class Choosing(App[None]):
    """Two fields that wait."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Differences()

    def on_differences_settled(self, event: Differences.Settled) -> None:
        self.chosen.append((event.dispute.field.key, event.choice))


async def test_each_field_is_chosen_by_key_or_mouse() -> None:
    app = Choosing()
    async with app.run_test() as pilot:
        found = app.query_one(Differences)
        await found.put(
            [
                Dispute(CONTACT.fields["title"], "was", "[/red] mine", "\x1b[31mtheirs", "Bo"),
                Dispute(CONTACT.fields["tags"], [], ["m"], ["t"]),
            ]
        )
        await pilot.press("b")  # a title is one value: both cannot stand, and nothing happens
        await pilot.pause()
        assert len(found.waiting) == 2
        await pilot.press("t")
        await pilot.pause()
        both = [button for button in found.query_one(DisputeRow).query(Button) if button.id == BOTH]
        assert await pilot.click(both[0])
        await pilot.pause()
        assert app.chosen == [("title", THEIRS), ("tags", BOTH)]
        assert not found.waiting
        assert not found.has_class("-waiting")
