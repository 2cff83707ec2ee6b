"""The tool that extracts messages and checks translations, on sources and catalogues made for the purpose."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from crmtool.core import messages

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, looking at ``tmp_path``."""
    spec = importlib.util.spec_from_file_location("catalogues_tool", ROOT / "tools" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "catalogues_tool", module)
    spec.loader.exec_module(module)
    for folder in ("src/crmtool", "i18n/es/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "SOURCES", tmp_path / "src" / "crmtool")
    monkeypatch.setattr(module, "CATALOGUES", tmp_path / "i18n")
    monkeypatch.setattr(module, "TEMPLATE", tmp_path / "i18n" / "crmtool.pot")
    return module


SOURCE = """
from crmtool.core.messages import Message, N_, t, tn
LABEL = N_("Name")
t("No {noun} "
  "here.", noun=1)
tn("{n} record", "{n} records", 2)
Message("{n} hit", plural="{n} hits", n=3)
t(LABEL)
"""
SPANISH = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\nContent-Type: text/plain; charset=utf-8\\n"

msgid "Name"
msgstr "Nombre"

msgid "No {noun} here."
msgstr "No hay {noun} aquí."

msgid "{n} record"
msgid_plural "{n} records"
msgstr[0] "{n} registro"
msgstr[1] "{n} registros"

msgid "{n} hit"
msgid_plural "{n} hits"
msgstr[0] "{n} acierto"
msgstr[1] "{n} aciertos"
"""


def test_messages_are_found_in_the_syntax_tree(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "src/crmtool/a.py").write_text(SOURCE)
    assert [(found.text, found.plural) for found in tool.messages()] == [
        ("Name", ""),
        ("No {noun} here.", ""),
        ("{n} record", "{n} records"),
        ("{n} hit", "{n} hits"),
    ]


@pytest.mark.parametrize("line", ['t(f"No {noun}")', 't("No " + noun)', 'tn("one", many, 2)'])
def test_what_cannot_be_translated_is_an_error(
    tool: ModuleType, tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src/crmtool/a.py").write_text(line)
    assert tool.main(["extract"]) == 1
    assert "a.py:1" in capsys.readouterr().err


def test_a_stale_template_fails_the_check(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "src/crmtool/a.py").write_text(SOURCE)
    assert tool.main(["check"]) == 1
    assert tool.main(["extract"]) == 0
    assert tool.main(["check"]) == 0
    (tmp_path / "src/crmtool/a.py").write_text("\n\n" + SOURCE)  # lines move, messages stay
    assert tool.main(["check"]) == 0
    (tmp_path / "src/crmtool/a.py").write_text(SOURCE.replace("Name", "Label"))
    assert tool.main(["check"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('msgid "Name"\nmsgstr "Nombre"', "", "missing: Name"),
        ('msgstr "Nombre"', 'msgstr ""', "not translated: Name"),
        ('msgid "Name"', '#, fuzzy\nmsgid "Name"', "not translated: Name"),
        ("{n} registros", "", "not translated"),
        ("hay {noun}", "hay {nombre}", "{nombre} is no parameter"),
    ],
)
def test_an_incomplete_catalogue_fails_the_check(
    tool: ModuleType, tmp_path: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src/crmtool/a.py").write_text(SOURCE)
    tool.main(["extract"])
    catalogue = tmp_path / "i18n/es/LC_MESSAGES/crmtool.po"
    catalogue.write_text(SPANISH)
    assert tool.main(["check"]) == 0
    catalogue.write_text(SPANISH.replace(old, new))
    assert tool.main(["check"]) == 1
    assert said in capsys.readouterr().err


def test_a_compiled_catalogue_is_spoken(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "i18n/es/LC_MESSAGES/crmtool.po").write_text(SPANISH)
    assert tool.main(["compile"]) == 0
    try:
        messages.use_language("es_MX.UTF-8", str(tmp_path / "i18n"))
        assert messages.t("No {noun} here.", noun="Ana") == "No hay Ana aquí."
        assert messages.tn("{n} record", "{n} records", 1) == "1 registro"
    finally:
        messages.use_language(None)


def test_other_words_are_refused(tool: ModuleType) -> None:
    assert tool.main(["translate"]) == 2
