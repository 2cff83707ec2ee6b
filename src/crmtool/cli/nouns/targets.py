"""The records that ``set``, ``rm``, ``restore``, ``reassign`` and ``edit`` are about, and running a command over them.

Records that are named are changed all or not at all. Those of a filter, a view, a list or a file are taken one by one: what
cannot be changed is reported, the rest is done, and many of them are a job.
"""

from __future__ import annotations

from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import find
from crmtool.cli.questions import confirm, say
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors.targets import Wanted, items, matching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtool.app.bulk import Item
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import SortKey
    from crmtool.core.registry import Entity

SHOWN = 10


class Targets:
    """The records a command line means. ``found`` holds their ids, in order, each once."""

    def __init__(
        self,
        workspace: Workspace,
        entity: Entity,
        wanted: Wanted,
        *,
        trash: str = "without",
        order: tuple[SortKey, ...] = (),
    ) -> None:
        self.workspace = workspace
        self.entity = entity
        self.refused: list[tuple[str, CrmError]] = []
        self.named = bool(wanted.records)
        given = [self.named, wanted.by_condition, wanted.source is not None]
        if sum(given) != 1:
            raise UsageError(
                Message("Say which records: by name, by --where, --view or --list, or by --from.")
                if not any(given)
                else Message("Records are given by name, by a filter or by --from: one of them at a time."),
                Message("For example: {example}", example=f"crm {entity.key} list --help"),
                code="which",
            )
        found: Iterable[str]
        if self.named:
            found = [find(workspace, entity, text, trash=trash) for text in wanted.records]
        elif wanted.source is not None:
            found = self._from(wanted.source, trash)
        else:
            node = wanted.condition(workspace, entity)
            found = matching(workspace, entity, node, trash=trash, order=order)
        self.found = list(dict.fromkeys(found))

    def _from(self, source: str, trash: str) -> Iterator[str]:
        """Ids from records that say who they are: by id, else by handle, e-mail, phone or name."""
        from crmtool.cli.nouns.source import rows

        for place, row in rows(source):
            if isinstance(row, CrmError):
                self.refused.append((place, row))
                continue
            try:
                yield self.identify(row, trash=trash)
            except CrmError as error:
                self.refused.append((place, error))

    def identify(self, row: dict[str, object], *, trash: str = "without") -> str:
        """The id of the record that a row is about, by its column ``id``, ``record`` or the name's."""
        return identify(self.workspace, self.entity, row, trash=trash)

    def run(
        self, make: Callable[[tuple[str, ...]], Command], *, dry_run: bool, yes: bool, as_json: bool = False
    ) -> report.Done:
        """Run the command that ``make`` gives for ids, after showing what it would do and asking where there are several."""
        if not dry_run and len(self.found) > 1 and not yes:
            self._ask(make)
        if self.named:
            outcome = self.workspace.run(make(tuple(self.found)), dry_run=dry_run)
            return report.of_outcome(outcome, dry_run=dry_run)
        from crmtool.app.bulk import run_many
        from crmtool.cli.progress import Progress

        if not self.found and not self.refused:
            say(t("Nothing matches."))
        with Progress(t("Changing")) as progress:
            bulk = run_many(
                self.workspace,
                self._items(make),
                make(()).name,
                dry_run=dry_run,
                progress=progress,
                whole=dry_run and as_json,
            )
        return report.of_bulk(bulk, dry_run=dry_run)

    def _items(self, make: Callable[[tuple[str, ...]], Command]) -> Iterator[Item]:
        from crmtool.app.bulk import Item

        for place, error in self.refused:
            yield Item(place, None, error)
        yield from items(self.found, make)

    def _ask(self, make: Callable[[tuple[str, ...]], Command]) -> None:
        count = len(self.found)
        preview(self.workspace, self.entity, items(self.found[:SHOWN], make), count)
        confirm(
            tn("Change this record?", "Change these {n} records?", count),
            Message("{noun}: {count} records would be changed.", noun=self.entity.label(), count=count),
            yes=False,
            count=count,
        )


def identify(workspace: Workspace, entity: Entity, row: dict[str, object], *, trash: str = "without") -> str:
    """The id of the record that an outside row is about."""
    for column in ("id", "record", entity.name_field):
        value = row.get(column)
        if isinstance(value, str) and value.strip():
            return find(workspace, entity, value.strip(), trash=trash)
    raise UsageError(
        Message("The row does not say which record it is about."),
        Message("Give it a column “id” or “record”."),
        code="which",
    )


def preview(workspace: Workspace, entity: Entity, first: Iterable[Item], total: int) -> None:
    """What the first of ``total`` commands would do, on stderr, also where one of them would be refused."""
    from crmtool.app.bulk import run_many

    first = [*first]
    tried = report.of_bulk(run_many(workspace, first, entity.key, dry_run=True, collect=True), dry_run=True)
    for line in report.details(workspace, tried, entity):
        say(f"  {line}")
    report.refusals(tried.rejected)
    if total > len(first):
        say(t("… and {n} more.", n=total - len(first)))
