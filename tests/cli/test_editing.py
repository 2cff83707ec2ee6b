"""Records in an editor: every form gives back what it was given, mistakes and conflicts lose nothing, the rest is one change."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.cli.editing.compare import compare
from crmtool.cli.editing.forms import Form, Opened
from crmtool.cli.editing.lines import LineForm
from crmtool.cli.editing.record import RecordForm
from crmtool.cli.editing.session import annotated
from crmtool.cli.editing.table import TableForm, decode, encode, split
from crmtool.core import ids
from crmtool.core.entities import builtin
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.fields import Context, Field
from crmtool.core.messages import Message

Run = Callable[..., Any]
CRM = os.path.join(os.path.dirname(sys.executable), "crm")
CONTEXT = Context(now="2026-06-15T10:00:00.000Z")


# -- the forms ---------------------------------------------------------------------------------------------------------

HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["|", "\\", "\\n", "a|b", "x; y", "a,b", "work: x", " lead", "trail ", "\ttab", "#no", "# ! x", "null", "[]", "{}",
     "line\nline", "cr\rlf\r\n", "\u2028", "\x1b[31m", "\u202eabc", "\ufeff", "\xa0x\xa0", "\\s", '"""', "'''", "a\\|b", "\x00"]
)  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": HOSTILE,
    "longtext": HOSTILE,
    "email": st.sampled_from(["a@x.es", "a;b@x.es", "a|b@x.es", '"q"@x.es', "a\\b@x.es", "work:a@x.es"]),
    "phone": st.sampled_from(["+34 600 123 456", "600|123", "work: 600 100"]),
    "url": st.sampled_from(["https://x.es/a;b|c", "x.es/\\d", "home:x"]),
    "address": st.dictionaries(st.sampled_from(["street", "city", "country"]), HOSTILE, max_size=3),
    "number": st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
    "money": st.tuples(st.integers(-(10**9), 10**9), st.sampled_from(["EUR", "JPY", "KWD"])).map(list),
    "yesno": st.booleans(),
    "date": st.dates().map(lambda day: day.isoformat()),
    "instant": st.datetimes().map(lambda at: f"{max(at.year, 1000):04d}-01-02T03:04:05.000Z"),
    "tags": st.lists(HOSTILE, max_size=3),
    "json": st.recursive(
        st.none() | st.integers() | HOSTILE, lambda x: st.lists(x, max_size=2), max_leaves=3
    ),
}
ENTITIES = [builtin().entity(key) for key in ("contact", "company", "deal", "task", "product", "view")]


@st.composite
def values(draw: st.DrawFn, field: Field) -> Any:
    """A stored value of a field, or ``None``."""
    kind = field.kind.name
    if kind in ("reference", "file"):
        return draw(st.none() | st.builds(lambda name: {"id": ids.new_id(), "name": name or None}, HOSTILE))
    if kind in ("choice", "multichoice"):
        key = draw(st.sampled_from([choice.key for choice in field.choices])) if field.choices else None
        return [key] if key and kind == "multichoice" else key
    one = VALUES[kind]
    if field.multi:
        labelled = st.fixed_dictionaries({"value": one, "label": st.none() | HOSTILE})
        one = st.lists(labelled, max_size=3)
    try:
        return field.validate(draw(st.none() | one), CONTEXT)
    except CrmError:
        return None


@st.composite
def opened(draw: st.DrawFn, most: int = 3) -> Opened:
    entity = draw(st.sampled_from(ENTITIES))
    fields = [f for f in entity.fields.values() if f.writable and not f.hidden]
    records = {}
    for _ in range(draw(st.integers(1, most))):
        record = ids.new_id()
        records[record] = {"id": record, **{field.key: draw(values(field)) for field in fields}}
    return Opened(entity, fields, records)


def resaved(text: str) -> list[str]:
    """The same text as editors save it: as it is, with other line ends, without the last one, with a mark at its beginning."""
    stripped = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return [text, text.replace("\n", "\r\n"), text.rstrip("\n"), stripped]


