"""What every kind of value does, and plain text, which is the least of them."""

from __future__ import annotations

from crmtool.core import ids, order, tokens
from crmtool.core.fields import Context, Field, invalid
from crmtool.core.jsontext import dumps, loads
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_TEXT = 1_000_000


class Kind:
    """Base: plain text on one line."""

    name = "text"
    storage = "text"
    merge = "unit"
    collection = False
    keeps_space = False
    sortable = True
    operators: tuple[str, ...] = ("=", "!=", "~", "!~", "in", "empty", "<", "<=", ">", ">=", "..")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((field.key, "json" if field.multi else self.storage),)

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        return self.validate(text, field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if not isinstance(value, str):
            raise invalid(
                field,
                Message("{field}: text expected, got {value}.", field=field.label(), value=repr(value)),
                Message("Write it in quotes."),
            )
        return clean(value, field)

    def display(self, value: Any, field: Field) -> str:
        """The value for people, on one line for short kinds; ``""`` for nothing."""
        if value is None:
            return ""
        if field.multi:
            return "; ".join(self.show(entry["value"], field) for entry in value)
        return self.show(value, field)

    def show(self, value: Any, field: Field) -> str:
        return str(value)

    def to_json(self, value: Any, field: Field) -> Any:
        if field.multi:
            return [{"value": self.plain(e["value"]), "label": e.get("label")} for e in value or ()]
        return None if value is None else self.plain(value)

    def plain(self, value: Any) -> Any:
        return value

    def to_csv(self, value: Any, field: Field) -> str:
        """One cell; what ``parse`` reads back. Several values are joined by ``"; "``, or a JSON list where that is ambiguous."""
        if value is None:
            return ""
        if field.multi:
            cells = [self.cell(entry["value"]) for entry in value]
            return dumps(cells) if any(map(_is_ambiguous, cells)) else "; ".join(cells)
        return self.cell(value)

    def cell(self, value: Any) -> str:
        return str(value)

    def search_text(self, value: Any, field: Field) -> str:
        """What the search index takes from the value."""
        if field.multi:
            return " ".join([self.cell(entry["value"]) for entry in value])
        return self.cell(value)

    def lookup_key(self, value: Any) -> str:
        return tokens.fold(str(value))

    def parse_entries(self, text: str, field: Field, ctx: Context) -> list[dict[str, Any]]:
        """Several values typed as ``a; b``, each optionally labelled: ``work: a``. A JSON list is one of values."""
        listed = json_list(text)
        if listed is not None:
            return self.validate_entries(listed, field, ctx)
        raw: list[Any] = []
        for part in text.split(";"):
            part = part.strip()
            if not part:
                continue
            label, _, rest = part.partition(":")
            if _is_labelled(part):
                raw.append({"value": self.parse(rest.strip(), field, ctx), "label": label.strip().lower()})
            else:
                raw.append({"value": self.parse(part, field, ctx)})
        return self.validate_entries(raw, field, ctx)

    def validate_entries(self, value: Any, field: Field, ctx: Context) -> list[dict[str, Any]]:
        """Entries from a list of values or of objects; the same value twice is kept once."""
        if not isinstance(value, list | tuple):
            value = [value]
        entries: list[dict[str, Any]] = []
        seen: set[str] = set()
        known: set[str] = set()
        last: str | None = None
        for item in value:
            given = item if isinstance(item, dict) and "value" in item else {"value": item}
            checked = self.validate(given["value"], field, ctx)
            if checked is None:
                continue
            mark = self.lookup_key(checked)
            if mark in seen:
                continue
            seen.add(mark)
            key = given.get("key")
            if not isinstance(key, str) or not order.is_key(key) or (last is not None and key <= last):
                key = order.key_between(last, None)
            last = key
            ident = given.get("id")
            if not isinstance(ident, str) or not ident or ident in known:
                ident = ids.entry_id()
            known.add(ident)
            entry = {"id": ident, "value": checked, "key": key}
            if given.get("label"):
                entry["label"] = Kind.validate(self, given["label"], field, ctx)
            entries.append(entry)
        return entries


def _is_labelled(part: str) -> bool:
    """Whether one of several typed values has a label before it."""
    label, colon, rest = part.partition(":")
    return bool(colon and label.strip().isalpha() and not rest.startswith("//") and rest.strip())


def _is_ambiguous(cell: str) -> bool:
    """Whether a value among others would be read as two, as labelled, or as a list."""
    return ";" in cell or cell[:1] == "[" or (":" in cell and _is_labelled(cell))


def json_list(text: str) -> list[Any] | None:
    """The list that a text is in JSON; ``None`` for what is none."""
    if not text.startswith("["):
        return None
    try:
        found = loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def clean(text: str, field: Field, *, lines: bool = False) -> str | None:
    """Text without NUL and lone surrogates (which no store keeps), trimmed; a single-line kind refuses nothing else.

    Text that shows nothing, whatever it is made of, is no text.
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise invalid(
                field,
                Message("{field}: the text is not valid Unicode.", field=field.label()),
                Message("Type it again, or save the file as UTF-8."),
                position=error.start,
            ) from None
    if "\x00" in text:
        text = text.replace("\x00", "")
    if len(text) > MAX_TEXT:
        raise invalid(
            field,
            Message("{field}: longer than {limit} characters.", field=field.label(), limit=MAX_TEXT),
            Message("Shorten it, or keep it as a file: {command}", command="crm file add PATH"),
        )
    text = text.strip() if not lines else text.rstrip()
    if text[:1].isascii() and text[:1].isalnum():
        return text  # nearly always
    return None if not text or tokens.is_invisible(text) else text


class LongText(Kind):
    name = "longtext"
    merge = "lines"
    keeps_space = True
    sortable = False
    operators = ("~", "!~", "empty", "=", "!=")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if not isinstance(value, str):
            return super().validate(value, field, ctx)
        return clean(value.replace("\r\n", "\n").replace("\r", "\n"), field, lines=True)
