"""The kinds of value: parse what people type, validate what programs send, show, store and index.

One stateless object per kind. ``parse`` takes text, ``validate`` takes JSON-plain values; both answer the canonical stored
value or raise ``ValidationError``. ``merge`` names the rule for concurrent edits: ``unit`` (the later wins, the loser is
kept), ``set`` (add-wins entries) or ``lines`` (three-way text).
"""

from __future__ import annotations

import json

from crmtool.core import ids, order, tokens
from crmtool.core.errors import CrmError
from crmtool.core.fields import Context, Field, invalid
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_TEXT = 1_000_000
ADDRESS_PARTS = ("street", "extended", "po_box", "city", "region", "postal_code", "country")


def dumps(value: Any) -> str:
    """Compact JSON with every character kept, the one spelling used in rows, log and index."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Kind:
    """Base: plain text on one line."""

    name = "text"
    storage = "text"
    merge = "unit"
    collection = False
    keeps_space = False
    sortable = True
    operators = ("=", "!=", "~", "!~", "in", "empty", "<", "<=", ">", ">=", "..")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((field.key, "json" if field.multi else self.storage),)

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        return self.validate(text, field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if not isinstance(value, str):
            raise invalid(field, Message("{field}: text expected, got {value}.", field=field.name, value=repr(value)))
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
        if field.multi and value is not None:
            return [{"value": self.plain(e["value"]), "label": e.get("label")} for e in value]
        return None if value is None else self.plain(value)

    def plain(self, value: Any) -> Any:
        return value

    def to_csv(self, value: Any, field: Field) -> str:
        """One cell; what ``parse`` reads back. Several values are joined by ``"; "``."""
        if value is None:
            return ""
        if field.multi:
            return "; ".join(self.cell(entry["value"]) for entry in value)
        return self.cell(value)

    def cell(self, value: Any) -> str:
        return str(value)

    def search_text(self, value: Any, field: Field) -> str:
        """What the search index takes from the value."""
        if field.multi:
            return " ".join(self.cell(entry["value"]) for entry in value)
        return self.cell(value)

    def lookup_key(self, value: Any) -> str:
        return tokens.fold(str(value))

    def parse_entries(self, text: str, field: Field, ctx: Context) -> list[dict[str, Any]]:
        """Several values typed as ``a; b``, each optionally labelled: ``work: a``."""
        raw: list[Any] = []
        for part in text.split(";"):
            part = part.strip()
            if not part:
                continue
            label, colon, rest = part.partition(":")
            if colon and label.strip().isalpha() and not rest.startswith("//") and rest.strip():
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
            if not isinstance(key, str) or (last is not None and key <= last):
                key = order.key_between(last, None)
            last = key
            label = given.get("label") or None
            entries.append({"id": given.get("id") or ids.entry_id(), "value": checked, "label": label, "key": key})
        return entries


def clean(text: str, field: Field, *, lines: bool = False) -> str | None:
    """Text without NUL and lone surrogates (which no store keeps), trimmed; a single-line kind refuses nothing else."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise invalid(
                field, Message("{field}: the text is not valid Unicode.", field=field.name), position=error.start
            ) from None
    if "\x00" in text:
        text = text.replace("\x00", "")
    if len(text) > MAX_TEXT:
        raise invalid(field, Message("{field}: longer than {limit} characters.", field=field.name, limit=MAX_TEXT))
    text = text.strip() if not lines else text.rstrip()
    return text or None


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


class Email(Kind):
    name = "email"
    operators = ("=", "!=", "~", "!~", "has", "in", "empty")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        text = super().validate(value, field, ctx)
        if text is None:
            return None
        text = text.removeprefix("mailto:").strip("<> ")
        local, at, domain = text.rpartition("@")
        if not at or not local or not domain or any(c in " \t\n,;<>()" for c in text) or ".." in domain or domain[0] == ".":
            raise invalid(
                field,
                Message("{field}: “{value}” is not an e-mail address.", field=field.name, value=text),
                Message("Write it as name@example.com."),
            )
        return f"{local}@{domain.rstrip('.').lower()}"

    def lookup_key(self, value: Any) -> str:
        return str(value).casefold()


class Phone(Kind):
    name = "phone"
    operators = ("=", "!=", "~", "!~", "has", "in", "empty")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = super().validate(value, field, ctx)
        if text is None:
            return None
        text = " ".join(text.removeprefix("tel:").split())
        if len(tokens.phone_digits(text)) < 3:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a phone number.", field=field.name, value=text),
                Message("Write at least three digits, best with the country: +34 600 123 456."),
            )
        return text

    def lookup_key(self, value: Any) -> str:
        return tokens.phone_key(str(value))


class Url(Kind):
    name = "url"
    operators = ("=", "!=", "~", "!~", "has", "in", "empty")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        text = super().validate(value, field, ctx)
        if text is not None and (" " in text or "\n" in text):
            raise invalid(field, Message("{field}: “{value}” is not a web address.", field=field.name, value=text))
        return text

    def lookup_key(self, value: Any) -> str:
        text = str(value).casefold()
        for prefix in ("https://", "http://", "www."):
            text = text.removeprefix(prefix)
        return text.rstrip("/")


