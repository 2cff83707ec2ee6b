"""How values are typed: as on the command line, several as a list of words with their labels (``work: ana@acme.es``)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field


def entry(item: dict[str, Any], field: Field) -> Any:
    """One of several values as it is typed; an address is a table of its parts."""
    label = item.get("label")
    if field.kind.name == "address":
        return {**({"label": label} if label else {}), **item["value"]}
    text = field.kind.cell(item["value"])
    return f"{label}: {text}" if label else text


def given(typed: Any, field: Field, old: Any) -> Any:
    """What was typed as a command takes it; entries that are still there keep their identity."""
    if typed is None:
        return [] if field.multi or field.kind.collection else None
    if not field.multi:
        return typed
    known = {str(entry(item, field)): item for item in old or ()}
    out: list[Any] = []
    for item in typed if isinstance(typed, list) else [typed]:
        kept = known.get(str(item))
        if kept is not None:
            out.append(kept)
        elif isinstance(item, dict):
            out.append({"value": {k: v for k, v in item.items() if k != "label"}, "label": item.get("label")})
        else:
            out.append(_labelled(str(item)))
    return out


def _labelled(text: str) -> dict[str, Any]:
    label, colon, rest = text.partition(":")
    if colon and label.strip().isalpha() and not rest.startswith("//") and rest.strip():
        return {"value": rest.strip(), "label": label.strip().lower()}
    return {"value": text, "label": None}
