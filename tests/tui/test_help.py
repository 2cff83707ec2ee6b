"""What helps one along: keys of this view, help of what has the focus, the palette, letters to jump by, the line of keys."""

from __future__ import annotations

from typing import cast

from tests.tui.conftest import Running, settled, shown, until
from textual.geometry import Offset
from textual.widgets import Input, OptionList

from crmtool.doors.width import width
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import Place
from crmtool.tui.screens.jump import Jump
from crmtool.tui.screens.keyhelp import Keys, WidgetHelp
from crmtool.tui.screens.palette import Palette
from crmtool.tui.screens.search import Search
from crmtool.tui.widgets.keybar import KeyBar

CONTACTS = Place("list", "contact")


async def test_the_keys_of_a_view_are_grouped_searched_and_used(running: Running) -> None:
    async with running(CONTACTS, size=(110, 50)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Keys))
        assert "What has the focus" in shown(pilot)
        box = pilot.app.screen.query_one(OptionList)
        await pilot.press("pagedown")
        assert (box.highlighted or 0) > 5
        await pilot.press(*"no key is called so")
        await until(pilot, lambda: "Nothing is called so." in shown(pilot))
        await pilot.press("enter", "ctrl+u", *"letters find")
        await pilot.pause()
        assert [option.id for option in box.options if not option.disabled] == ["app.search"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Search))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, WidgetHelp))
        assert "accents" in shown(pilot)
        await pilot.press("f1", "escape")
        assert isinstance(pilot.app.screen, Search)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await pilot.press("f1")  # also above a question
        await until(pilot, lambda: isinstance(pilot.app.screen, WidgetHelp))


async def test_the_palette_holds_actions_places_and_what_was_opened_with_their_commands(
    running: Running,
) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        opened = cast(CrmApp, pilot.app).screen.place  # type: ignore[attr-defined]
        assert opened.kind == "record"
        await pilot.press("0")
        await settled(pilot)
        for typed, line in (
            ("roll back", ""),
            ("undo", "crm undo"),
            ("boats", "crm boat list"),
            ("customers", "crm contact list --view=Customers"),
            ("fair", "crm contact list --list=Fair"),
            ("contact show", "crm contact show @"),
        ):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
            pilot.app.screen.query_one(Input).value = typed
            await pilot.pause()
            prompts = [str(option.prompt) for option in pilot.app.screen.query_one(OptionList).options]
            wanted = line or "Nothing is called so."
            assert any(wanted in prompt for prompt in prompts), typed
            assert line or len(prompts) == 1, typed
            if typed == "contact show":
                await pilot.press("enter")
                await settled(pilot)
            else:
                await pilot.press("escape")
        assert pilot.app.screen.place == opened  # type: ignore[attr-defined]


async def test_letters_lead_to_what_can_have_the_focus(running: Running) -> None:
    async with running(Place("search")) as pilot:
        chain = pilot.app.screen.focus_chain
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(pilot.app.screen, Jump))
        await pilot.press("s")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Jump))
        await until(pilot, lambda: pilot.app.focused is chain[1])
        await pilot.press("ctrl+o", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Search)


async def test_the_line_of_keys_fits_and_always_says_where_the_others_are(running: Running) -> None:
    async with running(CONTACTS, size=(60, 20)) as pilot:
        for columns in (60, 30, 100, 200):
            await pilot.resize_terminal(columns, 20)
            await settled(pilot)
            line = shown(pilot).splitlines()[-1]
            assert width(line) <= columns
            assert line.endswith("? Keys")
        bar = pilot.app.screen.query_one(KeyBar)
        at = shown(pilot).splitlines()[-1].index("? Keys")
        await pilot.click(bar, offset=(at, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, Keys))


async def test_the_terminals_cursor_stands_where_the_focus_is(running: Running) -> None:
    async with running(Place("search", text="acme")) as pilot:
        line = pilot.app.screen.query_one(Input)
        assert pilot.app.cursor_position == line.cursor_screen_offset
        await pilot.press("tab", "down")
        await settled(pilot)
        box = pilot.app.screen.query_one(OptionList)
        assert box.has_focus
        assert box.highlighted == 1
        assert pilot.app.cursor_position == box.content_region.offset + Offset(0, 1)


async def test_the_palette_leaves_out_what_moves_the_cursor_and_has_the_colours(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        ids = [option.id or "" for option in pilot.app.screen.query_one(OptionList).options]
        assert not {"grid.up", "grid.page_down", "grid.last"} & {*ids}
        assert {"grid.open", "list.filter", "app.undo", "theme light"} <= {*ids}
        await pilot.press(*"colours light")
        await pilot.pause()
        await pilot.press("enter")
        app = cast(CrmApp, pilot.app)
        await until(pilot, lambda: app.deeds.log)
        assert (app.theme, app.deeds.log[-1].line) == ("light", "crm config set theme light")


async def test_a_question_shows_its_keys_at_the_foot_and_they_can_be_clicked(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        foot = str(pilot.app.screen.query_one(KeyBar).content)
        assert all(name in foot for name in ("Yes", "No", "Back"))
        assert "Filter" not in shown(pilot).splitlines()[-1]
        await pilot.click(KeyBar, offset=(foot.index("No") + 1, 0))
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm))
        assert pilot.app.screen.place == CONTACTS  # type: ignore[attr-defined]


async def test_a_list_of_nothing_done_says_so_and_has_no_empty_frame(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("ctrl+y")
        await settled(pilot)
        assert "Nothing was done yet" in shown(pilot)
        assert not pilot.app.screen.query_one(OptionList).display
