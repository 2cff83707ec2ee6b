"""The table of what was seen: on the terminal, in a file of this machine, and as Markdown for the README.

``results/latest.local.json`` holds the last figures of each subject. It is of one machine and one moment, so it is not
kept under version control; the README tells what was seen on a quiet one.
"""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Figure, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.harness import Options

RESULTS = Path(__file__).parent / "results" / "latest.local.json"
README = Path(__file__).parent / "README.md"
MARKER = "<!-- figures -->\n"
MARKS = {True: "ok", False: "OVER", None: ""}


def cells(figure: Figure) -> tuple[str, str, str, str, str, str]:
    """What a line says: what, value, budget, mark, what was seen, baseline."""
    sign = "≥" if figure.least else "≤"
    budget = "" if figure.budget is None else f"{sign} {_with_unit(figure.budget, figure.unit)}"
    return (
        figure.what, _with_unit(figure.value, figure.unit), budget, MARKS[figure.ok], figure.seen, figure.baseline,
    )  # fmt: skip


def _with_unit(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f} x"
    return f"{number(value)} {unit}" if unit else f"{value:,.0f}"


def table(title: str, figures: Sequence[Figure]) -> str:
    """Aligned lines for a terminal."""
    rows = [cells(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    out = [f"\n{title}"]
    for row in rows:
        what, value, budget, mark = (
            row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].rjust(widths[2]), row[3].ljust(widths[3]),
        )  # fmt: skip
        seen = f"{row[4]}; baseline {row[5]}" if row[4] and row[5] else row[4] or row[5]
        out.append(f"  {what}  {value}  {budget}  {mark}  {seen}".rstrip())
    return "\n".join(out)


def keep(name: str, options: Options, figures: Sequence[Figure]) -> None:
    """Put the figures of a subject in the place of its last ones."""
    found = kept()
    found[name] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "size": options.size,
        "quick": options.quick,
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2),
        "figures": [figure._asdict() for figure in figures],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept() -> dict[str, Any]:
    """The last figures of each subject by its name."""
    try:
        found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def into_readme() -> None:
    """Replace the figures at the end of the README by the kept ones."""
    text = README.read_text(encoding="utf-8")
    head, marker, _ = text.partition(MARKER)
    README.write_text(f"{head}{marker}\n{markdown(kept())}", encoding="utf-8")


def markdown(found: dict[str, Any]) -> str:
    """The kept figures as tables for the README."""
    out = []
    for name, subject in found.items():
        kind = ", quick" if subject["quick"] else ""
        out += [
            f"### {name}",
            "",
            f"{subject['size']:,} contacts{kind}; {subject['machine']}; {subject['at'][:10]}.",
            "",
            "| what | measured | budget | | seen | baseline |",
            "|---|---:|---:|---|---|---|",
        ]
        for fields in subject["figures"]:
            what, value, budget, mark, seen, baseline = cells(Figure(**fields))
            out.append(
                f"| {what} | {value} | {budget} | {mark} | {seen} | {baseline} |".replace("|  |", "| |")
            )
        out.append("")
    return "\n".join(out)
