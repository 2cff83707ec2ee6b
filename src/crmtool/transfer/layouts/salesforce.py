"""Salesforce: the objects of a data export (names such as ``MailingCity``), and reports (labels such as ``Mailing City``).

``Id`` is the identity, other objects are named by theirs. Rows with ``IsDeleted`` are passed over. A lead that was converted is
the contact that it became: it adds to that one what is not known of it, and overwrites nothing.
"""

from __future__ import annotations

from crmtool.core.messages import N_, Message
from crmtool.transfer.layouts.base import (
    CHOICE,
    COMPANY,
    CONTACT,
    CREATED,
    CURRENCY,
    DAY,
    DEAL,
    EXTERNAL,
    FIELD,
    IGNORE,
    MOMENT,
    NAME,
    REFERENCE,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.transfer.drafts import Draft

VENDOR = "salesforce"
DELETED = N_("Salesforce says that it is deleted.")
_EMPTY_ID = "000000000000000AAA"

_PARTS = {
    "street": "street", "city": "city", "state": "region", "stateprovince": "region", "state province": "region",
    "postalcode": "postal_code", "zip postal code": "postal_code", "country": "country", "address line 1": "street",
}  # fmt: skip


def _addresses(prefixes: dict[str, str | None]) -> dict[str, Target]:
    """The columns of addresses: prefix to label, as one word in exports and as several in reports."""
    return {
        f"{prefix}{blank}{part}": address(key, "main" if prefix == "mailing" else prefix or "main", label)
        for prefix, label in prefixes.items()
        for part, key in _PARTS.items()
        for blank in ("", " ")
        if not blank or prefix
    }


_MAIN = {
    "street": address("street", "main"), "city": address("city", "main"), "state": address("region", "main"),
    "postal code": address("postal_code", "main"), "country": address("country", "main"),
}  # fmt: skip
_SHARED = {
    "id": Target(EXTERNAL),
    "createddate": Target(CREATED),
    "created date": Target(CREATED),
    "ownerid": Target(REFERENCE, "owner"),
    "isdeleted": Target(IGNORE),
    "deleted": Target(IGNORE),
    "masterrecordid": Target(IGNORE),
}
_CONTACT = {
    **_SHARED,
    **_MAIN,
    **_addresses({"mailing": None, "other": "other"}),
    "contact id": Target(EXTERNAL),
    "name": Target(NAME, part="full"),
    "full name": Target(NAME, part="full"),
    "first name": Target(NAME, part="given"),
    "middlename": Target(NAME, part="middle"),
    "middle name": Target(NAME, part="middle"),
    "last name": Target(NAME, part="family"),
    "suffix": Target(NAME, part="suffix"),
    "name prefix": Target(NAME, part="prefix"),
    "accountid": Target(COMPANY, part="id"),
    "account id": Target(COMPANY, part="id"),
    "company": Target(COMPANY, part="name"),
    "reportstoid": Target(CONTACT, part="id", group="manager", label="reports to"),
    "title": Target(FIELD, "title"),
    "job title": Target(FIELD, "title"),
    "department": Target(FIELD, "department"),
    "email": entry("emails", "email"),
    "email address": entry("emails", "email"),
    "phone": entry("phones", "phone"),
    "business phone": entry("phones", "phone"),
    "mobilephone": entry("phones", "mobile", "mobile"),
    "mobile phone": entry("phones", "mobile", "mobile"),
    "mobile": entry("phones", "mobile", "mobile"),
    "homephone": entry("phones", "home", "home"),
    "home phone": entry("phones", "home", "home"),
    "otherphone": entry("phones", "other", "other"),
    "other phone": entry("phones", "other", "other"),
    "assistantphone": entry("phones", "assistant", "assistant", rank=1),
    "fax": entry("phones", "fax", "fax", rank=2),
    "leadsource": Target(FIELD, "source"),
    "lead source": Target(FIELD, "source"),
    "birthday": Target(DAY, "birthday"),
    "notes": Target(FIELD, "description"),
    "donotcall": Target(FIELD, "do_not_contact"),
    "contact owner": Target(REFERENCE, "owner"),
}
_LEAD = {
    **_CONTACT,
    **_addresses({"": None}),
    "lead id": Target(EXTERNAL),
    "web page": entry("urls", "web"),
    "lead owner": Target(REFERENCE, "owner"),
    "convertedaccountid": Target(COMPANY, part="id"),
    "convertedcontactid": Target(IGNORE),
    "convertedopportunityid": Target(DEAL, part="id"),
    "isconverted": Target(IGNORE),
    "status": Target(CHOICE, "lifecycle"),
    "lead status": Target(CHOICE, "lifecycle"),
}
_ACCOUNT = {
    **_SHARED,
    **_MAIN,
    **_addresses({"billing": "billing", "shipping": "shipping"}),
    "account id": Target(EXTERNAL),
    "name": Target(NAME, part="full"),
    "company": Target(NAME, part="full"),
    "parentid": Target(REFERENCE, "parent", part="id"),
    "parent account": Target(REFERENCE, "parent"),
    "phone": entry("phones", "phone"),
    "fax": entry("phones", "fax", "fax", rank=1),
    "web page": entry("urls", "web"),
    "industry": Target(FIELD, "industry"),
    "annualrevenue": Target(FIELD, "revenue"),
    "annual revenue": Target(FIELD, "revenue"),
    "currencyisocode": Target(CURRENCY, "revenue"),
    "numberofemployees": Target(FIELD, "employees"),
    "employees": Target(FIELD, "employees"),
    "notes": Target(FIELD, "description"),
    "accountsource": Target(FIELD, "source"),
    "account source": Target(FIELD, "source"),
    "account owner": Target(REFERENCE, "owner"),
}
_DEAL = {
    **_SHARED,
    "opportunity id": Target(EXTERNAL),
    "name": Target(NAME, part="full"),
    "opportunity name": Target(NAME, part="full"),
    "accountid": Target(COMPANY, part="id"),
    "account id": Target(COMPANY, part="id"),
    "company": Target(COMPANY, part="name"),
    "contactid": Target(CONTACT, part="id"),
    "primary contact": Target(CONTACT, part="name"),
    "stagename": Target(REFERENCE, "stage"),
    "stage": Target(REFERENCE, "stage"),
    "amount": Target(FIELD, "amount"),
    "currencyisocode": Target(CURRENCY, "amount"),
    "amount currency": Target(CURRENCY, "amount"),
    "probability": Target(FIELD, "probability"),
    "closedate": Target(DAY, "close_on"),
    "close date": Target(DAY, "close_on"),
    "leadsource": Target(FIELD, "source"),
    "lead source": Target(FIELD, "source"),
    "notes": Target(FIELD, "description"),
    "opportunity owner": Target(REFERENCE, "owner"),
    "loss reason": Target(FIELD, "lost_reason"),
    "isclosed": Target(IGNORE),
    "iswon": Target(IGNORE),
    "won": Target(IGNORE),
    "closed": Target(IGNORE),
}
_ABOUT = {
    **_SHARED,
    "activity id": Target(EXTERNAL),
    "subject": Target(NAME, part="full"),
    "whoid": Target(CONTACT, part="id"),
    "accountid": Target(COMPANY, part="id"),
    "company": Target(COMPANY, part="name"),
    "contact": Target(CONTACT, part="name"),
    "name": Target(CONTACT, part="name"),
    "notes": Target(FIELD, "body"),
    "assigned": Target(REFERENCE, "owner"),
    "whatid": Target(DEAL, part="id"),
}
_TASK = {
    **_ABOUT,
    "activitydate": Target(DAY, "due_on"),
    "due date": Target(DAY, "due_on"),
    "date": Target(DAY, "due_on"),
    "status": Target(CHOICE, "status"),
    "priority": Target(CHOICE, "priority"),
    "completeddatetime": Target(MOMENT, "done_at"),
    "reminderdatetime": Target(MOMENT, "remind_at"),
}
_EVENT = {
    **_ABOUT,
    "startdatetime": Target(MOMENT, "happened_at"),
    "start date time": Target(MOMENT, "happened_at"),
    "activitydatetime": Target(MOMENT, "happened_at"),
    "activitydate": Target(MOMENT, "happened_at"),
    "durationinminutes": Target(FIELD, "duration"),
    "type": Target(CHOICE, "type"),
}
# Of each object: marks of which one is enough, and those of another object.
_MARKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "contact": (
        ("accountid", "mailingstreet", "mailingcity", "reportstoid", "mailing state province", "contact owner", "contact id"),
        ("stagename", "whoid", "whatid", "isconverted", "opportunity name", "record id", "opportunityid"),
    ),
    "lead": (("isconverted", "convertedcontactid", "lead status", "lead owner", "lead id"), ("record id",)),
    "account": (
        ("billingstreet", "billingcity", "shippingcity", "numberofemployees", "accountsource", "billing state province",
         "account owner", "billing city", "parentid"),
        ("stagename", "whoid", "isconverted", "first name", "last name", "opportunity name", "record id"),
    ),
    "deal": (("stagename", "opportunity owner", "hasopportunitylineitem", "forecastcategory"), ("record id",)),
    "task": (("whoid", "whatid", "tasksubtype"), ("startdatetime", "enddatetime", "durationinminutes", "stagename")),
    "event": (("startdatetime", "enddatetime", "durationinminutes"), ("stagename",)),
}  # fmt: skip
_STATUS = {
    "not started": "open",
    "in progress": "open",
    "waiting on someone else": "open",
    "deferred": "open",
    "completed": "done",
}
_CHOICES = {
    "lifecycle": {
        "open": "lead", "open not contacted": "lead", "open - not contacted": "lead", "new": "lead", "working": "lead",
        "working - contacted": "lead", "contacted": "lead", "nurturing": "lead", "qualified": "qualified",
        "closed - converted": "opportunity", "closed - not converted": "other", "unqualified": "other",
    },
    "status": _STATUS,
    "priority": {"high": "high", "normal": "normal", "low": "low"},
    "type": {"call": "call", "meeting": "meeting", "email": "email", "other": "other"},
}  # fmt: skip


