"""A cooperative pays its supplier by QRIS: two say yes, the bank's word completes it, both books agree."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from market.core import db
from market.ledger import chart
from market.ledger import queries as ledger
from market.payments.simulator.running import Server
from tests import factories
from tests.faults import story
from tests.journeys import paying, steps
from tests.purchasing.online import RICE_RP, Till


@pytest.fixture
def bill_id(live, cast) -> int:
    """Makmur owes Lamongan Rp8.850.000 for rice that came."""
    return Till(cast).bill("INV-77")


@pytest.fixture
def provider(live, cast):
    with db.transaction():
        ani = factories.actor(cast.joko.role, cast.lamongan, "Ani", "ani")
    with paying.simulated(live.url, cast.lamongan, cast.joko, ani) as server:
        yield server


def test_a_bill_is_paid_by_qris_and_followed_back(
    live, cast, bill_id, provider: Server, open_page, books_are_true
):
    propose(live, cast, bill_id)
    page = steps.see(live.of(cast.hadi), "/pembayaran")
    expect(page.get_by_test_id("waiting")).to_contain_text("lewat QRIS")
    steps.fits(page)
    page.get_by_test_id("approve").click()
    page.wait_for_url("**/bayar/*")
    page.get_by_test_id("pay-qris").click()
    expect(page.get_by_test_id("qr")).to_be_visible()
    steps.fits(page)
    paying.scan_and_pay(open_page(provider.url), page)
    page.get_by_test_id("return").click()
    page.wait_for_url("**/pembayaran/*")
    steps.until(page, "journal")
    steps.state(page, "payment-state", "Lunas")
    steps.fits(page)
    steps.see(page, f"/tagihan/{bill_id}")
    steps.state(page, "bill-state", "Lunas")
    trail(live, cast, bill_id)
    income(live, cast)
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.makmur.id, chart.PAYABLE_SUPPLIERS) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.BANK) == story.CAPITAL_RP - RICE_RP
        assert ledger.balance_rp(cast.lamongan.id, chart.SALES_NON_MEMBERS) == -RICE_RP
    books_are_true(cast.makmur.id, cast.lamongan.id)


def propose(live, cast, bill_id: int) -> None:
    page = steps.see(live.of(cast.budi), f"/tagihan/{bill_id}")
    page.get_by_test_id("propose").click()
    page.wait_for_url("**/pembayaran")
    page.get_by_test_id("field-account").select_option("online")
    steps.fits(page)
    page.get_by_test_id("propose").click()
    page.wait_for_url(f"**/tagihan/{bill_id}")
    expect(page.locator("main")).to_contain_text("menunggu orang kedua")


def trail(live, cast, bill_id: int) -> None:
    """From the bank's figure in the books to the payment, its bill and its order."""
    page = steps.see(live.of(cast.budi), f"/buku/akun/{chart.BANK}")
    page.get_by_role("link", name="Pembayaran BK/").first.click()
    page.get_by_test_id("source").click()
    page.wait_for_url("**/pembayaran/*")
    expect(page.locator("main")).to_contain_text("0000000001-01")
    page.get_by_role("link", name="Tagihan INV-77").click()
    page.wait_for_url(f"**/tagihan/{bill_id}")
    page.get_by_role("link", name="PO/").first.click()
    page.wait_for_url("**/pesanan/*")
    steps.state(page, "order-state", "Ditutup")


def income(live, cast) -> None:
    """The supplier sees the same money in its own list."""
    page = steps.see(live.of(cast.joko), "/uang-masuk")
    page.get_by_role("link", name="BYR/").first.click()
    expect(page.get_by_test_id("payment-state")).to_contain_text("Lunas")
    expect(page.locator("main")).to_contain_text(cast.makmur.name)
    steps.fits(page)
