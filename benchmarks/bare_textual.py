"""The least a full-screen program of this framework can be: a title, some lines, a footer. Baseline of ``benchmarks.tui``."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Footer, Static


class Bare(App[None]):
    BINDINGS: ClassVar = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Static("ready")
        yield Static("\n".join(f"line {number}" for number in range(20)))
        yield Footer()


if __name__ == "__main__":
    Bare().run()
