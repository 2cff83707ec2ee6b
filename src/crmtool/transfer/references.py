"""What the rows of a batch refer to besides contacts and companies: users, other records by name, tags, employments.

A reference that names nobody is no reason to lose a row: it stays in ``extra`` and is a warning. A person who comes further
down in the file is nobody yet; importing the file again finds them.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.messages import Message
from crmtool.transfer.drafts import Problem
from crmtool.transfer.matching import name_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader
    from crmtool.transfer.drafts import Draft

    Record = dict[str, Any]


class References:
    """Read once per batch."""

    def __init__(self, reader: Reader, registry: Registry, drafts: Sequence[Draft]) -> None:
        self._reader = reader
        self._registry = registry
        self._ids: dict[tuple[str, str], str | None] = {}
        self._employments: set[tuple[str, str]] | None = None
        self._taken: set[str] = set()
        good = [draft for draft in drafts if not draft.problems]
        self._read_names(good)
        words = {tokens.fold(word) for draft in good for word in draft.values.get("tags", ())}
        self._tags = {*reader.by_name("tag", [*words])} if words else set()
        for entity in ("contact", "company"):
            own = [draft.own_id for draft in good if draft.own_id is not None and draft.entity == entity]
            if own:
                self._taken.update(reader.get_many(entity, own, trash="with"))

    def _read_names(self, drafts: list[Draft]) -> None:
        wanted: dict[str, set[str]] = {}
        for draft in drafts:
            for key, (_, text) in draft.refs.items():
                target = self._registry.entities[draft.entity].fields[key].target
                if target is not None:
                    wanted.setdefault(target, set()).add(text)
        for target, texts in wanted.items():
            names = {name_key(text): text for text in texts}
            found = (
                self._reader.by_name(target, [*names])
                if "name" in self._registry.entities[target].fields
                else {}
            )
            emails = [text.casefold() for text in texts if "@" in text]
            mailed = self._reader.lookup(target, "email", emails) if emails else {}
            known = self._reader.names(target, [text for text in texts if ids.is_id(text)])
            for text in texts:
                hits = (
                    found.get(name_key(text))
                    or mailed.get(text.casefold())
                    or ([text] if text in known else [])
                )
                self._ids[target, text] = hits[0] if len(hits) == 1 else None

    def of(self, draft: Draft, entity: Entity) -> Record:
        """The reference fields of a row that name a record."""
        out: Record = {}
        for key, (column, text) in draft.refs.items():
            target = entity.fields[key].target
            if target == "company" and not ids.is_id(text):
                continue  # found or made like a person's company
            found = self._ids.get((target, text)) if target is not None else None
            if found is not None:
                out[key] = found
                continue
            draft.extra.setdefault(column, text)
            reason = Message(
                "{column}: nothing here is called “{name}”; kept as it is.", column=column, name=text
            )
            draft.warnings.append(Problem(column, key, reason))
        return out

    def employments(self, contacts: Iterable[str]) -> set[tuple[str, str]]:
        """(contact, company) of the employments that these contacts have; read when first asked for, since few files need it."""
        if self._employments is None:
            from crmtool.core.query import In, Path
            from crmtool.store.reader import CHUNK, Query

            self._employments = set()
            link, every = self._registry.entities["link"], [*contacts]
            for start in range(0, len(every), CHUNK):
                where = In(Path((link.fields["from"],)), tuple(every[start : start + CHUNK]))
                query = Query("link", where, fields=("relation", "from", "to"), expand=False)
                links = self._reader.records(query)
                self._employments.update((r["from"], r["to"]) for r in links if r["relation"] == "employment")
        return self._employments

    def new_tag(self, word: str) -> bool:
        """Whether nobody has used this tag yet, neither in the store nor in the batch."""
        folded = tokens.fold(word)
        if folded in self._tags:
            return False
        self._tags.add(folded)
        return True

    def is_free(self, entity: str, record: str) -> bool:
        """Whether a new record may have the id that the file gives: nobody has it, not even in the trash."""
        return record not in self._taken
