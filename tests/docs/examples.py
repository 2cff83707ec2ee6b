"""The examples of docs/: run for real, compared with what the page says, or written into it.

    python -m tests.docs.examples write docs/pipeline.md …

A page starts in an empty home. A block ```` ```console ```` holds command lines behind ``$``, each followed by what it prints:
standard output, then standard error. A command ends with 0 unless it says ``# exit code 4`` behind it. A line ``…`` in the output
stands for any lines. A block with a file name behind its language (```` ```csv people.csv ````) is that file.

Handles and ids differ at every run: they are compared by their places, and a handle that a page shows may be used by a later
command of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = "2026-06-15T10:00:00.000Z"
ANY = "…"

_FENCE = re.compile(r"^```(\w+)(?: (\S+\.\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HANDLE = r"[0-9a-hjkmnp-tv-z]{8}"
_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
# Where handles stand: behind a word that announces one, at the end of a sentence, in the first column.
_BEHIND = ("@", "crm undo ", "crm redo ", '"undo": "', '"handle":"', "what ")
_PLACES = [
    *(rf"(?<={re.escape(word)}){_HANDLE}\b" for word in _BEHIND),
    rf"(?<=, ){_HANDLE}(?=\)?$)",
    rf"^{_HANDLE}(?=  )",
]
_VARYING = re.compile("|".join([_ID, "[0-9a-f]{64}", *_PLACES]))
# Shown by what takes more than a second, which on a busy machine is anything.
_PROGRESS = re.compile(r"\w+: [\d,]+ of about [\d,]+")
_EXIT = re.compile(r"#\s*exit code (\d+)\s*$")


class Example:
    """One command line of a page and what the page says of it."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.said: list[str] = []

    @property
    def expected_code(self) -> int:
        found = _EXIT.search(self.command)
        return int(found[1]) if found else 0


class Differs(AssertionError):
    """A page says something else than the program."""


class Runner:
    """A home and a folder of work, in which the examples of one page run in order.

    Their coverage is not measured: the tests of each command do that, and hundreds of measured starts take three times as long.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.handles: dict[str, str] = {}
        self.environment = {
            "CRM_HOME": str(folder / "home"), "CRM_NOW": NOW, "TZ": "UTC", "LANG": "C.UTF-8", "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "CRM_NO_INPUT": "1", "USER": "sam",
        }  # fmt: skip

    def run(self, example: Example) -> list[str]:
        """Run the command and answer what it printed; ``Differs`` for another exit code."""
        command = _replaced(example.command, self.handles)
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, timeout=60,
            check=False,
        )  # fmt: skip
        printed = (ran.stdout + ran.stderr).decode()
        if ran.returncode != example.expected_code:
            raise Differs(
                f"$ {example.command}\nended with {ran.returncode} instead of {example.expected_code}:\n{printed}"
            )
        lines = [line.rstrip() for line in printed.replace(str(self.folder), "~").splitlines()]
        return [line for line in lines if not _PROGRESS.fullmatch(line)]

    def compare(self, example: Example, printed: list[str]) -> None:
        """``Differs`` unless the page says what was printed; learns which handle of the page is which."""
        if not self._same(example.said, printed):
            wanted, got = "\n".join(example.said), "\n".join(printed)
            raise Differs(f"$ {example.command}\nprints\n{got}\n\nand the page says\n{wanted}")

    def _same(self, said: list[str], printed: list[str]) -> bool:
        parts: list[list[str]] = [[]]
        for line in said:
            if line == ANY:
                parts.append([])
            else:
                parts[-1].append(line)
        at = 0
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            starts = (
                [at] if number == 0 else [len(printed) - len(part)] if last else range(at, len(printed) + 1)
            )
            found = next(
                (
                    start
                    for start in starts
                    if start >= at and self._lines(part, printed[start : start + len(part)])
                ),
                None,
            )
            if found is None:
                return False
            at = found + len(part)
        return at == len(printed) or said[-1:] == [ANY]

    def _lines(self, said: list[str], printed: list[str]) -> bool:
        if len(said) != len(printed):
            return False
        learned: dict[str, str] = {}
        for one, other in zip(said, printed, strict=True):
            if _masked(one) != _masked(other):
                return False
            learned.update(zip(_varying(one), _varying(other), strict=True))
        self.handles.update(learned)
        return True


def _varying(line: str) -> list[str]:
    return [match[0] for match in _VARYING.finditer(line)]


def _replaced(line: str, known: dict[str, str]) -> str:
    return _VARYING.sub(lambda match: known.get(match[0], match[0]), line)


def _masked(line: str) -> str:
    return _VARYING.sub("*", line)


def examples(block: str) -> list[Example]:
    """The commands of a console block; a line that ends with a backslash goes on."""
    found: list[Example] = []
    going_on = False
    for line in block.splitlines():
        if going_on:
            found[-1].command += "\n" + line
        elif line.startswith("$ "):
            found.append(Example(line[2:]))
        elif found:
            found[-1].said.append(line.rstrip())
        going_on = line.endswith("\\") and (going_on or line.startswith("$ "))
    return found


def check(page: Path, folder: Path) -> int:
    """Run and compare every example of a page, and answer how many there were."""
    runner, count = Runner(folder), 0
    for language, name, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if name:
            (folder / name).write_text(block, encoding="utf-8")
        elif language == "console":
            for example in examples(block):
                runner.compare(example, runner.run(example))
                count += 1
    return count


def write(page: Path, folder: Path) -> None:
    """Put into a page what its commands print, where it says something else."""
    runner = Runner(folder)

    def renewed(fence: re.Match[str]) -> str:
        language, name, block = fence.groups()
        if name:
            (folder / name).write_text(block, encoding="utf-8")
        if language != "console" or name:
            return fence[0]
        lines = []
        for example in examples(block):
            printed = runner.run(example)
            try:
                runner.compare(example, printed)
            except Differs:
                if ANY in example.said:
                    raise
                back = {new: old for old, new in runner.handles.items()}
                example.said = [_replaced(line, back) for line in printed]
            lines += [f"$ {example.command}", *example.said]
        return f"```{language}\n" + "\n".join(lines) + "\n```"

    page.write_text(_FENCE.sub(renewed, page.read_text(encoding="utf-8")), encoding="utf-8")


def main(words: list[str]) -> int:
    """Write the pages that are named."""
    import tempfile

    if words[:1] != ["write"] or len(words) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    for word in words[1:]:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(word), Path(folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
