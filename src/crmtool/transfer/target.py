"""Where files that leave the program go: private, and there only when they are whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.store.places import PRIVATE_DIRECTORY, PRIVATE_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_MAKE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A new file readable by its owner alone, which takes its place at ``path`` when the block ends well and leaves nothing when
    it does not. What was at ``path`` stays until then.

    A device or a pipe is written as it is: there is nothing to replace.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            yield device
        return
    working = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}.part")
    try:
        descriptor = os.open(working, _MAKE, PRIVATE_FILE)
    except OSError as error:
        error.filename = os.path.dirname(path) if isinstance(error, FileNotFoundError) else path
        raise
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, PRIVATE_FILE)
            yield file
            file.flush()
            os.fsync(descriptor)
        os.replace(working, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(working)
        raise


@contextmanager
def whole_folder(path: str) -> Iterator[str]:
    """A folder to fill, whose files take their places in ``path`` when the block ends well and leave nothing when it does not.

    Files in ``path`` with other names stay.
    """
    if os.path.exists(path) and not os.path.isdir(path):
        raise UsageError(
            Message("{path} is a file; several tables go to a folder.", path=path),
            Message("Name a folder, or one file in a format that holds several tables, such as .xlsx."),
            code="no_folder",
            path=path,
        )
    path = path.rstrip("/") or path
    working = tempfile.mkdtemp(
        prefix=f".{os.path.basename(path)}.", suffix=".part", dir=os.path.dirname(path) or "."
    )
    try:
        yield working
        if not os.path.exists(path):
            os.chmod(working, PRIVATE_DIRECTORY)
            os.rename(working, path)
        else:
            for name in sorted(os.listdir(working)):
                os.replace(os.path.join(working, name), os.path.join(path, name))
    finally:
        shutil.rmtree(working, ignore_errors=True)
