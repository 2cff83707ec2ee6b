"""``find``: which records, in which tier, in what order, with what match shown."""

from __future__ import annotations

from typing import Any

import pytest
from tests.store.shelf import Shelf

from crmtool.app.commands import Add, Remove, Set
from crmtool.app.workspace import Workspace
from crmtool.core import changes
from crmtool.core.changes import ChangeSet
from crmtool.store.search import TIERS, find


def hits(workspace: Workspace, text: str, **options: Any) -> list[tuple[str, str]]:
    """(tier, name) of every hit."""
    return [(TIERS[hit.tier], str(hit.record["name"])) for hit in find(workspace.reader, text, **options)]


@pytest.mark.parametrize(
    ("text", "entities", "wanted"),
    [
        ("ana ruiz", ["contact"], [("name", "ána ruiz"), ("name", "Ana Ruiz")]),
        ("ÁNA", ["contact"], [("name words", "ána ruiz"), ("name words", "Ana Ruiz")]),
        ("rui", ["contact"], [("name beginning", "ána ruiz"), ("name beginning", "Ana Ruiz")]),
        ("ruiz ana", ["contact"], [("name words", "ána ruiz"), ("name words", "Ana Ruiz")]),
        ("rui ", ["contact"], []),
        ("uiz", ["contact"], []),
        ("jürgen", ["contact"], [("name words", "Müller, Jürgen")]),
        ("jurg MULL", ["contact"], [("name beginning", "Müller, Jürgen")]),
        ("mul jur", ["contact"], [("name beginning", "Müller, Jürgen")]),
        ("jurg MULL ", ["contact"], []),
        ("jurgen mull", ["contact"], [("name beginning", "Müller, Jürgen")]),
        ("zolc", ["contact"], [("name", "Żółć")]),
        ("太", ["contact"], [("name words", "空 太郎")]),
        ("太郎", ["contact"], [("name words", "空 太郎")]),
        ("郎太", ["contact"], []),
        ("会社", ["company"], [("name words", "株式会社 空")]),
        ("coca-cola", ["contact"], [("name words", "Coca-Cola Ö")]),
        ("cocacola", ["contact"], [("name words", "Coca-Cola Ö")]),
        ("cola o", ["contact"], [("name words", "Coca-Cola Ö")]),
        ("obrien", ["contact"], [("name words", "O'Brien")]),
        ("o'brien", ["contact"], [("name", "O'Brien")]),
        ("brien", ["contact"], [("name words", "O'Brien")]),
        ("ana@acme.example", ["contact"], [("address", "Ana Ruiz")]),
        ("ANA@acme", ["contact"], [("address", "Ana Ruiz")]),
        ("jm@", ["contact"], [("address", "MULLER")]),
        ("+34 600-123-456", ["contact"], [("address", "ána ruiz"), ("address", "Müller, Jürgen")]),
        ("600123456", ["contact"], [("address", "Müller, Jürgen"), ("address", "ána ruiz")]),
        ("(0034) 911.222.333", ["contact"], [("address", "Żółć")]),
        ("zweite", ["contact"], [("words", "空 太郎")]),
        ("zwei", ["contact"], [("beginning", "空 太郎")]),
        ("leon mayor", ["contact"], [("words", "Coca-Cola Ö")]),
        ("founder", ["contact"], [("words", "Ana Ruiz")]),
        ("blue", ["contact"], [("words", "ána ruiz"), ("words", "Ana Ruiz")]),
        ('"c mayor"', ["contact"], [("words", "Coca-Cola Ö")]),
        ('"mayor c"', ["contact"], []),
        ("big", ["deal"], [("name", "big"), ("name", "Big"), ("name beginning", "Bigger")]),
        ("romer", ["project"], [("name", "römer")]),
        ("gone", ["contact"], []),
        ("", None, []),
        ("  ", None, []),
        ("!?", None, []),
        ("acme", None, [("name", "Acme"), ("name", "Acme"), ("words", "O'Brien"), ("words", "MULLER")]),
    ],
)
def test_who_is_found_and_how(
    shelf: Shelf, text: str, entities: list[str] | None, wanted: list[tuple[str, str]]
) -> None:
    found = hits(shelf.workspace, text, entities=entities)
    assert found[: len(wanted)] == wanted
    assert entities is None or found == wanted


def test_the_match_is_shown(shelf: Shelf) -> None:
    def shown(text: str) -> tuple[str, str]:
        hit = find(shelf.workspace.reader, text, entities=["contact"])[0]
        return hit.field, hit.text

    assert shown("leon") == ("addresses", "C/ Mayor 1, León")
    assert shown("911222333") == ("phones", "0034 911 222 333")
    assert shown("jm@acme") == ("emails", "JM@acme.example")
    assert shown("muller") == ("name", "MULLER")
    assert shown("zweite") == ("description", "Ruft an zweite Zeile")


def test_people_come_before_what_they_work_on(workspace: Workspace) -> None:
    workspace.run(Add("note", {"name": "Nova", "body": "x"}))
    workspace.run(Add("deal", {"name": "Nova licence"}))
    workspace.run(Add("company", {"name": "Nova"}))
    workspace.run(Add("contact", {"name": "Nova Klein"}))
    found = [(hit.entity, TIERS[hit.tier]) for hit in find(workspace.reader, "nova")]
    assert found == [("company", "name"), ("note", "name"), ("contact", "name words"), ("deal", "name words")]


def test_the_newest_come_first_and_no_more_than_asked(workspace: Workspace) -> None:
    for number in range(6):
        workspace.run(Add("contact", {"name": f"Kim {number}"}))
    assert hits(workspace, "kim", limit=4) == [("name words", f"Kim {n}") for n in (5, 4, 3, 2)]
    assert hits(workspace, "kim 3", limit=4) == [("name", "Kim 3")]


def test_the_index_follows_the_record(workspace: Workspace) -> None:
    record = workspace.run(Add("contact", {"name": "Ana", "title": "Baker"})).made[-1][1]
    workspace.run(Set("contact", (record,), (("name", "=", "Eva"), ("title", "=", "Carpenter"))))
    assert hits(workspace, "ana") == hits(workspace, "baker") == []
    assert hits(workspace, "eva") == [("name", "Eva")]
    assert hits(workspace, "carp") == [("beginning", "Eva")]
    workspace.run(Remove("contact", (record,)))
    assert hits(workspace, "eva") == []


@pytest.mark.parametrize(
    "text",
    ['"', '"""', "a AND b", "x* OR y:", "' OR 1=1", "(", "\\", "*", "a\x00b", "& | ! <->", ":*", "-", "株 *"],
)
def test_no_text_breaks_the_search(shelf: Shelf, text: str) -> None:
    assert isinstance(find(shelf.workspace.reader, text), list)
    assert isinstance(find(shelf.workspace.reader, "ana " + text), list)


def test_a_common_word_answers_with_the_newest(workspace: Workspace) -> None:
    entity = workspace.registry.entity("contact")
    items = [
        changes.create(entity, {"name": f"Kim {n}", "title": "odd" if n % 2 else "even"}) for n in range(700)
    ]
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet(items, "test"), workspace.actor)
    assert hits(workspace, "kim", limit=3) == [("name words", f"Kim {n}") for n in (699, 698, 697)]
    assert hits(workspace, "ki", limit=2) == [("name beginning", "Kim 699"), ("name beginning", "Kim 698")]
    assert hits(workspace, "kim odd", limit=2) == [("words", "Kim 699"), ("words", "Kim 697")]
    assert hits(workspace, "kim 7", limit=2)[0] == ("name", "Kim 7")
