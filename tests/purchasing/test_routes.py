"""The pages of orders, receipts, bills and payments: the rice story walked through, then who may not."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from market.core import clock, db
from market.ledger import chart
from market.purchasing import queries
from market.purchasing.models import GoodsReceipt, PurchaseOrder, SupplierBill, SupplierPayment
from tests.purchasing.conftest import (
    PACKS,
    RICE_RP,
    balance,
    books_agree,
    facts,
    freight,
    fund,
    goods,
    issue,
    lump,
    receive,
    words,
)


def count(table) -> int:
    with db.transaction(read_only=True):
        return db.session.query(table).count()


def state(table, key: int) -> str:
    with db.transaction(read_only=True):
        return db.session.get_one(table, key).state


# --- the story -------------------------------------------------------------------------------------


def test_the_rice_story_from_the_door_to_the_paid_bill(cast, browsers, order, line):
    sri, budi, hadi, joko = (browsers(who) for who in (cast.sri, cast.budi, cast.hadi, cast.joko))
    assert "Rp14.160.000" in words(sri.get("/pesanan")) and "Ditunggu" in words(sri.get("/pesanan"))
    form = sri.get(f"/pesanan/{order}/terima").get_data(as_text=True)
    assert f'name="accepted_{line}"' in form and f'value="{PACKS}"' in form
    came = sri.post(f"/pesanan/{order}/terima", {f"accepted_{line}": "48", "note": "SJ 12, B 1234 XY"})
    assert came.status_code == 303
    page = words(sri.get(came.location))
    assert "Berita acara serah terima" in page and "48 sak" in page and "SJ 12, B 1234 XY" in page
    assert "48 sak" in words(joko.get(came.location)), "the supplier sees what was counted"

    page = budi.get(f"/pesanan/{order}/tagihan").get_data(as_text=True)
    assert 'value="14.160.000"' in page
    typed = {"reference": "INV-7", "billed_on": clock.today().isoformat(), "amount_rp": "14.160.000"}
    billed = budi.post(f"/pesanan/{order}/tagihan", typed)
    assert billed.status_code == 303
    assert "Rp14.160.000" in words(budi.get("/tagihan"))

    page = words(budi.get(f"{billed.location}/pembayaran"))
    assert "Rp50.000.000" in page and "Rp35.840.000" in page, "before and after"
    assert budi.post(f"{billed.location}/pembayaran", {"account": chart.BANK}).status_code == 303
    assert "Setujui dan bayar" not in words(budi.get("/pembayaran"))
    page = words(hadi.get("/pembayaran"))
    assert "Diusulkan Budi" in page and "Rp35.840.000" in page and "Setujui dan bayar" in page
    paid = hadi.post("/pembayaran/1/persetujuan")
    assert paid.status_code == 303
    page = words(hadi.get(paid.location))
    assert "Bukti pembayaran" in page and "Rp14.160.000" in page and "Hadi" in page

    assert state(PurchaseOrder, order) == "closed"
    assert "Rp14.160.000" in words(sri.get("/pesanan?keadaan=selesai"))
    with db.transaction(read_only=True):
        assert books_agree(cast)
        assert balance(cast, chart.PAYABLE_SUPPLIERS) == balance(cast, chart.RECEIVED_NOT_BILLED) == 0


def test_a_short_delivery_becomes_a_claim_that_ends_with_the_rest_cancelled(cast, browsers, order, line):
    sri = browsers(cast.sri)
    typed = {f"accepted_{line}": "40", f"rejected_{line}": "8", f"reason_{line}": "short"}
    came = sri.post(f"/pesanan/{order}/terima", typed)
    assert "Kurang: tertulis di surat jalan" in words(sri.get(came.location))
    page = words(sri.get(f"/pesanan/{order}"))
    assert "8 kemasan" in page and "Selesaikan klaim" in page and "· 8 ditolak" in page
    refused = sri.post("/klaim/1/hasil", {"outcome": "cancelled_rest", "note": " "})
    assert refused.status_code == 422 and "Tulis alasannya" in words(refused)
    ended = sri.post("/klaim/1/hasil", {"outcome": "cancelled_rest", "note": "pemasok kehabisan"})
    assert ended.status_code == 303
    page = words(sri.get(f"/pesanan/{order}"))
    assert "Sisa dibatalkan" in page and "pemasok kehabisan" in page and "· 8 batal" in page


def test_the_rest_is_cancelled_with_a_reason(cast, browsers, order, line):
    sri = browsers(cast.sri)
    sri.post(f"/pesanan/{order}/terima", {f"accepted_{line}": "40"})
    assert "8 sak (200 kg)" in words(sri.get(f"/pesanan/{order}/pembatalan"))
    assert sri.post(f"/pesanan/{order}/pembatalan", {"reason": ""}).status_code == 422
    assert sri.post(f"/pesanan/{order}/pembatalan", {"reason": "tidak ada lagi"}).status_code == 303
    again = sri.post(f"/pesanan/{order}/pembatalan", {"reason": "sekali lagi"})
    assert again.status_code == 422 and "Tidak ada sisa" in words(again)
    nothing = sri.get(f"/pesanan/{order}/terima")
    assert (nothing.status_code, nothing.location) == (303, f"/pesanan/{order}")


def test_a_prepaid_order_asks_for_its_advance_and_gets_the_rest_back(cast, browsers):
    with db.transaction():
        order = issue(cast, goods(), freight(), lump("truck", 90_000), terms="prepaid").id
    sri, budi, hadi = browsers(cast.sri), browsers(cast.budi), browsers(cast.hadi)
    assert "Bayar di muka." in words(budi.get(f"/pesanan/{order}"))
    assert "Rp14.370.000" in words(budi.get(f"/pesanan/{order}/uang-muka"))
    assert budi.post(f"/pesanan/{order}/uang-muka", {"account": chart.CASH}).status_code == 303
    assert "menunggu persetujuan" in words(budi.get(f"/pesanan/{order}"))
    assert hadi.post("/pembayaran/1/persetujuan").status_code == 303
    assert sri.post(f"/pesanan/{order}/pembatalan", {"reason": "banjir"}).status_code == 303
    assert "Pemasok harus mengembalikan Rp14.370.000" in words(budi.get(f"/pesanan/{order}"))
    assert "Rp14.370.000" in words(budi.get(f"/pesanan/{order}/uang-kembali"))
    assert budi.post(f"/pesanan/{order}/uang-kembali", {"account": chart.BANK}).status_code == 303
    with db.transaction(read_only=True):
        assert balance(cast, chart.PREPAID_SUPPLIERS) == 0
    assert "dikembalikan Rp14.370.000" in words(hadi.get("/pembayaran/1"))


# --- papers ----------------------------------------------------------------------------------------


def test_an_order_is_printed_and_taken_away_by_both_sides(cast, browsers, order):
    for actor in (cast.sri, cast.joko):
        browser = browsers(actor)
        assert "48 sak (1.200 kg)" in words(browser.get(f"/pesanan/{order}/cetak"))
        pdf = browser.get(f"/pesanan/{order}.pdf")
        assert pdf.data.startswith(b"%PDF") and pdf.content_type == "application/pdf"
        assert re.search(r'filename="PO-\d{4}-000001\.pdf"', pdf.headers["Content-Disposition"])


def test_a_receipt_is_taken_away_as_pdf(cast, browsers, order):
    with db.transaction():
        receipt = receive(cast, queries.order(order), 44, 4, "broken").id
    for actor in (cast.sri, cast.joko):
        assert browsers(actor).get(f"/penerimaan/{receipt}.pdf").data.startswith(b"%PDF")


def test_the_supplier_sees_what_to_unload_where(cast, browsers, order):
    joko = browsers(cast.joko)
    page = words(joko.get("/pesanan/kirim"))
    for text in ("Koperasi Sumber Makmur", "Ngagelrejo", "48 sak (1.200 kg)"):
        assert text in page
    assert "Koperasi Sumber Makmur" in words(joko.get("/pesanan"))
    assert "Tidak ada yang harus dikirim" in words(browsers(cast.nur).get("/pesanan/kirim"))


def test_the_supplier_can_be_called_and_written_to(cast, browsers, order):
    with db.transaction():
        db.session.get_one(type(cast.lamongan), cast.lamongan.id).phone = "6281234567890"
    page = browsers(cast.sri).get(f"/pesanan/{order}").get_data(as_text=True)
    assert "https://wa.me/6281234567890?text=" in page
    assert 'href="tel:+6281234567890"' in page


def test_payables_can_be_taken_away_as_a_sheet(cast, browsers, recorded):
    budi = browsers(cast.budi)
    rows = list(openpyxl.load_workbook(io.BytesIO(budi.get("/tagihan.xlsx").data)).active.values)
    assert rows[1][1:3] == ("INV-1", cast.lamongan.name) and rows[1][-2:] == (RICE_RP, RICE_RP)
    assert "14160000" in budi.get("/tagihan.csv").get_data(as_text=True)


def test_late_bills_and_empty_lists_say_so(cast, browsers, recorded):
    clock.travel(9 * 86_400)
    budi = browsers(cast.budi)
    assert "Terlambat 9 hari" in words(budi.get("/tagihan"))
    assert "Terlambat 9 hari" in words(budi.get(f"/tagihan/{recorded}"))
    assert "Belum ada pesanan" in words(browsers(cast.wati).get("/pesanan"))
    assert "Belum ada pesanan" in words(browsers(cast.nur).get("/pesanan"))


# --- bad input -------------------------------------------------------------------------------------

BAD_NUMBERS = ["", "-1", "1,5", "NaN", "49", "9" * 30, "1e3", "\u0000"]


def test_a_bad_count_is_told_at_its_field_and_kept(cast, browsers, order, line):
    sri = browsers(cast.sri)
    for typed in BAD_NUMBERS:
        answer = sri.post(f"/pesanan/{order}/terima", {f"accepted_{line}": typed, "note": "SJ 12"})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422, typed
        assert f'id="accepted_{line}-error"' in html, typed
        assert "SJ 12" in html
        if typed.isprintable() and typed:
            assert f'value="{typed}"' in html
    assert count(GoodsReceipt) == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"accepted": "40", "rejected": "8"}, "reason"),
        ({"accepted": "40", "rejected": "9", "reason": "short"}, "rejected"),
        ({"accepted": "40", "rejected": "8", "reason": "bosan"}, "reason"),
        ({"accepted": "40", "rejected": "x"}, "rejected"),
        ({"accepted": "40", "expires_on": "2020-01-01"}, "expires_on"),
        ({"accepted": "40", "expires_on": "31/02/2027"}, "expires_on"),
    ],
)
def test_a_rejection_that_does_not_add_up_is_told_at_its_field(cast, browsers, order, line, typed, field):
    sent = {f"{name}_{line}": value for name, value in typed.items()}
    answer = browsers(cast.sri).post(f"/pesanan/{order}/terima", sent)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}_{line}-error"' in html
    assert re.search(r'<details open data-testid="rejected">', html), "what is wrong can be seen"
    assert count(GoodsReceipt) == 0


def test_nothing_counted_is_no_delivery(cast, browsers, order, line):
    answer = browsers(cast.sri).post(f"/pesanan/{order}/terima", {f"accepted_{line}": "0"})
    assert answer.status_code == 422 and "Isi jumlah yang datang" in words(answer)


def test_a_bill_that_differs_shows_all_figures_and_keeps_what_was_typed(cast, browsers, order):
    with db.transaction():
        receive(cast, queries.order(order), 40, 8, "short")
    typed = {"reference": "INV-7", "billed_on": clock.today().isoformat(), "amount_rp": "14.160.000"}
    answer = browsers(cast.budi).post(f"/pesanan/{order}/tagihan", typed)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="amount_rp-error"' in html and 'value="14.160.000"' in html and 'value="INV-7"' in html
    for figure in ("Dipesan Rp14.160.000", "diterima Rp11.800.000", "seharusnya Rp11.800.000"):
        assert figure in words(answer)
    assert count(SupplierBill) == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
        ({"reference": "INV\u0000"}, "reference"),
        ({"billed_on": "besok"}, "billed_on"),
        ({"billed_on": "2199-01-01"}, "billed_on"),
        ({"due_on": "1999-01-01"}, "due_on"),
        ({"amount_rp": "12,50"}, "amount_rp"),
        ({"amount_rp": "9" * 30}, "amount_rp"),
        ({"amount_rp": "0"}, "amount_rp"),
    ],
)
def test_bad_paper_is_told_at_its_field(cast, browsers, order, wrong, field):
    with db.transaction():
        receive(cast, queries.order(order))
    typed = {"reference": "INV-7", "billed_on": clock.today().isoformat(), "amount_rp": "14160000", **wrong}
    answer = browsers(cast.budi).post(f"/pesanan/{order}/tagihan", typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert count(SupplierBill) == 0


def test_an_unknown_account_is_told_at_its_field(cast, browsers, recorded):
    budi = browsers(cast.budi)
    for account in ("", "1-1400", "x"):
        answer = budi.post(f"/tagihan/{recorded}/pembayaran", {"account": account})
        assert answer.status_code == 422
        assert 'id="account-error"' in answer.get_data(as_text=True)
    assert count(SupplierPayment) == 0


def test_too_little_money_is_said_clearly_and_nothing_changes(cast, browsers, payment):
    with db.transaction():
        fund(cast, chart.BANK, 1_000_000 - 50_000_000)
    answer = browsers(cast.hadi).post(f"/pembayaran/{payment}/persetujuan")
    assert answer.status_code == 422
    assert "Saldo Bank hanya Rp1.000.000, pembayaran ini Rp14.160.000" in words(answer)
    assert state(SupplierPayment, payment) == "proposed"
    assert "kurang Rp13.160.000" in words(browsers(cast.hadi).get("/pembayaran"))


def test_a_rejected_payment_has_a_reason(cast, browsers, payment):
    hadi = browsers(cast.hadi)
    silent = hadi.post(f"/pembayaran/{payment}/penolakan", {"reason": " "})
    assert silent.status_code == 422 and "Wajib diisi" in words(silent)
    assert hadi.post(f"/pembayaran/{payment}/penolakan", {"reason": "pakai kas"}).status_code == 303
    assert state(SupplierPayment, payment) == "rejected"
    assert "pakai kas" in words(hadi.get(f"/pembayaran/{payment}"))


# --- twice -----------------------------------------------------------------------------------------


def test_the_same_press_twice_has_one_effect(cast, browsers, order, line):
    sri, budi, hadi = browsers(cast.sri), browsers(cast.budi), browsers(cast.hadi)
    today = clock.today().isoformat()
    for browser, path, typed in (
        (sri, f"/pesanan/{order}/terima", {f"accepted_{line}": "48"}),
        (budi, f"/pesanan/{order}/tagihan", {"reference": "I", "billed_on": today, "amount_rp": RICE_RP}),
        (budi, "/tagihan/1/pembayaran", {"account": chart.BANK}),
        (hadi, "/pembayaran/1/persetujuan", {}),
    ):
        sent = {**browser.tokens(), **typed}
        answers = [browser.client.post(path, data=sent) for _press in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303], path
        assert answers[0].location == answers[1].location
    assert facts() == (1, 1, 1, "paid")
    with db.transaction(read_only=True):
        assert balance(cast, chart.BANK) == 50_000_000 - RICE_RP


def test_a_page_left_open_while_somebody_else_received_is_refused(cast, browsers, order, line):
    sri = browsers(cast.sri)
    with db.transaction():
        receive(cast, queries.order(order), 20)
    answer = sri.post(f"/pesanan/{order}/terima", {f"accepted_{line}": "48"})
    assert answer.status_code == 422
    assert "Paling banyak 28 yang masih ditunggu" in words(answer)
    assert 'value="48"' in answer.get_data(as_text=True)
