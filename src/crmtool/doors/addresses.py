"""Where a record leads to: whom to write to or call, which page to visit, as an address that the desktop can open."""

from __future__ import annotations

from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace

    Record = dict[str, Any]

EMAIL, PHONE, WEB = "email", "phone", "web"
# A deal, a task or a note is about somebody: who is asked, in this order.
_ABOUT = ("contact", "company", "deal")
_WEB_SCHEMES = ("http", "https")


def target_of(workspace: Workspace, record: Record, entity: str, wanted: str | None) -> tuple[str, Record]:
    """The address to open, and the record that has it: the one asked for, else whom it is about."""
    found = address(record, wanted)
    if found is not None:
        return found, record
    for key in _ABOUT:
        other = record.get(key)
        if isinstance(other, str) and key != entity and key in workspace.registry.entities:
            about = workspace.reader.get(key, other)
            found = address(about, wanted) if about is not None else None
            if about is not None and found is not None:
                return found, about
    raise NotFoundError(
        Message("{name} has nothing that can be opened.", name=record.get("name") or entity),
        Message("Add it: crm {noun} set RECORD {example}", noun=entity, example="email=… phone=… url=…"),
        code="no_address",
    )


def address(record: Record, wanted: str | None = None) -> str | None:
    """The address of a record as a URL: its first e-mail, web page or phone number; only the ``wanted`` kind if one is."""
    if wanted in (None, EMAIL):
        email = _first(record.get("emails")) or record.get("email")
        if email:
            return mail(email)
    if wanted in (None, WEB):
        site = page(_first(record.get("urls")) or record.get("domain"))
        if site:
            return site
    if wanted in (None, PHONE):
        phone = _first(record.get("phones"))
        if phone:
            return call(phone)
    return None


def of_value(kind: str, value: Any) -> str | None:
    """The address that one value of a field leads to, by its kind; ``None`` for what leads nowhere."""
    made = {"email": mail, "phone": call, "url": page}.get(kind)
    return made(str(value)) if made is not None and value else None


def mail(address: str) -> str:
    from urllib.parse import quote

    return "mailto:" + quote(address, safe="@+")


def call(number: str) -> str:
    return "tel:" + "".join(char for char in number if char.isdigit() or char in "+*#,;")


def _first(entries: Any) -> str | None:
    return str(entries[0]["value"]) if isinstance(entries, list) and entries else None


def page(text: str | None) -> str | None:
    """A web address as one that can be opened. What records say is not trusted: only web pages are, never files or scripts."""
    if not text:
        return None
    from urllib.parse import quote, urlsplit

    _, colon, rest = text.partition(":")
    if not (colon and rest.startswith("//")):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _WEB_SCHEMES and bool(parts.hostname)
    except ValueError:
        usable = False
    return quote(text, safe="/:?#[]@!$&'()*+,;=%~-._") if usable else None
