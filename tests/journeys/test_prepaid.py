"""Residents pay first: one pool fires and its rice is collected by code, another is paid back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.ledger import queries as ledger
from market.prepaid import services
from market.stock import services as stock
from tests.faults import story
from tests.journeys import steps
from tests.journeys.conftest import fits

SHARE_RP = 62_000


@pytest.fixture
def pool(live, cast) -> str:
    """Sri opens a pool of two sacks in shares of 5 kg; Hadi approves it from his list."""
    page = steps.see(live.of(cast.sri), "/setor-beli")
    page.get_by_test_id("new-pool").click()
    with db.transaction(read_only=True):
        page.get_by_test_id("field-pack_id").select_option(str(story.rice()))
    page.get_by_test_id("field-shares_per_pack").fill("5")
    page.get_by_test_id("field-price_rp").fill("62.000")
    page.get_by_test_id("field-min_packs").fill("2")
    fits(page)
    page.get_by_test_id("save-pool").click()
    steps.state(page, "pool-state", "Diusulkan")
    chair = steps.see(live.of(cast.hadi), "/hari-ini")
    chair.get_by_test_id("task-pool_to_approve").get_by_role("link").click()
    chair.get_by_test_id("approve-pool").click()
    steps.state(chair, "pool-state", "Terbuka")
    return str(page.url)


def pay(live, cast, pool: str, name: str, shares: int) -> str:
    """Budi takes the money; returns the address of the buyer's own page."""
    page = steps.see(live.of(cast.budi), pool)
    page.get_by_test_id("field-buyer_name").fill(name)
    page.get_by_test_id("field-phone").fill("081234567890")
    page.get_by_test_id("field-shares").fill(str(shares))
    page.get_by_test_id("field-account").select_option("1-1100")
    page.get_by_test_id("save-payment").click()
    page.wait_for_url("**/setoran-saya/*")
    return str(page.url)


def balance(cast, code: str) -> int:
    with db.transaction(read_only=True):
        return ledger.balance_rp(cast.makmur.id, code)


def test_a_pool_that_fires_and_is_collected_by_code(live, cast, pool, books_are_true):
    tini = pay(live, cast, pool, "Bu Tini", 4)
    pay(live, cast, pool, "Pak Slamet", 6)
    page = steps.see(live.of(cast.budi), pool)
    steps.until(page, "ready")  # the worker has posted the need: goods may be set aside once they came
    steps.state(page, "pool-state", "Cukup, dipesan")
    goods_come(cast)
    counter = steps.see(live.of(cast.kasir), pool)
    counter.get_by_test_id("ready").click()
    steps.state(counter, "pool-state", "Siap diambil")
    collect(live, cast, counter, tini)
    assert balance(cast, chart.SALES_NON_MEMBERS) == -4 * SHARE_RP
    assert balance(cast, chart.CUSTOMER_ADVANCES) == -6 * SHARE_RP
    books_are_true(cast.makmur.id)


def goods_come(cast) -> None:
    """Two sacks on the shelf (how they are bought is the rice story)."""
    with db.transaction():
        item = stock.item_for_pack(cast.makmur.id, story.rice())
        stock.move_in(
            SYSTEM, cast.makmur.id, item.id, 2 * item.pack_base, 560_000, "opening:beras", "opening"
        )


def collect(live, cast, counter, buyers_page: str) -> None:
    phone = live.guest()
    phone.goto(buyers_page)
    fits(phone)
    steps.state(phone, "share-state", "Siap diambil")
    code = phone.get_by_test_id("pickup-code").inner_text()
    counter.get_by_role("link", name="Bu Tini").click()
    counter.get_by_test_id("field-pickup_code").fill(code)
    counter.get_by_test_id("hand-over").click()
    counter.wait_for_url("**/setor-beli/*")
    phone.reload()
    steps.state(phone, "share-state", "Sudah diambil")


def test_a_pool_that_is_not_reached_is_paid_back(live, cast, pool, books_are_true):
    tini = pay(live, cast, pool, "Bu Tini", 4)
    clock.travel(to=clock.now() + timedelta(days=8))
    with db.transaction():
        services.settle_due()
    clock.reset()
    page = steps.see(live.of(cast.budi), pool)
    steps.state(page, "pool-state", "Uang dikembalikan")
    page.get_by_test_id("field-account").select_option("1-1100")
    page.get_by_test_id("propose-refund").click()
    chair = steps.see(live.of(cast.hadi), pool)
    chair.get_by_test_id("approve-refund").click()
    steps.state(chair, "pool-state", "Ditutup")
    phone = live.guest()
    phone.goto(tini)
    steps.state(phone, "share-state", "Dana kembali")
    assert balance(cast, chart.CUSTOMER_ADVANCES) == balance(cast, chart.CASH) == 0
    books_are_true(cast.makmur.id)


def test_a_resident_joins_by_the_shared_link_pays_at_the_counter_and_another_steps_back(
    live, cast, pool, books_are_true
):
    sri = steps.see(live.of(cast.sri), pool)
    address = sri.get_by_test_id("public-page").get_attribute("href").partition("/toko/")[2]
    resident = live.guest()
    own = joined(resident, f"/toko/{address}", "Bu Tini", 4)
    counter = steps.see(live.of(cast.budi), pool)
    counter.get_by_role("link", name="Bu Tini").click()
    counter.get_by_test_id("take-payment").click()
    steps.state(counter, "share-state", "Lunas")
    steps.see(resident, f"/toko/{address}")
    expect(resident.get_by_test_id("missing")).to_contain_text("Kurang 6 bagian lagi")
    other = live.guest()
    leaving = joined(other, f"/toko/{address}", "Pak Slamet", 2)
    assert leaving != own
    other.locator("summary", has_text="Mundur").click()
    other.get_by_test_id("withdraw").click()
    steps.state(other, "share-state", "Dibatalkan")
    assert balance(cast, chart.CUSTOMER_ADVANCES) == -4 * SHARE_RP
    books_are_true(cast.makmur.id)


def joined(page, address: str, name: str, shares: int) -> str:
    """A resident joins on the public page; returns the own secret address."""
    steps.see(page, address)
    fits(page)
    page.get_by_test_id("field-buyer_name").fill(name)
    page.get_by_test_id("field-phone").fill("081234567890")
    page.get_by_test_id("field-shares").fill(str(shares))
    page.get_by_test_id("join").click()
    page.wait_for_url("**/setoran-saya/*")
    steps.state(page, "share-state", "Menunggu pembayaran")
    fits(page)
    return str(page.url)
