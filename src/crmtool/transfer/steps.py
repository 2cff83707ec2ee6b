"""What is done with the columns of a file: each step takes one value (of one or several columns) out of a row into its draft.

Steps are closures made once per file, because they run for every row: an absent value costs one test of one cell, and the common
spellings of text and e-mail take a short path. Everything else goes through the field's own kind.
"""

from __future__ import annotations

import re

from crmtool.core import ids, jsontext, tokens
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import ADDRESS_PARTS
from crmtool.core.messages import Message
from crmtool.transfer import amounts
from crmtool.transfer.cells import clean_lines, domain_of, label_of, one_line, own_label
from crmtool.transfer.days import day, moment
from crmtool.transfer.drafts import Draft, NoteDraft, Problem, problem
from crmtool.transfer.layouts import base
from crmtool.transfer.naming import companies, deals, people
from crmtool.transfer.reading import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Layout, Target
    from crmtool.transfer.phones import PhoneFormatter

    Step = Callable[[list[str], Draft], None]
    Labels = Callable[[list[str], int], str | None]

_EMAIL = re.compile(r"([A-Za-z0-9._%+\-]+)@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)").fullmatch
_EMAIL_SEPARATORS = re.compile(r"[;,\s]+")
# What people type into a column that a program made them fill in.
_PLACEHOLDERS = frozenset(
    ("-", "--", "---", ".", "?", "n/a", "na", "none", "null", "nil", "unknown", "(none)", "#n/a", "0")
)
_MOST_TAGS = 100  # a cell with more is text in the wrong column
_SYSTEM_GROUPS = frozenset(("mycontacts", "my contacts"))
_YES = frozenset(("yes", "y", "true", "t", "1", "x", "ja", "oui", "si", "sim", "da", "tak", "on"))
_NO = frozenset(("no", "n", "false", "f", "0", "nein", "non", "nao", "nee", "nie", "off"))


def compile_steps(
    columns: list[str],
    targets: list[Target],
    layout: Layout,
    entity: Entity,
    ctx: Context,
    phones: PhoneFormatter,
    reading: Reading,
    contact: Entity,
) -> list[Step]:
    """The steps of a file, in the order of its columns; ``targets`` runs parallel to ``columns``. ``contact``: whom rows name."""
    return Compiler(columns, targets, layout, entity, ctx, phones, reading, contact).steps()


