"""Deals and their history: what makes them won, how long they take, how amounts and dates move on the way.

The chance to win depends on the source, the industry, the size of the company, the seller, the amount and how soon somebody
answered; a model that looks at these as of the deal's first days finds what stands here, and nothing else.
"""

from __future__ import annotations

import math

from crmtool.core.struct import Struct
from crmtool.demo.chance import odds, office_hour, spread
from crmtool.demo.words.business import INDUSTRIES, LOST_REASONS, SOURCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.demo.chance import Days, Dice
    from crmtool.demo.desk import Desk, Pipeline, Product, Seller
    from crmtool.demo.people import Folk
    from crmtool.demo.sink import Live, Sink

INDUSTRY_EFFECT = {name: effect for name, _, effect, _ in INDUSTRIES}
SOURCE_EFFECT = {name: effect for name, _, effect, _ in SOURCES}
REASON_TABLE = spread([(reason, share) for reason, share in LOST_REASONS])
BASE_LOG_ODDS = (-1.75, 0.75, -1.6)  # by pipeline
CYCLE_DAYS = (28.0, 22.0, 48.0)  # the median, by pipeline
LOST_AFTER = (0.5, 0.9, 1.2, 1.4)  # the part of a cycle after which deals are lost, by the stage they reached
EXIT_STAGE = spread([(0, 52), (1, 24), (2, 15), (3, 9)])  # where lost deals end
FORGOTTEN = 0.025  # the share of lost deals that nobody ever closed
PASS_SHOWN = (
    0.28,
    0.75,
)  # the share of stages passed through that somebody recorded: of closed deals and of open ones


class Account(Struct):
    """A customer company, or a person of their own (``live`` is ``None``), while its history is written."""

    live: Live | None
    folk: Folk
    currency: str
    seller: Seller
    won: int = 0


class Outcome(Struct):
    """What became of a deal. ``closed`` is ``None`` while it is open; ``status`` as the deal's field."""

    live: Live
    status: str
    opened: float
    closed: float | None
    seller: Seller
    product: Product


def answer_effect(hours: float) -> float:
    """How the time until the first answer changes the log odds of a win."""
    return 0.55 if hours < 3 else 0.2 if hours < 24 else -0.1 if hours < 72 else -0.6


def size_effect(employees: int) -> float:
    """Middling companies buy; tiny ones lack money and large ones patience."""
    return -0.35 if employees < 20 else 0.3 if employees < 250 else -0.1


