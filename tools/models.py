"""src/crmtool/store/models.pyi: what type checkers and editors know of the typed models, which are made while a program runs.

python tools/models.py write|check
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crmtool.core.entities import builtin
from crmtool.core.fields import Field
from crmtool.core.registry import Entity
from crmtool.store.modelling import class_name, modelled

TARGET = Path(__file__).resolve().parent.parent / "src" / "crmtool" / "store" / "models.pyi"

HEAD = '''"""The typed models of the built-in entities. Generated from the definitions: ``make docs``."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from crmtool.store.modelling import Record
from crmtool.store.values import Address, Entry, Money, Ref

__all__ = ["NAMES", "Address", "Entry", "Money", "Record", "Ref"]

NAMES: dict[str, str]

# What may be given for a value: its own type, or the way a person would write it.
AnAmount: TypeAlias = Money | Decimal | int | float | str | None
ARecord: TypeAlias = Ref | Record | str | None
ADay: TypeAlias = date | str | None
AMoment: TypeAlias = datetime | str | None
Addresses: TypeAlias = Sequence[Entry[Address] | Address | dict[str, Any] | str] | Address | str
Texts: TypeAlias = Sequence[Entry[str] | dict[str, Any] | str] | str
Words: TypeAlias = Iterable[str] | str

'''
HELD = {
    "number": "int | float", "date": "date", "instant": "datetime", "yesno": "bool", "money": "Money", "address": "Address",
    "reference": "Ref", "file": "Ref", "json": "Any",
}  # fmt: skip
GIVEN = {
    "number": "int | float | None", "date": "ADay", "instant": "AMoment", "yesno": "bool | None", "money": "AnAmount",
    "reference": "ARecord", "file": "ARecord", "json": "Any", "address": "Address | str | None",
}  # fmt: skip


def held(field: Field) -> str:
    """The type of the attribute."""
    one = HELD.get(field.kind.name, "str")
    if field.multi:
        return f"list[Entry[{one}]]"
    if field.kind.collection:
        return "list[str]"
    return one if field.required or one == "Any" else f"{one} | None"


def given(field: Field) -> str:
    """The type of the argument."""
    if field.multi:
        return "Addresses" if field.kind.name == "address" else "Texts"
    if field.kind.collection:
        return "Words"
    wide = GIVEN.get(field.kind.name, "str | None")
    return wide.removesuffix(" | None") if field.required else wide


def stub(entity: Entity) -> str:
    """The class of one entity."""
    fields = [field for field in entity.fields.values() if modelled(field)]
    ordered = sorted(fields, key=lambda field: not field.required)
    arguments = "".join(
        f"{field.key}: {given(field)}{'' if field.required else ' = ...'}, "
        for field in ordered
        if field.writable and field.key.isidentifier() and field.key not in KEYWORDS
    )
    lines = [f"class {class_name(entity)}(Record):"]
    lines += [f"    {field.key}: {held(field)}" for field in fields if field.key not in KEYWORDS]
    lines += [f"    def __init__(self, *, {arguments}**own: Any) -> None: ..."]
    return "\n".join(lines) + "\n\n"


KEYWORDS = ("from",)  # reached with getattr alone


def text() -> str:
    """The whole stub, as the project's formatter leaves it."""
    source = HEAD + "".join(stub(entity) for entity in builtin().entities.values())
    ruff = Path(sys.executable).parent / "ruff"
    ran = subprocess.run(
        [ruff, "format", "--stdin-filename", str(TARGET), "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def main(words: list[str]) -> int:
    """Do what the one word says; 0 when the stub is as it should be."""
    if words == ["write"]:
        TARGET.write_text(text(), encoding="utf-8")
    elif words == ["check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text():
            print(f"{TARGET.name} is out of date: make docs", file=sys.stderr)
            return 1
        print(f"{TARGET.name}: up to date")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
