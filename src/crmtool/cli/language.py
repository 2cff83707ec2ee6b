"""Which language people are spoken to, decided once per run before any text is made."""

from __future__ import annotations

import os

from crmtool.cli import config
from crmtool.core.errors import CrmError
from crmtool.core.messages import PSEUDO_LOCALE, use_language


def wanted() -> str:
    """The language's name: ``CRM_LANG``, then the configuration file, then the locale of the environment."""
    chosen = os.environ.get("CRM_LANG") or os.environ.get("CRM_LANGUAGE")
    if not chosen:
        try:
            chosen = config.load().get("language")
        except CrmError:
            chosen = None  # said in full by the first command that asks for a setting
    if not chosen:
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            chosen = os.environ.get(name)
            if chosen:
                break
    return chosen or "en"


def language_tag() -> str:
    """The wanted language as pages name theirs: ``pt-BR`` of ``pt_BR.UTF-8``."""
    name = wanted().partition(".")[0].partition("@")[0]
    return "en" if name in ("C", "POSIX") else name.replace("_", "-")


def catalogues() -> str:
    """The folder of the translations: inside an installed package, or beside ``src`` in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "i18n")
    return (
        inside if os.path.isdir(inside) else os.path.join(os.path.dirname(os.path.dirname(package)), "i18n")
    )


def spoken() -> list[str]:
    """The languages that messages can be in: English, and those of the catalogues."""
    folder = catalogues()
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return ["en", *(n for n in names if os.path.isfile(os.path.join(folder, n, "LC_MESSAGES", "crmtool.mo")))]


def is_spoken(name: str) -> bool:
    """Whether messages change to the language of this name, as ``use_language`` reads it; none means the locale's."""
    plain = name.partition(".")[0].replace("-", "_")
    return not plain or not {plain, plain.partition("_")[0]}.isdisjoint(
        (*spoken(), "C", "POSIX", PSEUDO_LOCALE)
    )


def speak() -> None:
    """Make the wanted language the active one."""
    use_language(wanted(), catalogues())
