"""What an import would do and did, as lines for people."""

from __future__ import annotations

from crmtool.app.history import named_references
from crmtool.core import ids
from crmtool.core.messages import t, tn
from crmtool.doors.changes import differences
from crmtool.doors.kinds import kind_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity, Registry
    from crmtool.transfer.apply import Report
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.survey import Question
    from crmtool.transfer.tally import Sample, Tally

_UNMATCHED_SHOWN = 20
_PASSED_SHOWN = 20


def plan_lines(workspace: Workspace, plan: Plan, *, columns: bool = True) -> Iterator[str]:
    """What the files are, what would happen, and with ``columns`` which column goes where."""
    for change in plan.new_fields:
        if change.entity == "object":
            yield t("New kind of record: {noun}", noun=change.after["plural_name"])
            continue
        noun = plan.registry.entity(change.after["of"])
        if change.after.get("overrides"):
            field = noun.fields[change.after["key"]]
            yield t("New choices of {noun}: {field}", noun=noun.plural_label(), field=field.label())
            continue
        yield t(
            "New field of {noun}: {field} ({kind})",
            noun=noun.plural_label(),
            field=change.after["name"],
            kind=kind_label(change.after["kind"], plan.registry, change.after.get("target")),
        )
    for number, part in enumerate(plan.parts):
        if number:
            yield ""
        yield from _part_lines(workspace, plan, part, columns=columns)
    yield from _passed_lines(plan)
    if len(plan.parts) > 1 and plan.complete:
        yield ""
        yield t("All together:")
        yield from (f"  {line}" for line in count_lines(plan.registry, plan.tally))


def _passed_lines(plan: Plan) -> Iterator[str]:
    """What in folders, archives and workbooks is no part of the import, and why."""
    if not plan.passed_over:
        return
    yield ""
    yield t("Passed over:")
    yield from (f"  {reason}" for _, reason in plan.passed_over[:_PASSED_SHOWN])
    left = len(plan.passed_over) - _PASSED_SHOWN
    if left > 0:
        yield tn("  … and {n} more", "  … and {n} more", left)


def _part_lines(workspace: Workspace, plan: Plan, part: Part, *, columns: bool) -> Iterator[str]:
    source, tally = part.source, part.tally
    noun = plan.registry.entity(part.entity).plural_label()
    yield "; ".join(
        [
            t("{file}: {noun}", file=source.title, noun=noun)
            if part.title == noun  # our own words are called as the kind is
            else t("{file}: {layout}, {noun}", file=source.title, layout=part.title, noun=noun),
            ", ".join(f"{label} {value}" for label, value in source.traits),
        ]
    ).removesuffix("; ")
    if source.guessed:
        yield t("The encoding is a guess; --encoding NAME says another.")
    if plan.complete:
        yield from count_lines(plan.registry, tally)
        yield from _possible_lines(plan.registry, tally)
    yield from _question_lines(part)
    yield from _notes(tally, named=False)  # before the columns, of which there may be more than fit a screen
    if part.columns and columns:
        yield ""
        yield from _mapping_lines(plan, part)
    yield from _name_lines(part)
    yield from _spelling_lines(plan, part)
    yield from _unmatched_lines(workspace, part)
    if tally.samples:
        yield ""
        yield t("For example:")
        for sample in tally.samples:
            yield from _sample_lines(workspace, plan.registry, sample)


def _question_lines(part: Part) -> Iterator[str]:
    """What only a person can tell of a file."""
    for question in part.questions:
        if question.mixed:
            yield t(
                "Problem: {column} is written in one order in some rows and in another in others, and {example} could be {days}. "
                "{options} says how to read it.",
                column=question.column,
                example=question.example,
                days=days_text(question),
                options=dates_text(question),
            )
        else:
            yield t(
                "Problem: nothing in {column} tells whether {example} is {days}. {options} says it.",
                column=question.column,
                example=question.example,
                days=days_text(question),
                options=dates_text(question),
            )


def _name_lines(part: Part) -> Iterator[str]:
    """The columns whose names are turned, and how to have them as they are."""
    if part.reading.family_first:
        from crmtool.transfer.people import turned

        yield ""
    for at, example in part.reading.family_first.items():
        found = turned(example)
        yield t(
            "{column} has the family name first: “{example}” becomes {name}.",
            column=part.columns[at],
            example=example,
            name=found.name if found is not None else example,
        )


