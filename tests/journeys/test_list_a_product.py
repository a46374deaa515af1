"""Bu Tini sells in five minutes: a code on her phone, her page, the board's yes; a product from a template
with a photo, which the board wants mended once; a buyer finds it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from market.catalogue import services as catalogue
from market.core import clock, db, messages
from tests.journeys import steps

CODE = re.compile(r"whatsapp > 6281234567890: \nKode masuk Lumbung: (\d{6})\.")


@pytest.fixture
def console(cast) -> io.StringIO:
    """What the demo's gateway prints: the code for the phone is read from here."""
    with db.transaction():
        catalogue.load_permit_rules()
    stream = io.StringIO()
    messages.configure(messages.ConsolePort(stream), "http://127.0.0.1")
    return stream


@pytest.fixture
def photo(tmp_path) -> Path:
    """As a phone held upright sends it: lying, with a note to turn it, and where and when it was taken."""
    path, exif = tmp_path / "keripik.jpg", Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Ponsel Bu Tini"
    exif.get_ifd(0x8825)[2] = (7.0, 17.0, 33.0)
    Image.new("RGB", (1600, 1200), "#c98a1b").save(path, "JPEG", exif=exif.tobytes())
    return path


def test_who_signs_up_by_phone_sells_to_a_buyer(live, cast, console, photo, settings, books_are_true):
    tini = sign_up(live, cast, console)
    apply(tini)
    let_her_sell(live, cast)
    address = list_it(tini, photo)
    kept_without_a_trace(settings.photos_dir)
    ask_for_changes(live, cast)
    mend_it(tini, address)
    approve_it(live, cast)
    see_it_as_a_buyer(live)
    books_are_true()


def sign_up(live, cast, console) -> Page:
    """From the shop's sheet at the counter to an account, by the code that the gateway prints."""
    page = steps.see(live.guest(), f"/toko/{cast.makmur.slug}/gabung")
    page.get_by_test_id("join").click()
    page.wait_for_url("**/masuk/hp?**")
    steps.fits(page)
    page.get_by_test_id("field-phone").fill("0812 3456 7890")
    page.get_by_test_id("ask-code-submit").click()
    page.wait_for_url("**/masuk/kode")
    steps.fits(page)
    steps.wait(lambda: CODE.search(console.getvalue()))
    page.get_by_test_id("field-code").fill(CODE.search(console.getvalue())[1])
    page.get_by_test_id("enter-code-submit").click()
    page.wait_for_url("**/daftar")
    steps.fits(page)
    page.get_by_test_id("field-name").fill("Tini")
    page.get_by_test_id("sign-up-submit").click()
    page.wait_for_url("**/mulai?koperasi=**")
    return page


def apply(page: Page) -> None:
    """Her shop's page; meanwhile she could prepare, but sells nothing."""
    steps.fits(page)
    page.get_by_test_id("hat-sell").click()
    page.wait_for_url("**/mulai/jualan?**")
    steps.fits(page)
    page.get_by_test_id("field-name").fill("Dapur Bu Tini")
    page.get_by_test_id("field-story").fill("Keripik singkong sejak 2019, diiris tangan.")
    page.get_by_test_id("field-address").fill("Jl. Kenari 3, Surabaya")
    page.get_by_test_id("seller-submit").click()
    page.wait_for_url("**/profil-usaha")
    expect(page.get_by_test_id("seller-state")).to_contain_text("Menunggu")
    steps.fits(page)


def let_her_sell(live, cast) -> None:
    """The chair reads what she says and agrees."""
    page = steps.see(live.of(cast.hadi), "/hari-ini")
    page.get_by_test_id("task-seller_waits").get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Jl. Kenari 3, Surabaya")
    steps.fits(page)
    page.get_by_test_id("approve-seller").click()
    expect(page.get_by_test_id("seller-state")).to_contain_text("Boleh berjualan")


def list_it(page: Page, photo: Path) -> str:
    """From her page to the list of templates and the preview; the photo survives one mistake on the way."""
    steps.see(page, "/profil-usaha")
    page.get_by_test_id("next-step").click()
    page.wait_for_url("**/produk/baru")
    page.goto("/produk/contoh")
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


def kept_without_a_trace(photos: Path) -> None:
    """In several sizes, upright, and without a word of where, when and with what it was taken."""
    widths = set()
    for path in photos.rglob("*.webp"):
        with Image.open(path) as picture:
            assert picture.width < picture.height
            assert not picture.getexif() and "exif" not in picture.info
            widths.add(picture.width)
    assert len(widths) >= 3


def fill_in(page: Page, photo: Path) -> None:
    steps.fits(page)
    camera = page.locator("input[type=file]")
    expect(camera).to_have_attribute("capture", "environment")
    camera.set_input_files(str(photo))
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


def mend_it(page: Page, address: str) -> None:
    steps.see(page, "/hari-ini")
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
