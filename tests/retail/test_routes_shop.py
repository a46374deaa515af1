"""The shop without a login: shelf, basket, order, tracking; what is typed wrong is said at its field."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from market.catalogue import services as products
from market.core import clock, db
from market.retail import services
from market.retail.models import RetailOrder
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, PHONE, RICE_RP
from tests.web.pages import Reader

NASTY = '<script>alert("x")</script>'


@pytest.fixture
def at(shop):
    """The shop's address."""
    return f"/toko/{shop.makmur.slug}"


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def put(client, at, product, count):
    return client.post(f"{at}/keranjang", {"set": f"{product.id}:{count}"})


def buy(client, at, **changes):
    data = {"buyer_name": "Bu Ani", "phone": PHONE, "note": "", **changes}
    return client.post(f"{at}/pesanan", data)


def orders() -> list[RetailOrder]:
    with db.transaction(read_only=True):
        return list(db.session.scalars(select(RetailOrder).order_by(RetailOrder.id)))


NO_SHOPS = ["/toko/tidak-ada", "/toko/keripik-bu-tini", "/toko/{slug}/999999", "/toko/{slug}/" + "9" * 30]


class TestLooking:
    def test_shops_with_goods_are_listed_by_kelurahan(self, client, shop, cast):
        page = text(client.get("/toko"))
        assert shop.makmur.name in page
        assert "Kelurahan Ngagelrejo" in page
        assert "Kecamatan Gubeng" in page
        assert cast.tetangga.name not in page

    @pytest.mark.parametrize(
        ("words", "found"), [("ngagel", True), ("SUMBER", True), ("blimbing", False), ("%", False)]
    )
    def test_a_shop_is_found_by_kelurahan_or_name(self, client, shop, words, found):
        assert (shop.makmur.name in text(client.get("/toko", query_string={"q": words}))) is found

    def test_the_shelf_shows_price_per_kilo_seller_and_what_is_left(self, client, at):
        page = text(client.get(at))
        for words in (
            "Rp15.000",
            "Rp6.000 per 100 g",
            "Keripik Bu Tini",
            "Rp13.600 per kg",
            "Stok koperasi",
            "Siap hari ini",
        ):
            assert words in page

    def test_few_and_none_are_said_in_words(self, client, cast):
        shop = shops.open_shop(cast, crisps_left=3, rice_left=0)
        page = text(client.get(f"/toko/{shop.makmur.slug}"))
        assert "Tinggal 3" in page
        assert "Habis" in page
        assert f'value="{shop.rice.id}:1"' not in page

    def test_words_find_goods_and_nonsense_finds_all(self, client, at):
        assert "Beras premium" not in text(client.get(at, query_string={"q": "keripik"}))
        assert "Tidak ada barang yang cocok" in text(client.get(at, query_string={"q": "%"}))
        for odd in ("\x00", "x" * 5000, "\ud800"):
            assert client.get(at, query_string={"q": odd.encode("utf-8", "surrogatepass")}).status_code == 200

    def test_a_product_has_a_page_of_its_own(self, client, at, shop):
        page = text(client.get(f"{at}/{shop.crisps.id}"))
        assert "Keripik Singkong" in page
        assert "250 g" in page
        assert "wa.me" in page

    def test_a_product_leads_to_the_page_of_its_maker_and_the_shops_own_does_not(self, client, at, shop):
        maker = f"{at}/penjual/{shop.crisps.organization_id}"
        assert f'href="{maker}"' in text(client.get(f"{at}/{shop.crisps.id}"))
        assert "Keripik" in text(client.get(maker))
        assert f"{at}/penjual/" not in text(client.get(f"{at}/{shop.rice.id}"))

    def test_what_is_no_shop_or_no_product_is_not_found(self, client, shop):
        for path in NO_SHOPS:
            assert client.get(path.format(slug=shop.makmur.slug)).status_code == 404

    def test_goods_of_another_shop_are_not_on_this_shelf(self, client, shop, cast):
        assert client.get(f"/toko/{cast.tetangga.slug}/{shop.crisps.id}").status_code == 404

    def test_waiting_and_withdrawn_goods_are_not_shown(self, client, at, shop, cast):
        with db.transaction():
            products.withdraw_product(cast.sri, shop.crisps.id)
        assert "Keripik Singkong" not in text(client.get(at))
        assert client.get(f"{at}/{shop.crisps.id}").status_code == 404

    @pytest.mark.parametrize("path", ["", "/1", "/keranjang"])
    def test_reading_pages_take_no_other_method(self, client, at, path):
        assert client.client.delete(at + path).status_code == 405
        assert client.client.put(at + path).status_code == 405

    def test_nothing_is_claimed_that_nobody_said(self, client, at, shop):
        page = text(client.get(f"{at}/{shop.crisps.id}"))
        assert "Halal" not in page
        assert "P-IRT" not in page


