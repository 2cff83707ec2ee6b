"""The local live feed: a poke after every commit, and two ways to notice a commit that nobody announced.

A watcher binds a datagram socket in the workspace's run folder; a writer sends one byte to every socket
there. A poke is a hint: the watcher then reads the log behind its cursor. For writers that do not poke, the
watcher also follows the write-ahead log through the system's file notification, and looks at the engine's
data version now and then, because neither hint is certain everywhere.
"""

from __future__ import annotations

import contextlib
import os
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".feed"


def poke(run_folder: str) -> None:
    """Tell every watcher of the workspace that something was committed; never waits and never fails."""
    try:
        names = [name for name in os.listdir(run_folder) if name.endswith(SUFFIX)]
    except OSError:
        return
    if not names:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for name in names:
            path = os.path.join(run_folder, name)
            try:
                _at(sender.sendto, run_folder, name, b"!")
            except ConnectionRefusedError:
                with contextlib.suppress(OSError):
                    os.unlink(path)  # its watcher died without tidying up
            except OSError:
                continue  # a full queue: the watcher is awake already


def _at(call: object, folder: str, name: str, data: bytes | None = None) -> None:
    """Use a socket address by a short path: the system allows about 100 bytes, and a home folder may be longer."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        path = f"/proc/self/fd/{handle}/{name}"
        if not os.path.isdir(f"/proc/self/fd/{handle}"):
            path = os.path.join(folder, name)
        call(*([data] if data is not None else []), path)  # type: ignore[operator]
    finally:
        os.close(handle)


@contextlib.contextmanager
def listening(run_folder: str) -> Iterator[socket.socket]:
    """A socket that becomes readable when somebody committed."""
    name = f"{os.getpid()}-{os.urandom(3).hex()}{SUFFIX}"
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    try:
        _at(receiver.bind, run_folder, name)
        os.chmod(os.path.join(run_folder, name), 0o600)
        yield receiver
    finally:
        receiver.close()
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(run_folder, name))


def drain(receiver: socket.socket) -> None:
    """Take all waiting pokes, so that many commits wake once."""
    with contextlib.suppress(OSError):
        while receiver.recv(16):
            pass