def _detect(kind: str, words: dict[str, Target]) -> Layout:
    mine, others = _MARKS[kind]

    def target(name: str) -> Target | None:
        return words.get(name)

    def detect(header: Header) -> float:
        enough = header.has_any(*mine) and not header.has_any(*others)
        if kind in ("task", "event"):
            enough = enough and header.has("subject")
        named = header.has_any(
            "id", "first name", "last name", "name", "company", "opportunity name", "subject"
        )
        return 0.92 + 0.08 * header.coverage(target) if enough and named else 0.0

    entity = {"lead": "contact", "account": "company", "event": "activity"}.get(kind, kind)
    after = _AFTER.get(kind, _deleted)
    return Layout(
        VENDOR,
        "Salesforce",
        entity,
        detect,
        target,
        _CHOICES,
        reads=_READS,
        after=after,
        older=kind == "lead",
    )


_READS = (
    "isdeleted", "deleted", "isclosed", "iswon", "won", "closed", "isconverted", "convertedcontactid", "masterrecordid",
)  # fmt: skip


def _true(text: str | None) -> bool:
    return (text or "").casefold() in ("true", "1", "yes")


def _deleted(draft: Draft, said: dict[str, str]) -> None:
    if _true(said.get("isdeleted")) or _true(said.get("deleted")):
        draft.passed = Message(DELETED)
    # An empty id is written as zeros in some exports.
    draft.companies = [one for one in draft.companies if one.ident != _EMPTY_ID]
    draft.contacts = [one for one in draft.contacts if one.ident != _EMPTY_ID]
    draft.deals = [one for one in draft.deals if one.ident != _EMPTY_ID]


