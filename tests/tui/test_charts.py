"""Charts: drawn to fit, and in words where there is little room, without colours, or on a key."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until

from crmtool.doors.charts import Bar, Chart
from crmtool.doors.width import width
from crmtool.tui.drawing import drawn, told
from crmtool.tui.widgets.charts import Charts

NAMES = ("Lead", "Qualified [/b]", "李小龙" * 9, "\x1b[31mred\u202e", "Ümläut", "")


def chart(sizes: list[float], *, over_time: bool) -> Chart:
    bars = tuple(
        Bar(f"2026-{at:02}" if over_time else NAMES[at % len(NAMES)], f"{at:02}", size, f"{size:,.0f} EUR")
        for at, size in enumerate(sizes, 1)
    )
    return Chart("test", "Title", "What it says.", bars, over_time=over_time)


@pytest.mark.parametrize("over_time", [True, False])
@pytest.mark.parametrize("sizes", [[0] * 12, [1], [3, 0, 1_250_000.5, 7] * 3, [1e15] * 30])
def test_a_picture_fits_and_nothing_in_it_acts_on_a_terminal(sizes: list[float], over_time: bool) -> None:
    for columns, rows in ((28, 6), (45, 9), (160, 20)):
        picture = drawn(chart(sizes, over_time=over_time), columns, rows)
        lines = picture.split("\n")
        assert len(lines) <= rows
        assert max(width(line) for line in lines) <= columns
        assert "\x1b" not in picture
        assert "\u202e" not in picture
        assert ("█" in picture) == any(sizes)


def test_words_say_the_same_with_the_present_first() -> None:
    lines = told(chart([5, 1_000], over_time=True)).split("\n")
    assert lines == ["What it says.", "", "2026-02           1,000 EUR", "2026-01           5 EUR"]
    assert told(chart([5, 1_000], over_time=False)).split("\n")[2].endswith(" 5 EUR")


async def test_home_draws_them_and_says_them_in_words_on_a_key(running: Running, elsewhere: Any) -> None:
    async with running(size=(100, 34)) as pilot:
        assert "Won by month" in shown(pilot)
        pilot.app.screen.query_one(Charts).focus()
        await pilot.press("right")
        await until(pilot, lambda: "Pipeline by stage" in shown(pilot) and "█" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "2 deals are open. Most in" in shown(pilot))
        assert "█" not in shown(pilot)
        await pilot.press("right")
        await until(pilot, lambda: "0 activities this week" in shown(pilot))


@pytest.mark.parametrize(("size", "no_color"), [((100, 34), "1"), ((52, 30), "")])
async def test_without_colours_or_room_they_are_said_in_words(
    running: Running, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], no_color: str
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    async with running(size=size) as pilot:
        charts = pilot.app.screen.query_one(Charts)
        charts.scroll_visible(animate=False)
        if not no_color:
            charts.styles.height = 4
        charts.current = 1
        await settled(pilot)
        await until(pilot, lambda: "2 deals are open." in shown(pilot))
