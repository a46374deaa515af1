"""A resident buys a member's camilan and the received rice, without a login, and collects by code."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from market.commodities import queries as commodities
from market.core import db
from market.core.permissions import Role
from market.ledger import chart
from market.ledger import queries as ledger
from tests import factories
from tests.faults import story
from tests.journeys import steps


@pytest.fixture
def tini(cast):
    with db.transaction():
        return factories.actor(Role.SELLER_OWNER, factories.seller(cast.makmur), "Tini", "tini")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "keripik.jpg"
    picture = BytesIO()
    Image.new("RGB", (640, 480), "orange").save(picture, "JPEG")
    path.write_bytes(picture.getvalue())
    return path


def test_camilan_and_rice_to_a_resident(live, cast, tini, photo, books_are_true):
    rice_on_the_shelf(cast)
    list_camilan(live, tini, photo)
    product = approve_camilan(live, cast)
    bring_goods(live, cast, product)
    code = order_as_guest(live, cast)
    hand_over(live, cast, code)
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.makmur.id, chart.CASH) == 70_000 + 2 * 15_000
        assert ledger.balance_rp(cast.makmur.id, chart.PAYABLE_CONSIGNMENT) == -27_000
        assert ledger.balance_rp(cast.makmur.id, chart.COMMISSION) == -3_000
        assert ledger.balance_rp(cast.makmur.id, chart.SALES_NON_MEMBERS) == -70_000
    books_are_true(cast.makmur.id)


def rice_on_the_shelf(cast) -> None:
    """Received sacks, two of them opened into 5 kg packs (their pages have journeys of their own)."""
    story.shelf(cast)
    with db.transaction(read_only=True):
        assert commodities.pack_by_code("BRS-PRM-5").retail


def list_camilan(live, tini, photo) -> None:
    page = steps.see(live.of(tini), "/produk/baru?contoh=keripik-singkong")
    page.locator("input[type=file]").set_input_files(str(photo))
    page.get_by_test_id("field-name").fill("Keripik tempe Bu Tini")
    page.get_by_test_id("field-price_rp").fill("15.000")
    page.get_by_test_id("field-unit_label").select_option("bungkus")
    page.get_by_test_id("field-supply").select_option("shelf")
    page.get_by_test_id("field-net").fill("250 g")
    steps.press(page, "Kirim ke koperasi")
    steps.state(page, "product-state", "Menunggu persetujuan")


def approve_camilan(live, cast) -> str:
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-product_waits").get_by_role("link").click()
    page.locator("input[name=commission_percent]").fill("10")
    page.get_by_test_id("approve").get_by_role("button").click()
    steps.state(page, "product-state", "Di rak")
    return page.url


def bring_goods(live, cast, product: str) -> None:
    page = steps.see(live.of(cast.sri), product)
    form = page.get_by_test_id("consign")
    form.locator("input:not([type=hidden])").first.fill("20")
    form.get_by_role("button").click()
    page.wait_for_load_state()


def order_as_guest(live, cast) -> str:
    page = steps.see(live.guest(), "/")
    page.get_by_test_id("to-shop").click()
    page.get_by_test_id("shop").first.click()
    page.get_by_role("button", name="Tambah Keripik tempe Bu Tini").click()
    page.get_by_role("button", name="Tambah Keripik tempe Bu Tini").click()
    page.get_by_role("button", name="Tambah Beras premium").click()
    page.get_by_test_id("to-basket").click()
    steps.fits(page)
    page.get_by_test_id("field-buyer_name").fill("Bu Warti")
    page.get_by_test_id("field-phone").fill("0812-3456-7890")
    page.get_by_test_id("order-form").get_by_test_id("submit").click()
    page.wait_for_url("**/pesanan-saya/*")
    steps.fits(page)
    code = page.get_by_test_id("pickup-code").inner_text()
    return "".join(digit for digit in code if digit.isdigit())


def hand_over(live, cast, code: str) -> None:
    page = steps.see(live.of(cast.kasir), "/hari-ini")
    page.get_by_test_id("task-retail_to_pack").get_by_role("link").click()
    page.get_by_test_id("field-pickup_code").fill(code)
    page.get_by_test_id("hand-over").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("diserahkan dan dibukukan")
