"""vCards as drafts: 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), and what Apple, Google and Outlook add to them.

What a field takes becomes its value. Every other property stays with the record as it was written, under its own name, and is
written again on export; only what is embedded (photos, sounds, keys) and what describes the file is left out.
"""

from __future__ import annotations

import quopri
import re
from datetime import date

from crmtool.core import ids, tokens
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import ADDRESS_PARTS
from crmtool.core.messages import Message
from crmtool.transfer.cards import labels
from crmtool.transfer.cards.charset import readable
from crmtool.transfer.cards.lines import Part, Property, joined, parsed, parts, split, unescaped
from crmtool.transfer.drafts import CompanyDraft, Draft, Problem, problem
from crmtool.transfer.people import compose
from crmtool.transfer.phones import PhoneFormatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TextIO

    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Registry
    from crmtool.transfer.sources.base import Row, Source

VENDOR = "vcard"
PRODUCT = "-//crmtool//vCard//EN"
# About the file or the writing of it, not about the person.
_IGNORED = frozenset(("VERSION", "PRODID", "REV", "BEGIN", "END", "X-CRM-ROW", "X-CRM-REASON", "X-ABUID"))
_APPLE_KIND = "X-ADDRESSBOOKSERVER-KIND"
_MEMBERS = ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER")
_SYSTEM_GROUPS = frozenset(("mycontacts", "my contacts", "starred"))
_URL = re.compile(r"https?://\S+", re.IGNORECASE).fullmatch
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?", re.ASCII).fullmatch


def cards(text: TextIO, title: str) -> Iterator[Part]:
    """The cards of a file, one at a time. ``UsageError`` for one without an end, or too long."""
    return parts(text, frozenset(("VCARD",)), title)


def rejected(card: Part, row: int, fields: str, why: str) -> str:
    """A rejected card with the reason in front; importing it again passes over the reason."""
    reason = f"{fields}: {why}" if fields else why
    said = (f"X-CRM-ROW:{row}", f"X-CRM-REASON:{' '.join(reason.split())}")
    first = (
        1 if card.lines[:1] and card.lines[0].upper().startswith("VERSION") else 0
    )  # which 4.0 wants in front
    return joined(("BEGIN:VCARD", *card.lines[:first], *said, *card.lines[first:], "END:VCARD"))


def drafter(source: Source, registry: Registry, ctx: Context) -> Callable[[Row], Draft]:
    """Makes drafts of the cards of a source. Groups become tags of their members, for which the source is read once more."""
    groups = _groups(source) if source.mentions(b"MEMBER") else {}
    return _Cards(registry, ctx, groups).draft


def _groups(source: Source) -> dict[str, list[str]]:
    """The names of the groups that a card is in, by its uid."""
    found: dict[str, list[str]] = {}
    for row in source.rows():
        lines = [
            line
            for line in row.item.lines
            if line.upper().startswith(("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"))
        ]
        if not lines:
            continue
        names = [p for p in map(parsed, row.item.lines) if p is not None and p.name == "FN"]
        for line in lines:
            member = parsed(line)
            if member is not None and names:
                found.setdefault(_uid(member.value), []).append(_text(names[0]))
    return found


class _Cards:
    """Holds what the drafts of one file share."""

    def __init__(self, registry: Registry, ctx: Context, groups: dict[str, list[str]]) -> None:
        self._entities = registry.entities
        self._ctx = ctx
        self._groups = groups
        self._phones = PhoneFormatter(ctx.region)

    def draft(self, row: Row) -> Draft:
        """The draft of one card; never raises for what a card says."""
        card: Part = row.item
        properties = [p for p in map(parsed, card.lines) if p is not None]
        if _is_group(properties):
            out = Draft(row.number, "contact", [], card)
            out.passed = Message("a group is a tag of its members")
            return out
        own = any(p.name == "PRODID" and p.value == PRODUCT for p in properties)
        entity = "company" if _is_company(properties, own=own) else "contact"
        out = Draft(row.number, entity, [], card)
        # A number that was ours is spelled as it is wished; one from elsewhere gets the usual spelling.
        spell = str.strip if own else self._phones
        _Card(out, self._entities[entity].fields, properties, self._ctx, spell, own=own).read()
        self._tag(out)
        if card.dropped:
            what = ", ".join(card.dropped)
            out.warnings.append(
                Problem(
                    what, "", Message("{property}: what is embedded in a card is not kept.", property=what)
                )
            )
        return out.complete()

    def _tag(self, out: Draft) -> None:
        names = [name for source, uid in out.external for name in self._groups.get(uid, ())]
        if names and not out.problems:
            known = {tokens.fold(word) for word in out.values.get("tags", ())}
            added = [name for name in dict.fromkeys(names) if tokens.fold(name) not in known]
            if added:
                out.values["tags"] = [*out.values.get("tags", ()), *added]


