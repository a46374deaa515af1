"""The pages of zones, vouchers, couriers, complaints and the contract, for those who may see them."""

from __future__ import annotations

import re

import pytest

from market.core import clock, db
from market.retail import queries, queries_delivery, services
from market.retail.services import Extras
from tests.retail import door
from tests.retail.shop import CRISPS_RP, photo


@pytest.fixture
def at(shop) -> str:
    return f"/toko/{shop.makmur.slug}"


@pytest.fixture
def zone(cast, shop):
    with db.transaction():
        return door.zone(cast)


@pytest.mark.parametrize("path", ["wilayah-antar", "voucher", "antaran"])
def test_the_board_has_a_page_for_each(client, cast, shop, zone, path):
    with db.transaction():
        door.voucher(cast)
        door.to_the_door(cast, shop)
    client.login(cast.sri)
    assert client.get(f"/penjualan/{path}").status_code == 200
    client.login(cast.joko)
    assert client.get(f"/penjualan/{path}").status_code == 403


def test_the_board_draws_a_zone_and_makes_a_voucher(client, cast, shop):
    client.login(cast.sri)
    form = {"name": "Dekat", "villages": cast.makmur.place_code, "fee_rp": "5.000", "days": ["1", "2"]}
    form |= {"from_hour": "8", "until_hour": "17", "cash": "y", "valid_from_on": clock.today().isoformat()}
    assert client.post("/penjualan/wilayah-antar", data=form).status_code == 303
    assert client.post("/penjualan/wilayah-antar", data={**form, "until_hour": "7"}).status_code == 422
    voucher = {"code": "hemat 10", "percent": "10", "most_uses": "5", "most_per_phone": "1"}
    voucher |= {"starts_on": clock.today().isoformat(), "ends_on": clock.today().isoformat()}
    assert client.post("/penjualan/voucher", data=voucher).status_code == 303
    again = client.post("/penjualan/voucher", data=voucher)
    assert again.status_code == 422 and "sudah pernah" in again.get_data(as_text=True)


def test_a_guest_sees_fee_and_discount_before_ordering(client, cast, shop, zone, at):
    with db.transaction():
        door.voucher(cast, percent=10)
    client.post(f"{at}/keranjang", data={"set": f"{shop.crisps.id}:2"})
    form = {"buyer_name": "Bu Ani", "phone": "081234567890", "way": "door", "voucher": "LEBARAN"}
    form |= {"place_code": cast.makmur.place_code, "address": "Jl. Mawar 3", "pay": "pickup"}
    total = 2 * CRISPS_RP * 9 // 10 + door.FEE_RP
    page = client.post(f"{at}/hitung", data=form)
    assert page.status_code == 200 and f'value="{total}"' in page.get_data(as_text=True)
    assert client.post(f"{at}/hitung", data={**form, "voucher": "X"}).status_code == 422
    refused = client.post(f"{at}/pesanan", data={**form, "expected_total_rp": 2 * CRISPS_RP})
    assert refused.status_code == 422
    done = client.post(f"{at}/pesanan", data={**form, "expected_total_rp": total})
    assert done.status_code == 303
    tracking = client.get(done.location).get_data(as_text=True)
    assert "Jl. Mawar 3" in tracking and "LEBARAN" in tracking
    assert "pasal 53" in client.get(f"{done.location}/kontrak").get_data(as_text=True)


