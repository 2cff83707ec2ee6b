"""One row or card of a file, checked: what it says about one record and those beside it, in values that can be stored.

A value that does not fit its field is a problem, and a row with problems is rejected with its reasons, alone: no row stops an
import. What only cannot be placed (a birthday without a year, an owner nobody knows) is a warning and stays in ``extra``.
"""

from __future__ import annotations

from crmtool.app.rules import NOTE_TITLE
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import EMAIL
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.guard import unguarded
from crmtool.transfer.layouts.base import Header, Layout, Target
from crmtool.transfer.mailboxes import MAIL_PROVIDERS
from crmtool.transfer.people import compose
from crmtool.transfer.phones import PhoneFormatter
from crmtool.transfer.reading import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.registry import Registry
    from crmtool.transfer.sources.base import Row


class Said(Struct):
    """What a row says of a company or person that it names, beside who that is. ``column`` is the one with the owner's name."""

    owner: str = ""
    column: str = ""
    address: str = ""
    tags: tuple[str, ...] = ()


NOTHING_SAID = Said()


class CompanyDraft(Struct):
    """The company a row names: by name, by domain, by the source's own id or ours; at least one is there. ``column`` is the one
    that keeps an id which nobody has. ``mail`` is the domain of the row's person, which may be the company's.
    """

    name: str = ""
    domain: str = ""
    ident: str = ""
    column: str = ""
    said: Said = NOTHING_SAID
    mail: str = ""

    @property
    def mark(self) -> tuple[str, str, str, Said | None, str]:
        """What is the same of two rows that mean the same by it."""
        said = None if self.said is NOTHING_SAID else self.said
        return self.name, self.domain, self.ident, said, self.mail


class ContactDraft(Struct):
    """A person whom the row of a deal, activity, task, note or order names; something of name, email, phone and ident is there.

    ``role`` is what the link to a further person says, as the source calls it. ``column`` keeps the name of one who is not found.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    ident: str = ""
    role: str = ""
    column: str = ""
    said: Said = NOTHING_SAID


class DealDraft(Struct):
    """A deal that the row of an activity, task, note or order names: by name, by the source's own id or ours."""

    name: str = ""
    ident: str = ""
    column: str = ""


class NoteDraft(Struct):
    """A note that comes with a record. ``created_at`` is an instant, ``None`` when the source does not say."""

    text: str
    created_at: str | None = None


class Problem(Struct):
    """Why a row is rejected, or what of it could not be placed. ``column`` is the header as written, ``field`` our key,
    ``value`` the word that names nothing of ours, where that is what is wrong.
    """

    column: str
    field: str
    message: Message
    value: str = ""


