"""The stored tables as SQLModel table classes, and an SQLAlchemy engine that reads them.

For the reports that neither a filter nor ``crm sql`` can say. The engine opens the store for reading only; columns are those of
the store: ``company_id``, ``amount_minor``, several values as JSON, a user's own fields in ``custom``, deleted records with a
``deleted_at``, ``updated_by_id`` only from the second revision on. Row policy does not reach here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Engine,
    Float,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
)
from sqlalchemy.pool import NullPool
from sqlmodel import Field, SQLModel

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.registry import Entity
from crmtool.store.db import open_database
from crmtool.store.layout import Layout
from crmtool.store.packing import unpacked

_TYPES: dict[str, tuple[Any, Any]] = {
    "text": (str, Text),
    "integer": (int, Integer),
    "real": (float, Float),
    "bool": (bool, Boolean),
    "json": (Any, JSON),
}


class Entries(TypeDecorator[Any]):
    """Several values, as a list of objects with ``id``, ``value``, ``key`` and ``label``."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return unpacked(value)


_made: dict[tuple[str, ...], type[SQLModel]] = {}


def table(entity: Entity) -> type[SQLModel]:
    """The table class of an entity; its attributes are the columns."""
    layout = Layout(entity)
    stored = [("n", "integer"), ("name_key", "text")]
    stored += [column for field in layout.fields for column in field.columns]
    stored.append(("custom", "json"))
    several = {field.columns[0][0] for field in layout.fields if field.multi}
    mark = (entity.table, *(name for name, _ in stored))
    if mark not in _made:
        annotations: dict[str, Any] = {}
        # A metadata of its own: another workspace may have another table of this name.
        namespace: dict[str, Any] = {
            "__module__": __name__,
            "__tablename__": entity.table,
            "metadata": MetaData(),
        }
        for name, storage in stored:
            python, column = (
                (Any, Entries) if name in several else _TYPES["integer" if name == "rev" else storage]
            )
            annotations[name] = python | None if python is not Any else Any
            namespace[name] = Field(default=None, sa_column=Column(name, column, primary_key=name == "n"))
        namespace["__annotations__"] = annotations
        metaclass: Any = type(SQLModel)
        _made[mark] = metaclass(f"{entity.key.title()}Row", (SQLModel,), namespace, table=True)
    return _made[mark]


def engine(location: str, key: str | None = None) -> Engine:
    """An engine whose connections read the store at ``location``; ``UsageError`` for one on a database server."""
    if "://" in location:
        raise UsageError(
            Message("A workspace on a database server has an engine of its own."),
            Message("Make one with SQLAlchemy and the server's address."),
            code="not_here",
        )

    def connect() -> Any:
        return open_database(location, key=key, read_only=True).raw  # type: ignore[attr-defined]  # a store in a file

    known = open_database(
        location, key=key, read_only=True
    )  # a wrong key or place is told here, in our own words
    known.close()
    return create_engine(known.alchemy, module=known.driver, creator=connect, poolclass=NullPool)
