"""The workspace as tables a person can write SQL about: one view per kind of record, columns named as its fields.

The stored tables keep ids, minor units and JSON. Each view shows what a CSV file of the same records would: the name of
a reference (its id beside it as ``company_id``), several values joined by ``; `` (the first one beside them as ``email``),
money as a number (``amount``, with ``amount_minor`` and ``amount_currency`` for exact sums), and no record from the trash.
The views are temporary and shadow the stored tables, which stay within reach as ``main.contacts``.
"""

from __future__ import annotations

from crmtool.core import ids, jsontext
from crmtool.core.messages import t
from crmtool.core.money import minor_units
from crmtool.core.struct import Struct
from crmtool.store.layout import entry_value, stored_value
from crmtool.store.packing import unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.core.changes import Actor
    from crmtool.core.fields import Field
    from crmtool.core.policy import Policy
    from crmtool.core.registry import Registry
    from crmtool.store.db import Database

HISTORY = "history"
TEXT, INTEGER, NUMBER, JSON = "text", "integer", "number", "json"
_TYPES = {"real": NUMBER, "integer": INTEGER, "bool": INTEGER, "json": JSON, "text": TEXT}


class Column(Struct):
    """One column of a view: its name, the expression behind it, its type and what it holds."""

    name: str
    sql: str
    type: str
    about: str


class View(Struct):
    """A view and its columns."""

    name: str
    about: str
    columns: list[Column]
    source: str

    @property
    def statement(self) -> str:
        """What creates it on a connection of its own."""
        shown = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        return f'CREATE TEMP VIEW "{self.name}" AS SELECT {shown} FROM {self.source}'


def views(db: Database, registry: Registry, policy: Policy, actor: Actor) -> list[View]:
    """A view of every kind of record, with the fields the actor may see, and one of the log."""
    made = []
    for entity in registry.entities.values():
        hidden = policy.hidden_fields(actor, entity)
        shown = [
            f
            for f in entity.fields.values()
            if not f.hidden and f.key not in hidden and f.key != "deleted_at"
        ]
        source = f'main."{entity.table}" AS t WHERE t.deleted_at IS NULL'
        made.append(View(entity.plural, entity.plural_label(), _columns(db, registry, shown), source))
    return [*made, _history(registry)]


def prepare(db: Database, made: list[View]) -> None:
    """Create the views on the connection, and the functions they use; nothing of it reaches the file."""
    raw = db.raw  # type: ignore[attr-defined]  # only a store in a file is asked, whose connection it is
    raw.create_function("crm_handle", 1, _handle, deterministic=True)
    raw.create_function("crm_amount", 2, _amount, deterministic=True)
    raw.create_function("crm_entries", 1, _entries, deterministic=True)
    db.execute(
        "PRAGMA temp_store = MEMORY"
    )  # sorting and files of the person stay off the disk; this drops what is there
    for view in made:
        db.execute(view.statement)


def _handle(record: object) -> str | None:
    return "@" + ids.handle(record) if isinstance(record, str) and ids.is_id(record) else None


def _entries(stored: object) -> str | None:
    return None if stored is None else jsontext.dumps(unpacked(jsontext.loads(str(stored))))


def _amount(minor: object, currency: object) -> int | float | None:
    if not isinstance(minor, int):
        return None
    places = minor_units(str(currency))
    return minor / 10 ** (2 if places is None else places) if places != 0 else minor


def _columns(db: Database, registry: Registry, shown: list[Field]) -> list[Column]:
    # A field of one's own may have the very name of a column that is made beside another; the field goes first.
    taken = {field.key for field in shown} | {"handle"}
    out: list[Column] = []
    for field in sorted(shown, key=lambda f: f.key != "id"):
        for column in _of_field(db, registry, field):
            if column.name == field.key or column.name not in taken:
                taken.add(column.name)
                out.append(column)
        if field.key == "id":
            out.append(Column("handle", "crm_handle(t.id)", TEXT, t("What people type for it")))
    return out


def _of_field(db: Database, registry: Registry, field: Field) -> Iterator[Column]:
    kind, about = field.kind.name, field.label()
    if kind in ("reference", "file"):
        stored = _stored(db, field, "text")
        if field.target:
            target = registry.entity(field.target)
            name = f'SELECT r."{target.name_field}" FROM main."{target.table}" AS r WHERE r.id = {stored}'
            yield Column(field.key, f"({name})", TEXT, about)
        yield Column(f"{field.key}_id", stored, TEXT, t("{label}: its id", label=about))
    elif kind == "money":
        minor, currency = _stored(db, field, "integer", 0), _stored(db, field, "text", 1)
        yield Column(field.key, f"crm_amount({minor}, {currency})", NUMBER, about)
        yield Column(
            f"{field.key}_minor", minor, INTEGER, t("{label}: in minor units, for exact sums", label=about)
        )
        yield Column(f"{field.key}_currency", currency, TEXT, t("{label}: its currency", label=about))
    elif field.kind.collection or (field.multi and kind != "address"):
        stored = _stored(db, field, "text")
        value = (
            "e.value" if field.kind.collection else db.json_value("e.value", (entry_value(field),), "text")
        )
        joined = f"SELECT string_agg({value}, '; ') FROM {db.json_elements(stored)} AS e"
        yield Column(field.key, f"({joined})", TEXT, about)
        if field.multi and field.aliases:
            first = db.json_value(stored, (0, entry_value(field)), "text")
            yield Column(field.aliases[0], first, TEXT, t("{label}: the first", label=about))
    else:
        storage = "json" if field.multi else field.kind.storage
        if field.choices:
            about = t(
                "{label}: {choices}", label=about, choices=", ".join(choice.key for choice in field.choices)
            )
        stored = _stored(db, field, storage)
        yield Column(field.key, f"crm_entries({stored})" if field.multi else stored, _TYPES[storage], about)


def _stored(db: Database, field: Field, storage: str, at: int | None = None) -> str:
    """The stored value itself, or its ``at``-th part where it has several."""
    if field.own_key:
        return db.json_value("t.custom", (field.own_key,) if at is None else (field.own_key, at), storage)
    return stored_value(field, "t", at or 0)


def _history(registry: Registry) -> View:
    own = " ".join(f"WHEN '{e.stable_key}' THEN '{e.key}'" for e in registry.entities.values() if e.own_id)
    user = 'SELECT u.name FROM main."users" AS u WHERE u.id = s.actor'
    columns = [
        Column("recorded_at", "s.recorded_at", TEXT, t("When it was written down")),
        Column(
            "effective_at",
            "coalesce(t.effective_at, s.effective_at, s.recorded_at)",
            TEXT,
            t("When it took effect"),
        ),
        Column("handle", "crm_handle(coalesce(s.job, s.id))", TEXT, t("What “crm undo” takes")),
        Column("command", "s.command", TEXT, t("The command")),
        Column("origin", "s.origin", TEXT, t("Where it came from")),
        Column("actor", f"({user})", TEXT, t("Who did it")),
        Column("verb", "t.verb", TEXT, t("What was done")),
        Column(
            "entity",
            f"CASE p.entity {own} ELSE p.entity END" if own else "p.entity",
            TEXT,
            t("The kind of record"),
        ),
        Column("record_id", "t.record", TEXT, t("The record: its id")),
    ]
    source = 'main."change" AS t JOIN main."change_set" AS s ON s.n = t.set_n JOIN main."shape" AS p ON p.n = t.shape'
    return View(HISTORY, t("The log, a row for each record of a change"), columns, source)
