"""Changing and adding records in forms: every field of every kind of record, checked as it is typed, stored as one change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.pilot import Pilot
from textual.widgets import Select, SelectionList

from crmtool.app.commands import Add, Merge, Remove, Set
from crmtool.app.workspace import Workspace
from crmtool.core.changes import Actor, Change
from crmtool.core.entities import MODULES
from crmtool.core.policy import Policy
from crmtool.core.registry import Entity
from crmtool.store.reader import Query
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Confirm, Pick
from crmtool.tui.screens.form import Form
from crmtool.tui.widgets.difference import Differences
from crmtool.tui.widgets.inputs import FieldInput
from crmtool.tui.widgets.inputs_choice import ChoiceInput, ChoicesInput
from crmtool.tui.widgets.inputs_many import AddressInput, ManyInput
from crmtool.tui.widgets.inputs_reference import ReferenceInput
from crmtool.tui.widgets.inputs_text import TextInput
from crmtool.tui.widgets.stand_in import SafeArea, SafeInput

pytestmark = pytest.mark.slow

Elsewhere = Callable[[Callable[[Workspace], Any]], Any]


def named(workspace: Workspace, entity: str, name: str) -> str:
    """The id of a record of the sample."""
    return str(workspace.reader.by_name(entity, [name])[name][0])


async def opened(pilot: Pilot[int], entity: str, record: str | None = None, **values: Any) -> Form:
    """A form, once all its inputs are there."""
    form = Form(entity, record, values)
    await pilot.app.push_screen(form)
    await settled(pilot)
    return form


def of(form: Form, key: str) -> FieldInput:
    return next(one for one in form.query(FieldInput) if one.field.key == key)


def line(form: Form, key: str) -> SafeInput:
    return of(form, key).query(SafeInput).first()


TYPED = {
    "text": "Some words", "longtext": "one\ntwo", "email": "new@x.example", "phone": "+49 30 123456", "url": "https://x.example",
    "number": "12.5", "money": "1234.50 EUR", "date": "+3d", "instant": "2026-06-01 09:30", "tags": "one, two",
    "json": '["a"]', "yesno": "yes",
}  # fmt: skip
STORED = {
    "number": 12.5, "money": [123450, "EUR"], "date": "2026-06-18", "instant": "2026-06-01T09:30:00.000Z",
    "tags": ["one", "two"], "json": ["a"],
}  # fmt: skip
# What a field's own rule takes, as (typed, stored).
SPECIAL: dict[tuple[str, str], tuple[str, Any]] = {
    ("task", "repeat"): ("FREQ=WEEKLY", "FREQ=WEEKLY"), ("deal", "probability"): ("40", 40), ("stage", "probability"): ("40", 40),
    ("view", "filter"): ("name = x", "name = x"), ("view", "sort"): ("name", "name"), ("view", "columns"): ('["name"]', ["name"]),
    ("stage", "required"): ('["amount"]', ["amount"]), ("rate", "name"): ("USD", "USD"), ("rate", "base"): ("EUR", "EUR"),
}  # fmt: skip
# What a definition may not become once it is there, and what follows from another field.
FIXED = {
    "field": {"of", "key", "kind", "multi", "target"}, "object": {"key", "plural"}, "view": {"of"}, "list": {"of"},
    "link": {"from", "to", "from_entity", "to_entity"}, "deal": {"status", "closed_on", "lost_reason"}, "stage": {"pipeline"},
    "task": {"status", "done_at"},
}  # fmt: skip


def type_in(one: FieldInput, typed: str, stored: Any) -> Any:
    """Type a value as a person would, and answer what is to be stored."""
    if isinstance(one, ManyInput | AddressInput) and one.field.kind.name == "address":
        one.query("#city").first(SafeInput).value = "Oslo"
        held = one.value[0]["value"] if isinstance(one.value, list) and one.value else one.value or {}
        return {**held, "city": "Oslo"}
    if isinstance(one, ChoicesInput):
        one.query_one(SelectionList).select(one.field.choices[-1].key)
        return [*(one.value or ()), one.field.choices[-1].key]
    if isinstance(one, ChoiceInput):
        key = [key for _, key in one.choices() if key != one.key_of(one.value)][-1]
        one.query_one(Select).value = key
        return key if one.field.kind.name == "choice" else key == "yes"
    if isinstance(one, TextInput):
        one.query_one(SafeArea).load_text(typed)
    else:
        one.query(SafeInput).first().value = typed
    return stored


def first(workspace: Workspace, entity: str | None) -> dict[str, Any] | None:
    return next(iter(workspace.query(Query(entity or "contact", limit=1, expand=False))), None)


async def fill(pilot: Pilot[int], form: Form, entity: str, targets: dict[str, str]) -> dict[str, Any]:
    """Type a value into every input, and answer what is to be stored by field."""
    wanted: dict[str, Any] = {}
    for one in form.query(FieldInput):
        key, kind = one.field.key, one.field.kind.name
        if key in FIXED.get(entity, ()):
            continue
        if isinstance(one, ReferenceInput):
            if one.field.target in targets:
                line(form, key).value = wanted[key] = targets[one.field.target]
            continue
        if isinstance(one, ManyInput) and not one.rows:
            one.action_more()
            await pilot.pause()
        typed = TYPED.get(kind, "")
        wanted[key] = type_in(one, *SPECIAL.get((entity, key), (typed, STORED.get(kind, typed))))
    return wanted


def bare(value: Any) -> Any:
    """The first of several values, without what identifies its entry."""
    several = isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "value" in value[0]
    return value[0]["value"] if several else value


@pytest.mark.parametrize("room", [*MODULES, "own"])
async def test_every_field_of_every_kind_of_record_can_be_entered(
    room: str, running: Running, elsewhere: Elsewhere
) -> None:
    def records(workspace: Workspace) -> tuple[dict[str, str], dict[str, str]]:
        found = {key: record for key in workspace.registry.entities if (record := first(workspace, key))}
        ids = {key: str(record["id"]) for key, record in found.items()}
        return {key: ids[key] for key in (MODULES.get(room, {"boat": ""})) if key in ids}, ids

    async with running() as pilot:
        chosen, targets = elsewhere(records)
        for entity, record in chosen.items():
            form = await opened(pilot, entity, record)
            wanted = await fill(pilot, form, entity, {**targets, "company": elsewhere(another)})
            await pilot.press("ctrl+s")
            await settled(pilot)
            assert not form.is_attached, (entity, shown(pilot))
            now = elsewhere(partial(stored, entity, record))
            assert {key: bare(now[key]) for key in wanted} == wanted


def stored(entity: str, record: str, workspace: Workspace) -> dict[str, Any]:
    return workspace.reader.require(entity, record)


def another(workspace: Workspace) -> str:
    """A company that none of the sample's first records is."""
    return named(workspace, "company", "akerlund & soner")


