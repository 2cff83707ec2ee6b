"""JSON text, made and read the one way that rows, log and index share, without what the package ``json``
costs at start.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _encoder() -> Callable[[Any], str]:
    """Compact JSON with every character kept. The C encoder is made once: ``json.dumps`` makes one for every call, which is half
    of what a small value costs; and the package ``json`` loads ``re``, which is a fifth of what ``crm count`` may take.
    """
    try:
        from _json import encode_basestring, make_encoder  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        import json

        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
    chunks = make_encoder(None, _not_json, encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(chunks(value, 0))


def _not_json(value: object) -> object:
    raise TypeError(type(value).__name__)


def _decoder() -> Callable[[str], Any]:
    """The reader of what ``dumps`` writes: the C scanner without the checks around it, which cost as much again."""
    try:
        from _json import make_scanner
    except ImportError:
        import json

        return json.loads

    class Plain:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int, parse_constant = float, int, float

    scan = make_scanner(Plain)  # type: ignore[arg-type, unused-ignore]

    def loads(text: str) -> Any:
        try:
            value, end = scan(text, 0)
        except StopIteration:
            raise ValueError(text) from None
        if end != len(text):
            raise ValueError(text)
        return value

    return loads


loads = _decoder()  # the value of JSON text as ``dumps`` writes it, or ``ValueError``
dumps = _encoder()  # the one spelling of JSON in rows, log and index
