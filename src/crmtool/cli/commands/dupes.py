"""``crm dupes``: records that may be the same; looking through them, merging the sure ones, telling some apart."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.cli.frame import App
from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json, Reference, Yes, find
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.questions import confirm, say
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.fields import Field
from crmtool.core.kinds import JSON, NUMBER, TEXT
from crmtool.core.messages import N_, Message, t, tn
from crmtool.core.registry import Entity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.bulk import Item
    from crmtool.match.spool import Spool

SURE = 0.95
SHOWN = 10

Noun = Annotated[
    str, typer.Argument(metavar="[NOUN]", help=t("contact or company; contacts if nothing is said."))
]
Least = Annotated[
    float | None,
    typer.Option(
        "--min", metavar="P", help=t("only groups held together by ties at least this likely, from 0.5 to 1")
    ),
]
Above = Annotated[
    float,
    typer.Option("--above", metavar="P", help=t("merge groups held together by ties at least this likely")),
]
Explain = Annotated[bool, typer.Option("--explain", help=t("print what agreement is worth here instead"))]

_FIELDS = [
    Field("probability", NUMBER, N_("Probability")),
    Field("keep", TEXT, N_("Keep")),
    Field("names", TEXT, N_("Records")),
    Field("reasons", TEXT, N_("Reasons")),
    Field("records", JSON, N_("Records")),
    Field("pairs", JSON, N_("Pairs")),
]
GROUP = Entity(
    "group", "groups", N_("Group"), N_("Groups"), {field.key: field for field in _FIELDS},
    list_fields=("probability", "names", "reasons"),
)  # fmt: skip
FOR_PROGRAMS = ("probability", "keep", "records", "pairs")
_WEIGHTS = [
    Field("feature", TEXT, N_("Of")),
    Field("level", TEXT, N_("Agreement")),
    Field("duplicates", NUMBER, N_("Share among duplicates")),
    Field("table", NUMBER, N_("By the table")),
    Field("learned", NUMBER, N_("Learned bits")),
]
WEIGHT = Entity(
    "weight", "weights", N_("Weight"), N_("Weights"), {field.key: field for field in _WEIGHTS},
    list_fields=tuple(field.key for field in _WEIGHTS),
)  # fmt: skip

app = App(N_("records that may be the same, to look through and merge"), default="list")


@app.command(
    "list",
    short_help=t("Duplicates in groups, the surest first."),
    help=with_examples(
        t(
            "Contacts or companies that are probably the same, in groups, the surest first: how sure every pair is and why. "
            "This is what “crm dupes” alone does. A group is as sure as the weakest tie that is needed to hold it together."
        ),
        "crm dupes",
        "crm dupes company --min 0.95 --json",
        "crm dupes --explain",
    ),
)
@prints_rows
def list_(output: Output, noun: Noun = "contact", minimum: Least = None, explain: Explain = False) -> None:
    from crmtool.cli.progress import Progress
    from crmtool.match.duplicates import searching
    from crmtool.match.source import kind

    if explain:
        _explain(output, noun, minimum)
        return
    fields = output.fields(GROUP)
    if output.names is None and not output.for_people and output.format != "template":
        fields = [GROUP.fields[key] for key in FOR_PROGRAMS]
    with (
        open_session() as workspace,
        Progress(t("Comparing")) as progress,
        searching(workspace, kind(workspace, noun), threshold=_least(minimum), progress=progress) as search,
    ):
        from crmtool.cli import dupes as words

        if output.format == "" and output.names is None and output.path is None:
            words.talk(search, output.limit)
        else:
            output.write(words.rows(search), fields)


@app.command(
    "review",
    short_help=t("Go through the groups one by one."),
    help=with_examples(
        t(
            "Go through the groups one by one at a terminal. Each is shown with its reasons, and a number says what to do; Enter "
            "goes on, “?” repeats the choices, “b” goes back and takes the last answer back, “q” ends. What you answer is "
            "learned from."
        ),
        "crm dupes review",
        "crm dupes review company --min 0.9",
    ),
)
def review(noun: Noun = "contact", minimum: Least = None) -> int:
    from crmtool.cli.dupes_review import go_through
    from crmtool.match.source import kind

    with open_session() as workspace:
        return go_through(workspace, kind(workspace, noun), _least(minimum))


@app.command(
    "merge",
    short_help=t("Merge every group that is sure enough."),
    help=with_examples(
        t(
            "Merge every group that is sure enough. Of each, the record with most filled in stays, the oldest of "
            "equal ones. “crm undo” takes all of it back, “crm unmerge” a single record."
        ),
        "crm dupes merge --above 0.98 --dry-run",
        "crm dupes merge company --yes",
    ),
)
def merge(
    noun: Noun = "contact",
    above: Above = SURE,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    from crmtool.app.bulk import run_many
    from crmtool.cli.progress import Progress
    from crmtool.doors import dupes as told
    from crmtool.match.duplicates import evidence_of, searching
    from crmtool.match.source import kind
    from crmtool.match.spool import Spool

    least = _least(above)
    with open_session() as workspace, Spool(memory_only=workspace.db.encrypted) as merges:
        entity = kind(workspace, noun)
        records = 0
        with (
            Progress(t("Comparing")) as progress,
            searching(workspace, entity, threshold=min(least, 0.8), progress=progress) as search,
        ):
            for group in search.groups():
                if group.weakest < least:
                    break  # the surest come first
                keep, *others = group.records
                evidence = evidence_of(search.weights, group, keep)
                if len(merges) < SHOWN and not yes:
                    for line in told.lines(search, group):
                        say(line)
                merges.append((keep, tuple(others), evidence))
                records += len(others)
        if len(merges) > SHOWN and not yes:
            say(t("… and {n} more.", n=len(merges) - SHOWN))
        if not len(merges):
            say(t("No group is that sure."))
        if len(merges) and not dry_run:
            confirm(
                tn("Merge this group?", "Merge these {n} groups?", len(merges)),
                Message(
                    "{n} group would be merged; {records} go to the trash.",
                    "{n} groups would be merged; {records} go to the trash.",
                    n=len(merges), records=records,
                ),
                yes=yes, count=len(merges),
            )  # fmt: skip
        with Progress(t("Merging")) as progress:
            bulk = run_many(
                workspace,
                _items(entity.key, merges),
                "dupes merge",
                dry_run=dry_run,
                origin="merge",
                progress=progress,
            )
        return report.tell(workspace, report.of_bulk(bulk, dry_run=dry_run), entity, as_json=as_json)


@app.command(
    "distinct",
    short_help=t("Say that two records are not the same."),
    help=with_examples(
        t("Say that two records are not the same, however much they look it. They are not proposed again."),
        "crm dupes distinct @7j28ap5w @k7x2p9qa",
    ),
)
def distinct(one: Reference, other: Reference, dry_run: DryRun = False, as_json: Json = False) -> int:
    from crmtool.app.commands import Distinct
    from crmtool.app.resolve import resolve_anywhere
    from crmtool.match.answers import evidence_on
    from crmtool.match.source import kind

    with open_session() as workspace:
        key, first = resolve_anywhere(workspace.reader, one)
        entity = kind(workspace, key)
        second = find(workspace, entity, other)
        evidence = evidence_on(workspace, entity, first, [second]).get(second)
        outcome = workspace.run(Distinct(key, first, second, evidence), dry_run=dry_run)
        link = workspace.registry.entity("link")
        return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), link, as_json=as_json)


def _items(entity: str, merges: Spool) -> Iterator[Item]:
    from crmtool.app.bulk import Item
    from crmtool.app.commands import Merge
    from crmtool.core import ids

    for place in range(len(merges)):
        keep, others, evidence = merges[place]
        yield Item(f"@{ids.handle(keep)}", Merge(entity, keep, others, (), evidence))


def _least(given: float | None) -> float:
    from crmtool.match.weights import THRESHOLD

    least = THRESHOLD if given is None else given
    if not 0.5 <= least < 1:
        raise UsageError(
            Message("{value} is no probability from 0.5 to less than 1.", value=least),
            Message("For example: {example}", example="crm dupes --min 0.9"),
            code="probability",
        )
    return least


def _explain(output: Output, noun: str, minimum: float | None) -> None:
    """What each degree of agreement is worth in this workspace, and what its answers added to that."""
    from crmtool.cli.progress import Progress
    from crmtool.match.duplicates import searching
    from crmtool.match.reasons import FEATURES, LEVELS, code
    from crmtool.match.source import kind
    from crmtool.match.weights import LEVELS as ORDER
    from crmtool.match.weights import TABLE

    fields = output.fields(WEIGHT)
    spoken = output.for_people
    with (
        open_session() as workspace,
        Progress(t("Comparing")) as progress,
        searching(workspace, kind(workspace, noun), threshold=_least(minimum), progress=progress) as search,
    ):
        next(search.groups(), None)
        weights = search.weights

        def rows() -> Iterator[dict[str, Any]]:
            for feature, shares in TABLE.items():
                for level, share in zip(ORDER, shares, strict=True):
                    if share:
                        yield {
                            "feature": t(FEATURES[feature]) if spoken else code(feature),
                            "level": t(LEVELS[level]) if spoken else level,
                            "duplicates": round(weights.m[feature][level], 3),
                            "table": share,
                            "learned": weights.learned.get(f"{feature}:{level}") or 0,
                        }

        output.write(rows(), fields)
        if spoken:
            say(
                t(
                    "A pair begins with {prior} bits: hardly any two records are the same. Answers learned from: {answers}.",
                    prior=round(weights.prior, 1),
                    answers=search.answers,
                )
            )
