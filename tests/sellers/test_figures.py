"""Each figure of a seller's page is computed a second time, from raw rows, by words of its own."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from market.catalogue import queries_sold
from market.core import clock, db, parameters, spool
from market.core.errors import Refused
from market.counter import queries as counter
from market.counter import services as selling
from market.payments import queries_earnings
from market.retail import services as retail
from market.sellers import queries, services
from tests.counter import shop as tills
from tests.retail.shop import CRISPS_RP, place

SHARE_RP = CRISPS_RP * 9 // 10


@pytest.fixture
def till(cast, tmp_path):
    spool.configure(tmp_path / "views")
    yield tills.open_till(cast, crisps_left=60)
    spool.configure(None)


def one(sql: str, **values: object) -> int:
    with db.transaction(read_only=True):
        return int(db.session.scalar(text(sql), values) or 0)


def numbers(till, period: str = "hari") -> queries.Numbers:
    with db.transaction(read_only=True):
        return queries.numbers(till.id, till.shop.seller.id, period)


def bring_back(till, sale, units: int) -> None:
    with db.transaction():
        line = counter.lines_of(sale.id)[0]
        selling.take_back(till.cast.kasir, sale.id, {line.id: units}, "penyok")


def order(till, number: int, crisps: int, collected: bool) -> None:
    with db.transaction():
        made = place(till.shop, crisps=crisps, phone=f"0812000{number:05}")
        if collected:
            retail.hand_over(till.cast.kasir, made.id, made.pickup_code)


def trade(till, dice: random.Random) -> None:
    """Orders, collected or not, sales at the counter, some of which come back; people who only look."""
    for number in range(10):
        kind = dice.choice(("order", "wait", "sale", "back", "look"))
        if kind == "look":
            spool.note(str(till.shop.crisps.id))
        elif kind in ("order", "wait"):
            order(till, number, dice.randint(1, 3), kind == "order")
        else:
            sale = till.sold((till.crisps, dice.randint(2, 3)))
            if kind == "back":
                bring_back(till, sale, dice.randint(1, 2))
    clock.travel(180)
    with db.transaction():
        services.count_views()


@pytest.mark.parametrize("seed", [3, 11])
def test_sold_earned_orders_and_views_are_what_the_raw_rows_say(till, seed):
    trade(till, random.Random(seed))
    seller, product = till.shop.seller.id, till.shop.crisps.id
    collected = one(
        "SELECT sum(l.quantity - l.refused_pcs) FROM retail_order_line l JOIN retail_order o"
        " ON o.id = l.order_id WHERE o.state IN ('collected') AND l.seller_id = :s",
        s=seller,
    )
    counted = one(
        "SELECT sum(l.quantity - l.returned) FROM counter_sale_line l JOIN counter_sale c"
        " ON c.id = l.sale_id WHERE c.number IS NOT NULL AND l.seller_id = :s",
        s=seller,
    )
    owed = one(
        "SELECT -sum(p.amount_rp) FROM posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.code = '2-1300' AND p.counterparty_id = :s",
        s=seller,
    )
    ordered = one("SELECT count(DISTINCT order_id) FROM retail_order_line WHERE seller_id = :s", s=seller)
    views = one("SELECT sum(views) FROM product_view WHERE product_id = :p", p=product)
    for period in queries.PERIODS:
        found = numbers(till, period)
        assert found.sold == collected + counted == found.best[0].sold
        assert found.earned_rp == owed == (collected + counted) * SHARE_RP
        assert (found.orders, found.views) == (ordered, views)
        assert found.conversion_bp == (ordered * 10_000 // views if views else None)


def test_what_came_back_is_not_sold_anywhere(till):
    sale = till.sold((till.crisps, 3))
    bring_back(till, sale, 2)
    assert numbers(till).sold == 1
    first = clock.today().replace(day=1)
    with db.transaction(read_only=True):
        piece = queries_sold.sold([till.shop.crisps])[till.shop.crisps.id]
        found = queries.statement(till.id, till.shop.seller.id, first, first + timedelta(days=31))
    row = found.goods[0]
    assert (piece.sold, piece.on_hand) == (row.sold, row.on_hand) == (1, 59)
    assert row.corrected == 0 and found.gross_rp == CRISPS_RP and found.earned_rp == SHARE_RP


def test_the_calendar_pays_what_the_books_owe(till):
    order(till, 1, 2, collected=True)
    till.sold((till.crisps, 1))
    with db.transaction(read_only=True):
        owed = queries_earnings.owed_to(till.id, till.shop.seller.id)
        days = queries_earnings.payout_days(till.id, 6)
    assert (owed.owed_rp, owed.released_rp) == (3 * SHARE_RP, 3 * SHARE_RP)
    assert days == sorted(set(days)) and all(day > clock.today() - timedelta(days=1) for day in days)
    assert all((later - day).days == 7 for day, later in pairwise(days))


def cap(till, amount_rp: int) -> None:
    with db.transaction():
        parameters.set_value(till.cast.hadi, retail.CAP_RP, amount_rp, clock.today(), "rapat anggota")


def used_rp(till) -> int:
    with db.transaction(read_only=True):
        return retail.monthly_cap(till.id, till.shop.seller.id).used_rp


def test_the_monthly_cap_counts_the_counter_too_and_what_came_back_is_free_again(till):
    cap(till, 3 * CRISPS_RP)
    sale = till.sold((till.crisps, 2), (till.rice, 1))
    order(till, 1, 1, collected=True)
    assert used_rp(till) == 3 * CRISPS_RP
    with pytest.raises(Refused, match="terbagi ke semua UMKM"):
        order(till, 2, 1, collected=False)
    bring_back(till, sale, 1)
    assert used_rp(till) == 2 * CRISPS_RP
    order(till, 2, 1, collected=False)
    till.sold((till.crisps, 1))  # the counter refuses nobody
    assert used_rp(till) == 4 * CRISPS_RP
    clock.travel(32 * 86_400)
    assert used_rp(till) == 0


def test_who_may_not_be_sold_today_is_neither_quiet_nor_advised(till):
    clock.travel(20 * 86_400)
    seller = till.shop.seller.id
    with db.transaction(read_only=True):
        assert [each.seller_id for each in queries.quiet_sellers(till.id)] == [seller]
        assert queries.hints(till.id, seller)
    with db.transaction():
        past = {"p": till.shop.crisps.id, "day": clock.today() - timedelta(days=1)}
        db.session.execute(text("UPDATE product SET lawful_until_on = :day WHERE id = :p"), past)
    with db.transaction(read_only=True):
        assert queries.quiet_sellers(till.id) == [] and queries.hints(till.id, seller) == []
        assert queries.exposure(till.id).sellers == 0
