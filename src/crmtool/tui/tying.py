"""Ties of a record to others, made and undone from its screen: the other one is looked for, its role may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app.commands import Remove
from crmtool.app.ties import ties
from crmtool.core.messages import t
from crmtool.doors.ties import between, label, tying
from crmtool.tui.dialogs import Choice, Pick, Prompt
from crmtool.tui.echo import named
from crmtool.tui.finder import Find

if TYPE_CHECKING:
    from crmtool.app.ties import Tie
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.doors.sheets import Line, Sheet
    from crmtool.tui.screens.base import Scene

KINDS = ("contact", "company", "deal")
MADE = (
    "employment",
    "participant",
    "about",
    "related",
    "attachment",
)  # the others have commands of their own


async def tie(scene: Scene, sheet: Sheet) -> None:
    """Tie the record to a person, company or deal."""
    key, record = sheet.entity.key, sheet.record["id"]
    finding = Find(scene.crm.desk, t("Tie {name} to whom or what?", name=sheet.name), KINDS, without=record)
    other = await scene.ask(finding)
    if other is None:
        return
    role = await scene.ask(Prompt(t("In which role?"), t("It may be left empty."), required=False))
    if role is None:
        return
    kind, said = finding.kind_of(other), {"role": role.strip()} if role.strip() else {}

    def made(workspace: Workspace) -> Outcome:
        command = tying(workspace, (key, record), (kind, other), said)
        return workspace.run(command, asked_as=f"{key} link")

    await scene.crm.deeds.work([key, "link", *_words(record, kind, other, said.get("role"))], made)


async def untie(scene: Scene, sheet: Sheet, line: Line | None) -> None:
    """Take away the tie in this row, else one that the person picks."""
    key, record = sheet.entity.key, sheet.record["id"]
    found = await scene.crm.desk.ask(lambda workspace: ties(workspace, record))
    held = [one for one in found if one.relation in MADE and one.name is not None]
    wanted = next((one for one in held if line is not None and line.key == f"tie.{one.link}"), None)
    if wanted is None and held:
        picked = await scene.ask(Pick(t("Which tie is to go?"), [_choice(one) for one in held]))
        wanted = next((one for one in held if one.link == picked), None)
    elif wanted is None:
        scene.notify(t("It is tied to nothing that could be taken away here."), markup=False)
    if wanted is None:
        return
    gone = wanted

    def taken(workspace: Workspace) -> Outcome:
        found = between(workspace, record, gone.other, gone.role)
        links = tuple(one.link for one in found if one.relation in MADE)
        return workspace.run(Remove("link", links), asked_as=f"{key} unlink")

    await scene.crm.deeds.work(
        [key, "unlink", *_words(record, wanted.entity, wanted.other, wanted.role)], taken
    )


def _words(record: str, kind: str, other: str, role: str | None) -> list[str]:
    return [named(record), f"{kind}={named(other)}", *([f"role={role}"] if role else [])]


def _choice(one: Tie) -> Choice:
    reads = label(one.relation, forward=one.forward, past=one.past)
    return Choice(one.link, f"{reads}: {one.name}", one.role or "")
