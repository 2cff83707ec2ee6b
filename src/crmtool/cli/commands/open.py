"""``crm open``: write to, call or visit whom a record is about, with the program the system has for it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.output.screen import on_terminal
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.doors.addresses import EMAIL, PHONE, WEB, target_of
from crmtool.doors.opener import launched
from crmtool.doors.safe import escape

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
        target, holder = target_of(workspace, record, entity, wanted)
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