class Selling:
    """Writes deals with their history."""

    def __init__(self, sink: Sink, dice: Dice, days: Days, desk: Desk) -> None:
        self._sink, self._dice, self._days, self._desk = sink, dice, days, desk

    def deal(self, account: Account, contact: Live, day: int, hours: float) -> Outcome:
        """One deal that begins on ``day``; its first answer comes after ``hours``."""
        dice, days, desk = self._dice, self._days, self._desk
        random = dice.random
        opened = max(day + office_hour(dice), contact.moment + 0.002)
        if opened >= days.now:
            opened = days.now - 0.001
        firm = account.live.record if account.live else {}
        source = contact.record.get("source", "website")
        kind = 1 if account.won and random() < 0.5 else 2 if source == "partner" and random() < 0.4 else 0
        employees = firm.get("employees", 1)
        product = dice.pick(desk.products)
        euros = product.price * dice.skewed(1.5 + employees**0.4 * 0.5, 0.6)
        seller = account.seller if random() < 0.85 else dice.pick(desk.sellers)
        log_odds = (
            BASE_LOG_ODDS[kind] + SOURCE_EFFECT.get(source, 0.0) + INDUSTRY_EFFECT.get(firm.get("industry", ""), 0.0)
            + size_effect(employees) + seller.skill + answer_effect(hours) - 0.5 * math.log10(max(euros, 100) / 5000)
        )  # fmt: skip
        won = random() < odds(log_odds)
        last = len(desk.pipelines[kind].stages) - 1
        reached = last if won else min(last, dice.pick(EXIT_STAGE))
        closes = self._closing(opened, kind, euros, None if won else reached)
        forgotten = not won and random() < FORGOTTEN
        live = self._open(
            account, contact, desk.pipelines[kind], product, euros, seller, source, opened, closes
        )
        if closes >= days.now or forgotten:
            self._progress(live, (kind, reached, won), opened, closes, min(closes, days.now), account)
            return Outcome(live, "open", opened, None, seller, product)
        self._progress(live, (kind, reached, won), opened, closes, closes, account)
        self._close(live, won, closes, account)
        if won:
            account.won += 1
        return Outcome(live, "won" if won else "lost", opened, live.moment, seller, product)

    def _closing(self, opened: float, kind: int, euros: float, lost_in: int | None) -> float:
        """When the outcome is known: later for large deals, soon where a deal gets nowhere; wins are bunched at the end of
        months, most of all of quarters. ``lost_in`` is the number of the stage a deal is lost in, ``None`` when it is won.
        """
        dice, days = self._dice, self._days
        length = dice.skewed(CYCLE_DAYS[kind] * min(3.0, (euros / 5000) ** 0.22), 0.55)
        if lost_in is not None:
            length *= LOST_AFTER[lost_in]
        day = min(int(opened + max(1.0, length)), len(days.iso) - 40)
        if lost_in is None:
            end = days.month_end[day]
            if dice.random() < (0.5 if days.quarter_end[day] else 0.25):
                day = max(day, end - dice.below(5))
        return max(days.working(day) + office_hour(dice), opened + 0.01)

    def _open(
        self, account: Account, contact: Live, pipeline: Pipeline, product: Product, euros: float, seller: Seller, source: str,
        opened: float, closes: float,
    ) -> Live:  # fmt: skip
        dice, days = self._dice, self._days
        name = (account.live.record if account.live else contact.record)["name"]
        values: dict[str, Any] = {"name": f"{name}: {product.name}"}
        if account.live:
            values["company"] = account.live.id
        values["contact"] = contact.id
        values["pipeline"] = pipeline.id
        values["stage"] = pipeline.stages[0]
        if dice.random() < 0.85:
            values["amount"] = self._desk.money(euros, account.currency)
        # People promise themselves more than half of the true time, now and then all of it and more.
        hoped = opened + (closes - opened) * (0.45 + 0.8 * dice.random())
        values["close_on"] = days.iso[max(int(opened) + 2, days.working(min(int(hoped), len(days.iso) - 1)))]
        values["owner"] = seller.id
        values["source"] = source
        if dice.random() < 0.04:
            values["probability"] = 10 * (1 + dice.below(9))
        if "amount" not in values:
            values["description"] = f"About {round(euros, -2):.0f} EUR, says the customer."
        return self._sink.begin("deal", values, opened)

    def _progress(
        self,
        live: Live,
        path: tuple[int, int, bool],
        opened: float,
        closes: float,
        until: float,
        account: Account,
    ) -> None:
        """The stage moves before ``until``, with what changes beside them: amounts, owners, slipped dates.

        ``path``: the number of the pipeline, of the stage reached in the end, and whether the deal is won there.
        """
        dice, days, desk = self._dice, self._days, self._desk
        kind, reached, won = path
        stages = desk.pipelines[kind].stages
        passed = [
            s for s in range(1, reached + 1) if s == reached or dice.random() < PASS_SHOWN[until < closes]
        ]
        if won and passed and dice.random() < 0.25:
            passed.pop()  # won at once from an earlier stage
        span = closes - opened
        drawn = [opened + span * (0.05 + 0.9 * dice.random()) for _ in passed]
        moments = sorted([days.office(dice, moment, opened, closes) for moment in drawn])
        for stage, moment in zip(passed, moments, strict=True):
            if moment >= until - 0.01:
                break
            changes: dict[str, Any] = {"stage": stages[stage]}
            amount = live.record.get("amount")
            if amount is None:
                changes["amount"] = desk.money(dice.skewed(6000, 0.7), account.currency)
            elif dice.random() < 0.22:
                changes["amount"] = self._scaled(amount, 0.75 + 0.6 * dice.random())
            due = live.record["close_on"]
            if due < days.iso[int(moment) + 5]:
                changes["close_on"] = days.iso[
                    days.working(min(int(moment) + 12 + dice.below(30), len(days.iso) - 1))
                ]
            if dice.random() < 0.03:
                changes["owner"] = dice.pick(desk.sellers).id
            self._sink.update("deal", live, changes, moment)

    def _close(self, live: Live, won: bool, closes: float, account: Account) -> None:
        dice, days, desk = self._dice, self._days, self._desk
        changes: dict[str, Any] = {"status": "won" if won else "lost", "closed_on": days.iso[int(closes)]}
        if won:
            amount = live.record.get("amount") or desk.money(dice.skewed(6000, 0.7), account.currency)
            changes["amount"] = self._scaled(amount, 0.9) if dice.random() < 0.2 else amount
        elif dice.random() < 0.9:
            changes["lost_reason"] = dice.pick(REASON_TABLE)
        self._sink.update("deal", live, changes, max(closes, live.moment + 0.001))

    @staticmethod
    def _scaled(amount: list[Any], factor: float) -> list[Any]:
        step = 1000
        return [max(1, round(amount[0] * factor / step)) * step, amount[1]]
