"""Tables and indexes, generated from the registry.

Statements use placeholders for column types (``{text}``, ``{integer}`` …) that a dialect fills in, so that
one frozen migration serves both engines.
"""

from __future__ import annotations

from crmtool.store.layout import Layout, own_value, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.db import Database

# The store's own tables. `change` holds one row a record and change set; `change_set` who, when, how and the digest chain;
# `shape` the field lists that let a change hold bare values; `span` the past values of tracked fields.
FIXED = [
    "CREATE TABLE meta (key {text} PRIMARY KEY, value {text})",
    """CREATE TABLE change_set (n {integer} PRIMARY KEY, id {text} NOT NULL UNIQUE, job {text}, caused_by {text}, undoes {text},
       origin {text} NOT NULL, door {text} NOT NULL, actor {text}, on_behalf_of {text}, device {text} NOT NULL,
       device_n {integer} NOT NULL, server_seq {integer}, recorded_at {text} NOT NULL, effective_at {text},
       command {text} NOT NULL, first {integer} NOT NULL, count {integer} NOT NULL, digest {blob} NOT NULL)""",
    "CREATE INDEX change_set_job ON change_set (job, n) WHERE job IS NOT NULL",
    "CREATE INDEX change_set_undoes ON change_set (undoes) WHERE undoes IS NOT NULL",
    "CREATE INDEX change_set_handle ON change_set (substr(id, 27))",
    """CREATE TABLE change (n {integer} PRIMARY KEY, set_n {integer} NOT NULL, record {text} NOT NULL, verb {text} NOT NULL,
       shape {integer} NOT NULL, personal {text}, rest {text}, salt_personal {blob}, salt_rest {blob}, effective_at {text},
       redacted {blob})""",
    # By the end of the id, as handles are: half the size of an index of whole ids. Ask it through ``log.on_record``.
    "CREATE INDEX change_record ON change (substr(record, 27))",
    "CREATE TABLE shape (n {integer} PRIMARY KEY, entity {text} NOT NULL, personal {text} NOT NULL, rest {text} NOT NULL)",
    """CREATE TABLE lookup (kind {text} NOT NULL, key {text} NOT NULL, entity {text} NOT NULL, n {integer} NOT NULL,
       PRIMARY KEY (kind, key, entity, n)){keyed}""",
    """CREATE TABLE span (record {text} NOT NULL, field {text} NOT NULL, until_at {text} NOT NULL, from_at {text} NOT NULL,
       value {text}, recorded_at {text} NOT NULL, set_n {integer} NOT NULL,
       PRIMARY KEY (record, field, until_at, set_n)){keyed}""",
    """CREATE TABLE job (id {text} PRIMARY KEY, command {text} NOT NULL, origin {text} NOT NULL, state {text} NOT NULL,
       status {text} NOT NULL, actor {text}, started_at {text} NOT NULL, updated_at {text} NOT NULL)""",
    "CREATE TABLE consumer (name {text} PRIMARY KEY, position {integer} NOT NULL)",
]


# What is summed or counted all day over many rows, by the columns asked for: the deals won in a month, the open tasks up to a
# day. From such an index alone it takes a twentieth of what reading the rows takes.
SUMMED = {
    "deals": ("status", "closed_on", "amount_currency", "amount_minor", "deleted_at"),
    "tasks": ("status", "due_on", "owner_id", "deleted_at"),
}


def entity_statements(entity: Entity) -> list[str]:
    """The table and indexes of one entity (its search index comes from the dialect)."""
    definitions = ", ".join(definition for _, definition in columns(entity))
    return [f'CREATE TABLE "{entity.table}" ({definitions})', *index_statements(entity)]


def columns(entity: Entity) -> list[tuple[str, str]]:
    """(name, definition) of every column of an entity's table, in order."""
    out = [("n", "n {integer} PRIMARY KEY"), ("name_key", "name_key {text}")]
    for field in Layout(entity).fields:
        for name, storage in field.columns:
            extra = " NOT NULL" if name in ("id", "rev", "created_at", "updated_at") else ""
            storage = "integer" if name == "rev" else storage
            out.append((name, f"{quoted(name)} {{{storage}}}{extra}"))
    return [*out, ("custom", "custom {json}")]


def index_statements(entity: Entity) -> list[str]:
    """Unique id, handle, name order, and one index per indexed field; all ordered so that a keyset page is one seek."""
    table = entity.table
    out = [
        f'CREATE UNIQUE INDEX "{table}_id" ON "{table}" (id)',
        f'CREATE INDEX "{table}_handle" ON "{table}" (substr(id, 27))',
        f'CREATE INDEX "{table}_name" ON "{table}" (name_key, n) WHERE deleted_at IS NULL AND name_key IS NOT NULL',
        f'CREATE INDEX "{table}_trash" ON "{table}" (deleted_at) WHERE deleted_at IS NOT NULL',
    ]
    for field in entity.fields.values():
        if not field.indexed or field.own_key or field.key in ("id", entity.name_field):
            continue
        column = field.columns[0][0]
        # Blank values are left out: most records have none, and a list shows blanks last by another way.
        blank = f" WHERE {quoted(column)} IS NOT NULL" if column not in ("created_at", "updated_at") else ""
        out.append(f'CREATE INDEX "{table}_{column}" ON "{table}" ({quoted(column)}, n){blank}')
    if table in SUMMED:
        out.append(f'CREATE INDEX "{table}_sums" ON "{table}" ({", ".join(map(quoted, SUMMED[table]))})')
    return out


def build_own_indexes(db: Database, registry: Registry) -> None:
    """Build the indexes that own fields should have and do not have yet."""
    have = db.indexes()
    for entity in registry.entities.values():
        for name, field in own_indexes(entity):
            if name not in have:
                db.build_index(name, entity.table, own_value(db, "custom", field))


def own_indexes(entity: Entity) -> list[tuple[str, Field]]:
    """The indexes that the own fields of an entity should have, by name."""
    return [
        (f"{entity.table}_own_{field.own_key}", field)
        for field in entity.own_fields
        if field.indexed and not field.multi
    ]


def create_entity(db: Database, entity: Entity) -> None:
    """Create the table, indexes and search index of an own object; does nothing when it is there."""
    if db.columns(entity.table):
        return
    for statement in [*entity_statements(entity), *db.search_tables(entity.table, entity.search)]:
        run(db, statement)


def complete(db: Database, entity: Entity) -> None:
    """Add the columns and indexes that the table of an own object lacks; one made by an earlier version has fewer."""
    held, indexes = set(db.columns(entity.table)), db.indexes()
    if not held:
        return
    for name, definition in columns(entity):
        if name not in held:
            run(db, f'ALTER TABLE "{entity.table}" ADD COLUMN {definition}')
    for statement in index_statements(entity):
        if statement.partition(" INDEX ")[2].split()[0].strip('"') not in indexes:
            run(db, statement)


def run(db: Database, statement: str) -> None:
    """Execute a statement after filling in the dialect's types."""
    if "{" in statement:
        statement = statement.format(**db.types)
    db.execute(statement)