class Address(Kind):
    name = "address"
    storage = "json"
    sortable = False
    operators = ("~", "!~", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        if text.startswith("{"):
            return self.validate(parse_json(text, field), field, ctx)
        return self.validate({"street": text}, field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, str):
            value = {"street": value}
        if not isinstance(value, dict) or set(value) - set(ADDRESS_PARTS):
            raise invalid(
                field,
                Message("{field}: an address has the parts {parts}.", field=field.name, parts=", ".join(ADDRESS_PARTS)),
            )
        parts = {k: clean(str(value[k]), field) for k in ADDRESS_PARTS if value.get(k) not in (None, "")}
        return {k: v for k, v in parts.items() if v is not None} or None

    def parse_entries(self, text: str, field: Field, ctx: Context) -> list[dict[str, Any]]:
        if text.startswith("["):
            return self.validate_entries(parse_json(text, field), field, ctx)
        return self.validate_entries([self.parse(text, field, ctx)], field, ctx)

    def validate_entries(self, value: Any, field: Field, ctx: Context) -> list[dict[str, Any]]:
        return super().validate_entries([value] if isinstance(value, dict | str) else value, field, ctx)

    def show(self, value: Any, field: Field) -> str:
        return ", ".join(str(value[part]) for part in ADDRESS_PARTS if value.get(part)).replace("\n", ", ")

    def to_csv(self, value: Any, field: Field) -> str:
        if not value:
            return ""
        return dumps([{"value": e["value"], "label": e.get("label")} for e in value] if field.multi else value)

    def search_text(self, value: Any, field: Field) -> str:
        items = [entry["value"] for entry in value] if field.multi else [value]
        return " ".join(self.show(item, field) for item in items)

    def lookup_key(self, value: Any) -> str:
        return tokens.fold(" ".join(str(value.get(part, "")) for part in ADDRESS_PARTS))


class Number(Kind):
    name = "number"
    storage = "real"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import parse_number

        number = parse_number(text.removesuffix("%").strip())
        if number is None:
            raise invalid(field, Message("{field}: “{value}” is not a number.", field=field.name, value=text))
        return self.validate(float(number), field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e15:
            raise invalid(field, Message("{field}: “{value}” is not a number.", field=field.name, value=value))
        return int(value) if value == int(value) else float(value)

    def cell(self, value: Any) -> str:
        return str(int(value)) if value == int(value) else repr(value)

    def show(self, value: Any, field: Field) -> str:
        return self.cell(value)


class Money(Kind):
    """Integer minor units with an ISO 4217 currency, as the pair ``[minor, currency]``; never a float."""

    name = "money"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((f"{field.key}_minor", "integer"), (f"{field.key}_currency", "text"))

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import parse_money

        value = parse_money(text, ctx.currency)
        if value is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not an amount of money.", field=field.name, value=text),
                Message("Write it as 1250.50 or 1250.50 EUR."),
            )
        return value

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import minor_units

        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.parse(repr(value), field, ctx)
        if isinstance(value, dict) and "amount" in value:
            return self.parse(f"{value['amount']} {value.get('currency') or ctx.currency}", field, ctx)
        if isinstance(value, list | tuple) and len(value) == 2:
            minor, currency = value
            if isinstance(minor, int) and not isinstance(minor, bool) and minor_units(str(currency)) is not None:
                if abs(minor) < 1 << 62:
                    return [minor, currency]
        raise invalid(field, Message("{field}: “{value}” is not an amount of money.", field=field.name, value=value))

    def show(self, value: Any, field: Field) -> str:
        from crmtool.core.money import format_money

        return format_money(value[0], value[1])

    def cell(self, value: Any) -> str:
        from crmtool.core.money import decimal_text

        return f"{decimal_text(value[0], value[1])} {value[1]}"

    def plain(self, value: Any) -> Any:
        from crmtool.core.money import decimal_text

        return {"amount": decimal_text(value[0], value[1]), "currency": value[1]}


class Date(Kind):
    name = "date"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.dates import parse_day

        day = parse_day(text, ctx)
        if day is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a date.", field=field.name, value=text),
                Message("Write it as 2026-05-31, today, +3d, friday or eom."),
            )
        return day

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        return self.parse(str(value), field, ctx)


class Instant(Kind):
    name = "instant"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.dates import parse_instant

        value = parse_instant(text, ctx)
        if value is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a date and time.", field=field.name, value=text),
                Message("Write it as 2026-05-31 14:30, 2026-05-31T12:30:00Z, now or -2h."),
            )
        return value

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        return self.parse(str(value), field, ctx)

    def show(self, value: Any, field: Field) -> str:
        from crmtool.core.dates import local_text

        return local_text(value)