class Compiler:
    """Holds what the steps of one file share while they are made."""

    def __init__(
        self,
        columns: list[str],
        targets: list[Target],
        layout: Layout,
        entity: Entity,
        ctx: Context,
        phones: PhoneFormatter,
        reading: Reading,
        contact: Entity,
    ) -> None:
        self.reading = reading
        self.contact_fields = contact.fields
        self.columns = columns
        self.targets = targets
        self.layout = layout
        self.fields = entity.fields
        self.ctx = ctx
        self.phones = phones

    def steps(self) -> list[Step]:
        """One step per value; columns that make one value together are met once, at the first of them."""
        made: list[Step] = []
        done: set[tuple[str, str]] = set()
        for at, target in sorted(enumerate(self.targets), key=lambda item: item[1].rank):
            if target.role in (base.NAME, base.COMPANY, base.DEAL, base.EXTRA):
                mark = (target.role, "")
            elif target.role in (base.ADDRESS, base.CONTACT):
                mark = (target.role, target.group)
            else:
                mark = (target.role, f"#{at}")
            if mark in done:
                continue
            done.add(mark)
            step = self._step(at, target)
            if step is not None:
                made.append(step)
        return made

    def _step(self, at: int, target: Target) -> Step | None:
        role = target.role
        if role == base.NAME:
            return self._names()
        if role == base.ENTRY:
            return self._entry(at, self.fields[target.field], self._labels(target), target.split)
        if role == base.ADDRESS:
            return self._address(target.group)
        if role == base.COMPANY:
            return companies(self)
        if role == base.CONTACT:
            return people(self, target.group)
        if role == base.DEAL:
            return deals(self)
        if role == base.EXTRA:
            return self._extra()
        if role == base.FIELD:
            return self._field(at, self.fields[target.field])
        single = {
            base.TAGS: self._tags, base.DAY: self._day, base.MOMENT: self._moment, base.CHOICE: self._choice,
            base.REFERENCE: self._reference, base.EXTERNAL: self._external, base.CREATED: self._created, base.NOTE: self._note,
            base.PRODUCT: self._product,
        }  # fmt: skip
        return single[role](at, target) if role in single else None

    def where(self, role: str, part: str, group: str = "") -> list[int]:
        """The places of the columns with this role and part."""
        return [
            at
            for at, target in enumerate(self.targets)
            if target.role == role and target.part == part and target.group == group
        ]

    # -- names -------------------------------------------------------------------------------------------------------

    def _names(self) -> Step:
        places = [
            (at, target.part, self.columns[at])
            for at, target in enumerate(self.targets)
            if target.role == base.NAME
        ]
        stored = {
            "given": "given_name",
            "family": "family_name",
            "nickname": "nickname",
            "phonetic": "phonetic_name",
        }
        stored = {part: key for part, key in stored.items() if key in self.fields}

        def step(cells: list[str], out: Draft) -> None:
            names, values = out.names, out.values
            for at, part, column in places:
                text = cells[at]
                if not text:
                    continue
                text = text.strip() if text.isprintable() else one_line(text)
                if not text:
                    continue
                key = stored.get(part)
                if key is None:
                    if part != "full":
                        out.extra[column] = text
                elif key in values:
                    values[key] = f"{values[key]} {text}"
                else:
                    values[key] = text
                names[part] = (
                    f"{names[part]} {text}" if part in names and part != "full" else names.get(part, text)
                )

        return step

    # -- single values -----------------------------------------------------------------------------------------------

    def _field(self, at: int, field: Field) -> Step:
        if field.multi and field.kind.name in ("email", "phone", "url"):
            return self._entry(at, field, lambda cells, number: None, ";")
        if field.multi:
            return self._parsed_entries(at, field)
        if field.kind.name == "money":
            return self._money(at, field)
        if field.kind.name in ("number", "yesno"):
            return self._word(at, field)
        parse, key, column, ctx = field.parse, field.key, self.columns[at], self.ctx
        short = field.kind.name == "text"
        shorten = domain_of if field.lookup == "domain" else None

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at]
            if not text:
                return
            try:
                value = text.strip() if short and text.isprintable() else parse(text, ctx)
            except ValidationError as error:
                out.problems.append(problem(column, key, error))
                return
            if value is None or value == "" or value == []:
                return
            if shorten is not None:
                value = shorten(value)
            if key in out.values:
                out.extra[column] = text
            else:
                out.values[key] = value

        return step

    def _money(self, at: int, field: Field) -> Step:
        column, key, currency = self.columns[at], field.key, self.ctx.currency
        mark = self.reading.decimals.get(at, "")
        beside = next(
            (i for i, t in enumerate(self.targets) if t.role == base.CURRENCY and t.field == key), None
        )

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if not text or text.lower() in _PLACEHOLDERS - {"0"}:
                return
            code = amounts.currency_code(cells[beside]) if beside is not None and cells[beside] else None
            value = amounts.money(text, code or currency, mark)
            if value is None:
                reason = Message(
                    "{field}: “{value}” is not an amount of money.", field=field.label(), value=text
                )
                out.problems.append(Problem(column, key, reason))
            elif key in out.values:
                out.extra[column] = text
            else:
                out.values[key] = value

        return step

    def _word(self, at: int, field: Field) -> Step:
        """A number, by the marks of its column, or yes and no in the languages that programs say them in."""
        column, key, ctx, is_number = self.columns[at], field.key, self.ctx, field.kind.name == "number"
        mark, scale = self.reading.decimals.get(at, ""), 100 if at in self.reading.shares else 1

        def value_of(text: str) -> Any:
            if is_number:
                found = amounts.number(text, mark)
                return (
                    field.kind.validate(float(found * scale), field, ctx)
                    if found is not None
                    else field.parse(text, ctx)
                )
            word = tokens.fold(text)
            return True if word in _YES else False if word in _NO else field.parse(text, ctx)

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if not text or (text.lower() in _PLACEHOLDERS and text != "0"):
                return
            try:
                value = value_of(text)
            except ValidationError as error:
                out.problems.append(problem(column, key, error))
                return
            if key in out.values:
                out.extra[column] = text
            else:
                out.values[key] = value

        return step

    def _note(self, at: int, target: Target) -> Step:
        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].replace("\x00", "").replace("\r\n", "\n").strip()
            if text:
                out.notes.append(NoteDraft(text))

        return step

    def _parsed_entries(self, at: int, field: Field) -> Step:
        parse, key, column, ctx = field.parse, field.key, self.columns[at], self.ctx

        def step(cells: list[str], out: Draft) -> None:
            if cells[at]:
                try:
                    found = parse(cells[at], ctx)
                except ValidationError as error:
                    out.problems.append(problem(column, key, error))
                    return
                out.entries.setdefault(key, []).extend(
                    (entry["value"], entry.get("label")) for entry in found
                )

        return step

    def _day(self, at: int, target: Target) -> Step:
        column, key, blank = self.columns[at], target.field, target.blank
        order = self.reading.orders.get(at, "")
        warning = Problem(
            column,
            key,
            Message("{column}: not a complete date; kept with the record as it is.", column=column),
        )

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if text and text not in blank:
                value = day(text, order)
                if value is None:
                    out.extra[column] = text
                    out.warnings.append(warning)
                else:
                    out.values.setdefault(key, value)

        return step

    def _moment(self, at: int, target: Target) -> Step:
        column, key, ctx = self.columns[at], target.field, self.ctx
        order = self.reading.orders.get(at, "")
        reason = Message("{column}: not a complete date; kept with the record as it is.", column=column)
        warning = Problem(column, key, reason)

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if text:
                value = moment(text, ctx, order)
                if value is None:
                    out.extra[column] = text
                    out.warnings.append(warning)
                else:
                    out.values.setdefault(key, value)

        return step

    def _choice(self, at: int, target: Target) -> Step:
        column, field, ctx = self.columns[at], self.fields[target.field], self.ctx
        words = (self.layout.choices or {}).get(target.field, {})

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if not text:
                return
            value = words.get(tokens.fold(text))
            if value is None:
                try:
                    value = field.parse(text, ctx)
                except ValidationError as error:
                    out.extra[column] = text
                    out.warnings.append(problem(column, field.key, error))
                    return
            out.values.setdefault(field.key, value)

        return step

    def _reference(self, at: int, target: Target) -> Step:
        column, key, by_id = self.columns[at], target.field, target.part == "id"

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if text:
                (out.later if by_id else out.refs).setdefault(key, (column, text))

        return step

    def _product(self, at: int, target: Target) -> Step:
        def step(cells: list[str], out: Draft) -> None:
            text = one_line(cells[at])
            if text:
                out.products.append(text)

        return step

    def _external(self, at: int, target: Target) -> Step:
        column, vendor, labelled = self.columns[at], self.layout.vendor, target.label
        urls = self.fields["urls"] if target.field == "urls" else None

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if not text:
                return
            if target.part == "own":
                if ids.is_id(text.lower()):
                    out.own_id = text.lower()
                else:
                    out.extra[column] = text
            elif urls is None:
                out.external.append((vendor, text))
            else:
                out.external.append((vendor, urls.kind.lookup_key(text)))
                out.entries.setdefault("urls", []).append((text, labelled))

        return step

    def _created(self, at: int, target: Target) -> Step:
        column, ctx, order = self.columns[at], self.ctx, self.reading.orders.get(at, "")

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at].strip()
            if text:
                value = moment(text, ctx, order)
                if value is None or value > (ctx.now or value):
                    out.extra[column] = text
                else:
                    out.created_at = value

        return step

    # -- several values ----------------------------------------------------------------------------------------------

    def _labels(self, target: Target) -> Labels:
        """How an entry's label is found: from the label column of its group, else the layout's own word."""
        fixed = target.label
        at = next(
            (i for i, t in enumerate(self.targets) if t.role == base.LABEL and t.group == target.group), None
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

    def _entry(self, at: int, field: Field, label: Labels, split: str) -> Step:
        column, key = self.columns[at], field.key
        group = self.targets[at].group
        before = next(
            (i for i, t in enumerate(self.targets) if t.role == base.PREFIX and t.group == group), None
        )
        take = {"email": self._email, "phone": self._phone}.get(field.kind.name, self._other)(field)
        labelled = split == ";"

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at]
            if not text:
                return
            if before is not None and cells[before] and text.strip()[:1] not in "+[":
                text = f"+{cells[before].strip().lstrip('+')} {text}"
            parts = text.split(split) if split and split in text else (text,)
            if text[:1] == "[":
                parts = _listed(text) or parts
            for number, part in enumerate(parts):
                part, own = own_label(part) if labelled and ":" in part else (part, None)
                if part.strip().lower() in _PLACEHOLDERS:
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

    def _email(self, field: Field) -> Callable[[str], Iterable[Any]]:
        validate, ctx = field.kind.validate, self.ctx

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

    def _phone(self, field: Field) -> Callable[[str], Iterable[Any]]:
        validate, phones, ctx = field.kind.validate, self.phones, self.ctx

        def take(text: str) -> Iterable[Any]:
            value = phones.plain(text) or validate(phones(text), field, ctx)
            return () if value is None else (value,)

        return take

    def _other(self, field: Field) -> Callable[[str], Iterable[Any]]:
        validate, ctx = field.kind.validate, self.ctx

        def take(text: str) -> Iterable[Any]:
            value = validate(text, field, ctx)
            return () if value is None else (value,)

        return take

    def _tags(self, at: int, target: Target) -> Step:
        column, key, split = self.columns[at], target.field, target.split
        pattern = re.compile(re.escape(split) if split == ":::" else f"[{re.escape(split)}]")

        def step(cells: list[str], out: Draft) -> None:
            text = cells[at]
            if not text:
                return
            kept: dict[str, str] = {}
            for part in pattern.split(text):
                word = one_line(part).removeprefix("* ")
                if word and word.lower() not in _SYSTEM_GROUPS:
                    kept.setdefault(tokens.fold(word), word)
            if len(kept) > _MOST_TAGS:
                reason = Message("{column}: more than {limit} tags.", column=column, limit=_MOST_TAGS)
                out.problems.append(Problem(column, key, reason))
            elif kept:
                out.values[key] = [*out.values.get(key, ()), *kept.values()]

        return step

    def _address(self, group: str) -> Step:
        members = [
            (at, t) for at, t in enumerate(self.targets) if t.role == base.ADDRESS and t.group == group
        ]
        places = [(at, target.part) for at, target in members]
        label, split = self._labels(members[0][1]), members[0][1].split

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

    # -- the rest -------------------------------------------------------------------------------------

    def _extra(self) -> Step:
        places = [
            (at, self.columns[at], target.blank)
            for at, target in enumerate(self.targets)
            if target.role == base.EXTRA
        ]

        def step(cells: list[str], out: Draft) -> None:
            for at, column, blank in places:
                text = cells[at]
                if text:
                    text = text.strip() if text.isprintable() else text.replace("\x00", "").strip()
                    if text and not (blank and text.casefold() in blank):
                        out.extra[column] = text

        return step


def _listed(text: str) -> list[str]:
    """The texts of a list in JSON, as ``["a", "b"]`` or as objects with one text each; ``[]`` for what is none."""
    try:
        found = jsontext.loads(text)
    except (ValueError, RecursionError):
        return []
    out: list[str] = []
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            item = next(
                (item[key] for key in ("value", "url", "email", "number", "address") if item.get(key)), None
            )
        if isinstance(item, str | int) and not isinstance(item, bool):
            out.append(str(item))
    return out
