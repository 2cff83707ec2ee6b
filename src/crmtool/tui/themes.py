"""The colours of the app: dark, light, high contrast, and the terminal's own sixteen.

Styles name variables of the theme and nothing else, so that these four are all there is to look at. A test renders the screens in
each and measures: text 4.5:1, high contrast 7:1. No theme says anything by colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import BUILTIN_THEMES, Theme

from crmtool.core.messages import N_

if TYPE_CHECKING:
    from textual.app import App

DEFAULT = "dark"

DARK = Theme(
    name="dark",
    dark=True,
    primary="#7cc4ff",
    secondary="#9db8d9",
    accent="#f2b866",
    warning="#f2b866",
    error="#ff8f8f",
    success="#86d993",
    foreground="#e8eaed",
    background="#14171c",
    surface="#1b1f26",
    panel="#252b35",
    variables={
        "text-muted": "#a9b1bd",
        "text-disabled": "#98a0ac",
        "block-cursor-background": "#7cc4ff",
        "block-cursor-foreground": "#0c0f13",
        "block-cursor-blurred-background": "#33506b",
        "block-cursor-blurred-foreground": "#ffffff",
        "accent-muted": "#4a3a1f",
        "border-blurred": "#6d7683",
        "footer-key-foreground": "#f2b866",
        "input-selection-background": "#33506b",
        "scrollbar": "#7d8896",
        "scrollbar-background": "#14171c",
        "scrollbar-background-hover": "#14171c",
        "scrollbar-background-active": "#14171c",
    },
)

LIGHT = Theme(
    name="light",
    dark=False,
    primary="#0b5cad",
    secondary="#3a5a80",
    accent="#8a4b00",
    warning="#8a4b00",
    error="#b3261e",
    success="#1b6e2c",
    foreground="#1a1c1e",
    background="#fbfbfa",
    surface="#f2f2f0",
    panel="#e4e6e8",
    variables={
        "text-muted": "#50565e",
        "text-disabled": "#5f656d",
        "text-warning": "#7a4200",
        "text-error": "#a3211a",
        "text-success": "#155a23",
        "text-accent": "#7a4200",
        "text-primary": "#0a5199",
        "text-secondary": "#33506f",
        "block-cursor-background": "#0b5cad",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#c5d9ee",
        "block-cursor-blurred-foreground": "#101214",
        "accent-muted": "#f6e3c8",
        "border-blurred": "#7d848c",
        "footer-key-foreground": "#8a4b00",
        "input-selection-background": "#c5d9ee",
        "scrollbar": "#767d85",
        "scrollbar-background": "#f2f2f0",
        "scrollbar-background-hover": "#f2f2f0",
        "scrollbar-background-active": "#f2f2f0",
    },
)

CONTRAST = Theme(
    name="contrast",
    dark=True,
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffd000",
    error="#ff9c9c",
    success="#7dff7d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    variables={
        "text": "#ffffff",
        "text-muted": "#ffffff",
        "text-disabled": "#d0d0d0",
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#00308f",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-hover-background": "#303030",
        "accent-muted": "#5c0057",
        "primary-muted": "#303000",
        "border": "#ffff00",
        "border-blurred": "#ffffff",
        "footer-key-foreground": "#ffff00",
        "input-selection-background": "#00308f",
        "input-selection-foreground": "#ffffff",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#000000",
    },
)

# The terminal's own colours: its text on its background, and blue, which every palette keeps apart from white. Nothing is blended
# with anything, because nobody here knows what those colours are.
ANSI = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_magenta",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "block-cursor-background": "ansi_blue",
        "block-cursor-foreground": "ansi_bright_white",
        "block-cursor-blurred-background": "ansi_bright_black",
        "block-cursor-blurred-foreground": "ansi_bright_white",
        "accent-muted": "ansi_default",
        "primary-muted": "ansi_default",
        "border": "ansi_blue",
        "border-blurred": "ansi_bright_black",
        "footer-key-foreground": "ansi_default",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_bright_white",
    },
)

THEMES = {
    DARK.name: (DARK, N_("dark")),
    LIGHT.name: (LIGHT, N_("light")),
    CONTRAST.name: (CONTRAST, N_("high contrast")),
    ANSI.name: (ANSI, N_("the terminal’s own sixteen colours")),
}


def register(app: App[int], name: str) -> None:
    """Teach the app the themes, and use the one of this name, or the default where there is none."""
    for theme, _ in THEMES.values():
        app.register_theme(theme)
    app.theme = name if name in THEMES else DEFAULT


def theme_words(name: str) -> list[str]:
    """The command line, without the program's name, that keeps these colours for the next start."""
    return ["config", "set", "theme", name]
