"""Random lives of orders: whatever happens in whatever order, every promise of the product holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from market import verify
from market.catalogue import services as catalogue
from market.core import clock, db
from market.core.errors import Conflict, IllegalMove, NotFound, Refused
from market.core.jobs import Job
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.services import starting
from market.retail import queries, queries_parts, services
from tests.payments.conftest import Desk, desk, registered  # noqa: F401  (the fixture)
from tests.retail import door
from tests.retail.market import Market, open_market
from tests.retail.test_rush import said

STEPS = 45


@pytest.fixture
def world():
    """Begins with a cooperative that takes payments."""
    return registered


class Life:
    """One random history: a few buyers, two makers, a counter, a provider, and time."""

    def __init__(self, desk: Desk, market: Market, seed: int) -> None:  # noqa: F811
        self.desk, self.market, self.dice = desk, market, random.Random(seed)
        with db.transaction():
            self.codes = [
                door.voucher(desk.cast, percent=n, code=f"HEMAT{n}", most_uses=STEPS).code
                for n in (7, 13, 31)
            ]
        self.orders: list[int] = []
        self.attempts: list[int] = []
        self.done: list[str] = []

    def acts(self) -> list[Callable[[], object]]:
        often = [self.place, self.place, self.pay_order, self.money, self.money, self.accept, self.fewer]
        return [
            *often,
            self.refuse,
            self.receive,
            self.receive,
            self.collect,
            self.cancel,
            self.later,
            self.word,
        ]

    def step(self) -> None:
        act = self.dice.choice(self.acts())
        with suppress(Refused, Conflict, IllegalMove, NotFound, IndexError, StopIteration):
            with db.transaction():
                act()
            self.done.append(act.__name__)

    def place(self) -> None:
        n = self.dice
        goods = {"crisps": n.randint(0, 2), "cookies": n.randint(0, 3), "cake": n.randint(0, 2)}
        phone = f"0815{n.randint(0, 10**7):07}"
        extras = services.Extras(voucher=n.choice(["", *self.codes]))
        order = self.market.place(**goods, phone=phone, pay_first=n.random() < 0.4, extras=extras)
        self.orders.append(order.id)

    def order(self):
        return queries.order_by_id(self.dice.choice(self.orders))

    def part(self):
        part = self.dice.choice([p for p in queries_parts.parts_of(self.order().id) if p.place == "away"])
        rina = self.market.rina.organization_id
        return part.id, self.market.rina if part.seller_id == rina else self.market.dewi

    def pay_order(self) -> None:
        payment = services.pay_order(services.BUYER, self.order().token)
        self.attempts.append(payment.id)

    def money(self) -> None:
        """The provider has the money of a request, perhaps long after; its news arrives once or twice."""
        payment = money_in.payment_by_id(self.dice.choice(self.attempts))
        attempts = money_in.attempts_of(payment.id)
        attempt = attempts[0] if attempts else services_begin(payment)
        payments_apply(attempt.id)
        if money_in.payment_by_id(payment.id).state == "paid":
            for _again in range(self.dice.randint(1, 2)):
                services.on_payment_changed(payment.purpose_id, payment.id, "paid")

    def accept(self) -> None:
        part_id, maker = self.part()
        services.accept_part(maker, part_id)

    def fewer(self) -> None:
        part_id, maker = self.part()
        kept = {line.id: self.dice.randint(0, line.kept) for line in queries_parts.lines_of_part(part_id)}
        services.answer_fewer(maker, part_id, kept, "kurang")

    def refuse(self) -> None:
        part_id, maker = self.part()
        services.refuse_part(maker, part_id, "habis")

    def receive(self) -> None:
        services.receive_part(self.market.cast.kasir, self.part()[0])

    def collect(self) -> None:
        order = self.order()
        services.hand_over(self.market.cast.kasir, order.id, order.pickup_code)

    def cancel(self) -> None:
        services.cancel_own_order(services.BUYER, self.order().token)

    def later(self) -> None:
        clock.travel(self.dice.choice((600, 7_200, 40_000)))
        services.lapse_parts()
        services.expire_orders()

    def word(self) -> None:
        catalogue.set_home_stock(self.market.rina, self.market.cookies.id, self.dice.randint(0, 9))


def services_begin(payment):
    return starting.begin(payment, "qris")


def payments_apply(attempt_id: int) -> None:
    payments.apply_snapshot(attempt_id, said(attempt_id))


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_random_history_breaks_no_promise(desk: Desk, seed):  # noqa: F811
    life = Life(desk, open_market(desk.cast), seed)
    for _step in range(STEPS):
        life.step()
    with db.transaction():  # a worker was there
        db.session.query(Job).update({"state": "done"})
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok]
        assert broken == [], life.done
    assert len(set(life.done)) >= 4, life.done
