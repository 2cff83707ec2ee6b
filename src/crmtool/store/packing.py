"""Shorter spellings of what stands in many rows and log entries: an e-mail with its id and place, an id.

An entry of a multi-value is a list, ``[id, value, label, key, {what else it has}]``, whose end is left off as far as it says
nothing: no further properties, the key of a first entry, no label. What is no such entry is kept as it is. Half of what a
contact's addresses and numbers take in its row and in the log are the names and marks of the keyed form.
"""

from __future__ import annotations

from crmtool.core.order import FIRST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.core.fields import Field

ENTRY_VALUE = 1  # where the value stands in a packed entry
ENTRIES, REFERENCE = "[]", "@"  # what the log writes behind a field's key, for what its values are packed as
LENGTH = 22  # of a packed id
REMEMBERED = 8192  # ids in their other form: users and companies come again and again
_NAMED = frozenset(("id", "value", "label", "key"))


def packed(entries: Any) -> Any:
    """The stored form of a list of entries; ``unpacked`` gives them back."""
    if type(entries) is not list:
        return entries
    out: list[Any] = []
    for entry in entries:
        if type(entry) is not dict or not _NAMED.issuperset(entry):
            out.append(_packed_whole(entry))
            continue
        try:
            if "label" in entry:
                label, key = entry["label"], entry["key"]
                if label is None:
                    out.append(_packed_whole(entry))
                elif key == FIRST:
                    out.append([entry["id"], entry["value"], label])
                else:
                    out.append([entry["id"], entry["value"], label, key])
            elif entry["key"] == FIRST:
                out.append([entry["id"], entry["value"]])
            else:
                out.append([entry["id"], entry["value"], None, entry["key"]])
        except KeyError:
            out.append(entry)
    return out


def _packed_whole(entry: Any) -> Any:
    """An entry with more than the usual, such as a property that a newer version knows."""
    if not isinstance(entry, dict) or any(key not in entry for key in ("id", "value", "key")):
        return entry
    label = entry.get("label")
    others = {name: value for name, value in entry.items() if name not in _NAMED}
    if "label" in entry and label is None:
        others["label"] = None
    return [entry["id"], entry["value"], label, entry["key"], others]


def unpacked(entries: Any) -> Any:
    """The entries of a stored list, whether they are packed or not."""
    if type(entries) is not list:
        return entries
    out: list[Any] = []
    for entry in entries:
        if type(entry) is not list:
            out.append(entry)
            continue
        length = len(entry)
        if length == 3:
            ident, value, label = entry
            out.append({"id": ident, "value": value, "key": FIRST, "label": label})
        elif length == 2:
            out.append({"id": entry[0], "value": entry[1], "key": FIRST})
        else:
            made = {"id": entry[0], "value": entry[1], "key": entry[3]}
            if entry[2] is not None:
                made["label"] = entry[2]
            if length > 4:
                made.update(entry[4])
            out.append(made)
    return out


_short: dict[str, str] = {}
_long: dict[str, str] = {}


def packed_id(ident: str) -> str:
    """An id in 22 characters; other text behind ``=``, which none of them has."""
    found = _short.get(ident)
    if found is None:
        from binascii import b2a_base64

        found = f"={ident}"
        try:
            short = b2a_base64(bytes.fromhex(ident.replace("-", "")), newline=False)[:LENGTH].decode()
            if len(ident) == 36 and unpacked_id(short) == ident:
                found = short
        except ValueError:
            pass
        if len(_short) >= REMEMBERED:
            _short.clear()
        _short[ident] = found
    return found


def unpacked_id(short: str) -> str:
    """The id, or the other text, that ``packed_id`` wrote."""
    if short[:1] == "=":
        return short[1:]
    found = _long.get(short)
    if found is None:
        from binascii import a2b_base64

        digits = a2b_base64(f"{short}==").hex()
        found = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        if len(_long) >= REMEMBERED:
            _long.clear()
        _long[short] = found
    return found


def _packed_reference(value: Any) -> Any:
    return packed_id(value) if type(value) is str else value


def _unpacked_reference(value: Any) -> Any:
    return unpacked_id(value) if type(value) is str else value


# How values of a field are packed and read back, by the mark behind its key in the log.
PACKERS: dict[str, Callable[[Any], Any]] = {ENTRIES: packed, REFERENCE: _packed_reference}
UNPACKERS: dict[str, Callable[[Any], Any]] = {ENTRIES: unpacked, REFERENCE: _unpacked_reference}


def mark(field: Field) -> str:
    """What the log writes behind the field's key: how its values are packed, nothing where they are not."""
    if field.multi:
        return ENTRIES
    return REFERENCE if field.kind.name in ("reference", "file") else ""


def without_mark(key: str) -> str:
    """The key of a field as the log has it, without the mark behind it."""
    return key.rstrip("[]@")
