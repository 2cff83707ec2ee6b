"""Charts drawn with characters, without colours of their own: whoever shows them gives them the theme's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.doors.safe import escape, without_bidi
from crmtool.doors.width import cut, pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.doors.charts import Bar, Chart

SMALLEST = (28, 6)  # columns and rows below which a picture says less than words
NAME_WIDTH = 16
BLOCK = "█"
RESET = "\x1b[0m"  # what the drawing library ends each line with


def drawn(chart: Chart, columns: int, rows: int) -> str:
    """The picture of a chart, so large; 15 ms, and 30 more the first time: not for the event loop."""
    return (
        _over_time(chart.bars, columns, rows) if chart.over_time else _side_by_side(chart.bars, columns, rows)
    )


def told(chart: Chart) -> str:
    """The same in words: a sentence, then a row for each value, the present first."""
    bars = chart.bars[::-1] if chart.over_time else chart.bars
    return "\n".join([chart.sentence, "", *(f"{_name(bar, NAME_WIDTH)}  {escape(bar.text)}" for bar in bars)])


def _over_time(bars: Sequence[Bar], columns: int, rows: int) -> str:
    from textual_plotext.plot import Plot

    plot = Plot()
    plot.theme("clear")
    plot.plotsize(columns, rows)
    plot._set_size(columns, rows)  # as the library's own widget does: the size is not taken otherwise
    numbers = [float(at) for at in range(1, len(bars) + 1)]
    plot.bar(numbers, [bar.size for bar in bars], width=0.6)
    widest = max(len(bar.short) for bar in bars) + 2
    step = max(-(-len(bars) * widest // columns), 1)
    plot.xticks(numbers[::step], [bar.short for bar in bars[::step]])
    top = max(max(bar.size for bar in bars), 1)
    plot.yticks([0, top / 2, top], ["0", _short(top / 2), _short(top)])
    plot.frame(False)
    return str(plot.build()).replace(RESET, "").rstrip("\n")


def _side_by_side(bars: Sequence[Bar], columns: int, rows: int) -> str:
    """A line for each bar, its value behind it. Of too many the smallest are left out."""
    kept = sorted(sorted(range(len(bars)), key=lambda at: -bars[at].size)[:rows])
    top = max((bar.size for bar in bars), default=0) or 1
    values = [_short(bars[at].size) for at in kept]
    room = max(columns - NAME_WIDTH - 2 - max(map(len, values), default=0) - 1, 1)
    return "\n".join(
        f"{_name(bars[at], NAME_WIDTH)}  {BLOCK * _length(bars[at].size, top, room)} {value}"
        for at, value in zip(kept, values, strict=True)
    )


def _length(size: float, top: float, room: int) -> int:
    """How many blocks stand for a value; one at least for any that is not nothing."""
    return max(round(size / top * room), int(size > 0))


def _name(bar: Bar, columns: int) -> str:
    name = cut(without_bidi(escape(bar.label)), columns)
    return pad(name, max(columns, width(name)))


def _short(number: float) -> str:
    """A number in a few characters: 950, 1.2k, 34k, 5.6M."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            scaled = number / limit
            return f"{scaled:.1f}{sign}" if scaled < 10 else f"{scaled:.0f}{sign}"
    return f"{number:.0f}"
