"""``crm init``: make a workspace."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from crmtool.cli import config, paths
from crmtool.cli.help import with_examples
from crmtool.cli.questions import ask, say
from crmtool.cli.state import current
from crmtool.core.messages import t

Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help=t("what the workspace is called"))]
User = Annotated[str | None, typer.Option("--user", metavar="NAME", help=t("your name"))]
Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help=t("your e-mail address"))]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency", metavar="CODE", help=t("the currency of amounts typed without one, such as EUR")
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        "--region", metavar="CODE", help=t("the country of phone numbers typed without one, such as ES")
    ),
]


def command(
    name: Name = None,
    user: User = None,
    email: Email = None,
    currency: Currency = None,
    region: Region = None,
) -> None:
    """Make the store of the current workspace; asks at a terminal for what is not given, and never in a script."""
    from crmtool.app.create import NewWorkspace, create_workspace

    state = current()
    location = paths.store_file(state.workspace)
    asking = state.may_prompt and not os.path.exists(location)
    guessed = _region()
    found = {
        "name": name or state.workspace,
        "user": user or (ask(t("Your name"), _person()) if asking else _person()),
        "email": email or ((ask(t("Your e-mail address, or Enter for none")) or None) if asking else None),
    }
    currency = (currency or config.setting("currency") or "").upper() or _currency(guessed)
    region = (region or config.setting("region") or guessed).upper()
    if asking:
        currency = ask(t("The currency you sell in"), currency).upper()
    paths.private_directory(os.path.dirname(location))
    new = NewWorkspace(currency=currency, region=region, **found)  # type: ignore[arg-type]
    with create_workspace(location, new, zone=config.setting("timezone") or None):
        say(
            t(
                "The workspace “{name}” is ready for {user}, with amounts in {currency}.",
                name=found["name"],
                user=found["user"],
                currency=currency,
            )
        )
        say(t("Begin with: {example}", example='crm contact add "Ana Ruiz" email=ana@acme.es company=Acme'))


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Make a workspace: a store on this machine that needs no server. “-w NAME” makes one beside "
        "the first."
    ),
    'crm init --user "Ana Ruiz" --currency EUR',
    "crm -w acme init --name Acme",
)


def _person() -> str:
    """The name of whoever is signed in on this machine."""
    import getpass

    try:
        import pwd

        entry = pwd.getpwuid(os.getuid())
        return entry.pw_gecos.split(",")[0].strip() or entry.pw_name
    except (ImportError, KeyError):
        return os.environ.get("USER") or getpass.getuser()


def _region() -> str:
    """The country of the locale: ``ES`` of ``es_ES.UTF-8``; empty where it names none."""
    for variable in ("LC_ALL", "LC_MONETARY", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            country = value.partition(".")[0].partition("_")[2][:2]
            return country if len(country) == 2 and country.isalpha() else ""
    return ""


def _currency(region: str) -> str:
    """The currency of a country; EUR where the country is not known."""
    if not region:
        return "EUR"
    from babel.numbers import get_territory_currencies  # 60 ms, once in a workspace's life

    found = get_territory_currencies(region.upper())
    return found[-1] if found else "EUR"
