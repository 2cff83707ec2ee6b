"""What happened, in words: an event of a workspace as every door tells it. Nothing in it is escaped yet."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.changes import CREATE, DELETE, PURGE, RESTORE, UPDATE
from crmtool.core.messages import N_, t, tn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.watch import Event
    from crmtool.core.registry import Registry

HAPPENED = {
    CREATE: N_("{noun} {name} was made"),
    UPDATE: N_("{noun} {name} was changed: {fields}"),
    DELETE: N_("{noun} {name} was moved to the trash"),
    RESTORE: N_("{noun} {name} was restored"),
    PURGE: N_("{noun} {name} was erased"),
}


def who(event: Event) -> str:
    """Who did it: the name of a user, or the program itself."""
    return event.actor_name or (f"@{ids.handle(event.actor)}" if event.actor else t("the program"))


def what(event: Event, registry: Registry) -> str:
    """What was done to which record, or to how many."""
    return _job(event, registry) if event.job else _record(event, registry)


def _record(event: Event, registry: Registry) -> str:
    entity = registry.entities[str(event.entity)]
    labels = [entity.fields[key].label() for key in event.fields if key in entity.fields]
    return t(
        HAPPENED.get(str(event.verb), HAPPENED[UPDATE]),
        noun=entity.label(),
        name=event.name or f"@{ids.handle(str(event.record))}",
        fields=", ".join(labels),
    )


def _job(event: Event, registry: Registry) -> str:
    counts = event.counts or {}
    if not counts:
        return t("Many records were changed in one go ({command})", command=event.command)
    parts = [f"{registry.entities[key].plural_label()} {number}" for key, number in counts.items()]
    return tn(
        "{n} record was changed in one go: {what}",
        "{n} records were changed in one go: {what}",
        sum(counts.values()),
        what=", ".join(parts),
    )
