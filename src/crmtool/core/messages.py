"""Human text: the English sentence is the message id, its parameters are named, translation happens late.

``t("…", name=value)`` answers a sentence in the active language. ``Message("…", name=value)`` carries the
same thing unrendered, so that an error raised in the core is worded in the language of the door that shows
it. The active language is set once by a door (``use_language``); English needs no catalogue and loads
nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PSEUDO_LOCALE = "qps"
_ACCENTED = str.maketrans("aceinosuyACEINOSUY", "åçéîñöšûýÅÇÉÎÑÖŠÛÝ")

_translate: Callable[[str], str] | None = None
_translate_plural: Callable[[str, str, int], str] | None = None


class Message:
    """A sentence and its parameters; ``str()`` renders it in the active language."""

    __slots__ = ("params", "plural", "text")

    def __init__(self, text: str, /, plural: str | None = None, **params: Any) -> None:
        self.text = text
        self.plural = plural
        self.params = params

    def __str__(self) -> str:
        if self.plural is not None:
            return tn(
                self.text, self.plural, self.params["n"], **{k: v for k, v in self.params.items() if k != "n"}
            )
        return t(self.text, **self.params)

    def __repr__(self) -> str:
        return f"Message({self.text!r}, {self.params!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, self.params) == (other.text, other.params)

    def __hash__(self) -> int:
        return hash(self.text)


def t(text: str, /, **params: Any) -> str:
    """The sentence ``text`` in the active language, with ``{name}`` parameters filled in."""
    if _translate is not None:
        text = _translate(text)
    return text.format(**params) if params else text


def tn(singular: str, plural: str, n: int, /, **params: Any) -> str:
    """The form of a sentence that fits the count ``n``, which is also the parameter ``{n}``, in groups of three digits."""
    text = (
        _translate_plural(singular, plural, n)
        if _translate_plural is not None
        else singular
        if n == 1
        else plural
    )
    return text.format(n=f"{n:,}", **params)


def pseudo(text: str) -> str:
    """The pseudo-locale's wording: accented and bracketed, parameters kept. What is not bracketed is not translatable."""
    out, depth = [], 0
    for char in text:
        depth += (char == "{") - (char == "}")
        out.append(char if depth or char == "}" else char.translate(_ACCENTED))
    return f"⟦{''.join(out)}⟧"


def use_language(language: str | None, catalogues: str | None = None) -> None:
    """Make ``language`` (a BCP 47 or POSIX name) the active one; unknown languages and ``None`` mean English.

    ``catalogues`` is the folder that holds ``<language>/LC_MESSAGES/crmtool.mo``.
    """
    global _translate, _translate_plural
    _translate = _translate_plural = None
    name = (language or "en").split(".")[0].replace("-", "_")
    if name == PSEUDO_LOCALE:
        _translate = pseudo
        _translate_plural = lambda one, many, n: pseudo(one if n == 1 else many)  # noqa: E731
        return
    if name.split("_")[0] in ("en", "C", "POSIX") or catalogues is None:
        return
    import gettext

    try:
        catalogue = gettext.translation("crmtool", catalogues, languages=[name, name.split("_")[0]])
    except OSError:
        return
    _translate, _translate_plural = catalogue.gettext, catalogue.ngettext


def N_(text: str) -> str:
    """Mark ``text`` for extraction where it is defined; it is translated where it is shown."""
    return text
