"""Looking through duplicates: side by side, merged as marked, told apart, the sure ones at once, and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tui.conftest import Running, settled, shown, until

from crmtool.app.commands import Add, Remove
from crmtool.app.workspace import Workspace
from crmtool.core.ids import handle
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Confirm, Prompt
from crmtool.tui.places import Place
from crmtool.tui.screens.dupes import Dupes
from crmtool.tui.widgets.grid import Grid

DUPES = Place("dupes")


def pairs(workspace: Workspace) -> None:
    for number in range(3):
        mail = f"zoe.quist{number}@example.org"
        for title in ("Buyer", "Head of [/red] buying"):
            workspace.run(Add("contact", {"name": f"Zoe Quist{number}", "email": mail, "title": title}))


def quists(workspace: Workspace) -> list[dict[str, Any]]:
    found = workspace.query(Query("contact", trash="without"))
    return [record for record in found if str(record["name"]).startswith("Zoe")]


def scene_of(pilot: Any) -> Dupes:
    found = pilot.app.screen
    assert isinstance(found, Dupes)
    return found


async def test_a_group_is_merged_as_marked_the_next_told_apart_and_all_of_it_is_kept(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    elsewhere(pairs)
    async with running(DUPES, size=(120, 36)) as pilot:
        await until(pilot, lambda: "3 groups" in shown(pilot) and "stays" in shown(pilot))
        assert "same e-mail" in shown(pilot)
        assert "≠" in shown(pilot)
        assert "[/red]" in shown(pilot)
        scene = scene_of(pilot)
        side = scene.beside
        assert side is not None
        wanted = next(r for r in side.records if r["title"] != "Buyer")
        await pilot.press("enter")  # to the records
        grid = scene.query_one("#beside", Grid)
        await until(pilot, lambda: grid.row is not None)
        keep, other = side.group.records
        grid.column = 3
        await pilot.press("enter")  # the other one stays
        assert scene.keep == other
        title = next(n for n, f in enumerate(side.fields, 1) if f.key == "title")
        grid.cursor, grid.column = title, 2 + side.group.records.index(str(wanted["id"]))
        await settled(pilot)
        await pilot.press("enter", "m")
        await until(pilot, lambda: "2 groups" in shown(pilot))
        left = [r for r in elsewhere(quists) if r["id"] in (keep, other)]
        assert [r["id"] for r in left] == [other]
        assert left[0]["title"] == wanted["title"]
        assert f"crm merge @{handle(other)} @{handle(keep)}" in scene.crm.deeds.log[-1].line

        await until(pilot, lambda: scene.beside is not None)
        await pilot.press("n")
        await until(pilot, lambda: "1 group" in shown(pilot))
        assert "crm dupes distinct" in shown(pilot)
        await pilot.press("r")
        await until(pilot, lambda: not scene.is_working and "1 group" in shown(pilot))  # never asked twice

        await pilot.press("U")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("@", *handle(keep), "enter")
        await until(pilot, lambda: "crm unmerge" in shown(pilot))
        assert len(elsewhere(quists)) == 6


async def test_the_sure_ones_are_merged_after_saying_how_many_and_one_undo_takes_it_back(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    elsewhere(pairs)
    async with running(DUPES) as pilot:
        await until(pilot, lambda: "3 groups" in shown(pilot))
        elsewhere(lambda w: w.run(Remove("contact", (quists(w)[0]["id"],))))  # somebody else is quicker
        await until(pilot, lambda: "2 groups" in shown(pilot))
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "Merge these 2 groups?" in shown(pilot)
        assert "2 records go to the trash" in shown(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "No two look like the same." in shown(pilot))
        assert len(elsewhere(quists)) == 3
        assert "--above 0.95 --yes" in scene_of(pilot).crm.deeds.log[-1].line
        await pilot.press("u")
        await until(pilot, lambda: len(elsewhere(quists)) == 5)


async def test_companies_are_looked_through_too_and_no_duplicates_are_said(running: Running) -> None:
    async with running(DUPES) as pilot:
        assert "No two look like the same." in shown(pilot)
        await pilot.press("m", "n", "s", "A", "p")
        await until(pilot, lambda: "Duplicates: company" in shown(pilot))
        await settled(pilot)
        assert scene_of(pilot).place.words() == ["dupes", "company"]
