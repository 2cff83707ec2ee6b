"""Noting what was said, from any screen that has a record under its cursor: a key, the text, enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app.commands import Add
from crmtool.core.messages import N_, t
from crmtool.doors import words
from crmtool.doors.logged import NOTE, TASK, logged
from crmtool.tui.actions import Action
from crmtool.tui.dialogs import Prompt

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.tui.screens.base import Scene

QUESTIONS = {"call": N_("What was said on the phone?"), "meeting": N_("What was the meeting about?"),
             NOTE: N_("Note"), TASK: N_("What is to be done?")}  # fmt: skip
HINTS = {
    "call": N_("Further fields as words: duration=15 outcome=pilot at=-2h"),
    "meeting": N_("Further fields as words: at=“yesterday” outcome=pilot"),
    NOTE: "",
    TASK: N_("Further fields as words: due=friday priority=high"),
}


def logging_actions(place: str) -> tuple[Action, ...]:
    """The keys for it, for a screen or widget that has ``action_log(what)``; ``place`` begins their ids."""
    return (
        Action(
            f"{place}.call",
            "c",
            "log('call')",
            N_("Call"),
            N_("Log a call about this record."),
            "crm log call {record} {text}",
        ),
        Action(
            f"{place}.note",
            "m",
            "log('note')",
            N_("Note"),
            N_("Write a note about this record."),
            "crm log note {record} {text}",
        ),
        Action(
            f"{place}.meeting",
            "M",
            "log('meeting')",
            N_("Meeting"),
            N_("Log a meeting about this record."),
            "crm log meeting {record} {text}",
            shown=False,
        ),
        Action(
            f"{place}.task",
            "t",
            "log('task')",
            N_("Task"),
            N_("A task about this record; due=friday says when."),
            "crm task add {text} contact={other}",
        ),
    )


async def log(scene: Scene, what: str, entity: str, record: str) -> None:
    """Ask for a line of text and note it about a record: ``call``, ``meeting``, another type of activity, ``note`` or ``task``.

    Only inside ``work``: it waits for the person.
    """
    kind = await scene.crm.desk.ask(
        lambda workspace: workspace.registry.entity(what if what in (NOTE, TASK) else "activity")
    )
    hint = HINTS.get(what, "")
    text = await scene.ask(
        Prompt(
            t(QUESTIONS.get(what, QUESTIONS["call"])),
            t(hint) if hint else "",
            check=lambda typed: _check(kind, typed),
        )
    )
    if not text:
        return

    def made(workspace: Workspace) -> Add:
        return logged(workspace, what, entity, record, text)

    await scene.crm.deeds.run(await scene.crm.desk.ask(made))


async def log_call(scene: Scene, entity: str, record: str) -> None:
    """Log a call about a record. Only inside ``work``."""
    await log(scene, "call", entity, record)


def _check(kind: Entity, typed: str) -> None:
    """``UsageError`` for a word that means no field."""
    words.values(words.split(typed.split(" "))[1], kind)
