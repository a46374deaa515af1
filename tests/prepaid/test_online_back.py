"""Money of a share goes back as it came: who leaves, a pool that fails, the last minute, the bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Refused
from market.ledger import chart
from market.payments import doors, gateway
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.types import RefundSnapshot, RefundStatus
from market.prepaid import queries, services
from tests.prepaid.conftest import PRICE_RP, balance, broken, pool_of, share_of, states_of
from tests.prepaid.online import Web, books, open_web, told
from tests.prepaid.test_joining import join, leave, take


@pytest.fixture
def web(pools) -> Iterator[Web]:
    yield open_web(pools)
    doors.configure({})


# --- money that goes back ----------------------------------------------------------------------------


def test_who_steps_back_gets_the_money_the_way_it_came(web: Web):
    pool = web.pools.open()
    share = join(pool)
    order_id = web.pay(share)
    assert leave(share) == "refund_pending"
    web.work()
    with db.transaction(read_only=True):
        assert queries.back_by_hand(pool) == []
    assert told("pool_left") == []
    web.prove_refund(order_id, 2 * PRICE_RP)
    assert (share_of(share).state, share_of(share).refund_account) == ("refunded", chart.CLEARING)
    assert books(web)[1] == 0
    assert broken() == []


def test_who_steps_back_before_paying_is_asked_for_nothing_more(web: Web):
    share = join(web.pools.open())
    order_id = web.begin(share)
    assert leave(share) == "cancelled"
    web.work()
    assert web.bank.charges[order_id].status.value == "canceled"
    assert web.state_of_payment(share) == "closed"


def test_who_paid_while_stepping_back_gets_it_back(web: Web):
    share = join(web.pools.open())
    order_id = web.begin(share)
    web.bank.pay(order_id)
    assert leave(share) == "cancelled"
    web.wait(60)
    assert share_of(share).state == "refund_pending"
    web.prove_refund(order_id, 2 * PRICE_RP)
    assert share_of(share).state == "refunded"
    assert broken() == []


def test_a_pool_that_fails_pays_back_online_and_by_hand(web: Web):
    pool = web.pools.open()
    cash = web.pools.pay(pool, 2, "Pak Tunai")
    online = join(pool, 3)
    order_id = web.pay(online)
    web.wait(8 * 86_400)
    assert pool_of(pool).state == "refunding"
    with db.transaction(read_only=True):
        assert [share.id for share in queries.back_by_hand(pool)] == [cash]
    web.pools.refund(pool)
    assert (pool_of(pool).state, share_of(cash).state) == ("refunding", "refunded")
    web.prove_refund(order_id, 3 * PRICE_RP)
    assert (pool_of(pool).state, share_of(online).state) == ("closed", "refunded")
    assert books(web)[1] == 0
    assert broken() == []


def test_what_no_provider_pays_back_waits_for_the_buyers_account(web: Web):
    """Then two people pay it out, from the page of money that leaves; no cash besides."""
    pool = web.pools.open()
    share = web.paid(pool, 3, "va_bca")
    assert leave(share) == "refund_pending"
    web.work()
    assert told("refund_by_hand")
    with db.transaction(read_only=True):
        assert queries.back_by_hand(pool) == []
    assert broken() == []


def test_a_refund_that_the_bank_refuses_goes_by_hand(web: Web):
    pool = web.pools.open()
    web.pools.pay(pool, 5, "Pak Tunai")
    share = join(pool)
    order_id = web.pay(share)
    leave(share)
    web.work()
    name = web.bank.charges[order_id].refunds[0].refund_id
    web.bank.refund(order_id, RefundSnapshot(name, 2 * PRICE_RP, RefundStatus.FAILED, reason="412"))
    web.wait(3700)
    with db.transaction(read_only=True):
        assert [each.id for each in queries.back_by_hand(pool)] == [share]
    web.pools.refund(pool)
    assert share_of(share).state == "refunded"
    assert broken() == []


# --- the last minute ---------------------------------------------------------------------------------


def test_money_proved_after_the_last_minute_still_counts(web: Web):
    """Paid in time, known late: the pool waits for the provider's word before it is decided."""
    pool = web.pools.open()
    web.pools.pay(pool, 8)
    share = join(pool)
    clock.travel(to=pool_of(pool).closes_at - timedelta(minutes=2))
    web.bank.pay(web.begin(share))
    clock.travel(to=pool_of(pool).closes_at + timedelta(seconds=5))
    with db.transaction():
        services.settle_due()
    assert pool_of(pool).state == "open"
    web.wait(30)
    assert (share_of(share).state, pool_of(pool).state) == ("paid", "fired")
    assert broken() == []


