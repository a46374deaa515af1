"""The pages and papers of one truck for several orders: who sees what, and the way through."""

from __future__ import annotations

import pytest

from market.core import db, messages
from market.purchasing import queries, services
from market.purchasing.models import GoodsReceipt
from market.purchasing.models_trips import DeliveryTrip
from tests.purchasing.conftest import goods, issue, plan, two_orders, words
from tests.support.papers import links, pages


@pytest.fixture
def orders(cast, truck):
    with db.transaction():
        return two_orders(cast)


@pytest.fixture
def trip(cast, orders) -> tuple[int, int]:
    """A planned trip and its stop at Makmur's door."""
    with db.transaction():
        made = plan(cast, orders[0])
        return made.id, queries.doors_of(made.id)[0].stop.id


def set_off(cast, trip_id: int) -> None:
    with db.transaction():
        services.depart(cast.joko, trip_id, "Pak Slamet", "L 1234 AB")


def state_of(trip_id: int) -> str:
    with db.transaction(read_only=True):
        return db.session.get_one(DeliveryTrip, trip_id).state


def test_the_supplier_sees_what_one_truck_saves_and_plans_it(cast, browsers, orders):
    joko = browsers(cast.joko)
    page = words(joko.get("/kiriman"))
    assert "Ongkos truk bersama turun dari Rp800.000 menjadi Rp400.000" in page
    typed = {
        "delivery_on": orders[0].delivery_on.isoformat(),
        "district_code": cast.makmur.place_code[:6],
    }
    answer = joko.post("/kiriman", typed)
    assert answer.status_code == 303
    page = words(joko.get(answer.headers["Location"]))
    assert "Direncanakan" in page and "Koperasi Sumber Makmur" in page
    assert joko.post("/kiriman", typed).status_code == 422, "nothing is left to plan"


def test_the_truck_sets_off_with_a_driver_only(cast, browsers, trip):
    joko = browsers(cast.joko)
    assert joko.post(f"/kiriman/{trip[0]}/keberangkatan", {"driver_name": ""}).status_code == 422
    assert state_of(trip[0]) == "planned"
    typed = {"driver_name": "Pak Slamet", "plate": "L 1234 AB"}
    assert joko.post(f"/kiriman/{trip[0]}/keberangkatan", typed).status_code == 303
    assert state_of(trip[0]) == "departed"
    assert joko.post(f"/kiriman/{trip[0]}/keberangkatan", typed).status_code == 409


def test_a_planned_trip_is_given_up_with_a_reason(cast, browsers, trip):
    joko = browsers(cast.joko)
    assert joko.post(f"/kiriman/{trip[0]}/pembatalan", {"reason": ""}).status_code == 422
    assert joko.post(f"/kiriman/{trip[0]}/pembatalan", {"reason": "Ban pecah"}).status_code == 303
    assert state_of(trip[0]) == "cancelled"
    assert "Susun kiriman" in words(joko.get("/kiriman"))


def test_the_cooperative_receives_everything_at_one_visit(cast, browsers, orders, trip):
    set_off(cast, trip[0])
    sri, door = browsers(cast.sri), f"/kiriman/pintu/{trip[1]}"
    assert "Satu truk, satu kunjungan" in words(sri.get("/penerimaan"))
    page = words(sri.get(door))
    assert "Ongkos truk Rp100.000, tadinya Rp400.000." in page
    assert "Terima semuanya sekaligus" in words(sri.get(f"/pesanan/{orders[0].id}/terima"))
    form = sri.get(f"{door}/terima")
    assert form.status_code == 200
    with db.transaction(read_only=True):
        lines = [queries.goods_lines(order.id)[0] for order in orders]
    typed = {f"accepted_{line.id}": str(line.ordered_packs) for line in lines}
    assert sri.post(f"{door}/terima", typed | {"driver_name": "Pak Slamet"}).status_code == 303
    assert state_of(trip[0]) == "arrived"
    with db.transaction(read_only=True):
        assert [row.order_id for row in db.session.query(GoodsReceipt)] == [order.id for order in orders]
    page = words(sri.get(door))
    assert "BPB/" in page and "Terima semuanya" not in page
    assert sri.get(f"{door}/terima").status_code == 303


def test_a_mistake_in_one_order_books_none(cast, browsers, orders, trip):
    sri = browsers(cast.sri)
    with db.transaction(read_only=True):
        first, second = (queries.goods_lines(order.id)[0] for order in orders)
    typed = {f"accepted_{first.id}": "20", f"accepted_{second.id}": "61"}
    assert sri.post(f"/kiriman/pintu/{trip[1]}/terima", typed).status_code == 422
    with db.transaction(read_only=True):
        assert db.session.query(GoodsReceipt).count() == 0
    assert state_of(trip[0]) == "planned", "that the truck has left is not known, either"


