"""Steps for what a row names beside its own record: companies, people and deals, by name, address or id."""

from __future__ import annotations

from crmtool.core.errors import ValidationError
from crmtool.core.kinds import EMAIL
from crmtool.transfer.cells import domain_of, one_line
from crmtool.transfer.drafts import NOTHING_SAID, CompanyDraft, ContactDraft, DealDraft, Draft, Said, problem
from crmtool.transfer.layouts import base
from crmtool.transfer.mailboxes import MAIL_PROVIDERS
from crmtool.transfer.people import compose, turned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.transfer.steps import Compiler, Step


def first(cells: list[str], places: list[int]) -> str:
    """The first of these cells that says something, on one line."""
    for at in places:
        text = cells[at]
        if text:
            text = text.strip() if text.isprintable() else one_line(text)
            if text:
                return text
    return ""


def companies(made: Compiler) -> Step:
    """The companies of a row: one, or several whose ids are joined by ``;``."""
    names, domains, idents = (made.where(base.COMPANY, part) for part in ("name", "domain", "id"))
    columns = made.columns
    says, telling = _saying(made, base.COMPANY)

    def step(cells: list[str], out: Draft) -> None:
        name = first(cells, names)
        domain = domain_of(first(cells, domains)) if domains else ""
        if domain in MAIL_PROVIDERS:
            out.extra[columns[domains[0]]] = domain
            domain = ""
        joined = first(cells, idents) if idents else ""
        if not (name or domain or joined):
            _keep(cells, telling, columns, out)
            return
        if not joined:
            out.companies.append(CompanyDraft(name, domain, said=says(cells)))
            return
        given = [part.strip() for part in joined.split(";") if part.strip()]
        called = [name]
        if len(given) > 1:
            # Names are joined like their ids; where the counts differ a name holds a separator of its own.
            every = next((cells[at] for at in names if cells[at].count(";") == joined.count(";")), "")
            called = (
                [part.strip() for part in every.split(";")] if every else [name] + [""] * (len(given) - 1)
            )
        column = columns[idents[0]]
        out.companies.append(
            _company(called[0], domain, given[0] if given else "", column).replace(said=says(cells))
        )
        for more, ident in zip(called[1:], given[1:], strict=False):
            out.companies.append(_company(more, "", ident, column))

    return step


def _company(name: str, domain: str, ident: str, column: str) -> CompanyDraft:
    return CompanyDraft(name, domain, ident) if name or domain else CompanyDraft("", "", ident, column)


def people(made: Compiler, group: str) -> Step:
    """The person of one group of columns, or several whose ids are joined by ``;``."""
    parts = ("name", "given", "family", "email", "phone", "id", "role")
    places = {part: made.where(base.CONTACT, part, group) for part in parts}
    whole, given, family, emails, numbers, idents, roles = (places[part] for part in parts)
    any_of = [at for some in places.values() for at in some if at not in roles]
    column = made.columns[any_of[0]] if any_of else ""
    spell = made.phones
    fixed = next(
        (t.label for t in made.targets if t.role == base.CONTACT and t.group == group and t.label), ""
    )
    contact = made.contact_fields
    family_first = not made.reading.family_first.keys().isdisjoint(whole)
    says, telling = _saying(made, base.CONTACT, group)

    def step(cells: list[str], out: Draft) -> None:
        if not any(cells[at] for at in any_of):
            _keep(cells, telling, made.columns, out)
            return
        name = first(cells, whole)
        if family_first and (said := turned(name)) is not None:
            out.extra[made.columns[whole[0]]], name = name, said.name
        name = name or compose(first(cells, given), "", first(cells, family), "")
        email, phone, joined = first(cells, emails), first(cells, numbers), first(cells, idents)
        role = first(cells, roles) or fixed
        try:
            if email:
                email = EMAIL.validate(email.split(";")[0].split(",")[0], contact["emails"], made.ctx) or ""
            if phone:
                phone = (
                    contact["phones"].kind.validate(spell(phone.split(";")[0]), contact["phones"], made.ctx)
                    or ""
                )
        except ValidationError as error:
            at = emails if error.data.get("field") == "emails" else numbers
            out.problems.append(problem(made.columns[at[0]], "contact", error))
            return
        if "@" in name and " " not in name and not email:
            name, email = "", name.lower()
        found = [part.strip() for part in joined.split(";") if part.strip()]
        called = [part.strip() for part in name.split(";")]
        if len(found) > 1 and len(called) == len(found):
            out.contacts.extend(
                ContactDraft(one, "", "", ident, role, column)
                for one, ident in zip(called, found, strict=True)
            )
        elif name or email or phone or found:
            ident = found[0] if found else ""
            out.contacts.append(ContactDraft(name, email, phone, ident, role, column, says(cells)))
            out.contacts.extend(ContactDraft("", "", "", ident, role, column) for ident in found[1:])

    return step


def _saying(made: Compiler, role: str, group: str = "") -> tuple[Callable[[list[str]], Said], list[int]]:
    """What reads off a row what it says of somebody it names, and the places of the columns that say it."""
    addresses, owners, tags = (made.where(role, part, group) for part in ("address", "owner", "tags"))
    telling = [*addresses, *owners, *tags]
    if not telling:
        return lambda cells: NOTHING_SAID, telling
    column = made.columns[owners[0]] if owners else ""

    def says(cells: list[str]) -> Said:
        words = dict.fromkeys(one_line(word) for at in tags for word in cells[at].split(","))
        return Said(first(cells, owners), column, first(cells, addresses), tuple(filter(None, words)))

    return says, telling


def _keep(cells: list[str], places: list[int], columns: list[str], out: Draft) -> None:
    """Keep beside the record what a row says of nobody."""
    for at in places:
        text = one_line(cells[at])
        if text:
            out.extra[columns[at]] = text


def deals(made: Compiler) -> Step:
    """The deals of a row: one, or several whose ids are joined by ``;``."""
    names, idents = (made.where(base.DEAL, part) for part in ("name", "id"))
    column = made.columns[(names or idents)[0]]

    def step(cells: list[str], out: Draft) -> None:
        name, joined = first(cells, names), first(cells, idents)
        found = [part.strip() for part in joined.split(";") if part.strip()]
        if len(found) > 1:
            called = [part.strip() for part in name.split(";")]
            called = called if len(called) == len(found) else [""] * len(found)
            out.deals.extend(DealDraft(one, ident, column) for one, ident in zip(called, found, strict=True))
        elif name or found:
            out.deals.append(DealDraft(name, found[0] if found else "", column))

    return step
