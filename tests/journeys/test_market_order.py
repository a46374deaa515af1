"""Three makers and the cooperative in one basket and one payment; one maker cannot: that money goes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from market.core import db
from market.ledger import chart
from market.ledger import queries as ledger
from tests.journeys import paying, steps
from tests.retail import market as markets
from tests.retail import shop as shops

PAID_RP = shops.CRISPS_RP + shops.RICE_RP + markets.COOKIE_RP + markets.CAKE_RP
KEPT_RP = PAID_RP - markets.COOKIE_RP


@pytest.fixture
def provider(live, cast):
    with paying.simulated(live.url, cast.makmur, cast.budi, cast.hadi) as server:
        yield server


def test_three_makers_and_the_cooperative_in_one_payment(live, cast, provider, open_page, books_are_true):
    market = markets.open_market(cast)
    page = fill_basket(live)
    order(page)
    paying.scan_and_pay(open_page(provider.url), page)
    page.get_by_test_id("return").click()
    expect(page.get_by_test_id("paid-online")).to_be_visible()
    steps.fits(page)
    link, code = page.url, page.get_by_test_id("pickup-code").inner_text()
    refuse(live, market)
    accept(live, market)
    elsewhere = live.guest()
    elsewhere.goto(link)
    expect(elsewhere.get_by_test_id("refused").first).to_contain_text(shops_rp(markets.COOKIE_RP))
    expect(elsewhere.get_by_test_id("order-parts")).to_contain_text("oven rusak")
    steps.until(elsewhere, "going-back")
    expect(elsewhere.get_by_test_id("going-back")).to_contain_text(shops_rp(markets.COOKIE_RP))
    steps.fits(elsewhere)
    receive(live, cast)
    collect(live, cast, code)
    elsewhere.reload()
    expect(elsewhere.get_by_test_id("order-state")).to_contain_text("Sudah diambil")
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.makmur.id, chart.CUSTOMER_ADVANCES) == 0
        # Until the bank has proved the refund it is owed; what stays here is what was handed over.
        here = (chart.CLEARING, chart.PAYMENT_FEES, chart.REFUNDS_UNDER_WAY)
        assert sum(ledger.balance_rp(cast.makmur.id, code) for code in here) == KEPT_RP
    books_are_true(cast.makmur.id)


def shops_rp(amount: int) -> str:
    return f"{amount // 1000}.000"


def fill_basket(live) -> Page:
    page = steps.see(live.guest(), "/toko")
    page.get_by_test_id("shop").first.click()
    for number, name in enumerate(("Keripik Singkong", "Nastar", "Kue Lapis", "Beras"), start=1):
        page.get_by_role("button", name=f"Tambah {name}").first.click()
        expect(page.get_by_test_id("to-basket")).to_contain_text(f"{number} barang")
    page.get_by_test_id("to-basket").click()
    expect(page.get_by_test_id("order-form")).to_be_visible()
    steps.fits(page)
    return page


def order(page: Page) -> None:
    page.get_by_test_id("field-buyer_name").fill("Bu Warti")
    page.get_by_test_id("field-phone").fill("0812-3456-7890")
    page.get_by_test_id("field-pay").select_option("online")
    expect(page.get_by_test_id("choose-day")).to_be_visible()
    page.get_by_test_id("order-form").get_by_test_id("submit").click()
    page.get_by_test_id("pay-qris").click()
    expect(page.get_by_test_id("qr")).to_be_visible()


def open_part(live, who) -> Page:
    page = steps.see(live.of(who), "/jualan")
    expect(page.get_by_test_id("part")).to_be_visible()
    return page


def refuse(live, market) -> None:
    page = open_part(live, market.rina)
    page.get_by_test_id("less-or-no").click()
    page.get_by_test_id("refuse").locator("summary").click()
    steps.fits(page)
    page.get_by_test_id("why-not").fill("oven rusak")
    page.get_by_test_id("send-refusal").click()
    expect(page.get_by_test_id("part-state")).to_contain_text("Ditolak")


def accept(live, market) -> None:
    page = open_part(live, market.dewi)
    page.get_by_test_id("accept").click()
    expect(page.get_by_test_id("part-state")).to_contain_text("Disanggupi")
    page.get_by_test_id("packed").click()
    expect(page.get_by_test_id("part-state")).to_contain_text("Dikemas")


def receive(live, cast) -> None:
    page = steps.see(live.of(cast.kasir), "/penjualan")
    page.get_by_role("link", name="Bu Warti").first.click()
    expect(page.get_by_test_id("parts")).to_be_visible()
    steps.fits(page)
    page.get_by_test_id("part-received").click()
    expect(page.get_by_test_id("part-received")).to_have_count(0)
    page.get_by_test_id("ready").click()
    expect(page.get_by_test_id("order-state")).to_contain_text("Siap")


def collect(live, cast, code: str) -> None:
    page = live.of(cast.kasir)
    page.get_by_test_id("field-pickup_code").fill("".join(digit for digit in code if digit.isdigit()))
    page.get_by_test_id("hand-over").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("diserahkan dan dibukukan")
