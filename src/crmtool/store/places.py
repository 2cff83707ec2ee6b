"""Files and folders that are their owner's alone, whatever the umask: a customer list is private."""

from __future__ import annotations

import os

from crmtool.core.errors import StoreError
from crmtool.core.messages import Message

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


def private_directory(path: str) -> str:
    """Make ``path`` and what is missing above it, each readable by its owner alone; what exists is left as it is."""
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for path in reversed(missing):
        try:
            os.mkdir(path, PRIVATE_DIRECTORY)
        except FileExistsError:
            continue  # another process made it between the look and the call
        os.chmod(path, PRIVATE_DIRECTORY)  # a umask only ever takes away, but a default ACL may add
    return path


def private_file(path: str) -> str:
    """Make ``path`` as an empty file readable by its owner alone unless it exists."""
    private_directory(os.path.dirname(path))
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, PRIVATE_FILE)
    except FileExistsError:
        return path
    os.fchmod(descriptor, PRIVATE_FILE)
    os.close(descriptor)
    return path


def refuse_link(path: str) -> None:
    """``StoreError`` where ``path`` is a link: what the store makes for itself never goes where somebody else points."""
    if os.path.islink(path):
        raise StoreError(
            Message("{path} is a link and will not be followed.", path=path),
            Message("See where it leads, and remove it."),
            code="link",
            path=path,
        )
