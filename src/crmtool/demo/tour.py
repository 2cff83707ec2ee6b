"""The guided tour that ``make demo`` plays: a sample workspace, then real commands on it, each shown before it runs.

The commands run as they would in a shell, in processes of their own; the first that fails ends the tour with its exit code.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORKSPACE = "demo"
CONTACTS = 2000
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples", "google_contacts.csv")


def steps() -> list[tuple[str, list[list[str]]]]:
    """What is shown: a sentence, and the commands (words after ``crm``) it introduces."""
    return [
        (t("The day at a glance:"), [["today"]]),
        (
            t("A list, here of the customers:"),
            [["contact", "list", "--where", "lifecycle = customer", "--limit", "8"]],
        ),
        (t("A pipeline with what stands in each stage:"), [["pipeline", "show"]]),
        (
            t("Contacts from another program, as Google exports them; a second time changes nothing:"),
            [["import", SAMPLE, "--yes"], ["find", "alborada"]],
        ),
        (  # of those that were imported: who else there is follows from the day
            t("People are found by a few letters in any spelling and script:"),
            [["find", "grossmann", "--limit", "8"], ["find", "王", "--limit", "8"]],
        ),
        (t("Who may stand here twice, and why:"), [["dupes", "--limit", "2"]]),
    ]


NEXT: tuple[list[str], ...] = (
    ["tui"],
    ["contact", "add", "Ana Ruiz", "email=ana@acme.example", "company=Acme"],
    ["deal", "list", "--where", "status = open and amount > 25000", "--sort", "-amount"],
    ["log", "call", "ana@acme.example", "Wants an offer by Friday"],
    ["undo"],
    ["dupes", "review"],
    ["export", "contacts", "--to", "contacts.xlsx"],
    ["--help"],
)


def main() -> int:
    """Play the tour and answer the exit code."""
    program = crm()
    environment = {**os.environ, "CRM_WORKSPACE": WORKSPACE, "PAGER": "cat"}
    run = player(program, environment)
    if has_records(program, environment):
        say(t("The sample workspace “{name}” is there already; the tour goes on with it.", name=WORKSPACE))
    else:
        say(t("First, a workspace full of people and deals that do not exist:"))
        code = run(["demo", "--contacts", str(CONTACTS)])
        if code:
            return code
    for sentence, commands in steps():
        say(sentence)
        for words in commands:
            code = run(words)
            if code:
                return code
    say_what_next(program)
    return 0


def crm() -> str:
    """The ``crm`` that is installed beside this Python, or the one on the path."""
    beside = os.path.join(os.path.dirname(sys.executable), "crm")
    return beside if os.access(beside, os.X_OK) else shutil.which("crm") or beside


def has_records(program: str, environment: dict[str, str]) -> bool:
    """Whether the sample workspace exists and was filled before."""
    found = subprocess.run(
        [program, "count", "contact"], env=environment, capture_output=True, text=True, check=False
    )
    return found.returncode == 0 and found.stdout.strip() not in ("", "0")


def player(program: str, environment: dict[str, str]) -> Callable[[Sequence[str]], int]:
    """A function that shows a command as one would type it, runs it and answers its exit code."""

    def run(words: Sequence[str]) -> int:
        print(f"$ crm {shlex.join(words)}", flush=True)
        code = subprocess.run(
            [program, *words], env=environment, stdin=subprocess.DEVNULL, check=False
        ).returncode
        if code:
            print(
                t("This command failed with exit code {code}; the tour ends here.", code=code),
                file=sys.stderr,
            )
        return code

    return run


def say(sentence: str) -> None:
    print(f"\n{sentence}\n", flush=True)


def say_what_next(program: str) -> None:
    """How to go on alone: the two settings that lead to the sample workspace, and commands to try."""
    say(t("What to try next:"))
    folder = os.path.dirname(program)
    on_path = shutil.which("crm")
    if on_path is None or os.path.realpath(on_path) != os.path.realpath(program):
        print(f"  export PATH={shlex.quote(folder)}:$PATH")
    if os.environ.get("CRM_HOME"):
        print(f"  export CRM_HOME={shlex.quote(os.environ['CRM_HOME'])}")
    print(f"  export CRM_WORKSPACE={WORKSPACE}")
    for words in NEXT:
        print(f"  crm {shlex.join(words)}")


if __name__ == "__main__":
    sys.exit(main())
