"""docs/app-*.svg: the full-screen app, exported by the app itself over a sample workspace.

python tools/app_pictures.py
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs"
SIZE = (116, 34)
NOW = "2026-06-15T10:00:00.000Z"
PREPARE = ("demo --contacts 600 --seed 7",)
WAIT_SECONDS = 3.0


def main() -> int:
    """Draw every picture."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(CRM_HOME=home, CRM_NOW=NOW, TZ="UTC", CRM_LANG="en", CRM_NO_INPUT="1")
        for words in PREPARE:
            subprocess.run([sys.executable, "-m", "crmtool", *words.split()], check=True, capture_output=True)
        asyncio.run(_draw_all())
    return 0


async def _draw_all() -> None:
    from crmtool.tui.places import HOME, Place

    people = Place("list", "contact", filter="name ~ ar and lifecycle != lead")
    await _draw("home", HOME, ())
    await _draw("list", people, ("down", "down"))
    await _draw("record", people, ("down", "enter"))
    await _draw("board", Place("board"), ("down",))
    await _draw("agenda", Place("agenda"), ("down",))
    await _draw("search", Place("search", text="garcia"), ())


async def _draw(name: str, place: object, keys: tuple[str, ...]) -> None:
    """One picture: the app at a place, after some keys."""
    from crmtool.app.workspace import open_workspace
    from crmtool.cli import paths
    from crmtool.tui.app import CrmApp
    from crmtool.tui.places import Place
    from crmtool.tui.settings import Settings

    assert isinstance(place, Place)
    store = paths.store_file("default")
    with tempfile.TemporaryDirectory() as own:
        settings = Settings(
            "sample", os.path.join(own, "tui.json"), os.path.join(own, "tui.log"), ("crm",), animations=False
        )
        app = CrmApp(
            lambda read_only: open_workspace(store, zone="UTC", read_only=read_only), settings, place
        )
        async with app.run_test(size=SIZE) as pilot:
            for key in ("", *keys):
                if key:
                    await pilot.press(key)
                await pilot.pause(WAIT_SECONDS)
            svg = app.export_screenshot(title="crm")
    # No font from elsewhere: a picture in a page must not call anybody. Ids that differ from run to run become one.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg).replace("Fira Code, monospace", "monospace")
    (TARGET / f"app-{name}.svg").write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")
    print(f"app-{name}.svg: {len(svg):,} bytes")


if __name__ == "__main__":
    sys.exit(main())