@settings(max_examples=50, deadline=None)
@given(opened())
@pytest.mark.parametrize("form", [TableForm(), LineForm()], ids=["table", "ndjson"])
def test_a_text_that_nobody_changed_changes_nothing(form: Form, opened: Opened) -> None:
    text = form.write(opened)
    before = form.read(text, opened)
    assert [row.record for row in before] == [*opened.records]
    for again in resaved(text):
        draft = compare(before, form.read(again, opened), opened)
        assert draft.changed == draft.added == draft.missing == draft.mistakes == []


@settings(max_examples=50, deadline=None)
@given(opened(most=1))
def test_a_record_that_nobody_changed_changes_nothing(opened: Opened) -> None:
    form = RecordForm()
    text = form.write(opened)
    before = form.read(text, opened)
    assert before[0].error is None, text
    draft = compare(before, form.read(text, opened), opened)
    assert draft.changed == draft.added == draft.missing == draft.mistakes == []


@settings(max_examples=50, deadline=None)
@given(opened(most=2))
@pytest.mark.parametrize("form", [TableForm(), LineForm()], ids=["table", "ndjson"])
def test_what_is_typed_again_is_the_same_value(form: Form, opened: Opened) -> None:
    """Every cell, given back as if a person had typed it, is read as the value it was written from."""
    for row in form.read(form.write(opened), opened):
        record = opened.records[str(row.record)]
        for key, typed in row.values.items():
            field, old = opened.fields[key], record[key]
            if field.kind.name in ("reference", "file"):
                continue
            back = form.given(typed, field, old)
            back = field.parse(back, CONTEXT) if isinstance(back, str) else field.validate(back, CONTEXT)
            assert plain(back) == plain(old), key


