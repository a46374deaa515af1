"""A resident orders, pays by QRIS at the simulated provider, and collects: page, counter and books agree."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from market.core import db
from market.ledger import chart
from market.ledger import queries as ledger
from tests.journeys import paying, steps
from tests.retail import shop as shops

TOTAL_RP = 2 * shops.CRISPS_RP


@pytest.fixture
def provider(live, cast):
    with paying.simulated(live.url, cast.makmur, cast.budi, cast.hadi) as server:
        yield server


def test_an_order_is_paid_by_qris_and_collected(live, cast, provider, open_page, books_are_true):
    shops.open_shop(cast)
    page = ordered(live)
    page.get_by_test_id("pay-online").click()
    page.get_by_test_id("pay-qris").click()
    expect(page.get_by_test_id("qr")).to_be_visible()
    steps.fits(page)
    paying.scan_and_pay(open_page(provider.url), page)
    steps.fits(page)
    page.get_by_test_id("return").click()
    expect(page.get_by_test_id("paid-online")).to_be_visible()
    code = page.get_by_test_id("pickup-code").inner_text()
    collect(live, cast, code)
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.makmur.id, chart.CASH) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.CUSTOMER_ADVANCES) == 0
        got = ledger.balance_rp(cast.makmur.id, chart.CLEARING)
        assert got + ledger.balance_rp(cast.makmur.id, chart.PAYMENT_FEES) == TOTAL_RP
    trail(live, cast)
    books_are_true(cast.makmur.id)


def ordered(live):
    page = steps.see(live.guest(), "/toko")
    page.get_by_test_id("shop").first.click()
    for _each in range(2):
        page.get_by_role("button", name="Tambah Keripik Singkong").click()
        page.wait_for_load_state()
    page.get_by_test_id("to-basket").click()
    page.get_by_test_id("field-buyer_name").fill("Bu Warti")
    page.get_by_test_id("field-phone").fill("0812-3456-7890")
    page.get_by_test_id("order-form").get_by_test_id("submit").click()
    page.wait_for_url("**/pesanan-saya/*")
    return page


def collect(live, cast, code: str) -> None:
    page = steps.see(live.of(cast.kasir), "/penjualan")
    page.get_by_role("link", name="Bu Warti").first.click()
    page.get_by_test_id("field-pickup_code").fill("".join(digit for digit in code if digit.isdigit()))
    page.get_by_test_id("hand-over").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("diserahkan dan dibukukan")


def trail(live, cast) -> None:
    """From the treasurer's list to the one payment and what moved."""
    page = steps.see(live.of(cast.budi), "/uang-masuk")
    page.get_by_role("link", name="BYR/").first.click()
    expect(page.get_by_test_id("payment-state")).to_contain_text("Lunas")
    steps.fits(page)
