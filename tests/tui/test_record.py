"""The screen of one record: what it shows, what is done from it, and what others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from tests.tui.test_form import deeds, named
from textual.pilot import Pilot

from crmtool.app.commands import Add, Purge, Remove, Set
from crmtool.app.workspace import Workspace
from crmtool.core.ids import handle
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Confirm, Dialog, Prompt
from crmtool.tui.places import Place
from crmtool.tui.screens.form import Form
from crmtool.tui.screens.record import RecordScene
from crmtool.tui.screens.record_history import RecordHistory
from crmtool.tui.widgets.pane import Pane

Elsewhere = Callable[[Callable[[Workspace], Any]], Any]


@pytest.fixture
def ana(elsewhere: Elsewhere) -> Place:
    return Place("record", "contact", elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz")))


async def asked(pilot: Pilot[int]) -> None:
    """Wait for a question."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))


def texts(pilot: Pilot[int], pane: str) -> str:
    return "\n".join(
        f"{line.label}: {line.text}" for line in pilot.app.screen.query_one(f"#{pane}", Pane).shown
    )


async def test_it_shows_fields_ties_what_is_next_and_what_happened(running: Running, ana: Place) -> None:
    async with running(ana, size=(120, 40)) as pilot:
        assert "Contact: Ana Ruiz" in shown(pilot)
        assert "ana@acme.es" in texts(pilot, "fields")
        assert "Deal: Roof" in texts(pilot, "about")
        assert "2026-06-10  Call back (overdue)" in texts(pilot, "next")
        assert "Call: Asked about prices" in texts(pilot, "past")
        assert "Nickname" not in texts(pilot, "fields")
        await pilot.press("z")
        assert "Nickname" in texts(pilot, "fields")
        await pilot.press("z", "down", "enter")  # the company is under the cursor
        await settled(pilot)
        assert "Company: Acme" in shown(pilot)
        assert "Contact: Ana Ruiz" in texts(pilot, "about")


async def test_a_call_takes_a_key_the_text_and_enter(running: Running, ana: Place) -> None:
    async with running(ana, size=(120, 40)) as pilot:
        await pilot.press("c")
        await asked(pilot)
        await pilot.press(*"wants an offer", "enter")
        await until(pilot, lambda: "Call: wants an offer" in texts(pilot, "past"))
        await pilot.press("t")
        await asked(pilot)
        await pilot.press(*"send it due=tomorrow", "enter")
        await until(pilot, lambda: "2026-06-16  send it" in texts(pilot, "next"))
        await pilot.press("m")
        await asked(pilot)
        await pilot.press(*"likes tea", "enter")
        await until(pilot, lambda: "Note: likes tea" in texts(pilot, "past"))
        assert deeds(pilot)[0].startswith("crm activity add 'wants an offer'")
        pilot.app.screen.query_one("#next", Pane).focus()
        await pilot.press("home", "D")  # the overdue one
        await until(pilot, lambda: "Call back" not in texts(pilot, "next"))


async def test_what_others_do_appears_and_the_cursor_stays(
    running: Running, ana: Place, elsewhere: Elsewhere
) -> None:
    async with running(ana, size=(120, 40)) as pilot:
        fields = pilot.app.screen.query_one("#fields", Pane)
        await pilot.press("down", "down", "down")
        held = fields.line
        assert held is not None
        elsewhere(lambda workspace: workspace.run(Set("contact", (ana.record,), (("title", "=", "CEO"),))))
        await until(pilot, lambda: "CEO" in texts(pilot, "fields"))
        assert fields.line is not None
        assert fields.line.key == held.key
        elsewhere(lambda workspace: workspace.run(Add("task", {"name": "New", "contact": ana.record})))
        await until(pilot, lambda: "New" in texts(pilot, "next"))
        elsewhere(lambda workspace: workspace.run(Remove("contact", (ana.record,))))
        await until(pilot, lambda: "in the trash" in shown(pilot))
        await pilot.press("R")
        await until(pilot, lambda: "in the trash" not in shown(pilot))
        elsewhere(lambda workspace: workspace.run(Purge("contact", (ana.record,))))
        await until(pilot, lambda: "was erased" in shown(pilot))
        await pilot.press("e", "d", "c")  # nothing to do any more, and nothing breaks
        await settled(pilot)
        assert isinstance(pilot.app.screen, RecordScene)


