"""Orders brought home: what it costs, who may carry them, what proves their arrival, whose the cash is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.retail import queries, queries_delivery, services
from market.retail.services import Extras
from tests.retail import door
from tests.retail.door import FEE_RP
from tests.retail.shop import CRISPS_RP, RICE_RP, photo

GOODS_RP = 2 * CRISPS_RP + RICE_RP


@pytest.fixture
def zone(cast, shop):
    with db.transaction():
        return door.zone(cast)


def promises_hold() -> None:
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []


def balance(cast, account: str) -> int:
    with db.transaction(read_only=True):
        return ledger.balance_rp(cast.makmur.id, account)


def test_an_order_to_the_door_costs_the_zones_fee_beside_the_goods(cast, shop, zone):
    with db.transaction():
        placed = door.order(shop, Extras(door=door.door(cast)), crisps=2, rice=1)
        assert (placed.delivery_rp, placed.total_rp) == (FEE_RP, GOODS_RP + FEE_RP)
        assert door.delivery_of(placed).state == "waiting"
    promises_hold()


def test_delivery_is_free_from_the_amount_that_the_board_set(cast, shop):
    with db.transaction():
        door.zone(cast, free_from_rp=GOODS_RP)
        assert door.order(shop, Extras(door=door.door(cast)), crisps=2, rice=1).delivery_rp == 0
        one = door.order(shop, Extras(door=door.door(cast)), crisps=1, phone="081298765432")
        assert one.delivery_rp == FEE_RP


def test_too_small_a_basket_is_not_brought(cast, shop):
    with db.transaction():
        door.zone(cast, minimum_rp=20_000)
        with pytest.raises(Refused, match=r"Rp20\.000"):
            door.order(shop, Extras(door=door.door(cast)), crisps=1)


def test_nobody_delivers_where_no_zone_is(cast, shop, zone):
    with db.transaction(), pytest.raises(Refused) as refusal:
        door.order(shop, Extras(door=door.door(cast, place_code="3578010001")), crisps=1)
    assert refusal.value.field == "place_code"


def test_the_newest_zone_of_a_village_counts_and_an_ended_one_does_not(cast, shop, zone):
    code = cast.makmur.place_code
    with db.transaction():
        newer = door.zone(cast, fee_rp=3_000)
        assert queries_delivery.zone_of(cast.makmur.id, code).id == newer.id
        services.end_zone(cast.sri, newer.id)
    clock.travel(86_400)
    with db.transaction(read_only=True):
        assert queries_delivery.zone_of(cast.makmur.id, code).id == zone.id


def test_only_the_board_draws_zones(cast, shop):
    with db.transaction(), pytest.raises(Forbidden):
        services.add_zone(cast.kasir, "X", [cast.makmur.place_code], services.ZoneTerms(1), clock.today())


def test_the_delivery_falls_on_the_next_day_that_the_zone_is_served(cast, shop):
    tomorrow = clock.today() + timedelta(days=1)
    with db.transaction():
        door.zone(cast, days=1 << tomorrow.weekday())
        placed = door.order(shop, Extras(door=door.door(cast)), crisps=1)
        assert door.delivery_of(placed).due_on == tomorrow
        assert placed.collect_by > clock.start_of(tomorrow) + timedelta(days=1)


def test_delivery_is_the_hand_over_and_the_cash_is_the_couriers_until_it_is_brought(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, placed)
        done = services.deliver(
            run.token, door.delivery_of(placed).id, pickup_code=placed.pickup_code, cash_rp=GOODS_RP + FEE_RP
        )
        assert (done.state, done.proof, placed.state) == ("delivered", "code", "collected")
    assert balance(cast, chart.COURIER_CASH) == GOODS_RP + FEE_RP
    assert balance(cast, chart.DELIVERY_INCOME) == -FEE_RP
    with db.transaction():
        services.hand_in(cast.kasir, run.id, 100_000)
        with pytest.raises(Refused, match="Paling banyak"):
            services.hand_in(cast.kasir, run.id, 100_000)
    assert (balance(cast, chart.CASH), balance(cast, chart.COURIER_CASH)) == (100_000, 5_000)
    promises_hold()


def test_a_photo_and_a_name_prove_a_delivery_where_nobody_has_the_code(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run, stop = door.on_the_way(cast, placed), door.delivery_of(placed)
        with pytest.raises(Refused):
            services.deliver(run.token, stop.id, receiver_name="Pak RT")
        done = services.deliver(run.token, stop.id, receiver_name="Pak RT", photo=photo())
        assert (done.proof, done.receiver_name) == ("photo", "Pak RT")
    promises_hold()


def test_a_wrong_code_hands_nothing_over(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, placed)
        with pytest.raises(Refused):
            services.deliver(run.token, door.delivery_of(placed).id, pickup_code="000-00")
        assert placed.state == "ready"


def test_the_couriers_link_ends_with_the_day_and_what_was_not_brought_waits(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, placed)
    clock.travel(86_400)
    with db.transaction():
        with pytest.raises(NotFound):
            queries_delivery.run_by_token(run.token)
        assert services.end_old_runs() == 1
        assert door.delivery_of(placed).state == "waiting"
        assert services.end_old_runs() == 0
    promises_hold()


def test_a_courier_touches_only_the_stops_of_the_own_run(cast, shop, zone):
    with db.transaction():
        first = door.to_the_door(cast, shop, crisps=1, rice=0)
        second = door.order(shop, Extras(door=door.door(cast)), crisps=1, phone="081298765432")
        services.mark_ready(cast.kasir, second.id)
        run, other = door.on_the_way(cast, first), door.on_the_way(cast, second)
        with pytest.raises(Conflict):
            services.deliver(run.token, door.delivery_of(second).id, pickup_code=second.pickup_code)
        with pytest.raises(Conflict):
            services.fail(other.token, door.delivery_of(first).id, "tidak ada orang")


def test_who_was_not_at_home_gets_a_second_try_or_collects_it_at_the_shop(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run, stop = door.on_the_way(cast, placed), door.delivery_of(placed)
        services.fail(run.token, stop.id, "tidak ada orang")
        services.try_again(cast.kasir, stop.id)
        again = door.on_the_way(cast, placed)
        assert door.delivery_of(placed).tries == 2
        services.fail(again.token, stop.id, "rumah kosong")
        services.bring_back(cast.kasir, stop.id)
        services.hand_over(cast.kasir, placed.id, placed.pickup_code)
        assert (placed.state, stop.state) == ("collected", "cancelled")
    promises_hold()


@pytest.mark.parametrize("end", ["fails", "not brought", "never left"])
def test_what_was_not_brought_goes_out_on_the_next_day_of_its_zone_and_is_held_until_then(cast, shop, end):
    with db.transaction():
        door.zone(cast, days=1 << clock.today().weekday())
        placed = door.to_the_door(cast, shop)
    clock.travel(7 * 86_400)
    next_week = clock.today() + timedelta(days=7)
    with db.transaction():
        stop = door.delivery_of(placed)
        run = services.open_run(cast.kasir, "Pak Udin", "081311112222", [stop.id])
        if end != "never left":
            services.depart(run.token)
        if end == "fails":
            services.fail(run.token, stop.id, "rumah kosong")
    clock.travel(86_400)
    with db.transaction():
        if end == "fails":
            services.try_again(cast.kasir, stop.id)
        else:
            services.end_run(cast.kasir, run.id)
        stop = door.delivery_of(placed)
        assert (stop.state, stop.run_id, stop.due_on) == ("waiting", None, next_week)
        assert queries.order_by_id(placed.id).collect_by > clock.start_of(next_week) + timedelta(days=1)
    clock.travel(3 * 86_400)
    with db.transaction():
        assert services.expire_orders() == 0, "it is to be brought on a later day"
    promises_hold()


def test_a_run_that_ends_before_the_hours_are_over_leaves_today(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        services.end_run(cast.kasir, door.on_the_way(cast, placed).id)
        assert door.delivery_of(placed).due_on == clock.today()


def collected_for(cast, placed) -> int:
    """The cash that the counter asked for and took."""
    with db.transaction():
        due = services.counter_due_rp(placed)
        done = services.hand_over(cast.kasir, placed.id, placed.pickup_code, cash_rp=due)
        assert done.due_rp == due and door.delivery_of(placed).state == "cancelled"
        return due


def test_whoever_collects_before_anybody_came_owes_no_delivery(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
    assert collected_for(cast, placed) == GOODS_RP
    assert (balance(cast, chart.CASH), balance(cast, chart.DELIVERY_INCOME)) == (GOODS_RP, 0)
    promises_hold()


def test_whoever_waited_in_vain_for_the_courier_owes_no_delivery(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        services.end_run(cast.kasir, door.on_the_way(cast, placed).id)
    assert collected_for(cast, placed) == GOODS_RP
    promises_hold()


def test_a_way_that_was_driven_to_a_closed_door_is_paid_for(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run, stop = door.on_the_way(cast, placed), door.delivery_of(placed)
        services.fail(run.token, stop.id, "rumah kosong")
        services.try_again(cast.kasir, stop.id)
    assert collected_for(cast, placed) == GOODS_RP + FEE_RP
    assert balance(cast, chart.DELIVERY_INCOME) == -FEE_RP
    promises_hold()


def test_a_page_that_still_asks_for_the_fee_is_told_to_look_again(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
    with db.transaction(), pytest.raises(Conflict):
        services.hand_over(cast.kasir, placed.id, placed.pickup_code, cash_rp=GOODS_RP + FEE_RP)


def test_the_fee_is_the_couriers_to_take_at_the_door(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        assert (services.counter_due_rp(placed), services.cash_due_rp(placed)) == (
            GOODS_RP,
            GOODS_RP + FEE_RP,
        )
        run = door.on_the_way(cast, placed)
        assert services.counter_due_rp(placed) == GOODS_RP + FEE_RP
        stop = door.delivery_of(placed).id
        with pytest.raises(Conflict):
            services.deliver(run.token, stop, pickup_code=placed.pickup_code, cash_rp=GOODS_RP)


def test_an_order_on_its_way_is_neither_cancelled_nor_forgotten(cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        door.on_the_way(cast, placed)
        with pytest.raises(Conflict):
            services.cancel_order(cast.kasir, placed.id, "salah")
    clock.travel(30 * 86_400)
    with db.transaction():
        assert services.expire_orders() == 0


def test_a_cancelled_order_is_brought_by_nobody(cast, shop, zone):
    with db.transaction():
        placed = door.order(shop, Extras(door=door.door(cast)), crisps=1)
        services.cancel_own_order(services.BUYER, placed.token)
        assert door.delivery_of(placed).state == "cancelled"
    promises_hold()


def test_a_run_needs_goods_that_are_packed_and_paid_or_payable(cast, shop, zone):
    with db.transaction():
        placed = door.order(shop, Extras(door=door.door(cast)), crisps=1)
        with pytest.raises(Conflict, match="Kemas"):
            services.open_run(cast.kasir, "Udin", "081311112222", [door.delivery_of(placed).id])


def test_a_zone_without_cash_wants_the_internet_first(cast, shop):
    with db.transaction():
        door.zone(cast, cash=False)
        with pytest.raises(Refused) as refusal:
            door.order(shop, Extras(door=door.door(cast, cash=True)), crisps=1)
        assert refusal.value.field == "pay"


def test_subsidised_goods_do_not_leave_their_village(cast, shop, zone):
    far = "3578041001"
    with db.transaction():
        pack = db.session.get_one(Pack, shop.rice.pack_id)
        db.session.get_one(Commodity, pack.commodity_id).online_allowed = False
        terms = services.ZoneTerms(5_000)
        services.add_zone(cast.sri, "Jauh", [far], terms, clock.today())
        with pytest.raises(Refused, match="bersubsidi"):
            door.order(shop, Extras(door=door.door(cast, place_code=far)), rice=1)
        assert door.order(shop, Extras(door=door.door(cast)), rice=1).delivery_rp == FEE_RP
