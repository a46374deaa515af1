"""A share paid over the internet counts when the provider says so, for the pool and at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import doors
from market.prepaid import queries, services
from tests.prepaid.conftest import PRICE_RP, Pools, balance, broken, pool_of, share_of
from tests.prepaid.online import Web, books, open_web
from tests.prepaid.test_joining import join, take


@pytest.fixture
def web(pools) -> Iterator[Web]:
    yield open_web(pools)
    doors.configure({})


# --- it counts when it is proved ---------------------------------------------------------------------


def test_a_proved_payment_counts_and_stands_in_clearing_not_in_cash(web: Web):
    pool = web.pools.open()
    share = web.paid(pool)
    assert (share_of(share).state, share_of(share).account) == ("paid", chart.CLEARING)
    assert books(web) == (2 * PRICE_RP, 2 * PRICE_RP)
    assert balance(web.pools, chart.CASH) == 0
    with db.transaction(read_only=True):
        assert queries.paid_shares([pool]) == {pool: (2, 2 * PRICE_RP)}
    assert broken() == []


def test_nothing_counts_before_the_provider_says_so(web: Web):
    pool = web.pools.open()
    share = join(pool)
    web.begin(share)
    assert share_of(share).state == "awaiting_payment"
    assert books(web) == (0, 0)
    assert broken() == []


def test_the_last_share_paid_online_fires_the_pool(web: Web):
    pool = web.pools.open()
    web.pools.pay(pool, 10)
    web.paid(pool, 5)
    assert pool_of(pool).state == "fired"
    assert broken() == []


def test_goods_are_handed_over_and_both_kinds_of_money_become_sales(web: Web):
    pool = web.pools.open()
    cash = web.pools.pay(pool, 5, "Pak Tunai")
    online = web.paid(pool, 10)
    web.pools.stock(3)
    web.pools.ready(pool)
    web.pools.collect(online)
    assert books(web) == (10 * PRICE_RP, 5 * PRICE_RP)
    web.pools.collect(cash)
    assert books(web) == (10 * PRICE_RP, 0)
    assert balance(web.pools, chart.SALES_NON_MEMBERS) == -15 * PRICE_RP
    assert pool_of(pool).state == "closed"
    assert broken() == []


def test_what_was_not_paid_in_time_may_be_paid_again(web: Web):
    pool = web.pools.open()
    share = join(pool)
    web.begin(share)
    web.wait(1200)
    assert (share_of(share).state, web.state_of_payment(share)) == ("awaiting_payment", "closed")
    web.pay(share)
    assert share_of(share).state == "paid"
    assert broken() == []


def test_a_shop_without_an_account_takes_money_at_the_counter(pools: Pools):
    share = join(pools.open())
    token = share_of(share).token
    with pytest.raises(Refused), db.transaction():
        services.pay_share(token)


def test_a_payment_ends_with_its_pool(web: Web):
    pool = web.pools.open()
    share = join(pool)
    token, closes_at = share_of(share).token, pool_of(pool).closes_at
    clock.travel(to=closes_at - timedelta(minutes=5))
    with db.transaction():
        assert services.pay_share(token).due_at <= closes_at
    clock.travel(to=closes_at + timedelta(seconds=1))
    with pytest.raises(Conflict), db.transaction():
        services.pay_share(token)


# --- the counter -------------------------------------------------------------------------------------


def test_the_counter_takes_no_cash_while_it_can_still_be_paid_online(web: Web):
    share = join(web.pools.open())
    order_id = web.begin(share)
    with pytest.raises(Conflict):
        take(web.pools, share)
    with db.transaction():
        assert services.take_cash(web.pools.cast.budi, share)
    web.work()
    assert web.bank.charges[order_id].status.value == "canceled"
    take(web.pools, share)
    assert share_of(share).account == chart.CASH
    assert broken() == []


def test_an_unopened_payment_is_given_up_for_cash(web: Web):
    share = join(web.pools.open())
    token = share_of(share).token
    with db.transaction():
        services.pay_share(token)
    take(web.pools, share)
    assert (share_of(share).state, web.state_of_payment(share)) == ("paid", "closed")
    assert broken() == []


def test_who_paid_before_the_counter_closed_it_pays_no_cash(web: Web):
    share = join(web.pools.open())
    web.bank.pay(web.begin(share))
    with db.transaction():
        services.take_cash(web.pools.cast.budi, share)
    web.wait(60)
    assert (share_of(share).state, share_of(share).account) == ("paid", chart.CLEARING)
    assert broken() == []


# --- pages -------------------------------------------------------------------------------------------


def test_the_buyer_finds_the_way_to_pay_on_the_receipt(web: Web, client):
    share = join(web.pools.open())
    token = share_of(share).token
    page = client.get(f"/setoran-saya/{token}").get_data(as_text=True)
    assert "Bayar lewat internet" in page
    answer = client.post(f"/setoran-saya/{token}/bayar")
    assert answer.status_code == 303
    assert "/bayar/" in answer.headers["Location"]
    assert "Lanjutkan pembayaran" in client.get(f"/setoran-saya/{token}").get_data(as_text=True)


def test_the_counter_sees_that_a_buyer_is_paying_and_can_close_it(web: Web, client):
    share = join(web.pools.open())
    web.begin(share)
    client.login(web.pools.cast.budi)
    page = client.get(f"/setor-beli/pembeli/{share}").get_data(as_text=True)
    assert "Tutup pembayaran internet" in page
    assert "Uang sudah diterima" not in page
    assert client.post(f"/setor-beli/pembeli/{share}/tunai").status_code == 303
    assert "sedang ditutup" in client.get(f"/setor-beli/pembeli/{share}").get_data(as_text=True)
    web.work()
    assert "Uang sudah diterima" in client.get(f"/setor-beli/pembeli/{share}").get_data(as_text=True)


def test_the_receipt_says_that_the_money_came_over_the_internet(web: Web, client):
    share = web.paid(web.pools.open())
    token = share_of(share).token
    assert client.get(f"/setoran-saya/{token}/kuitansi.pdf").status_code == 200
    client.login(web.pools.cast.budi)
    assert "Lewat internet" in client.get(f"/setor-beli/pembeli/{share}").get_data(as_text=True)
