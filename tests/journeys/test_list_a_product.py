"""Bu Tini sells her crisps: template, photo, price; the board asks for a change; a buyer sees them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from market.catalogue import services as catalogue
from market.core import clock, db
from market.core.permissions import Role
from market.identity.models import Organization
from tests import factories
from tests.journeys import steps


@pytest.fixture
def tini(cast):
    with db.transaction():
        catalogue.load_permit_rules()
        actor = factories.actor(Role.SELLER_OWNER, factories.seller(cast.makmur), "Tini", "tini")
        db.session.get_one(Organization, actor.organization_id).address = "Jl. Kenari 3, Surabaya"
        return actor


@pytest.fixture
def photo(tmp_path):
    """As a phone held upright sends it: lying, with a note to turn it."""
    path = tmp_path / "keripik.jpg"
    picture, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 1200), "#c98a1b").save(picture, "JPEG", exif=exif.tobytes())
    path.write_bytes(picture.getvalue())
    return path


def test_a_product_from_the_template_to_the_buyer(live, cast, tini, photo, books_are_true):
    address = list_it(live, tini, photo)
    ask_for_changes(live, cast)
    mend_it(live, tini, address)
    approve_it(live, cast)
    see_it_as_a_buyer(live)
    books_are_true()


def list_it(live, tini, photo) -> str:
    """From the list of templates to the preview, with one mistake on the way; the photo survives it."""
    page = steps.see(live.of(tini), "/produk")
    page.get_by_role("link", name="Jual produk baru").first.click()
    page.wait_for_url("**/produk/contoh")
    steps.fits(page)
    page.get_by_role("link", name="Keripik singkong").click()
    page.wait_for_url("**/produk/baru?contoh=keripik-singkong")
    expect(page.get_by_test_id("asked")).to_contain_text("P-IRT")
    fill_in(page, photo)
    steps.press(page, "Kirim ke koperasi")
    expect(page.get_by_test_id("form-errors")).to_contain_text("Yang Anda ketik tetap ada")
    expect(page.locator("img.kept-photo")).to_be_visible()
    steps.fits(page)
    page.get_by_test_id("field-label_dated").check()
    page.get_by_test_id("preview").click()
    expect(page.get_by_test_id("product-state")).to_contain_text("Konsep")
    steps.fits(page)
    expect(page.locator(".preview img").first).to_be_visible()
    page.get_by_test_id("submit-product").click()
    expect(page.get_by_test_id("product-state")).to_contain_text("Menunggu persetujuan")
    return page.url


def fill_in(page: Page, photo) -> None:
    steps.fits(page)
    page.locator("input[type=file]").set_input_files(str(photo))
    page.get_by_test_id("field-name").fill("Keripik Singkong Bu Tini")
    page.get_by_test_id("field-price_rp").fill("15.000")
    page.get_by_test_id("field-net").fill("250 g")
    page.get_by_test_id("field-supply").select_option("home")
    page.get_by_test_id("field-halal").select_option("certified")
    page.get_by_test_id("field-halal_number").fill("ID35110000123450921")
    page.get_by_test_id("field-pirt").fill(f"2063578010999-{(clock.today().year + 2) % 100:02}")


def ask_for_changes(live, cast) -> None:
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-product_waits").get_by_role("link").click()
    expect(page.get_by_test_id("product-state")).to_be_visible()
    page.locator("summary", has_text="Minta diperbaiki").click()
    form = page.get_by_test_id("remarks")
    form.get_by_test_id("field-field_1").select_option("name")
    form.get_by_test_id("field-text_1").fill("Tulis rasanya.")
    form.get_by_test_id("field-field_2").select_option("description")
    form.get_by_test_id("field-text_2").fill("Ceritakan cara membuatnya.")
    steps.fits(page)
    form.get_by_role("button", name="Kembalikan ke penjual").click()
    page.wait_for_url("**/produk")


def mend_it(live, tini, address: str) -> None:
    page = steps.see(live.of(tini), "/hari-ini")
    page.get_by_test_id("task-product_rejected").get_by_role("link").click()
    expect(page.get_by_test_id("reason")).to_contain_text("Tulis rasanya.")
    expect(page.get_by_test_id("reason")).to_contain_text("Ceritakan cara membuatnya.")
    page.get_by_role("link", name="Ubah").first.click()
    page.wait_for_url("**/ubah")
    page.get_by_test_id("field-name").fill("Keripik Singkong Pedas")
    page.get_by_test_id("field-description").fill("Diiris tipis, digoreng pagi ini.")
    steps.press(page, "Kirim ke koperasi")
    expect(page.get_by_test_id("product-state")).to_contain_text("Menunggu persetujuan")
    form = page.get_by_test_id("home-stock")
    form.get_by_test_id("field-quantity").fill("12")
    form.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("Stok tersimpan")
    assert page.url.startswith(address)


def approve_it(live, cast) -> None:
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-product_waits").get_by_role("link").click()
    page.locator("input[name=commission_percent]").fill("10")
    page.get_by_test_id("field-permits_checked").check()
    page.get_by_test_id("approve").get_by_role("button").click()
    expect(page.get_by_test_id("product-state")).to_contain_text("Di rak")
    steps.fits(page)


def see_it_as_a_buyer(live) -> None:
    page = steps.see(live.guest(), "/toko")
    page.get_by_test_id("shop").first.click()
    page.get_by_role("link", name="Keripik Singkong Pedas").first.click()
    expect(page.locator("main")).to_contain_text("diperiksa koperasi")
    expect(page.locator("main")).to_contain_text("Rp6.000 per 100 g")
    steps.fits(page)
