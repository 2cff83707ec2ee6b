"""The full-screen app: screens and widgets over the same commands as the command line.

``open_app`` is the way in. Everything of Textual is loaded by it and not before: 0.3 s of CPU.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace
    from crmtool.tui.settings import Settings


def open_app(opener: Callable[[bool], Workspace], settings: Settings, *, mouse: bool = True) -> int:
    """Run the app until the person leaves it, and answer the exit code."""
    from crmtool.tui.app import CrmApp
    from crmtool.tui.garbage import GarbageCollection

    app = CrmApp(opener, settings)
    app.garbage = GarbageCollection()
    app.run(mouse=mouse)
    return app.return_code or 0
