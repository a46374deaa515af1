"""Pages of the counter beside selling: shifts, returns, differences, prices, and QRIS while it is paid."""

from __future__ import annotations

import re

import pytest

from market.core import db
from market.counter import queries
from tests.counter.shop import FLOAT
from tests.counter.test_routes import lines_of, text
from tests.retail.shop import RICE_RP


class TestShifts:
    def test_a_shift_is_opened_counted_and_reported(self, browsers, till):
        sri = browsers(till.cast.sri)
        page = text(sri.post("/kasir/shift", {"till": "1", "n_50000": "2"}), 422)
        assert "Laci 1 sedang dipakai kasir lain" in page and 'value="2"' in page
        assert "999999999" in text(sri.post("/kasir/shift", {"till": "2", "n_50000": "999999999"}), 422)
        assert sri.post("/kasir/shift", {"till": "2", "n_50000": "2"}).status_code == 303
        assert sri.get("/kasir/shift/baru").status_code in (302, 303)
        assert "Belum ada penjualan" in text(sri.get("/kasir"))
        page = text(sri.post("/kasir/shift/tutup", {"n_50000": "1", "n_20000": "2"}), 422)
        assert "Hitungan berbeda dari catatan" in page and "Rp100.000" not in page.split("<main")[1].replace(
            "Rp100.000</label>", ""
        )
        done = sri.post("/kasir/shift/tutup", {"n_50000": "2"})
        assert "Ditutup" in text(sri.get(done.headers["Location"]))

    def test_the_count_is_blind_until_it_is_done(self, kasir, till):
        till.sold((till.rice, 1))
        with db.transaction(read_only=True):
            shift = queries.shifts_of(till.id)[0].id
        page = text(kasir.get(f"/kasir/shift/{shift}"))
        assert "setelah laci dihitung" in page and "168.000" not in page

    def test_a_large_difference_is_decided_by_a_second_person(self, browsers, kasir, till):
        with db.transaction(read_only=True):
            shift = queries.shifts_of(till.id)[0].id
        assert kasir.post("/kasir/shift/tutup", {"n_50000": "1", "reason": "hilang"}).status_code == 303
        assert kasir.post(f"/kasir/shift/{shift}/keputusan", {"outcome": "approve"}).status_code == 403
        budi = browsers(till.cast.budi)
        page = text(budi.get(f"/kasir/shift/{shift}"))
        assert "Laci berselisih" in page and 'data-testid="decision"' in page
        assert "alasannya" in text(budi.post(f"/kasir/shift/{shift}/keputusan", {"outcome": "again"}), 422)
        assert budi.post(f"/kasir/shift/{shift}/keputusan", {"outcome": "approve"}).status_code == 303
        assert budi.post(f"/kasir/shift/{shift}/keputusan", {"outcome": "approve"}).status_code == 422

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"kind": "deposit", "amount_rp": "200.000", "reason": "setor"}, "laci tidak cukup"),
            ({"kind": "deposit", "amount_rp": "0", "reason": "setor"}, "0"),
            ({"kind": "deposit", "amount_rp": "10.000", "reason": ""}, "Keterangan"),
            ({"kind": "hadiah", "amount_rp": "10.000", "reason": "x"}, "Pilih"),
        ],
    )
    def test_cash_in_and_out_says_what_is_wrong_and_keeps_the_amount(self, kasir, till, typed, words):
        page = text(kasir.post("/kasir/kas", typed), 422)
        assert words in page and f'value="{typed["amount_rp"]}"' in page
        right = {"kind": "expense", "amount_rp": "5.000", "reason": "plastik"}
        assert kasir.post("/kasir/kas", right).status_code == 303
        assert "plastik" in text(kasir.get("/kasir/kas"))


class TestReturns:
    def test_goods_come_back_with_a_paper_of_their_own(self, kasir, till):
        sale = till.sold((till.crisps, 3))
        line = lines_of(sale.id)[0]
        page = text(kasir.get(f"/kasir/{sale.id}/retur"))
        assert "terjual 3, sudah kembali 0" in page and 'data-testid="cash-only"' not in page
        for typed, words in (
            ({"reason": "rusak"}, "Isi berapa yang kembali"),
            ({f"units_{line.id}": "4", "reason": "rusak"}, "paling banyak 3"),
            ({f"units_{line.id}": "1", "reason": ""}, "Alasan"),
        ):
            assert words in text(kasir.post(f"/kasir/{sale.id}/retur", typed), 422)
        done = kasir.post(f"/kasir/{sale.id}/retur", {f"units_{line.id}": "2", "reason": "rusak"})
        paper = text(kasir.get(done.headers["Location"]))
        assert "2 × Keripik Singkong" in paper and "Dikembalikan tunai" in paper
        assert "Retur KR/" in text(kasir.get(f"/kasir/{sale.id}"))

    def test_what_was_typed_stays_when_a_return_is_refused(self, kasir, till):
        sale = till.sold((till.crisps, 3))
        line = lines_of(sale.id)[0]
        page = text(kasir.post(f"/kasir/{sale.id}/retur", {f"units_{line.id}": "7", "reason": "bau"}), 422)
        assert re.search(rf'id="units-{line.id}"[^>]*value="7"', page) and "bau" in page

    def test_a_number_of_pieces_that_is_none_is_not_taken_for_nothing(self, kasir, till):
        sale = till.sold((till.crisps, 3), (till.rice, 1))
        crisps, rice = lines_of(sale.id)
        typed = {f"units_{crisps.id}": "dua", f"units_{rice.id}": "1", "reason": "rusak"}
        assert "Tulis angka bulat" in text(kasir.post(f"/kasir/{sale.id}/retur", typed), 422)


