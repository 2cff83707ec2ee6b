"""What is done with the columns of a file: each step takes one value (of one or several columns) out of a row into its draft.

Steps are closures made once per file, because they run for every row: an absent value costs one test of one cell, and the common
spellings of text and e-mail take a short path. Everything else goes through the field's own kind.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.errors import ValidationError
from crmtool.transfer.cells import domain_of, one_line
from crmtool.transfer.drafts import Draft, problem
from crmtool.transfer.entries import address_step, entry_step, labels, parsed_entries, tags_step
from crmtool.transfer.kept import COLUMN as KEPT_COLUMN
from crmtool.transfer.kept import ids_of, kept_of
from crmtool.transfer.layouts import base
from crmtool.transfer.naming import companies, deals, people
from crmtool.transfer.people import turned
from crmtool.transfer.reading import Reading
from crmtool.transfer.values import (
    choice_step,
    created_step,
    day_step,
    moment_step,
    money_step,
    note_step,
    word_step,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Layout, Target
    from crmtool.transfer.phones import PhoneFormatter

    Step = Callable[[list[str], Draft], None]
    Labels = Callable[[list[str], int], str | None]


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
            return entry_step(self, at, self.fields[target.field], labels(self, target), target.split)
        if role == base.ADDRESS:
            return address_step(self, target.group)
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
            base.TAGS: tags_step, base.DAY: day_step, base.MOMENT: moment_step, base.CHOICE: choice_step,
            base.CREATED: created_step, base.NOTE: note_step,
        }  # fmt: skip
        if role in single:
            return single[role](self, at, target)
        own = {base.REFERENCE: self._reference, base.EXTERNAL: self._external, base.PRODUCT: self._product}
        return own[role](at, target) if role in own else None

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
        first = {
            at
            for at, part, _ in places
            if part == "full"
            and (at in self.reading.family_first or self.targets[at].label == base.FAMILY_FIRST)
        }

        def step(cells: list[str], out: Draft) -> None:
            names, values = out.names, out.values
            told: dict[str, str] = {}
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
                if part == "full" and part in names:
                    if text != names[part]:
                        out.extra[column] = text
                    continue
                if at in first and (found := turned(text)) is not None:
                    out.extra[column], text = text, found.name
                    told = {"given_name": found.given, "family_name": found.family}
                names[part] = f"{names[part]} {text}" if part in names else text
            for key in told:
                values.setdefault(key, told[key])

        return step

    # -- single values -----------------------------------------------------------------------------------------------

    def _idents(self, at: int) -> Step:
        column = self.columns[at]

        def step(cells: list[str], out: Draft) -> None:
            if cells[at]:
                found = ids_of(cells[at])
                if found is None:
                    out.extra[column] = one_line(cells[at])
                else:
                    out.external += [pair for pair in found if pair not in out.external]

        return step

    def _field(self, at: int, field: Field) -> Step:
        if field.key == "external_ids":
            return self._idents(at)
        if field.multi and field.kind.name in ("email", "phone", "url"):
            return entry_step(self, at, field, lambda cells, number: None, ";")
        if field.multi:
            return parsed_entries(self, at, field)
        if field.kind.name == "money":
            return money_step(self, at, field)
        if field.kind.name == "choice":
            return choice_step(self, at, self.targets[at].replace(field=field.key), strict=True)
        if field.kind.name in ("number", "yesno"):
            return word_step(self, at, field)
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

    def _reference(self, at: int, target: Target) -> Step:
        column, key, by_id = self.columns[at], target.field, target.part in ("id", "own")

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

    # -- several values ----------------------------------------------------------------------------------------------

    # -- the rest -------------------------------------------------------------------------------------

    def _extra(self) -> Step:
        every = [
            (at, self.columns[at], target.blank)
            for at, target in enumerate(self.targets)
            if target.role == base.EXTRA
        ]
        places = [place for place in every if place[1] != KEPT_COLUMN]
        kept = next((at for at, column, _ in every if column == KEPT_COLUMN), None)

        def step(cells: list[str], out: Draft) -> None:
            if kept is not None and cells[kept]:
                found = kept_of(cells[kept])
                if found is None:
                    out.extra[KEPT_COLUMN] = one_line(cells[kept])
                else:
                    out.kept = found
            for at, column, blank in places:
                text = cells[at]
                if text:
                    text = text.strip() if text.isprintable() else text.replace("\x00", "").strip()
                    if text and not (blank and text.casefold() in blank):
                        out.extra[column] = text

        return step
