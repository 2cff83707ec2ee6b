"""``crm open``: write to, call or visit whom a record is about, with the program the system has for it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.opener import launched
from crmtool.cli.output.screen import on_terminal
from crmtool.cli.safe import escape
from crmtool.cli.session import open_session
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace

    Record = dict[str, Any]

EMAIL, PHONE, WEB = "email", "phone", "web"
# A deal, a task or a note is about somebody: who is asked, in this order.
_ABOUT = ("contact", "company", "deal")
_WEB_SCHEMES = ("http", "https")

Who = Annotated[
    str,
    typer.Argument(metavar="RECORD", help=t("An exact name, @handle, e-mail address, phone number or id.")),
]
Email = Annotated[bool, typer.Option("--email", help=t("write to the e-mail address"))]
Phone = Annotated[bool, typer.Option("--phone", help=t("call the phone number"))]
Web = Annotated[bool, typer.Option("--web", help=t("visit the web page"))]
Print = Annotated[bool, typer.Option("--print", help=t("print the address, and open nothing"))]


def command(
    who: Who, email: Email = False, phone: Phone = False, web: Web = False, show: Print = False
) -> None:
    if email + phone + web > 1:
        raise UsageError(
            Message("Choose one of --email, --phone and --web."),
            Message("Without any of them the first that there is is opened."),
        )
    wanted = EMAIL if email else PHONE if phone else WEB if web else None
    with open_session(read_only=True) as workspace:
        from crmtool.app.resolve import resolve_anywhere

        entity, record_id = resolve_anywhere(workspace.reader, who)
        record = workspace.reader.require(entity, record_id)
        if entity == "file":
            from crmtool.cli.nouns.extract import display

            display(workspace, record, show=show)
            return
        target, holder = _target(workspace, record, entity, wanted)
    if holder.get("do_not_contact"):
        print(escape(t("{name} asked not to be contacted.", name=holder["name"])), file=sys.stderr)
    if show or not on_terminal() or not launched(target):
        print(escape(target))
    else:
        print(escape(t("Opened {address}.", address=target)), file=sys.stderr)


command.help = t(  # type: ignore[attr-defined]
    "Open what a record leads to: an e-mail to it, its web page, or a call, whichever it has first; of a document, a copy. "
    "Where there is no display, the address is printed.\n\n"
    "\b\nExamples:\n"
    '  crm open "Ana Ruiz"\n'
    "  crm open @k7x2p9qa --phone\n"
    "  crm open Acme --web --print"
)


def _target(workspace: Workspace, record: Record, entity: str, wanted: str | None) -> tuple[str, Record]:
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
            from urllib.parse import quote

            return "mailto:" + quote(email, safe="@+")
    if wanted in (None, WEB):
        page = _page(_first(record.get("urls")) or record.get("domain"))
        if page:
            return page
    if wanted in (None, PHONE):
        phone = _first(record.get("phones"))
        if phone:
            return "tel:" + "".join(char for char in phone if char.isdigit() or char in "+*#,;")
    return None


def _first(entries: Any) -> str | None:
    return str(entries[0]["value"]) if isinstance(entries, list) and entries else None


def _page(text: str | None) -> str | None:
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