WISHES_THAT_ARE_NONE = [
    "",
    "x",
    "1",
    ":",
    "1:",
    ":1",
    "-1:1",
    "1:-1",
    "1:1.5",
    "1:1e3",
    "١:٢",
    "1:10001",
    "9" * 50 + ":1",
    "1:1:1",
    "\x00:1",
]


class TestBasket:
    def test_buttons_say_how_many_so_a_repeat_changes_nothing(self, client, at, shop):
        for _twice in range(2):
            answer = put(client, at, shop.crisps, 2)
            assert answer.status_code == 303
            assert answer.location == f"{at}#barang-{shop.crisps.id}"
        page = text(client.get(at))
        assert "Keranjang · 2 barang · Rp30.000" in page
        assert f'value="{shop.crisps.id}:1"' in page
        assert f'value="{shop.crisps.id}:3"' in page

    def test_zero_takes_it_out(self, client, at, shop):
        put(client, at, shop.crisps, 2)
        put(client, at, shop.crisps, 0)
        assert "Keranjang masih kosong" in text(client.get(f"{at}/keranjang"))

    def test_more_than_there_is_becomes_what_there_is_and_says_so(self, client, at, shop):
        put(client, at, shop.crisps, 40)
        page = text(client.get(at))
        assert "tinggal 10" in page
        assert "Keranjang · 10 barang" in page

    def test_a_wish_that_is_none_is_refused(self, client, at):
        for wish in WISHES_THAT_ARE_NONE:
            answer = client.post(f"{at}/keranjang", {"set": wish})
            assert 400 <= answer.status_code < 500

    def test_goods_of_another_shop_do_not_enter(self, client, shop, cast):
        assert put(client, f"/toko/{cast.tetangga.slug}", shop.crisps, 1).status_code == 404

    def test_each_shop_has_its_own_basket(self, client, at, shop, cast):
        put(client, at, shop.crisps, 2)
        assert "Keranjang masih kosong" in text(client.get(f"/toko/{cast.tetangga.slug}/keranjang"))

    def test_a_forged_cookie_is_an_empty_basket(self, client, at, shop):
        put(client, at, shop.crisps, 2)
        client.client.set_cookie("lumbung", "eyJiYXNrZXQiOnt9fQ.forged.forged")
        assert "Keranjang masih kosong" in text(client.get(f"{at}/keranjang"))

    def test_the_bill_says_where_the_money_goes(self, client, at, shop):
        put(client, at, shop.crisps, 2)
        put(client, at, shop.rice, 1)
        page = text(client.get(f"{at}/keranjang"))
        assert "Rp98.000" in page
        assert "Rp27.000 untuk anggota yang membuatnya, Rp71.000 untuk koperasi" in page
        assert "Biaya layanan" in page

    def test_goods_that_left_the_shelf_are_not_counted(self, client, at, shop, cast):
        put(client, at, shop.crisps, 2)
        put(client, at, shop.rice, 1)
        with db.transaction():
            products.withdraw_product(cast.sri, shop.crisps.id)
        page = text(client.get(f"{at}/keranjang"))
        assert "1 barang tidak dijual lagi" in page
        assert f'name="expected_total_rp" value="{RICE_RP}"' in page


BAD_ORDERS = [
    ({"buyer_name": "x" * 81}, "Terlalu panjang"),
    ({"buyer_name": "\x00"}, "tersembunyi"),
    ({"phone": ""}, "Wajib diisi"),
    ({"phone": "123"}, "Nomor telepon tidak dikenal"),
    ({"phone": "０８１２３４５６７８９"}, "Nomor telepon tidak dikenal"),
    ({"note": "x" * 301}, "Terlalu panjang"),
    ({"expected_total_rp": "1"}, "berubah"),
    ({"expected_total_rp": "-1"}, "Belum tersimpan"),
    ({"expected_total_rp": "1e9"}, "Belum tersimpan"),
]


