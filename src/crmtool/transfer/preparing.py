"""From opened sources to parts of a plan: whose file each is, where its columns go, and how its texts are to be read."""

from __future__ import annotations

import os
from functools import cached_property

from crmtool.core import dates
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store.reader import Query
from crmtool.transfer.alike import Alike, spellings
from crmtool.transfer.definitions import define, defined_by
from crmtool.transfer.layouts import Header, base, choose
from crmtool.transfer.mapping import NEW, NOTHING, FileMap, SavedMap, place_of, spelled, target_of
from crmtool.transfer.newfields import NewFields
from crmtool.transfer.part import Part
from crmtool.transfer.sources.base import TABLE
from crmtool.transfer.survey import Survey, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.sources.base import Source

# Names of the store that spellings are compared with; with more of them the exact ones are found all the same.
_NAMES_READ = 20_000
_MOST_CHOICES = 200


class Options(Struct):
    """How an import is to go where the files leave a choice.

    ``layout`` names whose they are; ``dates`` is the order of days (``dmy``, ``mdy``, ``ymd``) where columns do not tell;
    ``make_stages``: stages that nobody has are made; ``merge_alike``: names that are only close are taken for one.
    """

    layout: str | None = None
    dates: str | None = None
    make_stages: bool = False
    merge_alike: bool = False
    saved: SavedMap = NOTHING


