"""What a member's list says was sold: in the shop, from her home, to order; not what came back."""

from __future__ import annotations

import pytest

from market.catalogue import queries_sold
from market.catalogue.queries_sold import Sold
from market.core import db
from market.retail import services as retail
from tests.retail import market as markets


@pytest.fixture
def bazaar(cast):
    return markets.open_market(cast)


def figures(bazaar) -> dict[str, Sold]:
    products = (bazaar.front.crisps, bazaar.cookies, bazaar.cake)
    with db.transaction(read_only=True):
        found = queries_sold.sold(products)
    return {each.name: found[each.id] for each in products if each.id in found}


def hand_over(bazaar, order) -> None:
    """Everything that away makers promised comes to the counter and goes to the buyer."""
    for maker in (bazaar.rina, bazaar.dewi):
        part = bazaar.part(order, maker)
        retail.accept_part(maker, part.id)
        retail.receive_part(bazaar.cast.kasir, part.id)
    retail.mark_ready(bazaar.cast.kasir, order.id)
    retail.hand_over(bazaar.cast.kasir, order.id, order.pickup_code)


def test_pieces_from_home_and_to_order_count_as_sold_like_those_on_the_shelf(bazaar):
    with db.transaction():
        days = {bazaar.cake.id: bazaar.first_day()}
        hand_over(bazaar, bazaar.place(crisps=2, cookies=3, cake=1, days=days))
    assert figures(bazaar) == {
        "Keripik Singkong": Sold(brought=10, sold=2, on_hand=8),
        "Nastar": Sold(sold=3, at_home=markets.AT_HOME - 3),
        "Kue Lapis": Sold(sold=1),
    }


def test_what_is_promised_is_not_sold_yet_and_no_longer_free(bazaar):
    with db.transaction():
        bazaar.place(crisps=1, cookies=2, cake=1, days={bazaar.cake.id: bazaar.first_day()})
    found = figures(bazaar)
    assert (found["Nastar"].sold, found["Nastar"].at_home) == (0, markets.AT_HOME - 2)
    assert (found["Keripik Singkong"].sold, found["Keripik Singkong"].promised) == (0, 1)
    assert found["Kue Lapis"].sold == 0


def test_the_makers_pages_say_where_her_goods_are(bazaar, browsers):
    rina, dewi = browsers(bazaar.rina), browsers(bazaar.dewi)
    assert f"terjual 0 · di rumah {markets.AT_HOME}" in rina.get("/produk").get_data(as_text=True)
    assert "terjual 0 · dibuat bila dipesan" in dewi.get("/produk").get_data(as_text=True)
    page = rina.get(f"/produk/{bazaar.cookies.id}").get_data(as_text=True)
    assert 'data-testid="sold"' in page and "Di gerai" not in page


def test_nothing_is_asked_of_an_empty_list(bazaar):
    with db.transaction(read_only=True):
        assert queries_sold.sold([]) == {}
