"""Where output goes: the terminal (through the pager when it is long), a pipe, or a file that appears only
when it is whole.
"""

from __future__ import annotations

import os
import sys

from crmtool.cli import config
from crmtool.cli.state import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from typing import Self, TextIO

_DEFAULT_PAGER = "less -R"
_DEFAULT_COLUMNS = 80


def forced() -> str:
    """The value of ``CRM_FORCE_TTY``: output is made as for a terminal, of that many columns if it is a
    number.
    """
    value = os.environ.get("CRM_FORCE_TTY", "")
    return value if config.truth(value) else ""


def on_terminal() -> bool:
    """Whether stdout is a terminal, or is to be treated as one."""
    return bool(forced()) or sys.stdout.isatty()


def coloured() -> bool:
    """Whether stdout takes colour: ``NO_COLOR`` and accessible mode before ``CLICOLOR_FORCE`` before what
    stdout is.
    """
    if os.environ.get("NO_COLOR") or current().accessible:
        return False
    if config.truth(os.environ.get("CLICOLOR_FORCE", "")):
        return True
    return on_terminal() and os.environ.get("TERM") != "dumb"


def columns() -> int | None:
    """The width to fit tables into; ``None`` off a terminal, where nothing is cut."""
    if not on_terminal():
        return None
    if forced().isdigit() and int(forced()) > 1:
        return int(forced())
    if os.environ.get("COLUMNS", "").isdigit():
        return max(int(os.environ["COLUMNS"]), 1)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _DEFAULT_COLUMNS
    except (OSError, ValueError):
        return _DEFAULT_COLUMNS


class Screen:
    """Stdout. On a real terminal what is longer than a screenful goes through the pager; a pager that is left
    ends it quietly.
    """

    def __init__(self) -> None:
        self.terminal = on_terminal()
        self._pager: subprocess.Popen[str] | None = None
        self._held: list[str] | None = None
        self._lines = 0
        if sys.stdout.isatty() and not current().accessible and _pager_command():
            self._held = []

    def __enter__(self) -> Self:
        return self

    def write(self, text: str) -> None:
        """Print ``text``. Raises ``BrokenPipeError`` once nobody reads any more."""
        if self._held is None:
            self._stream().write(text)
            return
        self._held.append(text)
        self._lines += text.count("\n")
        if self._lines >= _screenful():
            self._start_pager()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if self._held is not None:
            sys.stdout.write("".join(self._held))
            self._held = None
        if self._pager is None:
            return False
        try:
            self._stream().close()
        except BrokenPipeError:
            pass  # the pager was left before the end
        while True:
            try:
                self._pager.wait()
                break
            except KeyboardInterrupt:
                continue  # Ctrl-C is the pager's while it runs
        return kind is not None and issubclass(kind, BrokenPipeError | KeyboardInterrupt)

    def _stream(self) -> TextIO:
        if self._pager is None:
            return sys.stdout
        assert self._pager.stdin is not None
        return self._pager.stdin  # type: ignore[return-value]  # a text stream, since an encoding is given

    def _start_pager(self) -> None:
        import shlex
        import subprocess

        sys.stdout.flush()
        held, self._held = "".join(self._held or ()), None
        try:
            self._pager = subprocess.Popen(
                shlex.split(_pager_command()),
                stdin=subprocess.PIPE,
                encoding="utf-8",
                errors="backslashreplace",
                env={"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ},
            )
        except (OSError, ValueError):
            pass  # no such program: print it all
        self.write(held)


class FileTarget:
    """A file named by ``--output``: written beside its place and moved there at the end, so that nobody meets
    half of it.
    """

    terminal = False

    def __init__(self, path: str) -> None:
        self._path = path
        # A device or a pipe is written as it is: there is nothing to replace.
        direct = os.path.exists(path) and not os.path.isfile(path)
        self._working = path if direct else f"{path}.{os.getpid()}.part"
        try:
            self._file = open(self._working, "w", encoding="utf-8", errors="backslashreplace", newline="")  # noqa: SIM115
        except OSError as error:
            error.filename = os.path.dirname(path) if isinstance(error, FileNotFoundError) else path
            raise

    def __enter__(self) -> Self:
        return self

    def write(self, text: str) -> None:
        """Add ``text`` to the file."""
        self._file.write(text)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._file.close()
        finally:
            if self._working != self._path:
                if kind is None:
                    os.replace(self._working, self._path)
                else:
                    os.unlink(self._working)


def _pager_command() -> str:
    chosen = config.setting("pager")
    if chosen is None:
        chosen = os.environ.get("PAGER", _DEFAULT_PAGER)
    return "" if chosen.strip() == "cat" else str(chosen).strip()


def _screenful() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines - 1
    except (OSError, ValueError):
        return 23