def test_a_packed_order_that_is_brought_is_never_called_ready_to_be_collected(client, cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
    client.login(cast.kasir)
    for path in (f"/pesanan-saya/{placed.token}", f"/penjualan/{placed.id}", "/penjualan"):
        page = client.get(path).get_data(as_text=True)
        chips = re.findall(r'<span class="chip[^>]*data-state="ready".*?<span>([^<]+)</span>', page, re.S)
        assert set(chips) == {"Siap diantar"}, path


def test_the_courier_works_without_a_login_and_sees_only_todays_doors(client, cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        stop = door.delivery_of(placed).id
        run = services.open_run(cast.kasir, "Pak Udin", "081311112222", [stop])
    at = f"/kurir/{run.token}"
    assert "Jl. Mawar 3" in client.get(at).get_data(as_text=True)
    client.post(f"{at}/berangkat")
    wrong = client.post(f"{at}/{stop}/serah", data={"pickup_code": "1"})
    assert wrong.status_code == 422
    with db.transaction(read_only=True):
        assert queries.order_by_id(placed.id).wrong_codes == 1
    assert client.post(f"{at}/{stop}/serah", data={"pickup_code": placed.pickup_code}).status_code == 303
    page = client.get(at).get_data(as_text=True)
    assert "Jl. Mawar 3" not in page and placed.phone not in page
    client.login(cast.kasir)
    with db.transaction(read_only=True):
        cash = queries_delivery.cash_with(run.id)
    assert (
        client.post(f"/penjualan/antaran/{run.id}/setoran", data={"amount_rp": cash + 1}).status_code == 422
    )
    assert client.post(f"/penjualan/antaran/{run.id}/setoran", data={"amount_rp": cash}).status_code == 303
    assert client.get("/kurir/nobody").status_code == 404


def test_the_proof_at_the_door_is_for_the_buyer_and_the_shop_alone(client, cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, placed)
        stop = door.delivery_of(placed)
        services.deliver(run.token, stop.id, receiver_name="Pak RT", photo=photo())
        name, stop_id, token, order_id = stop.photo, stop.id, placed.token, placed.id
    own = client.get(f"/pesanan-saya/{token}/bukti")
    assert (own.status_code, own.mimetype) == (200, "image/webp")
    assert "/bukti" in client.get(f"/pesanan-saya/{token}").get_data(as_text=True)
    assert client.get(f"/foto/{name}/320").status_code == 404
    client.login(cast.sri)
    assert f"/antaran/{stop_id}/bukti" in client.get(f"/penjualan/{order_id}").get_data(as_text=True)
    assert client.get(f"/antaran/{stop_id}/bukti").status_code == 200
    client.login(cast.wati)
    assert client.get(f"/antaran/{stop_id}/bukti").status_code == 404


def test_an_order_that_came_by_code_has_no_photo_to_show(client, cast, shop, zone):
    with db.transaction():
        placed = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, placed)
        cash_rp, stop_id = placed.total_rp, door.delivery_of(placed).id
        services.deliver(run.token, stop_id, pickup_code=placed.pickup_code, cash_rp=cash_rp)
        token = placed.token
    assert client.get(f"/pesanan-saya/{token}/bukti").status_code == 404
    assert "/bukti" not in client.get(f"/pesanan-saya/{token}").get_data(as_text=True)


def test_buyer_shop_and_seller_meet_on_the_complaint(client, cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=2, rice=0)
        line = queries.lines_of(placed.id)[0].id
    at = f"/pesanan-saya/{placed.token}/keluhan"
    form = {"line_id": line, "quantity": 1, "wish": "refund", "words": "Sobek"}
    assert client.post(at, data={**form, "words": ""}).status_code == 422
    assert client.post(at, data=form).status_code == 303
    with db.transaction():
        made = services.complain(services.BUYER, placed.token, line, quantity=1, wish="refund", words="Basi")
    assert client.post(f"{at}/{made.id}", data={"words": "Halo", "act": "say"}).status_code == 303
    for person in (cast.sri, shop.tini, cast.kasir):
        client.login(person)
        assert client.get("/keluhan").status_code == 200
        assert "Basi" in client.get(f"/keluhan/{made.id}").get_data(as_text=True)
    client.login(cast.sri)
    money = {"refund_rp": "10.000", "goods": "lost", "bearer": "seller"}
    assert client.post(f"/keluhan/{made.id}/uang", data={**money, "refund_rp": "90.000"}).status_code == 422
    assert client.post(f"/keluhan/{made.id}/uang", data=money).status_code == 303
    assert "10.000" in client.get(at).get_data(as_text=True)
    assert client.post(f"/keluhan/{made.id}/serah", data={"pickup_code": "x"}).status_code == 422
    assert client.post(f"/keluhan/{made.id}/serah", data={"pickup_code": made.pickup_code}).status_code == 303


def test_what_is_packed_is_not_cancelled_by_the_buyer(client, cast, shop):
    with db.transaction():
        placed = door.order(shop, Extras(), crisps=1)
        services.mark_ready(cast.kasir, placed.id)
    assert "sudah dikemas" in client.get(f"/pesanan-saya/{placed.token}").get_data(as_text=True)
    assert client.post(f"/pesanan-saya/{placed.token}/pembatalan").status_code == 409


class TestWhatTheBuyerReads:
    """An order that is brought says so at each step; nothing tells its buyer to come to the shop."""

    def page(self, client, placed) -> str:
        return client.get(f"/pesanan-saya/{placed.token}").get_data(as_text=True)

    def test_the_code_is_for_the_courier_and_so_is_the_cash(self, client, cast, shop, zone):
        with db.transaction():
            placed = door.to_the_door(cast, shop)
        shown = self.page(client, placed)
        assert "Kode untuk kurir" in shown and "Bayar tunai ke kurir" in shown
        for word in (
            "Silakan diambil",
            "Ambil di sini",
            "Bayar tunai di gerai",
            "Titip ambil",
            "Paling lambat",
        ):
            assert word not in shown
        with db.transaction():
            door.on_the_way(cast, placed)
        assert "sedang diantar" in self.page(client, placed)

    def test_what_lies_at_the_shop_again_is_collected_there(self, client, cast, shop, zone):
        with db.transaction():
            placed = door.to_the_door(cast, shop)
            run, stop = door.on_the_way(cast, placed), door.delivery_of(placed)
            services.fail(run.token, stop.id, "rumah kosong")
            services.bring_back(cast.kasir, stop.id)
        shown = self.page(client, placed)
        assert (
            "Ambil di sini" in shown and "Bayar tunai di gerai" in shown and "Kode untuk kurir" not in shown
        )

    def test_the_bill_adds_up_after_a_voucher_and_a_refusal(self, client, cast, shop, zone):
        with db.transaction():
            door.voucher(cast, percent=10)
            placed = door.order(shop, Extras(door=door.door(cast), voucher="LEBARAN"), crisps=2, rice=1)
            part = queries.lines_of(placed.id)[0].part_id
            services.refuse_part(cast.kasir, part, "pecah")
            order = queries.order_by_id(placed.id)
        bill = re.search(r'<div class="bill">(.*?)bill-total', self.page(client, placed), re.S)
        assert bill is not None
        rows = re.findall(r"<span>(−?)Rp([\d.]+)</span>", bill[1])
        assert sum(int(rp.replace(".", "")) * (-1 if sign else 1) for sign, rp in rows) == order.due_rp


class TestWhatTheCounterReads:
    def test_orders_to_bring_are_marked_and_lead_to_the_courier(self, browsers, cast, shop, zone):
        with db.transaction():
            placed = door.to_the_door(cast, shop)
        kasir = browsers(cast.kasir)
        listed = kasir.get("/penjualan").get_data(as_text=True)
        assert "diantar" in listed and "/penjualan/antaran" in listed and ">Serahkan<" not in listed
        assert "diantar" in kasir.get("/penjualan/hari-ambil").get_data(as_text=True)
        shown = kasir.get(f"/penjualan/{placed.id}").get_data(as_text=True)
        assert 'data-testid="to-bring"' in shown and "Jl. Mawar 3" in shown
        assert "Ke mana uang pembeli" in shown and "Ongkos antar" in shown

    def test_what_the_courier_carries_is_not_handed_over_here(self, browsers, cast, shop, zone):
        with db.transaction():
            placed = door.to_the_door(cast, shop)
            door.on_the_way(cast, placed)
        shown = browsers(cast.kasir).get(f"/penjualan/{placed.id}").get_data(as_text=True)
        assert 'data-testid="hand-over"' not in shown and "dibawa kurir" in shown

    def test_the_packing_list_says_where_it_goes(self, browsers, cast, shop, zone):
        with db.transaction():
            door.order(shop, Extras(door=door.door(cast)), crisps=1)
        assert "diantar: Jl. Mawar 3" in browsers(cast.kasir).get("/penjualan/daftar-kemas").get_data(
            as_text=True
        )


def test_a_phone_number_alone_is_enough_to_order(client, shop, at):
    client.post(f"{at}/keranjang", data={"set": f"{shop.crisps.id}:1"})
    form = {"buyer_name": "", "phone": "081234567890", "expected_total_rp": CRISPS_RP}
    assert client.post(f"{at}/pesanan", data=form).status_code == 303
    with db.transaction(read_only=True):
        [order] = queries.orders_of(shop.makmur.id)
    called = order.number.rpartition("/")[2]
    assert order.buyer_name == f"Pembeli {called}", "makers read the name, so the phone is no part of it"
