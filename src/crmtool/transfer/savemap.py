"""Writing the map that a plan found, to be edited and given back with ``--map``; and what may be meant by words nobody knows."""

from __future__ import annotations

import os

from crmtool.transfer.alike import nearest
from crmtool.transfer.finding import Finder
from crmtool.transfer.mapping import NEW, quoted, spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan

_FEW = ("user", "team", "pipeline", "stage", "product")
_OUTCOMES = ("won", "lost")


class Proposals:
    """For words that name nothing of ours: the name that is most like them, among few enough to compare all."""

    def __init__(self, workspace: Workspace) -> None:
        self._registry = workspace.registry
        self._finder = Finder(workspace.reader)
        self._names: dict[str, list[str]] = {}

    def of(self, part: Part, field: str, word: str) -> str | None:
        """What ``word`` in the field ``field`` of the part's records may mean; ``None`` when nothing is like it."""
        found = self._registry.entities[part.entity].fields.get(field)
        if found is None or (found.target not in _FEW and not found.choices):
            return None
        known = self._names.get(field)
        if known is None:
            if found.choices:
                known = [choice.key for choice in found.choices]
            else:
                known = [one["name"] for one in self._finder.every(str(found.target)) if one.get("name")]
            self._names[field] = known = known + [*_OUTCOMES] * (field == "stage")
        return nearest(word, known)


def map_text(workspace: Workspace, plan: Plan) -> str:
    """The map of a plan, as TOML. What only a layout can say, and what is merely proposed, stands in comments."""
    proposals = Proposals(workspace)
    lines = [
        "# Where the columns go, and which words stand for which. Edit it, and give it back with --map.",
        "",
    ]
    for part in plan.parts:
        if part.header is not None:
            lines += [*_part(workspace, plan, part, proposals), ""]
    return "\n".join(lines)


def _part(workspace: Workspace, plan: Plan, part: Part, proposals: Proposals) -> Iterator[str]:
    short = os.path.basename(part.source.name)
    alone = sum(os.path.basename(one.source.name) == short for one in plan.parts) == 1
    key = quoted(short if alone else part.source.name)
    entity = plan.registry.entities[part.entity]
    yield f"[file.{key}]"
    yield f"as = {quoted(f'{part.vendor}/{part.entity}')}"
    orders = {*part.reading.orders.values()}
    for question in part.questions:
        either = " or ".join(map(quoted, question.days))
        yield f"# dates = {either}: {question.column} does not tell ({question.example})".replace("\n", " ")
    if len(orders) == 1 and not part.questions:
        yield f'dates = "{orders.pop()}"'
    elif orders:
        said = (f'{quoted(part.columns[at])} = "{order}"' for at, order in part.reading.orders.items())
        yield f"dates = {{ {', '.join(said)} }}"
    yield ""
    yield f"[file.{key}.columns]"
    for column, target in zip(part.columns, part.targets, strict=True):
        word = _new(workspace, entity, column, target) or spelled(target, entity)
        line = f"{quoted(column)} = {quoted(word or part.vendor)}"
        yield line if word else f"# {line}  # as the layout has it"
    taken_over = plan.options.saved.of(part.source.name).values  # what another map said holds in this one
    words = {
        key: [f"{quoted(word)} = {quoted(meant)}" for word, meant in meanings.items()]
        for key, meanings in taken_over.items()
    }
    for one in part.alike:
        taken = one.same or plan.options.merge_alike
        words.setdefault(one.column, []).append(
            f"{'' if taken else '# '}{quoted(one.word)} = {quoted(one.name)}"
        )
    for column, field, word in part.tally.unmatched:
        meant = proposals.of(part, field, word)
        words.setdefault(column, []).append(f"# {quoted(word)} = {quoted(meant or '')}")
    for column, found in words.items():
        yield ""
        yield f"[file.{key}.values.{quoted(column)}]"
        yield from found


def _new(workspace: Workspace, entity: Entity, column: str, target: Target) -> str | None:
    """The word for a field that the import makes for this column, so that the map makes it anywhere else too."""
    field = entity.fields.get(target.field)
    there = workspace.registry.entities.get(entity.key)
    if field is None or field.name != column or there is None or field.key in there.fields:
        return None
    return f"{NEW}{field.kind.name}" + (f" {field.target}" if field.target else "")
