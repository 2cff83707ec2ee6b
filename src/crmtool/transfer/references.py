"""What the rows of a batch refer to by one word: users, other records by name, tags, ties that are there.

A reference that names nobody is no reason to lose a row: it stays in ``extra`` and is a warning.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.messages import Message
from crmtool.store.layout import name_key
from crmtool.transfer.drafts import Problem
from crmtool.transfer.funnel import squeezed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.core.registry import Entity, Registry
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.finding import Finder, Tie

    Record = dict[str, Any]

# Kinds of which a workspace has few, so that all of them are compared and no exact spelling is asked for.
_FEW = ("user", "team", "product")
# These are decided elsewhere: companies are made where there are none, stages depend on their pipeline.
_ELSEWHERE = ("pipeline", "stage")


class References:
    """Read once per batch."""

    def __init__(self, finder: Finder, registry: Registry, drafts: Sequence[Draft], vendor: str) -> None:
        self._finder = finder
        self._registry = registry
        self._vendor = vendor
        self._ids: dict[tuple[str, str], str | None] = {}
        self._ties: dict[str, set[Tie]] = {}
        self._taken: set[str] = set()
        good = [draft for draft in drafts if not draft.problems]
        self._read_names(good)
        said = [one.said for draft in good for one in draft.companies]
        said += [one.said for draft in good for one in draft.contacts]
        words = {tokens.fold(word) for draft in good for word in draft.values.get("tags", ())}
        words |= {tokens.fold(word) for one in said for word in one.tags}
        owners = {one.owner for one in said if one.owner}
        if owners:
            self._read("user", owners)
        self._tags = {*finder.by_name("tag", [*words])} if words else set()
        own: dict[str, list[str]] = {}
        for draft in good:
            if draft.own_id is not None:
                own.setdefault(draft.entity, []).append(draft.own_id)
        for entity, given in own.items():
            self._taken.update(finder.get_many(entity, given, trash="with"))

    def _read_names(self, drafts: list[Draft]) -> None:
        wanted: dict[str, set[str]] = {}
        for draft in drafts:
            for key, (_, text) in draft.refs.items():
                target = self._registry.entities[draft.entity].fields[key].target
                if target is not None and target not in _ELSEWHERE:
                    wanted.setdefault(target, set()).add(text)
        for target, texts in wanted.items():
            self._read(target, texts)

    def _read(self, target: str, texts: set[str]) -> None:
        finder, entity = self._finder, self._registry.entities[target]
        given = [text.lower() for text in texts if ids.is_id(text.lower())]
        known = finder.get_many(target, given) if given else {}
        exts = {f"{self._vendor}\x1f{text}": text for text in texts}
        found = {exts[key]: hits for key, hits in finder.lookup(target, "ext", [*exts]).items()}
        emails = [text.casefold() for text in texts if "@" in text]
        mailed = finder.lookup(target, "email", emails) if emails and "emails" in entity.fields else {}
        if target in _FEW:
            named: dict[str, list[str]] = {}
            for record in finder.every(target):
                words = {squeezed(record["name"] or "")}
                words |= {
                    squeezed(str(record.get(key) or "")) for key in ("code", "email") if key in entity.fields
                }
                for word in words - {""}:
                    named.setdefault(word, []).append(record["id"])
            called = {text: named.get(squeezed(text), []) for text in texts}
        else:
            keys = {text: name_key(text) for text in texts}
            hits = finder.by_name(target, [*{*keys.values()}]) if "name" in entity.fields else {}
            called = {text: hits.get(key, []) for text, key in keys.items()}
        for text in texts:
            hit = (
                [text.lower()]
                if text.lower() in known
                else found.get(text) or called[text] or mailed.get(text.casefold(), [])
            )
            self._ids[target, text] = hit[0] if len(hit) == 1 else None

    def of(self, draft: Draft, entity: Entity, *, quiet: bool = False) -> Record:
        """The reference fields of a row that name a record; the others are noted in the draft, unless ``quiet``."""
        out: Record = {}
        for key, (column, text) in draft.refs.items():
            target = entity.fields[key].target
            if target in _ELSEWHERE or (target == "company" and not ids.is_id(text)):
                continue  # a company is found or made like a person's
            anything = text.lower() if ids.is_id(text.lower()) else None
            found = anything if target is None else self._ids.get((target, text))
            if found is not None:
                out[key] = found
            if found is not None or quiet:
                continue
            draft.extra.setdefault(column, text)
            reason = Message(
                "{column}: nothing here is called “{name}”; kept beside the record.", column=column, name=text
            )
            draft.warnings.append(Problem(column, key, reason, text))
        return out

    def user(self, word: str) -> str | None:
        """The id of the user whom a row names as the owner of somebody beside its record."""
        return self._ids.get(("user", word))

    def ties(self, entity: str, records: Iterable[str]) -> set[Tie]:
        """(relation, from, to) of the links that begin at these records of an entity; read when first asked for, since few
        files need it.
        """
        if entity not in self._ties:
            self._ties[entity] = self._finder.ties([*records])
        return self._ties[entity]

    def new_tag(self, word: str) -> bool:
        """Whether nobody has used this tag yet, neither in the store nor in the batch."""
        folded = tokens.fold(word)
        if folded in self._tags:
            return False
        self._tags.add(folded)
        return True

    def is_free(self, record: str) -> bool:
        """Whether a new record may have the id that the file gives: nobody has it, not even in the trash."""
        return record not in self._taken