async def test_it_is_asked_for_anew_where_news_touch_it_alone(
    running: Running, ana: Place, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[set[str]] = []
    loads: list[RecordScene] = []
    async with running(ana, size=(120, 40)) as pilot:
        scene = pilot.app.screen
        assert isinstance(scene, RecordScene)
        told, load = scene._hear, scene.load

        async def hear(news: Any) -> None:
            await told(news)
            heard.append({*news.records})

        def loading() -> None:
            loads.append(scene)
            load()

        monkeypatch.setattr(scene, "_hear", hear)
        monkeypatch.setattr(scene, "load", loading)
        elsewhere(lambda workspace: workspace.run(Add("company", {"name": "Elsewhere"})))
        await until(pilot, lambda: any("company" in kinds for kinds in heard))
        assert not loads
        elsewhere(lambda workspace: workspace.run(Add("note", {"body": "About her", "contact": ana.record})))
        await until(pilot, lambda: loads and "About her" in texts(pilot, "past"))


async def test_older_events_are_asked_for(running: Running, ana: Place, elsewhere: Elsewhere) -> None:
    def talk(workspace: Workspace) -> None:
        for n in range(20):
            values = {"name": f"Talk {n}", "contact": ana.record, "happened_at": f"2026-05-{n + 1:02d}"}
            workspace.run(Add("activity", values))

    elsewhere(talk)
    async with running(ana, size=(120, 40)) as pilot:
        assert "Talk 3 " not in texts(pilot, "past")
        pilot.app.screen.query_one("#past", Pane).focus()
        await pilot.press("end", "enter")
        await until(pilot, lambda: "Talk 3 " in texts(pilot, "past"))


async def test_it_is_changed_deleted_and_tagged(running: Running, ana: Place, elsewhere: Elsewhere) -> None:
    async with running(ana, size=(120, 40)) as pilot:
        await pilot.press("+")
        await asked(pilot)
        await pilot.press(*"fair", "enter")
        await until(pilot, lambda: "vip, key, fair" in texts(pilot, "fields"))
        await pilot.press("-")
        await asked(pilot)
        await pilot.press(*"key", "enter")
        await until(pilot, lambda: "vip, fair" in texts(pilot, "fields"))
        await pilot.press("L")
        await asked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Is on the list: Fair" in texts(pilot, "about"))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Form))
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("d")
        await asked(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "in the trash" in shown(pilot))
        record = elsewhere(lambda workspace: workspace.reader.require("contact", ana.record))
        assert (record["tags"], bool(record["deleted_at"])) == (["vip", "fair"], True)


async def test_its_history_takes_one_change_back(running: Running, ana: Place, elsewhere: Elsewhere) -> None:
    elsewhere(lambda w: w.run(Set("contact", (ana.record,), (("title", "=", "CEO"),))))
    elsewhere(lambda w: w.run(Set("contact", (ana.record,), (("title", "=", "CTO"),))))
    elsewhere(lambda w: w.run(Set("contact", (ana.record,), (("source", "=", "Fair"),))))
    async with running(ana, size=(120, 40)) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecordHistory))
        await settled(pilot)
        assert "Job title: CEO → CTO (Sam Seller)" in texts(pilot, "changes")
        await pilot.press("down", "z")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "Job title: CTO → CEO" in texts(pilot, "changes"))
        record = elsewhere(lambda workspace: workspace.reader.require("contact", ana.record))
        assert (record["title"], record["source"]) == ("CEO", "Fair")


