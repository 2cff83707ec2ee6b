"""What makes a record whole, entity by entity: defaults, consequences, and the checks that need more than
one field.

Rules are called with the record as it would be stored; they answer further values. They read, and never
write.
"""

from __future__ import annotations

from crmtool.app.resolve import resolve
from crmtool.core import dates, ids, tokens
from crmtool.core.errors import ConflictError, UsageError, ValidationError
from crmtool.core.fields import check_bounds, invalid
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.registry import Entity
    from crmtool.store.reader import Reader

    Record = dict[str, Any]
    Rule = Callable[[Reader, Context, Record, Record, Record | None], Record]

NOTE_TITLE = 80
# Command words that are no kinds of record; a kind of that name could not be reached.
COMMANDS = frozenset(
    (
        *(
            "archive",
            "attach",
            "audit",
            "completion",
            "config",
            "count",
            "demo",
            "doctor",
            "dupes",
            "export",
            "find",
        ),
        *(
            "help",
            "history",
            "import",
            "init",
            "log",
            "man",
            "merge",
            "open",
            "prompt",
            "purge",
            "redo",
            "restore",
        ),
        *(
            "schema",
            "show",
            "sql",
            "today",
            "trash",
            "tui",
            "undo",
            "unmerge",
            "version",
            "watch",
            "workspace",
        ),
    )
)
# Words that a filter reads as its own, and the number that a record carries beside its fields.
RESERVED = ("and", "or", "not", "in", "has", "is", "me", "n")


def complete(reader: Reader, ctx: Context, entity: Entity, given: Record, base: Record | None) -> Record:
    """The values to store: what was given, with what follows from it. ``base`` is ``None`` for a new record.

    Raises ``ValidationError`` for a required field left empty, a number out of bounds, and what the entity's own rule refuses.
    """
    rule = RULES.get(entity.key)
    record = {**(base or {}), **given}
    values = {**given, **rule(reader, ctx, given, record, base)} if rule else given
    record.update(values)
    if base is None:
        for key, field in entity.fields.items():
            if field.default is not None and record.get(key) is None:
                values[key] = record[key] = field.default
    for key in entity.fields if base is None else given:
        field = entity.fields[key]
        if field.least is not None and key in given:
            check_bounds(field, given[key])
        if field.required and record.get(key) in (None, []):
            raise invalid(
                field,
                Message("{field} is missing.", field=field.label()),
                Message("Give it as {key}=…", key=key),
                code="required",
            )
    return values


