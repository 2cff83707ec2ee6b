"""The examples of docs/filters.md are filters, and its grammar is the parser's."""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from textwrap import indent

import pytest
from tests.core.filters import CONTEXT, REGISTRY, refused

from crmtool.core.queries import parse, parse_sort, parser, unparse
from crmtool.core.query import All

PAGE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")


def examples(language: str) -> list[tuple[str, str]]:
    """(entity, line) of every line in the blocks of a language."""
    found, entity = [], ""
    for line in PAGE.splitlines():
        if line.startswith("```"):
            word, _, noun = line.removeprefix("```").partition(" ")
            entity = noun if word == language else ""
        elif entity and line:
            found.append((entity, line))
    return found


@pytest.mark.parametrize(("entity", "text"), examples("filter"))
def test_every_example_is_a_filter(entity: str, text: str) -> None:
    node = parse(text, REGISTRY.entity(entity), CONTEXT)
    assert node != All()
    assert parse(unparse(node), REGISTRY.entity(entity), CONTEXT) == node


@pytest.mark.parametrize(("entity", "text"), examples("sort"))
def test_every_example_is_a_sort(entity: str, text: str) -> None:
    assert parse_sort(text, REGISTRY.entity(entity), REGISTRY)


def test_the_page_shows_the_parsers_grammar() -> None:
    grammar = cleandoc(parser.__doc__ or "").partition("\n\n")[2]
    assert indent(grammar, "    ") in PAGE


def test_the_example_of_an_error_is_the_error() -> None:
    error = refused("contact", "company.industy = retail")
    shown = f"Error: {error}\n{error.hint} [{error.code}]"
    assert "\n".join("    " + line for line in shown.split("\n")) in PAGE
