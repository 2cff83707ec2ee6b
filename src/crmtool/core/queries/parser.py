"""The grammar of filters, by recursive descent.

filter     = [ or ]
or         = and { "or" and }
and        = not { [ "and" ] not }
not        = "not" not | term
term       = "(" [ or ] ")" | search | condition
search     = word { word } | quoted | "~" value
condition  = path sign value
           | path ( "=" | "!=" ) range
           | path [ "not" ] "in" "(" [ value { "," value } ] ")"
           | path "has" value
           | path "is" [ "not" ] ( "empty" | "set" | value )
sign       = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
range      = value ".." [ value ] | [ value ] "..<" value | ".." value
path       = field { "." field }
value      = word | quoted
"""

from __future__ import annotations

from crmtool.core.messages import Message
from crmtool.core.queries.conditions import Conditions
from crmtool.core.queries.paths import find_path, resolve
from crmtool.core.queries.scanner import QUOTES, Scanner, plain
from crmtool.core.queries.values import operators
from crmtool.core.query import All, And, Not, Or, Search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.core.errors import FilterError
    from crmtool.core.queries.context import QueryContext
    from crmtool.core.queries.scanner import Word
    from crmtool.core.query import Node, Path
    from crmtool.core.registry import Entity

MAX_DEPTH = 50
_TERM = ("a field", "a word to search for", "not", "(")


def parse(text: str, entity: Entity, context: QueryContext) -> Node:
    """The tree of a filter on ``entity``; of blank text, ``All()``. Raises ``FilterError``, which points at the place."""
    return Parser(text, entity, context).filter()


