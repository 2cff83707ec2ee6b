"""Bytes whose charset somebody claims, and may claim wrongly."""

from __future__ import annotations


def readable(data: bytes, charset: str | None) -> str:
    """Bytes as the charset they claim, if that is true; else as UTF-8 or the encoding of old Western mails."""
    for name in (charset, "utf-8"):
        try:
            if name and name not in ("unknown-8bit", "x-unknown"):
                return data.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")