class TestOrdering:
    def test_a_guest_orders_with_name_and_phone_alone(self, client, at, shop):
        put(client, at, shop.crisps, 2)
        put(client, at, shop.rice, 1)
        answer = buy(client, at, expected_total_rp=str(2 * CRISPS_RP + RICE_RP))
        assert answer.status_code == 303
        (order,) = orders()
        assert answer.location == f"/pesanan-saya/{order.token}"
        assert (order.phone, order.total_rp) == ("6281234567890", 98_000)
        page = text(client.get(answer.location))
        assert f"{order.pickup_code[:3]} {order.pickup_code[3:]}" in page
        assert 'class="qr"' in page
        assert "Keranjang masih kosong" in text(client.get(f"{at}/keranjang"))

    def test_goods_that_left_the_shelf_do_not_block_the_rest(self, client, at, shop, cast):
        put(client, at, shop.crisps, 2)
        put(client, at, shop.rice, 1)
        with db.transaction():
            products.withdraw_product(cast.sri, shop.crisps.id)
        assert buy(client, at, expected_total_rp=str(RICE_RP)).status_code == 303
        assert [order.total_rp for order in orders()] == [RICE_RP]

    def test_bad_input_is_said_and_nothing_is_ordered(self, client, at, shop):
        for changes, words in BAD_ORDERS:
            put(client, at, shop.crisps, 1)
            answer = buy(client, at, **{"buyer_name": "Ani Kusuma", **changes})
            assert answer.status_code == 422
            page = answer.get_data(as_text=True)
            assert words in page
            assert "Keripik Singkong" in page
            if "buyer_name" not in changes:
                assert 'value="Ani Kusuma"' in page
            assert orders() == []

    def test_an_empty_basket_orders_nothing(self, client, at):
        answer = buy(client, at)
        assert answer.status_code == 422
        assert "Keranjang masih kosong" in answer.get_data(as_text=True)

    def test_too_few_names_the_good_and_keeps_the_basket(self, client, at, shop):
        put(client, at, shop.crisps, 8)
        with db.transaction():
            shops.place(shop, crisps=5, phone="081399990000")
        answer = buy(client, at)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert "Stok Keripik Singkong tinggal 5 buah" in page
        assert "Tinggal 5, kurangi dahulu" in page

    def test_the_fourth_open_order_of_a_phone_is_refused_at_the_field(self, client, at, shop):
        for _each in range(3):
            put(client, at, shop.crisps, 1)
            assert buy(client, at).status_code == 303
        put(client, at, shop.crisps, 1)
        answer = buy(client, at)
        assert answer.status_code == 422
        assert "sudah punya 3 pesanan" in answer.get_data(as_text=True)

    def test_a_form_sent_twice_is_one_order(self, client, at, shop):
        put(client, at, shop.crisps, 1)
        data = {**client.tokens(), "buyer_name": "Ani", "phone": PHONE}
        first, second = (client.client.post(f"{at}/pesanan", data=data) for _twice in range(2))
        assert (first.status_code, second.status_code) == (303, 303)
        assert first.location == second.location
        assert len(orders()) == 1

    def test_a_form_whose_first_answer_was_lost_is_one_order(self, client, at, shop, app):
        """The phone never saw the first answer's cookie, so it sends the old one again."""
        put(client, at, shop.crisps, 1)
        data = {**client.tokens(), "buyer_name": "Ani", "phone": PHONE}
        cookie = client.client.get_cookie("lumbung").value
        client.client.post(f"{at}/pesanan", data=data)
        client.client.set_cookie("lumbung", cookie)
        assert client.client.post(f"{at}/pesanan", data=data).status_code == 303
        assert len(orders()) == 1

    def test_without_token_or_key_nothing_is_ordered(self, client, at, shop):
        put(client, at, shop.crisps, 1)
        full = {**client.tokens(), "buyer_name": "Ani", "phone": PHONE}
        for missing in ("csrf_token", "_idem"):
            data = {name: value for name, value in full.items() if name != missing}
            assert 400 <= client.client.post(f"{at}/pesanan", data=data).status_code < 500
        assert orders() == []

    def test_a_tampered_price_changes_nothing(self, client, at, shop):
        put(client, at, shop.crisps, 1)
        buy(client, at, price_rp="1", total_rp="1", unit_price_rp="1", commission_rp="999999")
        assert [order.total_rp for order in orders()] == [CRISPS_RP]