class Preparation:
    """Makes the parts. ``fields`` are the new ones that a map asks for or an export brings, ``passed_over`` is what is no part,
    and why.
    """

    def __init__(self, workspace: Workspace, options: Options) -> None:
        self.workspace = workspace
        self.options = options
        self.fields = NewFields(workspace.reader, workspace.registry, workspace.context)
        self.passed_over: list[tuple[str, Message]] = []
        self._surveys: dict[int, Survey] = {}

    def parts(self, sources: Sequence[Source]) -> list[Part]:
        """The parts in the order in which they are read; files of one kind stay in the order given."""
        made = self._made(sources)
        for part in made:
            if part.header is not None:
                self._survey(part)
        names = self._names(made)
        for part in made:
            if part.header is not None:
                self._spellings(part, names)
                self._said_values(part)
        return sorted(made, key=lambda part: part.rank)

    def _made(self, sources: Sequence[Source]) -> list[Part]:
        """A part for each source; a table that was only found among others, and is nobody's layout, is passed over."""
        made: list[Part] = []
        unknown: UsageError | None = None
        defining = [source for source in sources if defined_by(source) is not None]
        self.passed_over += define(defining, self.fields)
        for source in sources:
            if source in defining:
                source.close()
                continue
            try:
                made.append(self._part(source))
            except UsageError as error:
                if not source.one_of_many or error.code != "unknown_layout":
                    raise
                why = Message("{file}: {reason}", file=source.title, reason=error.message)
                self.passed_over.append((source.title, why))
                source.close()
                unknown = unknown or error
        if not made and not defining and unknown is not None:
            raise unknown
        return made

    @cached_property
    def _mine(self) -> frozenset[str]:
        """The addresses of the people of this workspace."""
        users = self.workspace.reader.records(Query("user", fields=("email",), expand=False))
        return frozenset(user["email"].casefold() for user in users if user["email"])

    # -- where columns go ------------------------------------------------------------------------------------------------

    def _part(self, source: Source) -> Part:
        if source.kind != TABLE:
            return Part(source, mine=self._mine)
        said = self.options.saved.of(source.name)
        header = Header(source.columns)
        wanted = said.layout or self.options.layout
        called = (source.part, os.path.splitext(os.path.basename(source.name))[0])
        layout = choose(header, self.fields.registry, wanted, mapped=bool(said.columns), called=called)
        entity = self.fields.registry.entities[layout.entity]
        targets = layout.bind(header)
        part = Part(source, layout, header, targets)
        self._mapped(part, said, entity)
        return part

    def _mapped(self, part: Part, said: FileMap, entity: Entity) -> None:
        """Put in what a map says of single columns."""
        path, targets, columns = self.options.saved.path, part.targets, part.columns
        for column, word in said.columns.items():
            at, where = place_of(column, columns), f'columns."{column}"'
            if at is None:
                continue  # a map may serve files that lack a column
            if word.startswith(NEW):
                choices = self._choices(part, at) if "choice" in word else []
                try:
                    targets[at] = self.fields.target(word, columns[at], entity, choices)
                except CrmError as error:
                    raise UsageError(
                        Message("{file}, {where}: {what}", file=path, where=where, what=str(error.message)),
                        error.hint,
                        code="map",
                        where=where,
                    ) from None
                continue
            # The layout knows more of a column that goes where it would go by itself: whose words it has, what it is joined with.
            if spelled(targets[at], entity) != word:
                targets[at] = target_of(word, entity, where=where, path=path)

    def _choices(self, part: Part, at: int) -> list[str]:
        """The different words of a column, spellings of one word once, the commonest first."""
        words = Words()
        for row in part.source.rows():
            if at < len(row.cells) and row.cells[at].strip():
                words.see(row.cells[at].strip())
        counts = words.counts or {}
        if len(counts) > _MOST_CHOICES:
            return []
        for found in spellings(part.columns[at], counts, ()):
            if found.same or self.options.merge_alike:
                part.alike.append(found)
                part.reading.replaced.setdefault(at, {})[found.word] = found.name
        other = part.reading.replaced.get(at, {})
        return [word for word in sorted(counts, key=lambda word: -counts[word]) if word not in other]

    # -- how texts are read ------------------------------------------------------------------------------------------------

    def _survey(self, part: Part) -> None:
        entity = self.fields.registry.entities[part.entity]
        today = dates.today(self.workspace.context)
        survey = self._surveys[id(part)] = Survey(part.columns, part.targets, entity, today)
        survey.read(part.source)
        reading, said = part.reading, self.options.saved.of(part.source.name)
        places = {place_of(column, part.columns): order for column, order in said.days.items()}
        columns = {at: order for at, order in places.items() if at is not None}
        reading.orders = survey.settled(said.dates or self.options.dates or "", columns)
        part.questions = survey.questions(reading.orders)
        reading.family_first = {
            at: found.example for at, found in survey.people.items() if found.family_first
        }
        reading.decimals = {at: found.mark for at, found in survey.decimals.items() if found.mark}
        reading.shares = {
            at
            for at, found in survey.decimals.items()
            if part.targets[at].field == "probability" and found.fractions and found.most <= 1
        }

    def _names(self, parts: Iterable[Part]) -> dict[str, dict[str, None]]:
        """The names of companies and products in the files that list them; those of the store follow when they are asked for."""
        names: dict[str, dict[str, None]] = {"company": {}, "product": {}}
        for part in parts:
            survey = self._surveys.get(id(part))
            if survey is not None:
                for at in survey.names:
                    names[part.entity].update(dict.fromkeys(survey.words[at].counts or ()))
        return names

    def _spellings(self, part: Part, names: dict[str, dict[str, None]]) -> None:
        """What the words of columns that name companies and products stand for."""
        survey = self._surveys[id(part)]
        for at, words in survey.words.items():
            if at in survey.names or not words.counts:
                continue
            entity = "product" if part.targets[at].role == base.PRODUCT else "company"
            for found in spellings(part.columns[at], words.counts, [*self._stored(entity), *names[entity]]):
                part.alike.append(found)
                if found.same or self.options.merge_alike:
                    part.reading.replaced.setdefault(at, {})[found.word] = found.name

    def _stored(self, entity: str) -> list[str]:
        query = Query(entity, fields=("name",), limit=_NAMES_READ, expand=False)
        return [record["name"] for record in self.workspace.reader.records(query) if record["name"]]

    def _said_values(self, part: Part) -> None:
        """Put in the words of a map, by column or by field; they outweigh what was found."""
        said = self.options.saved.of(part.source.name)
        for key, words in said.values.items():
            place = place_of(key, part.columns)
            places = [place] if place is not None else _places_of(key, part.targets)
            for at in places:
                part.reading.replaced.setdefault(at, {}).update(words)
                part.alike = [
                    one for one in part.alike if one.column != part.columns[at] or one.word not in words
                ]


def _places_of(key: str, targets: Sequence[Target]) -> list[int]:
    """The columns of a field, or of a role such as ``company``."""
    return [
        at
        for at, target in enumerate(targets)
        if target.field == key or (target.role == key and target.part in ("", "name"))
    ]


__all__ = ["Alike", "Options", "Preparation"]
