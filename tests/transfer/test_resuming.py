"""Going on with an import: its columns, days and words hold without being said again, and others are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Undo
from crmtool.app.jobs import unfinished
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import ConflictError, NotFoundError
from crmtool.store.reader import Query
from crmtool.transfer import apply as applying
from crmtool.transfer.apply import Import, apply
from crmtool.transfer.mapping import FileMap, SavedMap
from crmtool.transfer.plan import Options, plan

Write = Callable[..., str]
ROWS = "Name,Email,Shoe,Colour,Birthday,Level\n" + "".join(
    f"P{n},p{n}@x.example,{30 + n},red,{n + 1:02}/0{n % 3 + 1}/1990,Top\n" for n in range(12)
)
COLUMNS = {"Shoe": "new:number", "Colour": "ignore", "Level": "title"}
MAP = SavedMap("m.toml", {"*": FileMap(None, None, COLUMNS, {"Level": {"Top": "Boss"}}, {})}, {})


class Stop(Exception):
    pass


def stop(position: int, size: int, tally: Any) -> None:
    raise Stop


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "ROWS", 4)


def begin(workspace: Workspace, *paths: str, saved: SavedMap = MAP, **options: Any) -> None:
    chosen = Options(dates="mdy", saved=saved)
    with plan(workspace, [*paths], count=False, options=chosen, **options) as made, pytest.raises(Stop):
        Import(workspace, made).run(stop)


def people(workspace: Workspace) -> list[tuple[Any, ...]]:
    fields = ("name", "title", "birthday", "shoe", "extra")
    return sorted(tuple(one.get(key) for key in fields) for one in workspace.reader.records(Query("contact")))


def test_columns_days_and_words_need_not_be_said_again(workspace: Workspace, write: Write) -> None:
    path = write(ROWS)
    with plan(workspace, path, options=Options(dates="mdy", saved=MAP)) as made:
        whole = apply(workspace, made)
    wanted = people(workspace)
    assert wanted[0][1:4] == ("Boss", "1990-01-01", 30)
    workspace.run(Undo(whole.undo))
    begin(workspace, path)
    with plan(workspace, path, count=False, resume=True) as made:
        assert not made.questions
        done = apply(workspace, made, resume=True)
    assert done.tally.counts["new"] == 12
    assert people(workspace) == wanted


def test_what_is_made_meanwhile_moves_no_column(workspace: Workspace, write: Write) -> None:
    path = write(ROWS)
    begin(workspace, path, saved=SavedMap("", {}, {}))
    assert people(workspace)[0][-1]["csv"]["Shoe"] == "30"
    workspace.run(Add("field", {"of": "contact", "name": "Shoe", "kind": "number"}))
    with plan(workspace, path, count=False, resume=True) as made:
        apply(workspace, made, resume=True)
    assert {one[-1]["csv"]["Colour"] for one in people(workspace)} == {"red"}
    assert {one[3] for one in people(workspace)} == {None}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(saved=SavedMap("", {"*": FileMap(None, None, {"Shoe": "extra"}, {}, {})}, {})), "Shoe"),
        (Options(dates="dmy"), "Birthday"),
        (Options(layout="csv/company"), "csv/contact"),
    ],
    ids=["columns", "days", "layout"],
)
def test_other_columns_days_or_layouts_are_refused(
    workspace: Workspace, write: Write, options: Options, said: str
) -> None:
    path = write(ROWS)
    begin(workspace, path)
    before = people(workspace)
    with plan(workspace, path, count=False, resume=True, options=options) as made:
        with pytest.raises(ConflictError) as refused:
            Import(workspace, made, resume=True)
        assert refused.value.code == "other_columns"
        assert said in str(refused.value.message)
    assert people(workspace) == before
    assert len(unfinished(workspace)) == 1
    with plan(workspace, path, count=False, resume=True, options=Options(dates="mdy", saved=MAP)) as made:
        assert apply(workspace, made, resume=True).tally.rows == 12  # said anew, and the same


def test_files_may_be_named_in_another_order_and_elsewhere(
    workspace: Workspace, tmp_path: Path, write: Write
) -> None:
    one = write(ROWS)
    two = tmp_path / "two.csv"
    two.write_text(ROWS.replace("\nP", "\nQ").replace(",p", ",q"))
    begin(workspace, one, str(two))
    moved = tmp_path / "moved.csv"
    Path(one).rename(moved)
    with plan(workspace, [str(two), str(moved)], count=False, resume=True) as made:
        done = apply(workspace, made, resume=True)
    assert done.tally.counts["new"] == 24
    assert {one[1] for one in people(workspace)} == {"Boss"}


def test_the_encoding_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(b"Name,Email\n" + b"".join(b"J\x8crg%d,j%d@x.example\n" % (n, n) for n in range(9)))
    begin(workspace, str(path), saved=SavedMap("", {}, {}), encoding="mac-roman")
    with plan(workspace, str(path), count=False, resume=True) as made:
        apply(workspace, made, resume=True)
    assert {one[0][:4] for one in people(workspace)} == {"Jårg"}


def test_another_program_may_go_on_with_what_was_stopped_here(
    workspace: Workspace, tmp_path: Path, write: Write
) -> None:
    path = write(ROWS)
    begin(workspace, path)
    with (
        open_workspace(str(tmp_path / "home" / "crm.db")) as other,
        plan(other, path, count=False, resume=True) as made,
    ):
        assert apply(other, made, resume=True).tally.rows == 12


def test_without_an_interrupted_import_nothing_is_recalled(workspace: Workspace, write: Write) -> None:
    with plan(workspace, write(ROWS), count=False, resume=True) as made:
        assert made.questions
        with pytest.raises(NotFoundError):
            Import(workspace, made, resume=True)
