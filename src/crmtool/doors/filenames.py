"""Names of files from records: what others wrote becomes a plain name in a folder, and nothing else.

A name may hold a path that leads elsewhere, controls that hide what it is, or what a system reserves. What is left of it is one
component of a path that keeps its ending.
"""

from __future__ import annotations

import os
import re
import unicodedata

from crmtool.doors.safe import BIDI

LONGEST = 200  # bytes; file systems take 255, and a number may be added
# What a double click runs instead of showing it, on one system or another.
_RUN = """
    action app appimage application appref-ms bash bat cmd com command cpl csh desktop dmg exe fileloc fish gadget hta inetloc
    iso jar jnlp js jse ksh lnk msc msi msp pif pkg pl ps1 py pyc pyw rb reg run scf scpt scr sct service sh terminal tool url
    vb vbe vbs webloc workflow ws wsf wsh zsh
"""
RUN = frozenset(_RUN.split())
_RESERVED = frozenset(("con", "prn", "aux", "nul")) | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)
}
_FORBIDDEN = frozenset('/\\:*?"<>|') | frozenset(BIDI)


def safe_name(name: str, otherwise: str = "file") -> str:
    """``name`` as one that a file may have anywhere; ``otherwise`` where nothing is left of it."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = re.sub(r"^[.\-~\s]+|[.\s]+$", "", "".join(char for char in last if _shown(char)))
    stem, ending = os.path.splitext(kept)
    if stem.partition(".")[0].strip().casefold() in _RESERVED:
        stem = f"_{stem}"
    return _cut(stem, ending) or otherwise


def numbered(name: str, number: int) -> str:
    """``name`` with a number before its ending: ``offer (2).pdf``."""
    stem, ending = os.path.splitext(name)
    return f"{stem} ({number}){ending}"


def runs(name: str) -> bool:
    """Whether opening a file of this name may run it."""
    return os.path.splitext(name)[1][1:].casefold() in RUN


def known_name(path: str) -> str:
    """The name of a file on disk as text; bytes that are none become replacement characters."""
    return os.fsencode(os.path.basename(path)).decode("utf-8", "replace")


def _shown(char: str) -> bool:
    return char not in _FORBIDDEN and unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")


def _cut(stem: str, ending: str) -> str:
    ending = ending if len(ending.encode()) <= LONGEST // 2 else ""
    room = LONGEST - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + ending