class Draft:
    """What one row says. A row with ``problems`` is rejected; one that is ``empty`` is passed over.

    ``values``: field key to stored value, multi-values excluded: they are ``entries``, field key to (value, label) pairs.
    ``names``: the parts of the name that the row gave; ``full`` is there when the name is the record's own and no stand-in.
    ``external``: (source, id) pairs. ``own_id`` is the id of a record of ours. ``email_keys``: the addresses as the lookup index
    has them (see ``complete``). ``refs``: reference field to (column, text), resolved when the row is matched: owner, stage and
    pipeline by name, too. ``extra``: column to text, what no field takes; ``kept``: what a record of ours had
    beside it, by source. ``created_at`` is when the source made its record.

    What a row says beside its record: ``companies``, of which the first is the record's own and the others are further
    employments of a person; ``contacts``, of whom the first is the record's own and the others are linked to it; ``deals``;
    ``notes``, which become records of their own about this one; ``products`` by name. ``later``: reference field to (column,
    source's id) of a record of the same kind, which may come further down.

    ``passed``: why the source itself says that the row is to be passed over. ``fills``: the row is older than others about the
    same record, so it overwrites nothing.

    ``cells`` is the row as it stands, for the file of rejected rows; ``item`` stands for it where the source has no table.
    """

    __slots__ = (
        "cells", "companies", "contacts", "created_at", "deals", "email_keys", "empty", "entity", "entries", "external", "extra",
        "fills", "item", "kept", "later", "names", "notes", "own_id", "passed", "problems", "products", "refs", "row", "values",
        "warnings",
    )  # fmt: skip

    def __init__(self, row: int, entity: str, cells: list[str], item: Any = None) -> None:
        self.row = row
        self.entity = entity
        self.cells = cells
        self.item = item
        self.values: dict[str, Any] = {}
        self.entries: dict[str, list[tuple[Any, str | None]]] = {}
        self.names: dict[str, str] = {}
        self.extra: dict[str, str] = {}
        self.kept: dict[str, Any] = {}
        self.external: list[tuple[str, str]] = []
        self.companies: list[CompanyDraft] = []
        self.contacts: list[ContactDraft] = []
        self.deals: list[DealDraft] = []
        self.notes: list[NoteDraft] = []
        self.products: list[str] = []
        self.refs: dict[str, tuple[str, str]] = {}
        self.later: dict[str, tuple[str, str]] = {}
        self.own_id: str | None = None
        self.email_keys: list[str] = []
        self.created_at: str | None = None
        self.empty = False
        self.passed: Message | None = None
        self.fills = False
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def name_company(self, ident: str, column: str) -> None:
        """Say by the source's id which company the row is about."""
        self.companies.insert(0, CompanyDraft("", "", ident, column))

    @property
    def counts(self) -> bool:
        """Whether it is a row that gets a verdict."""
        return not self.empty and self.passed is None

    @property
    def waits(self) -> bool:
        """Whether it names what may come further down, or in a file that is read later."""
        return bool(self.later or (self.entity in ("contact", "company") and (self.contacts or self.deals)))

    def complete(self) -> Draft:
        """Derive what matching needs; the last thing that whoever makes a draft does with it."""
        found = self.entries.get("emails")
        if found:
            self.email_keys = [EMAIL.lookup_key(value) for value, _ in found]
        if self.companies and self.companies[0].name and not self.companies[0].domain:
            address = (
                self.email_keys[0] if self.email_keys else self.contacts[0].email if self.contacts else ""
            )
            domain = address.rpartition("@")[2]
            if domain and domain not in MAIL_PROVIDERS:
                self.companies[0].mail = domain
        return self

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def named(self) -> bool:
        """Whether the name is one that the row gave, not the address or number that stands in for it."""
        return "full" in self.names

    def __repr__(self) -> str:
        return (
            f"Draft({self.row}, {self.entity}, {self.values!r}, {self.entries!r}, problems={self.problems!r})"
        )


