"""What ``crm import`` prints for programs: a plan and a report as objects."""

from __future__ import annotations

from crmtool.cli.nouns import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.apply import Report
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.tally import Tally

_RECORDS_AT_ONCE = 400


def plan_object(plan: Plan) -> dict[str, Any]:
    """The plan as JSON: keys of fields, values as stored."""
    return {
        "files": [_part_object(plan, part) for part in plan.parts],
        "passed_over": _passed_object(plan),
        "counts": counts_object(plan.tally),
        "new_fields": [
            {key: change.after.get(key) for key in ("of", "key", "name", "kind")}
            for change in plan.new_fields
            if change.entity == "field"
        ],
        "new_objects": [
            {key: change.after.get(key) for key in ("key", "plural", "name")}
            for change in plan.new_fields
            if change.entity == "object"
        ],
    }


def _passed_object(plan: Plan) -> list[dict[str, str]]:
    return [{"file": name, "reason": str(reason)} for name, reason in plan.passed_over]


def _part_object(plan: Plan, part: Part) -> dict[str, Any]:
    source = part.source
    return {
        "file": source.name,
        "layout": part.vendor,
        "entity": part.entity,
        **source.details,
        "mapping": [{"column": c.column, "field": c.field or None} for c in part.mapping(plan.registry)],
        "problems": [
            {"column": q.column, "code": "ambiguous_dates", "example": q.example, "mixed": q.mixed, "days": q.days}
            for q in part.questions
        ],
        "family_first": [part.columns[at] for at in part.reading.family_first],
        "alike": [
            {"column": a.column, "value": a.word, "as": a.name, "rows": a.rows, "taken": a.same or plan.options.merge_alike}
            for a in part.alike
        ],
        **tally_object(part.tally),
        "samples": [
            {
                "row": s.row, "verdict": s.verdict, "entity": s.entity, "name": s.name,
                "before": s.before, "after": s.after,
            }
            for s in part.tally.samples
        ],
    }  # fmt: skip


def counts_object(tally: Tally) -> dict[str, Any]:
    """Every verdict, in all and by kind of record; what is made beside the rows, and which rows were none."""
    return {
        "rows": tally.rows,
        **tally.counts,
        "empty": tally.empty,
        "passed": sum(tally.passed.values()),
        "made": tally.made,
        "entities": tally.entities,
    }


def tally_object(tally: Tally) -> dict[str, Any]:
    """``counts`` with every verdict, the first rejected rows, the warnings, and the words that name nothing of ours."""
    return {
        "counts": counts_object(tally),
        "possible_duplicates": {
            "count": tally.possible,
            "looked_at": tally.looked_at,
            "examples": [
                {
                    "row": p.row,
                    "entity": p.entity,
                    "name": p.name,
                    "record": p.candidate.record["id"],
                    "probability": round(p.candidate.probability, 4),
                }
                for p in tally.examples
            ],
        },
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
        "unmatched": [
            {"column": column, "field": field, "value": value, "rows": count}
            for (column, field, value), count in tally.unmatched.items()
        ],
    }


def report_text(workspace: Workspace, done: Report, plan: Plan) -> Iterator[str]:
    """The JSON object of a report, streamed: the records that changed, the handle, the counts in all and by file."""
    from crmtool.cli.output.formats import json_text

    yield '{"changed": ['
    opening = "\n"
    for record in _changed(workspace, done):
        yield opening + json_text(record)
        opening = ",\n"
    yield "\n]" if opening != "\n" else "]"
    files = [
        {"file": part.source.name, **tally_object(tally)}
        for part, tally in zip(plan.parts, done.tallies, strict=True)
    ]
    rest = {
        "undo": done.undo, "dry_run": False, "rejects": done.rejects, "counts": counts_object(done.tally), "files": files,
        "passed_over": _passed_object(plan),
    }  # fmt: skip
    yield "".join(f",\n{json_text(key)}: {json_text(value)}" for key, value in rest.items()) + "}\n"


def _changed(workspace: Workspace, done: Report) -> Iterator[dict[str, Any]]:
    """The records of the import's change sets, links and definitions aside, each once, read a few hundred at a time."""
    from crmtool.transfer.seen import Seen

    seen = Seen()
    waiting: dict[str, list[str]] = {
        key: [] for key in workspace.registry.entities if key not in ("link", "tag", "field", "object")
    }
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
    if found:
        entity = workspace.registry.entity(key)
        for record in report.read_all(workspace, entity, found):
            yield report.shaped(workspace, entity, record)
