"""What a page of the market weighs on its way to a phone, in bytes: a first visit, and another."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.retail import market as markets

FIRST_TEXT, FIRST_ALL, FILES, AGAIN = 30_000, 60_000, 12, 5_000
GZIP = {"Accept-Encoding": "gzip"}
DRAWN = re.compile(r'<use href="([^"#]+)#')
PHOTO = re.compile(r'<img src="([^"]+)"(?![^>]*loading="lazy")')
FONT = re.compile(r'url\("?([^")]+\.woff2[^")]*)"?\)')


@pytest.fixture
def market(cast):
    return markets.open_market(cast)


def paths(market) -> dict[str, str]:
    shop = f"/toko/{market.front.makmur.slug}"
    return {
        "market": "/pasar",
        "list": "/pasar/cari",
        "search": "/pasar/cari?q=keripik",
        "shop": shop,
        "detail": f"{shop}/{market.front.crisps.id}",
        "basket": f"{shop}/keranjang",
        "baskets": "/keranjang",
    }


def fetched(client, at: str):
    with client.get(at, headers=GZIP) as answer:
        assert answer.status_code == 200, at
        return answer.data, answer.headers


def text_of(data: bytes, headers) -> str:
    return (gzip.decompress(data) if headers.get("Content-Encoding") == "gzip" else data).decode()


def linked(html: str) -> tuple[set[str], set[str]]:
    """Styles and scripts; icons, drawings and photos of the first screen."""
    styles = set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', html))
    scripts = set(re.findall(r'<script src="([^"]+)"', html))
    pictures = {
        *DRAWN.findall(html),
        *PHOTO.findall(html),
        *re.findall(r'<link rel="icon" href="([^"]+)"', html),
    }
    return styles | scripts, {at for at in pictures if not at.startswith("data:")}


PAGES = ("market", "list", "search", "shop", "detail", "basket", "baskets")


@pytest.mark.parametrize("page", PAGES)
def test_a_first_visit_and_another_weigh_little(client, market, page):
    data, headers = fetched(client, paths(market)[page])
    code, pictures = linked(text_of(data, headers))
    assert len(code) >= 4, "styles and a script are linked"
    weights = {}
    for at in code:
        weights[at], sent = fetched(client, at)
        assert "immutable" in sent["Cache-Control"], at
        if at.split("?")[0].endswith("tokens.css"):
            (font,) = FONT.findall(text_of(weights[at], sent))
    pictures.add("/static/" + font.removeprefix("./").removeprefix("/static/"))
    text_bytes = len(data) + sum(map(len, weights.values()))
    all_bytes = text_bytes + sum(len(fetched(client, at)[0]) for at in pictures)
    assert len(data) <= AGAIN, f"again: {len(data)}"
    assert text_bytes <= FIRST_TEXT, f"HTML, CSS, JS: {text_bytes}"
    assert all_bytes <= FIRST_ALL, f"with font and pictures: {all_bytes}"
    assert 1 + len(code) + len(pictures) <= FILES
