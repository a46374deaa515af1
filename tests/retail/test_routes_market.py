"""The market without a login: what its addresses show, what they keep, what other sites read of them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import clock, db
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, photo
from tests.web.pages import Reader

NASTY = '"><script>alert(1)</script>'


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def cards(page: str) -> set[str]:
    """Names of the goods that a page shows."""
    names = ("Keripik Singkong", "Beras premium", "Es Kelapa", "Tahu Isi")
    found = page.partition('data-testid="found"')[2].partition("</main>")[0]
    return {name for name in names if name in found}


@pytest.fixture
def full(cast, shop):
    """Crisps and rice on the shelf, tofu with a certificate, a drink that is made to order."""
    with db.transaction():
        drink = shops.crisps(
            shop.tini, name="Es Kelapa", price_rp=25_000, description="Segar", ingredients="kelapa"
        )
        drink.category, drink.supply, drink.day_capacity = "minuman", "order", 5
        tofu = shops.crisps(
            shop.tini,
            name="Tahu Isi",
            price_rp=8_000,
            halal="certified",
            description="Hangat",
            ingredients="tahu, wortel",
        )
        db.session.flush()
        for product in (drink, tofu):
            catalogue.approve_product(cast.sri, product.id, 1_000, origin_note="dilihat")
        catalogue.receive_consignment(cast.kasir, tofu.id, 3)
    return shop


EVERYTHING = {"Keripik Singkong", "Beras premium", "Es Kelapa", "Tahu Isi"}
FILTERS = [
    ({}, EVERYTHING),
    ({"q": "kripik singkong"}, {"Keripik Singkong"}),
    ({"q": "bras"}, {"Beras premium"}),
    ({"kategori": "minuman"}, {"Es Kelapa"}),
    ({"halal": "1"}, {"Tahu Isi"}),
    ({"siap": "1"}, EVERYTHING - {"Es Kelapa"}),
    ({"pesanan": "1"}, {"Es Kelapa"}),
    ({"dari": "20.000"}, {"Es Kelapa", "Beras premium"}),
    ({"sampai": "9000"}, {"Tahu Isi"}),
    ({"siap": "1", "sampai": "20000", "halal": "1"}, {"Tahu Isi"}),
    ({"q": "tini", "pesanan": "1"}, {"Es Kelapa"}),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS)
def test_the_address_says_what_the_list_shows(client, full, asked, expected):
    assert cards(text(client.get("/pasar/cari", query_string=asked))) == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"kategori": "tidak-ada"},
        {"dari": "murah"},
        {"sampai": "-5"},
        {"titik": "entah-di-mana"},
        {"urut": NASTY},
        {"sesudah": "1-2-3-4"},
    ],
)
def test_a_filter_that_is_none_is_left_out(client, full, asked):
    page = text(client.get("/pasar/cari", query_string=asked))
    assert cards(page) == EVERYTHING
    assert "<script>alert" not in page


def test_a_pickup_point_shows_its_own_goods_alone(client, full, cast):
    own = {"titik": full.makmur.slug}
    assert cards(text(client.get("/pasar/cari", query_string=own))) == EVERYTHING
    page = text(client.get("/pasar/cari"))
    assert full.makmur.slug in page and cast.tetangga.slug not in page, "who sells nothing is no pickup point"


@pytest.mark.parametrize("asked", [{"q": "zzzzqqq"}, {"halal": "1", "pesanan": "1"}])
def test_an_empty_list_says_what_to_do(client, full, asked):
    page = text(client.get("/pasar/cari", query_string=asked))
    assert cards(page) == set()
    assert "Tanpa saringan" in page or "Coba satu kata saja" in page


def test_what_was_typed_stays_in_the_form_and_runs_nowhere(client, full):
    page = text(client.get("/pasar/cari", query_string={"q": NASTY}))
    assert "<script>alert" not in page
    fields = [attributes for tag, attributes in Reader(page).tags if tag == "input"]
    assert any(field.get("name") == "q" and field.get("value") == NASTY for field in fields)


def test_a_chip_takes_one_filter_away_and_keeps_the_others(client, full):
    page = text(client.get("/pasar/cari?q=tini&pesanan=1"))
    links = [unescape(found) for found in re.findall(r'href="(/pasar/cari\?[^"]*)"', page)]
    assert any("q=tini" in link and "pesanan" not in link for link in links)


def test_the_market_in_english(client, full):
    client.post("/bahasa", {"locale": "en"})
    page = text(client.get("/pasar"))
    assert 'lang="en"' in page


class TestHome:
    def test_a_kelurahan_is_chosen_by_a_part_of_its_name_and_forgotten_again(self, client, full, cast):
        page = text(client.get("/pasar/kelurahan?q=ngagel"))
        assert cast.makmur.place_code in page
        assert client.post("/pasar/kelurahan", {"code": cast.makmur.place_code}).status_code == 303
        assert "Ngagel" in text(client.get("/pasar"))
        assert 'value="dekat"' in text(client.get("/pasar/cari"))
        client.post("/pasar/kelurahan", {"code": ""})
        assert 'value="dekat"' not in text(client.get("/pasar/cari"))

    def test_a_kelurahan_that_does_not_exist_is_not_found(self, client, full):
        assert client.post("/pasar/kelurahan", {"code": "9999999999"}).status_code == 404


class TestUnchanged:
    """A phone that has the page already is told so in a few bytes, and never told so wrongly."""

    @pytest.fixture
    def paths(self, full):
        product = f"/toko/{full.makmur.slug}/{full.crisps.id}"
        return ("/pasar", "/pasar/cari", f"/toko/{full.makmur.slug}", product)

    @staticmethod
    def tag(client, path) -> str:
        client.get(path)  # the first answer begins the visitor's session, which is part of the page
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.headers["ETag"]

    def test_the_same_page_is_not_sent_twice(self, client, paths):
        for path in paths:
            again = client.get(path, headers={"If-None-Match": self.tag(client, path)})
            assert (again.status_code, again.get_data()) == (304, b""), path
            assert "Cookie" in again.headers.get("Vary", "") or "private" in again.headers["Cache-Control"]

    @pytest.mark.parametrize("change", ["price", "sold out", "lawful", "name"])
    def test_a_change_is_seen_at_the_next_look(self, client, cast, full, paths, change):
        tags = {path: self.tag(client, path) for path in paths}
        with db.transaction():
            crisps = db.session.get_one(Product, full.crisps.id)
            if change == "price":
                crisps.price_rp += 500
            elif change == "sold out":
                shops.place(full, crisps=10)
            elif change == "lawful":
                crisps.lawful_until_on = clock.today() - timedelta(days=1)
            else:
                crisps.name = "Keripik Singkong Pedas"
        for path in paths:
            answer = client.get(path, headers={"If-None-Match": tags[path]})
            assert answer.status_code in ((200, 404) if change == "lawful" else (200,)), path

    def test_another_language_is_another_page(self, client, paths):
        tags = {path: self.tag(client, path) for path in paths}
        client.post("/bahasa", {"locale": "en"})
        for path in paths:
            assert client.get(path, headers={"If-None-Match": tags[path]}).status_code == 200, path


def meta(page: str) -> dict[str, str]:
    """The preview's facts by name."""
    found = [attributes for tag, attributes in Reader(page).tags if tag == "meta"]
    return {str(one.get("property") or one.get("name")): one.get("content") or "" for one in found}


