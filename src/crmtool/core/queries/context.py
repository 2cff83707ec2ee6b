"""What the meaning of a filter depends on besides its text."""

from __future__ import annotations

from crmtool.core.fields import Context
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Registry


class QueryContext(Struct):
    """The definitions, and the clock, zone (IANA name), first day of the week (0 is Monday), user id and currency of who asks."""

    registry: Registry
    now: str = ""
    zone: str = "UTC"
    week_start: int = 0
    me: str | None = None
    currency: str = "EUR"
    region: str = ""

    def values(self) -> Context:
        """The same for the parsing of single values."""
        return Context(self.currency, self.region, self.zone, self.now, self.week_start, self.me)
