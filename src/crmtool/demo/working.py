"""What people do around customers: activities, tasks, notes, orders, and what is due on the day the sample begins."""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.demo.chance import office_hour
from crmtool.demo.words.business import OUTCOMES, REMARKS, TODOS, TOUCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.demo.chance import Days, Dice
    from crmtool.demo.desk import Desk
    from crmtool.demo.people import Folk
    from crmtool.demo.selling import Account, Outcome
    from crmtool.demo.sink import Live, Sink

KEPT_FOR_TODAY = 48


class Sale(Struct):
    """What an order is about: ids of product, contact and, where there is one, deal."""

    product: str
    recurrence: str
    total: list[Any]
    contact: str
    deal: str | None = None


class Working:
    """Writes the daily work."""

    def __init__(self, sink: Sink, dice: Dice, days: Days, desk: Desk) -> None:
        self._sink, self._dice, self._days, self._desk = sink, dice, days, desk
        self._order_number = 1000
        self._offered = 0
        self._kept: list[tuple[Live, str]] = []

    def around(self, outcome: Outcome, hours: float, folk: Folk) -> None:
        """What happened around one deal: the first answer, later touches, tasks and notes."""
        dice, days = self._dice, self._days
        random = dice.random
        record, about = outcome.live.record, self._about(outcome.live)
        until = min(outcome.closed or days.now, days.now)
        first = days.awake(outcome.opened + hours / 24)
        if first < until and random() < 0.36:
            self._touch(0 if random() < 0.6 else 1, first, about, outcome.seller.id)
        recent = until > days.now - 40
        for _ in range((random() < 0.5) + (random() < 0.3) if recent else random() < 0.1):
            moment = outcome.opened + (until - outcome.opened) * random()
            if recent:
                moment = max(moment, min(until, days.now) - 30 * random())
            moment = days.office(dice, moment, outcome.opened, days.now)
            if outcome.opened < moment < days.now:
                self._touch(2 + dice.below(len(TOUCHES) - 2), moment, about, outcome.seller.id)
        if random() < 0.05:
            text = folk.remark(dice) if random() < 0.4 else dice.pick(REMARKS)
            self._sink.create(
                "note",
                {"name": text, "body": text, **about, "owner": outcome.seller.id},
                days.office(
                    dice, outcome.opened + (until - outcome.opened) * random(), outcome.opened, days.now
                ),
            )
        if outcome.status == "open":
            self._keep(outcome.live, outcome.seller.id)
            if random() < 0.5:
                self._open_task(outcome, about, record)
        elif random() < 0.09:
            self._done_task(outcome, about)

    def _about(self, deal: Live) -> dict[str, Any]:
        record = deal.record
        about = {"contact": record["contact"], "deal": deal.id}
        if "company" in record:
            about["company"] = record["company"]
        return about

    def _touch(self, kind: int, moment: float, about: dict[str, Any], owner: str) -> None:
        how, direction, subject = TOUCHES[kind]
        at = self._days.instant(moment)
        values: dict[str, Any] = {"name": subject, "type": how, "happened_at": at, **about, "owner": owner}
        if direction:
            values["direction"] = direction
        if how in ("call", "meeting", "visit"):
            values["duration"] = 5 * (1 + self._dice.below(6 if how == "call" else 18))
            values["outcome"] = self._dice.pick(OUTCOMES)
        self._sink.create("activity", values, moment)

    def _open_task(self, outcome: Outcome, about: dict[str, Any], record: dict[str, Any]) -> None:
        dice, days = self._dice, self._days
        due = days.working(days.today + int((dice.random() + dice.random()) * 19) - 11)
        moment = max(outcome.opened, min(days.now, due) - 1 - 6 * dice.random())
        moment = days.office(dice, moment, outcome.opened, days.now)
        values: dict[str, Any] = {
            "name": dice.pick(TODOS).format(who=self._who(record)),
            "due_on": days.iso[max(due, int(moment))],
        }
        draw = dice.random()
        if draw < 0.25:
            values["priority"] = "high" if draw < 0.15 else "low"
        self._sink.create("task", {**values, **about, "owner": outcome.seller.id}, moment)

    def _done_task(self, outcome: Outcome, about: dict[str, Any]) -> None:
        dice, days = self._dice, self._days
        closed = outcome.closed or days.now
        lasted = closed - outcome.opened
        made = days.office(dice, outcome.opened + lasted * 0.4 * dice.random(), outcome.opened, closed)
        done = days.office(dice, made + lasted * 0.5 * dice.random(), made, closed)
        name = dice.pick(TODOS).format(who=self._who(outcome.live.record))
        values = {
            "name": name,
            "due_on": days.iso[days.working(int(made) + dice.below(7))],
            **about,
            "owner": outcome.seller.id,
        }
        if done <= made or dice.random() < 0.6:
            self._sink.create(
                "task", {**values, "status": "done", "done_at": days.instant(max(done, made))}, made
            )
            return
        task = self._sink.begin("task", values, made)
        self._sink.update("task", task, {"status": "done", "done_at": days.instant(done)}, done)

    @staticmethod
    def _who(record: dict[str, Any]) -> str:
        return str(record["name"]).partition(": ")[0]

    def orders(self, account: Account, wins: list[Outcome]) -> None:
        """Orders of won deals, and those a customer makes without a deal, each with its own rhythm until it drops out."""
        dice, days, desk = self._dice, self._days, self._desk
        for outcome in wins:
            if outcome.closed is not None and dice.random() < 0.42:
                deal, product = outcome.live, outcome.product
                sale = Sale(
                    product.id, product.recurrence, deal.record["amount"], deal.record["contact"], deal.id
                )
                self._order(account, sale, outcome.closed)
        if not wins or dice.random() < 0.55:
            return
        first = wins[0]
        gap, dropout = dice.skewed(110, 0.6), 0.1 + 0.35 * dice.random()
        moment = first.closed or first.opened
        while dice.random() > dropout:
            moment += max(2.0, gap * dice.skewed(0.9, 0.6))
            moment = days.office(dice, moment, first.closed or first.opened, days.now)
            if moment >= days.now:
                return
            product = dice.pick(desk.products)
            amount = desk.money(product.price * (0.5 + dice.random()), account.currency)
            self._order(account, Sale(product.id, "once", amount, first.live.record["contact"]), moment)
        if account.live and account.live.moment < moment + 200 < days.now:
            self._sink.update("company", account.live, {"lifecycle": "former"}, moment + 200)

    def _order(self, account: Account, sale: Sale, moment: float) -> None:
        dice, days = self._dice, self._days
        self._order_number += 1
        quantity = 1 + dice.below(4)
        values: dict[str, Any] = {
            "name": f"SO-{self._order_number}", "contact": sale.contact, "ordered_on": days.iso[int(moment)], "total": sale.total,
            "recurrence": sale.recurrence, "owner": account.seller.id,
            "lines": [{"product": sale.product, "quantity": quantity, "price": [sale.total[0] // quantity, sale.total[1]]}],
        }  # fmt: skip
        if account.live:
            values["company"] = account.live.id
        if sale.deal:
            values["deal"] = sale.deal
        draw = dice.random()
        values["status"] = "cancelled" if draw < 0.03 else "placed" if moment > days.now - 20 else "fulfilled"
        self._sink.create("order", values, moment)

    def _keep(self, deal: Live, seller: str) -> None:
        """A fair sample of the open deals, for the tasks and meetings of today."""
        self._offered += 1
        if len(self._kept) < KEPT_FOR_TODAY:
            self._kept.append((deal, seller))
        elif self._dice.random() * self._offered < KEPT_FOR_TODAY:
            self._kept[self._dice.below(KEPT_FOR_TODAY)] = (deal, seller)

    def today(self, me: str | None) -> None:
        """Meetings and tasks of the day the sample begins, several of them for ``me``."""
        dice, days = self._dice, self._days
        for number, (deal, seller) in enumerate(self._kept):
            about = self._about(deal)
            owner = me if me and number % 4 == 0 else seller
            made = max(
                deal.moment, days.office(dice, days.now - 1 - 4 * dice.random(), deal.moment, days.now)
            )
            if number % 6 == 0:
                day = days.today + (number // 6) % 3
                values = {
                    "name": "Product demo",
                    "type": "meeting",
                    "happened_at": days.instant(int(day) + office_hour(dice)),
                    "duration": 45,
                }
                self._sink.create("activity", {**values, **about, "owner": owner}, min(made, days.now))
            elif number % 2 == 0 or owner == me:
                due = days.today - (number % 12 == 4) * (1 + dice.below(5))
                values = {
                    "name": dice.pick(TODOS).format(who=self._who(deal.record)),
                    "due_on": days.iso[due],
                    "priority": "normal",
                }
                self._sink.create("task", {**values, **about, "owner": owner}, min(made, days.now))
