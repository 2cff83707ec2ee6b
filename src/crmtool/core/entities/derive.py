"""The pure functions behind derived values: the live source records in, one stored value out."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Records = list[dict[str, Any]]

_STORED = 1 << 63


def latest(key: str) -> Callable[[Records], Any]:
    """The greatest value of a date or instant field."""
    return lambda records: max((r[key] for r in records if r[key]), default=None)


def earliest(key: str, **where: Any) -> Callable[[Records], Any]:
    """The smallest value of a field among the records whose other fields equal ``where``."""

    def compute(records: Records) -> Any:
        return min(
            (r[key] for r in records if r[key] and all(r[k] == v for k, v in where.items())), default=None
        )

    return compute


def total(records: Records, status: str) -> Any:
    """The sum of the amounts in the currency that most of them have; other currencies are left to reports, which hold rates."""
    sums: dict[str, tuple[int, int]] = {}
    for record in records:
        if record["amount"] and record["status"] == status:
            minor, currency = record["amount"]
            count, amount = sums.get(currency, (0, 0))
            sums[currency] = (count + 1, amount + minor)
    if not sums:
        return None
    currency = max(sorted(sums), key=lambda c: sums[c][0])
    minor = sums[currency][1]
    return [minor, currency] if abs(minor) < _STORED else None  # more than any column holds


def total_open(records: Records) -> Any:
    return total(records, "open")


def total_won(records: Records) -> Any:
    return total(records, "won")
