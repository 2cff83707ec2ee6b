"""What a workspace has before its first customer: teams, users, pipelines, products, rates, tags, quotas, views."""

from __future__ import annotations

from crmtool.core.money import minor_units
from crmtool.core.struct import Struct
from crmtool.demo.chance import FUTURE_DAYS, HISTORY_DAYS
from crmtool.demo.words.business import DEAL_CURRENCIES, PRODUCTS, RATES, ROUTINES, TAGS, TEAMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.demo.chance import Days, Dice
    from crmtool.demo.generator import DemoPlan
    from crmtool.demo.people import Folk
    from crmtool.demo.sink import Sink

# name, description, (stage, probability, rotting days, required fields)
PIPELINES: tuple[tuple[str, str, tuple[tuple[str, int, int, tuple[str, ...]], ...]], ...] = (
    (
        "Sales", "From the first question to the signed contract.",
        (
            ("Lead", 10, 14, ()), ("Qualified", 25, 21, ("contact",)), ("Proposal", 50, 21, ("contact", "amount", "close_on")),
            ("Negotiation", 75, 14, ("contact", "amount", "close_on")),
        ),
    ),
    (
        "Renewals", "Contracts that come up for another year.",
        (("Upcoming", 60, 45, ()), ("In talks", 75, 21, ("amount",)), ("Agreed", 92, 10, ("amount", "close_on"))),
    ),
    (
        "Partners", "Resellers and integrators who sell with us.",
        (("Identified", 20, 30, ()), ("Discussing", 40, 30, ("contact",)), ("Contract", 70, 21, ("contact", "amount"))),
    ),
)  # fmt: skip

# name, kind of record, filter, sort
VIEWS = (
    ("My open deals", "deal", "owner = me and status = open", "close_on"),
    ("Closing this month", "deal", "status = open and close_on <= eom", "close_on"),
    ("Big and open", "deal", "status = open and amount >= 25000", "-amount"),
    ("Fresh leads", "contact", "lifecycle = lead and created > -30d", "-created_at"),
    ("Customers", "contact", "lifecycle = customer", "name"),
    ("Overdue tasks", "task", "status = open and due < today", "due_on"),
)


class Seller(Struct):
    """A user and how well they sell, as a part of the log odds of a win."""

    id: str
    skill: float


class Pipeline(Struct):
    """A pipeline's id and the ids of its stages, in order."""

    id: str
    stages: tuple[str, ...]


class Product(Struct):
    """What is sold: its price in euros for a year of use, where it is used over time."""

    id: str
    name: str
    price: float
    recurrence: str


