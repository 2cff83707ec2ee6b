"""Making a workspace: its store, its first user, and a pipeline to start with."""

from __future__ import annotations

from crmtool.app.workspace import Workspace, folders, open_workspace
from crmtool.core import changes, ids
from crmtool.core.changes import SYSTEM, ChangeSet
from crmtool.core.entities import builtin
from crmtool.core.errors import ConflictError
from crmtool.core.fields import Context, invalid
from crmtool.core.messages import N_, Message, t
from crmtool.core.money import minor_units
from crmtool.core.struct import Struct
from crmtool.store.db import open_database
from crmtool.store.layout import Layouts
from crmtool.store.places import private_directory, private_file, refuse_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.changes import Change
    from crmtool.store.db import Database

# (name, probability in percent, days until a deal in it rots)
FIRST_STAGES = (
    (N_("Lead"), 10, 14),
    (N_("Qualified"), 25, 21),
    (N_("Proposal"), 50, 21),
    (N_("Negotiation"), 75, 14),
)


class NewWorkspace(Struct):
    """What a workspace is made with. ``currency`` is an ISO 4217 code, ``region`` an ISO 3166 one for phone numbers."""

    name: str
    user: str
    email: str | None = None
    currency: str = "EUR"
    region: str = ""


def create_workspace(
    location: str,
    new: NewWorkspace,
    *,
    key: str | None = None,
    zone: str | None = None,
    files: str | None = None,
) -> Workspace:
    """Create the store and answer it open; ``files`` as in ``open_workspace``. ``ConflictError`` when there is one already."""
    from crmtool.store.migrations import migrate
    from crmtool.store.writer import Writer

    if minor_units(new.currency) is None:
        from crmtool.core.errors import UsageError

        raise UsageError(
            Message("“{currency}” is not a currency code.", currency=new.currency),
            Message("For example EUR or USD."),
        )
    owner = _owner(new)
    run, _ = folders(location)
    if run is not None:
        for place in (run, location):
            refuse_link(place)
        private_directory(run)
        private_file(location)
    db = open_database(location, key=key, create=True, lock=run)
    try:
        _refuse_another(db, location)
        db.write_ahead()
        # All in one transaction: a process that dies on the way leaves nothing, which can be made again.
        with db.atomic():
            _refuse_another(db, location)  # somebody may have made one while this process waited for its turn
            migrate(db)
            meta = {
                "workspace": ids.new_id(), "name": new.name, "device": ids.new_id(), "me": owner.record,
                "currency": new.currency, "region": new.region,
            }  # fmt: skip
            db.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", list(meta.items()))
            first = ChangeSet([owner, *first_pipeline()], "init", origin="migration")
            Writer(db, Layouts(builtin()), meta["device"]).apply(first, SYSTEM)
    finally:
        db.close()
    return open_workspace(location, key=key, zone=zone, files=files)


def _refuse_another(db: Database, location: str) -> None:
    if db.schema_version():
        raise ConflictError(
            Message("There is a workspace at {path} already.", path=location),
            Message("Use it as it is, or choose another name with --workspace."),
            code="exists",
        )


def _owner(new: NewWorkspace) -> Change:
    """The first user. Raises ``ValidationError``."""
    user = builtin().entity("user")
    given = {"name": new.user, "email": new.email, "role": "admin"}
    values = {key: user.fields[key].validate(value, Context()) for key, value in given.items()}
    if values["name"] is None:
        raise invalid(
            user.fields["name"],
            Message("{field} is missing.", field=user.fields["name"].label()),
            Message("Say who you are: {command}", command='crm init --user "Ana Ruiz"'),
        )
    return changes.create(user, values)


def first_pipeline() -> list[Change]:
    """The pipeline every new workspace has."""
    registry = builtin()
    pipeline = changes.create(
        registry.entity("pipeline"), {"name": t("Sales"), "default": True, "position": 1}
    )
    out = [pipeline]
    for position, (name, probability, days) in enumerate(FIRST_STAGES, 1):
        values = {
            "name": t(name), "pipeline": pipeline.record, "position": position, "probability": probability, "rotting_days": days,
        }  # fmt: skip
        out.append(changes.create(registry.entity("stage"), values))
    return out


__all__ = ["NewWorkspace", "create_workspace"]