class Drafter:
    """Makes drafts of the rows of one table. Compiled once per table; see ``steps`` for what each column does."""

    def __init__(
        self, header: Header, layout: Layout, registry: Registry, ctx: Context, targets: list[Target] | None = None,
        reading: Reading | None = None,
    ) -> None:  # fmt: skip
        from crmtool.transfer.steps import compile_steps

        self.layout = layout
        self.columns = header.unique()
        self.targets = layout.bind(header) if targets is None else targets
        reading = reading or Reading()
        self._entity = registry.entities[layout.entity]
        self._width = len(header.columns)
        self._noise = frozenset(
            c for c, t in zip(self.columns, self.targets, strict=True) if t.part == "noise"
        )
        self._company_fields = registry.entities["company"].fields
        self._steps = compile_steps(
            self.columns, self.targets, layout, self._entity, ctx, PhoneFormatter(ctx.region), reading,
            registry.entities["contact"],
        )  # fmt: skip
        self._replaced = [*reading.replaced.items()]
        self._guarded = reading.guarded
        self._said = [(name, header.names.index(name)) for name in layout.reads if name in header.present]
        self._after = layout.after

    def draft(self, row: Row) -> Draft:
        """The draft of one row; never raises for what a row says."""
        cells = row.cells
        out = Draft(row.number, self._entity.key, cells)
        width = self._width
        if len(cells) != width:
            if len(cells) > width and any(cells[width:]):
                out.problems.append(
                    Problem("", "", Message("The row has {n} cells, the header {columns}: is a quotation mark missing?",
                                            n=len(cells), columns=width))
                )  # fmt: skip
                return out
            cells = [*cells[:width], *[""] * (width - len(cells))]
        if row.open_quote:
            out.problems.append(
                Problem("", "", Message("A quotation mark is opened in this row and never closed."))
            )
            return out
        if self._guarded:
            cells = [unguarded(cell) if cell[:1] == "'" else cell for cell in cells]
        if self._replaced:
            cells = [*cells]
            for at, words in self._replaced:
                text = cells[at].strip()
                cells[at] = words.get(text, cells[at])
        for step in self._steps:
            step(cells, out)
        if self._after is not None:
            self._after(out, {name: cells[at].strip() for name, at in self._said})
        self._name(out)
        return out.complete()

    def _name(self, out: Draft) -> None:
        """Give the draft a name: its own, the company's where the row is a company, or what it can be reached by."""
        names, values = out.names, out.values
        if names:
            get = names.get
            full = get("full") or compose(
                get("given", ""), get("middle", ""), get("family", ""), get("suffix", "")
            )
            full = full or get("nickname", "")
            if full:
                values[self._entity.name_field] = names["full"] = full
                return
        if out.entity not in ("contact", "company"):
            self._other_name(out)
            return
        if out.entity == "contact" and out.companies and not out.problems and self._is_company(out):
            self._become_company(out)
            return
        if out.entity == "company" and values.get("domain") and values["domain"] not in MAIL_PROVIDERS:
            values["name"] = values["domain"]
            return
        for field in ("emails", "phones"):
            if out.entries.get(field):
                values["name"] = out.entries[field][0][0]
                return
        if out.problems:
            return
        if self._says_nothing(out):
            out.empty = True
            return
        out.problems.append(
            Problem("", "name", Message("The row has no name, no e-mail address and no phone number."))
        )

    def _other_name(self, out: Draft) -> None:
        """Name what is no person and no company by its text, by whom it is about, or by its id."""
        if out.problems or self._entity.name_field not in self._entity.fields or out.entity == "link":
            return
        if self._says_nothing(out):
            out.empty = True
            return
        name = ""
        if out.values.get("body"):
            name = heading(str(out.values["body"]))
        elif out.entity in ("deal", "order", "activity"):
            about = [one.name for one in out.companies[:1]] + [one.name for one in out.contacts[:1]]
            kind = str(out.values.get("type") or "").capitalize()
            name = " – ".join(part for part in (kind, *about, *out.products[:1]) if part)
            name = name or next((ident for _, ident in out.external), "")
        if name:
            out.values[self._entity.name_field] = name
        elif self._entity.fields[self._entity.name_field].required or out.entity == "note":
            label = self._entity.fields[self._entity.name_field].label()
            out.problems.append(
                Problem("", self._entity.name_field, Message("{field} is missing.", field=label))
            )

    def _says_nothing(self, out: Draft) -> bool:
        return out.extra.keys() <= self._noise and not (
            out.values or out.entries or out.companies or out.contacts or out.deals or out.external or out.refs or out.notes
            or out.own_id or out.products
        )  # fmt: skip

    def _is_company(self, out: Draft) -> bool:
        if out.external:  # the source says that it has a person here
            return False
        return self.layout.organisations or not (out.entries.get("emails") or out.entries.get("phones"))

    def _become_company(self, out: Draft) -> None:
        """A row of an address book that has an organisation and no person: the company itself."""
        company = out.companies.pop(0)
        if not company.name and not company.domain:
            out.companies.insert(0, company)
            out.problems.append(Problem("", "name", Message("The row has no name.")))
            return
        out.entity = "company"
        for store in (out.values, out.entries):
            for key in [key for key in store if key not in self._company_fields]:
                value = store.pop(key)
                out.extra[key] = value if isinstance(value, str) else "; ".join(str(v) for v, _ in value)
        out.values["name"] = company.name or company.domain
        if company.name:
            out.names["full"] = company.name
        if company.domain:
            out.values["domain"] = company.domain
        if company.ident:
            out.external.append((self.layout.vendor, company.ident))


def problem(column: str, field: str, error: ValidationError) -> Problem:
    """The problem that a field's own check found."""
    return Problem(column, field, error.message)


def heading(text: str) -> str:
    """What a text without a title is called: its first line, shortened."""
    first = text.strip().splitlines()[0] if text.strip() else ""
    return first if len(first) <= NOTE_TITLE else first[: NOTE_TITLE - 1] + "…"
