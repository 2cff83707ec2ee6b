"""How the text of a cell becomes a word, a paragraph, a label or a domain."""

from __future__ import annotations

from crmtool.core.kinds import URL

# What people type into a column that a program made them fill in.
PLACEHOLDERS = frozenset(
    ("-", "--", "---", ".", "?", "n/a", "na", "none", "null", "nil", "unknown", "(none)", "#n/a", "0")
)


def domain_of(text: str) -> str:
    """``https://www.acme.es/contact`` as ``acme.es``."""
    return URL.lookup_key(text.strip()).partition("/")[0]


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def clean_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip())


def label_of(text: str) -> str | None:
    """A vendor's label without the star of a default and in lower case where it is plain English."""
    word = one_line(text.split(":::")[0]).removeprefix("*").strip()
    return (word.lower() if word.isascii() else word) or None


def own_label(text: str) -> tuple[str, str | None]:
    """``work: ana@acme.es`` as value and label, as our own cells may be written; a web address has no label."""
    label, _, rest = text.partition(":")
    if (
        label.strip().isalpha()
        and label.strip().lower() not in ("mailto", "tel")
        and rest.strip()
        and rest[:2] != "//"
    ):
        return rest, label.strip().lower()
    return text, None
