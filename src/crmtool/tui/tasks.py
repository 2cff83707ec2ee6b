"""What is done to tasks from any screen: finish, put off, hand over, weigh, repeat, add.

Each asks what it needs to know, and answers whether it was done: a person may go back instead.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add, Done, Set
from crmtool.app.repeat import in_words
from crmtool.app.rules import repeat_rule
from crmtool.core.errors import UsageError
from crmtool.core.ids import handle
from crmtool.core.messages import Message, t, tn
from crmtool.doors import words as field_words
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Choice, Pick, Prompt
from crmtool.tui.finder import Find
from crmtool.tui.logged import log_call

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Context
    from crmtool.core.registry import Registry
    from crmtool.tui.screens.base import Scene

OTHER = "other"


async def finish(scene: Scene, tasks: Sequence[str]) -> bool:
    """Tick tasks off; a repeating one comes again."""
    if len(tasks) == 1:
        await scene.crm.deeds.run(Done(tasks[0]))
        return True
    words = ["task", "done", *(f"@{handle(task)}" for task in tasks)]
    items = [Item(f"@{handle(task)}", Done(task)) for task in tasks]
    await scene.crm.deeds.work(words, lambda workspace: run_many(workspace, items, "task done"))
    return True


async def change(scene: Scene, tasks: Sequence[str], field: str, value: str | None) -> bool:
    """Set one field of tasks."""
    await scene.crm.deeds.run(Set("task", tuple(tasks), ((field, "=", value),)))
    return True


async def snooze(scene: Scene, tasks: Sequence[str]) -> bool:
    """Put tasks off to a day that the person picks or types."""
    days = (
        Choice("tomorrow", t("Tomorrow")),
        Choice("+2d", t("In two days")),
        Choice("monday", t("Next Monday")),
        Choice("+1w", t("In a week")),
        Choice("+1m", t("In a month")),
        Choice(OTHER, t("Another day…")),
    )
    day = await scene.ask(Pick(_about(t("Put off until"), tasks), days))
    if day == OTHER:
        day = await ask_day(scene, _about(t("Put off until"), tasks))
    return day is not None and await change(scene, tasks, "due_on", day)


async def ask_day(scene: Scene, question: str) -> str | None:
    """A day as it was typed; one that cannot be read is refused while it is typed."""
    registry, ctx = await _known(scene)
    due = registry.entity("task").fields["due_on"]
    detail = t("For example: 2026-05-31, friday, +3d, +2w, eom")
    return await scene.ask(Prompt(question, detail, check=lambda text: due.parse(text, ctx)))


async def reassign(scene: Scene, tasks: Sequence[str]) -> bool:
    """Give tasks to somebody else."""

    def users(workspace: Workspace) -> list[Choice]:
        found = workspace.query(Query("user", fields=("id", "name", "email"), expand=False))
        return [Choice(user["id"], str(user["name"]), str(user.get("email") or "")) for user in found]

    people = await scene.crm.desk.ask(users)
    user = await scene.ask(Pick(_about(t("Give to"), tasks), people))
    return user is not None and await change(scene, tasks, "owner", user)


async def prioritise(scene: Scene, tasks: Sequence[str]) -> bool:
    """Give tasks a priority."""
    registry, _ = await _known(scene)
    choices = [
        Choice(choice.key, choice.text())
        for choice in reversed(registry.entity("task").fields["priority"].choices)
    ]
    priority = await scene.ask(Pick(_about(t("Priority"), tasks), choices))
    return priority is not None and await change(scene, tasks, "priority", priority)


async def repeat(scene: Scene, tasks: Sequence[str], rule: str) -> bool:
    """Set how often tasks come again; ``rule`` is how often they do now, and an empty answer means never."""
    detail = t("For example: every monday, every 2 weeks, every month on 15. Nothing: it does not repeat.")
    text = await scene.ask(
        Prompt(
            _about(t("Repeat"), tasks),
            detail,
            value=in_words(rule) if rule else "",
            check=lambda text: text and repeat_rule(text),
            required=False,
        )
    )
    return text is not None and await change(scene, tasks, "repeat", text.strip() or None)


async def add(scene: Scene) -> bool:
    """Write a new task in one line: its name, then fields as on the command line."""
    registry, ctx = await _known(scene)
    detail = t("Fields may follow the name: {example}", example='due=friday contact="Ana Ruiz" priority=high')
    line = await scene.ask(
        Prompt(t("New task"), detail, placeholder=t("Call back due=tomorrow"), check=lambda text: _read(text, registry, ctx))
    )  # fmt: skip
    if line is None:
        return False
    await scene.crm.deeds.run(Add("task", _read(line, registry, ctx)))
    return True


async def call(scene: Scene) -> bool:
    """Log a call with a person who is looked for first."""
    person = await scene.ask(Find(scene.crm.desk, t("Whom did you talk to?"), "contact"))
    if person is not None:
        await log_call(scene, "contact", person)
    return person is not None


def _read(line: str, registry: Registry, ctx: Context) -> dict[str, Any]:
    """The fields of a new task as it was typed. Raises a ``CrmError`` for a field there is not, or a day nobody knows."""
    task = registry.entity("task")
    plain, assigned = field_words.split(words(line))
    values = field_words.values(assigned, task)
    if plain:
        values["name"] = " ".join(plain)
    for key, value in values.items():
        field = task.fields[key]
        if isinstance(value, str) and not field.target:
            field.parse(value, ctx)  # a reference is looked up when the task is written
    return values


def words(line: str) -> list[str]:
    """A line split at blanks, but for those in double quotes; an apostrophe is a letter. ``UsageError`` for an open quote."""
    scanner = shlex.shlex(line, posix=True, punctuation_chars=False)
    scanner.whitespace_split, scanner.commenters, scanner.quotes = True, "", '"'
    try:
        return list(scanner)
    except ValueError:
        raise UsageError(
            Message("A quotation mark is not closed."), Message("Close it, or leave it out."), code="quote"
        ) from None


def _about(question: str, tasks: Sequence[str]) -> str:
    if len(tasks) == 1:
        return question
    return t("{question} ({tasks})", question=question, tasks=tn("{n} task", "{n} tasks", len(tasks)))


async def _known(scene: Scene) -> tuple[Registry, Context]:
    return await scene.crm.desk.ask(lambda workspace: (workspace.registry, workspace.context))
