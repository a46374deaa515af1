"""Several orders on one truck: what it costs whom, what is told, and how it ends at the doors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core import clock, db, history
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.ledger import chart
from market.notices.models import Notice
from market.purchasing import queries, services
from market.purchasing.models_trips import DeliveryTrip
from market.purchasing.services import HandOver, ReceiptLine, share_truck
from tests import factories
from tests.purchasing.conftest import (
    TRUCK_RP,
    bill,
    books_agree,
    freight,
    goods,
    issue,
    lump,
    pay,
    plan,
    receive,
    two_orders,
)


def trucks_of(*orders) -> list[int]:
    return [line.amount_rp for order in orders for line in queries.lines_of(order.id) if line.kind == "truck"]


# --- the rule ---------------------------------------------------------------------------------------

loads = st.lists(st.tuples(st.integers(1, 10_000_000), st.integers(0, 10_000_000)), min_size=1, max_size=40)


@given(cost_rp=st.integers(0, 500_000_000), rows=loads)
def test_shares_are_exact_and_nobody_pays_more_than_before(cost_rp, rows):
    weights, most = [row[0] for row in rows], [row[1] for row in rows]
    shares = share_truck(cost_rp, weights, most)
    assert sum(shares) == min(cost_rp, sum(most))
    assert all(0 <= share <= limit for share, limit in zip(shares, most, strict=True))


@given(cost_rp=st.integers(0, 500_000_000), rows=loads)
def test_who_stays_below_the_own_limit_pays_by_weight(cost_rp, rows):
    weights, most = [row[0] for row in rows], [row[1] for row in rows]
    shares = share_truck(cost_rp, weights, most)
    free = [at for at in range(len(rows)) if shares[at] < most[at]]
    for a in free:
        for b in free:
            assert abs(shares[a] * weights[b] - shares[b] * weights[a]) <= weights[a] + weights[b]


def test_a_share_above_its_limit_is_borne_by_the_others():
    assert share_truck(400, [1, 1, 2], [500, 500, 500]) == [100, 100, 200]
    assert share_truck(400, [1, 1, 2], [500, 500, 100]) == [150, 150, 100]
    assert share_truck(400, [1, 1, 2], [100, 100, 100]) == [100, 100, 100]


@pytest.mark.parametrize(
    ("cost_rp", "weights", "most"), [(1, [0], [1]), (-1, [1], [1]), (1, [1], [-1]), (1, [1, 2], [1])]
)
def test_a_load_without_weight_or_below_zero_is_refused(cost_rp, weights, most):
    with pytest.raises(ValueError, match=r"weight|zero"):
        share_truck(cost_rp, weights, most)


# --- planning and setting off -----------------------------------------------------------------------


def test_two_orders_for_one_door_share_one_truck_by_weight(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip = plan(cast, rice)
    assert (trip.trucks, trip.before_rp, trip.cost_rp, trip.after_rp) == (1, 800_000, 400_000, 400_000)
    assert trucks_of(rice, more) == [400_000, 400_000], "nothing changes before the truck sets off"
    services.depart(cast.joko, trip.id, "Pak Slamet", "L 1234 AB")
    assert trucks_of(rice, more) == [100_000, 300_000]
    assert (queries.order(rice.id).total_rp, queries.order(more.id).total_rp) == (
        20 * 295_000 + 100_000,
        60 * 295_000 + 300_000,
    )
    (door,) = queries.doors_of(trip.id)
    assert [each.saved_rp for each in door.orders] == [300_000, 100_000]
    assert door.stop.number.startswith("SJ/")


def test_the_buyer_is_told_when_it_is_planned_and_what_it_saves_when_it_sets_off(
    cast, truck, open_transaction
):
    rice, _more = two_orders(cast)
    trip = plan(cast, rice)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    told = [
        (notice.kind, notice.body) for notice in db.session.query(Notice).filter_by(user_id=cast.sri.user_id)
    ]
    assert [kind for kind, _body in told] == ["trip_planned", "trip_departed"]
    assert "2 pesanan turun sekaligus" in told[0][1]
    assert "turun Rp400.000" in told[1][1]
    revised = [each.reason for each in history.history_of(rice) if each.from_state == each.to_state]
    assert revised == [
        f"Revisi 1: ongkos truk turun dari Rp400.000 menjadi Rp100.000, berbagi truk {trip.number}."
    ]


def test_a_truck_that_saves_nothing_changes_nothing(cast, truck, open_transaction):
    alone = issue(cast, goods(20), lump("truck", 150_000))
    trip = plan(cast, alone)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    assert (trip.before_rp, trip.after_rp, trucks_of(alone)) == (150_000, 150_000, [150_000])
    assert [each for each in history.history_of(alone) if each.from_state == each.to_state] == []


def test_a_load_for_two_trucks_pays_for_two(cast, truck, open_transaction):
    first = issue(cast, goods(200), lump("truck", 2 * TRUCK_RP))
    second = issue(cast, goods(100), lump("truck", TRUCK_RP))
    trip = plan(cast, first)
    assert (trip.trucks, trip.cost_rp, trip.before_rp) == (2, 800_000, 1_200_000)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    assert sum(trucks_of(first, second)) == 800_000


def test_without_a_published_rate_every_order_keeps_its_price(cast, open_transaction):
    rice, more = two_orders(cast)
    services.depart(cast.joko, plan(cast, rice).id, "Pak Slamet")
    assert trucks_of(rice, more) == [400_000, 400_000]


def test_a_neighbours_order_rides_along_and_nobody_reads_the_others_price(cast, truck, open_transaction):
    rice = issue(cast, goods(20), lump("truck", TRUCK_RP))
    village = cast.makmur.place_code
    theirs = issue(cast, goods(60), lump("truck", TRUCK_RP), buyer=cast.tetangga, place_code=village)
    trip = plan(cast, rice)
    assert len(queries.doors_of(trip.id)) == 2
    services.depart(cast.joko, trip.id, "Pak Slamet")
    assert trucks_of(rice, theirs) == [100_000, 300_000]
    (own,) = queries.doors_of(trip.id, cast.makmur.id)
    assert [each.order.id for each in own.orders] == [rice.id]


def test_another_day_or_district_does_not_ride_along(cast, truck, open_transaction):
    rice = issue(cast, goods(20), lump("truck", TRUCK_RP))
    issue(cast, goods(20), lump("truck", TRUCK_RP), delivery_on=rice.delivery_on + timedelta(days=1))
    issue(cast, goods(20), lump("truck", TRUCK_RP), place_code=cast.tetangga.place_code)
    trip = plan(cast, rice)
    assert [each.order.id for door in queries.doors_of(trip.id) for each in door.orders] == [rice.id]


def test_an_order_rides_on_one_truck_at_a_time(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    first = plan(cast, rice)
    with pytest.raises(Refused, match="Tidak ada pesanan"):
        plan(cast, rice)
    services.cancel_trip(cast.joko, first.id, "Truk rusak")
    assert trucks_of(rice) == [400_000]
    assert plan(cast, rice).id != first.id


def test_who_dropped_out_before_the_truck_left_pays_no_part_of_it(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip = plan(cast, rice)
    services.cancel_rest(cast.sri, more.id, "Tidak jadi")
    services.depart(cast.joko, trip.id, "Pak Slamet")
    assert trucks_of(rice) == [400_000], "alone on the truck, and not more than agreed"
    assert (trip.before_rp, trip.after_rp) == (400_000, 400_000)


def test_what_is_in_the_books_already_keeps_its_share(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    receive(cast, rice, 5)
    trip = plan(cast, rice)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    assert trucks_of(rice, more) == [400_000, 0]
    assert books_agree(cast)


def test_a_trip_sets_off_once_and_only_for_its_supplier(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    with pytest.raises(Forbidden):
        services.plan_trip(cast.sri, rice.delivery_on, cast.makmur.place_code[:6])
    trip = plan(cast, rice)
    with pytest.raises(NotFound):
        services.depart(cast.nur, trip.id, "Pak Slamet")
    with pytest.raises(Refused, match="sopir"):
        services.depart(cast.joko, trip.id, " ")
    services.depart(cast.joko, trip.id, "Pak Slamet")
    with pytest.raises(Conflict):
        services.depart(cast.joko, trip.id, "Pak Slamet")
    with pytest.raises(Conflict):
        services.cancel_trip(cast.joko, trip.id, "terlambat")


def test_a_proposed_advance_over_the_old_sum_lapses(cast, truck, open_transaction):
    rice, _more = two_orders(cast, terms="prepaid")
    payment = services.propose_advance(cast.budi, rice.id, chart.BANK)
    services.depart(cast.joko, plan(cast, rice).id, "Pak Slamet")
    assert payment.state == "lapsed"
    assert services.propose_advance(cast.budi, rice.id, chart.BANK).amount_rp == 20 * 295_000 + 100_000


# --- at the door ------------------------------------------------------------------------------------


def counted(*orders) -> dict[int, list[ReceiptLine]]:
    return {
        order.id: [ReceiptLine(line.id, line.open_packs) for line in queries.goods_lines(order.id)]
        for order in orders
    }


def test_one_visit_gives_each_order_its_receipt_and_ends_the_trip(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip = plan(cast, rice)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    stop = queries.doors_of(trip.id)[0].stop
    receipts = services.receive_stop(cast.sri, stop.id, counted(rice, more), "", HandOver("Pak Slamet"))
    assert [receipt.order_id for receipt in receipts] == [rice.id, more.id]
    assert [receipt.value_rp for receipt in receipts] == [20 * 295_000 + 100_000, 60 * 295_000 + 300_000]
    assert {receipt.driver_name for receipt in receipts} == {"Pak Slamet"}
    assert trip.state == "arrived"
    assert books_agree(cast)


def test_goods_at_the_door_say_that_the_truck_has_left(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip = plan(cast, rice)
    receive(cast, rice, 20)
    assert trip.state == "departed" and trucks_of(rice, more) == [100_000, 300_000]
    assert books_agree(cast)
    receive(cast, more, 60)
    assert trip.state == "arrived"


def test_an_order_of_which_nothing_came_waits_for_another_truck(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip = plan(cast, rice)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    stop = queries.doors_of(trip.id)[0].stop
    given = counted(rice) | {more.id: [ReceiptLine(queries.goods_lines(more.id)[0].id, 0)]}
    assert len(services.receive_stop(cast.sri, stop.id, given)) == 1
    assert trip.state == "departed"
    services.cancel_rest(cast.sri, more.id, "Tidak pernah datang")
    assert trip.state == "arrived"


def test_a_share_of_nothing_needs_no_bill(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    receive(cast, rice, 5)
    services.depart(cast.joko, plan(cast, rice).id, "Pak Slamet")
    receive(cast, more, 60)
    pay(cast, bill(cast, more, 60 * 295_000))
    assert more.state == "closed"


def test_nobody_receives_at_anothers_door(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    theirs = issue(cast, goods(5), buyer=cast.tetangga)
    stop = queries.doors_of(plan(cast, rice).id)[0].stop
    stranger = factories.actor(cast.sri.role, cast.tetangga)
    with pytest.raises(NotFound):
        services.receive_stop(stranger, stop.id, counted(theirs))
    with pytest.raises(NotFound):
        services.receive_stop(cast.sri, stop.id, counted(theirs))
    with pytest.raises(Refused, match="Isi jumlah"):
        services.receive_stop(cast.sri, stop.id, {})


def test_freight_by_the_pack_is_not_touched(cast, truck, open_transaction):
    rice = issue(cast, goods(20), freight(20), lump("truck", TRUCK_RP))
    issue(cast, goods(60), lump("truck", TRUCK_RP))
    services.depart(cast.joko, plan(cast, rice).id, "Pak Slamet")
    by_kind = {line.kind: line.amount_rp for line in queries.lines_of(rice.id)}
    assert by_kind == {"goods": 20 * 295_000, "freight": 50_000, "truck": 100_000}
    assert db.session.query(DeliveryTrip).one().delivery_on == rice.delivery_on > clock.today()
