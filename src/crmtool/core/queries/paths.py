"""From dotted words to fields."""

from __future__ import annotations

from crmtool.core.messages import Message
from crmtool.core.queries.scanner import Scanner, Word, plain
from crmtool.core.query import Path, SortKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.errors import FilterError
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry


def find_path(word: str, entity: Entity, registry: Registry) -> Path | None:
    """The path that a dotted word names, from ``entity`` on; ``None`` if one of its parts names nothing."""
    steps: list[Field] = []
    here: Entity | None = entity
    for name in word.split("."):
        field = here.find(name) if here and name else None
        if field is None:
            return None
        steps.append(field)
        here = referred(field, registry)
    return Path(tuple(steps))


def path_named(word: str, entity: Entity, registry: Registry) -> Path:
    """As ``find_path``, but raises the ``FilterError`` of the part that names nothing."""
    return resolve(Scanner(word), Word(word, 0, len(word)), entity, registry)


def referred(field: Field, registry: Registry) -> Entity | None:
    """The entity whose records the field's values name; ``None`` for other kinds, and for links to any kind."""
    return (
        registry.entities.get(field.target)
        if field.target and field.kind.name in ("reference", "file")
        else None
    )


def resolve(
    scanner: Scanner, word: Word, entity: Entity, registry: Registry, otherwise: Message | None = None
) -> Path:
    """As ``find_path``, but raises the ``FilterError`` of the part that names nothing.

    ``otherwise`` is its hint where no field has a similar name; by default the fields there are.
    """
    path = find_path(word.text, entity, registry)
    if path is not None:
        return path
    here, start = entity, word.start
    for name in word.text.split("."):
        field = here.find(name) if name else None
        if field is None:
            raise _unknown(scanner, name, here, registry, start, otherwise)
        target = referred(field, registry)
        start += len(name) + 1
        if target is None:
            alone = scanner.text[word.start : start - 1]
            raise scanner.error(
                Message("“{field}” refers to no other record.", field=field.key),
                Message("Write {field} alone.", field=alone),
                start - 1, word.end,
            )  # fmt: skip
        here = target
    raise AssertionError(word)


def _unknown(
    scanner: Scanner, name: str, entity: Entity, registry: Registry, start: int, otherwise: Message | None
) -> FilterError:
    shown = [key for key, field in entity.fields.items() if not field.hidden]
    near = _similar(name.casefold(), shown, entity, registry)
    if near:
        hint = Message("Did you mean {near}?", near=near)
    else:
        hint = otherwise or Message("Fields: {fields}.", fields=", ".join(shown))
    if not name:
        return scanner.error(Message("A field is missing here."), hint, start, start, shown)
    sentence = Message("There is no field “{field}” on {noun}.", field=plain(name), noun=entity.key)
    return scanner.error(sentence, hint, start, start + len(name), [near] if near else shown)


def _similar(typed: str, shown: list[str], entity: Entity, registry: Registry) -> str | None:
    """The field whose name is nearest to what was typed, of this entity or one reference further; ``None`` if none is near."""
    import difflib

    names = {alias: key for key in shown for alias in (key, *entity.fields[key].aliases)}
    for key in shown:
        target = referred(entity.fields[key], registry)
        for other, field in target.fields.items() if target else ():
            if not field.hidden:
                names.setdefault(other, f"{key}.{other}")
    near = difflib.get_close_matches(typed, [*names], 1)
    return names[near[0]] if near else None


def parse_sort(text: str, entity: Entity, registry: Registry) -> tuple[SortKey, ...]:
    """The keys of ``-amount,company.name``, most important first; ``-`` sorts downwards. Raises ``FilterError``."""
    scanner = Scanner(text)
    keys: list[SortKey] = []
    more = not scanner.ended()
    while more:
        descending = scanner.take("-")
        if not descending:
            scanner.take("+")
        word = scanner.value(ranges=False, listed=True)
        path = resolve(scanner, word, entity, registry)
        if not path.field.kind.sortable and not path.field.multi:
            raise scanner.error(
                Message("“{field}” cannot be sorted by.", field=str(path)), None, word.start, word.end
            )
        keys.append(SortKey(path, descending))
        more = scanner.take(",")
        if not more and not scanner.ended():
            raise scanner.error(
                Message("Fields to sort by are separated by commas."),
                Message("For the other direction write {example}.", example=f"-{path}"),
                scanner.at, scanner.at + 1, [","],
            )  # fmt: skip
    return tuple(keys)
