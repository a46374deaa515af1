"""What lies still is listed with age and value; what may go to the neighbours goes at cost or below."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.i18n import use_locale
from market.notices.models import Notice
from market.transfers import queries, services
from tests.transfers.conftest import COST_RP, balance, broken, lot_of, on_hand, state_of_need


def slow_rows(next_door):
    with db.transaction(read_only=True):
        return queries.slow_stock(next_door.cast.makmur.id)


def why(next_door, code: str) -> str | None:
    with db.transaction(read_only=True):
        item = next(
            r.item for r in queries.slow_stock(next_door.cast.makmur.id) if r.item.code == f"pack:{code}"
        )
        return services.hindrance(item)


def refused_at(next_door, actor, item: int, **given) -> str | None:
    with pytest.raises(Refused) as refusal, db.transaction():
        services.offer_stock(actor, item, **given)
    return refusal.value.field


def test_goods_are_slow_from_the_day_of_the_parameter_on(next_door):
    next_door.put(4, days=29)
    assert slow_rows(next_door) == []
    clock.travel(to=clock.now() + timedelta(days=1))
    row = slow_rows(next_door)[0]
    assert (row.days, row.packs, row.cost_rp, row.item.value_rp) == (30, 4, COST_RP, 4 * COST_RP)


def test_one_button_offers_all_that_is_free_at_cost(next_door):
    lot = lot_of(next_door.offer(next_door.put(40)))
    assert (lot.packs, lot.price_rp, lot.state, lot.city_code) == (40, COST_RP, "offered", "3578")
    assert on_hand(next_door.cast.makmur) == (40, 0, 40 * COST_RP), "an offer promises nothing yet"


def test_what_is_on_offer_is_not_offered_twice(next_door):
    item = next_door.put(40)
    next_door.offer(item, packs=30)
    assert refused_at(next_door, next_door.cast.sri, item, packs=11) == "packs"
    assert lot_of(next_door.offer(item)).packs == 10


def test_a_price_above_cost_is_refused(next_door):
    item = next_door.put(40)
    assert refused_at(next_door, next_door.cast.sri, item, price_rp=COST_RP + 1) == "price_rp"


def test_a_price_below_cost_is_for_treasurer_or_chair(next_door):
    item = next_door.put(40)
    assert refused_at(next_door, next_door.cast.sri, item, price_rp=COST_RP - 1) == "price_rp"
    with db.transaction():
        lot = services.offer_stock(next_door.cast.budi, item, price_rp=COST_RP - 1)
    assert lot.price_rp == COST_RP - 1


def test_a_price_above_the_ceiling_is_refused_although_it_is_cost(next_door):
    item = next_door.put(10, value_rp=10 * 400_000)
    assert refused_at(next_door, next_door.cast.sri, item) == "price_rp"


def test_goods_that_may_not_be_resold_are_refused_with_the_reason(next_door):
    next_door.put(10, code="BRS-SPHP-5", value_rp=10 * 55_000)
    assert "tidak boleh dijual lagi" in (why(next_door, "BRS-SPHP-5") or "")


def test_retail_packs_are_not_what_neighbours_look_for(next_door):
    next_door.put(10, code="BRS-PRM-5", value_rp=10 * 55_000)
    assert why(next_door, "BRS-PRM-5") is not None


def test_goods_that_move_are_not_offered(next_door):
    assert refused_at(next_door, next_door.cast.sri, next_door.put(40, days=3)) is None


def test_goods_without_value_are_not_offered(next_door):
    next_door.put(10, value_rp=0)
    assert why(next_door, "BRS-PRM-25") is not None


def test_a_cashier_offers_nothing_and_nobody_offers_a_strangers_goods(next_door):
    item = next_door.put(40)
    with pytest.raises(Forbidden), db.transaction():
        services.offer_stock(next_door.cast.kasir, item)
    with pytest.raises(NotFound), db.transaction():
        services.offer_stock(next_door.cast.wati, item)


def test_those_who_look_for_it_are_told(next_door):
    item = next_door.put(40)
    next_door.wish(10)
    with use_locale("id"):
        next_door.offer(item)
    with db.transaction(read_only=True):
        told = {(notice.user_id, notice.kind) for notice in db.session.query(Notice)}
    assert told == {(next_door.bendahara.user_id, "lot_offered"), (next_door.ketua.user_id, "lot_offered")}


def test_a_lot_that_nobody_takes_lapses(next_door):
    lot = next_door.offer(next_door.put(40))
    clock.travel(to=clock.now() + timedelta(days=14, seconds=1))
    with db.transaction():
        assert services.lapse_old() == 1
        assert services.lapse_old() == 0
    assert lot_of(lot).state == "lapsed"


def test_a_lot_that_is_not_sent_in_time_frees_goods_and_need(next_door):
    lot, need = next_door.offer(next_door.put(40)), next_door.wish(10)
    next_door.take(lot, 10)
    clock.travel(to=clock.now() + timedelta(days=3, seconds=1))
    with db.transaction():
        services.lapse_old()
    assert lot_of(lot).state == "lapsed"
    assert state_of_need(need) == ("open", 0)
    assert on_hand(next_door.cast.makmur)[1] == 0
    clock.reset()
    assert broken() == []


@pytest.mark.parametrize("who", ["giver", "receiver"])
def test_either_side_may_withdraw_before_it_is_sent(next_door, who):
    lot, need = next_door.offer(next_door.put(40)), next_door.wish(10)
    next_door.take(lot, 10)
    with db.transaction():
        services.withdraw_stock(next_door.cast.sri if who == "giver" else next_door.bendahara, lot, "batal")
    assert (lot_of(lot).state, state_of_need(need)) == ("withdrawn", ("open", 0))
    assert balance(next_door.cast.makmur, "1-1450") == 0


def test_a_stranger_withdraws_nothing(next_door):
    lot = next_door.offer(next_door.put(40))
    with pytest.raises(Refused), db.transaction():
        services.withdraw_stock(next_door.far_head, lot, "iseng")
