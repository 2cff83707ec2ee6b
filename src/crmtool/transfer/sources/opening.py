"""From the paths a person names to sources: what each file is shows in its content, never in its ending.

Folders and archives are searched. Cards, events and mails of one folder or archive are one source, since they are often
kept in a file each; every table is a source of its own. What in a folder is nothing to import is passed over and told.
"""

from __future__ import annotations

import os

from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import N_, Message
from crmtool.transfer.sources import sniff
from crmtool.transfer.sources.archives import Archive, Member
from crmtool.transfer.sources.base import CALENDAR, MAIL, VCARD
from crmtool.transfer.sources.csv_source import CsvSource
from crmtool.transfer.sources.inputs import STDIN, Input, file_input, standard_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmtool.transfer.sources.base import Source

    Tell = Callable[[str, Message], None]

_KINDS = {sniff.VCARD: VCARD, sniff.CALENDAR: CALENDAR, sniff.MBOX: MAIL, sniff.MAIL: MAIL}
_TABLE_ENDINGS = (".csv", ".tsv", ".tab")
# What a folder may well have beside the data; another failure is one of a file that was meant.
_NO_DATA = frozenset(("format", "empty_file", "nested_archive", "not_a_file"))


def open_sources(
    paths: Sequence[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    passed_over: Tell | None = None,
) -> list[Source]:
    """The sources of these files, folders and archives, in their order; ``-`` is standard input. The caller closes each.

    ``encoding`` and ``delimiter`` hold for all tables. ``passed_over`` is told of each file in a folder or archive that is not
    read, and why. ``UsageError`` for a file that cannot be read as anything, and for a folder with nothing to
    import; ``OSError`` for what cannot be opened. Nothing stays open then.
    """
    opener = _Opener(encoding, delimiter, passed_over)
    try:
        for path in paths:
            opener.add(path)
    except BaseException:
        for source in opener.sources:
            source.close()
        raise
    return opener.sources


class _Opener:
    def __init__(self, encoding: str | None, delimiter: str | None, passed_over: Tell | None) -> None:
        self.sources: list[Source] = []
        self._encoding = encoding
        self._delimiter = delimiter
        self._passed_over = passed_over

    def add(self, path: str) -> None:
        if path == STDIN:
            self._file(standard_input(self._encoding))
        elif os.path.isdir(path):
            if _is_system(path):
                raise UsageError(
                    Message("{file} is a folder of the system, whose files have no end.", file=path),
                    Message("Copy what is to be imported somewhere else, or name the file."),
                    code="not_a_file",
                )
            self._container(self._folder(path), path, Input(path, path=path, stem=path.rstrip("/")))
        else:
            self._file(file_input(path, self._encoding))

    def _file(self, file: Input) -> None:
        """What was named itself: anything that cannot be imported is an error."""
        try:
            form = self._form(file)
            sniff.refuse(form, file.title)
            self.sources += self._zip(file) if form == sniff.ZIP else self._sources(file, form)
        except BaseException:
            file.close()
            raise

    def _container(self, files: Iterable[Input], title: str, whole: Input) -> None:
        """A folder or an archive."""
        before = len(self.sources)
        cards: dict[str, list[Input]] = {}
        for file in files:
            try:
                form = self._form(file)
                sniff.refuse(form, file.title)
                if form in _KINDS:
                    cards.setdefault(_KINDS[form], []).append(file)
                else:
                    self.sources += self._member(file, form)
            except CrmError as error:
                file.close()
                if error.code not in _NO_DATA:
                    raise
                if self._passed_over is not None:
                    self._passed_over(file.title, error.message)
        for kind, found in cards.items():
            self.sources.append(self._cards(kind, found, whole if len(found) > 1 else None))
        for source in self.sources[before:]:
            source.one_of_many = True
        if len(self.sources) == before:
            raise UsageError(
                Message("{file} has nothing that can be imported.", file=title),
                Message("Files of CSV, JSON, XLSX, vCard, iCalendar and e-mail are looked for."),
                code="empty_file",
            )

    def _member(self, file: Input, form: str) -> list[Source]:
        if form == sniff.ZIP:
            return self._zip(file)
        sources = self._sources(file, form)
        if form == sniff.TEXT and not (file.name.lower().endswith(_TABLE_ENDINGS) or _is_table(sources[0])):
            raise UsageError(
                Message("{file} is no table.", file=file.title),
                Message("The first row must name the columns."),
                code="format",
            )
        return sources

    def _zip(self, file: Input) -> list[Source]:
        """A workbook's sheets, or what an archive has; the latter adds to the sources itself."""
        archive = Archive(file)
        names = {*archive.zip.namelist()}
        if "xl/workbook.xml" in names:
            archive.close()
            from crmtool.transfer.sources.xlsx_source import xlsx_sources

            return xlsx_sources(file)
        if "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names:
            archive.close()
            raise UsageError(
                Message("{file} is a document that is not read.", file=file.title),
                Message("Save it as XLSX or CSV and import that."),
                code="format",
            )
        if isinstance(file, Member):
            archive.close()
            raise UsageError(
                Message("{file} is an archive within an archive.", file=file.title),
                Message("Unpack it and import what was in it."),
                code="nested_archive",
            )
        try:
            self._container(archive.members(), file.title, file)
        except BaseException:
            archive.close()
            raise
        return []

    def _folder(self, path: str) -> Iterable[Input]:
        """The files in a folder and the folders in it, sorted; nothing hidden. What is no file, links that lead nowhere and links
        to other folders are passed over; ``OSError`` for a folder that cannot be listed, whose files would be missing unsaid.
        """
        stem = path.rstrip("/")
        for where, folders, names in os.walk(path, onerror=_raised):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
            for name in [*folders]:
                inner = os.path.join(where, name)
                if os.path.islink(inner):
                    self._tell(inner, N_("{file} is a link to a folder, which is not followed."))
                elif _is_system(inner):
                    folders.remove(name)
                    self._tell(inner, N_("{file} is a folder of the system, whose files have no end."))
            for name in sorted(names):
                if name.startswith("."):
                    continue
                full = os.path.join(where, name)
                if not os.path.isfile(full):
                    leads = os.path.exists(full)
                    self._tell(
                        full,
                        N_("{file} is neither a file nor a folder.")
                        if leads
                        else N_("{file} leads nowhere."),
                    )
                    continue
                file = file_input(full, self._encoding)
                # Rejected rows stand beside the folder: in it they would be imported with it the next time.
                file.stem = f"{stem}.{os.path.splitext(name)[0]}"
                yield file

    def _tell(self, file: str, why: str) -> None:
        if self._passed_over is not None:
            self._passed_over(file, Message(why, file=file))

    def _form(self, file: Input) -> str:
        return sniff.form(file.head(), self._encoding)

    def _sources(self, file: Input, form: str) -> list[Source]:
        if form == sniff.JSON:
            from crmtool.transfer.sources.json_source import json_sources

            return json_sources(file, encoding=self._encoding)
        if form in _KINDS:
            return [self._cards(_KINDS[form], [file], None)]
        return [CsvSource(file, encoding=self._encoding, delimiter=self._delimiter)]

    def _cards(self, kind: str, files: list[Input], whole: Input | None) -> Source:
        from crmtool.transfer.sources.card_source import CardSource

        return CardSource(kind, files, whole or files[0], encoding=self._encoding)


def _is_table(source: Source) -> bool:
    """Whether text that is not called a table reads as one: several columns with short names, and rows that keep to them."""
    first = next(source.rows(), None)
    width = len(source.columns)
    return (
        width > 1 and first is not None and len(first.cells) == width and max(map(len, source.columns)) <= 60
    )


def _is_system(folder: str) -> bool:
    """Whether a folder has no files of people but what the kernel makes up as it is read."""
    real = os.path.realpath(folder)
    return any(real == root or real.startswith(f"{root}/") for root in ("/proc", "/sys"))


def _raised(error: OSError) -> None:
    raise error
