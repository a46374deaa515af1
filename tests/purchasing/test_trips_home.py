"""A truck that comes home with goods: why, when they come again or that they never do, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.ledger import chart
from market.notices.models import Notice
from market.purchasing import queries, services
from tests.purchasing.conftest import (
    TRUCK_RP,
    balance,
    bill,
    books_agree,
    goods,
    issue,
    lump,
    pay,
    plan,
    receive,
    two_orders,
)


def on_the_road(cast, *orders):
    """The truck has left; the trip and its first stop."""
    trip = plan(cast, orders[0])
    services.depart(cast.joko, trip.id, "Pak Slamet")
    return trip, queries.doors_of(trip.id)[0].stop


def later(days: int = 1):
    return clock.today() + timedelta(days=days)


def test_a_closed_door_ends_the_trip_and_its_orders_ride_again(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Toko tutup", later())
    assert trip.state == "arrived" and {rice.state, more.state} == {"issued"}
    assert {each.home_reason for each in queries.rows_of(trip.id)} == {"Toko tutup"}
    assert {rice.delivery_on, more.delivery_on} == {later()}
    again, there = on_the_road(cast, rice)
    assert again.before_rp == again.after_rp == 400_000, "the share of the first truck never rises"
    lines = {
        order.id: [services.ReceiptLine(line.id, line.open_packs) for line in queries.goods_lines(order.id)]
        for order in (rice, more)
    }
    services.receive_stop(cast.sri, there.id, lines)
    assert again.state == "arrived" and books_agree(cast)


def test_the_buyer_reads_why_and_when_it_comes_again(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    _trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Toko tutup", later())
    notice = db.session.query(Notice).filter_by(user_id=cast.sri.user_id, kind="trip_home").one()
    assert "Toko tutup" in notice.body and "Dikirim lagi" in notice.body
    assert notice.link.endswith(f"/kiriman/pintu/{stop.id}")


def test_goods_that_come_no_more_end_their_orders(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Ditolak semua", None)
    assert (trip.state, rice.state, more.state) == ("arrived", "cancelled", "cancelled")
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0 and books_agree(cast)


def test_an_advance_for_goods_that_come_no_more_is_owed_back(cast, truck, open_transaction):
    rice = issue(cast, goods(20), terms="prepaid")
    payment = services.propose_advance(cast.budi, rice.id, chart.BANK)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    _trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Ditolak semua", None)
    assert services.record_refund(cast.budi, rice.id, chart.BANK) == 20 * 295_000
    assert balance(cast, chart.PREPAID_SUPPLIERS) == 0 and books_agree(cast)


def test_what_came_on_an_earlier_truck_is_still_billed(cast, truck, open_transaction):
    rice = issue(cast, goods(20), lump("truck", TRUCK_RP))
    receive(cast, rice, 5)
    _trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Ditolak", None)
    assert rice.state == "issued"
    pay(cast, bill(cast, rice, 5 * 295_000 + TRUCK_RP))
    assert rice.state == "closed" and books_agree(cast)


def test_only_what_is_on_the_truck_goes_home(cast, truck, open_transaction):
    rice, more = two_orders(cast)
    trip, stop = on_the_road(cast, rice)
    receive(cast, rice, 20)
    services.bring_home(cast.joko, stop.id, "Beras medium ditolak", None)
    assert (trip.state, rice.state, more.state) == ("arrived", "issued", "cancelled")
    homes = {row.order_id: row.home_at is not None for row in queries.rows_of(trip.id)}
    assert homes == {rice.id: False, more.id: True}


def test_another_door_keeps_the_trip_on_the_road(cast, truck, open_transaction):
    rice = issue(cast, goods(20), lump("truck", TRUCK_RP))
    theirs = issue(
        cast, goods(60), lump("truck", TRUCK_RP), buyer=cast.tetangga, place_code=cast.makmur.place_code
    )
    trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Toko tutup", None)
    assert (trip.state, theirs.state) == ("departed", "issued")


def test_nothing_is_received_any_more_where_the_truck_turned_round(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    trip, stop = on_the_road(cast, rice)
    services.bring_home(cast.joko, stop.id, "Toko tutup", later())
    line = queries.goods_lines(rice.id)[0]
    with pytest.raises(NotFound):
        services.receive_stop(cast.sri, stop.id, {rice.id: [services.ReceiptLine(line.id, 20)]})
    assert queries.doors_of(trip.id)[0].open_packs == 0


def test_a_reason_a_day_and_a_truck_on_the_road_are_needed(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    trip = plan(cast, rice)
    stop = queries.doors_of(trip.id)[0].stop
    with pytest.raises(Conflict):
        services.bring_home(cast.joko, stop.id, "Toko tutup", None)
    services.depart(cast.joko, trip.id, "Pak Slamet")
    with pytest.raises(Refused) as refusal:
        services.bring_home(cast.joko, stop.id, " ", None)
    assert refusal.value.field == "reason"
    with pytest.raises(Refused) as refusal:
        services.bring_home(cast.joko, stop.id, "Toko tutup", later(-1))
    assert refusal.value.field == "again_on"
    services.bring_home(cast.joko, stop.id, "Toko tutup", later())
    with pytest.raises(Conflict):
        services.bring_home(cast.joko, stop.id, "Toko tutup", None)


def test_only_the_supplier_says_it(cast, truck, open_transaction):
    rice, _more = two_orders(cast)
    _trip, stop = on_the_road(cast, rice)
    with pytest.raises(Forbidden):
        services.bring_home(cast.sri, stop.id, "x", None)
    with pytest.raises(NotFound):
        services.bring_home(cast.nur, stop.id, "x", None)


@pytest.fixture
def departed(cast, truck):
    """Ids of a trip on the road and of its stop."""
    with db.transaction():
        rice, _more = two_orders(cast)
        trip, stop = on_the_road(cast, rice)
        return trip.id, stop.id


def test_the_driver_says_it_on_a_page_and_both_sides_read_it(cast, browsers, departed):
    trip_id, stop_id = departed
    joko, sri = browsers(cast.joko), browsers(cast.sri)
    assert 'data-testid="home"' in joko.get(f"/kiriman/{trip_id}").get_data(as_text=True)
    path = f"/kiriman/pintu/{stop_id}/pulang"
    assert 'data-testid="bring-home"' in joko.get(path).get_data(as_text=True)
    assert joko.post(path, {"reason": ""}).status_code == 422
    assert joko.post(path, {"reason": "Toko tutup", "again_on": later().isoformat()}).status_code == 303
    for page in (joko.get(f"/kiriman/{trip_id}"), sri.get(f"/kiriman/pintu/{stop_id}")):
        shown = page.get_data(as_text=True)
        assert 'data-testid="home-reason"' in shown and "Toko tutup" in shown
        assert 'data-testid="receive-stop"' not in shown
    assert joko.post(path, {"reason": "lagi"}).status_code == 409
    with db.transaction(read_only=True):
        assert [found.id for found in verify.run({"I16", "I24"}) if not found.ok] == []


def test_buyers_and_strangers_do_not_say_it(cast, browsers, departed):
    path = f"/kiriman/pintu/{departed[1]}/pulang"
    assert browsers(cast.sri).post(path, {"reason": "x"}).status_code == 403
    assert browsers(cast.nur).post(path, {"reason": "x"}).status_code == 404