class Desk:
    """Creates the records that everything else refers to, and knows their ids."""

    def __init__(self, sink: Sink, dice: Dice, days: Days, folks: Sequence[Folk], plan: DemoPlan) -> None:
        self._sink, self._dice, self._days = sink, dice, days
        self.currency = plan.currency
        self.euros = dict(RATES)
        self.euros.setdefault(plan.currency, 1.0)
        self.list = ""
        self._users(folks, plan.users, plan.me)
        self._pipelines(plan.pipeline)
        self._catalogue()
        self._targets()

    def price(self, currency: str) -> float:
        """Minor units of ``currency`` for one euro."""
        return float(10 ** (minor_units(currency) or 0)) / self.euros[currency]

    def money(self, euros: float, currency: str) -> list[Any]:
        """About this many euros as a rounded amount in ``currency``."""
        whole = euros / self.euros[currency]
        step = 10 if whole < 2000 else 50 if whole < 20000 else 500
        return [max(1, round(whole / step)) * step * 10 ** (minor_units(currency) or 0), currency]

    def currency_of(self, region_currency: str) -> str:
        """What customers of a region are billed in."""
        return region_currency if region_currency in DEAL_CURRENCIES else self.currency

    def _users(self, folks: Sequence[Folk], count: int, me: str | None) -> None:
        sink, dice = self._sink, self._dice
        teams = [
            sink.begin("team", {"name": name}, 0.3) for name in TEAMS[: max(2, min(len(TEAMS), count // 5))]
        ]
        self.sellers: list[Seller] = []
        taken: set[str] = set()
        for number in range(count):
            person = folks[number * 5 % len(folks)].person(dice)
            mailbox = f"{person.local[0] or 'user'}.{person.local[1] or number}@crm.example"
            if mailbox in taken:
                mailbox = f"{number}.{mailbox}"
            taken.add(mailbox)
            team = teams[number % len(teams)]
            values = {
                "name": person.name, "email": mailbox, "team": team.id,
                "role": "admin" if number == 0 else "manager" if number < len(teams) else "member",
            }  # fmt: skip
            moment = 0.31 + (0 if number < 4 else dice.below(HISTORY_DAYS * 2 // 3))
            skill = dice.normal() * 0.4
            if number == 0 and me:
                dice.record_id()  # the sequence of ids must not depend on who is there already
                self.sellers.append(Seller(me, skill))
                sink.update("team", team, {"lead": me}, 0.4)
                continue
            seller = sink.begin("user", values, moment)
            if number < len(teams):
                sink.update("team", team, {"lead": seller.id}, max(moment, 0.4))
            if number % 11 == 9:
                sink.update("user", seller, {"active": False}, HISTORY_DAYS - 20 - dice.below(200) + 0.5)
            self.sellers.append(Seller(seller.id, skill))
        for keeper, (name, rule) in zip(self.sellers, ROUTINES, strict=False):
            due = self._days.today + dice.below(6)
            sink.create(
                "task",
                {
                    "name": name,
                    "repeat": rule,
                    "due_on": self._days.iso[due],
                    "owner": keeper.id,
                    "priority": "low",
                },
                20.4,
            )

    def _pipelines(self, first: tuple[str, tuple[str, ...]] | None) -> None:
        self.pipelines: list[Pipeline] = []
        for position, (name, description, stages) in enumerate(PIPELINES, 1):
            if position == 1 and first:
                for _ in range(1 + len(stages)):
                    self._dice.record_id()
                self.pipelines.append(Pipeline(*first))
                continue
            values: dict[str, Any] = {"name": name, "position": position, "description": description}
            if position == 1:
                values["default"] = True
            pipeline = self._sink.create("pipeline", values, 0.32)
            made = []
            for place, (stage, probability, rotting, required) in enumerate(stages, 1):
                values = {
                    "name": stage, "pipeline": pipeline, "position": place, "probability": probability, "rotting_days": rotting,
                }  # fmt: skip
                if required:
                    values["required"] = list(required)
                made.append(self._sink.create("stage", values, 0.33))
            self.pipelines.append(Pipeline(pipeline, tuple(made)))

    def _catalogue(self) -> None:
        sink = self._sink
        self.products: list[Product] = []
        for name, code, listed, recurrence in PRODUCTS:
            minor = [round(listed * self.price(self.currency)), self.currency]
            product = sink.create(
                "product", {"name": name, "code": code, "price": minor, "recurrence": recurrence}, 0.35
            )
            self.products.append(
                Product(
                    product,
                    name,
                    listed * {"monthly": 12, "quarterly": 4}.get(recurrence, 1),
                    recurrence,
                )
            )
        for name, colour in TAGS:
            sink.create("tag", {"name": name, "colour": colour}, 0.36)
        base = self.euros[self.currency]
        for currency, euros in RATES:
            drift = 1.0
            for day in range(0, HISTORY_DAYS + 1, 91):
                if currency == self.currency:
                    break
                rate = float(f"{euros / base * drift:.6g}")
                values = {
                    "name": currency,
                    "base": self.currency,
                    "rate": rate,
                    "valid_on": self._days.iso[day],
                }
                sink.create("rate", {**values, "rate": int(rate) if rate == int(rate) else rate}, day + 0.3)
                drift *= 1 + 0.02 * self._dice.normal()

    def _targets(self) -> None:
        """Quotas for two years back and this quarter; views and a static list."""
        sink, days = self._sink, self._days
        starts = [
            d
            for d in range(HISTORY_DAYS - 700, HISTORY_DAYS + 1)
            if days.iso[d][5:] in ("01-01", "04-01", "07-01", "10-01")
        ]
        for number, start in enumerate(starts):
            for seller in self.sellers:
                amount = self.money(60_000 * (1 + 0.04 * number) * (1 + seller.skill / 2), self.currency)
                values = {
                    "name": f"Q{int(days.iso[start][5:7]) // 3 + 1} {days.iso[start][:4]}",
                    "user": seller.id,
                    "period": "quarter",
                }
                sink.create(
                    "quota", {**values, "starts_on": days.iso[start], "amount": amount}, start - 7 + 0.4
                )
        for name, of, condition, sort in VIEWS:
            sink.create("view", {"name": name, "of": of, "filter": condition, "sort": sort}, 30.4)
        self.list = sink.create(
            "list",
            {"name": "Summer party", "of": "contact", "description": "Whom we invite this year."},
            HISTORY_DAYS - 40.4,
        )


assert FUTURE_DAYS > 400  # expected close dates reach that far
