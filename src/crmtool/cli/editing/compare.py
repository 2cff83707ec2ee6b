"""What an edited text asks for, decided without doing anything.

First against what was opened: only what a person touched is a change. Then against the records as they are now: what somebody
else changed meanwhile is not overwritten; sets of values are merged, and whatever both changed is a conflict to be settled.
"""

from __future__ import annotations

from crmtool.core.errors import ConflictError, CrmError, UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.doors.differences import merged, touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.cli.editing.forms import Form, Opened, Row
    from crmtool.core.fields import Context, Field

    Record = dict[str, Any]


class Draft(Struct):
    """What differs from the text that was opened.

    ``changed`` holds rows with only the values that differ, ``added`` rows without a record, ``missing`` the ids of records whose
    rows are gone, ``mistakes`` rows with an error.
    """

    changed: list[Row]
    added: list[Row]
    missing: list[str]
    mistakes: list[Row]


class Settled(Struct):
    """One changed row against the record as it is now: assignments for a command, and the conflicts that stand in the way.

    ``now`` is ``None`` where the record is gone. ``disputed`` are the assignments that would overwrite what somebody else wrote.
    """

    row: Row
    now: Record | None
    assignments: list[tuple[str, str, Any]]
    disputed: list[tuple[str, str, Any]]
    conflicts: list[ConflictError]


def compare(before: list[Row], after: list[Row], opened: Opened) -> Draft:
    """The difference between the rows of two texts, the opened and the edited one."""
    draft = Draft([], [], [], [])
    old = {row.record: row.values for row in before}
    seen: set[str] = set()
    for row in after:
        if row.error is not None:
            draft.mistakes.append(row)
        elif row.record is None:
            if any(value not in (None, [], "") for value in row.values.values()):
                draft.added.append(row)
        elif row.record in seen:
            twice = UsageError(
                Message("This record stands here twice."), Message("Leave one of the two out."), code="twice"
            )
            draft.mistakes.append(row.replace(error=twice))
        else:
            seen.add(row.record)
            was = old[row.record]
            differing = {key: value for key, value in row.values.items() if value != was.get(key)}
            if differing:
                draft.changed.append(row.replace(values=differing))
    if not draft.mistakes:  # a row that cannot be read may be the one that seems to be gone
        draft.missing.extend(record for record in opened.records if record not in seen)
    return draft


def settle(form: Form, opened: Opened, row: Row, now: Record | None, ctx: Context) -> Settled:
    """A changed row against its record as it is now, references expanded."""
    out = Settled(row, now, [], [], [])
    record = str(row.record)
    if now is None:
        out.conflicts.append(
            ConflictError(
                Message("The record was moved to the trash or erased meanwhile."),
                Message("Take it back, or take the line out."),
            )
        )
        return out
    base = opened.records[record]
    for key, typed in row.values.items():
        field = opened.fields[key]
        mine = form.given(typed, field, base.get(key))
        other = touched(opened.entity, field, base, now)
        if other is None:
            out.assignments.append((key, "=", mine))
            continue
        if other is field and typed == _typed(form, opened, field, now):
            continue  # both did the same
        both = _merged(field, base.get(key), mine, now.get(key), ctx)
        if both is not None:
            out.assignments.append((key, "=", both))
            continue
        out.disputed.append((key, "=", mine))
        out.conflicts.append(
            ConflictError(
                Message(
                    "{field} of {name} was changed meanwhile: it was “{base}” and is “{now}” now.",
                    field=other.label(),
                    name=now.get(opened.entity.name_field) or opened.labels[record],
                    base=other.kind.display(base.get(other.key), other),
                    now=other.kind.display(now.get(other.key), other),
                ),
                Message("To write yours over it, say --overwrite."),
            )
        )
    return out


def _typed(form: Form, opened: Opened, field: Field, now: Record) -> Any:
    """How the value that stands there now would be typed."""
    one = type(opened)(opened.entity, [*opened.fields.values()], {now["id"]: now})
    return form.read(form.write(one), one)[0].values.get(field.key)


def _merged(field: Field, base: Any, mine: Any, theirs: Any, ctx: Context) -> Any:
    """Both sides' additions and removals to a set of values as typed; ``None`` where they cannot both stand."""
    if not (field.multi or field.kind.collection):
        return None
    from crmtool.app.handlers import settled

    try:
        checked = field.parse(mine, ctx) if isinstance(mine, str) else field.validate(mine, ctx)
    except CrmError:
        return mine  # refused where it is done, with its reason
    if field.multi:
        checked = settled(field, base or [], checked)
    return merged(field, base, checked, theirs)