def test_strangers_find_no_trip_and_readers_touch_nothing(cast, browsers, trip, lurah):
    trip_id, stop_id = trip
    supplier_pages = [f"/kiriman/{trip_id}", f"/kiriman/{trip_id}/daftar.pdf"]
    door_pages = [f"/kiriman/pintu/{stop_id}", f"/kiriman/pintu/{stop_id}/surat-jalan.pdf"]
    for stranger in (cast.nur, cast.wati):
        for path in supplier_pages + door_pages:
            assert browsers(stranger).get(path).status_code == 404, path
    for path in [*supplier_pages, "/kiriman"]:
        assert browsers(cast.sri).get(path).status_code == 404, path
    reader = browsers(lurah)
    assert {reader.get(path).status_code for path in door_pages} == {200}
    assert reader.get(f"/kiriman/pintu/{stop_id}/terima").status_code == 403
    assert browsers(cast.joko).get(f"/kiriman/pintu/{stop_id}/terima").status_code == 403
    assert browsers(cast.sri).post(f"/kiriman/{trip_id}/keberangkatan", {}).status_code == 403
    assert (
        browsers(cast.nur).post(f"/kiriman/{trip_id}/keberangkatan", {"driver_name": "x"}).status_code == 404
    )
    assert browsers(cast.joko).get(f"/kiriman/{trip_id}/keberangkatan").status_code == 405


def test_a_neighbour_on_the_same_truck_sees_only_the_own_door(cast, browsers, truck):
    with db.transaction():
        rice, _more = two_orders(cast)
        issue(cast, goods(7), buyer=cast.tetangga, place_code=cast.makmur.place_code)
        made = plan(cast, rice)
        stops = {door.buyer.id: door.stop.id for door in queries.doors_of(made.id)}
    wati, own = browsers(cast.wati), stops[cast.tetangga.id]
    assert wati.get(f"/kiriman/pintu/{stops[cast.makmur.id]}").status_code == 404
    page = words(wati.get(f"/kiriman/pintu/{own}"))
    assert "Truk ini singgah di 2 tempat" in page
    assert "Sumber Makmur" not in page and "Rp400.000" not in page


def test_the_papers_of_a_trip_name_each_stop_and_lead_to_its_page(cast, browsers, trip):
    set_off(cast, trip[0])
    data = browsers(cast.joko).get(f"/kiriman/{trip[0]}/daftar.pdf").data
    text = " ".join(pages(data))
    said = ["Daftar kirim", "KRM/", "1. Koperasi Sumber Makmur", "SJ/", "Pak Slamet", "L 1234 AB", "60 sak"]
    assert [word for word in said if word not in text] == []
    ways = (f"/kiriman/{trip[0]}", f"/kiriman/pintu/{trip[1]}/terima")
    assert links(data) == [messages.link(way) for way in ways]
    note = browsers(cast.sri).get(f"/kiriman/pintu/{trip[1]}/surat-jalan.pdf").data
    text = " ".join(pages(note))
    assert "Surat jalan" in text and "20 sak (500 kg)" in text
    assert "Rp" not in text, "a delivery note travels with the driver and names no price"


def test_proof_of_delivery_exists_once_something_was_handed_over(cast, browsers, orders, trip):
    sri, address = browsers(cast.sri), f"/kiriman/pintu/{trip[1]}/serah-terima.pdf"
    set_off(cast, trip[0])
    assert sri.get(address).status_code == 404
    with db.transaction():
        lines = {
            order.id: [services.ReceiptLine(queries.goods_lines(order.id)[0].id, 18, 2, "broken")]
            for order in orders
        }
        services.receive_stop(cast.sri, trip[1], lines, "", services.HandOver("Pak Slamet"))
    text = " ".join(pages(sri.get(address).data))
    said = ["Berita acara serah terima", "Pak Slamet", "BPB/", "Rusak atau robek", "18 sak"]
    assert [word for word in said if word not in text] == []
    assert sri.get(f"/kiriman/pintu/{trip[1]}/surat-jalan.pdf").status_code == 200


def test_home_sends_supplier_and_cooperative_to_the_one_truck(cast, browsers, trip, monkeypatch):
    assert "Berangkatkan kiriman" not in words(browsers(cast.joko).get("/hari-ini"))
    with db.transaction():
        made = db.session.get_one(DeliveryTrip, trip[0])
        day = made.delivery_on
    monkeypatch.setattr("market.core.clock.today", lambda: day)
    assert "Berangkatkan kiriman KRM/" in words(browsers(cast.joko).get("/hari-ini"))
    set_off(cast, trip[0])
    page = words(browsers(cast.sri).get("/hari-ini"))
    assert "di jalan: terima semuanya" in page and "Terima barang pesanan" not in page
