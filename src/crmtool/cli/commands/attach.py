"""``crm attach``: the short way to add documents to a record."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import DryRun, Json, Reference
from crmtool.cli.nouns.files import attach
from crmtool.cli.session import open_session
from crmtool.core.messages import t

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE", help=t("The files; “-” is stdin. Fields of the document may follow as words.")
    ),
]


def command(record: Reference, paths: Paths, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Attach documents to a record."""
    with open_session() as workspace:
        return attach(workspace, paths, [record], dry_run=dry_run, as_json=as_json)


command.help = with_examples(  # type: ignore[attr-defined]
    t("Attach documents to a record: “crm file add … --to RECORD” in fewer words."),
    'crm attach "Ana Ruiz" offer.pdf',
    "crm attach @k7x2p9qa offer.pdf contract.pdf",
)
