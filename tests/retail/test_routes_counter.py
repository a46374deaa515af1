"""The counter: pack, tell, hand over against the code for cash, cancel; strangers see nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from market.core import db
from market.core.permissions import Role
from market.ledger import chart
from market.ledger import queries as ledger
from market.retail import services
from market.retail.models import RetailOrder
from tests import factories
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, RICE_RP
from tests.web.pages import Reader

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def order(shop):
    with db.transaction():
        return shops.place(shop, crisps=2, rice=1, note="Yang pedas")


@pytest.fixture
def kasir(browsers, cast, shop):
    return browsers(cast.kasir)


def now(order) -> RetailOrder:
    with db.transaction(read_only=True):
        return db.session.scalars(select(RetailOrder).where(RetailOrder.id == order.id)).one()


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def wrong_code(order) -> str:
    return f"{(int(order.pickup_code) + 1) % 1_000_000:06d}"


PAGES = ["/penjualan", "/penjualan/{id}", "/penjualan/daftar-kemas"]
ACTS = {
    "siap": {},
    "serah-terima": {"pickup_code": "000000"},
    "pembatalan": {"reason": "batal"},
}


class TestPages:
    def test_open_orders_stand_with_what_to_do(self, kasir, order):
        page = text(kasir.get("/penjualan"))
        for words in (order.number, "Bu Ani", "2 × Keripik Singkong", "Rp98.000", "Siap"):
            assert words in page

    def test_an_order_shows_its_goods_its_note_and_a_way_to_tell_the_buyer(self, kasir, order):
        page = text(kasir.get(f"/penjualan/{order.id}"))
        for words in ("Keripik Bu Tini", "Yang pedas", "Bayar Rp98.000 tunai", "https://wa.me/6281234567890"):
            assert words in page

    def test_neither_code_nor_secret_link_is_shown_to_the_counter(self, kasir, order):
        for path in PAGES:
            page = text(kasir.get(path.format(id=order.id)))
            assert order.token not in page
            assert order.pickup_code not in page.replace(" ", "").replace(order.number, "")

    def test_a_scanned_code_arrives_filled_in(self, kasir, order):
        assert 'value="481516"' in text(kasir.get(f"/penjualan/{order.id}?kode=481516"))
        assert NASTY not in text(kasir.get(f"/penjualan/{order.id}", query_string={"kode": NASTY}))

    def test_the_packing_list_says_how_many_in_all_and_for_whom(self, kasir, order):
        page = text(kasir.get("/penjualan/daftar-kemas"))
        for words in ("Ambil dari rak", "☐ 2 × Keripik Singkong", "Bu Ani", "kemasan 5 kg"):
            assert words in page

    def test_without_orders_the_page_teaches_the_first_step(self, kasir):
        assert "Bagikan alamat toko" in text(kasir.get("/penjualan"))
        assert "Tidak ada pesanan" in text(kasir.get("/penjualan/daftar-kemas"))

    def test_ended_orders_have_a_list_of_their_own(self, kasir, order, cast):
        with db.transaction():
            services.cancel_order(cast.kasir, order.id, "batal")
        assert order.number not in text(kasir.get("/penjualan"))
        assert order.number in text(kasir.get("/penjualan?lihat=selesai"))

    @pytest.mark.parametrize(
        ("words", "found"), [("ani", True), ("7890", True), ("zzz", False), ("\x00", True)]
    )
    def test_an_order_is_found_by_name_or_phone(self, kasir, order, words, found):
        assert (order.number in text(kasir.get("/penjualan", query_string={"q": words}))) is found

    def test_a_stranger_does_not_find_it(self, browsers, cast, order):
        wati = browsers(cast.wati)
        assert wati.get(f"/penjualan/{order.id}").status_code == 404
        assert order.number not in text(wati.get("/penjualan"))
        assert "Bu Ani" not in text(wati.get("/penjualan/daftar-kemas"))
        for act, data in ACTS.items():
            assert wati.post(f"/penjualan/{order.id}/{act}", data).status_code == 404
        assert now(order).state == "placed"

    @pytest.mark.parametrize("who", ["joko", "ratna", "tini"])
    def test_other_roles_may_not_look(self, browsers, cast, shop, order, who):
        browser = browsers(shop.tini if who == "tini" else getattr(cast, who))
        for path in PAGES:
            assert browser.get(path.format(id=order.id)).status_code == 403
        for act, data in ACTS.items():
            assert browser.post(f"/penjualan/{order.id}/{act}", data).status_code == 403

    def test_the_supervisor_looks_and_touches_nothing(self, browsers, cast, order):
        with db.transaction():
            lurah = factories.actor(Role.LURAH, cast.makmur, login="lurah")
        browser = browsers(lurah)
        page = text(browser.get(f"/penjualan/{order.id}"))
        assert "Uang diterima" not in page
        for act, data in ACTS.items():
            assert browser.post(f"/penjualan/{order.id}/{act}", data).status_code == 403
        assert now(order).state == "placed"

    def test_signed_out_people_are_led_to_the_login(self, client, order):
        for path in PAGES:
            assert client.get(path.format(id=order.id)).status_code == 303

    def test_wrong_methods_are_refused(self, kasir, order):
        for act in ACTS:
            assert kasir.get(f"/penjualan/{order.id}/{act}").status_code == 405
        assert kasir.post("/penjualan").status_code == 405

    def test_a_number_beyond_reason_is_not_found(self, kasir):
        assert kasir.get(f"/penjualan/{'9' * 30}").status_code == 404


NO_CODES = ["", " ", "x" * 13, "\x00", "１２３４５６"]


class TestActs:
    def test_ready_is_one_button(self, kasir, order):
        assert kasir.post(f"/penjualan/{order.id}/siap").status_code == 303
        assert now(order).state == "ready"
        assert kasir.post(f"/penjualan/{order.id}/siap").status_code == 409

    def test_the_right_code_and_cash_end_the_order_in_the_books(self, kasir, order, shop):
        data = {"pickup_code": order.pickup_code, "member_sale": "y"}
        assert kasir.post(f"/penjualan/{order.id}/serah-terima", data).status_code == 303
        assert now(order).state == "collected"
        with db.transaction(read_only=True):
            assert ledger.balance_rp(shop.makmur.id, chart.CASH) == 2 * CRISPS_RP + RICE_RP
            assert ledger.balance_rp(shop.makmur.id, chart.SALES_MEMBERS) == -RICE_RP
            assert ledger.trial_balance(shop.makmur.id).balanced
        page = text(kasir.get(f"/penjualan/{order.id}"))
        assert "sudah dibukukan" in page
        assert "Rp98.000" in text(kasir.get("/penjualan"))

    def test_a_wrong_code_is_counted_although_the_request_is_refused(self, kasir, order):
        data = {"pickup_code": wrong_code(order)}
        answer = kasir.post(f"/penjualan/{order.id}/serah-terima", data)
        assert answer.status_code == 422
        assert "tidak cocok" in answer.get_data(as_text=True)
        assert (now(order).wrong_codes, now(order).state) == (1, "placed")

    def test_after_five_wrong_codes_even_the_right_one_waits_for_a_new_one(self, kasir, client, order):
        path = f"/penjualan/{order.id}/serah-terima"
        for _try in range(services.MAX_WRONG_CODES):
            kasir.post(path, {"pickup_code": wrong_code(order)})
        answer = kasir.post(path, {"pickup_code": order.pickup_code})
        assert answer.status_code == 422
        assert "kode baru" in answer.get_data(as_text=True)
        assert now(order).wrong_codes == services.MAX_WRONG_CODES
        client.post(f"/pesanan-saya/{order.token}/kode")
        assert kasir.post(path, {"pickup_code": now(order).pickup_code}).status_code == 303

    def test_a_code_that_is_none_is_said_at_the_field(self, kasir, order):
        for code in NO_CODES:
            answer = kasir.post(f"/penjualan/{order.id}/serah-terima", {"pickup_code": code})
            assert answer.status_code == 422
            assert 'id="pickup_code-error"' in answer.get_data(as_text=True)
            assert now(order).state == "placed"

    def test_the_same_hand_over_sent_twice_is_one_sale(self, kasir, order, shop):
        data = {**kasir.tokens(), "pickup_code": order.pickup_code}
        for _twice in range(2):
            answer = kasir.client.post(f"/penjualan/{order.id}/serah-terima", data=data)
            assert answer.status_code == 303
        with db.transaction(read_only=True):
            assert ledger.balance_rp(shop.makmur.id, chart.CASH) == order.total_rp

    def test_a_cancellation_says_why(self, kasir, client, order):
        path = f"/penjualan/{order.id}/pembatalan"
        assert kasir.post(path, {"reason": ""}).status_code == 422
        assert kasir.post(path, {"reason": "x" * 201}).status_code == 422
        assert kasir.post(path, {"reason": "Stok rusak"}).status_code == 303
        assert now(order).state == "cancelled"
        assert "Stok rusak" in text(kasir.get(f"/penjualan/{order.id}"))
        assert "Stok rusak" in text(client.get(f"/pesanan-saya/{order.token}"))
        assert kasir.post(path, {"reason": "lagi"}).status_code == 409


def test_what_buyers_and_sellers_typed_is_shown_as_text_at_the_counter(kasir, shop):
    with db.transaction():
        order = services.place_order(
            services.BUYER, shop.makmur.id, {shop.rice.id: 1}, NASTY, "0812-3456-7890", NASTY
        )
        services.cancel_order(shops_actor(shop), order.id, NASTY)
        second = services.place_order(
            services.BUYER, shop.makmur.id, {shop.rice.id: 1}, NASTY, "0812-3456-7890", NASTY
        )
    paths = [
        *(path.format(id=second.id) for path in PAGES),
        f"/penjualan/{order.id}",
        "/penjualan?lihat=selesai",
    ]
    for path in paths:
        html = text(kasir.get(path))
        assert NASTY not in html
        assert not [t for t, attributes in Reader(html).tags if t == "script" and not attributes.get("src")]


def shops_actor(shop):
    return factories.actor(Role.CASHIER, shop.makmur)