def days_text(question: Question) -> str:
    """What the example may mean: ``2026-05-04 (dmy) or 2026-04-05 (mdy)``."""
    return _either(f"{day} ({order})" for order, day in question.days.items())


def dates_text(question: Question) -> str:
    """The options that answer: ``--dates dmy or --dates mdy``."""
    return _either(f"--dates {order}" for order in question.days)


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return t("{one} or {other}", one=", ".join(first), other=last)


def _spelling_lines(plan: Plan, part: Part) -> Iterator[str]:
    """Words that stand for another one, and words that may."""
    taken = [one for one in part.alike if one.same or plan.options.merge_alike]
    if taken:
        yield ""
        yield t("Taken for one:")
    for one in taken:
        yield tn(
            "  {column}: “{word}” is “{name}” ({n} row)",
            "  {column}: “{word}” is “{name}” ({n} rows)",
            one.rows,
            column=one.column,
            word=one.word,
            name=one.name,
        )
    proposed = [one for one in part.alike if one not in taken]
    if proposed:
        yield ""
        yield t("Perhaps one (--merge-alike takes them for one):")
    for one in proposed:
        yield tn(
            "  {column}: “{word}” and “{name}” ({n} row)",
            "  {column}: “{word}” and “{name}” ({n} rows)",
            one.rows,
            column=one.column,
            word=one.word,
            name=one.name,
        )


def _unmatched_lines(workspace: Workspace, part: Part) -> Iterator[str]:
    """The words that name nothing of ours, with what they may mean."""
    if not part.tally.unmatched:
        return
    from crmtool.transfer.savemap import Proposals

    proposals = Proposals(workspace)
    yield ""
    yield t("Names nobody has (a map says what they mean; --save-map writes one):")
    for (column, field, word), count in [*part.tally.unmatched.items()][:_UNMATCHED_SHOWN]:
        meant = proposals.of(part, field, word)
        if meant:
            yield tn(
                "  {column}: {word} ({n} row); perhaps {meant}",
                "  {column}: {word} ({n} rows); perhaps {meant}",
                count,
                column=column,
                word=word,
                meant=meant,
            )
        else:
            yield tn(
                "  {column}: {word} ({n} row)",
                "  {column}: {word} ({n} rows)",
                count,
                column=column,
                word=word,
            )
    left = len(part.tally.unmatched) - _UNMATCHED_SHOWN
    if left > 0:
        yield tn("  … and {n} more", "  … and {n} more", left)


def _possible_lines(registry: Registry, tally: Tally) -> Iterator[str]:
    """New rows that may mean somebody known, with examples, and what can be done about them."""
    if not tally.possible:
        return
    from crmtool.match.reasons import reasons

    if tally.looked_at < tally.counts["new"]:
        yield tn(
            "{n} of the first {looked} new rows may be known already; “crm dupes” looks at all of them.",
            "{n} of the first {looked} new rows may be known already; “crm dupes” looks at all of them.",
            tally.possible,
            looked=tally.looked_at,
        )
    else:
        yield tn(
            "{n} new row may be known already; “crm dupes” shows it after the import.",
            "{n} new rows may be known already; “crm dupes” shows them after the import.",
            tally.possible,
        )
    for one in tally.examples:
        record, name_field = one.candidate.record, registry.entity(one.entity).name_field
        yield t(
            "  Row {row}, {name}: perhaps {known} @{handle} ({reasons})",
            row=one.row,
            name=one.name,
            known=record.get(name_field) or "",
            handle=ids.handle(record["id"]),
            reasons="; ".join(reasons(one.candidate.weights, one.candidate.evidence)),
        )


def _mapping_lines(plan: Plan, part: Part) -> Iterator[str]:
    """Our fields, each with the columns that fill it; then the columns that fill none."""
    entity, registry = plan.registry.entity(part.entity), plan.registry
    filled: dict[str, list[str]] = {}
    for column in part.mapping(registry):
        filled.setdefault(column.field.removesuffix(".label"), []).append(column.column)
    kept, unused = filled.pop("extra", []), filled.pop("", [])
    yield t("Columns:")
    for key in entity.fields:
        if key in filled:
            yield t(
                "  {field}: {columns}", field=entity.fields[key].label(), columns=", ".join(filled.pop(key))
            )
    for key, columns in filled.items():
        noun = registry.entity(key).label() if key in registry.entities else key
        yield t("  {field}: {columns}", field=noun, columns=", ".join(columns))
    if kept:
        yield t("  Kept beside the record: {columns}", columns=", ".join(kept))
    if unused:
        yield t("  Not used: {columns}", columns=", ".join(unused))


