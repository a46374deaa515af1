"""The raw pages are the product's own list: a limit of another page would be none."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from market.benchmarks.web import raw_page, stall
from market.catalogue.models import Product
from market.core import clock, db
from market.stock.models import StockItem

pytestmark = pytest.mark.postgresql
TOKENS = re.compile(r'name="(csrf_token|_idem)" value="[^"]*"')


def lines(html: str) -> list[str]:
    """A page without its tokens and without white space around tags."""
    plain = re.sub(r"\s+", " ", TOKENS.sub("", html))
    return re.sub(r"\s*(<[^>]+>)\s*", r"\n\1\n", plain).split("\n")


@pytest.fixture
def raw(app, database, began):
    """Both raw pages over a market of our own, and the product's page."""
    db.session.remove()
    stall.prepare()
    ids = stall.fill(stall.draw(12, 60, 3))
    with db.transaction():
        # One that is sold out, one that is scarce, one whose time is over, one not halal.
        for id_, left in ((ids[0], 0), (ids[1], 3)):
            held = StockItem.code == f"product:{id_}"
            db.session.execute(update(StockItem).where(held).values(on_hand_base=left))
        over = {"lawful_until_on": clock.today() - timedelta(days=1)}
        db.session.execute(update(Product).where(Product.id == ids[2]).values(over))
        db.session.execute(update(Product).where(Product.id == ids[3]).values(halal="not_halal"))
    url = db.engine().url.render_as_string(hide_password=False)
    client = app.test_client()

    def product() -> str:
        return client.get(raw_page.LIST, base_url="https://127.0.0.1").text

    frame = raw_page.framed(product(), lambda path: f"/static/{path}")
    same, by_hand = raw_page.Page(url, app, raw_page.told(app)), raw_page.ByHand(url, frame)
    yield same, by_hand, product
    same.close()
    by_hand.close()


def test_they_are_the_page_of_the_product_to_the_last_word(raw):
    same, by_hand, product = raw
    expected = lines(product())
    assert sum("good-name" in line for line in expected) == raw_page.SHOWN
    assert lines(same.html()) == expected
    assert lines(re.sub(r"\?v=[0-9a-f]+", "", by_hand.html())) == [
        re.sub(r"\?v=[0-9a-f]+", "", line) for line in expected
    ]


def test_they_read_the_cards_anew_each_time(raw):
    same, by_hand, _product = raw
    before = same.html()
    shown = int(re.findall(r'id="barang-(\d+)"', before)[5])
    with db.transaction():
        db.session.execute(update(Product).where(Product.id == shown).values(name="Nama baru sekali"))
    for page in (same, by_hand):
        assert "Nama baru sekali" in page.html()
    assert "Nama baru sekali" not in before


def test_they_travel_compressed(raw):
    same, _by_hand, _product = raw
    said: list[object] = []
    (body,) = same({"HTTP_ACCEPT_ENCODING": "gzip"}, lambda status, headers: said.append((status, headers)))
    assert gzip.decompress(body).decode().count('data-testid="good"') == raw_page.SHOWN
    assert ("Content-Length", str(len(body))) in said[0][1]  # type: ignore[index]


def test_a_list_that_looks_different_is_no_frame():
    with pytest.raises(RuntimeError, match="looks different"):
        raw_page.framed("<p>nothing</p>", str)