def owned(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """New records belong to whoever makes them."""
    return {"owner": ctx.me} if base is None and "owner" not in given and ctx.me else {}


def deal(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """Pipeline and stage agree, a closed deal has a day, a stage's required fields are there."""
    out = owned(reader, ctx, given, record, base)
    if record.get("pipeline") is None:
        out["pipeline"] = (
            stage_of(reader, record["stage"])["pipeline"] if record.get("stage") else default_pipeline(reader)
        )
    pipeline = out.get("pipeline", record.get("pipeline"))
    stage_id = record.get("stage")
    moved = "stage" in given and (base is None or base.get("stage") != given["stage"])
    if stage_id is None or (
        "pipeline" in given and "stage" not in given and base is not None and base.get("pipeline") != pipeline
    ):
        first = stages(reader, pipeline)
        out["stage"] = first[0]["id"] if first else None
    elif moved:
        stage = stage_of(reader, stage_id)
        out["pipeline"] = stage["pipeline"]
        missing = [key for key in stage["required"] or [] if {**record, **out}.get(key) in (None, [])]
        if missing:
            raise ValidationError(
                Message("Stage {stage} needs {fields}.", stage=stage["name"], fields=", ".join(missing)),
                Message("Give it in the same command: {example}=…", example=missing[0]),
                code="stage_requires",
                fields=missing,
            )
    status = record.get("status")
    if status in ("won", "lost") and not record.get("closed_on"):
        out["closed_on"] = dates.today(ctx).isoformat()
    elif "status" in given and status == "open":
        out.update(closed_on=None, lost_reason=None)
    return out


def default_pipeline(reader: Reader) -> str | None:
    """The pipeline marked default, or the first."""
    from crmtool.store.reader import Query

    rows = list(reader.records(Query("pipeline", fields=("default", "position"), expand=False)))
    rows.sort(key=lambda r: (not r["default"], r["position"] or 0, r["id"]))
    return rows[0]["id"] if rows else None


def stages(reader: Reader, pipeline: str | None) -> list[Record]:
    """The stages of a pipeline in order."""
    from crmtool.store.reader import Query

    rows = [r for r in reader.records(Query("stage", expand=False)) if r["pipeline"] == pipeline]
    return sorted(rows, key=lambda r: (r["position"] or 0, r["id"]))


def unused(reader: Reader, entity: Entity, base: Record) -> None:
    """``ConflictError`` while open deals stand in a stage or go through a pipeline: no board would show them."""
    from crmtool.core.query import And, Compare, Path
    from crmtool.store.reader import Query

    deal = reader.layouts.registry.entity("deal")
    here = Compare(Path((deal.fields[entity.key],)), "=", base["id"])
    n = reader.count(Query("deal", And((here, Compare(Path((deal.fields["status"],)), "=", "open")))))
    if n:
        raise ConflictError(
            Message(
                "{n} open deal is in {noun} {name}.", "{n} open deals are in {noun} {name}.",
                n=n, noun=entity.key, name=base["name"],
            ),
            Message("Move or close them first: {command}", command=f"crm deal list {entity.key}=@{ids.handle(base['id'])}"),
            code="in_use",
        )  # fmt: skip


def stage_of(reader: Reader, record: str) -> Record:
    return reader.require("stage", record, trash="without")


def find_stage(reader: Reader, text: str, pipeline: str | None) -> str:
    """The id of the stage that ``text`` names, in this pipeline where several have one of that name."""
    if not ids.is_id(text):
        word = tokens.fold(text)
        for stage in stages(reader, pipeline):
            if tokens.fold(stage["name"]) == word:
                return str(stage["id"])
    return resolve(reader, reader.layouts.registry.entity("stage"), text)


def task(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    out = owned(reader, ctx, given, record, base)
    if given.get("repeat"):
        out["repeat"] = repeat_rule(given["repeat"])
    if "status" in given:
        out["done_at"] = (record.get("done_at") or ctx.now) if given["status"] == "done" else None
    return out


def repeat_rule(text: str) -> str:
    """The RFC 5545 rule of what was given, itself or words such as “every monday”. ``ValidationError`` for anything else."""
    from dateutil.rrule import rrulestr

    from crmtool.app.repeat import rule_of

    rule = rule_of(text) or text
    try:
        rrulestr(rule.removeprefix("RRULE:"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(
            Message("Repeat: “{rule}” is not a recurrence rule.", rule=text),
            Message(
                "For example “every monday”, “every 2 weeks”, “every month on 15”, or FREQ=WEEKLY;BYDAY=MO."
            ),
            field="repeat",
        ) from None
    return rule


def activity(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    out = owned(reader, ctx, given, record, base)
    if record.get("happened_at") is None:
        out["happened_at"] = ctx.now
    if record.get("contact") and not record.get("company") and "company" not in given:
        out["company"] = (reader.get("contact", record["contact"]) or {}).get("company")
    return out


def note(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    out = owned(reader, ctx, given, record, base)
    if not record.get("name") and not record.get("body"):
        raise ValidationError(Message("A note needs a text."), Message("Give it as body=…"), field="body")
    if not record.get("name"):
        first = str(record["body"]).strip().splitlines()[0]
        out["name"] = first if len(first) <= NOTE_TITLE else first[: NOTE_TITLE - 1] + "…"
    return out


def own_field(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """A new field's word is free, its kind exists, and what its kind needs is there."""
    from crmtool.core.kinds import kind_named

    if not record.get("name") or not record.get("of"):
        return {}  # the check for required fields, which follows, says what is missing
    registry = reader.layouts.registry
    kind = kind_named(record.get("kind") or "text")
    entity = registry.entity(record["of"])
    out: Record = {"of": entity.key}
    if base is None or given.get("key", base["key"]) != base["key"]:
        out["key"] = word(record.get("key") or record["name"])
        taken = entity.find(out["key"]) is not None or out["key"] in RESERVED
        if taken and not record.get("overrides"):
            raise ValidationError(
                Message("{noun} has a field “{key}” already.", noun=entity.key, key=out["key"]),
                Message("Give the new one another word: key=…"),
                field="key",
            )
    if base is None:
        if record.get("multi") and (kind.collection or kind.name in ("reference", "file", "json")):
            raise ValidationError(
                Message("A field of the kind “{kind}” cannot hold several values.", kind=kind.name),
                Message("Leave “multi” out; several choices are the kind multichoice, several words tags."),
                field="multi",
            )
    elif {"kind", "of", "multi"} & {key for key in given if given[key] != base.get(key)}:
        raise ValidationError(
            Message("The kind of a field cannot change once it is there."),
            Message("Add a new field and move the values over."),
            field="kind",
        )
    if given.get("choices"):
        out["choices"] = choices(given["choices"])
    if kind.name in ("choice", "multichoice") and not out.get("choices", record.get("choices")):
        raise ValidationError(
            Message("A field of choices needs choices."),
            Message("For example choices=gold,silver"),
            field="choices",
        )
    if kind.name == "reference":
        if not record.get("target"):
            raise ValidationError(
                Message("A reference needs a target."), Message("For example target=company"), field="target"
            )
        out["target"] = registry.entity(record["target"]).key
    return out


def choices(value: Any) -> list[Any]:
    """Words, or objects with a key and a label, each once; ``ValidationError`` for anything else."""
    items = value.split(",") if isinstance(value, str) else value
    made: dict[str, Any] = {}
    for item in items if isinstance(items, list | tuple) else [None]:
        key = item.get("key") if isinstance(item, dict) else item
        label = item.get("label") or key if isinstance(item, dict) else key
        key, label = (str(v).strip() if type(v) in (str, int, float) else "" for v in (key, label))
        if not key or not label or tokens.fold(key) in made:
            raise ValidationError(
                Message("Choices: “{value}” is no list of different choices.", value=value),
                Message("For example choices=gold,silver"),
                field="choices",
            )
        made[tokens.fold(key)] = {"key": key, "label": label} if isinstance(item, dict) else key
    return [*made.values()]


def listed(value: Any, entity: Entity, key: str) -> list[str]:
    """The keys of fields that were given as ``a,b`` or as a list of texts, for the field ``key``."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValidationError(
            Message("“{value}” is no list of fields.", value=value),
            Message("For example {key}=name,owner", key=key),
            field=key,
        )
    return [entity.field(name.strip()).key for name in names]


def own_object(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    if base is not None:
        if "key" in given and given["key"] != base["key"]:
            raise ValidationError(
                Message("The command word of an object cannot change."),
                Message("Its name can: name=… plural_name=…"),
                field="key",
            )
        if given.get("plural", base["plural"]) == base["plural"]:
            return {}
    if not record.get("name"):
        return {}
    key = base["key"] if base is not None else word(record.get("key") or record["name"])
    plural = word(record.get("plural") or key + "s")
    registry = reader.layouts.registry
    taken = {
        name
        for e in registry.entities.values()
        if not e.removed and (base is None or e.own_id != base["id"])
        for name in (e.key, e.plural)
    }
    for name in (key, plural):
        if name in taken:
            raise ValidationError(
                Message("There is a kind of record called “{noun}” already.", noun=name),
                Message("Give another word: key=… plural=…"),
                field="key",
            )
        if name in COMMANDS:
            raise ValidationError(
                Message("“crm {word}” is a command already.", word=name),
                Message("Give another word: key=… plural=…"),
                field="key",
            )
    return {"key": key, "plural": plural, "plural_name": record.get("plural_name") or record["name"] + "s"}


def word(text: str) -> str:
    """A command word of a label: folded, with underscores; ``UsageError`` when nothing is left."""
    made = "_".join(tokens.words(text))
    made = "".join(c for c in made if c == "_" or (c.isascii() and c.isalnum()))[:40].strip("_")
    if not made or made[0].isdigit():
        raise UsageError(
            Message("“{text}” gives no command word.", text=text),
            Message("Give one of Latin letters: key=…"),
            field="key",
        )
    return made


def view(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """A view's filter, sort and columns are read when it is saved, so that a wrong one is refused then."""
    from crmtool.app.asking import parse_filter, parse_order

    if not record.get("of"):
        return {}
    entity = reader.layouts.registry.entity(record["of"])
    if record.get("filter"):
        parse_filter(record["filter"], entity, reader.layouts.registry, ctx)
    if record.get("sort"):
        parse_order(record["sort"], entity, reader.layouts.registry)
    out: Record = {"of": entity.key}
    if record.get("columns"):
        out["columns"] = listed(record["columns"], entity, "columns")
    return out


def static_list(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    return {"of": reader.layouts.registry.entity(record.get("of") or "contact").key}


def stage(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """Required fields are deal fields; a new stage comes last."""
    out: Record = {}
    if given.get("required"):
        out["required"] = listed(given["required"], reader.layouts.registry.entity("deal"), "required")
    if base is None and record.get("position") is None and record.get("pipeline"):
        out["position"] = max((s["position"] or 0 for s in stages(reader, record["pipeline"])), default=0) + 1
    return out


def link(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """A tie ends when it began or later."""
    start, end = record.get("starts_on"), record.get("ends_on")
    if start and end and end < start:
        raise ValidationError(
            Message("The end, {end}, is before the beginning, {start}.", end=end, start=start),
            Message("Give the end as the same day or a later one, or leave it empty."),
            field="ends_on",
        )
    return {}


def rate(reader: Reader, ctx: Context, given: Record, record: Record, base: Record | None) -> Record:
    """An exchange rate is of one currency in another."""
    from crmtool.core.money import minor_units

    out: Record = {}
    for key in ("name", "base"):
        code = str(record.get(key) or "").upper()
        if code and key in given:
            if minor_units(code) is None:
                raise invalid(
                    reader.layouts.registry.entity("rate").fields[key],
                    Message("“{currency}” is not a currency code.", currency=record[key]),
                    Message("For example EUR or USD."),
                )
            out[key] = code
    return out


RULES: dict[str, Rule] = {
    "contact": owned,
    "company": owned,
    "order": owned,
    "deal": deal,
    "task": task,
    "activity": activity,
    "note": note,
    "field": own_field,
    "object": own_object,
    "view": view,
    "list": static_list,
    "stage": stage,
    "link": link,
    "rate": rate,
}