async def test_what_does_not_fit_is_said_below_its_input_and_nothing_is_stored(running: Running) -> None:
    async with running() as pilot:
        form = await opened(pilot, "contact")
        line(form, "birthday").value = "someday"
        line(form, "emails").value = "nobody"
        await pilot.pause()
        assert "is not a date" in shown(pilot) or "is not an e-mail address" in shown(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert form.is_attached
        assert "! Name is missing." in shown(pilot)
        line(form, "name").value = "Bo Ek"
        line(form, "birthday").value = "1990-01-02"
        line(form, "emails").value = "bo@ek.example"
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert form.saved is not None
        assert "crm contact add 'Bo Ek'" in shown(pilot)


async def test_only_what_was_changed_is_stored_and_leaving_asks(
    running: Running, elsewhere: Elsewhere
) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running() as pilot:
        form = await opened(pilot, "contact", ana)
        await pilot.press("escape")
        await settled(pilot)
        assert not form.is_attached  # nothing was changed: nothing is asked
        form = await opened(pilot, "contact", ana)
        line(form, "title").value = "CEO"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "Job title" in shown(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert form.is_current
        await pilot.press("ctrl+s")
        await settled(pilot)
        line_of_it = deeds(pilot)[-1]
        assert "title=CEO" in line_of_it
        assert line_of_it.count("=") == 2  # the one field, and the revision it was read at


async def test_a_record_is_found_while_its_name_is_typed(running: Running, elsewhere: Elsewhere) -> None:
    async with running() as pilot:
        form = await opened(pilot, "contact")
        await pilot.press(*"Zoe", "enter", *"acm")
        await pilot.press("enter")  # before anything is listed: what is taken fits all that was typed
        await until(pilot, lambda: line(form, "company").value == "Acme")
        assert line(form, "company").cursor_position == len("Acme")
        line(form, "owner").focus()
        await until(pilot, lambda: of(form, "owner").query_one("OptionList").display)
        await pilot.press("down", "enter")  # of users there are few: they are listed at once
        await until(pilot, lambda: line(form, "owner").value == "Sam Seller")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert form.saved is not None
        record = elsewhere(lambda workspace: workspace.reader.require("contact", str(form.saved)))
        assert record["company"] == elsewhere(lambda workspace: named(workspace, "company", "acme"))


async def test_whom_one_adds_may_be_known_already(running: Running, elsewhere: Elsewhere) -> None:
    async with running() as pilot:
        form = await opened(pilot, "contact")
        line(form, "name").value = "Ana Ruiz"
        line(form, "emails").value = "ana@acme.es"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Pick))
        assert "Perhaps known already" in shown(pilot)
        await pilot.press("down", "enter")  # look at her
        await settled(pilot)
        assert pilot.app.screen.place.record == elsewhere(lambda w: named(w, "contact", "ana ruiz"))  # type: ignore[attr-defined]
        assert form.saved is None


