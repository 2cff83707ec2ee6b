"""Every command there is, by name: where it is loaded from, and one line about it.

The root's help prints this table and imports nothing. An entry is ``(module, attribute, summary)``. The
attribute is a plain function with Typer-annotated parameters or a ``crmtool.cli.frame.App``; ``build`` is
called with the command's name and answers one of these.
"""

from __future__ import annotations

from crmtool.core.messages import N_

TYPE_CHECKING = False
if TYPE_CHECKING:
    Entry = tuple[str, str, str]

_COMMANDS = "crmtool.cli.commands."
_NOUNS = "crmtool.cli.nouns"


def _nouns(**summaries: str) -> dict[str, Entry]:
    return {name: (_NOUNS, "build", summary) for name, summary in summaries.items()}


def _own(**summaries: str) -> dict[str, Entry]:
    return {name: (_COMMANDS + name, "command", summary) for name, summary in summaries.items()}


SECTIONS: dict[str, dict[str, Entry]] = {
    N_("Every day"): _own(
        today=N_("what is due, overdue and without a next step"),
        find=N_("people, companies, deals and notes by a few letters, a number or an address"),
        show=N_("one record with everything about it"),
        log=N_("note a call, a meeting, an e-mail or a remark"),
        attach=N_("documents to a record"),
        open=N_("write to, call or visit a record; look at a document"),
        count=N_("how many records match, as a bare number"),
        watch=N_("changes as they happen"),
        history=N_("what was changed, by whom, and its handle"),
        undo=N_("take a change back, or a whole import"),
        redo=N_("do again what was undone"),
    ),
    N_("Records"): _nouns(
        contact=N_("people you know"),
        company=N_("organisations they work for"),
        deal=N_("sales under way, won and lost"),
        activity=N_("calls, meetings and e-mails that happened"),
        task=N_("what is to be done, and when"),
        note=N_("remarks about a record"),
        product=N_("what you sell"),
        order=N_("what was bought"),
        quota=N_("what a person or a team is to reach"),
        rate=N_("exchange rates by day"),
        file=N_("documents kept with a record"),
    ),
    N_("Arranging"): _nouns(
        pipeline=N_("the ways a deal can go, and the board"),
        stage=N_("the steps of a pipeline"),
        list=N_("records you picked"),
        view=N_("filters with columns, under a name"),
        tag=N_("words on records"),
        field=N_("fields of your own"),
        object=N_("kinds of record of your own"),
        user=N_("the people who work here"),
        team=N_("users who share records"),
    ),
    N_("Data"): {
        "import": (
            _COMMANDS + "import_",
            "command",
            N_("everything from other programs' files, with a plan before and an undo after"),
        ),
        "dupes": (
            _COMMANDS + "dupes",
            "app",
            N_("records that may be the same, to look through and merge"),
        ),
        **_own(
            archive=N_("a whole workspace in one file"),
            restore=N_("a workspace from such a file, on any machine"),
            export=N_("records to a file: CSV, JSON, XLSX, HTML and more"),
            merge=N_("make several records one, and lose nothing"),
            unmerge=N_("take a merged record out again, also after later changes"),
            sql=N_("read-only SQL over the workspace and any CSV or JSON file"),
            schema=N_("the shape of records in JSON"),
            trash=N_("what was deleted and can be restored"),
            purge=N_("erase a record for good, everywhere"),
            audit=N_("check that the log is whole"),
        ),
    },
    N_("This program"): _own(
        tui=N_("the full-screen app; “crm” alone opens it"),
        init=N_("make a workspace"),
        demo=N_("make a workspace full of sample data"),
        workspace=N_("the workspaces there are"),
        config=N_("your settings"),
        doctor=N_("what is wrong, and every path and version"),
        completion=N_("completion for bash, zsh or fish"),
        man=N_("the manual pages"),
        prompt=N_("a segment for the shell prompt"),
        version=N_("the version of this program"),
    ),
}

TABLE: dict[str, Entry] = {name: entry for section in SECTIONS.values() for name, entry in section.items()}

GLOBAL_OPTIONS: tuple[tuple[str, str], ...] = (
    ("-w, --workspace NAME", N_("use this workspace")),
    ("--actor USER", N_("act as this user")),
    ("--accessible", N_("plain lines for screen readers")),
    ("--no-input", N_("never ask a question")),
    ("--debug", N_("show where an error comes from")),
    ("--version", N_("print the version")),
    ("-h, --help", N_("print this text, or that of a command")),
)