class YesNo(Kind):
    name = "yesno"
    storage = "bool"
    operators = ("=", "!=", "empty")
    YES = ("yes", "y", "true", "1", "on")
    NO = ("no", "n", "false", "0", "off")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        word = text.casefold()
        if word in self.YES or word == t("yes").casefold():
            return True
        if word in self.NO or word == t("no").casefold():
            return False
        raise invalid(
            field,
            Message("{field}: “{value}” is neither yes nor no.", field=field.name, value=text),
            Message("Write yes or no."),
        )

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        return value if isinstance(value, bool) else self.parse(str(value), field, ctx)

    def show(self, value: Any, field: Field) -> str:
        return t("yes") if value else t("no")

    def cell(self, value: Any) -> str:
        return "yes" if value else "no"


class ChoiceKind(Kind):
    name = "choice"
    operators = ("=", "!=", "in", "empty", "<", "<=", ">", ">=")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        word = tokens.fold(str(value))
        for choice in field.choices:
            if word in (tokens.fold(choice.key), tokens.fold(choice.label), tokens.fold(choice.text())):
                return choice.key
        raise invalid(
            field,
            Message("{field}: there is no choice “{value}”.", field=field.name, value=value),
            Message("Choices: {choices}.", choices=", ".join(choice.key for choice in field.choices)),
            choices=[choice.key for choice in field.choices],
        )

    def show(self, value: Any, field: Field) -> str:
        choice = field.choice(value)
        return choice.text() if choice else str(value)


class Collection(Kind):
    """Several words as one add-wins set, kept in the order given."""

    storage = "json"
    merge = "set"
    collection = True
    sortable = False
    operators = ("has", "=", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        return self.validate([part for part in text.replace(";", ",").split(",") if part.strip()], field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if not isinstance(value, list | tuple):
            raise invalid(field, Message("{field}: a list expected, got {value}.", field=field.name, value=repr(value)))
        kept: dict[str, str] = {}
        for item in value:
            word = self.word(item, field, ctx)
            if word:
                kept.setdefault(tokens.fold(word), word)
        return list(kept.values())

    def word(self, item: Any, field: Field, ctx: Context) -> str | None:
        return Kind.validate(self, item["value"] if isinstance(item, dict) else item, field, ctx)

    def display(self, value: Any, field: Field) -> str:
        return ", ".join(self.show(item, field) for item in value or ())

    def to_csv(self, value: Any, field: Field) -> str:
        return "; ".join(value or ())

    def to_json(self, value: Any, field: Field) -> Any:
        return list(value or ())

    def search_text(self, value: Any, field: Field) -> str:
        return " ".join(value)


class Tags(Collection):
    name = "tags"


class MultiChoice(Collection):
    name = "multichoice"

    def word(self, item: Any, field: Field, ctx: Context) -> str | None:
        return CHOICE.validate(item, field, ctx)

    def show(self, value: Any, field: Field) -> str:
        return CHOICE.show(value, field)


class Reference(Kind):
    """The id of a record of ``field.target``. What people type is resolved to an id before it gets here."""

    name = "reference"
    operators = ("=", "!=", "in", "empty", "~", "!~")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((f"{field.key}_id", "text"),)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, dict):
            value = value.get("id")
        if isinstance(value, str) and ids.is_id(value):
            return value
        raise invalid(field, Message("{field}: “{value}” is not the id of a record.", field=field.name, value=value))

    def show(self, value: Any, field: Field) -> str:
        if isinstance(value, dict):
            return str(value.get("name") or "@" + ids.handle(value["id"]))
        return "@" + ids.handle(value)

    def cell(self, value: Any) -> str:
        if isinstance(value, dict):
            return str(value.get("name") or value["id"])
        return str(value)


class FileKind(Reference):
    name = "file"


class Json(Kind):
    name = "json"
    storage = "json"
    sortable = False
    operators = ("empty",)

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        return self.validate(parse_json(text, field), field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        try:
            text = dumps(value)
        except (TypeError, ValueError):
            raise invalid(field, Message("{field}: not a JSON value.", field=field.name)) from None
        clean(text, field)
        return value

    def show(self, value: Any, field: Field) -> str:
        return dumps(value)

    def cell(self, value: Any) -> str:
        return dumps(value)


def parse_json(text: str, field: Field) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise invalid(
            field, Message("{field}: not JSON: {reason}", field=field.name, reason=str(error)), position=getattr(error, "pos", 0)
        ) from None


TEXT, LONGTEXT, EMAIL, PHONE, URL = Kind(), LongText(), Email(), Phone(), Url()
ADDRESS, NUMBER, MONEY, DATE, INSTANT = Address(), Number(), Money(), Date(), Instant()
YESNO, CHOICE, MULTICHOICE, TAGS = YesNo(), ChoiceKind(), MultiChoice(), Tags()
REFERENCE, FILE, JSON = Reference(), FileKind(), Json()

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        TEXT, LONGTEXT, EMAIL, PHONE, ADDRESS, URL, MONEY, NUMBER, DATE, INSTANT, CHOICE, MULTICHOICE, TAGS,
        REFERENCE, YESNO, FILE, JSON,
    )
}  # fmt: skip


def kind_named(name: str) -> Kind:
    """The kind called ``name``; ``CrmError`` lists the kinds there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise CrmError(
            Message("There is no kind of field called “{name}”.", name=name),
            Message("Kinds: {kinds}.", kinds=", ".join(KINDS)),
            code="usage",
        ) from None
