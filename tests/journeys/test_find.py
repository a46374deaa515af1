"""A resident without a login finds camilan by a misspelt word; its page is shared and put into the basket."""

from __future__ import annotations

import io
import re
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import db, messages
from market.core.money import format_rp
from tests.journeys import steps
from tests.retail import shop as shops
from tests.support.browser import runs_scripts

NAME, SLIP = "Keripik Singkong", "kerpik sinkong"
DEAR, DEAR_RP = "Keripik Singkong Keju", 45_000
PHOTO = (0xC9, 0x8A, 0x1B)
"""The colour of the shop's photo, all over."""
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Another machine on the network: no cookie, no script, no browser."""


class Head(HTMLParser):
    """What a messenger reads of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and (name := given.get("property")):
            assert name not in self.said, f"{name} twice"
            self.said[name] = given.get("content") or ""


@pytest.fixture
def shop(cast, live):
    messages.configure(messages.MemoryPort(), live.url)
    front = shops.open_shop(cast)
    with db.transaction():
        db.session.get_one(Product, front.crisps.id).photo = catalogue.keep_photo(shops.photo())
        dear = shops.crisps(front.tini, name=DEAR, price_rp=DEAR_RP)
        catalogue.approve_product(cast.sri, dear.id, shops.COMMISSION_BP)
        shops.services.receive_consignment(cast.kasir, dear.id, 5)
    return front


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without any script"])
def test_from_a_misspelt_word_to_the_basket(live, shop, scripts):
    page = live.pages(live.url, scripts=scripts)
    search(page)
    narrow(page)
    open_it(page, shop)
    preview_is_right(page.url)
    put_into_basket(page, shop)


def look(page: Page) -> None:
    """It fits the phone; nothing of that can be asked where no script runs."""
    if runs_scripts(page):
        steps.fits(page)


def search(page: Page) -> None:
    page.goto("/pasar")
    look(page)
    expect(page.get_by_role("link", name="Masuk")).to_be_visible()
    page.get_by_role("searchbox").fill(SLIP)
    page.get_by_role("search").get_by_role("button").click()
    page.wait_for_url("**/pasar/cari?q=*")
    expect(page.get_by_test_id("good")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("kata yang mirip")
    look(page)


def narrow(page: Page) -> None:
    filters = page.get_by_test_id("filters")
    filters.locator("summary").click()
    filters.get_by_label("sampai").fill("20.000")
    filters.get_by_text("Siap hari ini").click()
    filters.get_by_test_id("filter").click()
    page.wait_for_url("**sampai=20.000**")
    expect(page.get_by_test_id("good")).to_have_count(1)
    expect(page.get_by_test_id("good")).to_contain_text(NAME)
    expect(page.get_by_role("list", name="Saringan yang berlaku")).to_contain_text("Sampai Rp20.000")
    look(page)


def open_it(page: Page, shop) -> None:
    page.get_by_test_id("good").get_by_role("link", name=NAME, exact=True).click()
    page.wait_for_url(f"**/toko/{shop.makmur.slug}/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    look(page)


def preview_is_right(address: str) -> None:
    """Title, address and a picture as large as messengers want it, to whoever has the link alone."""
    with OPENER.open(address, timeout=20) as answer:
        said = Head(answer.read().decode()).said
    assert said["og:title"] == NAME
    assert said["og:url"] == address
    assert format_rp(shops.CRISPS_RP) in said["og:description"]
    assert urlsplit(said["og:image"]).netloc == urlsplit(address).netloc
    with OPENER.open(said["og:image"], timeout=20) as answer:
        assert answer.headers["Content-Type"] == said["og:image:type"] == "image/jpeg"
        picture = Image.open(io.BytesIO(answer.read()))
    assert (str(picture.width), str(picture.height)) == (said["og:image:width"], said["og:image:height"])
    middle = picture.convert("RGB").getpixel((600, 315))
    assert middle == pytest.approx(PHOTO, abs=8), "her own photo, not the market's picture"


def put_into_basket(page: Page, shop) -> None:
    page.get_by_role("button", name=f"Tambah {NAME}", exact=True).click()
    expect(page.get_by_test_id("to-basket")).to_contain_text("1 barang")
    page.goto("/keranjang")
    basket = page.get_by_test_id("basket-of-shop")
    expect(basket).to_have_count(1)
    expect(basket).to_contain_text(shop.makmur.name)
    expect(basket).to_contain_text(re.compile(rf"1 × {NAME}\s*{re.escape(format_rp(shops.CRISPS_RP))}"))
    look(page)
    basket.get_by_role("link", name="Lanjut pesan").click()
    expect(page.get_by_test_id("order-form")).to_be_visible()
    look(page)
