"""``tokens.fold`` as a function of a database that has no way to call Python.

Its tables are made from ``tokens.fold`` itself, so the two agree about every character. Making them looks at 130,000 characters
(0.2 s), once for a new workspace.
"""

from __future__ import annotations

from functools import cache
from unicodedata import category, normalize

from crmtool.core import tokens


def fold_function(name: str, lower: str | None) -> str:
    """The statement that creates the function ``name``. Standard SQL but for its body's quotes and ``regexp_replace``.

    ``lower`` is a collation that knows the capitals of all scripts; without one the database's own has to do.
    """
    dropped, blanks, single, several = tables()
    text = "normalize(value, NFKD)"
    text = f"regexp_replace({text}, '[{dropped}]+', '', 'g')"
    text = f"lower({text}{f' COLLATE {lower}' if lower else ''})"
    text = f"translate({text}, '{_literal(''.join(single))}', '{_literal(''.join(single.values()))}')"
    for char, folded in several.items():
        text = f"replace({text}, '{char}', '{_literal(folded)}')"
    squeezed = "btrim(regexp_replace({text}, '[{blanks}]+', ' ', 'g'), ' ')"
    return (
        f"CREATE FUNCTION {name}(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$\n"
        "SELECT CASE WHEN octet_length(value) = length(value) "
        f"THEN {squeezed.format(text='lower(value)', blanks=blanks)} "
        f"ELSE normalize({squeezed.format(text=text, blanks=blanks)}, NFC) END\n$body$"
    )


@cache
def tables() -> tuple[str, str, dict[str, str], dict[str, str]]:
    """What folding does besides decomposition and lower case.

    (class of characters it drops, class of blanks, characters it turns into one other, characters it turns into several).
    """
    dropped: list[str] = []
    blanks: list[str] = []
    single: dict[str, str] = {}
    several: dict[str, str] = {}
    for code in (*range(1, 0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)):
        char = chr(code)
        if char.isspace():
            blanks.append(char)
        elif category(char) not in ("Cn", "Co") and normalize("NFKD", char) == char:
            folded = tokens.fold(f"a{char}a")[1:-1]  # between letters, where nothing is trimmed
            lower = char.lower()
            if not folded:
                dropped.append(char)
            elif folded != normalize("NFC", lower):
                (single if len(folded) == 1 else several)[lower] = folded
    return _class(dropped), _class(blanks), single, several


def _class(chars: list[str]) -> str:
    """Characters as the inside of a regular expression's bracket, neighbours as ranges."""
    ranges: list[list[int]] = []
    for code in map(ord, chars):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


def _literal(text: str) -> str:
    return text.replace("'", "''")
