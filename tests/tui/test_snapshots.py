"""What the screens look like, as text: a change of how they look shows in a review as a change of these files.

    CRM_WRITE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/tui/test_snapshots.py

writes them anew; look at what changed before you keep it. Handles are random, and stand here as dots.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.pilot import Pilot
from textual.screen import ModalScreen

from crmtool.tui.places import HOME, Place

KEPT = Path(__file__).parent / "snapshots"
WRITE = "CRM_WRITE_SNAPSHOTS"
# What follows `` @`` or stands as a change's handle, in the letters of Crockford's base 32.
HANDLE = re.compile(r"(?<= @)[0-9a-hjkmnp-tv-z]{4,8}|\b(?=[a-z]*[0-9])[0-9a-hjkmnp-tv-z]{8}\b")
CONTACTS = Place("list", "contact")


class Picture(NamedTuple):
    """A place, the keys that are pressed there, and the size of the terminal."""

    place: Place
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (100, 30)


PICTURES = {
    "home": Picture(HOME),
    "home-narrow": Picture(HOME, size=(60, 20)),
    "list": Picture(CONTACTS, ("down",)),
    "list-selected": Picture(CONTACTS, ("space", "down", "space")),
    "list-filtered": Picture(Place("list", "contact", filter="company = Acme")),
    "list-empty": Picture(Place("list", "contact", filter="name = nobody")),
    "record": Picture(CONTACTS, ("down", "enter")),
    "form": Picture(Place("form", "task")),
    "board": Picture(Place("board"), size=(120, 30)),
    "agenda": Picture(Place("agenda")),
    "search": Picture(Place("search", text="acme")),
    "trash": Picture(Place("trash")),
    "dupes": Picture(Place("dupes")),
    "import": Picture(Place("import")),
    "done": Picture(Place("done")),
    "question": Picture(CONTACTS, ("d",)),
    "keys": Picture(CONTACTS, ("question_mark",), (100, 40)),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_a_screen_looks_as_it_did(running: Running, name: str) -> None:
    picture = PICTURES[name]
    async with running(picture.place, size=picture.size, animations=False) as pilot:
        for key in picture.keys:
            await pilot.press(key)
            await _at_rest(pilot)
        seen = HANDLE.sub(lambda found: "·" * len(found[0]), shown(pilot)) + "\n"
    file = KEPT / f"{name}.txt"
    if os.environ.get(WRITE):
        file.parent.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    kept = file.read_text(encoding="utf-8")
    lines = difflib.unified_diff(kept.splitlines(), seen.splitlines(), "kept", "seen", lineterm="")
    assert seen == kept, "\n".join([*lines, f"{WRITE}=1 keeps what is seen"])


def test_every_kept_picture_is_looked_at() -> None:
    assert {file.stem for file in KEPT.glob("*.txt")} == {*PICTURES}


async def _at_rest(pilot: Pilot[int]) -> None:
    """Wait until what a key began is shown: what asks waits for an answer, and never settles."""
    await pilot.pause(0.1)
    if isinstance(pilot.app.screen, ModalScreen):
        await until(pilot, lambda: getattr(pilot.app.screen, "ready", True))
        await pilot.pause()
    else:
        await settled(pilot)
