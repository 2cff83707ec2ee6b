"""What wakes whoever follows a workspace: a poke after every commit, and the system's word that the files grew.

A watcher binds a datagram socket in the workspace's run folder, and a writer sends one byte to every socket there: that takes
a fraction of a millisecond, and nothing at all while nobody writes. For a writer that does not poke, the watcher also asks the
system about the write-ahead log. Both are hints, which may be silent (a network mount) or wrong; the watcher reads the log
behind its position when either comes, and a few times a second anyway.
"""

from __future__ import annotations

import contextlib
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Iterator
    from typing import Self

SUFFIX = ".feed"
ADDRESS_ROOM = 100  # bytes of a socket's path: macOS takes 104, Linux 108, with the closing zero
NAME_ROOM = 24
# Twice this passes between a commit and the system's note of it; half of it would use more than 0.5% of a core when idle.
FILE_STEP_MS = 20
SETTLED_NS = 1_100_000_000


# The run folder, as of its last change, in which nobody listened: one question to the system instead of five.
_quiet: tuple[str, int] | None = None


def poke(run_folder: str) -> None:
    """Tell every watcher of the workspace that something was committed; never waits and never fails."""
    global _quiet
    try:
        asked, seen = time.time_ns(), (run_folder, os.stat(run_folder).st_mtime_ns)
        if seen == _quiet:
            return
        names = [name for name in os.listdir(run_folder) if name.endswith(SUFFIX)]
    except OSError:
        return
    if not names:
        # A folder that changed just now may do so again within the same tick of its clock.
        _quiet = seen if asked - seen[1] > SETTLED_NS else None
        return
    import socket  # 5 ms, for those who are watched

    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        with _addressable(run_folder) as folder:
            for name in names:
                try:
                    sender.sendto(b"!", os.path.join(folder, name))
                except ConnectionRefusedError:
                    with contextlib.suppress(OSError):
                        os.unlink(os.path.join(run_folder, name))  # its watcher died without tidying up
                except OSError:
                    continue  # a full queue: the watcher is awake already


def stale(run_folder: str) -> list[str]:
    """The sockets in a run folder that nobody listens at any more."""
    import socket

    found = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller, _addressable(run_folder) as folder:
        for name in sorted(os.listdir(run_folder)):
            if name.endswith(SUFFIX):
                try:
                    caller.connect(os.path.join(folder, name))
                except ConnectionRefusedError:
                    found.append(os.path.join(run_folder, name))
                except OSError:
                    continue  # gone by now, or not to be judged
    return found


@contextlib.contextmanager
def _addressable(folder: str) -> Iterator[str]:
    """``folder`` under a name that leaves room for a socket's own.

    Sockets take no path relative to an open directory, and changing the working directory would move other threads along. A long
    folder is therefore reached through a link in a fresh private directory, for as long as the call takes.
    """
    if len(os.fsencode(folder)) <= ADDRESS_ROOM - NAME_ROOM:
        yield folder
        return
    private = f"/tmp/.crm-{os.urandom(8).hex()}"  # noqa: S108 - made new and private by mkdir, or it fails
    os.mkdir(private, 0o700)
    link = f"{private}/run"
    try:
        os.symlink(os.path.abspath(folder), link)
        yield link
    finally:
        with contextlib.suppress(OSError):
            os.unlink(link)
        os.rmdir(private)


class Ear:
    """Hears that a store may have changed; ``with Ear(...) as ear: ear.wait(seconds)``.

    ``run_folder`` and ``store`` (the database file) are ``None`` for a store that is no file: then only time wakes.
    """

    def __init__(self, run_folder: str | None, store: str | None) -> None:
        self.run_folder = run_folder
        self.store = store
        self.path: str | None = None
        self._poked: socket.socket | None = None
        self._told, self._tell = os.pipe()
        self._notes: threading.Thread | None = None
        self._closing: threading.Event | None = None

    def __enter__(self) -> Self:
        os.set_blocking(self._told, False)
        os.set_blocking(self._tell, False)
        if self.run_folder is not None:
            with contextlib.suppress(OSError):  # a folder that takes no sockets: the files still tell
                self._bind(self.run_folder)
        if self.store is not None:
            import threading

            self._closing = threading.Event()
            self._notes = threading.Thread(target=self._watch_files, name="crm-feed", daemon=True)
            self._notes.start()
        return self

    def _bind(self, run_folder: str) -> None:
        import socket

        self._poked = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._poked.setblocking(False)
        name = f"{os.getpid()}-{os.urandom(3).hex()}{SUFFIX}"
        with _addressable(run_folder) as folder:
            self._poked.bind(os.path.join(folder, name))
        self.path = os.path.join(run_folder, name)
        os.chmod(self.path, 0o600)

    def wait(self, seconds: float) -> bool:
        """Wait for a hint, at most this long; whether one came. Many hints that came together are one."""
        import select

        heard: list[int | socket.socket] = [self._told]
        if self._poked is not None:
            heard.append(self._poked)
        ready, _, _ = select.select(heard, [], [], seconds)
        with contextlib.suppress(OSError):
            while os.read(self._told, 4096):
                pass
        if self._poked is not None:
            with contextlib.suppress(OSError):
                while self._poked.recv(16):
                    pass
        return bool(ready)

    def ring(self) -> None:
        """Wake the one who waits, from any thread."""
        with contextlib.suppress(OSError):
            os.write(self._tell, b"!")

    def _watch_files(self) -> None:
        # 30 ms of CPU to load, in this thread, while the first lines are printed already.
        from watchfiles import watch

        assert self.store is not None
        # The folder, since the write-ahead log comes and goes; not below it, where the sockets are.
        folder = os.path.dirname(os.path.abspath(self.store))
        with contextlib.suppress(OSError, RuntimeError):  # no notes from this file system: time still tells
            for _ in watch(
                folder,
                watch_filter=None,
                debounce=FILE_STEP_MS * 2,
                step=FILE_STEP_MS,
                stop_event=self._closing,
                rust_timeout=1000,
                recursive=False,
                raise_interrupt=False,
            ):
                self.ring()

    def __exit__(self, *_: object) -> None:
        if self._closing is not None and self._notes is not None:
            self._closing.set()
            self._notes.join()
        if self._poked is not None:
            self._poked.close()
            if self.path is not None:
                with contextlib.suppress(OSError):
                    os.unlink(self.path)
        os.close(self._told)
        os.close(self._tell)
