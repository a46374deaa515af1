"""The pages of the counter: who may, what a form keeps, what each refusal says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.catalogue import services as catalogue
from market.core import clock, db
from market.core.permissions import Role
from market.counter import queries, services
from market.counter.models import Sale
from tests import factories
from tests.counter.shop import GAS_RP, NIK, SPHP_RP
from tests.retail.shop import CRISPS_RP, RICE_RP

NASTY = '"><script>alert(1)</script>'
KEY = "t-0123456789abcdef"


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.get_data(as_text=True))


def sale_of(till, sale_id: int) -> Sale:
    with db.transaction(read_only=True):
        return queries.sale_by_id(sale_id)


def lines_of(sale_id: int):
    with db.transaction(read_only=True):
        return queries.lines_of(sale_id)


SELLING_PAGES = [
    *("/kasir", "/kasir/bayar", "/kasir/shift/baru", "/kasir/kas", "/kasir/shift/tutup", "/kasir/selisih"),
]
SEEING_PAGES = [
    *("/kasir/shift", "/kasir/shift/{shift}", "/kasir/harga", "/kasir/{sale}", "/kasir/{sale}/keadaan"),
]
ACTS = [
    "/kasir",
    "/kasir/barang",
    "/kasir/keranjang",
    "/kasir/kas",
    "/kasir/shift",
    "/kasir/shift/tutup",
    "/kasir/shift/{shift}/hitung-ulang",
    "/kasir/bayar/{sale}/baris/1",
    *(f"/kasir/bayar/{{sale}}/{act}" for act in ("harga", "anggota", "pembeli", "tunai", "qris", "batal")),
    *(f"/kasir/{{sale}}/{act}" for act in ("qris-batal", "selesaikan", "retur")),
]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["joko", "ratna", "tini"])
    def test_nobody_else_sees_or_touches_the_counter(self, browsers, till, who):
        sale = till.sold((till.rice, 1))
        at = {"sale": sale.id, "shift": sale.shift_id}
        browser = browsers(till.shop.tini if who == "tini" else getattr(till.cast, who))
        for path in (*SELLING_PAGES, *SEEING_PAGES, "/kasir/{sale}/retur"):
            assert browser.get(path.format(**at)).status_code == 403, path
        for path in (*ACTS, "/kasir/harga/1", "/kasir/shift/{shift}/keputusan"):
            assert browser.post(path.format(**at)).status_code == 403, path

    def test_the_supervisor_looks_and_sells_nothing(self, browsers, till):
        sale = till.sold((till.rice, 1))
        at = {"sale": sale.id, "shift": sale.shift_id}
        with db.transaction():
            lurah = factories.actor(Role.LURAH, till.cast.makmur, login="lurah")
        browser = browsers(lurah)
        for path in SEEING_PAGES:
            assert browser.get(path.format(**at)).status_code == 200, path
        for path in SELLING_PAGES:
            assert browser.get(path).status_code == 403, path
        for path in ACTS:
            assert browser.post(path.format(**at)).status_code == 403, path

    def test_another_cooperative_finds_nothing(self, browsers, till):
        sale = till.sold((till.rice, 1))
        at = {"sale": sale.id, "shift": sale.shift_id}
        wati = browsers(till.cast.wati)
        for path in ("/kasir/shift/{shift}", "/kasir/{sale}", "/kasir/{sale}/keadaan", "/kasir/{sale}/retur"):
            assert wati.get(path.format(**at)).status_code == 404, path
        for path in (each for each in ACTS if "{" in each and each != "/kasir/shift/{shift}/hitung-ulang"):
            assert wati.post(path.format(**at), {"reason": "x"}).status_code in (404, 422), path
        assert sale_of(till, sale.id).state == "done"
        for path in ("999999", "9223372036854775808", "retur/999999", "kas/999999"):
            assert wati.get(f"/kasir/{path}").status_code == 404

    def test_a_stranger_is_sent_to_sign_in_and_reads_a_receipt_by_its_link(self, client, till):
        sale = till.sold((till.rice, 1))
        assert client.get("/kasir").status_code == 303
        page = client.get(f"/nota/{sale.token}")
        assert sale.number in text(page)
        assert page.headers["X-Robots-Tag"] == "noindex" and "no-store" in page.headers["Cache-Control"]
        assert client.get("/nota/tidak-ada").status_code == 404
        unpaid = sale_of(till, till.basket((till.crisps, 1)))
        assert client.get(f"/nota/{unpaid.token}").status_code == 404

    def test_only_who_answers_for_prices_sets_them(self, browsers, till):
        path = f"/kasir/harga/{till.gas[1:]}"
        assert browsers(till.cast.kasir).post(path, {"price_rp": "17.000"}).status_code == 403
        assert browsers(till.cast.sri).post(path, {"price_rp": "17.000"}).status_code == 303


class TestSelling:
    def test_without_a_shift_the_first_page_is_the_count(self, browsers, till):
        sri = browsers(till.cast.sri)
        for path in ("/kasir", "/kasir/bayar", "/kasir/shift/tutup", "/kasir/kas"):
            assert sri.get(path).status_code in (302, 303)
        assert "Hitung uang kembalian" in text(sri.get("/kasir", follow_redirects=True))

    def test_goods_are_put_paid_and_the_receipt_is_shown(self, kasir, till):
        for code in (till.rice, "Keripik Singkong"):
            assert kasir.post("/kasir/barang", {"code": code}).headers["Location"].endswith("/kasir")
        page = text(kasir.get("/kasir"))
        assert "1 × Beras premium" in page and f"Rp{(RICE_RP + CRISPS_RP) // 1000}.000" in page
        [sale] = [sale for sale in all_sales(till) if sale.state == "open"]
        answer = kasir.post(f"/kasir/bayar/{sale.id}/tunai", {"given_rp": "100.000"})
        receipt = text(kasir.get(answer.headers["Location"]))
        for words in ("Kembalian Rp17.000", "KS/", "Keripik Bu Tini", "Kirim lewat WhatsApp"):
            assert words in receipt
        for paper in ("58", "80", "a4", NASTY):
            assert NASTY not in text(kasir.get(f"/kasir/{sale.id}", query_string={"kertas": paper}))

    def test_what_is_not_sold_here_leads_to_the_search(self, kasir, till):
        answer = kasir.post("/kasir/barang", {"typed": "kerupuk udang"})
        assert "q=kerupuk" in answer.headers["Location"]
        assert "Tidak ada barang yang cocok" in text(kasir.get(answer.headers["Location"]))
        assert NASTY not in text(kasir.get("/kasir", query_string={"q": NASTY}))
        assert text(kasir.get("/kasir", query_string={"q": "\x00"}))

    @pytest.mark.parametrize("quantity", ["0", "-1", "1001", "banyak", "1e3", "٣"])
    def test_a_quantity_that_makes_no_sense_is_refused(self, kasir, till, quantity):
        assert kasir.post("/kasir/barang", {"code": till.rice, "quantity": quantity}).status_code == 422
        sale_id = till.basket((till.rice, 1))
        line = lines_of(sale_id)[0]
        path = f"/kasir/bayar/{sale_id}/baris/{line.id}"
        status = kasir.post(path, {"quantity": quantity}).status_code
        assert status == (303 if quantity == "0" else 422)

    def test_a_quantity_is_changed_and_a_line_taken_off(self, kasir, till):
        sale_id = till.basket((till.rice, 1), (till.crisps, 2))
        rice, crisps = lines_of(sale_id)
        assert kasir.post(f"/kasir/bayar/{sale_id}/baris/{rice.id}", {"quantity": "3"}).status_code == 303
        assert kasir.post(f"/kasir/bayar/{sale_id}/baris/{crisps.id}", {"quantity": "0"}).status_code == 303
        assert [(line.good, line.quantity) for line in lines_of(sale_id)] == [(till.rice, 3)]
        assert kasir.post(f"/kasir/bayar/{sale_id}/baris/999", {"quantity": "1"}).status_code == 404

    def test_two_baskets_on_one_counter_are_both_found(self, kasir, till):
        first = till.basket((till.rice, 1))
        with db.transaction():
            shift = queries.shifts_of(till.id)[0]
            other = services.filling.new_sale(shift, "k-second-basket")
            db.session.add(other)
            db.session.flush()
            services.filling.states.start(other, till.cast.kasir)
            second = other.id
        kasir.post("/kasir/barang", {"code": till.crisps})
        page = text(kasir.get("/kasir"))
        assert 'data-testid="unfinished"' in page and f"/kasir/bayar?nota={first}" in page
        assert "Beras premium" in text(kasir.get(f"/kasir/bayar?nota={first}"))
        for asked in ("", f"?nota={second}", "?nota=x"):
            page = text(kasir.get(f"/kasir/bayar{asked}"))
            assert f"/kasir/bayar/{second}/tunai" in page and f"/kasir/bayar/{first}/tunai" not in page
        answer = kasir.post(f"/kasir/bayar/{first}/harga")
        assert answer.headers["Location"].endswith(f"nota={first}")


def all_sales(till) -> list[Sale]:
    with db.transaction(read_only=True):
        return queries.sales_of(till.id, Sale.STATES.states)


class TestRefusals:
    """Each says its reason at its field, and what was typed is still there."""

    def refused(self, kasir, path: str, data: dict[str, object], *words: str) -> None:
        page = text(kasir.post(path, data), 422)
        for each in words:
            assert each in page, each

    def test_too_little_cash_keeps_what_was_typed(self, kasir, till):
        sale_id = till.basket((till.rice, 1))
        typed = {"given_rp": "50.000", "phone": "081234567899"}
        kept = ('value="50.000"', 'value="081234567899"')
        self.refused(kasir, f"/kasir/bayar/{sale_id}/tunai", typed, "kurang Rp18.000", *kept)
        for wrong, words in (({}, 'data-testid="form-errors"'), ({"given_rp": "seratus"}, "seratus")):
            self.refused(kasir, f"/kasir/bayar/{sale_id}/tunai", wrong, words)
        nobody = {"given_rp": "68.000", "phone": "1"}
        self.refused(kasir, f"/kasir/bayar/{sale_id}/tunai", nobody, "HP")

    def test_an_empty_counter_cannot_be_paid(self, kasir, till):
        sale_id = till.basket((till.rice, 1))
        kasir.post(f"/kasir/bayar/{sale_id}/baris/{lines_of(sale_id)[0].id}", {"quantity": "0"})
        self.refused(kasir, f"/kasir/bayar/{sale_id}/tunai", {"given_rp": "1.000"}, "Belum ada barang")
        assert kasir.get("/kasir/bayar").status_code in (302, 303)

    def test_gas_says_one_after_another_what_is_missing(self, kasir, till):
        sale_id = till.basket((till.gas, 1))
        path, typed = f"/kasir/bayar/{sale_id}/tunai", {"given_rp": str(GAS_RP)}
        self.refused(kasir, path, typed, "isi NIK pembeli dahulu")
        till.known(sale_id)
        self.refused(kasir, path, typed, "Catat LPG 3 kg di MAP dahulu")
        self.refused(kasir, path, {**typed, "recorded": "y"}, "Catat LPG 3 kg di MAP dahulu", "checked")
        assert kasir.post(path, {**typed, "recorded": "y", "map_reference": "MAP-1"}).status_code == 303

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"nik": "123", "category": "RT"}, "16 angka"),
            ({"nik": "3578013207800001", "category": "RT"}, "tanggal lahirnya"),
            ({"nik": NIK, "category": "UM"}, "NIB, 13 angka"),
            ({"nik": NIK, "category": "raja"}, "Pilih"),
            ({"nik": "", "category": "RT"}, "NIK"),
        ],
    )
    def test_a_wrong_identity_is_refused_and_never_shown_again(self, kasir, till, typed, words):
        sale_id = till.basket((till.sphp, 1))
        page = text(kasir.post(f"/kasir/bayar/{sale_id}/pembeli", {**typed, "nib": "99"}), 422)
        assert words in page
        assert (not typed["nik"] or f'value="{typed["nik"]}"' not in page) and 'value="99"' not in page

    def test_the_limit_is_said_before_and_at_paying(self, kasir, till):
        till.sold((till.sphp, 4), nik=NIK)
        sale_id = till.basket((till.sphp, 2))
        kasir.post(f"/kasir/bayar/{sale_id}/pembeli", {"nik": NIK, "category": "RT"})
        assert "sisa hak 1 dari 5" in text(kasir.get("/kasir/bayar"))
        typed = {"given_rp": str(2 * SPHP_RP)}
        self.refused(kasir, f"/kasir/bayar/{sale_id}/tunai", typed, "per hari, sisa 1")

    def test_a_card_of_nobody_is_refused_and_kept(self, kasir, till):
        sale_id = till.basket((till.rice, 1))
        path = f"/kasir/bayar/{sale_id}/anggota"
        self.refused(kasir, path, {"card": "A-404"}, "bukan kartu anggota", 'value="A-404"')
        member = till.member()
        for card in (member.card_token, member.number, ""):
            assert kasir.post(path, {"card": card}).status_code == 303
            assert sale_of(till, sale_id).member_id == (member.id if card else None)

    def test_qris_is_not_offered_where_the_shop_takes_none(self, kasir, till):
        sale_id = till.basket((till.rice, 1))
        assert 'data-testid="qris-form"' not in text(kasir.get("/kasir/bayar"))
        self.refused(kasir, f"/kasir/bayar/{sale_id}/qris", {}, "belum menerima pembayaran")

    def test_a_good_taken_off_the_shelf_meanwhile_is_still_shown_and_can_be_taken_off(self, kasir, till):
        sale = till.basket((till.crisps, 1), (till.rice, 1))
        with db.transaction():
            catalogue.withdraw_product(till.cast.hadi, till.shop.crisps.id, "ditarik")
        assert "Keripik" in text(kasir.get("/kasir/bayar"))
        crisps = lines_of(sale)[0].id
        self.refused(kasir, f"/kasir/bayar/{sale}/tunai", {"given_rp": "100.000"}, "Keripik")
        kasir.post(f"/kasir/bayar/{sale}/baris/{crisps}", {"quantity": "0"})
        assert kasir.post(f"/kasir/bayar/{sale}/tunai", {"given_rp": "100.000"}).status_code == 303

    def test_giving_up_needs_a_reason(self, kasir, till):
        sale_id = till.basket((till.rice, 1))
        self.refused(kasir, f"/kasir/bayar/{sale_id}/batal", {"reason": ""}, "Alasan")
        assert kasir.post(f"/kasir/bayar/{sale_id}/batal", {"reason": "pembeli pergi"}).status_code == 303
        assert "pembeli pergi" in text(kasir.get(f"/kasir/{sale_id}"))

    def test_goods_that_nobody_may_sell_are_refused_with_the_reason(self, kasir, till):
        with db.transaction():
            product = db.session.get_one(type(till.shop.crisps), till.shop.crisps.id)
            product.lawful_until_on = clock.today() - timedelta(days=1)
        self.refused(kasir, "/kasir/barang", {"code": till.crisps}, "hanya boleh dijual sampai")
        items = {"items": f"{till.crisps}:1:{CRISPS_RP}"}
        self.refused(kasir, "/kasir/keranjang", items, "hanya boleh dijual sampai")
        told = {**items, "client_key": KEY, "given_rp": str(CRISPS_RP), "shift_id": str(till.shift_id())}
        self.refused(kasir, "/kasir", told, "hanya boleh dijual sampai")

    @pytest.mark.parametrize(
        "items",
        ["", "p1", "p1:0:5", "p1:1:0", "x1:1:1", "p1:1:1 p1:1:1", "p1:99999:1", "p1:1:1;k2:1:1", "k0:1:1"],
    )
    def test_a_sale_of_a_page_that_cannot_be_read_is_refused(self, kasir, till, items):
        told = {"client_key": KEY, "items": items, "given_rp": "1000000", "shift_id": str(till.shift_id())}
        assert kasir.post("/kasir", told).status_code in (404, 422)
        assert all(sale.state == "open" for sale in all_sales(till))

    @pytest.mark.parametrize("key", ["", "short", "x" * 65, "t spaced key 1", NASTY])
    def test_a_sale_without_a_proper_key_is_refused(self, kasir, till, key):
        told = {"client_key": key, "items": f"{till.rice}:1:{RICE_RP}", "given_rp": str(RICE_RP)}
        self.refused(kasir, "/kasir", told, "tidak lengkap")

    def test_a_sale_of_a_page_is_one_however_often_it_is_sent(self, kasir, till):
        told = {"client_key": KEY, "items": f"{till.rice}:1:{RICE_RP}", "given_rp": str(RICE_RP)}
        told |= {"client_at": "kapan", "shift_id": str(till.shift_id())}
        places = {kasir.post("/kasir", told).headers["Location"] for _time in range(3)}
        assert len(places) == 1
        assert till.drawer().sales == 1
