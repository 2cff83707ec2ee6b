"""An import as a person arranges it on the screen: its files, where columns go, how days are read; and what it comes to.

The functions that take a workspace run in the lane of larger work; they do what ``crm import`` does, by the same plan.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from crmtool.core.errors import ConflictError
from crmtool.core.kinds import KINDS
from crmtool.core.messages import t, tn
from crmtool.core.struct import Struct
from crmtool.doors.importing import plan_lines, report_lines
from crmtool.doors.kinds import kind_label
from crmtool.doors.safe import escape
from crmtool.transfer.apply import Import
from crmtool.transfer.layouts.base import described
from crmtool.transfer.mapping import NEW, NOTHING, FileMap, SavedMap, spelled, words_of
from crmtool.transfer.plan import Options, plan
from crmtool.transfer.resuming import check, interrupted
from crmtool.transfer.savemap import map_text
from crmtool.transfer.tally import Tally
from crmtool.tui.dialogs import Choice
from crmtool.tui.efforts import StoppedError, undertake
from crmtool.tui.places import command_line
from crmtool.tui.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.transfer.apply import Report
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan
    from crmtool.tui.app import CrmApp
    from crmtool.tui.efforts import Effort

REFERENCE = "reference"
_LOOKED_AT = 20  # rows in which an example of a column is looked for


class Begun(NamedTuple):
    """An import that was interrupted: its handle, how many rows are in; ``otherwise``: why it cannot go on as arranged now."""

    handle: str
    rows: int
    otherwise: str


class Arrangement(Struct):
    """What a person chose. ``columns`` and ``days``: name of a source -> column -> word of a map, or order of days. ``values``:
    name of a source -> column or field -> words that stand for others, which an interrupted import may have kept.
    """

    files: tuple[str, ...]
    columns: dict[str, dict[str, str]]
    days: dict[str, dict[str, str]]
    values: dict[str, dict[str, dict[str, str]]]
    make_stages: bool = False
    merge_alike: bool = False

    def with_column(self, source: str, column: str, word: str) -> Arrangement:
        held = self.columns.get(source, {})
        return self.replace(columns={**self.columns, source: {**held, column: word}})

    def options(self, layouts: dict[str, str]) -> Options:
        """How the files are read; ``layouts`` are those that were found, so that a changed column leads to no other one."""
        names = dict.fromkeys((*self.columns, *self.days, *self.values))
        files = {
            name: FileMap(
                layouts.get(name),
                None,
                self.columns.get(name, {}),
                self.values.get(name, {}),
                self.days.get(name, {}),
            )
            for name in names
        }
        saved = SavedMap("map", files, {}) if files else NOTHING
        return Options(None, None, self.make_stages, self.merge_alike, saved)

    def recalled(self, options: Options) -> Arrangement:
        """The same with what ``options`` say, which an interrupted import of the files may have added."""
        files = options.saved.files.items()
        return self.replace(
            columns={name: said.columns for name, said in files if said.columns},
            days={name: said.days for name, said in files if said.days},
            values={name: said.values for name, said in files if said.values},
            make_stages=options.make_stages,
            merge_alike=options.merge_alike,
        )

    def words(self, map_path: str | None) -> list[str]:
        """The command line that imports the same."""
        said = ["--map", map_path] if map_path else []
        orders = {order for columns in self.days.values() for order in columns.values()}
        if not map_path and len(orders) == 1:
            said = ["--dates", orders.pop()]
        flags = [
            *(["--make-stages"] if self.make_stages else []),
            *(["--merge-alike"] if self.merge_alike else []),
        ]
        return ["import", *self.files, *said, *flags, "--yes"]

    @property
    def needs_map(self) -> bool:
        """Whether no option of a command line says what was chosen."""
        orders = {order for columns in self.days.values() for order in columns.values()}
        return bool(self.columns or self.values) or len(orders) > 1


def paths_of(text: str) -> tuple[str, ...]:
    """The paths in what was typed, pasted, or dropped on the terminal: quoted or not, with ``~``, or as ``file:`` addresses."""
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation mark in a name
        words = [text.strip()]
    if len(words) > 1 and os.path.exists(os.path.expanduser(text.strip())):
        words = [text.strip()]  # one path with blanks in it
    return tuple(os.path.expanduser(_local(word)) for word in words)


def _local(word: str) -> str:
    return unquote(word.removeprefix("file://")) if word.startswith("file://") else word


def opened(
    workspace: Workspace, arrangement: Arrangement, layouts: dict[str, str], *, recall: bool = False
) -> Plan:
    """The files with their layouts; what becomes of the rows is not looked at yet.

    ``recall``: as an import of them that was interrupted reads them.
    """
    return plan(
        workspace, arrangement.files, count=False, options=arrangement.options(layouts), resume=recall
    )


def begun(workspace: Workspace, made: Plan) -> Begun | None:
    """The import of the same files that was interrupted, if there is one."""
    job = interrupted(workspace, made.digests)
    if job is None:
        return None
    rows = sum(Tally.from_state(one).rows for one in job["state"]["tallies"])
    try:
        check(job, made)
    except ConflictError as error:
        return Begun(job["handle"], rows, str(error.message))
    return Begun(job["handle"], rows, "")


def counted(workspace: Workspace, made: Plan, effort: Effort) -> tuple[list[str], list[Row]]:
    """What the plan comes to: its lines for people, and a row for each column."""
    made.count(workspace, effort.reading)
    lines = [*plan_lines(workspace, made, columns=False)]
    before = begun(workspace, made)
    if before is not None:
        said = tn(
            "An import of these files was interrupted: {n} row is in. It can go on; to take it back: crm undo {handle}",
            "An import of these files was interrupted: {n} rows are in. It can go on; to take them back: crm undo {handle}",
            before.rows,
            handle=before.handle,
        )
        lines = [said, "", *lines]
    return lines, [*_rows(made)]


class Doing:
    """Carrying out a plan as one job, whatever screen is shown meanwhile; ``whole`` when it came to its end.

    ``words`` is the command line that does the same, ``files`` are those that were named.
    """

    def __init__(
        self, app: CrmApp, made: Plan, words: list[str], files: Sequence[str], *, resume: bool
    ) -> None:
        self._app, self._made, self._resume = app, made, resume
        self._words, self._files = words, files
        self._began: Import | None = None
        self.whole = False

    async def carry_out(self, effort: Effort) -> list[str]:
        """Import, and what to say of it, also where it was stopped or failed."""
        app = self._app
        try:
            report, lines = await undertake(
                app.desk, effort, lambda workspace: self._apply(workspace, effort)
            )
        except StoppedError:
            app.underway.stopped += self._stopped()
            return self._stopped()
        except Exception as error:
            app.fail(error)
            return self._stopped()
        self.whole = True
        app.deeds.tell(self._words, report.undo, tn("{n} row.", "{n} rows.", report.tally.rows))
        return lines

    def _apply(self, workspace: Workspace, effort: Effort) -> tuple[Report, list[str]]:
        self._began = Import(workspace, self._made, resume=self._resume)
        report = self._began.run(effort.reading)
        return report, [*report_lines(workspace, report, self._made)]

    def _stopped(self) -> list[str]:
        """Where an import stands that did not come to its end."""
        if self._began is None:
            return [t("Stopped. Nothing was changed.")]
        again = command_line(["import", *self._files, "--resume"])
        return [
            tn("Stopped: {n} row is in.", "Stopped: {n} rows are in.", self._began.tally.rows),
            t("To go on: {command}", command=again),
            t("To take them back: crm undo {handle}", handle=self._began.handle),
        ]


def layouts_of(made: Plan) -> dict[str, str]:
    """Whose layout each table has, as a map says it."""
    return {
        part.source.name: f"{part.vendor}/{part.entity}" for part in made.parts if part.header is not None
    }


def days_of(made: Plan) -> dict[str, dict[str, str]]:
    """The orders of days by column, as they are read now."""
    return {
        part.source.name: {part.columns[at]: order for at, order in part.reading.orders.items()}
        for part in made.parts
        if part.reading.orders
    }


def choices(made: Plan, part: Part) -> list[Choice]:
    """Where a column of a part can go."""
    entity = made.registry.entities[part.entity]
    found = [Choice("ignore", t("Not used")), Choice("extra", t("Kept beside the record"))]
    found += [Choice(word, _label(word, entity), word) for word in words_of(entity)]
    kinds = {kind: kind_label(kind) for kind in KINDS if kind != REFERENCE}
    found += [
        Choice(f"{NEW}{kind}", t("New field: {kind}", kind=label))
        for kind, label in sorted(kinds.items(), key=lambda item: item[1])
    ]
    return found + [
        Choice(
            f"{NEW}{REFERENCE} {other.key}",
            t("New field: {kind}", kind=kind_label(REFERENCE, made.registry, other.key)),
        )
        for other in made.registry.entities.values()
        if not other.internal and not other.removed
    ]


def _label(word: str, entity: Entity) -> str:
    field = entity.find(word.partition(".")[0])
    if field is None:
        return word
    rest = word.partition(".")[2]
    return t("{field}: {part}", field=field.label(), part=rest) if rest else field.label()


def _rows(made: Plan) -> Iterator[Row]:
    for number, part in enumerate(made.parts):
        entity, examples = made.registry.entities[part.entity], _examples(part)
        for at, (column, target) in enumerate(zip(part.columns, part.targets, strict=True)):
            key = described(target, entity)
            word = spelled(target, entity) or part.vendor
            goes = {"": t("(not used)"), "extra": t("(kept beside the record)")}.get(key) or _label(
                key, entity
            )
            cells = (column, goes, word, examples.get(at, ""), os.path.basename(part.source.title))
            yield Row(f"{number}:{at}", tuple(map(escape, cells)), (number, at), "" if key else "grid--quiet")


def _examples(part: Part) -> dict[int, str]:
    """A value of each column."""
    found: dict[int, str] = {}
    for row, _ in zip(part.source.rows(), range(_LOOKED_AT), strict=False):
        for at, cell in enumerate(row.cells):
            if cell.strip():
                found.setdefault(at, cell.strip()[:80])
    return found


def write_map(workspace: Workspace, made: Plan, path: str) -> None:
    """Keep the plan as a map, readable by its owner alone."""
    from crmtool.store.places import private_directory

    private_directory(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write(map_text(workspace, made))


__all__ = [
    "Arrangement", "Doing", "begun", "choices", "counted", "days_of", "layouts_of", "opened", "paths_of", "write_map",
]  # fmt: skip
