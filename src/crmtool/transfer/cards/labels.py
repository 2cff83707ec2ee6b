"""Labels of addresses and numbers: ours are words such as ``work mobile``, a vCard's are types or the label of a group."""

from __future__ import annotations

from crmtool.transfer.cells import label_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.transfer.cards.lines import Property

# What says nothing about the use of an address.
_SILENT = frozenset(
    (
        "pref",
        "internet",
        "voice",
        "x400",
        "x-internet",
        "dom",
        "intl",
        "postal",
        "parcel",
        "quoted-printable",
        "msg",
        "text",
        "uri",
    )
)
_OURS = {"cell": "mobile", "iphone": "mobile", "x-iphone": "mobile", "homepage": "home page"}
_THEIRS = {"mobile": "cell"}
# Where it is, then what it is: the order in which our labels have the words.
_PLACES = ("work", "home", "main", "other", "school")
_DEVICES = ("mobile", "fax", "pager", "car", "video")
_KNOWN = {"TEL": (*_PLACES, *_DEVICES), "EMAIL": _PLACES, "ADR": _PLACES, "URL": _PLACES}


def read(item: Property, group: str | None) -> str | None:
    """The label of a property; ``group`` is what the label of its group says."""
    if group:
        if group.startswith("_$!<") and group.endswith(">!$_"):
            word = label_of(group[4:-4])
            return _OURS.get(word, word) if word else None
        return group.strip() or None
    words = [word.lower() for word in item.params.get("type", ())]
    words += [word.lower() for word in item.params.get("x-service-type", ())]
    kept = dict.fromkeys(_OURS.get(word, word.removeprefix("x-")) for word in words if word not in _SILENT)
    ordered = [*_places(kept), *(word for word in kept if word not in (*_PLACES, *_DEVICES)), *_devices(kept)]
    return " ".join(ordered) or None


def types(name: str, label: str) -> list[str] | None:
    """The types that say ``label`` of a property called ``name``; ``None`` where only a named group says it."""
    known, words = _KNOWN.get(name, ()), label.split(" ")
    if not all(word in known for word in words) or len({*words}) < len(words):
        return None
    if [*_places(words), *_devices(words)] != words:
        return None
    return [_THEIRS.get(word, word) for word in words]


def _places(words: dict[str, None] | list[str]) -> list[str]:
    return [word for word in _PLACES if word in words]


def _devices(words: dict[str, None] | list[str]) -> list[str]:
    return [word for word in _DEVICES if word in words]
