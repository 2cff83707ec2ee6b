"""What ``crm import`` shows: a plan and a report, as lines for people and as objects for programs."""

from __future__ import annotations

from crmtool.app.history import named_references
from crmtool.cli.nouns import report
from crmtool.core.messages import t, tn
from crmtool.transfer.sources.encodings import human

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.apply import Report
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.tally import Sample, Tally

_SEPARATORS = {",": ",", ";": ";", "\t": "TAB", "|": "|"}
_RECORDS_AT_ONCE = 400


# -- for people ------------------------------------------------------------------------------------------------------


def plan_lines(workspace: Workspace, plan: Plan) -> Iterator[str]:
    """What the file is, what would happen, and which column goes where."""
    source, entity = plan.source, workspace.registry.entity(plan.layout.entity)
    yield t(
        "{file}: {layout}, {noun}; encoding {encoding}, separator {separator}",
        file=source.title,
        layout=plan.layout.title,
        noun=entity.plural_label(),
        encoding=human(source.encoding),
        separator=_SEPARATORS[source.delimiter],
    )
    if source.guessed:
        yield t("The encoding is a guess; --encoding NAME says another.")
    if plan.complete:
        yield from count_lines(plan.tally)
    yield ""
    yield from _mapping_lines(workspace, plan)
    yield from _notes(plan.tally)
    if plan.tally.samples:
        yield ""
        yield t("For example:")
        for sample in plan.tally.samples:
            yield from _sample_lines(workspace, sample)


def _mapping_lines(workspace: Workspace, plan: Plan) -> Iterator[str]:
    """Our fields, each with the columns that fill it; then the columns that fill none."""
    entity = workspace.registry.entity(plan.layout.entity)
    filled: dict[str, list[str]] = {}
    for column in plan.mapping:
        filled.setdefault(column.field.removesuffix(".label"), []).append(column.column)
    kept, unused = filled.pop("extra", []), filled.pop("", [])
    yield t("Columns:")
    for key in entity.fields:
        if key in filled:
            yield t("  {field}: {columns}", field=entity.fields[key].label(), columns=", ".join(filled[key]))
    if kept:
        yield t("  Kept beside the record: {columns}", columns=", ".join(kept))
    if unused:
        yield t("  Not used: {columns}", columns=", ".join(unused))


def count_lines(tally: Tally) -> Iterator[str]:
    """The verdicts, which add up to the rows."""
    yield tn(
        "{n} row: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
        "{n} rows: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
        tally.rows,
        **tally.counts,
    )
    if tally.companies:
        yield tn("{n} company is new with them.", "{n} companies are new with them.", tally.companies)
    if tally.empty:
        yield tn("{n} empty row was passed over.", "{n} empty rows were passed over.", tally.empty)


def _notes(tally: Tally) -> Iterator[str]:
    if tally.rejected:
        yield ""
        yield t("Rejected:")
    for rejected in tally.rejected:
        for problem in rejected.problems:
            if problem.column:
                yield t(
                    "  Row {row}, {column}: {reason}",
                    row=rejected.row,
                    column=problem.column,
                    reason=str(problem.message),
                )
            else:
                yield t("  Row {row}: {reason}", row=rejected.row, reason=str(problem.message))
    if tally.warnings:
        yield ""
        yield t("To know:")
        for message, count in tally.warnings.items():
            yield tn("  {message} ({n} row)", "  {message} ({n} rows)", count, message=str(message))


def _sample_lines(workspace: Workspace, sample: Sample) -> Iterator[str]:
    entity = workspace.registry.entity(sample.entity)
    if sample.before:
        yield t("  Row {row} changes {noun} {name}:", row=sample.row, noun=entity.label(), name=sample.name)
    else:
        yield t("  Row {row} adds {noun} {name}:", row=sample.row, noun=entity.label(), name=sample.name)
    shown = {key: value for key, value in sample.after.items() if key not in ("name", "owner")}
    fresh = "company" in shown and not workspace.reader.names("company", [shown["company"]])
    if fresh:
        shown.pop("company")  # made by this very import, so it has no name to show yet
    if sample.before:
        lines = report.differences(workspace, entity, sample.before, shown)
    else:
        named = named_references(workspace, entity, shown)
        fields = [
            (entity.fields[key], value) for key, value in named.items() if not entity.fields[key].hidden
        ]
        lines = (
            t("{label}: {value}", label=field.label(), value=field.kind.display(value, field))
            for field, value in fields
        )
    for line in lines:
        yield f"    {line}"


