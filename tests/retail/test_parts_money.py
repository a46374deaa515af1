"""Money paid over the internet follows every answer, in whatever order things happen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import queries as money_in
from market.payments import services as payments
from market.retail import queries, services
from market.retail.services.paying import give_back
from market.wiring import HANDLERS
from tests.payments.conftest import Desk, desk, registered  # noqa: F401  (the fixture)
from tests.retail.market import CAKE_RP, COOKIE_RP, Market, open_market
from tests.retail.shop import CRISPS_RP

TOTAL_RP = CRISPS_RP + 2 * COOKIE_RP + CAKE_RP


@pytest.fixture
def world():
    """Begins with a cooperative that takes payments."""
    return registered


@pytest.fixture
def market(desk: Desk, monkeypatch) -> Market:  # noqa: F811
    """The market, and a worker who also hears what the purposes of payments and buyers are told."""
    mine = {each: HANDLERS[each] for each in ("payment_changed", "retail_refused")}
    ears = desk._ears()
    monkeypatch.setattr(desk, "_ears", lambda: {**ears, **mine})
    return open_market(desk.cast)


def placed(market: Market, **details) -> int:
    with db.transaction():
        return market.place(crisps=1, cookies=2, cake=1, **details).id


def started(desk: Desk, order_id: int) -> int:  # noqa: F811
    """The buyer went to the payment's page and chose; returns the attempt's id."""
    with db.transaction():
        token = queries.order_by_id(order_id).token
        payment = services.pay_order(services.BUYER, token).id
    attempt = desk.choose(payment, "qris")
    desk.work()
    return attempt


def pay(desk: Desk, attempt: int) -> None:  # noqa: F811
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)


def refuse(market: Market, order_id: int, *makers) -> None:
    for maker in makers:
        with db.transaction():
            part = market.part(queries.order_by_id(order_id), maker)
            services.refuse_part(maker, part.id, "oven rusak")


def bring(market: Market, order_id: int, *makers) -> None:
    for maker in makers:
        with db.transaction():
            part = market.part(queries.order_by_id(order_id), maker)
            services.receive_part(market.cast.kasir, part.id)


def collect(market: Market, order_id: int) -> None:
    with db.transaction():
        order = queries.order_by_id(order_id)
        services.hand_over(market.cast.kasir, order.id, order.pickup_code)


def refunds(order_id: int) -> list[int]:
    """Whole rupiah of every refund of the order's payment that the bank has not refused."""
    with db.transaction(read_only=True):
        payment = money_in.latest_payment(queries.PURPOSE, order_id)
        attempts = money_in.attempts_of(payment.id)
        given = [each for attempt in attempts for each in money_in.refunds_of(attempt.id)]
        return [each.amount_rp for each in given if each.state != "refused"]


def true(desk: Desk) -> None:  # noqa: F811
    desk.work()
    desk.books_are_true()
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []


def test_a_refusal_after_payment_gives_back_that_part_and_the_rest_is_collected(desk: Desk, market):  # noqa: F811
    number = placed(market)
    pay(desk, started(desk, number))
    refuse(market, number, market.rina)
    desk.wait(60)
    assert refunds(number) == [2 * COOKIE_RP]
    bring(market, number, market.dewi)
    collect(market, number)
    with db.transaction(read_only=True):
        assert queries.order_by_id(number).online_rp == TOTAL_RP - 2 * COOKIE_RP
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    true(desk)


def test_two_makers_refuse_and_each_part_goes_back_once(desk: Desk, market):  # noqa: F811
    number = placed(market)
    pay(desk, started(desk, number))
    refuse(market, number, market.rina, market.dewi)
    desk.wait(60)
    assert sorted(refunds(number)) == sorted([2 * COOKIE_RP, CAKE_RP])
    true(desk)


def test_a_refusal_while_the_buyer_pays_is_given_back_when_the_money_comes(desk: Desk, market):  # noqa: F811
    number = placed(market)
    attempt = started(desk, number)
    refuse(market, number, market.rina)
    assert refunds(number) == []
    pay(desk, attempt)
    assert refunds(number) == [2 * COOKIE_RP]
    true(desk)


