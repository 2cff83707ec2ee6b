"""The translations' template: extract it from the sources, check it and every catalogue, compile them.

    python tools/catalogues.py extract|check|compile

English source text is the message id. Messages are found in the syntax tree, not by matching text, so a sentence
that is folded over lines or has its plural in a keyword is one message, and a sentence that cannot be translated
(an f-string, a variable) is an error here instead of an untranslated line on somebody's screen.
"""

from __future__ import annotations

import ast
import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "crmtool"
CATALOGUES = ROOT / "i18n"
TEMPLATE = CATALOGUES / "crmtool.pot"
NAMES = ("t", "tn", "Message", "N_")


class Found(NamedTuple):
    """One message in the sources; ``plural`` is empty for a message without one."""

    text: str
    plural: str
    file: str


class Problem(Exception):
    """Something a person has to mend; its text says where and what."""


def messages() -> Iterator[Found]:
    """Every message in the sources, in order of file and line. Raises ``Problem`` for one that cannot be extracted."""
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.endswith("core/messages.py"):
            continue  # defines the functions, and calls them with variables
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
            function = call.func.id if isinstance(call.func, ast.Name) else ""
            if function in NAMES and call.args:
                yield from _message(function, call, name)


def _message(function: str, call: ast.Call, file: str) -> Iterator[Found]:
    text = _literal(call.args[0])
    if text is None:
        if isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            raise Problem(
                f"{file}:{call.lineno}: {function}() needs its text as a literal with {{named}} parameters"
            )
        return  # a variable: its literal is marked with N_ where it is defined
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    second = call.args[1] if len(call.args) > 1 and function != "t" else keywords.get("plural")
    plural = _literal(second) if second is not None else None
    if function == "tn" and plural is None:
        raise Problem(f"{file}:{call.lineno}: tn() needs its plural as a literal")
    if text:
        yield Found(text, plural or "", file)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def template() -> bytes:
    """The template's text, without dates or line numbers: it changes when a message does, and only then."""
    catalogue = Catalog(project="crmtool", charset="utf-8", fuzzy=False)
    for found in messages():
        catalogue.add(
            (found.text, found.plural) if found.plural else found.text,
            locations=[(found.file, 0)],
            flags=("python-brace-format",) if parameters(found.text) else (),
        )
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=False, omit_header=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    return header.encode() + out.getvalue()


def parameters(text: str) -> set[str]:
    """The names in braces in a message."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def problems() -> Iterator[str]:
    """Everything that is wrong with the template and the catalogues."""
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != template():
        yield f"{TEMPLATE.relative_to(ROOT)} is out of date: make catalogue"
    wanted = {(found.text, found.plural) if found.plural else found.text for found in messages()}
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/crmtool.po")):
        yield from _problems_of(path, wanted)


def _problems_of(path: Path, wanted: set[str | tuple[str, str]]) -> Iterator[str]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    name = path.relative_to(ROOT)
    translated = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
            translated[key] = message
    for key in sorted(wanted - translated.keys(), key=str):
        yield f"{name}: missing: {key}"
    for key in sorted(wanted & translated.keys(), key=str):
        message = translated[key]
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
        if not all(texts) or message.fuzzy:
            yield f"{name}: not translated: {key}"
        allowed = parameters(key) if isinstance(key, str) else parameters(key[0]) | parameters(key[1])
        for text in texts:
            for stray in sorted(parameters(text) - allowed):
                yield f"{name}: {{{stray}}} is no parameter of: {key}"


def compile_all() -> None:
    """Write the compiled form beside every catalogue."""
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/crmtool.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=path.parent.parent.name))


def main(words: list[str]) -> int:
    """Do what the one word says; 0 when all is well."""
    try:
        if words == ["extract"]:
            TEMPLATE.write_bytes(template())
        elif words == ["check"]:
            found = list(problems())
            print("\n".join(found) or "catalogues: up to date", file=sys.stderr if found else sys.stdout)
            return 1 if found else 0
        elif words == ["compile"]:
            compile_all()
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
