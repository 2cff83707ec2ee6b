"""What an export of ours carries beside the fields: what imports kept with a record, by source, and other programs' ids of it.

Anybody's file may have a column of that name, so only what has the very shape is taken for it.
"""

from __future__ import annotations

from crmtool.core import jsontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COLUMN = "extra"
# The program's own remarks are about records of the workspace that they were written in.
_OURS = "crm"


def is_kept(value: Any) -> bool:
    """Whether a value is what a record keeps beside it: columns and their texts, by source."""
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            isinstance(said, dict)
            and (source == _OURS or all(isinstance(text, str) for text in said.values()))
            for source, said in value.items()
        )
    )


def kept_of(text: str) -> dict[str, Any] | None:
    """What a cell says that a record keeps beside it; ``None`` where it says something else."""
    value = _json(text) if text.startswith("{") else None
    if value is None or not is_kept(value):
        return None
    return {source: said for source, said in value.items() if source != _OURS}


def ids_of(text: str) -> list[tuple[str, str]] | None:
    """The pairs of a source and its id that a cell lists; ``None`` where it says something else."""
    value = _json(text) if text.startswith("[") else None
    if not isinstance(value, list):
        return None
    pairs = [pair for pair in value if isinstance(pair, list) and len(pair) == 2]
    texts = [(source, ident) for source, ident in pairs if isinstance(source, str) and isinstance(ident, str)]
    return texts if len(texts) == len(value) else None


def _json(text: str) -> Any:
    try:
        return jsontext.loads(text)
    except (ValueError, RecursionError):
        return None
