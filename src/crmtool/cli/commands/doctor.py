"""``crm doctor``: every path and version, and what is wrong; with ``--deep`` every row is looked at.

It goes on where other commands stop: a store that cannot be opened is one of the things it tells. ``--rebuild`` comes first, so
that what is said holds behind it. The end is 1 when something is wrong.
"""

from __future__ import annotations

import os
import platform
import sys
from typing import Annotated, Any

import typer

from crmtool.app import documents, jobs, surroundings
from crmtool.app.workspace import files_folder, folders
from crmtool.cli import config, paths
from crmtool.cli.output.formats import json_text
from crmtool.cli.progress import Progress
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core import dates
from crmtool.core.errors import CrmError, DeniedError
from crmtool.core.messages import N_, Message, t
from crmtool.doors.safe import escape
from crmtool.doors.width import pad, width
from crmtool.store import doctor, erase, rebuild
from crmtool.store.doctor import NOTE, OK, WRONG, Finding, wrong
from crmtool.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtool.app.workspace import Workspace

NAMES = {
    "settings": N_("Settings"),
    "open": N_("Opening the store"),
    "jobs": N_("Unfinished work"),
    **surroundings.NAMES,
    **documents.NAMES,
    **doctor.NAMES,
}
VERDICTS = {OK: N_("in order"), NOTE: N_("in order, with a remark"), WRONG: N_("wrong")}
LABELS = {
    "version": N_("Program"),
    "python": N_("Python"),
    "system": N_("System"),
    "engine": N_("Engine"),
    "home": N_("Home"),
    "config": N_("Settings file"),
    "workspace": N_("Workspace"),
    "store": N_("Store"),
    "store_version": N_("Store version"),
    "bytes": N_("Bytes"),
    "run": N_("Run folder"),
    "backups": N_("Backups"),
    "files": N_("Documents"),
}


def command(
    deep: Annotated[
        bool, typer.Option("--deep", help=t("look at every row; takes minutes for a million records"))
    ] = False,
    anew: Annotated[
        bool,
        typer.Option("--rebuild", help=t("make search index, look-up and derived values anew from the rows")),
    ] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help=t("remove contents of documents that no record refers to"))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("print one JSON object"))] = False,
) -> None:
    """Print every path and version, and what is wrong."""
    report = Report()
    report.places()
    try:
        workspace = open_session()
    except CrmError as error:
        report.add("open", [wrong("open", error.message, error.hint)])
    else:
        with workspace:
            report.inside(workspace, deep=deep, anew=anew, sweep=sweep)
    if as_json:
        sys.stdout.write(json_text(report.as_object(), indent=True) + "\n")
    else:
        current().announce()
        sys.stdout.write("".join(f"{escape(line)}\n" for line in report.as_lines()))
    if report.level == WRONG:
        raise CrmError(
            Message("Something is wrong."), Message("Each line above says what would help."), code="unsound"
        )