def _deal(draft: Draft, said: dict[str, str]) -> None:
    _deleted(draft, said)
    if _true(said.get("iswon")) or _true(said.get("won")):
        draft.values["status"] = "won"
    elif _true(said.get("isclosed")) or _true(said.get("closed")):
        draft.values["status"] = "lost"
    elif "isclosed" in said:
        draft.values["status"] = "open"


def _lead(draft: Draft, said: dict[str, str]) -> None:
    _deleted(draft, said)
    if _true(said.get("isconverted")):
        draft.fills = True
        if said.get("convertedcontactid"):
            draft.external.append((VENDOR, said["convertedcontactid"]))
        draft.values.pop("lifecycle", None)


def _about(draft: Draft, said: dict[str, str]) -> None:
    """``WhatId`` is a deal or an account: the beginning of an id says which."""
    _deleted(draft, said)
    for deal in [*draft.deals]:
        if deal.ident.startswith("001"):
            draft.deals.remove(deal)
            if not any(one.ident == deal.ident for one in draft.companies):
                draft.name_company(deal.ident, deal.column)


_AFTER = {"deal": _deal, "lead": _lead, "task": _about, "event": _about}
LAYOUTS = (
    _detect("contact", _CONTACT), _detect("lead", _LEAD), _detect("account", _ACCOUNT), _detect("deal", _DEAL),
    _detect("task", _TASK), _detect("event", _EVENT),
)  # fmt: skip
