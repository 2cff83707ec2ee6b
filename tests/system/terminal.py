"""A real terminal for a test: a tmux server of its own, with one pane in which a shell runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

PATIENCE_SECONDS = 60.0


def tmux() -> str:
    """The program that is the terminal; without it the test is skipped."""
    found = shutil.which("tmux")
    if found is None:
        pytest.skip("there is no tmux")
    return found


class Terminal:
    """A pane of a given size; keys go in, and what a person sees comes out."""

    def __init__(self, folder: Path, env: dict[str, str], *, width: int = 110, height: int = 34) -> None:
        self._program = tmux()
        self._socket = str(folder / "tmux")
        self._env = env
        self._run("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), "sh")

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [self._program, "-S", self._socket, *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self._env,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names of them."""
        self._run("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text as it is."""
        self._run("send-keys", "-l", text)

    def screen(self) -> str:
        """What stands on the screen."""
        return self._run("capture-pane", "-p")

    def mode(self, name: str) -> str:
        """What the terminal is set to, by the name of a format of tmux, such as ``cursor_flag``."""
        return self._run("display-message", "-p", f"#{{{name}}}").strip()

    def wait(self, *texts: str, gone: tuple[str, ...] = ()) -> str:
        """Wait until the screen shows all of ``texts`` and nothing of ``gone``; the screen."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            now = self.screen()
            if all(text in now for text in texts) and not any(text in now for text in gone):
                return now
            assert time.monotonic() < end, f"waited for {texts}, without {gone}; there stands:\n{now}"
            time.sleep(0.05)

    def close(self) -> None:
        """End the server, and all that runs in it."""
        subprocess.run([self._program, "-S", self._socket, "kill-server"], capture_output=True, check=False)