class _Card:
    """Takes one card apart into its draft."""

    def __init__(
        self,
        out: Draft,
        fields: dict[str, Field],
        properties: list[Property],
        ctx: Context,
        spell: Callable[[str], str],
        *,
        own: bool,
    ) -> None:
        self.out = out
        self.fields = fields
        self.ctx = ctx
        self.spell = spell
        self.own = own
        self.properties = properties
        # Apple labels a property by giving it a group, in which a second property is its label.
        self.labels = {p.group: _text(p) for p in properties if p.group and p.name == "X-ABLABEL"}
        self.written: dict[str, list[Property]] = {}
        for item in properties:
            self.written.setdefault(item.name, []).append(item)

    def read(self) -> None:
        handlers: dict[str, Callable[[Property], bool]] = {
            "FN": lambda p: True, "N": self._n, "NICKNAME": self._nickname, "ORG": self._organisation, "TITLE": self._title,
            "ROLE": self._title, "EMAIL": self._email, "TEL": self._phone, "ADR": self._address, "LABEL": self._formatted,
            "URL": self._url, "X-SOCIALPROFILE": self._profile, "BDAY": self._birthday, "CATEGORIES": self._tags,
            "NOTE": self._note, "LANG": self._plain("language"), "TZ": self._zone, "UID": self._unique,
            "X-PHONETIC-FIRST-NAME": self._phonetic, "X-PHONETIC-LAST-NAME": self._phonetic,
            "X-ABSHOWAS": lambda p: True, "KIND": lambda p: True, "X-ABLABEL": lambda p: True, "X-ABADR": lambda p: True,
        }  # fmt: skip
        for item in sorted(self.properties, key=_preference):
            if item.name in _IGNORED:
                continue
            handle = handlers.get(item.name)
            if handle is None or not handle(item):
                self._keep(item)
        self._name()

    # -- names -------------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        out, names = self.out, self.out.names
        for item in self.written.get("FN", [])[:1]:
            names["full"] = _text(item)
        for item in self.written.get("FN", [])[1:]:
            self._keep(item)
        full = names.get("full") or compose(
            names.get("given", ""), names.get("middle", ""), names.get("family", ""), names.get("suffix", "")
        )
        company = out.companies[0].name if out.companies else ""
        if out.entity == "company":
            if company and full and company != full:
                self._keep(self.written["FN"][0])
            full = company or full
            out.companies.clear()
        full = full or out.values.get("nickname", "")
        names.pop("full", None)
        if full:
            names["full"] = full
            self._set("name", full, "FN")
            return
        for field in ("emails", "phones"):
            if out.entries.get(field):
                out.values["name"] = out.entries[field][0][0]
                return
        if not out.problems:
            why = Message("The card has no name, no e-mail address and no phone number.")
            out.problems.append(Problem("", "name", why))

    def _n(self, item: Property) -> bool:
        pieces = [_joined(item, piece) for piece in _components(item)]
        pieces += [""] * (5 - len(pieces))
        family, given, middle, prefix, suffix = pieces[:5]
        for part, key, text in (("given", "given_name", given), ("family", "family_name", family)):
            if text:
                self.out.names[part] = text
                if key in self.fields:
                    self._set(key, text, "N")
        for part, text in (("middle", middle), ("suffix", suffix)):
            if text:
                self.out.names[part] = text
        # No field has these parts; the whole is written again as long as the name stays what it is.
        return not (middle or prefix or suffix or (self.out.entity == "company" and any(pieces)))

    def _nickname(self, item: Property) -> bool:
        if "nickname" in self.fields and "nickname" not in self.out.values:
            return self._set("nickname", ", ".join(filter(None, _list(item))), item.name)
        return False

    def _phonetic(self, item: Property) -> bool:
        if "phonetic_name" not in self.fields or item is not self._first(item.name):
            return False
        parts = [self._first(name) for name in ("X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME")]
        return self._set(
            "phonetic_name", " ".join(_text(part) for part in parts if part is not None), item.name
        )

    def _first(self, name: str) -> Property | None:
        return next(iter(self.written.get(name, ())), None)

    # -- work --------------------------------------------------------------------------------------------------------

    def _organisation(self, item: Property) -> bool:
        if item is not self._first("ORG"):
            return False
        pieces = [unescaped(piece).strip() for piece in _components(item)]
        if pieces[0]:
            self.out.companies.append(CompanyDraft(name=pieces[0]))
        units = [piece for piece in pieces[1:] if piece]
        if units and "department" in self.fields:
            self._set("department", units[0], "ORG")
        return len(units) <= (1 if "department" in self.fields else 0)

    def _title(self, item: Property) -> bool:
        """The job; a role stands in where no title is given."""
        if (
            "title" not in self.fields
            or (item.name == "ROLE" and "TITLE" in self.written)
            or "title" in self.out.values
        ):
            return False
        return self._set("title", _text(item), item.name)

    # -- ways to reach somebody --------------------------------------------------------------------------------------

    def _email(self, item: Property) -> bool:
        return self._entry("emails", _text(item).strip(), item)

    def _phone(self, item: Property) -> bool:
        text = _text(item).strip()
        if text[:4].lower() == "tel:":
            number, *rest = text[4:].split(";")
            extension = next((r[4:] for r in rest if r.lower().startswith("ext=")), "")
            text = f"{number} ext. {extension}" if extension else number
        return self._entry("phones", self.spell(text) if text else "", item)

    def _url(self, item: Property) -> bool:
        return self._entry("urls", _text(item).strip(), item)

    def _profile(self, item: Property) -> bool:
        text = _text(item).strip()
        if not _URL(text):
            return False
        return self._entry("urls", text, item)

    def _entry(self, key: str, text: str, item: Property) -> bool:
        if key not in self.fields:
            return False
        if not text:
            return True
        field = self.fields[key]
        try:
            value = field.kind.validate(text, field, self.ctx)
        except ValidationError as error:
            self.out.problems.append(problem(item.name, key, error))
            return True
        if value is not None:
            self._add(key, value, item)
        return True

    def _add(self, key: str, value: Any, item: Property) -> None:
        label = labels.read(item, self.labels.get(item.group))
        self.out.entries.setdefault(key, []).append((value, label))

    def _address(self, item: Property) -> bool:
        pieces = [_joined(item, piece, ", ") for piece in _components(item)]
        order = ("po_box", "extended", "street", "city", "region", "postal_code", "country")
        found = {part: text for part, text in zip(order, pieces, strict=False) if text}
        if not found and item.params.get("label"):
            found = {"street": unescaped(item.params["label"][0])}
        if found:
            ordered = {part: found[part] for part in ADDRESS_PARTS if part in found}
            self._add("addresses", ordered, item)
        return True

    def _formatted(self, item: Property) -> bool:
        """An address as lines of a label; what a structured one says already is not said twice."""
        if "ADR" not in self.written and (text := _text(item).strip()):
            self._add("addresses", {"street": text}, item)
        return True

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _birthday(self, item: Property) -> bool:
        match = _DAY(item.value.strip())
        omitted = item.params.get("x-apple-omit-year", [""])[0]
        if "birthday" in self.fields and match and match[1] != omitted:
            try:
                return self._set(
                    "birthday", date(int(match[1]), int(match[2]), int(match[3])).isoformat(), "BDAY"
                )
            except ValueError:
                pass
        if item.value.strip():
            why = Message("{column}: not a complete date; kept beside the record.", column="BDAY")
            self.out.warnings.append(Problem("BDAY", "birthday", why))
        return False

    def _tags(self, item: Property) -> bool:
        words = [*self.out.values.get("tags", ()), *(word.strip() for word in _list(item))]
        kept = {
            tokens.fold(word): word
            for word in reversed(words)
            if word and (self.own or word.lower() not in _SYSTEM_GROUPS)
        }
        return not kept or self._set("tags", [*reversed(kept.values())], "CATEGORIES", replace=True)

    def _note(self, item: Property) -> bool:
        text, before = _text(item), self.out.values.get("description")
        return self._set("description", f"{before}\n\n{text}" if before else text, "NOTE", replace=True)

    def _zone(self, item: Property) -> bool:
        text = _text(item)
        return "/" in text and self._plain("timezone")(item)

    def _plain(self, key: str) -> Callable[[Property], bool]:
        def handle(item: Property) -> bool:
            return (
                key in self.fields and key not in self.out.values and self._set(key, _text(item), item.name)
            )

        return handle

    def _unique(self, item: Property) -> bool:
        uid = _uid(_text(item))
        if self.own and ids.is_id(uid):
            self.out.own_id = uid
        elif uid:
            self.out.external.append((VENDOR, uid))
        return True

    def _set(self, key: str, value: Any, name: str, *, replace: bool = False) -> bool:
        """Store a value as its field checks it."""
        if key in self.out.values and not replace:
            return False
        try:
            checked = self.fields[key].validate(value, self.ctx)
        except ValidationError as error:
            self.out.problems.append(problem(name, key, error))
            return True
        if checked not in (None, "", []):
            self.out.values[key] = checked
        return True

    def _keep(self, item: Property) -> None:
        """Keep a property as it is written, with the label that its group gives it."""
        lines = [line_of(item)]
        if item.group in self.labels and item.name not in ("N", "ORG"):
            lines += [line_of(p) for p in self.properties if p.group == item.group and p.name == "X-ABLABEL"]
        name, number = item.name, 2
        while name in self.out.extra:
            name, number = f"{item.name} ({number})", number + 1
        self.out.extra[name] = "\n".join(lines)


