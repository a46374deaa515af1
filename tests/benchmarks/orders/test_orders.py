"""The measured pieces of work: orders over all shops, the hot product, journals whose chains hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from market.benchmarks.orders import journals, product, runner, shelf
from market.benchmarks.orders.clerks import Pace
from market.benchmarks.orders.shelf import Shelf
from market.benchmarks.web import promises
from market.core import db
from market.ledger.models import JournalEntry
from market.payments.models import PaymentAttempt
from market.retail.models import RetailOrder, RetailOrderLine
from tests.benchmarks.orders.small import market_in


@pytest.fixture
def market(database: str, tmp_path: Path) -> Shelf:
    return market_in(database, tmp_path)


def test_spread_orders_go_round_the_shops_and_their_goods(market):
    asked = [market.spread(number) for number in range(6)]
    assert [goods[0].shop_id for goods in asked[:3]] == [goods[0].shop_id for goods in market.goods]
    assert all(len(goods) == shelf.LINES for goods in asked)
    assert set(asked[0]).isdisjoint(asked[3])
    assert all([each.item_id for each in goods] == sorted(each.item_id for each in goods) for goods in asked)


def test_every_hot_order_wants_the_same_product(market):
    assert len({market.hot(number)[0] for number in range(20)}) == 1


def test_an_order_of_the_product_waits_for_the_worker_to_fetch_its_qr_code(market):
    product.order(market.spread(1), 1)
    with db.transaction(read_only=True):
        placed = db.session.scalars(select(RetailOrder)).one()
        assert placed.pay_first and placed.phone == "62811" + "1".zfill(8)
        assert db.session.scalar(select(func.count(RetailOrderLine.id))) == shelf.LINES
        assert db.session.scalars(select(PaymentAttempt.state)).all() == ["starting"]


def test_journals_of_the_benchmark_are_chained_and_a_broken_link_is_counted(market):
    goods = market.goods[0]
    for number in range(3):
        journals.post(goods, number)
    assert journals.broken([goods[0].shop_id]) == 0
    with db.transaction(read_only=True):
        assert list(db.session.scalars(select(JournalEntry.seq))) == [1, 2, 3]


def test_a_share_is_the_product_s_pace_of_the_raw_program_s():
    found = {"orders, product": Pace(30, 1, 1, 1), "orders, raw": Pace(40, 1, 1, 1)}
    assert runner._share(found, "orders") == 75


def test_the_bars_are_those_that_were_promised():
    assert (promises.ORDERS.least, promises.HOT.least, promises.LITE.least) == (70, 150, 40)
    assert promises.LITE_P99.most == 50
    assert (promises.JOURNALS_ONE.least, promises.JOURNALS_TEN.least) == (500, 700)
    assert promises.OVERSOLD.most == promises.LITE_OVERSOLD.most == promises.LINKS.most == 0
