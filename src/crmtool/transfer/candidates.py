"""Where the records are found that the rows of one batch may mean: in the store, and among what the batch itself makes."""

from __future__ import annotations

from crmtool.store.layout import name_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.transfer.finding import Finder

    Record = dict[str, Any]

# Activities and tasks have names that many share, and a moment that few do.
MOMENTS = {"activity": "happened_at", "task": "due_on"}


def ext_key(source: str, ident: str) -> str:
    """The lookup key of a source's own id."""
    return f"{source}\x1f{ident}"


class Candidates:
    """Where the records of one entity are found while one batch of rows is decided: in the store, and among the batch's own.

    ``records``: id to the record as it would stand after the rows so far.
    """

    __slots__ = ("_domains", "_emails", "_exts", "_moments", "_names", "_phones", "entity", "records")

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self.records: dict[str, Record] = {}
        self._exts: dict[str, list[str]] = {}
        self._emails: dict[str, list[str]] = {}
        self._domains: dict[str, list[str]] = {}
        self._phones: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = {}
        self._moments: dict[str, list[str]] = {}

    def gather(
        self, finder: Finder, *, own: Iterable[str] = (), exts: Iterable[str] = (), emails: Iterable[str] = (),
        phones: Iterable[str] = (), domains: Iterable[str] = (), names: Iterable[str] = (), moments: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Read every record that one of the keys finds."""
        wanted: dict[str, None] = {}
        for kind, keys, held in (
            ("ext", exts, self._exts), ("email", emails, self._emails), ("phone", phones, self._phones),
            ("domain", domains, self._domains), ("", names, self._names),
        ):  # fmt: skip
            asked = [*dict.fromkeys(keys)]
            if not asked:
                continue
            found = finder.lookup(self.entity, kind, asked) if kind else finder.by_name(self.entity, asked)
            held.update(found)
            for ids in found.values():
                wanted.update(dict.fromkeys(ids))
        wanted.update(dict.fromkeys(own))
        if wanted:
            self.records.update(finder.get_many(self.entity, [*wanted]))
        at = [*dict.fromkeys(moments)]
        if at:
            for record in finder.at(self.entity, MOMENTS[self.entity], at):
                self.put(record, moment=record[MOMENTS[self.entity]])

    def put(
        self, record: Record, *, exts: Iterable[tuple[str, str]] = (), emails: Iterable[str] = (), phones: Iterable[str] = (),
        name: str = "", domain: str = "", moment: str = "",
    ) -> None:  # fmt: skip
        """Make a record of the batch findable by these keys; it may be known by some already."""
        ident = record["id"]
        self.records[ident] = record
        for source, own in exts:
            _append(self._exts, ext_key(source, own), ident)
        for email in emails:
            _append(self._emails, email, ident)
        for phone in phones:
            _append(self._phones, phone, ident)
        if name:
            _append(self._names, name, ident)
        if domain:
            _append(self._domains, domain, ident)
        if moment:
            # Whole days share one moment among thousands, so the name is part of the key.
            _append(self._moments, f"{moment} {name_key(record['name'] or '')}", ident)

    def by_own(self, ident: str | None) -> Record | None:
        """The record with this id of ours."""
        return self.records.get(ident) if ident else None

    def by_ext(self, external: Sequence[tuple[str, str]]) -> Record | None:
        for source, own in external:
            for ident in self._exts.get(ext_key(source, own), ()):
                if ident in self.records:
                    return self.records[ident]
        return None

    def by_email(self, key: str) -> list[Record]:
        return self._of(self._emails.get(key))

    def by_phone(self, key: str) -> list[Record]:
        return self._of(self._phones.get(key))

    def by_name(self, key: str) -> list[Record]:
        return self._of(self._names.get(key))

    def by_domain(self, key: str) -> list[Record]:
        return self._of(self._domains.get(key))

    def by_moment(self, moment: str, name: str) -> list[Record]:
        """Those that happen at this moment and have this name, as ``name_key`` makes it."""
        return self._of(self._moments.get(f"{moment} {name}"))

    def _of(self, ids: list[str] | None) -> list[Record]:
        return [self.records[ident] for ident in ids if ident in self.records] if ids else []


def _append(index: dict[str, list[str]], key: str, ident: str) -> None:
    held = index.get(key)
    if held is None:
        index[key] = [ident]
    elif ident not in held:
        held.append(ident)


class Everyone(dict[str, Candidates]):
    """The candidates of a batch by entity, made when first asked for."""

    def __missing__(self, entity: str) -> Candidates:
        found = self[entity] = Candidates(entity)
        return found