def line_of(item: Property) -> str:
    """A property as a content line, in UTF-8 and without quoted-printable."""
    head = f"{item.group}.{item.name}" if item.group else item.name
    for key, values in item.params.items():
        if key not in ("encoding", "charset") or values[:1] in (["b"], ["B"], ["BASE64"]):
            quoted = [f'"{v}"' if any(c in v for c in ",;:") else v for v in values]
            head += f";{key.upper()}={','.join(quoted)}"
    value = _decoded(item)
    return f"{head}:{value}".replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


# -- values ----------------------------------------------------------------------------------------------------------


def _decoded(item: Property) -> str:
    """The value without quoted-printable, still escaped."""
    encodings = [word.lower() for key in ("encoding", "type") for word in item.params.get(key, ())]
    if "quoted-printable" not in encodings:
        return item.value
    data = quopri.decodestring(item.value.encode("utf-8", "replace"))
    return readable(data, item.params.get("charset", [None])[0])


def _text(item: Property) -> str:
    return unescaped(_decoded(item))


def _components(item: Property) -> list[str]:
    return split(_decoded(item), ";")


def _list(item: Property) -> list[str]:
    return [unescaped(piece).strip() for piece in split(_decoded(item), ",")]


def _joined(item: Property, piece: str, between: str = " ") -> str:
    """A component that may have several values."""
    if "," not in piece and "\\" not in piece:
        return piece.strip()
    return between.join(filter(None, (unescaped(value).strip() for value in split(piece, ","))))


def _uid(text: str) -> str:
    return text.strip().removeprefix("urn:uuid:").removeprefix("uuid:").strip()


def _preference(item: Property) -> int:
    """Preferred values first; the others in their order."""
    words = [word.lower() for word in item.params.get("type", ())]
    if "pref" in words:
        return 0
    given = item.params.get("pref", ["101"])[0]
    return int(given) if given.isascii() and given.isdigit() else 101


def _is_company(properties: list[Property], *, own: bool) -> bool:
    """Whether the card says so, or reads so: an organisation and nobody in it, as most address books write a company."""
    for item in properties:
        value = item.value.strip().upper()
        if (item.name == "X-ABSHOWAS" and value == "COMPANY") or (
            item.name == "KIND" and value in ("ORG", "ORGANIZATION")
        ):
            return True
    named = {item.name for item in properties if item.name in ("FN", "N", "ORG") and item.value.strip("; ")}
    names = {_text(item).strip() for item in properties if item.name in ("FN", "ORG")}
    return not own and "ORG" in named and "N" not in named and len(names) == 1


def _is_group(properties: list[Property]) -> bool:
    return any(p.name in ("KIND", _APPLE_KIND) and p.value.strip().lower() == "group" for p in properties)
