"""JSON of every shape as tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core.messages import Message
from crmtool.transfer.drafts import Draft, Problem
from crmtool.transfer.sources import json_source
from crmtool.transfer.sources.json_source import flatten
from crmtool.transfer.sources.opening import open_sources

Write = Callable[..., str]
Table = tuple[str, list[str], list[tuple[int, list[str]]]]


def tables(path: str) -> list[Table]:
    out = []
    for source in open_sources([path]):
        with source:
            out.append(
                (
                    source.name.removeprefix(path),
                    source.columns,
                    [(row.number, row.cells) for row in source.rows()],
                )
            )
    return out


def test_a_list_of_objects(write: Write) -> None:
    people = [
        {
            "name": "Ana",
            "address": {"city": "Köln"},
            "emails": ["a@x.example"],
            "score": 1.50,
            "big": 12345678901234567890,
        },
        {
            "name": "Bo",
            "ok": True,
            "nothing": None,
            "amount": {"amount": "1200.00", "currency": "EUR"},
            "none": [],
        },
        "no object",
        {"name": None},
    ]
    text = json.dumps(people).replace("1.5", "1.50")
    columns = ["name", "address.city", "emails", "score", "big", "ok", "nothing", "amount", "none"]
    assert tables(write(text)) == [
        ("", columns, [
            (1, ["Ana", "Köln", '["a@x.example"]', "1.50", "12345678901234567890", "", "", "", ""]),
            (2, ["Bo", "", "", "", "", "true", "", "1200.00 EUR", ""]),
        ])
    ]  # fmt: skip


def test_one_object_a_line_is_counted_by_lines(write: Write) -> None:
    assert tables(write('\n{"name": "Ana"}\n\n{"name": "Bo", "n": 1}\n{"n":\n2}')) == [
        ("", ["name", "n"], [(2, ["Ana", ""]), (4, ["Bo", "1"]), (5, ["", "2"])])
    ]


@pytest.mark.parametrize("key", ["records", "data", "results", "contacts", "whatever"])
def test_a_list_within_an_object(write: Write, key: str) -> None:
    assert tables(write(json.dumps({"total": 1, key: [{"name": "Ana"}], "next": None}))) == [
        ("", ["name"], [(1, ["Ana"])])
    ]


def test_several_lists_are_several_sources(write: Write) -> None:
    book = {
        "contacts": [{"name": "Ana"}],
        "rates": [{"name": "USD", "rate": 1}],
        "notes": [],
        "about": {"authors": [{"first": "Ana"}]},
    }
    assert [(name, columns) for name, columns, _ in tables(write(json.dumps(book)))] == [
        ("#contacts", ["name"]), ("#rates", ["name", "rate"]),
    ]  # fmt: skip


def test_lists_that_are_deep_down(write: Write) -> None:
    graph = {"data": {"people": {"edges": [{"node": {"name": "Ana"}}]}}}
    assert tables(write(json.dumps(graph))) == [("", ["node.name"], [(1, ["Ana"])])]


def test_one_object_is_one_record(write: Write) -> None:
    card = {"name": "Ana", "emails": [{"value": "a@x.example", "label": "work"}]}
    assert tables(write(json.dumps(card, indent=2)))[0][2] == [
        (1, ["Ana", '[{"value":"a@x.example","label":"work"}]'])
    ]


def test_a_list_larger_than_a_record_may_be(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "VALUE_LIMIT", 2_000)
    monkeypatch.setattr(json_source, "BLOCK", 700)
    book = {
        "meta": {"a": [1, 2]},
        "records": [{"name": f"P{n}", "t": "x" * 50} for n in range(500)],
        "more": [[1], {}],
    }
    for indent in (None, 1):
        ((_, columns, rows),) = tables(write(json.dumps(book, indent=indent)))
        assert columns == ["name", "t"]
        assert [cells[0] for _, cells in rows] == [f"P{n}" for n in range(500)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_with_a_mark(write: Write, encoding: str) -> None:
    assert tables(write('[{"name": "Jörg"}]'.encode(encoding)))[0][2] == [(1, ["Jörg"])]


def test_rejected_records_are_one_object_a_line_and_read_again(write: Write, tmp_path: Any) -> None:
    path = write(json.dumps([{"name": "Ana", "address": {"city": "X"}, "emails": ["bad"], "n": None}]))
    (source,) = open_sources([path])
    with source:
        (row,) = source.rows()
        draft = Draft(row.number, "contact", row.cells)
        draft.problems.append(Problem("emails", "emails", Message("no address")))
        rejects = source.rejects(str(tmp_path / "r.ndjson"))
        rejects.write([draft])
        rejects.close()
    assert json.loads((tmp_path / "r.ndjson").read_text()) == {
        "crm_row": 1, "crm_field": "emails", "crm_reason": "no address", "name": "Ana", "address.city": "X", "emails": ["bad"],
    }  # fmt: skip
    ((_, columns, rows),) = tables(str(tmp_path / "r.ndjson"))
    assert dict(zip(columns, rows[0][1], strict=True))["emails"] == '["bad"]'


LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=10),
)
KEYED = st.text(max_size=5)
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYED, inner, max_size=3), max_leaves=8
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=6), VALUE, max_size=4), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(RECORDS, st.sampled_from([1, 7, 1 << 20]), st.booleans())
def test_streaming_reads_what_loading_would(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], block: int, lines: bool
) -> None:
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    path = tmp_path_factory.getbasetemp() / "stream.json"
    path.write_text(text)
    expected = [cells for record in records if any((cells := flatten(record)).values())]
    if not expected or (lines and len(records) == 1):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_source, "BLOCK", block)
        found = [
            {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
            for _, columns, rows in tables(str(path))
            for _, cells in rows
        ]
    assert found == [{column: cell for column, cell in cells.items() if cell} for cells in expected]