async def test_values_given_beforehand_are_shown_and_stored(running: Running, elsewhere: Elsewhere) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running() as pilot:
        form = await opened(pilot, "task", contact=ana, due_on="+1d")
        assert line(form, "contact").value == "Ana Ruiz"
        line(form, "name").value = "Write"
        await pilot.press("ctrl+s")
        await settled(pilot)
        task = elsewhere(lambda workspace: workspace.reader.require("task", str(form.saved)))
        assert (task["contact"], task["due_on"]) == (ana, "2026-06-16")


async def test_hostile_text_is_shown_with_stand_ins_and_comes_back_as_it_was(
    running: Running, elsewhere: Elsewhere
) -> None:
    name = "Mallory [/red] \x1b[31m\u202e"
    mallory = elsewhere(lambda workspace: first_named(workspace, name))
    async with running() as pilot:
        form = await opened(pilot, "contact", mallory)
        assert all(char not in shown(pilot) for char in "\x1b\u202e")
        line(form, "name").value += "!"
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert elsewhere(lambda w: w.reader.require("contact", mallory)["name"]) == name + "!"


def first_named(workspace: Workspace, name: str) -> str:
    return next(str(r["id"]) for r in workspace.query(Query("contact")) if r["name"] == name)


async def test_a_very_long_text_is_edited_in_the_editor(
    running: Running, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nprintf 'and more\\n' >> \"$1\"\n")
    script.chmod(0o700)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(script))
    long = "word " * 20_000
    note = elsewhere(lambda w: w.run(Add("note", {"body": long})).made[0][1])
    async with running() as pilot:
        monkeypatch.setattr(
            type(pilot.app), "suspend", lambda app: contextlib.nullcontext()
        )  # there is no terminal
        form = await opened(pilot, "note", note)
        assert "99,999 characters" in shown(pilot)
        form._focus(of(form, "name"))
        form.query_one(SafeArea)  # it is there, and empty: the text is not in it
        await form._edit(of(form, "body"))
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert elsewhere(lambda w: w.reader.require("note", note)["body"]).endswith("wordand more")


async def test_an_editor_that_leaves_no_text_changes_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "rm")
    async with running() as pilot:
        monkeypatch.setattr(type(pilot.app), "suspend", lambda app: contextlib.nullcontext())
        form = await opened(pilot, "note", body="as it was")
        of(form, "body").query_one(SafeArea).focus()
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "rm did not end well" in shown(pilot))
        assert of(form, "body").query_one(SafeArea).text == "as it was"


async def test_enter_goes_through_all_inputs(running: Running) -> None:
    async with running() as pilot:
        form = await opened(pilot, "contact")
        line(form, "emails").focus()
        rows = len(form.query(SafeInput))
        await pilot.press("enter", "enter")  # the value, and its label
        assert line(form, "phones").has_focus
        assert len(form.query(SafeInput)) == rows


