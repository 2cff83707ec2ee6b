"""Keys of one's own: what they come to in the app, what is said of those that cannot be had, and where that is said."""

from __future__ import annotations

from tests.tui.conftest import Running, settled, shown, until

from crmtool.tui import keymap
from crmtool.tui.actions import ALL
from crmtool.tui.offers import offers
from crmtool.tui.places import HOME, Place
from crmtool.tui.screens.palette import Palette
from crmtool.tui.screens.search import Search

CONTACTS = Place("list", "contact")


async def test_keys_are_changed_by_the_id_of_their_action_or_taken_away(running: Running) -> None:
    own = {"app.search": "f7,ctrl+g", "app.contacts": "", "app.nothing": "x", "app.home": "nokey"}
    async with running(keys=own) as pilot:
        warned = " ".join(notice.message for notice in pilot.app._notifications)
        assert "app.nothing" in warned
        assert "nokey" in warned
        await pilot.press("f", "1")
        assert pilot.app.screen.place == HOME  # type: ignore[attr-defined]
        assert "1 Contacts" not in shown(pilot)
        held = {offer.id: offer.keys for offer in offers(pilot.app.screen)}
        assert held["app.contacts"] == ""
        assert "f7" in held["app.search"]
        await pilot.press("f7")
        assert isinstance(pilot.app.screen, Search)


async def test_single_letters_and_signs_can_all_be_switched_off(running: Running) -> None:
    async with running(CONTACTS, single_keys=False) as pilot:
        await pilot.press("q", "u", "f", "colon", "question_mark", "0", "j", "T")
        await settled(pilot)
        assert pilot.app.screen.place == CONTACTS  # type: ignore[attr-defined]
        assert pilot.app.return_code is None
        assert len(pilot.app.screen_stack) == 2
        assert not [
            key
            for key, active in pilot.app.screen.active_bindings.items()
            if keymap.is_single(key) and active.binding.id in ALL
        ]
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await pilot.press(*"sear", "enter")  # everything is still to be had by name
        await until(pilot, lambda: isinstance(pilot.app.screen, Search))


def test_what_is_wrong_with_keys_is_said() -> None:
    assert keymap.complaints({"app.search": "ctrl+g", "app.goto": "", "grid.open": "enter,o"}) == []
    said = {
        found.action: str(found.message)
        for found in keymap.complaints(
            {"app.serach": "x", "app.search": "hyperdrive", "app.goto": "f9", "app.redo": "?"}
        )
    }
    assert said == {
        "app.serach": "There is no action “app.serach”.",
        "app.search": "“hyperdrive” is no key, for “app.search”.",
        "app.goto": "“f9” is the key of “app.goto” and of “app.theme”.",
        "app.redo": "“?” is the key of “app.redo” and of “app.keys”.",
    }
    swapped = {"app.goto": "f9", "app.theme": "colon"}
    assert keymap.complaints(swapped) == []


def test_no_two_actions_that_meet_everywhere_share_a_key() -> None:
    taken: dict[str, str] = {}
    for action in keymap.actions().values():
        if action.id.startswith("app."):
            for key in keymap.split(action.keys):
                assert taken.setdefault(key, action.id) == action.id


def test_every_action_has_an_id_a_label_and_a_help() -> None:
    for action in keymap.actions().values():
        assert action.id.count(".") == 1
        assert action.label
        assert action.help.endswith((".", "!")), action.id