def plain(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "value" in value[0]:
        return [(item["value"], item.get("label")) for item in value]
    return None if value == [] else value


@given(HOSTILE, st.sampled_from(["", ";", ";,"]))
def test_a_cell_keeps_to_its_line(text: str, separators: str) -> None:
    cell = encode(text, separators)
    assert not set(cell) & set("\n\r\x1b\u2028\u202e")
    assert split(f"{cell}|x", "|") == [cell, "x"]
    assert decode(f" {cell}\t") == text
    if separators:
        assert [decode(part) for part in split(f"{cell};{cell}", separators)] == [text, text]


@pytest.mark.parametrize("raw", ["\\q", "\\", "\\x1", "\\ud800", "\\U00110000", "\\u12"])
def test_an_escape_that_is_none_is_a_mistake(raw: str) -> None:
    with pytest.raises(UsageError, match="stands for nothing"):
        decode(raw)


def test_two_records_with_one_handle_are_told_apart() -> None:
    one = ids.new_id()
    other = one[:8] + one[8:].replace(one[14:18], "7abc", 1)
    contact = builtin().entity("contact")
    opened = Opened(
        contact, [contact.fields["name"]], {key: {"id": key, "name": key} for key in (one, other)}
    )
    assert len(set(opened.labels.values())) == 2
    assert [opened.find(label) for label in opened.labels.values()] == [one, other]


def test_comments_say_what_is_wrong_and_do_not_pile_up() -> None:
    error = UsageError(Message("Bad\nvalue."), Message("Mend it."))
    text = annotated("# head\na\nb\n", [(3, error), (1, error)])
    assert text == "# ! Bad value. Mend it.\n# head\na\n# ! Bad value. Mend it.\nb\n"
    assert annotated(text, [(5, error)]) == "# head\na\n# ! Bad value. Mend it.\nb\n"


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def base(crm: Run) -> Run:
    crm("init", "--user", "Me")
    for name in ("Ana", "Ben", "Cid"):
        crm("contact", "add", name, f"email={name.lower()}@acme.es", "company=Acme", "tags=a,b")
    return crm


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a script the editor: Python, with the text in ``text``."""

    def use(code: str) -> None:
        script = tmp_path / "editor"
        script.write_text(
            f"#!{sys.executable}\nimport subprocess, sys\npath = sys.argv[1]\n"
            f"text = open(path, newline='').read()\n{code}\nopen(path, 'w', newline='').write(text)\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IEXEC)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(script))

    return use


@pytest.fixture(autouse=True)
def own_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Texts are kept in a folder of the test."""
    folder = tmp_path / "texts"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def contacts(crm: Run, *words: str) -> dict[str, Any]:
    return {r["name"]: r for r in json.loads(crm("contact", "list", *words, "--json").out)}


ALL = ("contact", "edit", "--where", "company = Acme")


@pytest.mark.parametrize("form", ["table", "ndjson"])
def test_many_are_edited_as_one_change(
    base: Run, editor: Callable[[str], None], own_texts: Path, form: str
) -> None:
    editor("text = text.replace('ana@acme.es', 'ana@new.es').replace('Ben', 'Benno')")
    ran = base(*ALL, "--as", form, "--yes", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["updated"] == 2
    found = contacts(base)
    assert found["Ana"]["emails"] == [{"value": "ana@new.es", "label": None}]
    assert found["Benno"]["emails"] == [{"value": "ben@acme.es", "label": None}]
    assert found["Ana"]["tags"] == ["a", "b"]
    assert [*own_texts.iterdir()] == []
    assert base("undo", "--yes").code == 0
    assert [*contacts(base)] == ["Ana", "Ben", "Cid"]


def test_nothing_is_done_without_a_yes_and_the_text_is_kept(
    base: Run, editor: Callable[[str], None], own_texts: Path
) -> None:
    editor("text = text.replace('acme.es', 'new.es')")
    ran = base(*ALL)
    assert (ran.code, "E-mail: ana@acme.es → ana@new.es" in ran.err) == (2, True)
    (kept,) = own_texts.iterdir()
    assert f"Your text is kept in {kept}." in ran.err
    assert "new.es" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    again = base(*ALL, "--editor", f"cp {kept}", "--yes")
    assert again.code == 0, again.err
    assert contacts(base)["Cid"]["emails"][0]["value"] == "cid@new.es"


def test_lines_add_and_lines_that_are_gone_delete_only_when_told(
    base: Run, editor: Callable[[str], None]
) -> None:
    editor(
        "lines = [line for line in text.split('\\n') if 'Ben' not in line and line]\n"
        "text = '\\n'.join([*lines, ' | Dora | Acme | CTO | work: dora@acme.es'])"
    )
    ran = base(*ALL, "--yes")
    assert ran.code == 0, ran.err
    assert "1 record whose line you took out stays as it is" in ran.err
    found = contacts(base)
    assert [*found] == ["Ana", "Ben", "Cid", "Dora"]
    assert (found["Dora"]["title"], found["Dora"]["emails"][0]["label"]) == ("CTO", "work")
    editor("text = '\\n'.join(line for line in text.split('\\n') if 'Ben' not in line)")
    assert base(*ALL, "--delete-missing", "--dry-run").err.count("Contact to move to the trash: Ben") == 1
    assert base(*ALL, "--delete-missing", "--yes").code == 0
    assert "Ben" not in contacts(base)
    assert base("undo", "--yes").code == 0
    assert "Ben" in contacts(base)


def test_cells_empty_fields_and_columns_choose_them(base: Run, editor: Callable[[str], None]) -> None:
    editor("text = text.replace('ana@acme.es', '').replace('a; b', 'c; a')")
    assert base(*ALL, "--fields", "emails,tags", "--yes").code == 0
    found = contacts(base)
    assert (found["Ana"]["emails"], found["Ana"]["tags"], found["Ana"]["name"]) == ([], ["c", "a"], "Ana")
    editor("text = text.replace('| name', '| title').replace('Ana', 'CEO')")
    ran = base("contact", "edit", "Ana", "--fields", "name")
    assert (ran.code, "was not opened" in ran.err) == (2, True)
    assert base(*ALL, "--fields", "created_at").code == 2
    assert base(*ALL, "--fields", "nonsense").code == 2
    assert base(*ALL, "--as", "record").code == 2
    assert base(*ALL, "--as", "xml").code == 2
    assert base("contact", "edit").code == 2


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("text = text.replace('Ben ', 'B\\\\q ')", "line 6: “\\q” stands for nothing."),
        ("text = text.replace('| Ben', '| x | Ben')", "line 6: There are 8 cells instead of 7."),
        ("text += text.split('\\n')[4]", "This record stands here twice."),
        ("text += '@00000000 | x'", "is none of the records that were opened"),
        ("text = text.replace('\\nhandle ', '\\nhandel ')", "line 4: "),
        ("text = text.replace('ben@acme.es', 'nonsense')", "line 6: E-mail: “nonsense” is not an e-mail address."),
        ("text = text.encode().decode('latin-1') + '\\ud800'", ""),
    ],
)  # fmt: skip
def test_a_mistake_keeps_the_text_and_says_its_line(
    base: Run, editor: Callable[[str], None], own_texts: Path, code: str, said: str
) -> None:
    editor(code)
    ran = base(*ALL, "--yes")
    assert ran.code in (1, 2)
    assert said in ran.err
    (kept,) = own_texts.iterdir()
    assert str(kept) in ran.err
    assert contacts(base)["Ben"]["emails"][0]["value"] == "ben@acme.es"


