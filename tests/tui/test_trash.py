"""The trash: what was deleted, kind by kind; restoring it and erasing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tui.conftest import Running, settled, shown, until

from crmtool.app.commands import Remove
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import Place
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.reading import Reading

TRASH = Place("trash")


def named(workspace: Workspace, entity: str, name: str, trash: str = "with") -> list[str]:
    records = workspace.query(Query(entity, fields=("id", "name"), trash=trash))
    return [str(record["id"]) for record in records if str(record["name"]).startswith(name)]


def deleted(workspace: Workspace) -> None:
    for name in ("Ana Ruiz", "José", "Mallory"):
        workspace.run(Remove("contact", tuple(named(workspace, "contact", name))))
    workspace.run(Remove("deal", tuple(named(workspace, "deal", "Roof"))))


async def test_what_was_deleted_is_listed_by_kind_read_and_restored(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    elsewhere(deleted)
    async with running(TRASH) as pilot:
        text = shown(pilot)
        assert "Contacts 3" in text
        assert "Deals 1" in text
        assert text.index("Mallory [/red]") < text.index("Ana Ruiz")  # the last one deleted first
        grid = pilot.app.screen.query_one(Grid)
        grid.cursor = 2
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        assert "ana@acme.es" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Reading))
        await pilot.press("r")
        await until(pilot, lambda: "Contacts 2" in shown(pilot))
        assert elsewhere(lambda w: named(w, "contact", "Ana Ruiz", "without"))
        assert "crm contact restore @" in shown(pilot)
        await pilot.press("asterisk", "r")  # all that are left of this kind
        await until(pilot, lambda: "Contacts 0" in shown(pilot))
        assert "Nothing of this kind" in shown(pilot)
        elsewhere(lambda w: w.run(Remove("company", tuple(named(w, "company", "Acme")))))
        await until(pilot, lambda: "Companies 1" in shown(pilot))
        await settled(pilot)


async def test_erasing_says_what_goes_with_it_and_asks_with_no_under_the_cursor(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    elsewhere(deleted)
    async with running(TRASH._replace(text="contact")) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "This cannot be undone." in shown(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert elsewhere(lambda w: named(w, "contact", "Mallory"))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "Contacts 2" in shown(pilot))
        assert not elsewhere(lambda w: named(w, "contact", "Mallory"))
        assert "crm purge @" in shown(pilot)


async def test_an_empty_trash_says_so(running: Running) -> None:
    async with running(TRASH) as pilot:
        assert "0 deleted records" in shown(pilot)
        await pilot.press("r", "d", "asterisk", "r", "enter", "tab")
        await settled(pilot)