async def test_what_others_change_meanwhile_comes_in_or_is_asked_about(
    running: Running, elsewhere: Elsewhere
) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running(size=(100, 50)) as pilot:
        form = await opened(pilot, "contact", ana)
        line(form, "title").value = "CEO"
        line(form, "tags").value = "vip; key; mine"
        theirs = (("title", "=", "CTO"), ("tags", "+=", "theirs"), ("source", "=", "Fair"))
        elsewhere(lambda workspace: workspace.run(Set("contact", (ana,), theirs)))
        await until(pilot, lambda: form.query_one(Differences).waiting)
        assert line(form, "source").value == "Fair"  # nobody had touched it here
        assert "theirs" in line(form, "tags").value  # both sides' words stand
        assert "mine" in line(form, "tags").value
        await until(pilot, lambda: "Theirs:  CTO (Sam Seller)" in shown(pilot))
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert form.is_attached  # the title waits for a choice
        form.query_one(Differences).query("Button").first().focus()
        await pilot.press("m")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        now = elsewhere(lambda workspace: workspace.reader.get("contact", ana))
        assert (now["title"], now["tags"]) == ("CEO", ["vip", "key", "mine", "theirs"])


async def test_nothing_is_written_over_that_was_not_seen(
    running: Running, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Form, "on_news", lambda form, news: None)  # saved before the news come
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running(size=(100, 50)) as pilot:
        form = await opened(pilot, "contact", ana)
        line(form, "title").value = "CEO"
        theirs = (("title", "=", "CTO"), ("source", "=", "Fair"))
        elsewhere(lambda workspace: workspace.run(Set("contact", (ana,), theirs)))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: form.query_one(Differences).waiting)
        assert elsewhere(lambda w: w.reader.require("contact", ana)["title"]) == "CTO"
        assert line(form, "source").value == "Fair"


async def test_a_record_that_goes_while_it_is_edited_is_said_so(
    running: Running, elsewhere: Elsewhere
) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running() as pilot:
        form = await opened(pilot, "contact", ana)
        line(form, "title").value = "CEO"
        elsewhere(lambda workspace: workspace.run(Remove("contact", (ana,))))
        await until(pilot, lambda: "moved to the trash or erased" in shown(pilot))
        await pilot.press("ctrl+s")
        await settled(pilot)
        await until(pilot, lambda: "Take the change back" in shown(pilot))
        assert form.is_attached
        assert line(form, "title").value == "CEO"


async def test_a_record_that_is_merged_while_it_is_edited_says_into_whom(
    running: Running, elsewhere: Elsewhere
) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))

    def merged(workspace: Workspace) -> None:
        other = str(workspace.run(Add("contact", {"name": "Zoe Other"})).changed[0][1])
        workspace.run(Merge("contact", other, (ana,)), origin="merge")

    async with running() as pilot:
        form = await opened(pilot, "contact", ana)
        line(form, "title").value = "CEO"
        elsewhere(merged)
        await until(pilot, lambda: "was merged into Zoe Other meanwhile" in shown(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Change Zoe Other instead" in shown(pilot))
        assert ana not in shown(pilot)
        assert line(form, "title").value == "CEO"


async def test_what_a_policy_denies_is_not_shown_or_cannot_be_typed(
    running: Running, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = elsewhere(lambda workspace: named(workspace, "contact", "ana ruiz"))
    async with running(policy=Narrow()) as pilot:
        form = await opened(pilot, "contact", ana)
        assert "birthday" not in {one.field.key for one in form.query(FieldInput)}
        assert of(form, "title").disabled
        assert not of(form, "name").disabled


class Narrow(Policy):
    """Hides birthdays, and keeps job titles as they are."""

    def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
        return frozenset(("birthday",)) if entity.key == "contact" else frozenset()

    def may_write(self, actor: Actor, entity: Entity, change: Change) -> bool:
        return "title" not in change.after


def deeds(pilot: Pilot[int]) -> list[str]:
    """The command lines of what was done."""
    assert isinstance(pilot.app, CrmApp)
    return [echo.line for echo in pilot.app.deeds.log]
