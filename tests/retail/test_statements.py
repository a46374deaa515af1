"""How many questions each page asks the database: the budgets of the market's pages, counted, not timed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import db
from market.core.permissions import ORGANIZATION_ROLES, ROLE_PERMISSIONS, Permission, Role
from market.retail import services
from tests import cast as people
from tests import factories
from tests.retail import market as markets
from tests.retail import shop as shops

BASKET = 1
"""Session and basket are one statement beside a page's own."""
VERSION = 1
"""A stranger's page is for no organization: instead of setting one it asks whether the shelf has changed."""
KEPT = ("market", "list", "list by category", "shop", "search", "search in a shop", "detail")


def crowded():
    """Two shops with several sellers each, choices, home-made and ordered goods: so that N+1 shows."""
    cast = people.begin()
    market = markets.open_market(cast)
    with db.transaction():
        for n in range(6):
            maker = shops.seller(cast, f"Dapur {n}", login=f"dapur{n}")
            for name in ("Opak", "Rengginang"):
                product = shops.crisps(maker, name=f"{name} {n}")
                catalogue.approve_product(cast.sri, product.id, shops.COMMISSION_BP)
                services.receive_consignment(cast.kasir, product.id, 9)
        chair = factories.actor(Role.CHAIR, cast.tetangga, login="ketua")
        for n in range(2):
            owner = factories.seller(cast.tetangga, f"Tetangga {n}")
            product = shops.crisps(factories.actor(Role.SELLER_OWNER, owner), name=f"Sagon {n}")
            catalogue.approve_product(chair, product.id, 0, origin_note="dilihat")
            product.supply = "home"
            services_home = factories.actor(Role.SELLER_OWNER, owner)
            catalogue.set_home_stock(services_home, product.id, 5)
    return cast, market


@pytest.fixture
def world():
    return crowded


@pytest.fixture
def cast(began):
    return began[0]


@pytest.fixture
def market(began):
    return began[1]


def put(client, slug: str, product_id: int, quantity: int = 1) -> None:
    page = client.get(f"/toko/{slug}").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    data = {"csrf_token": token, "set": f"{product_id}:{quantity}"}
    assert client.post(f"/toko/{slug}/keranjang", data=data).status_code == 303


def asked_by(client, path: str) -> list[str]:
    """What a page asked, without what only sets the organization and the clock."""
    asked: list[str] = []
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    for engine in db.engines():
        event.listen(engine, "before_cursor_execute", listener)
    try:
        assert client.get(path).status_code == 200, path
    finally:
        for engine in db.engines():
            event.remove(engine, "before_cursor_execute", listener)
    return [said for said in asked if re.match(r"\s*(SELECT (?!set_config)|WITH)", said)]


PAGES = {
    "market": ("/pasar", 3),
    "list": ("/pasar/cari", 2),
    "list by category": ("/pasar/cari?kategori=camilan", 2),
    "shops": ("/toko", 2),
    "shop": ("{shop}", 2),
    "search": ("/pasar/cari?q=kripik", 3),
    "search in a shop": ("{shop}?q=opak", 3),
    "detail": ("{shop}/{product}", 3),
    "basket": ("{shop}/keranjang", 2),
    "all baskets": ("/keranjang", 0),
    "own orders": ("/pesanan-saya", 3),
}


def sagon() -> int:
    with db.transaction(read_only=True):
        return db.session.scalars(select(Product.id).where(Product.name == "Sagon 0")).one()


def all_put(client, market) -> dict[str, object]:
    """A basket with goods of three makers and one of another shop; returns what paths are made of."""
    slug, cast = market.front.makmur.slug, market.cast
    put(client, cast.tetangga.slug, sagon())
    for product in (market.front.crisps, market.front.rice, market.cookies):
        put(client, slug, product.id)
    return {"shop": f"/toko/{slug}", "product": market.front.crisps.id}


def test_the_tracking_page_reads_each_kind_of_row_once(client, market):
    with db.transaction():
        order = shops.place(market.front, crisps=2, rice=1)
    asked = asked_by(client, f"/pesanan-saya/{order.token}")
    assert len(asked) <= 12, (len(asked), asked)
    tables = [re.search(r"FROM (\w+)", said).group(1) for said in asked]
    for once in ("retail_order", "retail_order_line", "retail_part", "retail_delivery"):
        assert tables.count(once) == 1, asked


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_market_keeps_its_budget_of_statements(client, market, page):
    values = all_put(client, market)
    path, most = PAGES[page]
    asked = asked_by(client, path.format(**values))
    assert len(asked) <= most + BASKET + (VERSION if page in KEPT else 0), (len(asked), asked)


@pytest.mark.parametrize("page", KEPT)
def test_a_kept_page_asks_for_nothing_but_the_version_of_its_shelf(client, market, page):
    values = all_put(client, market)
    path = PAGES[page][0].format(**values)
    client.get(path)
    asked = asked_by(client, path)
    assert len(asked) == 1 and "shelf_change" in asked[0], asked


def test_a_basket_of_goods_made_to_order_keeps_its_budget_too(client, market):
    """Closed days and what is promised of each day are two statements more; a guest sets no organization."""
    values = all_put(client, market)
    put(client, market.front.makmur.slug, market.cake.id)
    asked = asked_by(client, f"{values['shop']}/keranjang")
    assert len(asked) <= 3 + 2, (len(asked), asked)


def test_all_baskets_show_each_shop_with_its_own_goods(client, market):
    all_put(client, market)
    page = client.get("/keranjang").get_data(as_text=True)
    assert page.count('data-testid="basket-of-shop"') == 2
    own, other = sorted(page.split('data-testid="basket-of-shop"')[1:], key=lambda part: "Sagon" in part)
    assert "Keripik Singkong" in own and "Nastar" in own and "Sagon" not in own
    assert "Sagon 0" in other and market.cast.tetangga.name in other


SEATS = [
    (kind, role)
    for kind, roles in ORGANIZATION_ROLES.items()
    for role in sorted(roles)
    if Permission.HOME_VIEW in ROLE_PERMISSIONS[role]
]


@pytest.mark.parametrize(("kind", "role"), SEATS)
def test_the_home_of_every_role_keeps_its_budget_of_statements(browsers, market, kind, role):
    """Who it is, what waits, the figures above; a cooperative's containers."""
    cast = market.cast
    houses = {"cooperative": cast.makmur, "supplier": cast.lamongan, "office": cast.dinas}
    with db.transaction():
        made = factories.seller(cast.makmur, "Dapur Rumah") if kind == "seller" else None
        house = houses.get(kind) or made or factories.organization(kind, f"Rumah {kind}")
        person = factories.actor(role, house, login="penghuni")
    asked = asked_by(browsers(person), "/hari-ini")
    assert len(asked) <= 4, (len(asked), asked)


def test_the_front_page_keeps_its_budget_of_statements(client, market):
    asked = asked_by(client, "/")
    assert len(asked) <= 6, (len(asked), asked)
