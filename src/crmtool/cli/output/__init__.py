"""Printing records, the same way from every command: one set of options, one class that carries them out.

A command declares ``output: Output`` and is decorated with ``prints_records`` or ``prints_record``
(``crmtool.cli.output.options``), asks ``output.fields(entity)`` which fields to read, and hands the records
to ``write`` or ``write_one``. Records are streamed: memory does not grow with their number.
"""

from __future__ import annotations

import sys

from crmtool.cli.output.screen import FileTarget, Screen, coloured, columns
from crmtool.cli.state import current
from crmtool.core.errors import UsageError
from crmtool.core.messages import N_, Message, t, tn
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

__all__ = ["FORMATS", "Output"]

PEOPLE = ("", "table")  # formats read by people; "" is the table, or lines in accessible mode
FORMATS = ("json", "ndjson", "csv", "tsv", "table", "template")


class Output:
    """What the output options of one command line ask for.

    ``format`` is one of ``FORMATS`` or ``""`` for people. ``where``, ``sort`` and ``limit`` are for the
    command to carry out in its query; ``fetch`` is how many records to read so that a cut can be noticed.
    """

    def __init__(
        self,
        format: str = "",
        *,
        template: str = "",
        names: str | None = None,
        where: tuple[str, ...] = (),
        sort: str = "",
        limit: int | None = None,
        headers: bool = True,
        path: str | None = None,
    ) -> None:
        self.format = format
        self.template = template
        self.names = names
        self.where = where
        self.sort = sort
        self.limit = limit
        self.headers = headers
        self.path = None if path == "-" else path

    @property
    def fetch(self) -> int | None:
        """How many records the query needs to answer: one more than ``--limit``; ``None`` for all."""
        return None if self.limit is None else self.limit + 1

    @property
    def for_people(self) -> bool:
        """Whether a person reads this rather than a program."""
        return self.format in PEOPLE

    @property
    def wants_total(self) -> bool:
        """Whether ``write`` would like to know how many records match in all: lines for a screen reader start
        with it.
        """
        return self.format == "" and current().accessible is not None

    def fields(self, entity: Entity, resolve: Callable[[str], Field] | None = None) -> list[Field]:
        """The fields to read and print: those of ``--fields`` or the template, else an entity's columns, or
        all for a program.

        ``resolve`` finds a field by the name typed (dotted ones too); the entity's own ``field`` does
        otherwise. A ``--fields`` without a value prints what there is and ends the command.
        """
        resolve = resolve or entity.field
        if self.format == "template":
            from crmtool.cli.output.formats import split_template

            named = dict.fromkeys(text for is_field, text in split_template(self.template) if is_field)
            # The template says how it spells a field; the record has it under the same spelling.
            return [resolve(name).replace(key=name) if "." in name else resolve(name) for name in named]
        if self.names is not None:
            if self.names.strip() == "":
                self._print_fields(entity)
            if self.names.strip() != "all":
                return [resolve(name.strip()) for name in self.names.split(",") if name.strip()]
        elif self.for_people:
            return [entity.fields[key] for key in entity.list_fields]
        return [field for field in entity.fields.values() if not field.hidden]

    def write(self, records: Iterable[Record], fields: list[Field], total: int | None = None) -> int:
        """Print ``records`` and answer how many. ``total`` is how many match without ``--limit``, if it is
        known.
        """
        counted = _Counted(records, self.limit)
        spoken = self.wants_total
        if spoken:
            current().announce()
        if spoken and total is None:
            everything = list(counted)
            total = len(everything)
            records = everything
        else:
            records = counted
        self._print(self._lines(records, fields, total))
        self._talk(counted, total)
        return counted.n

    def write_text(self, pieces: Iterable[str], count: Callable[[], int]) -> int:
        """Print records that are text already; ``count`` tells behind them how many it were."""
        self._print(pieces)
        counted = _Counted((), None)
        counted.n = count()
        self._talk(counted, None)
        return counted.n

    def write_one(self, record: Record, fields: list[Field]) -> None:
        """Print one record: a sheet for people, one object (not an array) as JSON, one row as CSV."""
        if self.format == "json":
            from crmtool.cli.output import formats

            self._print([formats.json_text(formats.plain(record, fields), indent=True) + "\n"])
        elif self.format != "":
            self._print(self._lines([record], fields, 1))
        else:
            from crmtool.cli.output import people

            current().announce()
            self._print(
                people.spoken_sheet(record, fields) if current().accessible else people.sheet(record, fields)
            )

    def _lines(self, records: Iterable[Record], fields: list[Field], total: int | None) -> Iterable[str]:
        if not self.for_people:
            return self._data(records, fields)
        from crmtool.cli.output import people

        if self.wants_total:
            return people.spoken(records, fields, total or 0)
        to_file = self.path is not None
        return people.table(
            records,
            fields,
            headers=self.headers,
            columns=None if to_file else columns(),
            bold=not to_file and coloured(),
        )

    def _data(self, records: Iterable[Record], fields: list[Field]) -> Iterable[str]:
        from crmtool.cli.output import formats

        match self.format:
            case "json":
                return formats.json_array(records, fields)
            case "ndjson":
                return formats.ndjson(records, fields)
            case "csv":
                return formats.csv_rows(records, fields, self.headers)
            case "tsv":
                return formats.tsv_rows(records, fields, self.headers)
        return formats.templated(records, fields, self.template)

    def _print(self, lines: Iterable[str]) -> None:
        with FileTarget(self.path) if self.path else Screen() as target:
            if target.terminal and self.format in ("csv", "tsv", "template"):
                lines = _escaped(lines)
            for line in lines:
                target.write(line)

    def _talk(self, counted: _Counted, total: int | None) -> None:
        """What is said beside the data, on stderr."""
        if counted.cut:
            shown = counted.n
            if not shown:
                text = t("None is shown, because --limit is 0.")
            elif total is not None and total > shown:
                text = t(
                    "The first {shown} of {total} are shown, because of --limit.",
                    shown=f"{shown:,}",
                    total=f"{total:,}",
                )
            else:
                text = tn(
                    "Only the first one is shown, because of --limit; there are more.",
                    "Only the first {n} are shown, because of --limit; there are more.",
                    shown,
                )
            print(text, file=sys.stderr)
        elif counted.n == 0 and self.for_people:
            print(t("Nothing matches."), file=sys.stderr)
        if self.path:
            print(
                escape(
                    tn(
                        "{n} record written to {path}.",
                        "{n} records written to {path}.",
                        counted.n,
                        path=self.path,
                    )
                ),
                file=sys.stderr,
            )

    def _print_fields(self, entity: Entity) -> None:
        from typer import Exit

        from crmtool.core.fields import Field
        from crmtool.core.kinds import TEXT

        described = [
            Field("field", TEXT, N_("Field")),
            Field("kind", TEXT, N_("Kind")),
            Field("name", TEXT, N_("Name")),
            Field("help", TEXT, N_("About it")),
        ]
        records = (
            {
                "field": field.key,
                "kind": field.kind.name,
                "name": field.label(),
                "help": t(field.help) if field.help else "",
            }
            for field in entity.fields.values()
            if not field.hidden
        )
        Output(self.format if self.format != "template" else "", headers=self.headers, path=self.path).write(
            records, described
        )
        raise Exit(0)


def chosen(formats: dict[str, bool]) -> str:
    """The one format that was asked for, ``""`` for none; two are a contradiction."""
    names = [name for name, wanted in formats.items() if wanted]
    if len(names) > 1:
        raise UsageError(
            Message(
                "Only one format at a time: {formats}.", formats=", ".join(f"--{name}" for name in names)
            ),
            Message("Leave out all but one of them."),
            formats=names,
        )
    return names[0] if names else ""


class _Counted:
    """Records counted as they pass, stopping after ``limit``; ``cut`` says that there was one more."""

    def __init__(self, records: Iterable[Record], limit: int | None) -> None:
        self._records = records
        self._limit = limit
        self.n = 0
        self.cut = False

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            if self.n == self._limit:
                self.cut = True
                return
            self.n += 1
            yield record


def _escaped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield escape(line, lines=True)
