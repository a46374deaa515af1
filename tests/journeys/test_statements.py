"""The treasurer reads the year and goes from the surplus down to one entry; the chair prints the pack."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect

from market.core import clock, db
from tests.journeys import steps
from tests.support import year

PAPERS = ("posisi", "hasil", "arus-kas", "ekuitas", "catatan", "neraca-saldo")


def test_a_figure_leads_from_the_statement_to_the_entry_on_a_phone(live, cast, books_are_true):
    clock.travel(to=clock.start_of(date(2027, 1, 4)) + timedelta(hours=9))
    with db.transaction():
        told = year.live(cast.budi, cast.hadi, 2026)
    budi = live.of(cast.budi)
    budi.goto("/buku/")
    budi.get_by_test_id("figure-surplus").wait_for()
    budi.goto("/buku/laporan/?periode=2026")
    expect(budi.get_by_test_id("ties")).to_be_visible()
    surplus = f"{told.surplus_rp:,}".replace(",", ".")
    expect(budi.get_by_test_id("surplus")).to_have_text(surplus)
    steps.fits(budi)
    for paper in PAPERS:
        steps.fits(steps.see(budi, f"/buku/laporan/{paper}?periode=2026-T4"))
    budi.goto("/buku/laporan/hasil?periode=2026")
    budi.get_by_test_id("figure-wages").click()
    budi.get_by_test_id("behind").get_by_role("link").first.click()
    budi.wait_for_url("**/buku-besar/6-1200*")
    steps.fits(budi)
    budi.get_by_test_id("ledger-lines").get_by_role("link", name="Beban bulan ini").first.click()
    expect(budi.get_by_test_id("source")).to_be_visible()
    books_are_true(cast.makmur.id)


def test_an_accountant_moves_an_account_at_a_desk(live, cast):
    clock.travel(to=clock.start_of(date(2027, 1, 4)) + timedelta(hours=9))
    with db.transaction():
        year.live(cast.budi, cast.hadi, 2026, members=20)
    budi = live.of(cast.budi, wide=True)
    for paper in PAPERS:
        steps.fits(steps.see(budi, f"/buku/laporan/{paper}?periode=2026"))
    budi.goto("/buku/laporan/baris")
    steps.fits(budi)
    budi.get_by_test_id("field-code").select_option("3-1200")
    budi.get_by_test_id("field-line").select_option("share_liabilities")
    budi.get_by_test_id("field-reason").fill("Bisa ditarik kapan saja")
    budi.get_by_test_id("place-submit").click()
    expect(budi.get_by_test_id("place-history")).to_contain_text("Bisa ditarik kapan saja")
    expect(budi.get_by_test_id("line-3-1200")).to_have_text("Simpanan pokok dan wajib")
