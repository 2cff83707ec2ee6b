"""Somebody who presses whatever there is, while others change the same records; what is done follows from a seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from textual import events
from textual.keys import _character_to_key, _get_key_aliases, key_to_character
from textual.pilot import Pilot

from crmtool.app.commands import Add, Purge, Remove, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core.errors import CrmError
from crmtool.store.reader import Query
from crmtool.tui.actions import ALL

Elsewhere = Callable[[Callable[[Workspace], Any]], Any]

# What leaves the app, or opens another program that waits for a person.
LEFT_OUT = {"q", "ctrl+q", "ctrl+c", "ctrl+e", "o"}
TEXTS = "anaroof [/]{}'\"\\$=<>:!0123456789 é李\u202e👩‍👩‍👧"
PAUSE = 0.01  # seconds between two keys: faster than anybody types


def keys() -> list[str]:
    """Every key that an action of the app has, and the usual ones of its parts."""
    bound = {key.strip() for action in ALL.values() for key in action.keys.split(",")}
    return sorted(
        (bound | {"tab", "shift+tab", "enter", "space", "backspace", "delete", "1", "2", "3"}) - LEFT_OUT
    )


def press(pilot: Pilot[int], key: str) -> None:
    """A key as the terminal would send it."""
    if len(key) == 1:
        pilot.app.post_message(events.Key(_character_to_key(key), key))
    else:
        pilot.app.post_message(events.Key(_get_key_aliases(key)[0], key_to_character(key)))


async def play(
    pilot: Pilot[int], chance: random.Random, steps: int, elsewhere: Elsewhere | None = None
) -> None:
    """Press keys and type texts ``steps`` times; now and then another process changes something."""
    known = keys()
    for _ in range(steps):
        turn = chance.random()
        if turn < 0.8:
            press(pilot, chance.choice(known))
        elif turn < 0.95 or elsewhere is None:
            for sign in chance.choices(TEXTS, k=chance.randint(1, 6)):
                press(pilot, sign)
        else:
            await asyncio.to_thread(elsewhere, lambda workspace: meddle(workspace, chance))
        await asyncio.sleep(PAUSE)


def meddle(workspace: Workspace, chance: random.Random) -> None:
    """One change as another process makes it; what cannot be done is left."""
    entity = chance.choice(("contact", "deal", "task", "company"))
    found = [str(record["id"]) for record in workspace.query(Query(entity, fields=("id",), limit=20))]
    record = chance.choice(found) if found else ""
    command = chance.choice(
        (
            Add(entity, {"name": f"Other {chance.randrange(1000)} [/b] \x1b[31m"}),
            Set(entity, (record,), (("name", "=", f"Renamed {chance.randrange(1000)}"),)),
            Remove(entity, (record,)),
            Purge(entity, (record,)),
            Undo(None, False),
        )
    )
    try:
        workspace.run(command)
    except CrmError:
        return
