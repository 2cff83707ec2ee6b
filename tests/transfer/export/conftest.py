"""A workspace that holds something of everything, with values that are hard to write down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests import samples

from crmtool.app.commands import Add, Remove
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.transfer.export.formats import FORMATS
from crmtool.transfer.export.tables import Export, Table, whole

HARD: list[tuple[str, dict[str, object]]] = [
    ("field", {"name": "Many", "of": "contact", "kind": "email", "multi": True}),
    ("field", {"name": "Seen", "of": "contact", "kind": "instant"}),
    ("field", {"name": "Size", "of": "contact", "kind": "number"}),
    ("field", {"name": "Keen", "of": "contact", "kind": "yesno"}),
    ("field", {"name": "Any", "of": "contact", "kind": "json"}),
    ("field", {"name": "House", "of": "contact", "kind": "address"}),
    ("field", {"name": "Boss", "of": "contact", "kind": "reference", "target": "contact"}),
    ("contact", {"name": "=1+1", "title": "'=a", "department": "+x", "source": "@y", "phone": "+34 600 123 456"}),
    ("contact", {"name": 'say "hi", ok; now', "description": "\ttab\nline\rreturn  \n\n  end", "source": "a\rb"}),
    ("contact", {"name": "bell \x07 \x9b del \x7f \u2028 \u202e _x0041_ <b> & ]]> 😀", "tags": ["a b", "ü"]}),
    ("contact", {"name": "مرحبا", "url": "https://example.org/a\"b\\c", "phone": ["=cmd 123", "+1 (2) 3-4 5678"]}),
    (
        "contact",
        {
            "name": "Own", "many": ["a@x.example", "b@x.example"], "seen": "2026-01-02T03:04:05.678Z", "size": -2.5,
            "keen": False, "any": {"k": [1, None, "\x1b"]}, "house": {"city": "Oslo"}, "boss": "=1+1", "budget": "-3 JPY",
        },
    ),
    ("deal", {"name": "Large", "amount": "9007199254740.99 EUR"}),
    ("deal", {"name": "Minus", "amount": "-0.5 BHD"}),
    ("company", {"name": "Gone"}),
    ("contact", {"name": "Left", "company": "Gone"}),
]  # fmt: skip


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the workspace; nobody writes to it."""
    path = tmp_path_factory.mktemp("shelf") / "crm.db"
    with create_workspace(
        str(path), NewWorkspace("Shelf", "Sam", "sam@example.org"), zone="UTC"
    ) as workspace:
        for entity, values in [*samples.RECORDS, *HARD]:
            outcome = workspace.run(Add(entity, dict(values)))
            if values.get("name") == "Gone":
                gone = outcome.made[0][1]
        workspace.run(Remove("company", (gone,)))
    return path


@pytest.fixture
def store(shelf: Path) -> Iterator[Workspace]:
    with open_workspace(str(shelf), zone="UTC") as workspace:
        yield workspace


@pytest.fixture
def table(store: Workspace) -> Callable[..., Table]:
    """Makes the whole table of a kind of record."""

    def made(entity: str, fields: Sequence[str] = (), *, ids: bool = False) -> Table:
        kind = store.registry.entity(entity)
        columns = tuple(kind.field(key) for key in fields) if fields else whole(store.reader, kind)
        return Table(kind.plural, kind.plural_label(), kind, columns, ids=ids)

    return made


@pytest.fixture
def text(store: Workspace) -> Callable[..., str]:
    """Exports tables to text in a format."""

    def made(format: str, *tables: Table, raw: bool = False) -> str:
        export = Export(store.reader, tables, raw=raw, title="Shelf & co")
        return "".join(FORMATS[format].pieces(export))

    return made
