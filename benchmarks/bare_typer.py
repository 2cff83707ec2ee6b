"""The least a command of this framework can do: parse its words, read one row of the store, print it.

Start-up is measured against this program; it stands for what nobody who uses the framework can do without.
"""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def read(path: str, limit: Annotated[int, typer.Option()] = 20) -> None:
    """Print a few names."""
    from sqlcipher3 import dbapi2 as engine

    connection = engine.connect(f"file:{path}?mode=ro", uri=True)
    for (name,) in connection.execute("SELECT name FROM contacts WHERE n <= ?", (limit,)):
        typer.echo(name)


def main() -> None:
    """The console script."""
    app()
