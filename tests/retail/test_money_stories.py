"""Money that comes late, fails on its way back, or goes back after the hand-over, to the rupiah."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.types import RefundSnapshot, RefundStatus
from market.retail import queries, queries_parts, services
from market.retail.services import Decision, Extras
from tests.payments.conftest import Desk, desk, registered  # noqa: F401  (the fixture)
from tests.retail import door
from tests.retail.door import FEE_RP
from tests.retail.market import CAKE_RP, COOKIE_RP, Market
from tests.retail.shop import CRISPS_RP
from tests.retail.test_parts_money import (
    bring,
    collect,
    market,  # noqa: F401  (the fixture)
    pay,
    placed,
    refunds,
    refuse,
    started,
    true,
)


@pytest.fixture
def world():
    """Begins with a cooperative that takes payments."""
    return registered


def bank_says(desk: Desk, order_id: int, amount_rp: int, said: RefundStatus) -> None:  # noqa: F811
    """The bank's word on the order's refund of this amount."""
    with db.transaction(read_only=True):
        payment = money_in.latest_payment(queries.PURPOSE, order_id)
        attempt = money_in.attempts_of(payment.id)[0]
        under_way = [each for each in money_in.refunds_of(attempt.id) if each.state in each.UNDER_WAY]
        [refund] = [each for each in under_way if each.amount_rp == amount_rp]
    desk.bank.refund(attempt.order_id, RefundSnapshot(refund.refund_id, amount_rp, said, reason="no"))
    desk.wait(600)


class TestLateMoney:
    """A pre-paid order whose time ended before the buyer's money came."""

    def late(self, desk: Desk, market: Market) -> tuple[int, int]:  # noqa: F811
        """The order's id and the treasurer's case of its money."""
        number = placed(market, pay_first=True)
        attempt = started(desk, number)
        for _twice in range(2):
            desk.wait(16 * 60)
        clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)
        with db.transaction():
            assert services.expire_orders() == 1
        desk.bank.pay(desk.attempt(attempt).order_id)
        desk.notify(desk.attempt(attempt).order_id, "late")
        desk.work()
        with db.transaction(read_only=True):
            [case] = money_in.open_cases(market.cast.makmur.id)
            return number, case.id

    def use(self, desk: Desk, case: int) -> None:  # noqa: F811
        with db.transaction():
            payments.attribute_case(desk.cast.budi, case, "uang terlambat")
        desk.work()

    def test_an_order_with_parts_lives_again_and_each_maker_is_asked_anew(self, desk, market):  # noqa: F811
        number, case = self.late(desk, market)
        with db.transaction(read_only=True):
            assert {each.state for each in queries_parts.parts_of(number)} == {"cancelled"}
        self.use(desk, case)
        with db.transaction(read_only=True):
            order = queries.order_by_id(number)
            rina = market.part(order, market.rina)
            assert (order.state, rina.state) == ("placed", "waiting")
            assert rina.answer_by > clock.now() and order.collect_by > clock.now()
            assert {p.state for p in queries_parts.parts_of(number) if p.place == "here"} == {"accepted"}
        true(desk)
        bring(market, number, market.rina, market.dewi)
        collect(market, number)
        assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
        true(desk)

    def test_a_maker_may_refuse_what_lives_again_and_that_money_goes_back(self, desk, market):  # noqa: F811
        number, case = self.late(desk, market)
        self.use(desk, case)
        refuse(market, number, market.rina)
        assert refunds(number) == [2 * COOKIE_RP]
        true(desk)

    def test_it_does_not_live_again_when_its_day_of_baking_is_over(self, desk, market):  # noqa: F811
        number, case = self.late(desk, market)
        clock.travel(to=clock.now() + timedelta(days=3))
        with pytest.raises(Refused, match="hari pembuatannya sudah lewat"):
            self.use(desk, case)
        with db.transaction(read_only=True):
            assert queries.order_by_id(number).state == "expired"
        true(desk)


def test_what_lives_again_is_brought_on_a_day_that_the_zone_is_served(market):  # noqa: F811
    served = clock.today().weekday()
    with db.transaction():
        door.zone(market.cast, days=1 << served)
        extras = Extras(door=door.door(market.cast, cash=False))
        order = door.order(market.front, extras, crisps=1)
        assert door.delivery_of(order).due_on == clock.today()
    clock.travel(2 * 86_400)
    with db.transaction():
        assert services.expire_orders() == 1
        services.revive_order(SYSTEM, order.id)
        again = door.delivery_of(order)
        assert again.state == "waiting" and again.due_on > clock.today()
        assert again.due_on.weekday() == served