def test_a_provider_that_says_nothing_holds_the_pool_and_no_longer(web: Web):
    pool = web.pools.open()
    web.pools.pay(pool, 10)
    share = join(pool)
    clock.travel(to=pool_of(pool).closes_at - timedelta(minutes=2))
    web.begin(share)
    web.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    web.wait(300)
    assert pool_of(pool).state == "open"
    web.bank.trouble = None
    web.wait(120)
    assert (pool_of(pool).state, share_of(share).state) == ("fired", "cancelled")
    assert broken() == []


@pytest.mark.parametrize("method", ["qris", "va_bca"])
def test_money_for_room_that_others_took_goes_back(web: Web, method: str):
    pool = web.pools.open()
    share = join(pool, 5)
    order_id = web.begin(share, method)
    web.pools.pay(pool, 15, "Pak Cepat")
    web.bank.pay(order_id)
    web.wait(60)
    assert (pool_of(pool).state, share_of(share).state) == ("fired", "refund_pending")
    with db.transaction(read_only=True):
        assert queries.back_by_hand(pool) == []
    assert broken() == []


def test_a_second_payment_beside_cash_goes_back(web: Web):
    """Money that came late, for a share that was paid in cash since, is nobody's share."""
    share = join(web.pools.open())
    order_id = web.begin(share)
    web.wait(1200)
    take(web.pools, share)
    web.bank.pay(order_id)
    web.wait(3700)
    with db.transaction(read_only=True):
        case_id = money_in.open_cases(web.pools.cast.makmur.id)[0].id
    with pytest.raises(Refused, match="cara lain"), db.transaction():
        payments.attribute_case(web.pools.cast.budi, case_id, "setoran itu")
    with db.transaction():
        payments.refund_case(web.pools.cast.budi, case_id, "sudah tunai")
    web.work()
    web.prove_refund(order_id, 2 * PRICE_RP)
    assert (share_of(share).state, share_of(share).account) == ("paid", chart.CASH)
    assert balance(web.pools, chart.SUSPENSE) == 0
    assert broken() == []


# --- money that the bank takes back ------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["paid", "ready", "collected"])
def test_money_that_the_bank_takes_back_frees_the_share(web: Web, stage: str):
    pool = web.pools.open()
    web.pools.pay(pool, 10, "Pak Tunai")
    share = join(pool, 5)
    order_id = web.pay(share, "va_permata")
    if stage != "paid":
        web.pools.stock(3)
        web.pools.ready(pool)
    if stage == "collected":
        web.pools.collect(share)
    web.bank.take_back(order_id)
    web.wait(3700)
    assert share_of(share).state == ("collected" if stage == "collected" else "cancelled")
    assert told("pool_money_lost")
    owed = 5 * PRICE_RP if stage == "collected" else 0
    assert balance(web.pools, chart.RECEIVABLE_REVERSALS) == owed
    assert broken() == []


def test_news_that_comes_twice_changes_nothing(web: Web):
    pool = web.pools.open()
    share = web.paid(pool)
    with db.transaction(read_only=True):
        payment = money_in.latest_payment("prepaid_share", share)
        assert payment is not None
        number = payment.id
    for news in ("paid", "closed", "paid"):
        with db.transaction():
            services.on_payment_changed(share, number, news)
    assert states_of(pool) == ["paid"]
    assert broken() == []
