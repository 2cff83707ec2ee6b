"""A workspace as a typed object."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

from crmtool.api.files import Files
from crmtool.api.records import Contacts, Deals, Lists, Records, Tasks
from crmtool.app import workspace as app
from crmtool.app.commands import Undo
from crmtool.core.errors import DeniedError
from crmtool.core.messages import Message
from crmtool.store import models
from crmtool.store.modelling import Record, class_name, loaded, model

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crmtool.app.commands import Command
    from crmtool.app.watch import Event
    from crmtool.app.workspace import Outcome

R = TypeVar("R", bound=Record)


class Workspace:
    """An open workspace. Close it, or use it as a context manager.

    ``handle`` is that of the last change made through this object: what ``undo`` takes. ``core`` is the workspace beneath, for
    what this class has no word for.
    """

    def __init__(self, core: app.Workspace, key: str | None = None) -> None:
        self.core = core
        self.handle: str | None = None
        self._key = key
        self._engine: Engine | None = None
        self._models: dict[str, type[Record]] = {}
        self.contacts = Contacts(self, "contact", models.Contact)
        self.companies = Records(self, "company", models.Company)
        self.deals = Deals(self, "deal", models.Deal)
        self.pipelines = Records(self, "pipeline", models.Pipeline)
        self.stages = Records(self, "stage", models.Stage)
        self.quotas = Records(self, "quota", models.Quota)
        self.activities = Records(self, "activity", models.Activity)
        self.tasks = Tasks(self, "task", models.Task)
        self.notes = Records(self, "note", models.Note)
        self.products = Records(self, "product", models.Product)
        self.orders = Records(self, "order", models.Order)
        self.rates = Records(self, "rate", models.Rate)
        self.users = Records(self, "user", models.User)
        self.teams = Records(self, "team", models.Team)
        self.tags = Records(self, "tag", models.Tag)
        self.lists = Lists(self, "list", models.List)
        self.views = Records(self, "view", models.View)
        self.links = Records(self, "link", models.Link)
        self.files = Files(self, "file", models.File)
        self.fields = Records(self, "field", models.Field)
        self.objects = Records(self, "object", models.Object)

    @property
    def name(self) -> str:
        """What the workspace is called."""
        return self.core.meta.get("name", "")

    @property
    def me(self) -> models.User | None:
        """The user that this program acts as."""
        return self.users.get(self.core.actor.user) if self.core.actor.user else None

    def records(self, noun: str) -> Records[Any]:
        """The records of any kind by its word, a kind of one's own too. Raises ``UsageError`` with the nearest there is."""
        entity = self.core.registry.entity(noun)
        return Records(self, entity.key, self._model(entity.key))

    def find(self, text: str, *, limit: int = 20) -> list[Record]:
        """The best matches of any kind for a few letters, a number or an address."""
        from crmtool.store.search import find

        return [
            loaded(self._model(hit.entity), self.core.registry.entity(hit.entity), hit.record)
            for hit in find(self.core.reader, text, limit=limit)
        ]

    # -- changing ----------------------------------------------------------------------------------------------------

    def run(self, command: Command) -> Outcome:
        """Run a command of ``crmtool.app.commands``: what every method here that changes something does."""
        outcome = self.core.run(command)
        self.handle = outcome.handle or self.handle
        return outcome

    def undo(self, handle: str | None = None) -> Outcome:
        """Take back the change or job with this handle, or one's own last one; ``skipped`` lists what changed since."""
        return self.run(Undo(handle))

    def redo(self, handle: str | None = None) -> Outcome:
        """Do again what was undone."""
        return self.run(Undo(handle, redo=True))

    # -- following and asking ----------------------------------------------------------------------------------------

    def watch(
        self,
        since: int | None = None,
        *,
        entity: str | None = None,
        each: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Changes as they happen, here and in other programs, behind the position ``since`` or from now on.

        Waits between them until ``stop`` answers true. A job is one event unless ``each``.
        """
        from crmtool.app.watch import follow

        return follow(self.core, since, stop, each=each, entity=entity)

    def sql(
        self,
        statement: str,
        params: Mapping[str, Any] | None = None,
        *,
        files: Sequence[str] = (),
        seconds: float = 60.0,
    ) -> Iterator[dict[str, Any]]:
        """Rows of a statement that reads, as ``crm sql`` has them; ``files`` are CSV or JSON files to join."""
        from crmtool.cli.adhoc import guard, rows
        from crmtool.cli.commands.sql import prepared

        core = self.core
        # A connection of its own: the guard is for good.
        with app.open_workspace(
            core.db.location, core.actor, policy=core.policy, key=self._key, zone=core.zone, read_only=True
        ) as asking:
            prepared(asking, list(files))
            names, found = guard.Guarded(asking.db, seconds).run(statement, dict(params or {}))
            yield from rows.as_records(names, found)[1]

    @property
    def engine(self) -> Engine:
        """An SQLAlchemy engine that reads the stored tables; see ``table``. ``DeniedError`` for who may not ask in SQL."""
        if not self.core.policy.may_run_sql(self.core.actor):
            raise DeniedError(
                Message("You may not ask this workspace in SQL."), Message("Ask an admin of the workspace.")
            )
        if self._engine is None:
            from crmtool.store.tables import engine

            self._engine = engine(self.core.db.location, self._key)
        return self._engine

    def table(self, model: type[Record] | str) -> Any:
        """The SQLModel table class behind a model or noun, whose attributes are the stored columns."""
        from crmtool.store.tables import table

        key = model if isinstance(model, str) else models.NAMES[model.__name__]
        return table(self.core.registry.entity(key))

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Write a whole, consistent copy to a new file, also while others write. Raises ``FileExistsError``."""
        self.core.db.backup(os.fspath(path))

    # -- life --------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the store; what was written is safe already."""
        if self._engine is not None:
            self._engine.dispose()
        self.core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Workspace {self.name!r} at {self.core.db.location}>"

    def _model(self, key: str) -> type[Record]:
        if key not in self._models:
            entity = self.core.registry.entity(key)
            name = class_name(entity)
            built_in = models.NAMES.get(name) == key
            self._models[key] = getattr(models, name) if built_in else model(entity)
        return self._models[key]
