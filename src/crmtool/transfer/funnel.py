"""Where a deal stands: the pipelines and stages of a file, in its words, matched to ours.

A stage is found by its name in the pipeline that the row names, else in the default one, else in whichever has it. Words such as
``Closed Won`` are outcomes where no stage is called so. A stage that nobody has is made, in order of appearance, in a pipeline
of the name that the file gives or of the source, if that is wished; otherwise the deal begins in the first stage and keeps the
word beside it.
"""

from __future__ import annotations

from crmtool.core import changes, tokens
from crmtool.core.messages import Message
from crmtool.transfer.drafts import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.registry import Registry
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.finding import Finder

    Record = dict[str, Any]

_OUTCOMES = {
    "won": "won", "closedwon": "won", "gewonnen": "won", "ganado": "won", "ganada": "won", "gagne": "won", "vinto": "won",
    "ganho": "won", "lost": "lost", "closedlost": "lost", "verloren": "lost", "perdido": "lost", "perdida": "lost",
    "perdu": "lost", "perso": "lost", "open": "open", "offen": "open", "abierto": "open",
}  # fmt: skip


def squeezed(text: str) -> str:
    """A name without case, accents, blanks and punctuation, by which spellings are compared: ``GTX-Pro`` is ``gtxpro``."""
    return "".join(char for char in tokens.fold(text) if char.isalnum())


def outcome(text: str) -> str | None:
    """``won``, ``lost`` or ``open`` for the words that programs use for them."""
    return _OUTCOMES.get(squeezed(text))


class Funnel:
    """The pipelines and stages there are, and those a batch makes. ``title`` names a pipeline that the file gives no name."""

    def __init__(
        self, finder: Finder, registry: Registry, *, make: bool, title: str, add: Callable[[Change], None]
    ) -> None:
        self._registry = registry
        self._make = make
        self._title = title
        self._add = add
        pipelines = sorted(
            finder.every("pipeline"),
            key=lambda one: (not one.get("default"), one.get("position") or 0, one["id"]),
        )
        self._pipelines = {one["id"]: one for one in pipelines}
        self._stages: dict[str, list[Record]] = {one["id"]: [] for one in pipelines}
        for stage in sorted(finder.every("stage"), key=lambda one: (one.get("position") or 0, one["id"])):
            self._stages.setdefault(stage["pipeline"], []).append(stage)

    def place(self, draft: Draft) -> Record:
        """Pipeline, stage and status as the row says them; what it does not say is left out."""
        out: Record = {}
        said_pipeline, said_stage = draft.refs.get("pipeline"), draft.refs.get("stage")
        pipeline = None
        if said_pipeline is not None:
            pipeline = self._pipeline(said_pipeline[1])
            if pipeline is None and self._make:
                pipeline = self._new_pipeline(said_pipeline[1])
            if pipeline is None:
                _kept(draft, "pipeline", *said_pipeline)
            else:
                out["pipeline"] = pipeline
        if said_stage is not None:
            column, word = said_stage
            stage = self._stage(word, pipeline)
            if stage is None and word.endswith(")"):
                # HubSpot writes a stage with its pipeline behind it: “Proposal (Sales Pipeline)”.
                short, _, behind = word.removesuffix(")").rpartition(" (")
                named = self._pipeline(behind) or self._pipeline(behind.removesuffix(" Pipeline"))
                if named is not None or outcome(short):
                    word, pipeline = short, pipeline or named
                    stage = self._stage(word, pipeline)
            closing = outcome(word) if stage is None else None
            if closing is not None:
                draft.values.setdefault("status", closing)
            elif stage is None and self._make:
                stage = self._new_stage(word, pipeline or self._named_after_source())
            elif stage is None:
                _kept(draft, "stage", column, word)
            if stage is not None:
                out["stage"], out["pipeline"] = stage["id"], stage["pipeline"]
        return out

    def first(self, pipeline: str | None, *, last: bool = False) -> Record:
        """Where a deal begins whose stage nobody said: the first stage, or the last one of a deal that is won."""
        chosen = pipeline or next(iter(self._pipelines), None)
        stages = self._stages.get(chosen or "") or []
        out: Record = {"pipeline": chosen} if chosen else {}
        if stages:
            out["stage"] = stages[-1 if last else 0]["id"]
        return out

    def _pipeline(self, name: str) -> str | None:
        if name in self._pipelines:
            return name
        word = squeezed(name)
        return next((key for key, one in self._pipelines.items() if squeezed(one["name"]) == word), None)

    def _stage(self, name: str, pipeline: str | None) -> Record | None:
        word = squeezed(name)
        for key in [pipeline] if pipeline else self._pipelines:
            for stage in self._stages.get(key, ()):
                if stage["id"] == name or squeezed(stage["name"]) == word:
                    return stage
        return None

    def _named_after_source(self) -> str:
        return self._pipeline(self._title) or self._new_pipeline(self._title)

    def _new_pipeline(self, name: str) -> str:
        position = max((one.get("position") or 0 for one in self._pipelines.values()), default=0) + 1
        change = changes.create(self._registry.entities["pipeline"], {"name": name, "position": position})
        self._add(change)
        self._pipelines[change.record] = {**change.after, "id": change.record}
        self._stages[change.record] = []
        return change.record

    def _new_stage(self, name: str, pipeline: str) -> Record:
        held = self._stages[pipeline]
        values = {
            "name": name,
            "pipeline": pipeline,
            "position": max((s.get("position") or 0 for s in held), default=0) + 1,
        }
        change = changes.create(self._registry.entities["stage"], values)
        self._add(change)
        held.append({**change.after, "id": change.record})
        return held[-1]


def _kept(draft: Draft, key: str, column: str, word: str) -> None:
    draft.extra.setdefault(column, word)
    reason = Message(
        "{column}: nothing here is called “{name}”; kept beside the record.", column=column, name=word
    )
    draft.warnings.append(Problem(column, key, reason, word))
