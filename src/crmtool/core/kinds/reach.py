"""Ways to reach people: e-mail, phone, web and postal addresses."""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.fields import invalid
from crmtool.core.jsontext import dumps
from crmtool.core.kinds.base import Kind, clean
from crmtool.core.kinds.reference import parse_json
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field

ADDRESS_PARTS = ("street", "extended", "po_box", "city", "region", "postal_code", "country")


class Email(Kind):
    """An address that mail from elsewhere can reach: behind ``@`` stands a domain with a dot, or an IP address in brackets.

    A host without a dot (``ana@intranet``) is reached from within one network only, and in a list of customers it is nearly
    always an address that was cut off. Whoever has such a host can give its whole name.
    """

    name = "email"
    operators = ("=", "!=", "~", "!~", "has", "in", "empty")

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        text = super().validate(value, field, ctx)
        if text is None:
            return None
        text = text.removeprefix("mailto:").strip("<> ")
        local, at, domain = text.rpartition("@")
        if (
            not at
            or not local
            or not domain
            or any(c in " \t\n,;<>()" for c in text)
            or ".." in domain
            or domain[0] == "."
            or ("." not in domain.rstrip(".") and domain[0] != "[")
        ):
            raise invalid(
                field,
                Message("{field}: “{value}” is not an e-mail address.", field=field.label(), value=text),
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
                Message("{field}: “{value}” is not a phone number.", field=field.label(), value=text),
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
            raise invalid(
                field,
                Message("{field}: “{value}” is not a web address.", field=field.label(), value=text),
                Message("Write it without spaces, as https://example.com."),
            )
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
                Message(
                    "{field}: an address has the parts {parts}.",
                    field=field.label(),
                    parts=", ".join(ADDRESS_PARTS),
                ),
                Message("Write it as text, or as {example}.", example='{"street": "…", "city": "…"}'),
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
        return dumps(
            [{"value": e["value"], "label": e.get("label")} for e in value] if field.multi else value
        )

    def search_text(self, value: Any, field: Field) -> str:
        items = [entry["value"] for entry in value] if field.multi else [value]
        return " ".join(self.show(item, field) for item in items)

    def lookup_key(self, value: Any) -> str:
        return tokens.fold(" ".join(str(value.get(part, "")) for part in ADDRESS_PARTS))
