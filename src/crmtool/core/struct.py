"""Small immutable-by-convention record classes without the standard library's start-up cost.

``dataclasses`` pulls in ``inspect`` and costs 21 ms where the command line framework is not loaded, more than
a whole ``crm count`` may take. A ``Struct`` subclass lists annotated attributes, with defaults, and gets
``__slots__``, ``__init__``, ``__repr__``, ``__eq__`` and ``replace``. Mutable defaults are not supported:
use ``()`` or ``None``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_):
        return lambda cls: cls


COMPILED_FROM = 20


class _StructMeta(type):
    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> type:
        own: dict[str, str] = dict(namespace.get("__annotations__", {}))
        defaults = {key: namespace.pop(key) for key in own if key in namespace}
        inherited: dict[str, None] = {}
        for base in reversed(bases):
            for key in getattr(base, "_fields", ()):
                inherited[key] = None
            defaults = {**getattr(base, "_defaults", {}), **defaults}
        fields = tuple(dict.fromkeys([*inherited, *own]))
        namespace["__slots__"] = tuple(key for key in own if key not in inherited)
        namespace["_fields"] = fields
        namespace["_defaults"] = defaults
        namespace["_made"] = 0
        cls = super().__new__(mcs, name, bases, namespace, **kwargs)
        if fields and "__init__" not in namespace:
            cls.__init__ = _first_init  # type: ignore[misc]
        return cls


def _first_init(self: Any, *args: Any, **kwargs: Any) -> None:
    """What a class begins with; it gets an ``__init__`` of its own when it proves to be used.

    Compiling one costs as much as forty instances made here, and a short command makes few of most classes.
    """
    cls: Any = next(c for c in type(self).__mro__ if c.__dict__.get("__init__") is _first_init)
    fields, defaults = cls._fields, cls._defaults
    cls._made += 1
    if cls._made < COMPILED_FROM:
        values = {**defaults, **dict(zip(fields, args, strict=False)), **kwargs}
        if len(values) == len(fields) >= len(args) and kwargs.keys().isdisjoint(fields[: len(args)]):
            for key in fields:
                setattr(self, key, values[key])
            return  # else an argument is wrong, which the compiled one says best
    arguments = ", ".join(f"{key}=_d_{key}" if key in defaults else key for key in fields)
    body = "; ".join(f"self.{key} = {key}" for key in fields)
    scope: dict[str, Any] = {f"_d_{key}": value for key, value in defaults.items()}
    exec(f"def __init__(self, {arguments}): {body}", scope)  # noqa: S102 - the names are a class's annotations
    cls.__init__ = scope["__init__"]
    cls.__init__(self, *args, **kwargs)


@dataclass_transform(kw_only_default=False)
class Struct(metaclass=_StructMeta):
    """Base of every small record class; see the module text."""

    __slots__ = ()
    if TYPE_CHECKING:
        _fields: tuple[str, ...]
        _defaults: dict[str, Any]

    def __repr__(self) -> str:
        inner = ", ".join(f"{key}={getattr(self, key)!r}" for key in type(self)._fields)
        return f"{type(self).__name__}({inner})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, key) == getattr(other, key) for key in type(self)._fields)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, key) for key in type(self)._fields))

    def replace(self, **changes: Any) -> Self:
        """A copy with some attributes changed; an unknown attribute raises ``TypeError``."""
        values = {key: getattr(self, key) for key in type(self)._fields}
        return type(self)(**{**values, **changes})