def test_nothing_left_while_the_buyer_pays_gives_everything_back(desk: Desk, market):  # noqa: F811
    with db.transaction():
        number = market.place(cookies=2).id
    attempt = started(desk, number)
    desk.bank.pay(desk.attempt(attempt).order_id)  # the notice is still on its way
    refuse(market, number, market.rina)
    desk.wait(60)
    assert refunds(number) == [2 * COOKIE_RP]
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    true(desk)


def test_a_refusal_before_paying_asks_for_less(desk: Desk, market):  # noqa: F811
    number = placed(market)
    with db.transaction():
        token = queries.order_by_id(number).token
        services.pay_order(services.BUYER, token)
    refuse(market, number, market.rina)
    with db.transaction():
        assert services.pay_order(services.BUYER, token).amount_rp == TOTAL_RP - 2 * COOKIE_RP
    true(desk)


def test_a_cancelled_order_gives_back_what_a_refusal_has_not(desk: Desk, market):  # noqa: F811
    number = placed(market)
    pay(desk, started(desk, number))
    refuse(market, number, market.rina)
    with db.transaction():
        services.cancel_own_order(services.BUYER, queries.order_by_id(number).token)
    desk.wait(60)
    assert sum(refunds(number)) == TOTAL_RP
    true(desk)


def test_an_order_that_is_paid_first_asks_nobody_until_the_money_is_there(desk: Desk, market):  # noqa: F811
    number = placed(market, pay_first=True)
    with db.transaction(read_only=True):
        order = queries.order_by_id(number)
        assert (order.released_at, market.part(order, market.rina).answer_by) == (None, None)
        assert order.collect_by <= clock.now() + timedelta(minutes=services.PAY_FIRST_MIN.start)
    with pytest.raises(Conflict), db.transaction():
        services.mark_ready(market.cast.kasir, number)
    pay(desk, started(desk, number))
    with db.transaction(read_only=True):
        order = queries.order_by_id(number)
        assert order.released_at is not None
        assert market.part(order, market.rina).answer_by is not None
    true(desk)


def test_an_order_that_nobody_pays_frees_its_goods_after_the_short_hold(desk: Desk, market):  # noqa: F811
    number = placed(market, pay_first=True)
    clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)
    with db.transaction():
        assert services.expire_orders() == 1
    with db.transaction(read_only=True):
        assert queries.order_by_id(number).state == "expired"
    true(desk)


def test_what_is_being_paid_does_not_expire_and_what_came_too_late_waits_in_suspense(desk: Desk, market):  # noqa: F811
    number = placed(market, pay_first=True)
    attempt = started(desk, number)
    clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)
    with db.transaction():
        assert services.expire_orders() == 0
    pay(desk, attempt)
    with db.transaction(read_only=True):
        assert queries.order_by_id(number).released_at is not None
    true(desk)


def test_nobody_takes_back_more_than_is_left_after_a_refusal(desk: Desk, market):  # noqa: F811
    number = placed(market)
    attempt = started(desk, number)
    pay(desk, attempt)
    with db.transaction():
        payment = services.payment_of(queries.order_by_id(number))
        assert payments.left_of(payment.id) == TOTAL_RP
    refuse(market, number, market.rina)
    left = TOTAL_RP - 2 * COOKIE_RP
    with db.transaction():
        assert payments.left_of(payment.id) == left
        assert give_back(services.BUYER, queries.order_by_id(number), "sekali lagi") == 0
    for amount_rp in (TOTAL_RP, left + 1):
        with pytest.raises(Refused), db.transaction():
            payments.ask_refund(services.BUYER, payment.id, amount_rp, "lebih dari sisanya")
    assert refunds(number) == [2 * COOKIE_RP]
    with db.transaction():
        services.cancel_own_order(services.BUYER, queries.order_by_id(number).token)
    assert sorted(refunds(number)) == sorted([2 * COOKIE_RP, left])
    with pytest.raises(Refused), db.transaction():
        payments.ask_refund(services.BUYER, payment.id, 1, "tidak ada lagi")
    true(desk)
