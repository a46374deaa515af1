"""Pages of the market that are kept whole: never older than the shelf, never another visitor's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text, update

from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import clock, db, spool
from market.identity.models import Organization
from market.retail import services
from market.web.kept import Desk
from tests import cast as people
from tests.conftest import Browser
from tests.retail import market as markets


@pytest.fixture
def world():
    def begin():
        cast = people.begin()
        return cast, markets.open_market(cast)

    return begin


@pytest.fixture
def cast(began):
    return began[0]


@pytest.fixture
def market(began):
    return began[1]


@pytest.fixture
def desk(app) -> Desk:
    assert isinstance(app.wsgi_app, Desk)
    return app.wsgi_app


def paths(market) -> dict[str, str]:
    shop = f"/toko/{market.front.makmur.slug}"
    return {
        "list": "/pasar/cari",
        "search": "/pasar/cari?q=keripik",
        "market": "/pasar",
        "shop": shop,
        "product": f"{shop}/{market.front.crisps.id}",
    }


PAGES = ("list", "search", "market", "shop", "product")
TOKENS = re.compile(r'name="(csrf_token|_idem)" value="([^"]*)"')


def known(client):
    """A visitor who has a cookie with a token already."""
    client.get("/pasar/cari")
    return client


def from_desk(desk, ask):
    """The answer, and whether Flask had to make it."""
    asked = []
    inner = desk.inner
    desk.inner = lambda environ, start: asked.append(1) or inner(environ, start)
    try:
        return ask(), bool(asked)
    finally:
        desk.inner = inner


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_made_once_and_says_the_same_afterwards(client, market, desk, page):
    path = paths(market)[page]
    known(client)
    made, by_flask = from_desk(desk, lambda: client.get(path))
    kept, again = from_desk(desk, lambda: client.get(path))
    assert (by_flask or page == "list") and not again
    plain = [TOKENS.sub("", each.get_data(as_text=True)) for each in (made, kept)]
    assert plain[0] == plain[1]
    assert "Keripik" in plain[0]


@pytest.mark.parametrize("page", PAGES)
def test_a_kept_page_carries_the_headers_of_any_other(client, market, desk, page):
    path = paths(market)[page]
    known(client)
    made, kept = client.get(path), client.get(path)
    other = {"X-Request-Id", "Content-Length", "Set-Cookie"}
    said = [{n: v for n, v in answer.headers.items() if n not in other} for answer in (made, kept)]
    assert said[0] == said[1]


def test_a_kept_page_is_sent_compressed_to_who_can_read_it_so(client, market):
    path = paths(market)["shop"]
    known(client).get(path)
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"] and "Cookie" in answer.headers["Vary"]
    assert client.get(path).headers.get("Content-Encoding") is None


@pytest.mark.parametrize("page", PAGES)
def test_who_has_the_page_already_from_the_first_visit_is_told_so(client, market, desk, page):
    path = paths(market)[page]
    tag = client.get(path).headers["ETag"]
    answer, by_flask = from_desk(desk, lambda: client.get(path, headers={"If-None-Match": tag}))
    assert answer.status_code == 304 and not by_flask and answer.data == b""
    assert answer.headers["ETag"] == tag


CHANGES = {
    "a price": lambda m: setattr(db.session.get(Product, m.front.crisps.id), "price_rp", 17_777),
    "a name": lambda m: setattr(db.session.get(Product, m.front.crisps.id), "name", "Keripik Baru"),
    "a sale": lambda m: m.place(crisps=2),
    "goods taken from the shelf": lambda m: catalogue.withdraw_product(
        m.cast.sri, m.front.crisps.id, "habis"
    ),
    "goods that come": lambda m: services.receive_consignment(m.cast.kasir, m.front.crisps.id, 3),
    "a shop that closes": lambda m: setattr(db.session.get(Organization, m.front.makmur.id), "active", False),
    "a change by hand": lambda _m: db.session.execute(update(Product).values(description="Lain.")),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("page", ["list", "shop", "product"])
def test_after_a_change_nobody_sees_the_old_page_nor_is_told_that_nothing_changed(
    client, market, desk, page, change
):
    path = paths(market)[page]
    known(client)
    tag = client.get(path).headers["ETag"]
    with db.transaction():
        CHANGES[change](market)
    answer, by_flask = from_desk(desk, lambda: client.get(path, headers={"If-None-Match": tag}))
    assert by_flask and answer.status_code in (200, 404)
    assert answer.headers.get("ETag") != tag


def test_a_change_that_was_rolled_back_leaves_the_page_as_it_is(client, market, desk):
    path = paths(market)["shop"]
    tag = known(client).get(path).headers["ETag"]
    with pytest.raises(RuntimeError), db.transaction():
        db.session.get(Product, market.front.crisps.id).price_rp = 1
        db.session.flush()
        raise RuntimeError
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_what_happens_in_another_shop_is_no_matter_of_this_one(client, market, cast):
    path = paths(market)["shop"]
    tag = known(client).get(path).headers["ETag"]
    with db.transaction():
        db.session.execute(
            text("INSERT INTO shelf_change (cooperative_id, moves) VALUES (:id, 1)"), {"id": cast.tetangga.id}
        )
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    tag = client.get("/pasar/cari").headers["ETag"]
    with db.transaction():
        db.session.execute(
            text("INSERT INTO shelf_change (cooperative_id, moves) VALUES (:id, 1)"), {"id": cast.tetangga.id}
        )
    assert client.get("/pasar/cari", headers={"If-None-Match": tag}).status_code == 200


def test_a_page_is_made_anew_after_ten_minutes_whatever_happens(client, market, desk):
    path = paths(market)["list"]
    known(client).get(path)
    clock.travel(601)
    assert from_desk(desk, lambda: client.get(path))[1]


def token_of(page: str) -> str:
    return next(value for name, value in TOKENS.findall(page) if name == "csrf_token")


def test_each_visitor_gets_tokens_of_their_own_and_each_answer_another_mask(app, market):
    first, second = Browser(app), Browser(app)
    path = paths(market)["shop"]
    pages = [known(each).get(path).get_data(as_text=True) for each in (first, second, first)]
    assert len({token_of(page) for page in pages}) == 3
    keys = [value for page in pages for name, value in TOKENS.findall(page) if name == "_idem"]
    assert len(set(keys)) == len(keys)
    asks = [(first, 0, 303), (second, 1, 303), (first, 1, 400)]
    for browser, page, status in asks:
        data = {"csrf_token": token_of(pages[page]), "set": f"{market.front.crisps.id}:1"}
        assert browser.post(f"{path}/keranjang", data=data).status_code == status


def test_a_basket_and_a_language_are_seen_by_their_owner_alone(app, market):
    path = paths(market)["shop"]
    buyer, other = known(Browser(app)), known(Browser(app))
    data = {"csrf_token": token_of(buyer.get(path).get_data(as_text=True))}
    buyer.post(f"{path}/keranjang", data={**data, "set": f"{market.front.crisps.id}:2"})
    for _ in range(2):
        assert "to-basket" in buyer.get(path).get_data(as_text=True)
        assert "to-basket" not in other.get(path).get_data(as_text=True)
    data = {"csrf_token": token_of(other.get(path).get_data(as_text=True)), "locale": "en", "next": path}
    other.post("/bahasa", data=data)
    for _ in range(2):
        assert 'lang="en"' in other.get(path).get_data(as_text=True)
        assert 'lang="id"' in buyer.get(path).get_data(as_text=True)


def test_who_is_signed_in_gets_a_page_that_is_kept_by_nobody(app, browsers, market, cast, desk):
    path = paths(market)["shop"]
    known(Browser(app)).get(path)
    seen, by_flask = from_desk(desk, lambda: browsers(cast.sri).get(path))
    assert by_flask and "no-store" in seen.headers["Cache-Control"]
    assert "ETag" not in seen.headers


def test_what_is_said_once_is_said_once(client, market):
    path = paths(market)["shop"]
    known(client)
    data = {"csrf_token": token_of(client.get(path).get_data(as_text=True))}
    client.post(f"{path}/keranjang", data={**data, "set": f"{market.front.crisps.id}:9999"})
    told = ['data-testid="flash"' in client.get(path).get_data(as_text=True) for _ in range(3)]
    assert told == [True, False, False]


@pytest.mark.parametrize(
    "cookie",
    [
        "lumbung=",
        "lumbung=x.y.z",
        'lumbung="a',
        "lain=1; lumbung=tidak",
        "\x00=\xff",
        ";;;=",
        "lumbung=" + "a" * 9_000,
    ],
)
def test_a_cookie_that_is_not_ours_is_a_stranger(app, market, cookie):
    answer = app.test_client(use_cookies=False).get("/pasar/cari", headers={"Cookie": cookie})
    assert answer.status_code == 200


def test_a_look_at_a_kept_page_counts_as_one_and_a_robots_does_not(client, market, monkeypatch):
    noted: list[str] = []
    monkeypatch.setattr(spool, "note", noted.append)
    path = paths(market)["product"]
    agent = {"User-Agent": "Mozilla/5.0 (Android 13)"}
    known(client)
    for _ in range(3):
        client.get(path, headers=agent)
    client.get(path, headers={"User-Agent": "Googlebot/2.1"})
    client.get(path, headers={**agent, "Sec-Purpose": "prefetch"})
    assert noted == [str(market.front.crisps.id)] * 3


def test_another_database_shows_nothing_of_the_one_before(client, market, desk, monkeypatch):
    path = paths(market)["list"]
    known(client).get(path)
    now = db.generation()
    monkeypatch.setattr(db, "generation", lambda: now + 1)
    assert from_desk(desk, lambda: client.get(path))[1]


def test_the_shelf_holds_so_many_pages_and_lets_the_oldest_go(client, market, desk, monkeypatch):
    monkeypatch.setattr("market.web.kept.MOST_PAGES", 2)
    known(client)
    for words in ("a", "b", "c"):
        client.get(f"/pasar/cari?q={words}")
    assert not from_desk(desk, lambda: client.get("/pasar/cari?q=c"))[1]
    assert from_desk(desk, lambda: client.get("/pasar/cari?q=a"))[1]


def test_an_address_that_does_not_exist_is_not_kept(client, market, desk):
    known(client)
    for _ in range(2):
        answer, by_flask = from_desk(desk, lambda: client.get("/toko/tidak-ada"))
        assert by_flask and answer.status_code == 404


def test_every_page_says_how_much_lies_in_the_basket_and_leads_to_it(client, market):
    shop, page = paths(market)["shop"], paths(market)["list"]
    assert "basket-count" not in known(client).get(page).get_data(as_text=True)
    data = {"csrf_token": token_of(client.get(shop).get_data(as_text=True))}
    client.post(f"{shop}/keranjang", data={**data, "set": f"{market.front.crisps.id}:3"})
    client.post(f"{shop}/keranjang", data={**data, "set": f"{market.cookies.id}:1"})
    for _ in range(2):
        html = client.get(page).get_data(as_text=True)
        link = re.search(r'<a[^>]*href="([^"]+)"[^>]*data-testid="basket-count"[^>]*>(.*?)</a>', html, re.S)
        assert link and link[1] == "/keranjang" and "<span>4</span>" in link[2]