def count_lines(registry: Registry, tally: Tally) -> Iterator[str]:
    """The verdicts, which add up to the rows; by kind of record where there are several."""
    yield tn(
        "{rows} row: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
        "{rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
        tally.rows,
        rows=f"{tally.rows:,}",
        **{name: f"{count:,}" for name, count in tally.counts.items()},
    )
    entities = registry.entities
    if len(tally.entities) > 1:
        for key in sorted(tally.entities, key=[*entities].index):
            yield t(
                "  {noun}: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.",
                noun=entities[key].plural_label(),
                **{name: f"{count:,}" for name, count in tally.entities[key].items()},
            )
    for key, count in sorted(tally.made.items(), key=lambda item: [*entities].index(item[0])):
        if key == "company":
            yield tn("{n} company is new with them.", "{n} companies are new with them.", count)
        elif key == "contact":
            yield tn("{n} contact is new with them.", "{n} contacts are new with them.", count)
        elif key == "link":
            yield tn("{n} link is made.", "{n} links are made.", count)
        else:
            yield t("{noun} new with them: {count}.", noun=entities[key].plural_label(), count=f"{count:,}")
    for reason, count in tally.passed.items():
        yield tn(
            "{n} row was passed over: {reason}",
            "{n} rows were passed over: {reason}",
            count,
            reason=str(reason),
        )
    if tally.empty:
        yield tn("{n} empty row was passed over.", "{n} empty rows were passed over.", tally.empty)


def _notes(tally: Tally, *, named: bool = True) -> Iterator[str]:
    """Rejected rows and warnings; without ``named`` not those about names nobody has, which a plan lists by themselves."""
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
    words = set() if named else {word for _, _, word in tally.unmatched}
    warnings = {
        message: n for message, n in tally.warnings.items() if message.params.get("name") not in words
    }
    if warnings:
        yield ""
        yield t("To know:")
        for message, count in warnings.items():
            yield tn("  {message} ({n} row)", "  {message} ({n} rows)", count, message=str(message))


def _sample_lines(workspace: Workspace, registry: Registry, sample: Sample) -> Iterator[str]:
    entity = registry.entity(sample.entity)
    if sample.before:
        yield t("  Row {row} changes {noun} {name}:", row=sample.row, noun=entity.label(), name=sample.name)
    else:
        yield t("  Row {row} adds {noun} {name}:", row=sample.row, noun=entity.label(), name=sample.name)
    shown = {
        key: value
        for key, value in sample.after.items()
        if key not in ("name", "owner") and not _is_fresh(workspace, entity, key, value)
    }
    if sample.before:
        lines = differences(workspace, entity, sample.before, shown)
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


def _is_fresh(workspace: Workspace, entity: Entity, key: str, value: Any) -> bool:
    """Whether a value names a record that this very import makes, so that it has no name to show yet."""
    target = entity.fields[key].target
    if target is None or not isinstance(value, str):
        return False
    return target not in workspace.registry.entities or not workspace.reader.names(target, [value])


def report_lines(workspace: Workspace, done: Report, plan: Plan) -> Iterator[str]:
    """What was done, where the rejected rows are, how to take it back."""
    yield from count_lines(plan.registry, done.tally)
    yield from _possible_lines(plan.registry, done.tally)
    for part, tally in zip(plan.parts, done.tallies, strict=True):
        notes = [*_notes(tally)]
        if notes and len(plan.parts) > 1:
            yield ""
            yield t("{file}:", file=part.source.title)
            notes = notes[1:]
        yield from notes
    yield from _passed_lines(plan)
    for path in done.rejects:
        yield t("The rejected rows are in {file}: correct them there and import that file.", file=path)
    if done.undo is not None:
        yield t("To take it back: crm undo {handle}", handle=done.undo)
    else:
        yield t("Nothing changed: it is all as it was.")
