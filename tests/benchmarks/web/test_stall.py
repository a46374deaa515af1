"""The market that is made up: the same from the same seed, and found like any other."""

from __future__ import annotations

from sqlalchemy import func, select

from market.benchmarks.web import stall
from market.catalogue import queries_finding as finding
from market.catalogue import spelling
from market.catalogue.models import Product
from market.catalogue.models_finding import Listing
from market.core import db
from market.stock.models import StockItem


def test_the_same_seed_draws_the_same_market():
    assert stall.draw(20, 100, 10, seed=7) == stall.draw(20, 100, 10, seed=7)
    assert stall.draw(20, 100, 10, seed=7) != stall.draw(20, 100, 10, seed=8)


def test_a_larger_market_begins_with_the_goods_of_the_smaller_one():
    small, large = stall.draw(20, 50, 10), stall.draw(20, 500, 10)
    assert small.sellers == large.sellers
    assert large.goods[:50] == small.goods


def test_every_seller_sells_something_and_every_good_has_a_price_that_people_pay():
    market = stall.draw(30, 90, 10)
    assert {good.seller for good in market.goods} == set(range(30))
    assert len({name for name, _at in market.sellers}) == 30
    for good in market.goods:
        assert 4_000 <= good.price_rp <= 80_000 and good.price_rp % 500 == 0
        assert len(good.name) <= 80 and good.unit_label and good.category in stall.KINDS
        assert (good.net_weight_g is None) == (good.category not in stall.FOOD)


def test_five_hundred_sellers_have_five_hundred_names():
    assert len({name for name, _at in stall.draw(500, 500, 153).sellers}) == 500


def test_what_is_filled_in_lies_on_the_shelves_and_is_found(database: str):
    stall.prepare()
    market = stall.draw(6, 40, 153)
    ids = stall.fill(market)
    with db.transaction(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(Product)) == len(ids) == 40
        assert db.session.scalar(select(func.count()).select_from(Listing)) == 40
        assert db.session.scalar(select(func.min(StockItem.on_hand_base))) == stall.PLENTY
        names = db.session.execute(select(Product.name).order_by(Product.id)).scalars().all()
        assert names == [good.name for good in market.goods]
        asked = spelling.question(market.goods[0].name.split()[0])
        found = finding.find(finding.Wanted(question=asked)).cards
        assert ids[0] in {card.id for card in found}
        assert all(card.left == stall.PLENTY for card in found)
