"""One of some, several of some, yes or no, and free words."""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.fields import invalid
from crmtool.core.jsontext import dumps
from crmtool.core.kinds.base import Kind, json_list
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field


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
            Message("{field}: “{value}” is neither yes nor no.", field=field.label(), value=text),
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
        if any(choice.key == value for choice in field.choices):
            return value  # as programs and other doors give it
        word = tokens.fold(str(value))
        for choice in field.choices:
            if word in (tokens.fold(choice.key), tokens.fold(choice.label), tokens.fold(choice.text())):
                return choice.key
        raise invalid(
            field,
            Message("{field}: there is no choice “{value}”.", field=field.label(), value=value),
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
        listed = json_list(text)
        if listed is not None:
            return self.validate(listed, field, ctx)
        return self.validate([part for part in text.replace(";", ",").split(",") if part.strip()], field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if not isinstance(value, list | tuple):
            raise invalid(
                field,
                Message("{field}: a list expected, got {value}.", field=field.label(), value=repr(value)),
                Message("Write it as a,b or as a JSON array of words."),
            )
        kept: dict[str, str] = {}
        for item in value:
            word = self.word(item, field, ctx)
            if word:
                kept.setdefault(tokens.fold(word), word)
        return list(kept.values())

    def word(self, item: Any, field: Field, ctx: Context) -> Any:
        return Kind.validate(self, item.get("value") if isinstance(item, dict) else item, field, ctx)

    def display(self, value: Any, field: Field) -> str:
        return ", ".join(self.show(item, field) for item in value or ())

    def to_csv(self, value: Any, field: Field) -> str:
        words = value or ()
        ambiguous = any(";" in word or "," in word or word[:1] == "[" for word in words)
        return dumps(list(words)) if ambiguous else "; ".join(words)

    def to_json(self, value: Any, field: Field) -> Any:
        return list(value or ())

    def search_text(self, value: Any, field: Field) -> str:
        return " ".join(value)


class Tags(Collection):
    name = "tags"


class MultiChoice(Collection):
    name = "multichoice"

    def word(self, item: Any, field: Field, ctx: Context) -> Any:
        return CHOICE.validate(item, field, ctx)

    def show(self, value: Any, field: Field) -> str:
        return CHOICE.show(value, field)


CHOICE = ChoiceKind()
