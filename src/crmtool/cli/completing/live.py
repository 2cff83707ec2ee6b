"""What is in the workspace right now, as candidates: names, handles, fields, choices, views, undo handles.

Reads are few and bounded, under the policy of whoever completes. Values that could be secret are never among them: of the
settings, only their names.
"""

from __future__ import annotations

from crmtool.cli import config, paths
from crmtool.core import ids
from crmtool.core.errors import CrmError
from crmtool.core.messages import t
from crmtool.doors.candidates import DAYS, LIMIT, Candidates, starting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Candidate = tuple[str, str]

_ANYBODY = ("contact", "company", "deal")
LOGGED = ("call", "meeting", "email", "message", "visit", "note")


class Live:
    """The current workspace, opened when it is first asked; without one there are simply no candidates."""

    def __init__(self) -> None:
        self._workspace: Workspace | None = None
        self._tried = False
        self.noun = ""
        self._given: list[str] = []
        self._defining = False
        self._enlisting = False
        self._trash = "without"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._workspace is not None:
            self._workspace.close()

    @property
    def workspace(self) -> Workspace | None:
        if not self._tried:
            self._tried = True
            from crmtool.cli.session import open_session

            try:
                self._workspace = open_session(read_only=True)
            except CrmError:
                pass
        return self._workspace

    # -- nouns -------------------------------------------------------------------------------------------------------

    @property
    def entity(self) -> Entity | None:
        """The kind of record that ``noun``, the command's first word, means; ``None`` when it is none."""
        if not self.noun or self.workspace is None:
            return None
        try:
            return self.workspace.registry.entity(self.noun.replace("-", "_"))
        except CrmError:
            return None

    def about(self, words: list[str], expected: tuple[str, ...], given: list[str]) -> None:
        """Take from a command and its arguments what its fields and filters are about, and whether it is in the trash."""
        if words[0] == "log":
            self.noun = "activity"
        elif expected[:1] in (("NOUN",), ("[NOUN]",), ("WHAT",)) and given:
            self.noun = given[0]
        if words[:2] == ["contact", "convert"] and given:
            self.noun = "deal"  # further fields are the deal's
        self._defining = words[:2] == ["field", "add"]
        self._enlisting = words[:2] in (["list", "add"], ["list", "remove"])
        self._given = given
        self._trash = "only" if words[1:2] == ["restore"] else "without"

    def objects(self) -> list[Candidate]:
        """The kinds of record of the workspace's own people."""
        return [(e.key, e.plural_label()) for e in self._readable() if e.own_id]

    def aliases(self) -> list[Candidate]:
        return [*config.aliases().items()]

    def _readable(self) -> list[Entity]:
        workspace = self.workspace
        if workspace is None:
            return []
        return [
            e
            for e in workspace.registry.entities.values()
            if not e.removed and workspace.policy.can_read(workspace.actor, e)
        ]

    def fields(self, entity: Entity) -> list[Field]:
        found = self._candidates
        return [] if found is None else found.fields(entity)

    @property
    def _candidates(self) -> Candidates | None:
        return None if self.workspace is None else Candidates(self.workspace, self._trash)

    def _records(self, key: str, text: str, limit: int = LIMIT) -> list[Candidate]:
        found = self._candidates
        return [] if found is None else found.records(key, text, limit)

    # -- values by the name of an argument ---------------------------------------------------------------------------

    def values(self, metavar: str, text: str, before: list[str]) -> list[Candidate]:
        """Candidates for an argument of this name; ``before``: the words it has already."""
        match metavar:
            case "WORKSPACE":
                return starting([(name, "") for name in paths.workspaces()], text)
            case "NAME" if self.noun == "workspace":
                return starting([(name, "") for name in paths.workspaces()], text)
            case "NAME":
                return [] if self.entity is None else self._records(self.entity.key, text)
            case "KEY":
                return starting([(key, t(about)) for key, (_, about) in config.KEYS.items()], text)
            case "VALUE":
                return starting(self._setting(self._given[0] if self._given else ""), text)
            case "NOUN":
                return starting([(e.key, e.plural_label()) for e in self._readable()], text)
            case "TABLE":
                return starting([(e.plural, e.plural_label()) for e in self._readable()], text)
            case "HANDLE":
                return self._undoable(text)
            case "USER":
                return self._records("user", text)
            case "VIEW" | "LIST":
                return self._records(metavar.lower(), text)
            case "WHO":
                return self._anybody(text)
            case "WHAT" if self.noun == "activity":
                return starting([(what, "") for what in LOGGED], text)
            case "WHAT":
                kinds = starting([(e.plural, e.plural_label()) for e in self._readable()], text)
                return [*kinds, *self._records("view", text), *self._records("list", text)]
            case "FIELD" if self.entity is not None:
                return starting([(field.key, field.label()) for field in self.fields(self.entity)], text)
            case "NOUN=RECORD":
                return self._tied(text)
            case "DATE":
                return starting([(day, "") for day in DAYS], text)
            case "A,B" | "A,-B":
                return self._field_list(text)
            case "FILTER":
                from crmtool.cli.completing.filters import filter_words

                return filter_words(self, text, before)
        return self._words(metavar, text, before)

    def _words(self, metavar: str, text: str, before: list[str]) -> list[Candidate]:
        """Records by name or handle, ``field=value`` words, or either, as the argument's name says."""
        found: list[Candidate] = []
        if self._defining and not before:
            return self.values("NOUN", text, before)  # the kind of record that gets the field
        if "FIELD=VALUE" in metavar and self.entity is not None and "=" in text:
            return self._assigned(self.entity, text)
        if "RECORD" in metavar:
            kind = None if self._enlisting else self.entity
            found += self._anybody(text) if kind is None else self._records(kind.key, text)
        elif "STAGE" in metavar and not before:
            return self._records("stage", text)
        # The first word is the record or the name itself, unless that may be left out.
        if (
            "FIELD=VALUE" in metavar
            and self.entity is not None
            and (before or not metavar.startswith(("RECORD", "NAME")))
        ):
            writable = [(f"{f.key}=", f.label()) for f in self.fields(self.entity) if f.writable]
            found = [*starting(writable, text), *(found if text else [])]
        return found

    def _tied(self, text: str) -> list[Candidate]:
        """What a record can be tied to: a noun, then a record of it."""
        noun, equals, typed = text.partition("=")
        if not equals:
            return starting([(f"{e.key}=", e.plural_label()) for e in self._readable()], text)
        if noun not in (e.key for e in self._readable()):
            return []
        return [(f"{noun}={value}", about) for value, about in self._records(noun, typed)]

    def _assigned(self, entity: Entity, text: str) -> list[Candidate]:
        """What a field may be set to, as the whole word ``field=value``."""
        name, _, typed = text.partition("=")
        field = entity.find(name.rstrip("+-"))
        if field is None or field not in self.fields(entity):
            return []
        return [(f"{name}={value}", about) for value, about in self.of_field(field, typed)]

    def of_field(self, field: Field, text: str) -> list[Candidate]:
        """The values a field can have, where there are few or they have names."""
        found = self._candidates
        return [] if found is None else found.of_field(field, text)

    def _setting(self, key: str) -> list[Candidate]:
        if key == "workspace":
            return [(name, "") for name in paths.workspaces()]
        if key in config.CHOICES:
            return [(choice, "") for choice in config.CHOICES[key]]
        return [("true", ""), ("false", "")] if config.KEYS.get(key, (str, ""))[0] is bool else []

    def _field_list(self, text: str) -> list[Candidate]:
        """``name,em`` goes on with every field not in it yet; a hyphen before a field stays."""
        if self.entity is None:
            return []
        head, comma, last = text.rpartition(",")
        sign = last[:1] if last[:1] == "-" else ""
        taken = {part.lstrip("-") for part in head.split(",")}
        found = [(f.key, f.label()) for f in self.fields(self.entity) if f.key not in taken]
        return [(f"{head}{comma}{sign}{key}", about) for key, about in starting(found, last[len(sign) :])]

    # -- records -----------------------------------------------------------------------------------------------------

    def _anybody(self, text: str) -> list[Candidate]:
        found: list[Candidate] = []
        for key in _ANYBODY:
            if len(found) < LIMIT:
                found += self._records(key, text, LIMIT // 2)
        return found

    def _undoable(self, text: str) -> list[Candidate]:
        """The newest changes of whoever completes, by handle."""
        workspace = self.workspace
        if workspace is None:
            return []
        mine = workspace.log.sets("actor = ?", [workspace.actor.user], order="n DESC", limit=LIMIT)
        found = {
            ids.handle(header.handle_id): f"{header.command}, {header.recorded_at[:16]}" for header in mine
        }
        return starting(found.items(), text.removeprefix("@"))