GUESSES = ["x", "1", "../1", "%00", "A" * 43]


class TestTracking:
    @pytest.fixture
    def order(self, shop):
        with db.transaction():
            return shops.place(shop, crisps=1, rice=1)

    def test_the_link_shows_the_way_and_is_kept_by_no_cache(self, client, order):
        answer = client.get(f"/pesanan-saya/{order.token}")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Koperasi sedang menyiapkan" in text(answer)

    def test_a_guessed_link_is_not_found(self, client, order):
        for guess in GUESSES:
            assert client.get(f"/pesanan-saya/{guess}").status_code == 404
            assert client.post(f"/pesanan-saya/{guess}/pembatalan").status_code == 404
            assert client.post(f"/pesanan-saya/{guess}/kode").status_code == 404

    def test_the_buyer_cancels_and_nothing_is_left_to_show(self, client, order):
        path = f"/pesanan-saya/{order.token}"
        assert client.post(f"{path}/pembatalan").status_code == 303
        page = text(client.get(path))
        assert "dibatalkan" in page
        assert order.pickup_code not in page.replace(" ", "")
        assert client.post(f"{path}/pembatalan").status_code == 409
        assert client.post(f"{path}/kode").status_code == 409

    def test_a_ready_and_a_late_order_say_so(self, client, order, cast):
        path = f"/pesanan-saya/{order.token}"
        with db.transaction():
            services.mark_ready(cast.kasir, order.id)
        assert "sudah siap" in text(client.get(path))
        clock.travel(services.HOLD_HOURS.start * 3600 + 1)
        with db.transaction():
            services.expire_orders()
        assert "kembali ke rak" in text(client.get(path))

    def test_a_locked_code_is_hidden_and_renewed(self, client, order):
        path = f"/pesanan-saya/{order.token}"
        with db.transaction():
            for _try in range(services.MAX_WRONG_CODES):
                services.note_wrong_code(order.id)
        page = text(client.get(path))
        assert "Buat kode baru" in page
        assert "pickup-code" not in page
        assert client.post(f"{path}/kode").status_code == 303
        assert "pickup-code" in text(client.get(path))

    def test_acts_need_the_right_method(self, client, order):
        for act in ("pembatalan", "kode"):
            assert client.get(f"/pesanan-saya/{order.token}/{act}").status_code == 405

    def test_this_device_remembers_its_own_orders_only(self, client, at, shop, order):
        assert "Belum ada pesanan" in text(client.get("/pesanan-saya"))
        put(client, at, shop.crisps, 1)
        buy(client, at)
        page = text(client.get("/pesanan-saya"))
        assert orders()[-1].number in page
        assert order.number not in page


def test_what_people_typed_is_shown_as_text_on_every_public_page(client, cast, shop, at):
    with db.transaction():
        seller = shops.seller(cast, NASTY)
        bad = shops.crisps(seller, name=NASTY, description=NASTY, ingredients=NASTY, unit_label=NASTY)
        products.approve_product(cast.sri, bad.id, 0, origin_note="dilihat")
        products.receive_consignment(cast.kasir, bad.id, 5)
    put(client, at, bad, 2)
    pages = [
        client.get(path) for path in ("/toko", at, f"{at}?q={NASTY}", f"{at}/{bad.id}", f"{at}/keranjang")
    ]
    pages.append(buy(client, at, buyer_name=NASTY, phone="x"))
    location = buy(client, at, buyer_name=NASTY, note=NASTY).location
    pages += [client.get(location), client.get("/pesanan-saya")]
    for answer in pages:
        html = answer.get_data(as_text=True)
        assert NASTY not in html
        inline = [
            tag
            for tag, attributes in Reader(html).tags
            if tag == "script"
            and not attributes.get("src")
            and attributes.get("type") != "application/ld+json"
        ]
        assert inline == []
