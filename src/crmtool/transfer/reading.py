"""How the texts of one table are to be read, where that is not the layout's to say: its columns show it, or a person says it."""

from __future__ import annotations


class Reading:
    """By place of the column: ``orders`` of days (see ``days``), ``decimals`` marks of numbers (see ``amounts``); ``shares`` are
    columns of fractions that mean percentages, ``family_first`` those of names to be turned (see ``people``), with an example;
    ``replaced`` the texts that stand for others. ``guarded``: cells that begin like a
    formula may have an apostrophe before them, which is not part of them.
    """

    def __init__(self) -> None:
        self.orders: dict[int, str] = {}
        self.decimals: dict[int, str] = {}
        self.shares: set[int] = set()
        self.family_first: dict[int, str] = {}
        self.replaced: dict[int, dict[str, str]] = {}
        self.guarded = False
