"""``crm show``: one record of any kind with everything about it."""

from __future__ import annotations

from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import AsOf, Reference
from crmtool.cli.nouns.show import display
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_record
from crmtool.cli.session import open_session
from crmtool.core.messages import t


@prints_record
def command(record: Reference, output: Output, as_of: AsOf = None) -> None:
    """Find the record, by whatever names it, and print it."""
    from crmtool.app.resolve import resolve_anywhere

    with open_session() as workspace:
        key, found = resolve_anywhere(workspace.reader, record, trash="with" if as_of else "without")
        display(workspace, workspace.registry.entity(key), found, output, as_of)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Everything about one record: its fields, what it is tied to, what is next, what happened. A "
        "name means a person, a company or a deal; a handle or id any record."
    ),
    'crm show "Ana Ruiz"',
    "crm show ana@acme.es --json",
    "crm show @k7x2p9qa --as-of 2026-01-01",
)