def test_what_is_wrong_is_left_and_the_rest_done(
    base: Run, editor: Callable[[str], None], own_texts: Path
) -> None:
    editor("text = text.replace('ben@acme.es', 'nonsense').replace('ana@acme.es', 'ana@new.es')")
    ran = base(*ALL, "--yes")
    assert (ran.code, "Not done: line 6: " in ran.err) == (7, True)
    assert f"Your text is kept in {next(own_texts.iterdir())}" in ran.err
    assert contacts(base)["Ana"]["emails"][0]["value"] == "ana@new.es"


def meanwhile(*words: str) -> str:
    """Code of an editor that changes a record by another process while the text is open."""
    return f"subprocess.run({[CRM, *words]!r}, check=True, capture_output=True)\n"


def test_what_somebody_else_changed_is_not_written_over(
    base: Run, editor: Callable[[str], None], own_texts: Path
) -> None:
    theirs = meanwhile("contact", "set", "Ana", "title=Theirs", "lifecycle=customer")
    mine = "text = text.replace('| Ana  | Acme    |       |', '| Anna | Acme | Mine |')"
    editor(theirs + mine)
    ran = base(*ALL, "--yes")
    assert ran.code == 7, ran.err
    assert "Job title of Ana was changed meanwhile: it was “” and is “Theirs” now." in ran.err
    found = contacts(base)["Anna"]
    assert (found["title"], found["lifecycle"]) == ("Theirs", "customer")
    assert len([*own_texts.iterdir()]) == 1
    editor(meanwhile("contact", "set", "Anna", "title=Again") + "text = text.replace('Theirs', 'Mine')")
    alone = base(*ALL, "--yes")
    assert (alone.code, contacts(base)["Anna"]["title"]) == (6, "Again")
    editor(meanwhile("contact", "set", "Anna", "title=Once") + "text = text.replace('Again', 'Mine')")
    assert base(*ALL, "--yes", "--overwrite").code == 0
    assert contacts(base)["Anna"]["title"] == "Mine"


def test_what_both_did_or_added_stands(base: Run, editor: Callable[[str], None]) -> None:
    editor(
        meanwhile(
            "contact", "set", "Ana", "title=CEO", "tags+=theirs", "emails+=home: x@theirs.es", "tags-=a"
        )
        + "text = text.replace('ana@acme.es', 'ana@acme.es; x@mine.es').replace('a; b', 'a; b; mine')"
        + ".replace('|       |', '| CEO |', 1)"
    )
    ran = base("contact", "edit", "Ana", "--fields", "title,emails,tags")
    assert ran.code == 0, ran.err
    found = contacts(base)["Ana"]
    assert (found["title"], sorted(found["tags"])) == ("CEO", ["b", "mine", "theirs"])
    assert sorted(e["value"] for e in found["emails"]) == ["ana@acme.es", "x@mine.es", "x@theirs.es"]


