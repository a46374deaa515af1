"""Makers' and the counter's pages: answer, refuse, bring; strangers see nothing of it."""

from __future__ import annotations

import pytest

from market.catalogue import services as catalogue
from market.core import db
from market.core.money import format_rp
from market.core.permissions import Role
from market.monitoring import queries as monitoring
from market.retail import queries
from market.retail import services as retail_services
from market.stock import queries as stock
from market.stock import services as shelf
from tests import factories
from tests.retail import shop as shops
from tests.retail.market import AT_HOME, COOKIE_RP, open_market

NEIGHBOURS_RP = 13_300


@pytest.fixture
def market(cast):
    return open_market(cast)


@pytest.fixture
def order(market):
    with db.transaction():
        return market.place(crisps=1, cookies=2, cake=1)


def part_id(market, order, maker) -> int:
    with db.transaction(read_only=True):
        return market.part(queries.order_by_id(order.id), maker).id


def state_of(market, order, maker) -> str:
    with db.transaction(read_only=True):
        return market.part(queries.order_by_id(order.id), maker).state


def test_a_maker_answers_with_one_button(market, order, browsers):
    rina, part = browsers(market.rina), part_id(market, order, market.rina)
    assert 'data-testid="accept"' in rina.get("/jualan").get_data(as_text=True)
    assert rina.post(f"/jualan/{part}/sanggup", {}).status_code == 303
    assert rina.post(f"/jualan/{part}/kemasan", {}).status_code == 303
    assert state_of(market, order, market.rina) == "packed"
    assert "Nastar" in rina.get("/jualan/daftar-kemas").get_data(as_text=True)


def test_fewer_or_none_needs_a_reason(market, order, browsers):
    rina, part = browsers(market.rina), part_id(market, order, market.rina)
    with db.transaction(read_only=True):
        line = next(each for each in queries.lines_of(order.id) if each.quantity == 2)
    assert rina.post(f"/jualan/{part}/kurang", {f"kept_{line.id}": "1"}).status_code == 422
    sent = {f"kept_{line.id}": "1", "reason": "tinggal satu"}
    assert rina.post(f"/jualan/{part}/kurang", sent).status_code == 303
    assert rina.post(f"/jualan/{part}/penolakan", {"reason": "jatuh"}).status_code == 303
    assert state_of(market, order, market.rina) == "refused"


def test_another_maker_finds_no_such_order(market, order, browsers):
    part = part_id(market, order, market.rina)
    assert browsers(market.dewi).get(f"/jualan/{part}").status_code == 404
    assert browsers(market.cast.kasir).get(f"/jualan/{part}").status_code == 403


def test_a_maker_sees_neither_phone_nor_pickup_code(market, order, browsers):
    shown = browsers(market.rina).get(f"/jualan/{part_id(market, order, market.rina)}").get_data(as_text=True)
    assert order.buyer_name in shown
    assert order.phone not in shown and order.pickup_code not in shown


def test_the_counter_receives_and_everybody_sees_it(market, order, browsers, client):
    kasir = browsers(market.cast.kasir)
    part = part_id(market, order, market.rina)
    assert kasir.post(f"/penjualan/bagian/{part}/penerimaan", {}).status_code == 303
    assert state_of(market, order, market.rina) == "ready"
    for page in ("/penjualan/hari-ambil", "/penjualan/daftar-penjual", "/penjualan/jawaban"):
        assert kasir.get(page).status_code == 200
    for page in ("/jualan", f"/jualan/{part}"):
        own = browsers(market.rina).get(page).get_data(as_text=True)
        assert "Sudah di gerai" in own and "Siap diambil" not in own, "her part of it is done"
    tracked = client.get(f"/pesanan-saya/{order.token}").get_data(as_text=True)
    assert "Kue Kering Bu Rina" in tracked and "Menunggu jawaban" in tracked


def test_a_maker_says_what_lies_at_home_and_when_she_is_away(market, browsers):
    rina = browsers(market.rina)
    sent = {"quantity": "5", "seen_quantity": str(AT_HOME)}
    assert rina.post(f"/jualan/stok/{market.cookies.id}", sent).status_code == 303
    assert rina.post(f"/jualan/stok/{market.cookies.id}", sent).status_code == 422, "somebody was faster"
    with db.transaction(read_only=True):
        day = market.first_day().isoformat()
    assert browsers(market.dewi).post("/profil-usaha/libur", {"from_on": day}).status_code == 303
    with db.transaction(read_only=True):
        assert market.first_day().isoformat() != day