class Report:
    """What the doctor has found so far."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.checks: dict[str, list[Finding]] = {}
        self.jobs: list[dict[str, Any]] = []

    @property
    def level(self) -> str:
        return worst(finding for findings in self.checks.values() for finding in findings)

    def add(self, check: str, findings: list[Finding]) -> None:
        self.checks.setdefault(check, []).extend(findings)

    def places(self) -> None:
        """Versions, paths, and what can be said of them from outside."""
        self.facts = {
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(terse=True),
            "home": paths.home(),
            "config": paths.config_file(),
        }
        try:
            config.load()
            self.add("settings", _keys())
        except CrmError as error:
            self.add("settings", [wrong("settings", error.message, error.hint, paths.config_file())])
            config.do_without()  # the rest is looked at as it is without the file
        try:
            store = paths.store_file(current().workspace)
        except CrmError as error:
            self.add("settings", [wrong("settings", error.message, error.hint)])
            return
        run, backups = folders(store)
        files = files_folder(store)
        self.facts |= {
            "workspace": current().workspace,
            "store": store,
            "run": run,
            "backups": backups,
            "files": files,
        }
        own = [
            paths.home(),
            paths.config_file(),
            os.path.dirname(os.path.dirname(store)),
            os.path.dirname(store),
            files or store,
        ]
        for check, findings in surroundings.look_around(store, run, backups, own):
            self.add(check, findings)

    def inside(self, workspace: Workspace, *, deep: bool, anew: bool, sweep: bool) -> None:
        """What can be said of an open store."""
        db = workspace.db
        self.facts |= {"engine": db.engine(), "store_version": db.schema_version()}
        if os.path.exists(str(self.facts["store"])):
            self.facts["bytes"] = os.path.getsize(str(self.facts["store"]))
        self.add("open", [])
        if (deep or anew or sweep) and not workspace.policy.may_run_sql(workspace.actor):
            raise DeniedError(
                Message("Only somebody who may see everything can look at every row."),
                Message("Ask an admin of the workspace."),
            )
        if anew:
            self._rebuild(workspace)
        if sweep:
            self.add("documents", documents.swept(workspace))
        for check, findings in doctor.quick(db, workspace.layouts):
            self.add(check, findings)
        if self.facts.get("backups") is not None:
            erased_at = workspace.meta.get(erase.ERASED_AT)
            self.add("backups", surroundings.outlived(str(self.facts["backups"]), erased_at))
        self.add("documents", documents.quick(workspace))
        self.jobs = jobs.unfinished(workspace)
        self.add("jobs", [_unfinished(job) for job in self.jobs])
        if deep:
            with Progress(t("Checks")) as progress:
                for done, (check, findings) in enumerate(doctor.deep(db, workspace.layouts), 1):
                    self.add(check, findings)
                    progress(done, len(doctor.NAMES))
            with Progress(t("Documents")) as progress:
                self.add("documents", documents.deep(workspace, progress))

    def _rebuild(self, workspace: Workspace) -> None:
        done, total = 0, len(workspace.registry.entities)
        with Progress(t("Kinds of record")) as progress:

            def step(what: str) -> None:
                nonlocal done
                progress(done, total)
                done += 1

            rebuild.rebuild(workspace.db, workspace.layouts, step)

    def as_object(self) -> dict[str, Any]:
        return {
            "ok": self.level != WRONG,
            **self.facts,
            "checks": [
                {
                    "check": check,
                    "level": worst(findings),
                    "findings": [
                        {
                            "level": finding.level,
                            "message": str(finding.message),
                            "hint": None if finding.hint is None else str(finding.hint),
                            "path": finding.path,
                        }
                        for finding in findings
                    ],
                }
                for check, findings in self.checks.items()
            ],
            "jobs": [
                {key: job[key] for key in ("id", "handle", "command", "started_at", "updated_at")}
                for job in self.jobs
            ],
        }

    def as_lines(self) -> Iterator[str]:
        shown = [(t(LABELS[key]), str(self.facts[key])) for key in LABELS if self.facts.get(key) is not None]
        column = max(width(label) for label, _ in shown) + 2
        for label, value in shown:
            if current().accessible:
                yield t("{label}: {value}", label=label, value=value)
            else:
                yield pad(label, column) + value
        yield ""
        for check, findings in self.checks.items():
            yield t("{label}: {value}", label=t(NAMES[check]), value=t(VERDICTS[worst(findings)]))
            for finding in findings:
                yield f"  {finding.message}"
                if finding.hint is not None:
                    yield f"    {finding.hint}"


def _keys() -> list[Finding]:
    """What is wrong with the keys of one's own for the full-screen app, which does without those."""
    keys = config.action_keys()
    if not keys:
        return []
    from crmtool.tui import keymap

    path = paths.config_file()
    return [Finding("settings", NOTE, found.message, found.hint, path) for found in keymap.complaints(keys)]


def worst(findings: Iterable[Finding]) -> str:
    """The gravest level among findings."""
    levels = {finding.level for finding in findings}
    return WRONG if WRONG in levels else NOTE if NOTE in levels else OK


def _unfinished(job: dict[str, Any]) -> Finding:
    text = Message(
        "{command} of {time} is under way or was interrupted.",
        command=job["command"],
        time=dates.local_text(job["started_at"]),
    )
    back = f"crm undo {job['handle']}"
    hint = Message("To take it back: {command}", command=back)
    if job["command"] == "import":
        hint = Message(
            "To go on, name the same files: {go_on}. To take it back: {command}",
            go_on="crm import FILE… --resume",
            command=back,
        )
    return Finding("jobs", NOTE, text, hint)
