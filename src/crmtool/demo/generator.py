"""The sample workspace as a stream of changes: the same plan gives the same changes, ids included, in every process.

Customers are written one after the other, each with its people, deals and history, so memory stays flat at any size. Records are
created at the moment they would have been entered; later changes follow with their own moments (``effective_at``).
"""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.demo import firms, people
from crmtool.demo.chance import Days, Dice, Seen, office_hour, spread
from crmtool.demo.contacts import Contacts
from crmtool.demo.desk import Desk
from crmtool.demo.people import Folk, Mailboxes
from crmtool.demo.region import regions
from crmtool.demo.selling import Account, Selling
from crmtool.demo.sink import Batch, Sink
from crmtool.demo.words.business import SOURCES, TAGS
from crmtool.demo.working import Working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.demo.selling import Outcome
    from crmtool.demo.sink import Live

BATCH = 18_000
SOURCE_TABLE = spread([(source, source[1]) for source in SOURCES])
# How many of the average each company has of people and deals: many small ones, few large ones.
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.8, 2.4, 3.6)
MEAN_SHARE = sum(SHARES) / len(SHARES)
DUPLICATES = 0.015  # the share of contacts that are somebody entered twice
TWINS = 0.01  # the same of companies
PRIVATE = 0.07  # the share of contacts without a company
FOREIGN = 0.06  # the share of a company's people whose names are of another region