def report_lines(done: Report) -> Iterator[str]:
    """What was done, where the rejected rows are, how to take it back."""
    yield from count_lines(done.tally)
    yield from _notes(done.tally)
    if done.rejects is not None:
        yield t(
            "The rejected rows are in {file}: correct them there and import that file.", file=done.rejects
        )
    if done.undo is not None:
        yield t("To take it back: crm undo {handle}", handle=done.undo)
    else:
        yield t("Nothing changed: it is all as it was.")


# -- for programs ----------------------------------------------------------------------------------------------------


def plan_object(plan: Plan) -> dict[str, Any]:
    """The plan as JSON: keys of fields, values as stored."""
    source = plan.source
    return {
        "file": source.name,
        "layout": plan.layout.vendor,
        "entity": plan.layout.entity,
        "encoding": source.encoding,
        "separator": source.delimiter,
        "mapping": [{"column": c.column, "field": c.field or None} for c in plan.mapping],
        **tally_object(plan.tally),
        "samples": [
            {
                "row": s.row, "verdict": s.verdict, "entity": s.entity, "name": s.name,
                "before": s.before, "after": s.after,
            }
            for s in plan.tally.samples
        ],
    }  # fmt: skip


def tally_object(tally: Tally) -> dict[str, Any]:
    """``counts`` with every verdict, the first rejected rows and the warnings."""
    return {
        "counts": {"rows": tally.rows, **tally.counts, "empty": tally.empty, "companies": tally.companies},
        "rejected": [
            {
                "row": rejected.row,
                "problems": [
                    {"column": p.column or None, "field": p.field or None, "message": str(p.message)}
                    for p in rejected.problems
                ],
            }
            for rejected in tally.rejected
        ],
        "warnings": [{"message": str(message), "rows": count} for message, count in tally.warnings.items()],
    }


def report_text(workspace: Workspace, done: Report) -> Iterator[str]:
    """The JSON object of a report, streamed: the records that changed, the handle, the counts."""
    from crmtool.cli.output.formats import json_text

    yield '{"changed": ['
    opening = "\n"
    for record in _changed(workspace, done):
        yield opening + json_text(record)
        opening = ",\n"
    yield "\n]" if opening != "\n" else "]"
    rest = {"undo": done.undo, "dry_run": False, "rejects": done.rejects, **tally_object(done.tally)}
    yield "".join(f",\n{json_text(key)}: {json_text(value)}" for key, value in rest.items()) + "}\n"


def _changed(workspace: Workspace, done: Report) -> Iterator[dict[str, Any]]:
    """The contacts and companies of the import's change sets, each once, read a few hundred at a time."""
    from crmtool.transfer.seen import Seen

    seen = Seen()
    waiting: dict[str, list[str]] = {"contact": [], "company": []}
    for header in workspace.log.sets("job = ?", [done.job], order="n"):
        for entry in workspace.log.of_set(header):
            if entry.entity in waiting and entry.record not in seen:
                seen.add(entry.record)
                waiting[entry.entity].append(entry.record)
                if len(waiting[entry.entity]) >= _RECORDS_AT_ONCE:
                    yield from _shaped(workspace, entry.entity, waiting[entry.entity])
                    waiting[entry.entity] = []
    for key, found in waiting.items():
        yield from _shaped(workspace, key, found)


def _shaped(workspace: Workspace, key: str, found: list[str]) -> Iterator[dict[str, Any]]:
    entity = workspace.registry.entity(key)
    for record in report.read_all(workspace, entity, found):
        yield report.shaped(workspace, entity, record)