class TestDifferences:
    def test_a_sale_that_does_not_fit_is_solved_with_a_reason(self, kasir, till):
        sale = till.told("t-old-price", (till.rice, 1, RICE_RP - 1_000))
        assert "1 penjualan tanpa sinyal" in text(kasir.get("/kasir"))
        assert "Selesaikan" in text(kasir.get("/kasir/selisih"))
        path = f"/kasir/{sale.id}/selesaikan"
        assert "Alasan" in text(kasir.post(path, {"outcome": "accept", "reason": ""}), 422)
        assert kasir.post(path, {"outcome": "accept", "reason": "harga lama"}).status_code == 303
        assert "sudah diselesaikan" in text(kasir.post(path, {"outcome": "void", "reason": "x"}), 422)
        assert "Semua cocok" in text(kasir.get("/kasir/selisih"))


class TestPrices:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"price_rp": "18.001"}, "Di atas HET Rp18.000"),
            ({"price_rp": "0"}, "0"),
            ({"price_rp": "17.500", "barcode": "899100200300"}, "sudah dipakai barang lain"),
        ],
    )
    def test_a_price_that_may_not_be_is_refused_and_kept(self, browsers, till, typed, words):
        sri = browsers(till.cast.sri)
        page = text(sri.post(f"/kasir/harga/{till.gas[1:]}", typed), 422)
        assert words in page and f'value="{typed["price_rp"]}"' in page

    def test_a_pack_of_the_shelf_has_no_price_here(self, browsers, till):
        sri = browsers(till.cast.sri)
        assert "rak produk" in text(sri.post(f"/kasir/harga/{lines_pack(till)}", {"price_rp": "1.000"}), 422)
        assert sri.get("/kasir/harga/999999").status_code == 404
        assert "LPG 3 kg" in text(sri.get("/kasir/harga"))


def lines_pack(till) -> int:
    return int(till.shop.rice.pack_id)


def test_a_sale_that_waits_for_qris_shows_its_qr_and_its_way_back(desk, browsers):
    kasir = browsers(desk.cast.kasir)
    sale_id = desk.till.basket((desk.till.rice, 1))
    assert 'data-testid="qris-form"' in text(kasir.get("/kasir/bayar"))
    over = text(kasir.post(f"/kasir/bayar/{sale_id}/qris", {"cash_rp": "68.000"}), 422)
    assert "harus kurang dari totalnya" in over and 'value="68.000"' in over
    asked = kasir.post(f"/kasir/bayar/{sale_id}/qris", {"cash_rp": "8.000"})
    page = text(kasir.get(asked.headers["Location"]))
    assert 'data-testid="starting"' in page and "Tunai Rp8.000 sudah diterima" in page
    desk.work()
    live = kasir.get(f"/kasir/{sale_id}/keadaan")
    assert 'data-testid="qr"' in text(live) and "HX-Refresh" not in live.headers
    again = kasir.get(f"/kasir/{sale_id}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert again.status_code == 304
    assert "Menunggu QRIS" in text(kasir.get("/kasir")), "the cashier comes back to it"
    desk.scan(sale_id)
    desk.wait(60)
    done = kasir.get(f"/kasir/{sale_id}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert done.headers["HX-Refresh"] == "true"
    receipt = text(kasir.get(f"/kasir/{sale_id}"))
    assert "QRIS" in receipt and "Rp60.000" in receipt
    line = lines_of(sale_id)[0]
    back = text(kasir.get(f"/kasir/{sale_id}/retur"))
    assert 'data-testid="cash-only"' in back and "Rp60.000" in back
    done = kasir.post(f"/kasir/{sale_id}/retur", {f"units_{line.id}": "1", "reason": "rusak"})
    assert "Rp68.000" in text(kasir.get(done.headers["Location"]))
    assert desk.till.drawer().expected_rp == sum(v * n for v, n in FLOAT.items()) + 8_000 - 68_000
    desk.books_are_true()


def test_qris_is_stopped_by_a_button_and_the_page_says_what_happens(desk, browsers):
    kasir = browsers(desk.cast.kasir)
    sale_id = desk.shown((desk.till.rice, 1))
    stopped = kasir.post(f"/kasir/{sale_id}/qris-batal")
    assert "QRIS sedang ditutup" in text(kasir.get(stopped.headers["Location"]))
    desk.work()
    page = text(kasir.get(f"/kasir/{sale_id}"))
    assert 'data-testid="continue"' in page and f"nota={sale_id}" in page
    assert kasir.post(f"/kasir/{sale_id}/qris-batal").status_code == 409
