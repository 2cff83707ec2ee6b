"""What lies around a store on disk: files and folders that are somebody's alone, sockets, half-made backups.

Findings here are about places, not about records; ``store.doctor`` looks inside.
"""

from __future__ import annotations

import os
import stat

from crmtool.app.feed import stale
from crmtool.core import clock
from crmtool.core.messages import N_, Message
from crmtool.store.doctor import NOTE, Finding, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = {"permissions": N_("Permissions"), "run": N_("Running programs"), "backups": N_("Backups")}
REPLAYED = ".replay-"  # what a deep check plays the log into
OTHERS = 0o077  # the rights of everybody but the owner


def look_around(
    store: str | None, run: str | None, backups: str | None, others: Iterable[str] = ()
) -> Iterator[tuple[str, list[Finding]]]:
    """(check, its findings) about a store file, its run and backup folders, and further files or folders of the program."""
    places = [place for place in (store, run, backups) if place is not None]
    files = [f"{store}{end}" for end in ("-wal", "-shm")] if store is not None else []
    inside = [os.path.join(folder, name) for folder in (run, backups) if folder for name in _names(folder)]
    yield (
        "permissions",
        [f for path in dict.fromkeys([*others, *places, *files, *inside]) for f in private(path)],
    )
    if run is not None and store is not None and os.path.exists(store):
        yield "run", _run(run)
    if backups is not None:
        yield "backups", _backups(backups)


def private(path: str) -> Iterator[Finding]:
    """What is wrong with who may read or replace ``path``; nothing where there is no such file."""
    try:
        found = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode):
        yield wrong(
            "permissions",
            Message("{path} is a link; nothing here should be.", path=path),
            Message("See where it leads, and remove it."),
            path,
        )
    elif stat.S_IMODE(found.st_mode) & OTHERS:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        yield wrong(
            "permissions",
            Message("Others on this machine may use {path}.", path=path),
            Message("Take that away: {command}", command=f"chmod {mode} '{path}'"),
            path,
        )
    if found.st_uid != os.geteuid():
        yield wrong("permissions", Message("{path} belongs to somebody else.", path=path), None, path)


def _run(folder: str) -> list[Finding]:
    if not os.path.isdir(folder):
        message = Message("The folder {path} is missing; the next change makes it.", path=folder)
        return [Finding("run", NOTE, message, None, folder)]
    return [
        Finding(
            "run",
            NOTE,
            Message("Nobody listens at {path} any more; the next change removes it.", path=p),
            None,
            p,
        )
        for p in stale(folder)
    ]


def _backups(folder: str) -> list[Finding]:
    beside = os.path.dirname(folder)
    left = [os.path.join(folder, name) for name in _names(folder) if name.endswith(".part")]
    left += [os.path.join(beside, name) for name in _names(beside) if name.startswith(REPLAYED)]
    return [
        Finding(
            "backups",
            NOTE,
            Message("{path} is a half-made copy, left by a program that was stopped.", path=path),
            Message("Remove it: {command}", command=f"rm -r '{path}'"),
            path,
        )
        for path in left
    ]


def outlived(backups: str, erased_at: str | None) -> list[Finding]:
    """The backups that are older than the last erasure, and so still hold what was erased."""
    found = []
    for path in (os.path.join(backups, name) for name in _names(backups)):
        if erased_at is not None and clock.instant(os.stat(path).st_mtime) < erased_at:
            message = Message("{path} was made before the last erasure and holds what was erased.", path=path)
            hint = Message("When it is not needed any more: {command}", command=f"rm '{path}'")
            found.append(wrong("backups", message, hint, path))
    return found


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
