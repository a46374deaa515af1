"""One phone orders no more of a subsidised good than the law lets one buyer have."""

from __future__ import annotations

import pytest

from market.catalogue import services as catalogue
from market.core import clock, db
from market.core.errors import Refused
from market.retail import services
from tests.counter.shop import SPHP_RP, stock_pack

PHONE, OTHER = "0812-3456-7890", "0813-3456-7890"


@pytest.fixture
def sphp(shop, cast) -> int:
    with db.transaction():
        pack_id = stock_pack(cast, "BRS-SPHP-5", 40, 55_000)
        return catalogue.sell_pack(cast.sri, pack_id, SPHP_RP).id


def order(shop, sphp: int, packs: int, phone: str = PHONE) -> int:
    with db.transaction():
        return services.place_order(services.BUYER, shop.makmur.id, {sphp: packs}, "Bu Ani", phone).id


def test_one_order_above_the_cap_is_refused_with_what_is_left(shop, sphp):
    with pytest.raises(Refused, match=r"paling banyak 5 .* sisa 5"):
        order(shop, sphp, 6)
    assert order(shop, sphp, 5)


def test_several_orders_of_one_day_count_together_and_another_phone_for_itself(shop, sphp):
    order(shop, sphp, 3)
    with pytest.raises(Refused, match="sisa 2"):
        order(shop, sphp, 3, "+62 812 3456 7890")
    order(shop, sphp, 2)
    order(shop, sphp, 5, OTHER)


def test_what_came_to_nothing_and_what_was_yesterday_do_not_count(shop, sphp, cast):
    first = order(shop, sphp, 5)
    with db.transaction():
        services.cancel_order(cast.kasir, first, "salah pesan")
    order(shop, sphp, 5)
    with pytest.raises(Refused, match="sisa 0"):
        order(shop, sphp, 1)
    clock.travel(24 * 3600)
    order(shop, sphp, 5)


def test_goods_without_a_cap_are_ordered_freely(shop):
    with db.transaction():
        made = services.place_order(services.BUYER, shop.makmur.id, {shop.rice.id: 8}, "Bu Ani", PHONE)
    assert made.state == "placed"
