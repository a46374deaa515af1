"""What came for a need is read from its orders, also when one order serves two needs of one buyer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.inputs import queries
from market.needs.models import Need
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.purchasing.services import ReceiptLine
from tests.inputs.conftest import KG, broken, open_kitchen, pool_of, request_of
from tests.rounds.conftest import Market, asked_id, matcher, warm_matcher

__all__ = ["matcher", "warm_matcher"]


@pytest.fixture
def kitchen(database):
    return open_kitchen()


def receive(kitchen, packs: int) -> None:
    """The order that the round made, received as far as it came; the rest does not come any more."""
    with db.transaction():
        [order] = db.session.scalars(orders.visible_orders(kitchen.cast.kasir)).all()
        line = orders.goods_lines(order.id)[0]
        purchasing.receive_goods(kitchen.cast.kasir, order.id, [ReceiptLine(line.id, packs)])
    if packs < line.ordered_packs:
        with db.transaction():
            purchasing.cancel_rest(kitchen.cast.budi, order.id, "truk mogok")


@pytest.mark.parametrize(("came", "for_tini"), [(12, 50), (6, 25)])
def test_a_round_brings_flour_for_the_shop_and_for_the_baker(kitchen, browsers, came, for_tini):
    """Ten sacks for the shelf by a need of its own, two for Bu Tini: one order, shared as ordered."""
    market = Market(kitchen.cast)  # type: ignore[arg-type]
    own = market.need(10, "TRG-25", needed_by_on=clock.today() + timedelta(days=5), ceiling_rp=260_000)
    asked = kitchen.paid(50, 50)
    need = kitchen.open_pool()
    market.offer(kitchen.cast.joko, 240_000, 40, "TRG-25")
    number = market.published()
    assignment = asked_id(number, kitchen.cast.joko)
    page = browsers(kitchen.cast.joko).get(f"/penugasan/{assignment}")
    assert page.status_code == 200, "flour comes in one pack: there is nothing to put in its place"
    market.answer(kitchen.cast.joko, assignment)
    market.work()
    receive(kitchen, came)
    market.work()
    with db.transaction(read_only=True):
        packs = {each: queries.arrival(db.session.get_one(Need, each)).packs for each in (own, need)}
    assert sum(packs.values()) == came
    assert packs[need] == for_tini // 25
    kitchen.share(need)
    found = request_of(asked)
    assert (found.given_base, found.price_rp) == (for_tini * KG, 9_888)
    kitchen.collect(asked)
    kitchen.refund(asked)
    assert request_of(asked).state == "refunded", "the change is more than the counter gives back alone"
    assert (pool_of(need).own_base, broken()) == (0, [])
