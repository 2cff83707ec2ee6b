"""``crm dupes review``: group after group, a number and Enter. Every answer is written at once and can be taken back."""

from __future__ import annotations

from itertools import combinations

from crmtool.app.commands import Distinct, Merge, Undo
from crmtool.cli.progress import Progress
from crmtool.cli.questions import ask, say
from crmtool.cli.state import current
from crmtool.core import ids
from crmtool.core.errors import EXIT_DONE, CrmError, UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors.dupes import lines
from crmtool.match.duplicates import Duplicates, evidence_of, searching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.duplicates import Search

MERGE, APART, LATER, OTHER = "1", "2", "3", "4"


def go_through(workspace: Workspace, entity: Entity, threshold: float) -> int:
    """Ask about every group; the exit code."""
    if not current().may_prompt:
        raise UsageError(
            Message("Looking through duplicates needs a terminal."),
            Message("See them: {command}", command="crm dupes --json"),
            code="no_terminal",
        )
    current().announce()
    with (
        Progress(t("Comparing")) as progress,
        searching(workspace, entity, threshold=threshold, progress=progress) as search,
    ):
        return _Review(search).run()


class _Review:
    """One sitting. ``answered`` holds the groups that were shown, each with the handles of what its answer wrote."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.workspace = search.workspace
        self.entity = search.entity
        self.answered: list[tuple[Duplicates, list[str]]] = []
        self.counts = {MERGE: 0, APART: 0}

    def run(self) -> int:
        waiting: list[Duplicates] = []
        groups = self.search.groups()
        try:
            while True:
                group = waiting.pop() if waiting else next(groups, None)
                if group is None:
                    break
                live = self.workspace.reader.get_many(self.entity.key, group.records, trash="without")
                if len(live) < len(group.records):
                    continue  # somebody else was quicker
                said = self._ask(group)
                if said == "q":
                    break
                if said == "b":
                    waiting.append(group)
                    waiting.extend(self._back())
        except KeyboardInterrupt:
            say("")
        if not self.answered:
            say(t("No two look like the same."))
        merged = tn("{n} group merged", "{n} groups merged", self.counts[MERGE])
        different = tn("{n} told apart", "{n} told apart", self.counts[APART])
        say(t("{merged}, {different}.", merged=merged, different=different))
        return EXIT_DONE

    def _back(self) -> list[Duplicates]:
        """Take the last answer back; its group, to be shown again."""
        if not self.answered:
            say(t("This is the first."))
            return []
        group, handles = self.answered.pop()
        for handle in reversed(handles):
            outcome = self.workspace.run(Undo(handle))
            self.counts[MERGE if outcome.command == "merge" else APART] -= 1
        return [group]

    def _ask(self, group: Duplicates) -> str:
        for line in lines(self.search, group):
            say(line)
        self._choices(group)
        while True:
            word = ask(t("Your choice"), LATER).casefold()
            if word == "?":
                self._choices(group)
            elif word in ("b", "q"):
                return word
            elif word in (MERGE, APART, LATER) or (word == OTHER):
                try:
                    handles = self._answer(word, group)
                except CrmError as error:
                    say(str(error))
                    continue
                self.answered.append((group, handles))
                return word
            else:
                say(t("Write a number from 1 to 4, “?”, “b” or “q”."))

    def _choices(self, group: Duplicates) -> None:
        keep = group.records[0]
        name = self.workspace.reader.names(self.entity.key, [keep]).get(keep, "")
        say(t("  1  the same: merge them into {name} @{handle}", name=name, handle=ids.handle(keep)))
        say(t("  2  not the same"))
        say(t("  3  later (Enter)"))
        say(t("  4  the same, but keep another one"))
        say(t("  b  back    q  end    ?  these choices again"))

    def _answer(self, word: str, group: Duplicates) -> list[str]:
        """Write an answer; the handles that take it back."""
        if word == LATER:
            return []
        if word == APART:
            handles = []
            for one, other in combinations(group.records, 2):
                evidence = evidence_of(self.search.weights, group, one).get(other)
                outcome = self.workspace.run(Distinct(self.entity.key, one, other, evidence))
                if outcome.handle:
                    handles.append(outcome.handle)
            self.counts[APART] += len(handles)
            return handles
        keep = group.records[0] if word == MERGE else self._other(group)
        others = tuple(record for record in group.records if record != keep)
        command = Merge(self.entity.key, keep, others, (), evidence_of(self.search.weights, group, keep))
        outcome = self.workspace.run(command, origin="merge")
        self.counts[MERGE] += 1
        say(t("Merged. To take it back: crm undo {handle}", handle=outcome.handle))
        return [outcome.handle] if outcome.handle else []

    def _other(self, group: Duplicates) -> str:
        names = self.workspace.reader.names(self.entity.key, group.records)
        for place, record in enumerate(group.records, 1):
            say(f"  {place}  {names.get(record, '')} @{ids.handle(record)}")
        while True:
            word = ask(t("Which one stays"), "1")
            if word.isdecimal() and 1 <= int(word) <= len(group.records):
                return group.records[int(word) - 1]
            say(t("Write one of the numbers."))