class Parser:
    """One reading of one filter."""

    def __init__(self, text: str, entity: Entity, context: QueryContext) -> None:
        self.scanner = Scanner(text)
        self.entity = entity
        self.registry = context.registry
        self.conditions = Conditions(self.scanner, context.values())
        self.depth = 0

    def filter(self) -> Node:
        if self.scanner.ended():
            return All()
        node = self._or()
        if not self.scanner.ended():
            raise self._misplaced(self.scanner.word())
        return node

    # -- and, or, not ----------------------------------------------------------------------------------------------

    def _or(self) -> Node:
        items = [self._and()]
        while self.scanner.next_keyword() == "or":
            self.scanner.word()
            items.append(self._and())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _and(self) -> Node:
        items = [self._not()]
        while not self.scanner.ended() and self.scanner.peek() not in "),":
            keyword = self.scanner.next_keyword()
            if keyword == "or":
                break
            if keyword == "and":
                self.scanner.word()
            items.append(self._not())
        return items[0] if len(items) == 1 else And(tuple(items))

    def _not(self) -> Node:
        self.scanner.want("term")
        if self.scanner.next_keyword() != "not":
            return self._term()
        self.scanner.word()
        return Not(self._deeper(self._not))

    def _deeper(self, rule: Callable[[], Node]) -> Node:
        """Apply a rule inside itself, to a depth that no person reaches and every stack bears."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            at = self.scanner.at
            raise self.scanner.error(Message("The filter is nested too deeply."), None, at, at + 1)
        node = rule()
        self.depth -= 1
        return node

    # -- terms -----------------------------------------------------------------------------------------------------

    def _term(self) -> Node:
        scanner = self.scanner
        if scanner.ended():
            end = len(scanner.text)
            raise scanner.error(
                Message("The filter ends where a condition is expected."), None, end, end, _TERM
            )
        start = scanner.at
        if scanner.take("("):
            return self._group(start)
        if scanner.peek() in QUOTES:
            return self._phrase()
        if scanner.take("~"):
            return Search(self.conditions.text(None).text)
        word = scanner.word()
        if not word.text or word.keyword:
            raise self._misplaced(word)
        return self._condition(word) or self._search(word)

    def _group(self, start: int) -> Node:
        scanner = self.scanner
        if scanner.take(")"):
            scanner.want("more")
            return All()
        node = self._deeper(self._or)
        if not scanner.take(")"):
            if not scanner.ended():
                raise self._misplaced(scanner.word())
            raise scanner.error(
                Message("A bracket is opened and not closed."),
                Message("Close it with {mark}.", mark=")"),
                start,
                start + 1,
                [")"],
            )
        scanner.want("more")
        return node

    def _phrase(self) -> Node:
        scanner = self.scanner
        word = scanner.word()
        if scanner.at_sign():
            raise scanner.error(
                Message("The name of a field is not quoted."),
                Message("Write {field} without quotes.", field=plain(word.text)),
                word.start, word.end, ["a field"],
            )  # fmt: skip
        scanner.want("more")
        inner = " ".join(word.text.replace('"', " ").split())
        return Search(f'"{inner}"') if inner else All()

    def _search(self, first: Word) -> Node:
        """Bare words side by side are one search; a word that a comparison follows is none of them."""
        scanner = self.scanner
        found, end = [first.text], scanner.at
        while not scanner.ended() and scanner.peek() not in f"(),{QUOTES}" and not scanner.next_keyword():
            word = scanner.word()
            if (
                not word.text
                or ":" in word.text
                or scanner.at_sign()
                or scanner.next_keyword() in ("is", "has", "in", "not")
                or self._range_without_sign(word) is not None
            ):
                break
            found.append(word.text)
            end = scanner.at
        scanner.at = end
        path = find_path(found[-1], self.entity, self.registry) if scanner.ended() else None
        scanner.want("operator" if path else "more", path)
        return Search(" ".join(found))

    # -- conditions ------------------------------------------------------------------------------------------------

    def _condition(self, word: Word) -> Node | None:
        """The condition on the field that ``word`` names; ``None``, and nothing read, where no comparison follows."""
        scanner = self.scanner
        behind = scanner.at
        scanner.skip()
        at = scanner.at
        if scanner.at_sign():
            path = resolve(scanner, word, self.entity, self.registry)
            op = scanner.sign() or ""
            return self.conditions.after_sign(path, op, at)
        keyword = scanner.next_keyword()
        if keyword in ("is", "has"):
            path = self._spoken(word)
            scanner.word()
            return (
                self.conditions.after_is(path, at) if keyword == "is" else self.conditions.after_has(path, at)
            )
        if negated := keyword == "not":
            scanner.word()
            keyword = scanner.next_keyword()
        if keyword == "in":
            scanner.word()
            known = find_path(word.text, self.entity, self.registry)
            if known is not None or scanner.peek() == "(":
                return self.conditions.after_in(known or self._spoken(word), negated, at)
        scanner.at = behind
        self._check_colon(word)
        if mistake := self._range_without_sign(word):
            raise mistake
        return None

    def _range_without_sign(self, word: Word) -> FilterError | None:
        """What to say of ``amount between 1 and 5`` and ``amount 1..5``; ``None`` where ``word`` is to be searched for."""
        behind = self.scanner.at
        path = find_path(word.text, self.entity, self.registry)
        mistake = self.conditions.range_behind(path, word) if path is not None else None
        self.scanner.at = behind
        return mistake

    def _spoken(self, word: Word) -> Path:
        """The field before a comparison made of words, which might be words to search for."""
        return resolve(
            self.scanner, word, self.entity, self.registry, Message("To search for these words, quote them.")
        )

    def _check_colon(self, word: Word) -> None:
        name, colon, value = word.text.partition(":")
        path = find_path(name, self.entity, self.registry) if colon else None
        if path is not None:
            at = word.start + len(name)
            raise self.scanner.error(
                Message("A field and its value are joined by a comparison."),
                Message("Write {example}.", example=f"{name} = {plain(value) or '…'}"),
                at, at + 1, operators(path.field),
            )  # fmt: skip

    def _misplaced(self, word: Word) -> FilterError:
        scanner = self.scanner
        if word.keyword:
            return scanner.error(
                Message("A condition is missing before “{word}”.", word=word.text),
                Message("To search for the word, quote it."),
                word.start, word.end, _TERM,
            )  # fmt: skip
        sign = scanner.text[word.start : word.start + 1]
        if sign == ")":
            sentence = Message("A bracket is closed that was not opened.")
        elif sign == ",":
            sentence = Message("Conditions are joined by “and” or “or”, not by a comma.")
        else:
            sentence = Message("A field is missing before “{sign}”.", sign=sign)
        return scanner.error(sentence, None, word.start, word.start + 1, _TERM)
