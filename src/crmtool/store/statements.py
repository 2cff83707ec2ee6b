"""Statements written once, with bare table names and ``?``, for an engine that keeps many workspaces as schemas.

A name behind FROM, JOIN, INTO, UPDATE, TABLE or an index's ON gets the schema, ``?`` becomes ``$1``, ``$2`` and so on; each
statement is rewritten once and remembered. A session ``search_path`` would do the first with less code, but it is state of a
connection: behind a pooler, or after one forgotten reset, a statement would read another customer's tables. One that names its
schema cannot.
"""

from __future__ import annotations

import re
from functools import lru_cache

SMALL = 1_000

_PLACES = re.compile(
    r"""
    '(?:[^']|'')*'                                             # text, left alone
    | (?P<mark> \?)
    | (?P<open> \b(?:INTO|UPDATE|TABLE|DROP\ INDEX|(?<!DISTINCT\ )FROM|JOIN
        |INDEX\ (?:CONCURRENTLY\ )?(?:IF\ NOT\ EXISTS\ )?(?:\w+|"[^"]+")\ ON)\s+ )
      (?P<name> (?!SET\b|LATERAL\b|ONLY\b|IF\b)(?:[A-Za-z_]\w*|"[^"]+") )(?P<after> \s*[.(]? )
    | "[^"]*"                                                  # any other name, left alone
    """,
    re.VERBOSE,
)
# What a WITH clause names stands for itself.
_HELPERS = re.compile(r"(?:\bWITH\s+(?:RECURSIVE\s+)?|\)\s*,\s*)(\w+)\s*(?:\([^)]*\)\s*)?AS\s*\(")
_BOUND = re.compile(r"(?<! NOT) IN \(\?|\bLIMIT (\d+)\s*$")


@lru_cache(maxsize=2048)
def placed(sql: str, schema: str) -> bytes:
    """The statement with its tables in ``schema`` and its parameters numbered."""
    helpers = set(_HELPERS.findall(sql))
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found["mark"]:
            count += 1
            return f"${count}"
        if not found["name"]:
            return found[0]
        opening, name, after = found["open"], found["name"], found["after"]
        calls = after.endswith("(") and opening.split()[0] in ("FROM", "JOIN")
        if after.endswith(".") or calls or name in helpers:
            return found[0]
        return f'{opening}"{schema}".{name}{after}'

    return _PLACES.sub(place, sql).encode()


@lru_cache(maxsize=2048)
def is_small(sql: str) -> bool:
    """Whether the statement itself says that its result is short: by its LIMIT, or by a list of keys."""
    found = _BOUND.search(sql)
    return found is not None and (found[1] is None or int(found[1]) <= SMALL)