async def test_another_record_is_merged_into_it(running: Running, ana: Place, elsewhere: Elsewhere) -> None:
    values = {"name": "Ana Ruiz", "email": "ana@acme.es"}
    twin = elsewhere(lambda workspace: workspace.run(Add("contact", values)).made[0][1])
    async with running(ana, size=(120, 40)) as pilot:
        await until(pilot, lambda: "Ana Ruiz" in texts(pilot, "same"))
        pilot.app.screen.query_one("#same", Pane).focus()
        await pilot.press("&")
        await asked(pilot)
        await pilot.press("y")
        await until(pilot, lambda: not texts(pilot, "same"))
        record = elsewhere(lambda workspace: workspace.reader.require("contact", twin))
        assert record["deleted_at"]
        assert deeds(pilot)[-1].startswith("crm merge @")


async def test_a_lead_is_converted_and_a_deal_is_won(running: Running, elsewhere: Elsewhere) -> None:
    jose = elsewhere(lambda workspace: named(workspace, "contact", "jose blanco"))
    async with running(Place("record", "contact", jose), size=(120, 40)) as pilot:
        await pilot.press("C")
        await asked(pilot)
        await pilot.press("enter")  # called after the company
        await until(pilot, lambda: "Deal: Acme" in texts(pilot, "about"))
        pilot.app.screen.query_one("#about", Pane).focus()
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "Status: Won" in texts(pilot, "fields"))


async def test_a_record_is_tied_to_another_and_untied(
    running: Running, ana: Place, elsewhere: Elsewhere
) -> None:
    bridge = elsewhere(lambda workspace: named(workspace, "deal", "bridge"))
    async with running(ana, size=(120, 40)) as pilot:
        await pilot.press("r")
        await asked(pilot)
        await pilot.press(*"bridge")
        await until(pilot, lambda: "Deal: Bridge" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press(*"buyer", "enter")
        await until(pilot, lambda: "Takes part in: Bridge, buyer" in texts(pilot, "about"))
        here, there = (f"@{handle(record)}" for record in (ana.record, bridge))
        done = f"crm contact link {here} deal={there} role=buyer"
        await until(pilot, lambda: deeds(pilot)[-1:] == [done])
        pane = pilot.app.screen.query_one("#about", Pane)
        pane.focus()
        pane.highlighted = next(at for at, line in enumerate(pane.shown) if line.key.startswith("tie."))
        await pilot.press("U")
        await until(pilot, lambda: "Bridge, buyer" not in texts(pilot, "about"))
        undone = done.replace("link", "unlink")
        await until(pilot, lambda: deeds(pilot)[-1:] == [undone])
        await pilot.press("u")
        await until(pilot, lambda: "Takes part in: Bridge, buyer" in texts(pilot, "about"))


async def test_a_file_is_attached_and_copied_out(
    running: Running, ana: Place, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    offer, out = tmp_path / "offer.txt", tmp_path / "out"
    offer.write_text("ours")
    out.mkdir()
    async with running(ana, size=(120, 40)) as pilot:
        await pilot.press("A")
        await asked(pilot)
        pilot.app.screen.query_one("Input").value = str(offer)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: "offer.txt" in texts(pilot, "about"))
        about = pilot.app.screen.query_one("#about", Pane)
        about.focus()
        about.highlighted = next(n for n, line in enumerate(about.shown) if "offer.txt" in line.text)
        await pilot.press("X")
        await asked(pilot)
        pilot.app.screen.query_one("Input").value = str(out)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: (out / "offer.txt").exists())
        assert (out / "offer.txt").read_text() == "ours"


async def test_every_kind_of_record_is_shown_at_every_width(running: Running, elsewhere: Elsewhere) -> None:
    def one_of_each(workspace: Workspace) -> list[Place]:
        found = [
            (key, next(iter(workspace.query(Query(key, limit=1))), None))
            for key in workspace.registry.entities
        ]
        return [Place("record", key, str(record["id"])) for key, record in found if record]

    async with running(size=(60, 20)) as pilot:
        for place in elsewhere(one_of_each):
            pilot.app.start_at(place)  # type: ignore[attr-defined]
            await settled(pilot)
            assert pilot.app.screen.query_one("#fields", Pane).shown, place
