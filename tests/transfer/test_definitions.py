"""An export of everything, imported into a workspace that knows nothing of its objects and fields: they come with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.core.errors import UsageError
from crmtool.store.reader import Query
from crmtool.transfer.apply import Report, apply
from crmtool.transfer.export.formats import FORMATS
from crmtool.transfer.export.tables import Export, all_tables
from crmtool.transfer.kept import ids_of, kept_of
from crmtool.transfer.plan import plan

Write = Callable[..., str]

FOREIGN = 'Record ID,First Name,Last Name,Email,Lucky.Num\n17,Cy,Day,cy@c.example,"x ""7"" ;é"\n'
PARTNER = {"of": "contact", "key": "lifecycle", "name": "Lifecycle", "kind": "choice", "overrides": True}


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with objects, fields and choices of its own, and with what an import kept."""
    with create_workspace(
        str(tmp_path / "theirs" / "crm.db"), NewWorkspace("theirs", "Sam"), zone="UTC"
    ) as made:
        for entity, values in (
            ("object", {"name": "Machine", "plural": "machines"}),
            ("field", {"of": "machine", "name": "Customer", "kind": "reference", "target": "company"}),
            ("field", {"of": "contact", "name": "Runs", "kind": "reference", "target": "machine"}),
            ("field", {"of": "contact", "name": "Shoe size", "kind": "number"}),
            ("field", {"of": "company", "name": "Tier", "kind": "choice", "choices": ["gold", "silver"]}),
            ("field", {**PARTNER, "choices": [{"key": "lead", "label": "Lead"}, {"key": "ally", "label": "Ally"}]}),
            ("company", {"name": "Acme", "tier": "gold"}),
            ("machine", {"name": "Press 4", "customer": "Acme"}),
            ("contact", {"name": "Ana Ruiz", "runs": "Press 4", "shoe_size": 38, "lifecycle": "ally"}),
        ):  # fmt: skip
            made.run(Add(entity, values))
        foreign = tmp_path / "hubspot.csv"
        foreign.write_text(FOREIGN)
        run(made, str(foreign))
        yield made


def export(store: Workspace, format: str, path: str) -> str:
    tables = all_tables(store.reader, store.registry.entities.values())
    chosen = FORMATS[format]
    if chosen.several == "file":
        with open(path, "wb") as file:
            chosen.write(Export(store.reader, tables), file)
        return path
    os.mkdir(path)
    for table in tables:
        with open(os.path.join(path, table.key + chosen.endings[0]), "wb") as file:
            chosen.write(Export(store.reader, [table]), file)
    return path


def run(store: Workspace, path: str) -> Report:
    with plan(store, path) as made:
        foreseen = made.tally.counts, len(made.new_fields)
        done = apply(store, made)
        assert (done.tally.counts, len(made.new_fields)) == (foreseen[0], 0)
    return done


def told(store: Workspace) -> list[Any]:
    contacts = {one["name"]: one for one in store.query(Query("contact"))}
    ana, cy = contacts["Ana Ruiz"], contacts["Cy Day"]
    (machine,) = store.query(Query("machine"))
    (acme,) = store.query(Query("company"))
    return [
        (ana["runs"]["name"], ana["shoe_size"], ana["lifecycle"], acme["tier"], machine["customer"]["name"]),
        (cy["extra"], cy["external_ids"]),
    ]


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "ndjson", "xlsx"])
def test_what_is_ones_own_comes_along(
    theirs: Workspace, workspace: Workspace, tmp_path: Path, format: str
) -> None:
    path = export(theirs, format, str(tmp_path / f"all.{format}"))
    assert run(theirs, path).undo is None
    done = run(workspace, path)
    assert done.tally.counts["rejected"] == 0
    assert told(workspace) == told(theirs)
    assert told(workspace)[1] == (
        {"hubspot": {"Lucky.Num": 'x "7" ;é'}}, [["hubspot", "17"]],
    )  # fmt: skip
    kinds = {key: field.kind.name for key, field in workspace.registry.entities["contact"].fields.items()}
    assert (kinds["runs"], kinds["shoe_size"]) == ("reference", "number")
    assert "customer" in {
        choice.key for choice in workspace.registry.entities["contact"].fields["lifecycle"].choices
    }
    assert run(workspace, path).undo is None
    workspace.run(Undo(done.undo))
    assert workspace.registry.entities["machine"].removed
    assert "shoe_size" not in workspace.registry.entities["contact"].fields


def test_what_is_here_otherwise_stays_and_is_told(
    theirs: Workspace, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.run(Add("field", {"of": "contact", "name": "Shoe size", "kind": "text"}))
    workspace.run(Add("field", {"of": "company", "name": "Tier", "kind": "choice", "choices": ["silver"]}))
    path = export(theirs, "csv", str(tmp_path / "all"))
    with plan(workspace, path) as made:
        names = {change.after["name"] for change in made.new_fields}
        assert names == {"Machine", "Customer", "Runs", "Lifecycle"}
        reasons = " ".join(str(reason) for _, reason in made.passed_over)
    assert "shoe_size is of the kind text here and number there" in reasons
    assert "crm field choices company tier add=gold" in reasons


def test_a_table_of_an_unknown_kind_says_how_to_make_it(
    theirs: Workspace, workspace: Workspace, tmp_path: Path
) -> None:
    path = export(theirs, "csv", str(tmp_path / "all"))
    with pytest.raises(UsageError) as error:
        plan(workspace, os.path.join(path, "machines.csv"))
    assert "crm object add Machine plural=machines" in str(error.value.hint)
    assert "crm field add machine customer" in str(error.value.hint)


def test_definitions_that_cannot_be_made_are_told(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "fields.csv").write_text(
        "name,of,key,kind,id,created_at,deleted_at\nA,contact,a,colour,,,\nB,nothing,b,text,,,\nC,contact,c,text,,,\n"
    )
    (folder / "objects.csv").write_text(
        "name,plural_name,key,plural,id,created_at,deleted_at\nX,Xs,import,xs,,,\n"
    )
    with plan(workspace, str(folder)) as made:
        assert [change.after["name"] for change in made.new_fields] == ["C"]
        assert len(made.passed_over) == 3
        assert apply(workspace, made).undo is not None


@pytest.mark.parametrize(
    "text",
    [
        "red",
        "{red",
        "[]",
        '{"a": 1}',
        '{"a": {"b": 1}}',
        '{"a": {"b": {"c": "d"}}}',
        "[" * 100_000,
        "{" * 100_000,
    ],
)
def test_what_only_is_called_extra_is_a_text(workspace: Workspace, write: Write, text: str) -> None:
    assert kept_of(text) is None
    if len(text) < 100:
        quoted = text.replace('"', '""')
        run(workspace, write(f'name,email,extra\nAna,ana@a.example,"{quoted}"\n'))
        (ana,) = workspace.query(Query("contact"))
        assert ana["extra"] == {"csv": {"extra": text}}


def test_the_programs_own_remarks_are_no_part_of_an_import() -> None:
    assert kept_of('{"crm": {"match": {"x": [1]}}, "hubspot": {"a": "b"}}') == {"hubspot": {"a": "b"}}
    assert ids_of('[["hubspot", "17"]]') == [("hubspot", "17")]
    assert ids_of('[["hubspot", 17]]') is None
