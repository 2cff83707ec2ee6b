"""The command line that does what a command does: what a person can copy, learn from, and put into a script.

One projection for each command of ``app.commands``; the tests run every one of them and compare what came of it. Records are
named by their handles, which no other record has, and values as they are typed; ``--yes`` stands where the program would ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app import commands
from crmtool.app.rules import stages as stages_of
from crmtool.core.ids import handle, is_id
from crmtool.core.jsontext import dumps
from crmtool.doors.words import is_assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity


def words_of(command: Command, workspace: Workspace) -> list[str]:
    """The words after ``crm``. To be made before the command runs: what it deletes has no name afterwards."""
    made = _WORDS.get(type(command))
    return command.name.split() if made is None else made(command, workspace)


def named(record: str) -> str:
    """A record by its handle."""
    return f"@{handle(record)}"


def assignments(entity: Entity, changes: Iterable[tuple[str, str, Any]]) -> list[str]:
    """``field=value`` words."""
    return [f"{key}{operator}{written(entity.field(key), value)}" for key, operator, value in changes]


def written(field: Field, value: Any) -> str:
    """A value as it is typed: what the field reads back."""
    if value is None or value == []:
        return ""
    if isinstance(value, str):
        return named(value) if field.target and is_id(value) else value
    if field.kind.name == "json":
        return dumps(value)
    if field.multi and not all(isinstance(entry, dict) for entry in value):
        return dumps(value)
    return field.kind.to_csv(value, field)


def _values(entity: Entity, values: Mapping[str, Any] | None) -> list[str]:
    return assignments(entity, [(key, "=", value) for key, value in (values or {}).items()])


def _plain(text: object) -> list[str]:
    """A text as a word of its own; none where it would be read as an option or as ``field=value``."""
    word = str(text or "")
    return [] if not word or word.startswith("-") or is_assignment(word) else [word]


def _option(name: str, value: object) -> list[str]:
    return [] if value is None else [f"--{name}={value}"]


def _agreed(records: Sequence[str]) -> list[str]:
    """What answers the question that is asked before several records change."""
    return ["--yes"] if len(records) > 1 else []


def _add(command: commands.Add, workspace: Workspace) -> list[str]:
    entity = workspace.registry.entity(command.entity)
    values = dict(command.values)
    name = _plain(values.get(entity.name_field))
    if name:
        del values[entity.name_field]
    return [entity.key, "add", *name, *_values(entity, values), *_option("effective", command.effective_at)]


def _set(command: commands.Set, workspace: Workspace) -> list[str]:
    entity = workspace.registry.entity(command.entity)
    return [
        entity.key, "set", *map(named, command.records), *assignments(entity, command.changes),
        *_option("rev", command.rev), *_option("effective", command.effective_at), *_agreed(command.records),
    ]  # fmt: skip


def _remove(command: commands.Remove, _: Workspace) -> list[str]:
    return [command.entity, "rm", *map(named, command.records), *_agreed(command.records)]


def _restore(command: commands.Restore, _: Workspace) -> list[str]:
    return [command.entity, "restore", *map(named, command.records)]


def _purge(command: commands.Purge, _: Workspace) -> list[str]:
    return ["purge", *map(named, command.records), "--yes"]


def _convert(command: commands.Convert, workspace: Workspace) -> list[str]:
    words = ["contact", "convert", named(command.record)]
    if command.deal is None:
        return [*words, "--no-deal"]
    return [*words, command.deal, *_values(workspace.registry.entity("deal"), command.values)]


def _move(command: commands.Move, workspace: Workspace) -> list[str]:
    stage, pipeline = _stage(command, workspace), command.pipeline
    if pipeline is not None and is_id(pipeline):
        pipeline = named(pipeline)
    return [
        "deal", "move", named(command.record), stage, *_values(workspace.registry.entity("deal"), command.values),
        *_option("pipeline", pipeline), *_option("effective", command.effective_at),
    ]  # fmt: skip


def _stage(command: commands.Move, workspace: Workspace) -> str:
    """The stage by its name, where no other of the deal's pipeline is called so; else by its handle."""
    if not is_id(command.stage):
        return command.stage
    deal = workspace.reader.get("deal", command.record)
    stages = stages_of(workspace.reader, deal["pipeline"]) if deal and deal["pipeline"] else []
    names = {stage["id"]: str(stage["name"] or "") for stage in stages}
    name = names.get(command.stage, "")
    same = [other for other in names.values() if other.casefold() == name.casefold()]
    if len(same) == 1 and _plain(name) and not name.startswith("@") and not is_id(name):
        return name
    return named(command.stage)


def _close(command: commands.Close, workspace: Workspace) -> list[str]:
    return [
        *command.name.split(), named(command.record), *([command.reason] if command.reason else []),
        *_values(workspace.registry.entity("deal"), command.values), *_option("on", command.closed_on),
    ]  # fmt: skip


def _done(command: commands.Done, _: Workspace) -> list[str]:
    return ["task", "done", named(command.record)]


def _enlist(command: commands.Enlist, workspace: Workspace) -> list[str]:
    values = dict(command.values or {})
    name = values.pop("name", None) or named(command.static_list)
    return [
        "list",
        "add",
        name,
        *map(named, command.records),
        *_values(workspace.registry.entity("list"), values),
    ]


def _delist(command: commands.Delist, _: Workspace) -> list[str]:
    return ["list", "remove", named(command.static_list), *map(named, command.records)]


def _merge(command: commands.Merge, workspace: Workspace) -> list[str]:
    entity = workspace.registry.entity(command.entity)
    return ["merge", *map(named, command.records), *assignments(entity, command.changes)]


def _unmerge(command: commands.Unmerge, _: Workspace) -> list[str]:
    return ["unmerge", *map(named, command.records)]


def _distinct(command: commands.Distinct, _: Workspace) -> list[str]:
    return ["dupes", "distinct", named(command.one), named(command.other)]


def _attach(command: commands.Attach, _: Workspace) -> list[str]:
    to = [word for _, record in command.to for word in ("--to", named(record))]
    return ["file", "add", *(str(file["name"]) for file in command.files), *to]


def _undo(command: commands.Undo, _: Workspace) -> list[str]:
    return ["redo" if command.redo else "undo", *([command.handle] if command.handle else []), "--yes"]


_WORDS: dict[type[Command], Callable[[Any, Workspace], list[str]]] = {
    commands.Add: _add,
    commands.Set: _set,
    commands.Remove: _remove,
    commands.Restore: _restore,
    commands.Purge: _purge,
    commands.Convert: _convert,
    commands.Move: _move,
    commands.Close: _close,
    commands.Done: _done,
    commands.Enlist: _enlist,
    commands.Delist: _delist,
    commands.Attach: _attach,
    commands.Merge: _merge,
    commands.Unmerge: _unmerge,
    commands.Distinct: _distinct,
    commands.Undo: _undo,
}
