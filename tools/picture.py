"""docs/picture.svg: what the program looks like, drawn from what it really prints.

    python tools/picture.py

A sample workspace is made, the commands run as on a terminal of 104 columns, and their bytes are drawn.
"""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

TARGET = Path(__file__).resolve().parent.parent / "docs" / "picture.svg"
COLUMNS = 104
NOW = "2026-06-15T10:00:00.000Z"
COMMANDS = (
    "crm find garcia --limit 3",
    "crm contact list 'lifecycle = customer and company.employees > 200' --sort -last_contacted --limit 3",
    "crm deal win 'Roof garden'",
    "crm pipeline show --deals 2",
)
PREPARE = ("crm demo --contacts 400 --seed 7", "crm deal add 'Roof garden' company='Bo AB' amount=28k")


def main() -> int:
    """Draw the picture."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "CRM_HOME": home, "CRM_NOW": NOW, "TZ": "UTC", "CRM_LANG": "en", "CRM_FORCE_TTY": str(COLUMNS),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "CRM_NO_INPUT": "1",
        }  # fmt: skip
        for line in PREPARE:
            subprocess.run(shlex.split(line), env=environment, capture_output=True, check=True)
        console = Console(
            width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor"
        )
        for number, line in enumerate(COMMANDS):
            ran = subprocess.run(
                shlex.split(line),
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=True,
            )
            console.print(Text.assemble(("\n" if number else "") + "$ ", (line, "bold")), soft_wrap=True)
            console.print(Text.from_ansi(ran.stdout.rstrip("\n")), soft_wrap=True, highlight=False)
    # A fixed name for the classes: the same output is the same file.
    TARGET.write_text(console.export_svg(title="crm", theme=MONOKAI, unique_id="crm"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
