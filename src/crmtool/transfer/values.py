"""Steps for one value of a row: amounts, numbers, yes and no, days, moments, choices, notes."""

from __future__ import annotations

from crmtool.core import dates, tokens
from crmtool.core.errors import ValidationError
from crmtool.core.fields import check_bounds
from crmtool.core.messages import Message
from crmtool.transfer import amounts
from crmtool.transfer.cells import PLACEHOLDERS
from crmtool.transfer.days import day, latest_of, moment
from crmtool.transfer.drafts import Draft, NoteDraft, Problem, problem
from crmtool.transfer.funnel import squeezed
from crmtool.transfer.layouts import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.steps import Compiler, Step

_YES = frozenset(("yes", "y", "true", "t", "1", "x", "ja", "oui", "si", "sim", "da", "tak", "on"))
_NO = frozenset(("no", "n", "false", "f", "0", "nein", "non", "nao", "nee", "nie", "off"))


def money_step(made: Compiler, at: int, field: Field) -> Step:
    column, key, currency = made.columns[at], field.key, made.ctx.currency
    mark = made.reading.decimals.get(at, "")
    beside = next((i for i, t in enumerate(made.targets) if t.role == base.CURRENCY and t.field == key), None)

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if not text or text.lower() in PLACEHOLDERS - {"0"}:
            return
        code = amounts.currency_code(cells[beside]) if beside is not None and cells[beside] else None
        value = amounts.money(text, code or currency, mark)
        if value is None:
            reason = Message("{field}: “{value}” is not an amount of money.", field=field.label(), value=text)
            out.problems.append(Problem(column, key, reason))
        elif key in out.values:
            out.extra[column] = text
        else:
            out.values[key] = value

    return step


def word_step(made: Compiler, at: int, field: Field) -> Step:
    """A number, by the marks of its column, or yes and no in the languages that programs say them in."""
    column, key, ctx, is_number = made.columns[at], field.key, made.ctx, field.kind.name == "number"
    mark, scale = made.reading.decimals.get(at, ""), 100 if at in made.reading.shares else 1

    def value_of(text: str) -> Any:
        if is_number:
            found = amounts.number(text, mark)
            return (
                field.kind.validate(float(found * scale), field, ctx)
                if found is not None
                else field.parse(text, ctx)
            )
        word = tokens.fold(text)
        return True if word in _YES else False if word in _NO else field.parse(text, ctx)

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if not text or (text.lower() in PLACEHOLDERS and text != "0"):
            return
        try:
            value = value_of(text)
            check_bounds(field, value)
        except ValidationError as error:
            out.problems.append(problem(column, key, error))
            return
        if key in out.values:
            out.extra[column] = text
        else:
            out.values[key] = value

    return step


def note_step(made: Compiler, at: int, target: Target) -> Step:
    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].replace("\x00", "").replace("\r\n", "\n").strip()
        if text:
            out.notes.append(NoteDraft(text))

    return step


def day_step(made: Compiler, at: int, target: Target) -> Step:
    column, key, blank = made.columns[at], target.field, target.blank
    order, latest = made.reading.orders.get(at, ""), latest_of(key, dates.today(made.ctx).isoformat())
    warning = Problem(
        column,
        key,
        Message("{column}: not a complete date; kept beside the record.", column=column),
    )

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if text and text not in blank:
            value = day(text, order, latest)
            if value is None:
                out.extra[column] = text
                out.warnings.append(warning)
            else:
                out.values.setdefault(key, value)

    return step


def moment_step(made: Compiler, at: int, target: Target) -> Step:
    column, key, ctx = made.columns[at], target.field, made.ctx
    order = made.reading.orders.get(at, "")
    reason = Message("{column}: not a complete date; kept beside the record.", column=column)
    warning = Problem(column, key, reason)

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if text:
            value = moment(text, ctx, order)
            if value is None:
                out.extra[column] = text
                out.warnings.append(warning)
            else:
                out.values.setdefault(key, value)

    return step


def choice_step(made: Compiler, at: int, target: Target, *, strict: bool = False) -> Step:
    """One of the choices, in the vendor's words or however it is spelled; another word is kept, or rejected where ``strict``."""
    column, field, ctx = made.columns[at], made.fields[target.field], made.ctx
    words = {squeezed(choice.label): choice.key for choice in field.choices}
    words |= {squeezed(choice.key): choice.key for choice in field.choices}
    words |= {squeezed(word): key for word, key in (made.layout.choices or {}).get(target.field, {}).items()}

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if not text:
            return
        value = words.get(squeezed(text))
        if value is None:
            try:
                value = field.parse(text, ctx)
            except ValidationError as error:
                wrong = Problem(column, field.key, error.message, text)
                if strict:
                    out.problems.append(wrong)
                else:
                    out.extra[column] = text
                    out.warnings.append(wrong)
                return
        out.values.setdefault(field.key, value)

    return step


def created_step(made: Compiler, at: int, target: Target) -> Step:
    column, ctx, order = made.columns[at], made.ctx, made.reading.orders.get(at, "")

    def step(cells: list[str], out: Draft) -> None:
        text = cells[at].strip()
        if text:
            value = moment(text, ctx, order)
            if value is None or value > (ctx.now or value):
                out.extra[column] = text
            else:
                out.created_at = value

    return step
