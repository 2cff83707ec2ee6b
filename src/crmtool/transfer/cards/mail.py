"""Mails as drafts: each is an activity that happened with those who wrote it or got it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from crmtool.core import dates
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import EMAIL
from crmtool.core.messages import Message, t
from crmtool.transfer.cards.mailfile import BODY_LIMIT, Mail
from crmtool.transfer.drafts import ContactDraft, Draft, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Registry
    from crmtool.transfer.sources.base import Row

VENDOR = "mail"
_MOST_PEOPLE = 50  # a message to more is a circular
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+").findall
_ROLES = {"from": "from", "to": "to", "cc": "cc", "bcc": "cc"}


def drafter(registry: Registry, ctx: Context, mine: Collection[str] = ()) -> Callable[[Row], Draft]:
    """Makes drafts of mails. ``mine``: the e-mail addresses, in lower case, of those whose mailbox it is: they tell which
    messages went out, and are nobody whom a message is about.
    """
    fields = registry.entities["activity"].fields
    address = registry.entities["contact"].fields["emails"]

    def draft(row: Row) -> Draft:
        mail: Mail = row.item
        out = Draft(row.number, "activity", [], mail)
        subject = fields["name"].validate(mail.header("subject"), ctx) or t("(no subject)")
        out.values.update(type="email", name=subject)
        moment = _moment(mail)
        if moment is None:
            why = Message("The message has no date that can be read.")
            out.problems.append(Problem("Date", "happened_at", why))
        else:
            out.values["happened_at"] = moment
        _people(mail, out, mine, address, ctx)
        if body := _body(mail):
            out.values["body"] = body
        if mail.cut:
            why = Message("A message's text is kept to {limit} characters.", limit=BODY_LIMIT)
            out.warnings.append(Problem("", "body", why))
        out.external.append((VENDOR, _identity(mail)))
        for name in ("in-reply-to", "references"):
            if value := mail.header(name):
                out.extra[name.title()] = value
        return out.complete()

    return draft


def _body(mail: Mail) -> str:
    if not mail.attachments:
        return mail.body
    named = t("Attachments: {names}", names=", ".join(mail.attachments))
    return f"{mail.body}\n\n{named}".lstrip("\n")


def _moment(mail: Mail) -> str | None:
    """When it was sent, or else when it came."""
    came = mail.header("received").rpartition(";")[2]
    for text in (mail.header("date"), came):
        try:
            moment = parsedate_to_datetime(text)
            return dates.to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (ValueError, TypeError, IndexError, OverflowError):
            try:
                moment = datetime.fromisoformat(text.strip())
                return dates.to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
            except (ValueError, OverflowError):
                continue
    return None


def _people(mail: Mail, out: Draft, mine: Collection[str], field: Field, ctx: Context) -> None:
    """Direction and participants, the sender first."""
    found: dict[str, ContactDraft] = {}
    senders = _addresses(mail.every("from") or mail.every("sender"), field, ctx)
    outgoing = any(address.casefold() in mine for _, address in senders)
    if mine:
        out.values["direction"] = "out" if outgoing else "in"
    for header, pairs in (
        ("from", senders),
        *((name, _addresses(mail.every(name), field, ctx)) for name in ("to", "cc", "bcc")),
    ):
        for name, address in pairs:
            key = EMAIL.lookup_key(address)
            if key in mine or key in found or len(found) >= _MOST_PEOPLE:
                continue
            shown = "" if "@" in name else name
            found[key] = ContactDraft(name=shown, email=address, role=_ROLES[header])
    out.contacts.extend(found.values())


def _addresses(headers: list[str], field: Field, ctx: Context) -> list[tuple[str, str]]:
    """(name, address) of everybody in these headers whose address is one."""
    out = []
    for name, address in getaddresses(headers) or ():
        try:
            checked = field.kind.validate(address, field, ctx) if address else None
        except ValidationError:
            continue
        if checked:
            out.append((name.strip(" '\""), checked))
    if not out:  # what stands there is broken; an address can often be seen in it
        out = [("", found) for header in headers for found in _ADDRESS(header)]
    return out


def _identity(mail: Mail) -> str:
    """The id that the message has for everybody, or one made of what it says."""
    given = mail.header("message-id").strip("<> ")
    if given:
        return given[:500]
    said = "\n".join((*(value for _, value in mail.headers), mail.body))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()
