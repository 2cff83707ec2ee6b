"""Claims: work that one process alone may go on with, held by a lock on a file that ends with the process."""

from __future__ import annotations

import os

FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def take(path: str) -> int | None:
    """The descriptor that holds the claim of ``path``; ``None`` while another holds it. Raises ``OSError``."""
    import fcntl

    while True:
        held = os.open(path, FLAGS, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(held, path):
                return held
        except BlockingIOError:
            os.close(held)
            return None
        except BaseException:
            os.close(held)
            raise
        os.close(
            held
        )  # whoever held it removed the file meanwhile; the lock of one that is gone keeps nobody out


def give_up(path: str, held: int) -> None:
    """End a claim and remove its file."""
    try:
        os.unlink(path)  # before the lock ends, so that nobody's newer file is removed
    except OSError:
        pass
    os.close(held)


def _is_at(held: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(held), os.stat(path))
    except FileNotFoundError:
        return False


__all__ = ["give_up", "take"]
