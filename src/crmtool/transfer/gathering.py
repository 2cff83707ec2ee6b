"""What a batch of rows reads before it is decided: every record that one of them may mean or name, a statement for some
hundreds of rows.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.kinds import EMAIL, PHONE
from crmtool.store.layout import name_key
from crmtool.transfer.candidates import MOMENTS, ext_key
from crmtool.transfer.drafts import heading
from crmtool.transfer.matching import domain_key, may_be_unreached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.transfer.beside import Beside
    from crmtool.transfer.candidates import Candidates, Everyone
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.finding import Finder


def gather(found: Everyone, finder: Finder, drafts: Sequence[Draft], vendor: str, beside: Beside) -> None:
    """Read into ``found`` what the rows may mean, and what they name beside their own record."""
    by_entity: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_entity.setdefault(draft.entity, []).append(draft)
    for entity, mine in by_entity.items():
        exts = [ext_key(source, ident) for draft in mine for source, ident in draft.external]
        exts += [ext_key(vendor, ident) for draft in mine for _, ident in draft.later.values()]
        own = [draft.own_id for draft in mine if draft.own_id is not None]
        found[entity].gather(finder, own=own, exts=exts, **_keys(entity, mine))
        if entity == "contact":
            _unreached(found[entity], finder, mine)
    _companies(found, finder, drafts, vendor, beside)
    _people(found, finder, drafts, vendor)
    _deals(found, finder, drafts, vendor)
    notes = [name_key(heading(one.text)) for draft in drafts for one in draft.notes]
    if notes:
        found["note"].gather(finder, names=notes)


def phone_keys(draft: Draft) -> list[str]:
    """The lookup keys of a row's own numbers."""
    return [PHONE.lookup_key(value) for value, _ in draft.entries.get("phones", ())]


def _keys(entity: str, mine: list[Draft]) -> dict[str, list[str]]:
    """By what else than ids rows of one kind find their records."""
    if entity == "contact":
        alone = [draft for draft in mine if not draft.email_keys]
        return {
            "emails": [key for draft in mine for key in draft.email_keys],
            "names": [name_key(draft.name) for draft in alone if draft.named],
            "phones": [key for draft in alone if not draft.named for key in phone_keys(draft)],
        }
    if entity == "company":
        return {
            "domains": [key for key in (domain_key(draft.values.get("domain")) for draft in mine) if key],
            "names": [name_key(draft.name) for draft in mine if draft.name],
        }
    moment = MOMENTS.get(entity, "")
    unmoved = [draft for draft in mine if draft.name and not draft.values.get(moment) and entity != "link"]
    return {
        "moments": [draft.values[moment] for draft in mine if draft.values.get(moment)],
        "names": [name_key(draft.name) for draft in unmoved],
    }


def _unreached(found: Candidates, finder: Finder, mine: list[Draft]) -> None:
    """Read by their names the people whom no address of their rows found: most rows of a second import need no name."""
    names = [name_key(draft.name) for draft in mine if may_be_unreached(draft, found)]
    if names:
        found.gather(finder, names=names)


def _companies(found: Everyone, finder: Finder, drafts: Sequence[Draft], vendor: str, beside: Beside) -> None:
    firms = {
        one.mark: one
        for draft in drafts
        for one in (*draft.companies, *beside.named_companies(draft).values())
    }.values()
    if not firms:
        return
    idents = [one.ident for one in firms if one.ident]
    found["company"].gather(
        finder,
        own=[ident for ident in idents if ids.is_id(ident)],
        exts=[ext_key(vendor, ident) for ident in idents],
        domains=[key for one in firms for key in (domain_key(one.domain), one.mail) if key],
        names=[name_key(name) for one in firms for name in (one.name or one.domain,) if name],
    )


def _people(found: Everyone, finder: Finder, drafts: Sequence[Draft], vendor: str) -> None:
    people = [one for draft in drafts for one in draft.contacts]
    if not people:
        return
    found["contact"].gather(
        finder,
        own=[one.ident for one in people if ids.is_id(one.ident)],
        exts=[ext_key(vendor, one.ident) for one in people if one.ident],
        emails=[EMAIL.lookup_key(one.email) for one in people if one.email],
        names=[name_key(one.name) for one in people if one.name],
        phones=[PHONE.lookup_key(one.phone) for one in people if one.phone and not one.name],
    )


def _deals(found: Everyone, finder: Finder, drafts: Sequence[Draft], vendor: str) -> None:
    sold = [one for draft in drafts for one in draft.deals]
    if not sold:
        return
    found["deal"].gather(
        finder,
        own=[one.ident for one in sold if ids.is_id(one.ident)],
        exts=[ext_key(vendor, one.ident) for one in sold if one.ident],
        names=[name_key(one.name) for one in sold if one.name],
    )