class TestMoneyThatFailsOnItsWayBack:
    def test_a_failed_refund_goes_with_that_of_the_next_refusal(self, desk, market):  # noqa: F811
        number = placed(market)
        pay(desk, started(desk, number))
        refuse(market, number, market.rina)
        bank_says(desk, number, 2 * COOKIE_RP, RefundStatus.FAILED)
        assert refunds(number) == []
        refuse(market, number, market.dewi)
        gone = 2 * COOKIE_RP + CAKE_RP
        assert refunds(number) == [gone]
        bank_says(desk, number, gone, RefundStatus.SUCCEEDED)
        collect(market, number)
        assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
        true(desk)

    def test_the_old_refund_is_not_asked_for_beside_the_one_that_holds_it(self, desk, market):  # noqa: F811
        with db.transaction():  # the rest is worth more than what failed, so nothing else stops a second one
            number = market.place(crisps=9, cookies=1, cake=1).id
        pay(desk, started(desk, number))
        refuse(market, number, market.rina)
        with db.transaction(read_only=True):
            payment = money_in.latest_payment(queries.PURPOSE, number)
            [first] = money_in.refunds_of(money_in.attempts_of(payment.id)[0].id)
        bank_says(desk, number, COOKIE_RP, RefundStatus.FAILED)
        refuse(market, number, market.dewi)
        with pytest.raises(Conflict), db.transaction():
            payments.ask_again(desk.cast.budi, first.id, by_hand=False)
        assert refunds(number) == [COOKIE_RP + CAKE_RP]
        true(desk)


class TestAfterTheHandOver:
    def test_a_complaint_about_what_was_paid_by_qris_is_paid_back_by_qris(self, desk, market):  # noqa: F811
        with db.transaction():
            number = market.place(crisps=2).id
        pay(desk, started(desk, number))
        collect(market, number)
        cash = desk.balance(chart.CASH)
        with db.transaction():
            order = queries.order_by_id(number)
            made = door.complaint(order, queries.lines_of(number)[0].id)
            row = services.refund_complaint(desk.cast.sri, made.id, Decision(CRISPS_RP, "seller", "lost"))
            assert (row.way, row.state) == ("online", "paid")
        assert refunds(number) == [CRISPS_RP]
        true(desk)
        bank_says(desk, number, CRISPS_RP, RefundStatus.SUCCEEDED)
        assert (desk.balance(chart.CASH), desk.balance(chart.RETURNS_DUE)) == (cash, 0)
        assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
        true(desk)


class TestTheFeeOfAWayThatNobodyWent:
    def paid_for_the_door(self, desk: Desk, market: Market) -> int:  # noqa: F811
        with db.transaction():
            door.zone(desk.cast)
            extras = Extras(door=door.door(desk.cast, cash=False))
            number = door.order(market.front, extras, crisps=2).id
        pay(desk, started(desk, number))
        return number

    def test_what_was_paid_for_it_by_qris_goes_back_at_the_counter(self, desk, market):  # noqa: F811
        number = self.paid_for_the_door(desk, market)
        with db.transaction():
            order = queries.order_by_id(number)
            done = services.hand_over(desk.cast.kasir, number, order.pickup_code, cash_rp=0)
            assert (done.due_rp, done.online_rp) == (2 * CRISPS_RP, 2 * CRISPS_RP)
        assert refunds(number) == [FEE_RP]
        assert desk.balance(chart.DELIVERY_INCOME) == 0
        bank_says(desk, number, FEE_RP, RefundStatus.SUCCEEDED)
        assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
        true(desk)

    def test_the_counters_page_says_so_before(self, desk, market, browsers):  # noqa: F811
        number = self.paid_for_the_door(desk, market)
        shown = browsers(desk.cast.kasir).get(f"/penjualan/{number}").get_data(as_text=True)
        assert 'data-testid="fee-back"' in shown and "dikembalikan lewat internet" in shown


def test_whoever_is_signed_in_finds_the_order_on_another_device(market, browsers, client):  # noqa: F811
    slug = market.front.makmur.slug
    first, second = browsers(market.dewi), browsers(market.dewi)
    first.post(f"/toko/{slug}/keranjang", {"set": f"{market.front.crisps.id}:1"})
    form = {"buyer_name": "Dewi", "phone": "081298765432", "expected_total_rp": CRISPS_RP, "pay": "pickup"}
    bought = first.post(f"/toko/{slug}/pesanan", form)
    assert bought.status_code == 303
    with db.transaction(read_only=True):
        [order] = queries.orders_of(market.front.makmur.id)
        assert order.user_id == market.dewi.user_id
    assert order.number in second.get("/pesanan-saya").get_data(as_text=True)
    assert order.number not in browsers(market.rina).get("/pesanan-saya").get_data(as_text=True)
    assert order.number not in client.get("/pesanan-saya").get_data(as_text=True)
