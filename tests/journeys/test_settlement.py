"""A bill says two sacks too much: the supplier credits them, two persons pay, both sides read the same."""

from __future__ import annotations

import csv

from playwright.sync_api import expect

from market.core import clock, db
from market.ledger import chart
from market.ledger import queries as books
from market.purchasing import queries
from market.purchasing import services as purchasing
from market.purchasing.models import SupplierBill
from tests.faults import story
from tests.journeys import steps

PAID_RP = 46 * (295_000 + 1_500) + 100_000
CREDITED_RP = 2 * (295_000 + 1_500)
NUMBER = "0123456789"


def came(cast) -> int:
    """46 of 48 sacks were taken; the order's page asks for the bill."""
    with db.transaction():
        order_id = story.order(cast)
        story.receive(cast, order_id)
    return order_id


def test_a_difference_is_credited_and_the_bill_paid_by_a_run_of_two_persons(live, cast, books_are_true):
    order_id = came(cast)
    budi = steps.see(live.of(cast.budi), f"/pesanan/{order_id}/tagihan")
    budi.get_by_test_id("field-reference").fill("INV-77")
    budi.get_by_test_id("field-amount_rp").fill(str(PAID_RP + CREDITED_RP))
    budi.get_by_test_id("save-bill").click()
    expect(budi.get_by_test_id("form-errors")).to_be_visible()
    steps.fits(budi)
    budi.get_by_test_id("field-open_case").check()
    budi.get_by_test_id("save-bill").click()
    budi.wait_for_url("**/selisih-tagihan/*")
    steps.state(budi, "case-state", "Belum beres")
    steps.fits(budi)

    joko = steps.see(live.of(cast.joko), "/hari-ini")
    joko.get_by_test_id("task-case_to_answer").get_by_role("link").last.click()
    joko.wait_for_url("**/selisih-tagihan/*")
    joko.get_by_test_id("field-message").fill("Dua sak belum kami kirim, kami kreditkan.")
    joko.get_by_test_id("send-message").click()
    expect(joko.get_by_test_id("message")).to_contain_text("kami kreditkan")
    steps.fits(joko)
    joko.get_by_test_id("credit").click()
    joko.wait_for_url("**/nota-kredit*")
    expect(joko.get_by_test_id("field-amount_rp")).to_have_value("593.000")
    joko.get_by_test_id("field-reason").fill("dua sak tidak terkirim")
    joko.get_by_test_id("save-credit").click()
    expect(joko.get_by_test_id("credit-amount")).to_contain_text("Rp593.000")
    steps.fits(joko)
    steps.see(joko, "/rekening-bank")
    joko.get_by_test_id("field-bank").fill("Bank Jatim")
    joko.get_by_test_id("field-number").fill(NUMBER)
    joko.get_by_test_id("field-holder").fill("CV Lamongan Jaya")
    joko.get_by_test_id("save-account").click()
    expect(joko.get_by_test_id("account")).to_contain_text("6789")

    steps.see(budi, "/daftar-bayar")
    due = budi.get_by_test_id("due")
    expect(due).to_contain_text("INV-77")
    assert NUMBER not in budi.content()
    budi.get_by_test_id("propose-run").click()
    budi.wait_for_url("**/daftar-bayar/*")
    steps.state(budi, "run-state", "Diusulkan")
    assert budi.get_by_test_id("approve-run").count() == 0, "nobody approves what he proposed"

    hadi = steps.see(live.of(cast.hadi), "/hari-ini")
    hadi.get_by_test_id("task-run_waits").get_by_role("link").last.click()
    hadi.wait_for_url("**/daftar-bayar/*")
    steps.fits(hadi)
    hadi.get_by_test_id("approve-run").click()
    steps.state(hadi, "run-state", "Disetujui")

    budi.reload()
    with budi.expect_download() as file:
        budi.get_by_test_id("bank-file").click()
    rows = list(csv.reader(file.value.path().read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][1] == NUMBER and rows[1][3] == str(PAID_RP)
    budi.get_by_test_id("field-reference").fill("TRX-001")
    budi.get_by_test_id("transferred").click()
    steps.state(budi, "run-state", "Dibayar")
    steps.fits(budi)

    steps.wait(lambda: told(cast.joko))
    statement = steps.see(joko, f"/rekening-pemasok/{cast.makmur.id}?sejak=2020-01-01&sampai=2099-12-31")
    expect(statement.get_by_test_id("closing")).to_contain_text("Rp0")
    expect(statement.get_by_test_id("statement")).to_contain_text("TRX-001")
    expect(statement.get_by_test_id("deliveries")).to_contain_text("Rp593.000")
    mine = steps.see(budi, f"/rekening-pemasok/{cast.lamongan.id}?sejak=2020-01-01&sampai=2099-12-31")
    assert mine.get_by_test_id("statement").inner_text() == statement.get_by_test_id("statement").inner_text()
    with db.transaction(read_only=True):
        bill = db.session.query(SupplierBill).one()
        assert (bill.state, bill.paid_rp) == ("paid", PAID_RP + CREDITED_RP)
        assert books.balance_rp(cast.makmur.id, chart.PAYABLE_SUPPLIERS) == 0
        assert books.balance_rp(cast.makmur.id, chart.BANK) == story.CAPITAL_RP - PAID_RP
    books_are_true(cast.makmur.id)


def told(who) -> bool:
    with db.transaction(read_only=True):
        sql = "SELECT count(*) FROM notice WHERE kind = 'supplier_paid' AND user_id = "
        return bool(db.session.connection().exec_driver_sql(f"{sql}{who.user_id}").scalar_one())


def test_goods_found_bad_later_go_back_and_come_off_the_bill(live, cast, books_are_true):
    order_id = came(cast)
    with db.transaction():
        bill = purchasing.record_bill(cast.budi, order_id, "INV-78", PAID_RP, clock.today())
        bill_id = bill.id
    sri = steps.see(live.of(cast.sri), f"/pesanan/{order_id}")
    sri.get_by_test_id("return").click()
    sri.wait_for_url("**/retur")
    sri.get_by_test_id("packs").fill("3")
    sri.locator("select[name=reason]").select_option("broken")
    sri.get_by_test_id("save-return").click()
    steps.state(sri, "return-state", "Menunggu nota kredit")
    steps.fits(sri)
    joko = steps.see(live.of(cast.joko), "/hari-ini")
    joko.get_by_test_id("task-return_to_credit").get_by_role("link").last.click()
    joko.wait_for_url("**/retur-pemasok/*")
    joko.get_by_test_id("credit-return").click()
    expect(joko.get_by_test_id("credit-amount")).to_contain_text("Rp885.000")
    with db.transaction(read_only=True):
        assert queries.bill_of(bill_id).open_rp == PAID_RP - 3 * 295_000
    books_are_true(cast.makmur.id)