def facts(page: str) -> dict:
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[-1])


class TestShared:
    @pytest.fixture
    def at(self, full):
        with db.transaction():
            db.session.get_one(Product, full.crisps.id).photo = catalogue.keep_photo(photo())
        return f"/toko/{full.makmur.slug}/{full.crisps.id}"

    def test_a_messenger_reads_name_price_and_a_picture_that_exists(self, client, at):
        said = meta(text(client.get(at)))
        assert "Keripik Singkong" in said["og:title"]
        assert "Rp15.000" in said["og:description"]
        assert said["og:url"].endswith(at) and said["og:url"].startswith("http")
        picture = client.get(urlsplit(said["og:image"]).path)
        assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")

    def test_a_search_engine_reads_the_offer_to_the_rupiah(self, client, at):
        product = facts(text(client.get(at)))
        assert (product["@type"], product["name"]) == ("Product", "Keripik Singkong")
        (offer,) = product["offers"]
        assert (offer["price"], offer["priceCurrency"]) == (str(CRISPS_RP), "IDR")
        assert offer["availability"].endswith("/InStock")

    def test_a_name_cannot_end_the_block_of_facts(self, client, full, at):
        with db.transaction():
            db.session.get_one(Product, full.crisps.id).name = "Keripik </script><b>"
        page = text(client.get(at))
        assert facts(page)["name"] == "Keripik </script><b>"
        assert "</script><b>" not in page

    def test_the_list_for_machines_has_what_is_on_sale_and_nothing_else(self, client, cast, full):
        index = text(client.get("/sitemap.xml"))
        assert f"/toko/{full.makmur.slug}/sitemap.xml" in index
        assert cast.tetangga.slug not in index
        own = f"/toko/{full.makmur.slug}/{full.crisps.id}<"
        assert own in text(client.get(f"/toko/{full.makmur.slug}/sitemap.xml"))
        with db.transaction():
            catalogue.withdraw_product(cast.sri, full.crisps.id)
        assert own not in text(client.get(f"/toko/{full.makmur.slug}/sitemap.xml"))

    def test_private_pages_are_no_business_of_machines(self, client, full):
        robots = text(client.get("/robots.txt"))
        assert "Disallow: /pesanan-saya" in robots and "Sitemap: http" in robots
