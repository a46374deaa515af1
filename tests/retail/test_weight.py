"""What the first visit of a shelf weighs: a resident pays for every kilobyte."""

from __future__ import annotations

import gzip
import re

import pytest

from market.catalogue import services as catalogue
from market.core import db
from market.demo import snacks
from market.retail import services
from tests.house import source
from tests.retail import shop as shops

MOST_BYTES, MOST_PLAIN_BYTES, MOST_FILES = 60_000, 30_000, 12
FETCHED = re.compile(r'\b(?:href|src)="(/(?:static|foto)/[^"#]+)')
PLAIN = ("css", "js", "html")


@pytest.fixture
def photographed(cast, shop):
    """The shelf as most are: with photos."""
    with db.transaction():
        for snack in snacks.SNACKS:
            product = shops.crisps(shop.tini, name=snack.name, photo=snacks.picture(snack))
            catalogue.approve_product(cast.sri, product.id, shops.COMMISSION_BP)
            services.receive_consignment(cast.kasir, product.id, 5)
    return shop


def fetched(client, address: str) -> dict[str, tuple[str, int]]:
    """Address -> (kind, compressed bytes) of the page and everything that it asks for at once."""
    page = client.get(address)
    assert page.status_code == 200
    files = {address: ("html", len(gzip.compress(page.data, 6)))}
    for found in sorted(set(FETCHED.findall(page.get_data(as_text=True)))):
        answer = client.get(found)
        assert answer.status_code == 200, found
        body = answer.get_data()
        answer.close()
        kind = found.partition("?")[0].rpartition(".")[2] if found.startswith("/static") else "photo"
        files[found] = (kind, len(body) if kind == "photo" else len(gzip.compress(body, 6)))
    for font in (source.ROOT / "static" / "vendor").rglob("*.woff2"):
        files[font.name] = ("font", font.stat().st_size)
    return files


def test_the_first_visit_of_a_shelf_keeps_to_the_budget(client, photographed):
    files = fetched(client, f"/toko/{photographed.makmur.slug}")
    kinds = [kind for kind, _size in files.values()]
    assert set(kinds) == {"html", "css", "js", "svg", "photo", "font"}, "the test sees what a browser fetches"
    assert sum(size for _kind, size in files.values()) <= MOST_BYTES, files
    assert sum(size for kind, size in files.values() if kind in PLAIN) <= MOST_PLAIN_BYTES, files
    assert len(files) <= MOST_FILES, files


def test_a_shelf_does_not_fetch_what_only_live_pages_need(client, shop):
    page = client.get(f"/toko/{shop.makmur.slug}").get_data(as_text=True)
    assert "app.js" in page and "htmx" not in page
