"""Days and moments."""

from __future__ import annotations

from crmtool.core.fields import invalid
from crmtool.core.kinds.base import Kind
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field


class Date(Kind):
    name = "date"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.dates import parse_day

        day = parse_day(text, ctx)
        if day is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a date.", field=field.label(), value=text),
                Message("Write it as 2026-05-31, today, +3d, friday or eom."),
            )
        return day

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        return self.parse(str(value), field, ctx)


class Instant(Kind):
    name = "instant"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.dates import parse_instant

        value = parse_instant(text, ctx)
        if value is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a date and time.", field=field.label(), value=text),
                Message("Write it as 2026-05-31 14:30, 2026-05-31T12:30:00Z, now or -2h."),
            )
        return value

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        return self.parse(str(value), field, ctx)

    def show(self, value: Any, field: Field) -> str:
        from crmtool.core.dates import local_text

        return local_text(value)
