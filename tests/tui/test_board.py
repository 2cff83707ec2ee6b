"""The board: cards moved by key and mouse, won and lost, and what others change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from crmtool.app.commands import Add, Apply, Close, Move, Remove, Set
from crmtool.app.resolve import resolve
from crmtool.app.workspace import Workspace
from crmtool.core.changes import Actor, create
from crmtool.core.policy import Policy
from crmtool.core.registry import Entity
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Modal, Pick
from crmtool.tui.places import Place
from crmtool.tui.screens.board import Board
from crmtool.tui.widgets.boardcards import without
from crmtool.tui.widgets.boardcolumn import BoardColumn
from crmtool.tui.widgets.boardview import BoardView
from crmtool.tui.widgets.filterbar import FilterBar

BOARD = Place("board")
Elsewhere = Callable[..., Any]


def column(pilot: Pilot[int], label: str) -> BoardColumn:
    """The column with this heading."""
    return next(found for found in pilot.app.screen.query(BoardColumn) if found.label == label)


def names(pilot: Pilot[int], label: str) -> list[str]:
    return [card.name for card in column(pilot, label).cards]


def count(pilot: Pilot[int], label: str) -> int | None:
    sums = column(pilot, label).sums
    return None if sums is None else sums.count


def deal(workspace: Workspace, name: str) -> dict[str, Any]:
    entity = workspace.registry.entity("deal")
    record = workspace.reader.get("deal", resolve(workspace.reader, entity, name), expand=True)
    assert record is not None
    return record


def found(elsewhere: Elsewhere, name: str) -> dict[str, Any]:
    record: dict[str, Any] = elsewhere(lambda workspace: deal(workspace, name))
    return record


def moved(name: str, stage: str) -> Callable[[Workspace], Any]:
    return lambda workspace: workspace.run(Move(deal(workspace, name)["id"], stage))


async def asked(pilot: Pilot[int], before: object = None) -> object:
    """Wait for a question, another than ``before``, that takes keys; the question."""
    await until(pilot, lambda: pilot.app.screen is not before and _takes_keys(pilot))
    return pilot.app.screen


def _takes_keys(pilot: Pilot[int]) -> bool:
    return isinstance(pilot.app.screen, Modal) and pilot.app.screen.focused is not None


async def test_a_stage_is_a_column_with_its_numbers(running: Running) -> None:
    async with running(BOARD, size=(130, 30)) as pilot:
        text = shown(pilot)
        assert names(pilot, "Lead") == ["Bridge"]
        assert names(pilot, "Proposal") == ["Roof"]
        assert "weighted 5,000 EUR" in text
        assert "weighted 90,000 JPY" in text
        await pilot.press("right", "right")
        await settled(pilot)
        await until(pilot, lambda: "Proposal · 1 deal · 10,000 EUR · weighted 5,000 EUR" in shown(pilot))


async def test_a_card_is_moved_by_key_and_comes_back_by_undo(running: Running, elsewhere: Elsewhere) -> None:
    async with running(BOARD) as pilot:
        await pilot.press("greater_than_sign")
        assert names(pilot, "Qualified") == ["Bridge"]
        assert column(pilot, "Qualified").has_focus
        await settled(pilot)
        assert found(elsewhere, "Bridge")["stage"]["name"] == "Qualified"
        await until(pilot, lambda: (count(pilot, "Lead"), count(pilot, "Qualified")) == (0, 1))
        await pilot.press("u")
        await until(pilot, lambda: names(pilot, "Lead") == ["Bridge"])
        assert names(pilot, "Qualified") == []
        await pilot.press("left", "shift+right", "shift+right")
        await settled(pilot)
        assert names(pilot, "Proposal") == ["Roof", "Bridge"] or names(pilot, "Proposal") == [
            "Bridge",
            "Roof",
        ]
        assert found(elsewhere, "Bridge")["stage"]["name"] == "Proposal"


async def test_what_a_stage_requires_is_asked_for_on_the_way(running: Running, elsewhere: Elsewhere) -> None:
    def require(workspace: Workspace) -> None:
        stage = resolve(workspace.reader, workspace.registry.entity("stage"), "Qualified")
        workspace.run(Set("stage", (stage,), (("required", "=", ["close_on", "source"]),)))

    elsewhere(require)
    async with running(BOARD) as pilot:
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: "Stage Qualified needs close_on, source." in shown(pilot))
        await asked(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert names(pilot, "Lead") == ["Bridge"]  # nobody gave it: the card is back
        await pilot.press("left", "greater_than_sign")
        asking = await asked(pilot)
        await pilot.press("enter", "enter")  # nothing stands there
        assert pilot.app.screen is asking
        await until(pilot, lambda: "Expected close is missing." in shown(pilot))
        await pilot.press(*"2026-07-01", "enter", *"fair", "enter")  # both in one question
        await settled(pilot)
        record = found(elsewhere, "Bridge")
        assert (record["stage"]["name"], record["close_on"], record["source"]) == (
            "Qualified",
            "2026-07-01",
            "fair",
        )


@pytest.mark.parametrize(
    ("name", "company", "left"),
    [
        ("Acme: desk", "Acme", "desk"),
        ("acme – 3 desks", "Acme", "3 desks"),
        ("Desks for Acme", "Acme", "Desks for"),
        ("Acmex desk", "Acme", "Acmex desk"),
        ("Acme", "Acme", "Acme"),
        ("Desk", "", "Desk"),
    ],
)
def test_a_card_names_its_company_once(name: str, company: str, left: str) -> None:
    assert without(name, company) == left


async def test_what_is_typed_while_a_move_is_written_waits_for_what_the_stage_requires(
    running: Running, elsewhere: Elsewhere
) -> None:
    def require(workspace: Workspace) -> None:
        stage = resolve(workspace.reader, workspace.registry.entity("stage"), "Qualified")
        workspace.run(Set("stage", (stage,), (("required", "=", ["source", "contact"]),)))

    elsewhere(require)
    async with running(BOARD) as pilot:
        for key in ">quf":
            pilot.app.post_message(Key({">": "greater_than_sign"}.get(key, key), key))
        await asked(pilot)
        await until(pilot, lambda: pilot.app.screen.query(Input).first().value == "quf")
        await pilot.press("enter", *"Ana")
        await until(pilot, lambda: "Ana Ruiz" in shown(pilot))
        await pilot.press("enter", "enter")
        await settled(pilot)
        record = found(elsewhere, "Bridge")
        assert (record["source"], record["contact"]["name"]) == ("quf", "Ana Ruiz")


async def test_a_deal_is_lost_with_a_reason_reopened_and_won(running: Running, elsewhere: Elsewhere) -> None:
    elsewhere(lambda workspace: workspace.run(Close(deal(workspace, "Roof")["id"], "lost", "too expensive")))
    async with running(BOARD, size=(130, 40)) as pilot:
        assert names(pilot, "Lost") == ["Roof"]
        await pilot.press("l")
        await asked(pilot)
        await pilot.press("down", "enter", "tab", "tab", *"2026-06-14", "enter")
        await settled(pilot)
        record = found(elsewhere, "Bridge")
        assert (record["status"], record["lost_reason"], record["closed_on"]) == (
            "lost", "too expensive", "2026-06-14",
        )  # fmt: skip
        await until(pilot, lambda: sorted(names(pilot, "Lost")) == ["Bridge", "Roof"])
        column(pilot, "Lost").point_at(record["id"])
        await pilot.press("r")
        await until(pilot, lambda: names(pilot, "Lead") == ["Bridge"])
        assert found(elsewhere, "Bridge")["status"] == "open"
        view = pilot.app.screen.query_one(BoardView)
        view.go(column(pilot, "Lead").spot)
        await pilot.press("w")
        await asked(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert names(pilot, "Lead") == ["Bridge"]
        await pilot.press("left", "left", "left", "left", "w")
        await asked(pilot)
        await pilot.press("right", "enter")
        await settled(pilot)
        assert found(elsewhere, "Bridge")["status"] == "won"
        assert names(pilot, "Won") == ["Bridge"]


async def test_a_card_is_dragged_to_another_column(running: Running, elsewhere: Elsewhere) -> None:
    async with running(BOARD, size=(160, 30)) as pilot:
        lead, target = column(pilot, "Lead"), column(pilot, "Qualified")
        start = (lead.region.x + 3, lead.region.y + lead._head)
        end = (target.region.x + 5, target.region.y + 12)
        await pilot.mouse_down(offset=start)
        await pilot.hover(offset=(start[0] + 4, start[1]))
        await pilot.hover(offset=end)
        assert target.has_class("-target")
        elsewhere(
            moved("Roof", "Qualified")
        )  # what comes while a card is held moves neither it nor the target
        await until(pilot, lambda: names(pilot, "Qualified") == ["Roof"])
        assert pilot.app.screen.query_one(BoardView).dragging
        await pilot.mouse_up(offset=end)
        await settled(pilot)
        assert sorted(names(pilot, "Qualified")) == ["Bridge", "Roof"]
        assert found(elsewhere, "Bridge")["stage"]["name"] == "Qualified"
        assert not target.has_class("-target")
        await pilot.mouse_down(offset=(target.region.x + 3, target.region.y + target._head))
        await pilot.hover(offset=start)
        await pilot.press("escape")
        await pilot.mouse_up(offset=start)
        await settled(pilot)
        assert sorted(names(pilot, "Qualified")) == ["Bridge", "Roof"]
        assert isinstance(pilot.app.screen, Board)


async def test_what_others_change_appears_and_the_cursor_stays_with_its_card(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running(BOARD) as pilot:
        lead = column(pilot, "Lead")
        elsewhere(lambda workspace: workspace.run(Add("deal", {"name": "Larger", "amount": "20m EUR"})))
        await until(pilot, lambda: names(pilot, "Lead") == ["Larger", "Bridge"])
        assert lead.card is not None
        assert lead.card.name == "Bridge"
        await until(pilot, lambda: lead.sums is not None and lead.sums.count == 2)
        elsewhere(lambda workspace: workspace.run(Remove("deal", (deal(workspace, "Larger")["id"],))))
        await until(pilot, lambda: names(pilot, "Lead") == ["Bridge"])
        await until(pilot, lambda: lead.sums is not None and lead.sums.count == 1)
        company = found(elsewhere, "Bridge")["company"]["id"]
        elsewhere(lambda workspace: workspace.run(Set("company", (company,), (("name", "=", "Zenith"),))))
        await until(pilot, lambda: "Zenith" in shown(pilot))


async def test_a_move_that_fails_brings_the_card_back_with_the_error(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running(BOARD) as pilot:
        lead = column(pilot, "Lead")
        card = lead.card
        assert card is not None
        screen = pilot.app.screen
        assert isinstance(screen, Board)
        screen.move(card, "won")
        await asked(pilot)
        await pilot.press(*"no day", "enter")
        assert pilot.app.screen is not screen  # the dialog says so and stays
        await pilot.press("escape")
        await settled(pilot)
        elsewhere(lambda workspace: workspace.run(Remove("stage", (column(pilot, "Qualified").spot,))))
        screen.move(card, column(pilot, "Qualified").spot)
        await settled(pilot)
        await until(pilot, lambda: names(pilot, "Lead") == ["Bridge"])
        assert any("stage" in note.message.lower() for note in pilot.app._notifications)


async def test_adding_filtering_and_another_pipeline(running: Running, elsewhere: Elsewhere) -> None:
    def partners(workspace: Workspace) -> None:
        workspace.run(Add("pipeline", {"name": "Partners"}))
        workspace.run(Add("stage", {"name": "Talking", "pipeline": "Partners"}))

    async with running(BOARD) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Board)
        await pilot.press("right", "a")
        await until(pilot, lambda: "Negotiation" not in shown(pilot) and "Amount" in shown(pilot))
        await pilot.press(*"Mast", "ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen and names(pilot, "Qualified") == ["Mast"])
        assert found(elsewhere, "Mast")["stage"]["name"] == "Qualified"
        await pilot.press("e")
        await until(pilot, lambda: "Change Mast" in shown(pilot))
        await pilot.press(*"head", "ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen and "Masthead" in shown(pilot))
        await pilot.press("slash", *"amount >>")
        await until(pilot, lambda: screen.query_one(FilterBar).has_class("-wrong"))
        assert names(pilot, "Qualified") == ["Masthead"]
        await pilot.press("backspace", *" 7k EUR")
        await until(pilot, lambda: names(pilot, "Qualified") == [])
        assert isinstance(screen.focused, Input)  # what is shown changes while one types
        await pilot.press("enter")
        await settled(pilot)
        assert not screen.query_one(FilterBar).has_class("-wrong")
        assert isinstance(screen.focused, BoardColumn)
        assert names(pilot, "Proposal") == ["Roof"]
        assert screen.place.words() == ["pipeline", "show", "--where=amount > 7k EUR"]
        elsewhere(partners)
        await settled(pilot)
        await until(pilot, lambda: screen._known is not None and len(screen._known.all) == 2)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Pick))
        await pilot.press(*"part", "enter")
        await until(
            pilot, lambda: [one.label for one in screen.query(BoardColumn)] == ["Talking", "Won", "Lost"]
        )
        assert screen.place.text == "Partners"


async def test_what_was_said_is_logged_about_the_card(running: Running, elsewhere: Elsewhere) -> None:
    async with running(BOARD) as pilot:
        for key, text in (("c", "Spoke about it"), ("t", "Send the offer")):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen.focused, Input))
            await pilot.press(*text, "enter")
            await settled(pilot)
        bridge = found(elsewhere, "Bridge")["id"]
        for entity, text in (("activity", "Spoke about it"), ("task", "Send the offer")):
            records = elsewhere(
                lambda workspace, entity=entity: list(workspace.query(Query(entity, expand=False)))
            )
            (made,) = [record for record in records if text in record.values()]
            assert made["deal"] == bridge
        await pilot.press("o")
        await settled(pilot)
        assert pilot.app._notifications  # where it leads, or why nowhere


async def test_a_narrow_screen_shows_one_column_at_a_time(running: Running) -> None:
    async with running(BOARD, size=(60, 20)) as pilot:
        assert "Bridge" in shown(pilot)
        assert "Roof" not in shown(pilot)
        assert " Lead  Qualified  Proposal " in shown(pilot)
        await pilot.press("right", "right")
        await settled(pilot)
        assert "Roof" in shown(pilot)
        assert "Bridge" not in shown(pilot)
        await pilot.press("right", "right", "right")
        await settled(pilot)
        assert column(pilot, "Lost").has_focus
        assert "No deals." in shown(pilot)
        await pilot.resize_terminal(200, 40)
        await settled(pilot)
        assert "Roof" in shown(pilot)


async def test_a_board_without_a_pipeline_says_what_to_do(running: Running, elsewhere: Elsewhere) -> None:
    def clear(workspace: Workspace) -> None:
        for name in ("Roof", "Bridge"):
            workspace.run(Remove("deal", (deal(workspace, name)["id"],)))
        found = resolve(workspace.reader, workspace.registry.entity("pipeline"), "Sales")
        workspace.run(Remove("pipeline", (found,)))

    elsewhere(clear)
    async with running(BOARD) as pilot:
        assert "crm pipeline add Sales" in shown(pilot)
        elsewhere(lambda workspace: workspace.run(Add("pipeline", {"name": "Fresh"})))
        await until(pilot, lambda: "crm stage add Lead pipeline=Fresh" in shown(pilot))


async def test_one_change_asks_for_the_sums_of_two_columns(
    running: Running, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(BOARD) as pilot:
        asked: list[set[str] | None] = []
        screen = pilot.app.screen
        assert isinstance(screen, Board)
        source = screen._source
        assert source is not None
        real = source.sums

        async def sums(spots: set[str] | None) -> Any:
            asked.append(spots)
            return await real(spots)

        monkeypatch.setattr(source, "sums", sums)
        elsewhere(moved("Bridge", "Negotiation"))
        await until(pilot, lambda: count(pilot, "Negotiation") == 1)
        assert asked == [{column(pilot, "Lead").spot, column(pilot, "Negotiation").spot}]


async def test_thousands_of_deals_are_as_fluid_as_a_few(running: Running, elsewhere: Elsewhere) -> None:
    def many(workspace: Workspace) -> None:
        entity = workspace.registry.entity("deal")
        stage = deal(workspace, "Bridge")["stage"]["id"]
        pipeline = deal(workspace, "Bridge")["pipeline"]["id"]
        made = [
            create(entity, {
                "name": f"Deal {number:04}", "amount": [number * 100, "EUR"], "stage": stage, "pipeline": pipeline,
                "status": "open",
            })
            for number in range(3000)
        ]  # fmt: skip
        workspace.run(Apply(made))

    elsewhere(many)
    async with running(BOARD) as pilot:
        lead = column(pilot, "Lead")
        assert lead.sums is not None
        assert (lead.sums.count, len(lead.cards)) == (3001, 64)
        for _ in range(12):
            await pilot.press("pagedown")
            await settled(pilot)
        assert lead.card is lead.cards[lead.cursor]
        assert 24 <= lead.cursor < len(lead.cards) < 300
        await pilot.press("end")
        await settled(pilot)
        assert lead.card is not None
        assert lead.card.name == "Deal 0000"
        assert len(lead.cards) == 64  # the last ones, without the thousands between
        y = lead.content_region.y + lead._head + lead.cursor * lead.tall - int(lead.scroll_offset.y)
        assert pilot.app.cursor_position == (lead.content_region.x, y)
        for _ in range(10):
            await pilot.press("pageup")
            await settled(pilot)
        assert 64 < len(lead.cards) < 300
        loaded = [card.name for card in lead.cards]
        assert loaded == [f"Deal {number:04}" for number in reversed(range(len(loaded)))]
        assert lead.card.name == f"Deal {len(loaded) - 1 - lead.cursor:04}"
        await pilot.press("end")
        await settled(pilot)
        assert lead.card.name == "Deal 0000"
        elsewhere(lambda workspace: workspace.run(Add("deal", {"name": "First", "amount": "99m EUR"})))
        await until(pilot, lambda: lead.sums is not None and lead.sums.count == 3002)
        assert lead.cards[0].name != "First"  # it is before all that is loaded
        held, top = lead.card, lead.scroll_offset.y
        elsewhere(lambda workspace: workspace.run(Add("deal", {"name": "Near", "amount": "10.5 EUR"})))
        await until(pilot, lambda: any(card.name == "Near" for card in lead.cards))
        assert lead.card is held
        assert lead.scroll_offset.y == top + lead.tall  # what is seen stays where it is
        await pilot.press("home")
        await settled(pilot)
        assert lead.card.name == "First"
        assert lead.scroll_offset.y == 0


async def test_without_amounts_there_are_no_sums(running: Running) -> None:
    class Masked(Policy):
        def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
            return frozenset(("amount",)) if entity.key == "deal" else frozenset()

    async with running(BOARD, policy=Masked(), size=(130, 30)) as pilot:
        text = shown(pilot)
        assert names(pilot, "Lead") == ["Bridge"]
        assert "JPY" not in text
        assert "weighted" not in text
