"""What can be done with one record from its screen, each asking what it needs and running one command.

All of them wait for the person, and belong inside ``Scene.work``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from crmtool.app import contents
from crmtool.app.commands import Close, Convert, Delist, Done, Enlist, Merge, Remove, Restore, Set
from crmtool.app.ties import ties
from crmtool.core import ids
from crmtool.core.errors import CrmError, NotFoundError
from crmtool.core.messages import Message, t
from crmtool.core.query import Compare, Path
from crmtool.doors import documents
from crmtool.doors.addresses import of_value, target_of
from crmtool.doors.filenames import known_name, safe_name
from crmtool.doors.naming import deal_name
from crmtool.doors.opener import launched
from crmtool.store.reader import Query
from crmtool.tui.desk import WRITE
from crmtool.tui.dialogs import Choice, Confirm, Pick, Prompt
from crmtool.tui.echo import named, words_of
from crmtool.tui.finder import Find

if TYPE_CHECKING:
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.doors.sheets import Line, Sheet
    from crmtool.tui.screens.base import Scene

_NEW = "new"


async def delete(scene: Scene, sheet: Sheet) -> None:
    """Move the record to the trash."""
    question = t("Move {name} to the trash?", name=sheet.name)
    if await scene.ask(Confirm(question, t("“u” takes it back."), yes=t("Delete"))):
        await scene.crm.deeds.run(Remove(sheet.entity.key, (sheet.record["id"],)))


async def restore(scene: Scene, sheet: Sheet) -> None:
    """Take the record out of the trash."""
    await scene.crm.deeds.run(Restore(sheet.entity.key, (sheet.record["id"],)))


async def convert(scene: Scene, sheet: Sheet) -> None:
    """Turn a lead into an opportunity, with a deal that the person names."""
    name = await scene.ask(
        Prompt(
            t("What is the deal called?"),
            t("Left empty, only the lifecycle rises."),
            value=deal_name(sheet.record),
            required=False,
        )
    )
    if name is not None:
        await scene.crm.deeds.run(Convert(sheet.record["id"], name.strip() or None, {}))


async def close(scene: Scene, sheet: Sheet, status: str) -> None:
    """Win or lose a deal."""
    reason = None
    if status == "lost":
        reason = await scene.ask(Prompt(t("Why was it lost?"), required=False))
        if reason is None:
            return
    await scene.crm.deeds.run(Close(sheet.record["id"], status, reason or None))


async def finish(scene: Scene, task: str) -> None:
    """Tick off a task."""
    await scene.crm.deeds.run(Done(task))


async def merge(scene: Scene, sheet: Sheet, other: str | None = None) -> None:
    """Make another record one with this one, which stays."""
    key, keep = sheet.entity.key, sheet.record["id"]
    if other is None:
        question = t("Which record is the same as {name}?", name=sheet.name)
        other = await scene.ask(Find(scene.crm.desk, question, key, without=keep))
    if other is None:
        return
    gone = other

    def look(workspace: Workspace) -> tuple[str, Merge]:
        from crmtool.match.answers import evidence_on

        entity = workspace.registry.entity(key)
        made = Merge(key, keep, (gone,), (), evidence_on(workspace, entity, keep, (gone,)))
        return workspace.reader.names(key, [gone]).get(gone, ""), made

    name, command = await scene.crm.desk.ask(look)
    sure = Confirm(
        t("Make {other} one with {name}?", other=name, name=sheet.name),
        t("{name} stays and takes in what the other has; the other goes to the trash. “u” takes it back.", name=sheet.name),
        yes=t("Merge"),
        dangerous=True,
    )  # fmt: skip
    if await scene.ask(sure):
        await _run_as(scene, command, "merge")


async def _run_as(scene: Scene, command: Command, origin: str) -> None:
    words = await scene.crm.desk.ask(lambda workspace: words_of(command, workspace))
    await scene.crm.deeds.work(words, lambda workspace: workspace.run(command, origin=origin))


# -- tags and lists ----------------------------------------------------------------------------------------------------


async def tag(scene: Scene, sheet: Sheet) -> None:
    """Add tags."""
    typed = await scene.ask(
        Prompt(t("Which tags?"), t("Several stand between commas."), placeholder="vip, fair")
    )
    if typed:
        await scene.crm.deeds.run(Set(sheet.entity.key, (sheet.record["id"],), (("tags", "+=", typed),)))


async def untag(scene: Scene, sheet: Sheet) -> None:
    """Take a tag away."""
    held = [Choice(word, word) for word in sheet.record.get("tags") or ()]
    if not held:
        return
    word = await scene.ask(Pick(t("Which tag is to go?"), held))
    if word is not None:
        await scene.crm.deeds.run(Set(sheet.entity.key, (sheet.record["id"],), (("tags", "-=", [word]),)))


async def lists(scene: Scene, sheet: Sheet) -> None:
    """Put the record on a static list, or take it off one that it is on."""
    key, record = sheet.entity.key, sheet.record["id"]

    def look(workspace: Workspace) -> tuple[list[dict[str, Any]], set[str]]:
        of = workspace.registry.entity("list").fields["of"]
        found = list(workspace.query(Query("list", Compare(Path((of,)), "=", key))))
        return found, {tie.other for tie in ties(workspace, record, relation="member")}

    found, on = await scene.crm.desk.ask(look)
    choices = [
        Choice(one["id"], one["name"], t("(on it: take off)") if one["id"] in on else "") for one in found
    ]
    picked = await scene.ask(Pick(t("Which list?"), [*choices, Choice(_NEW, t("A new list…"))]))
    command: Command | None = None
    if picked == _NEW:
        name = await scene.ask(Prompt(t("What is the list called?")))
        if name:
            command = Enlist(key, (record,), ids.new_id(), {"name": name, "of": key})
    elif picked is not None:
        command = Delist((record,), picked) if picked in on else Enlist(key, (record,), picked)
    if command is not None:
        await scene.crm.deeds.run(command)


# -- what lies outside -------------------------------------------------------------------------------------------------


async def open_outside(scene: Scene, sheet: Sheet, line: Line | None) -> None:
    """Write to, call or visit what the row shows, else what the record leads to; of a document, open a copy."""

    def look(workspace: Workspace) -> str:
        if line is not None and line.leads is not None and line.leads[0] == "file":
            return documents.copy_to_open(workspace, workspace.reader.require("file", line.leads[1]))
        if sheet.entity.key == "file":
            return documents.copy_to_open(workspace, sheet.record)
        value = _address_of(line)
        stored = workspace.reader.require(sheet.entity.key, sheet.record["id"])
        return value or target_of(workspace, stored, sheet.entity.key, None)[0]

    target = await scene.crm.desk.ask(look, WRITE)
    if sheet.record.get("do_not_contact"):
        scene.notify(
            t("{name} asked not to be contacted.", name=sheet.name), severity="warning", markup=False
        )
    if await scene.crm.desk.ask(lambda _: launched(target), WRITE):
        scene.notify(t("Opened {address}.", address=target), markup=False)
    else:
        scene.app.copy_to_clipboard(target)
        scene.notify(target, title=t("Copied: there is no desktop to open it with"), markup=False)


def _address_of(line: Line | None) -> str | None:
    """The address of the first value in a row."""
    if line is None or line.field is None:
        return None
    value = line.value[0]["value"] if line.field.multi and line.value else line.value
    return of_value(line.field.kind.name, value) if isinstance(value, str) else None


async def attach(scene: Scene, sheet: Sheet) -> None:
    """Keep a file with the record."""
    typed = await scene.ask(
        Prompt(t("Which file?"), t("Its content is copied into the workspace."), placeholder="~/offer.pdf")
    )
    if not typed:
        return
    path = os.path.expanduser(typed.strip())
    end = (sheet.entity.key, sheet.record["id"])

    def keep(workspace: Workspace) -> Outcome:
        store = contents.of(workspace)
        with documents.plain_file(path) as source:
            received = store.receive(source)
        try:
            return contents.keep(workspace, [({"name": known_name(path)}, received)], [end])
        finally:
            store.discard(received)

    await scene.crm.deeds.work(["attach", named(sheet.record["id"]), path], keep)


async def extract(scene: Scene, file: str) -> None:
    """Copy a document into a folder."""
    typed = await scene.ask(Prompt(t("Into which folder?"), value=os.getcwd()))
    if not typed:
        return
    folder = os.path.expanduser(typed.strip())

    def copy(workspace: Workspace) -> str:
        record = workspace.reader.require("file", file)
        path = os.path.join(folder, safe_name(record["name"] or ""))
        try:
            documents.write(contents.of(workspace), record["sha256"] or "", path, replace=False)
        except FileExistsError:
            raise CrmError(
                Message("{path} is there already.", path=path),
                Message("Choose another folder."),
                code="exists",
            ) from None
        return path

    path = await scene.crm.desk.ask(copy, WRITE)
    scene.notify(t("Written to {path}.", path=path), markup=False)


def nothing_here() -> NotFoundError:
    """The error for a key that needs something under the cursor that is not there."""
    return NotFoundError(
        Message("There is no document under the cursor."),
        Message("Go to one in “Tied to”, or attach one with “A”."),
        code="no_document",
    )