class DemoPlan(Struct):
    """What to generate. ``now`` is instant text.

    A workspace that exists has a user, ``me``, and perhaps a ``pipeline`` (its id and those of its stages, in order):
    they are used in place of the first ones generated, and nothing else changes.
    """

    contacts: int
    seed: int
    now: str
    currency: str = "EUR"
    me: str | None = None
    pipeline: tuple[str, tuple[str, ...]] | None = None

    @property
    def companies(self) -> int:
        return max(1, self.contacts // 10)

    @property
    def deals(self) -> int:
        return self.contacts // 2

    @property
    def users(self) -> int:
        """5 to 40, growing slowly with the size."""
        users: int = round(float(self.contacts) ** 0.26)
        return max(5, min(40, users))


def generate(plan: DemoPlan) -> Iterator[Change]:
    """Every change of the workspace, each after what it refers to and after its own base."""
    for batch in batches(plan):
        for step in batch.steps():
            yield from step


def batches(plan: DemoPlan, size: int = BATCH) -> Iterator[Batch]:
    """The same changes in batches of about ``size``; a record's whole history lies in one batch."""
    return Generator(plan).batches(size)


def even(total: int, parts: int, dice: Dice, least: int = 0) -> Iterator[int]:
    """``total`` dealt out to ``parts`` in uneven portions of at least ``least`` that add up exactly."""
    left = total
    for remaining in range(parts, 0, -1):
        wanted = (
            left if remaining == 1 else int(left / remaining * dice.pick(SHARES) / MEAN_SHARE + dice.random())
        )
        portion = max(least, min(wanted, left - least * (remaining - 1)))
        left -= portion
        yield portion


class Generator:
    """Holds what the parts share; ``batches`` runs it once. ``duplicates`` collects (original, copy) ids of contacts."""

    def __init__(self, plan: DemoPlan) -> None:
        self.plan = plan
        self.duplicates: list[tuple[str, str]] = []
        dice = self.dice = Dice(plan.seed, plan.now, plan.contacts * 3)
        days = self.days = Days(plan.now)
        sink = self.sink = Sink(dice, days)
        self._folks = [Folk(region) for region in regions()]
        seen = Seen()
        self._contacts = Contacts(dice, Mailboxes(seen))
        self.desk = Desk(sink, dice, days, self._folks, plan)
        self._selling = Selling(sink, dice, days, self.desk)
        self._working = Working(sink, dice, days, self.desk)
        makers = []
        for folk in self._folks:
            currency = self.desk.currency_of(folk.region.currency)
            makers.append((firms.Firms(folk, seen, currency, self.desk.price(currency)), folk.region.weight))
        self._makers = spread(makers)
        self._former: tuple[str, dict[str, Any], firms.Firms] | None = None
        self._last: Live | None = None
        self._invited = 0

    def batches(self, size: int) -> Iterator[Batch]:
        """The batches in order; may be run once."""
        plan, dice = self.plan, self.dice
        contacts, deals = even(plan.contacts, plan.companies, dice, 1), even(plan.deals, plan.companies, dice)
        for serial, (people_count, deal_count) in enumerate(zip(contacts, deals, strict=True)):
            self._customer(serial, people_count, deal_count)
            if self.sink.full(size):
                yield self.sink.take()
        self._working.today(plan.me)
        yield self.sink.take()

    def _customer(self, serial: int, people_count: int, deal_count: int) -> None:
        """One company with its people, deals and all that happened between them."""
        dice, days = self.dice, self.days
        # Half the customers were there before the workspace; the others came little by little.
        day = days.any(dice.random() * (0.12 if dice.chance(0.5) else 0.9))
        seller, source = dice.pick(self.desk.sellers), dice.pick(SOURCE_TABLE)
        if self._former and dice.chance(TWINS):
            maker = self._former[2]
            values = firms.twin(dice, self._former[1])
        else:
            maker = dice.pick(self._makers)
            values = {**maker.company(dice, serial), "source": source[0]}
            if self._former and dice.chance(0.03):
                values["parent"] = self._former[0]
            if dice.chance(0.15):
                values["tags"] = [dice.pick(TAGS)[0]]
        values["owner"], values["lifecycle"] = seller.id, "lead"
        company = self.sink.begin("company", values, min(day + office_hour(dice), days.now - 0.002))
        currency = self.desk.currency_of(maker.folk.region.currency)
        account = Account(company, maker.folk, currency, seller)
        contacts = [self._contact(account, day, source) for _ in range(people_count)]
        self._deals(account, contacts, day, deal_count)
        self._former = (company.id, values, maker)

    def _deals(self, account: Account, contacts: list[Live], day: int, count: int) -> None:
        """The deals of one company in order of time; people of their own buy for themselves."""
        dice, days = self.dice, self.days
        company = account.live
        wins: list[Outcome] = []
        oldest = min(contacts, key=lambda contact: contact.moment)
        for begins in sorted(days.since(day, dice.random() ** 1.25) for _ in range(count)):
            contact = dice.pick(contacts)
            if contact.moment > begins + 1:
                contact = oldest  # nobody sells to a person met later
            buyer = (
                account
                if "company" in contact.record
                else Account(None, account.folk, account.currency, account.seller)
            )
            hours = dice.skewed(9.0, 1.5)
            outcome = self._selling.deal(buyer, contact, begins, hours)
            self._working.around(outcome, hours, account.folk)
            if len(contacts) > 1 and dice.chance(0.03):
                other = dice.pick(contacts)
                if other is not contact:
                    self._link(
                        "participant",
                        ("deal", outcome.live.id),
                        ("contact", other.id),
                        "decision maker",
                        outcome.live.moment,
                    )
            if outcome.status != "won" or outcome.closed is None:
                continue
            self._promote("contact", contact, outcome.closed)
            if buyer is account and company is not None:
                wins.append(outcome)
                self._promote("company", company, outcome.closed)
        wins.sort(key=lambda outcome: outcome.closed or 0.0)
        self._working.orders(account, wins)

    def _promote(self, entity: str, live: Live, moment: float) -> None:
        if live.record["lifecycle"] != "customer" and live.moment < moment:
            self.sink.update(entity, live, {"lifecycle": "customer"}, moment)

    def _contact(self, account: Account, day: int, company_source: tuple[str, int, float, str]) -> Live:
        """One person of a company, or one in seventy who is somebody known already."""
        dice, days, sink = self.dice, self.days, self.sink
        random = dice.random
        moment = min(
            (day if random() < 0.5 else days.since(day, random())) + office_hour(dice), days.now - 0.0015
        )
        if self._last is not None and random() < DUPLICATES:
            live = sink.begin(
                "contact", people.duplicate(dice, self._last.record), max(moment, self._last.moment)
            )
            self.duplicates.append((self._last.id, live.id))
            self._last = None
            return live
        folk = account.folk if random() >= FOREIGN else dice.pick(self._folks)
        source = company_source if random() < 0.8 else dice.pick(SOURCE_TABLE)
        values = self._contacts.described(
            folk, account.live.record if account.live and random() >= PRIVATE else None
        )
        values["lifecycle"], values["source"] = source[3], source[0]
        values["owner"] = account.seller.id if random() < 0.92 else dice.pick(self.desk.sellers).id
        live = self._last = sink.begin("contact", values, moment)
        if self._former and random() < 0.012:
            self._link(
                "employment",
                ("contact", live.id),
                ("company", self._former[0]),
                "former employee",
                moment,
                days.iso[max(0, int(moment) - 90)],
            )
        if self._invited < 25 and random() < 40 / self.plan.contacts:
            self._invited += 1
            self._link("member", ("contact", live.id), ("list", self.desk.list), None, days.now - 0.001)
        if random() < 0.012:
            text = folk.remark(dice)
            sink.create(
                "note",
                {"name": text, "body": text, "contact": live.id, "owner": values["owner"]},
                moment + 0.001,
            )
        return live

    def _link(
        self,
        relation: str,
        source: tuple[str, str],
        target: tuple[str, str],
        role: str | None,
        moment: float,
        until: str | None = None,
    ) -> None:
        values: dict[str, Any] = {
            "relation": relation, "from_entity": source[0], "from": source[1], "to_entity": target[0], "to": target[1],
        }  # fmt: skip
        if role:
            values["role"] = role
        if until:
            values["ends_on"] = until
        self.sink.create("link", values, moment)
