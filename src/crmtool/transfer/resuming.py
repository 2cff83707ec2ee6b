"""How an import reads its files, kept with its job: going on with it needs no option again, and never reads them another way.

An interrupted import is known by the bytes of its files. What was said of their columns, days and words when it began holds for
the rest of the rows; what is said anew must come to the same.
"""

from __future__ import annotations

import os

from crmtool.core.errors import ConflictError
from crmtool.core.messages import Message
from crmtool.transfer.layouts.base import IGNORE, KEEP, SKIP, described
from crmtool.transfer.mapping import NOTHING, FileMap, SavedMap, spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.preparing import Options
    from crmtool.transfer.sources.base import Source

COMMAND = "import"


def kept(plan: Plan) -> dict[str, Any]:
    """What a job keeps of how its files are read: plain JSON."""
    options = plan.options
    return {
        "encoding": plan.encoding,
        "make_stages": options.make_stages,
        "merge_alike": options.merge_alike,
        "files": [_kept(plan, part, options.saved.of(part.source.name)) for part in plan.parts],
    }


def _kept(plan: Plan, part: Part, said: FileMap) -> dict[str, Any]:
    # A column that went nowhere stays there, though a field of its name may be made meanwhile.
    nowhere = {
        column: "extra" if target == KEEP else "ignore"
        for column, target in zip(part.columns, part.targets, strict=True)
        if target in (KEEP, SKIP)
    }
    return {
        "layout": _layout(part),
        "columns": {**nowhere, **said.columns},
        "values": said.values,
        "days": {part.columns[at]: order for at, order in part.reading.orders.items()},
        "goes": _goes(plan, part),
    }


def _layout(part: Part) -> str | None:
    return f"{part.vendor}/{part.entity}" if part.header is not None else None


def _goes(plan: Plan, part: Part) -> dict[str, str]:
    """Where each column goes, as a map would say it, or for what only a layout can say, as the plan shows it."""
    entity = plan.registry.entities[part.entity]
    return {
        column: spelled(target, entity) or described(target, entity) or IGNORE
        for column, target in zip(part.columns, part.targets, strict=True)
    }


def interrupted(
    workspace: Workspace, digests: Iterable[str], *, among: bool = False
) -> dict[str, Any] | None:
    """The last import of the same bytes that was neither finished nor taken back, as ``jobs.unfinished`` has it.

    ``among``: some of the bytes may have been no part of it, as where not every table of a folder is imported.
    """
    from crmtool.app.jobs import unfinished
    from crmtool.app.undo import is_undone

    wanted = sorted(digests)
    for job in reversed(unfinished(workspace)):
        parts = sorted(part[0] for part in job["state"].get("parts", ())) if job["command"] == COMMAND else []
        same = bool(parts) and (parts == wanted or (among and {*parts} <= {*wanted}))
        if same and not is_undone(workspace, job["id"]):
            return dict(job)
    return None


def recalled(job: dict[str, Any], sources: Sequence[Source], options: Options) -> Options:
    """The options that the import of ``job`` was begun with; those of ``options`` that say something stand in their place."""
    read = job["state"].get("read")
    if read is None:
        return options
    left = {index: part[0] for index, part in enumerate(job["state"]["parts"])}
    files: dict[str, FileMap] = {}
    for source in sources:
        at = next((index for index, digest in left.items() if digest == source.digest), None)
        if at is not None:
            del left[at]
            files[source.name] = _file_map(read["files"][at], options, source.name)
    return options.replace(
        make_stages=options.make_stages or read["make_stages"],
        merge_alike=options.merge_alike or read["merge_alike"],
        saved=SavedMap(options.saved.path, files, options.saved.values),
    )


def in_order(job: dict[str, Any], parts: Sequence[Part]) -> list[Part]:
    """The parts in the order in which the job reads them, whatever the order in which the files are named now."""
    order = [part[0] for part in job["state"]["parts"]]
    return sorted(
        parts, key=lambda part: order.index(part.source.digest) if part.source.digest in order else len(order)
    )


def _file_map(read: dict[str, Any], options: Options, name: str) -> FileMap:
    said = options.saved.of(name)
    layout = said.layout or (None if options.layout else read["layout"])
    mapped = options.saved is not NOTHING or options.layout is not None
    dated = bool(said.days or said.dates or options.dates)
    return FileMap(
        layout,
        said.dates,
        said.columns if mapped else read["columns"],
        said.values or read["values"],
        said.days if dated else read["days"],
    )


def check(job: dict[str, Any], plan: Plan) -> None:
    """``ConflictError`` where the plan reads the files another way than the job has begun to."""
    read = job["state"].get("read")
    if plan.digests != [part[0] for part in job["state"]["parts"]]:
        raise _other(Message("The import that was interrupted reads these files in another order."))
    if read is None:
        return
    for part, before in zip(plan.parts, read["files"], strict=True):
        file, layout = os.path.basename(part.source.title), _layout(part)
        if layout != before["layout"]:
            raise _other(
                Message(
                    "{file} is read as {before} by the import that was interrupted, not as {now}.",
                    file=file, before=before["layout"] or "-", now=layout or "-",
                )
            )  # fmt: skip
        goes = _goes(plan, part)
        for column, word in before["goes"].items():
            if goes.get(column) != word:
                raise _other(
                    Message(
                        "{column} of {file} goes to {before} in the import that was interrupted, not to {now}.",
                        column=column, file=file, before=word, now=goes.get(column) or "-",
                    )
                )  # fmt: skip
        orders = {part.columns[at]: order for at, order in part.reading.orders.items()}
        for column, order in before["days"].items():
            if orders.get(column) not in (None, order):
                raise _other(
                    Message(
                        "{column} of {file} is read as {before} by the import that was interrupted, not as {now}.",
                        column=column, file=file, before=order, now=orders[column],
                    )
                )  # fmt: skip


def _other(what: Message) -> ConflictError:
    return ConflictError(
        what,
        Message(
            "Going on takes the columns and days as they were: leave out --map, --as and --dates. "
            "Without --resume the files are imported anew."
        ),
        code="other_columns",
    )