def test_fields_that_belong_together_are_one(base: Run, editor: Callable[[str], None]) -> None:
    """Another day of winning makes no sense for a deal that somebody meanwhile lost on that very day."""
    base("deal", "add", "Roof")
    base("deal", "set", "Roof", "status=won", "closed_on=2026-01-01")
    lost = ("status=lost", "closed_on=2026-01-01", "lost_reason=Price")
    editor(meanwhile("deal", "set", "Roof", *lost) + "text = text.replace('2026-01-01', '2026-02-02')")
    ran = base("deal", "edit", "Roof", "--fields", "closed_on")
    assert ran.code == 6
    assert "Status of Roof was changed meanwhile: it was “Won” and is “Lost” now." in ran.err
    assert base("count", "deal", "closed_on = 2026-01-01").out == "1\n"


def test_a_record_that_went_meanwhile_is_said(base: Run, editor: Callable[[str], None]) -> None:
    editor(meanwhile("contact", "rm", "Ana") + "text = text.replace('ana@', 'anna@')")
    ran = base(*ALL)
    assert (ran.code, "moved to the trash or erased meanwhile" in ran.err) == (6, True)


def test_another_name_beside_an_id_is_what_was_meant(base: Run, editor: Callable[[str], None]) -> None:
    base("company", "add", "Beta")
    editor('text = text.replace(\'"name":"Acme"\', \'"name":"Beta"\', 1)')
    assert base(*ALL, "--as", "ndjson").code == 0
    assert contacts(base)["Ana"]["company"]["name"] == "Beta"


def test_records_of_own_objects_are_edited_too(base: Run, editor: Callable[[str], None]) -> None:
    base("object", "add", "Machine", "plural=machines")
    base("field", "add", "machine", "Power", "kind=number")
    for name in ("Mill", "Lathe"):
        base("machine", "add", name, "power=5")
    editor("text = text.replace('| 5', '| 7.5')")
    assert base("machine", "edit", "--where", "power > 1", "--yes").code == 0
    assert base("count", "machine", "power = 7.5").out == "2\n"


# -- at a terminal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(base: Run, home: Path) -> Callable[..., pexpect.spawn[str]]:
    def spawn(*words: str) -> pexpect.spawn[str]:
        environment = {**os.environ, "CRM_HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        return pexpect.spawn(CRM, [*words], env=environment, timeout=30, encoding="utf-8")

    return spawn


@pytest.mark.system
def test_a_mistake_is_mended_in_the_text_itself(
    base: Run, editor: Callable[[str], None], terminal: Callable[..., Any], own_texts: Path
) -> None:
    editor(
        "text = text.replace('nonsense', 'ben@mended.es') if '# ! ' in text else text.replace('ben@acme.es', 'nonsense')"
    )
    child = terminal(*ALL)
    child.expect("is not an e-mail address")
    child.expect("Edit again")
    child.sendline("yes")
    child.expect("ben@acme.es → ben@mended.es")
    child.expect("Do it")
    child.sendline("yes")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert contacts(base)["Ben"]["emails"][0]["value"] == "ben@mended.es"
    assert [*own_texts.iterdir()] == []


@pytest.mark.system
def test_a_no_changes_nothing_and_keeps_the_text(
    base: Run, editor: Callable[[str], None], terminal: Callable[..., Any], own_texts: Path
) -> None:
    editor("text = text.replace('ben@acme.es', 'ben@new.es')")
    for answer, code in (("no", 2), ("\x03", 130)):
        child = terminal(*ALL)
        child.expect("Do it")
        child.send(answer if answer == "\x03" else f"{answer}\r")
        child.expect("Your text is kept in")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == code
    assert contacts(base)["Ben"]["emails"][0]["value"] == "ben@acme.es"
    assert len([*own_texts.iterdir()]) == 2


@pytest.mark.system
def test_a_conflict_is_settled_by_the_person(
    base: Run, editor: Callable[[str], None], terminal: Callable[..., Any]
) -> None:
    editor(
        meanwhile("contact", "set", "Ana", "title=Theirs")
        + "text = text.replace('| Ana  | Acme    |       |', '| Ana | Acme | Mine |')"
    )
    child = terminal(*ALL)
    child.expect("was changed meanwhile")
    child.expect("Write yours over")
    child.sendline("yes")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert contacts(base)["Ana"]["title"] == "Mine"