@pytest.fixture
def neighbours(market):
    """The crisps of a member of the other cooperative, on its own shelf; its address."""
    cast = market.cast
    with db.transaction():
        owner = factories.actor(Role.SELLER_OWNER, factories.seller(cast.tetangga, "Keripik Bu Yuni"))
        crisps = shops.crisps(owner, name="Keripik Pisang", price_rp=NEIGHBOURS_RP)
        catalogue.approve_product(cast.wati, crisps.id, shops.COMMISSION_BP)
        retail_services.receive_consignment(cast.wati, crisps.id, 10)
    return f"/toko/{cast.tetangga.slug}", crisps.id


def test_one_cooperative_is_one_payment_and_nothing_is_said_of_several(market, client):
    slug = market.front.makmur.slug
    client.post(f"/toko/{slug}/keranjang", {"set": f"{market.cookies.id}:1"})
    shown = client.get("/keranjang").get_data(as_text=True)
    assert "Nastar" in shown and shown.count('data-testid="basket-of-shop"') == 1
    assert 'data-testid="several-payments"' not in shown


def test_two_cooperatives_are_two_payments_on_one_page(market, neighbours, client):
    here, (there, crisps) = f"/toko/{market.front.makmur.slug}", neighbours
    client.post(f"{here}/keranjang", {"set": f"{market.cookies.id}:1"})
    client.post(f"{there}/keranjang", {"set": f"{crisps}:2"})
    shown = client.get("/keranjang").get_data(as_text=True)
    assert shown.count('data-testid="basket-of-shop"') == 2 and 'data-testid="several-payments"' in shown
    assert format_rp(COOKIE_RP) in shown and format_rp(2 * NEIGHBOURS_RP) in shown
    assert format_rp(COOKIE_RP + 2 * NEIGHBOURS_RP) not in shown, "no sum over two cooperatives"
    for basket in (here, there):
        assert "Tiap koperasi dibayar sendiri" in client.get(f"{basket}/keranjang").get_data(as_text=True)


def test_ordering_at_one_cooperative_leaves_the_other_basket_and_its_payment(market, neighbours, client):
    here, (there, crisps) = f"/toko/{market.front.makmur.slug}", neighbours
    client.post(f"{here}/keranjang", {"set": f"{market.cookies.id}:1"})
    client.post(f"{there}/keranjang", {"set": f"{crisps}:2"})
    buyer = {"buyer_name": "Bu Ani", "phone": "081234567890", "pay": "pickup"}
    ordered = []
    for shop, total in ((here, COOKIE_RP), (there, 2 * NEIGHBOURS_RP)):
        both = {**buyer, "expected_total_rp": str(COOKIE_RP + 2 * NEIGHBOURS_RP)}
        assert client.post(f"{shop}/pesanan", both).status_code == 422
        assert client.post(f"{shop}/pesanan", {**buyer, "expected_total_rp": str(total)}).status_code == 303
        ordered.append(client.get("/keranjang").get_data(as_text=True).count("basket-of-shop"))
    assert ordered == [1, 0]
    with db.transaction(read_only=True):
        totals = [
            order.total_rp
            for at in (market.front.makmur, market.cast.tetangga)
            for order in queries.orders_of(at.id)
        ]
    assert totals == [COOKIE_RP, 2 * NEIGHBOURS_RP]


def test_goods_that_do_not_lie_here_are_not_the_cooperatives_stock(market, order):
    with db.transaction(read_only=True):
        names = {item.name for item in stock.stock_of(market.front.makmur.id)}
        assert "Keripik Singkong" in names and not names & {"Nastar", "Kue Lapis"}
        moved = {row.name for row in monitoring.last_moves(market.front.makmur.id)}
        assert not moved & {"Nastar", "Kue Lapis"}
        shown = {row.item.name for row in stock.shelf(market.front.makmur.id)}
        assert not shown & {"Nastar", "Kue Lapis"}
        away = shelf.item_at_home(market.front.makmur.id, market.cookies.id, "Nastar")
        assert away.id not in stock.layers(market.front.makmur.id)
        with pytest.raises(Exception, match="tidak ditemukan"):
            stock.item_for(market.cast.kasir, away.id)
