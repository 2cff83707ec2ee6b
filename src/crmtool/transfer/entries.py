"""Steps for what a record may have several of: addresses to write to and to go to, numbers, web addresses, tags."""

from __future__ import annotations

import re

from crmtool.core import jsontext, tokens
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import ADDRESS_PARTS
from crmtool.core.kinds.base import json_list
from crmtool.core.messages import Message
from crmtool.transfer.cells import PLACEHOLDERS, clean_lines, label_of, one_line, own_label
from crmtool.transfer.drafts import Draft, Problem, problem
from crmtool.transfer.layouts import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.steps import Compiler, Step

    Labels = Callable[[list[str], int], str | None]

_EMAIL = re.compile(r"([A-Za-z0-9._%+\-]+)@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)").fullmatch
_EMAIL_SEPARATORS = re.compile(r"[;,\s]+")
_MOST_TAGS = 100  # a cell with more is text in the wrong column
_SYSTEM_GROUPS = frozenset(("mycontacts", "my contacts"))


def parsed_entries(made: Compiler, at: int, field: Field) -> Step:
    parse, key, column, ctx = field.parse, field.key, made.columns[at], made.ctx

    def step(cells: list[str], out: Draft) -> None:
        if cells[at]:
            try:
                found = parse(cells[at], ctx)
            except ValidationError as error:
                out.problems.append(problem(column, key, error))
                return
            out.entries.setdefault(key, []).extend((entry["value"], entry.get("label")) for entry in found)

    return step


def labels(made: Compiler, target: Target) -> Labels:
    """How an entry's label is found: from the label column of its group, else the layout's own word."""
    fixed = target.label
    at = next(
        (i for i, t in enumerate(made.targets) if t.role == base.LABEL and t.group == target.group), None
    )
    if at is None:
        return lambda cells, number: fixed
    known: dict[str, str | None] = {}

    def label(cells: list[str], number: int) -> str | None:
        text = cells[at]
        if text not in known:
            if len(known) > 1000:
                known.clear()
            known[text] = label_of(text)
        return known[text] or fixed

    return label


def entry_step(made: Compiler, at: int, field: Field, label: Labels, split: str) -> Step:
    column, key = made.columns[at], field.key
    group = made.targets[at].group
    before = next((i for i, t in enumerate(made.targets) if t.role == base.PREFIX and t.group == group), None)
    take = {"email": _email, "phone": _phone}.get(field.kind.name, _other)(made, field)
    labelled = split == ";"

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at]
        if not text:
            return
        if before is not None and cells[before] and text.strip()[:1] not in "+[":
            text = f"+{cells[before].strip().lstrip('+')} {text}"
        listed = _listed(text) if text[:1] == "[" else []
        parts = text.split(split) if split and split in text else (text,)
        for number, (part, own) in enumerate(listed or ((part, None) for part in parts)):
            if labelled and not listed and ":" in part:
                part, own = own_label(part)
            if part.strip().lower() in PLACEHOLDERS:
                continue
            try:
                found = take(part)
            except ValidationError as error:
                if (
                    part[:3].lower() == "/o="
                ):  # a directory name of an Exchange server, which no one can write to
                    out.extra[column] = part
                else:
                    out.problems.append(problem(column, key, error))
                continue
            for value in found:
                out.entries.setdefault(key, []).append((value, own or label(cells, number)))

    return step


def _email(made: Compiler, field: Field) -> Callable[[str], Iterable[Any]]:
    validate, ctx = field.kind.validate, made.ctx

    def take(text: str) -> Iterable[Any]:
        text = text.strip()
        found = _EMAIL(text)
        if found:
            return (f"{found[1]}@{found[2].lower()}",)
        try:
            value = validate(text, field, ctx)
        except ValidationError:
            parts = [part for part in _EMAIL_SEPARATORS.split(text) if part]
            if len(parts) < 2 or not all(_EMAIL(part) for part in parts):
                raise
            return [validate(part, field, ctx) for part in parts]
        return () if value is None else (value,)

    return take


def _phone(made: Compiler, field: Field) -> Callable[[str], Iterable[Any]]:
    validate, phones, ctx = field.kind.validate, made.phones, made.ctx

    def take(text: str) -> Iterable[Any]:
        value = phones.plain(text) or validate(phones(text), field, ctx)
        return () if value is None else (value,)

    return take


def _other(made: Compiler, field: Field) -> Callable[[str], Iterable[Any]]:
    validate, ctx = field.kind.validate, made.ctx

    def take(text: str) -> Iterable[Any]:
        value = validate(text, field, ctx)
        return () if value is None else (value,)

    return take


def tags_step(made: Compiler, at: int, target: Target) -> Step:
    column, key, split = made.columns[at], target.field, target.split
    pattern = re.compile(re.escape(split) if split == ":::" else f"[{re.escape(split)}]")

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at]
        if not text:
            return
        kept: dict[str, str] = {}
        for part in json_list(text) or pattern.split(text):
            word = one_line(part).removeprefix("* ")
            if word and word.lower() not in _SYSTEM_GROUPS:
                kept.setdefault(tokens.fold(word), word)
        if len(kept) > _MOST_TAGS:
            reason = Message("{column}: more than {limit} tags.", column=column, limit=_MOST_TAGS)
            out.problems.append(Problem(column, key, reason))
        elif kept:
            out.values[key] = [*out.values.get(key, ()), *kept.values()]

    return step


def address_step(made: Compiler, group: str) -> Step:
    members = [(at, t) for at, t in enumerate(made.targets) if t.role == base.ADDRESS and t.group == group]
    places = [(at, target.part) for at, target in members]
    label, split = labels(made, members[0][1]), members[0][1].split

    def step(cells: list[str], out: Draft) -> None:
        found: list[dict[str, str]] = []
        for at, part in places:
            text = cells[at]
            if not text:
                continue
            for number, piece in enumerate(text.split(split) if split and split in text else (text,)):
                piece = piece.strip() if piece.isprintable() else clean_lines(piece)
                if piece:
                    while len(found) <= number:
                        found.append({})
                    old = found[number].get(part)
                    found[number][part] = (
                        piece if old is None else f"{old}\n{piece}" if part == "street" else old
                    )
        for number, parts in enumerate(found):
            whole = parts.pop("formatted", None)
            if not parts and whole:
                parts = {"street": whole}
            if parts:
                ordered = {part: parts[part] for part in ADDRESS_PARTS if part in parts}
                out.entries.setdefault("addresses", []).append((ordered, label(cells, number)))

    return step


def _listed(text: str) -> list[tuple[str, str | None]]:
    """(text, label) of a list in JSON, as ``["a", "b"]`` or of objects with one text each; ``[]`` for what is none."""
    try:
        found = jsontext.loads(text)
    except (ValueError, RecursionError):
        return []
    out: list[tuple[str, str | None]] = []
    for item in found if isinstance(found, list) else ():
        label = item.get("label") if isinstance(item, dict) else None
        if isinstance(item, dict):
            item = next(
                (item[key] for key in ("value", "url", "email", "number", "address") if item.get(key)), None
            )
        if isinstance(item, str | int) and not isinstance(item, bool):
            out.append((str(item), label if isinstance(label, str) else None))
    return out
