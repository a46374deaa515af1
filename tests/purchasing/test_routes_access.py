"""Who may open which page of buying and press which button: strangers, readers, other seats."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.permissions import Role
from market.ledger import chart
from market.purchasing import queries
from market.purchasing.models import GoodsReceipt
from tests import factories
from tests.purchasing.conftest import facts, receive, words

ORDER_PAGES = ["/pesanan/{order}", "/pesanan/{order}/cetak", "/pesanan/{order}.pdf"]
PAPERS = ["/penerimaan/{receipt}", "/penerimaan/{receipt}.pdf", "/tagihan/{recorded}"]
OWN = ["/pembayaran/{payment}"]
DOOR = ["/pesanan/{order}/terima", "/pesanan/{order}/pembatalan"]
MONEY = [
    "/pesanan/{order}/tagihan",
    "/tagihan/{recorded}/pembayaran",
    "/pesanan/{order}/uang-muka",
    "/pesanan/{order}/uang-kembali",
]
DECIDE = ["/pembayaran/{payment}/persetujuan", "/pembayaran/{payment}/penolakan"]
TYPED = {
    "reason": "x",
    "note": "x",
    "reference": "x",
    "billed_on": "2026-01-01",
    "amount_rp": "1",
    "account": chart.CASH,
    "outcome": "dropped",
}


@pytest.fixture
def paths(cast, order, recorded, payment):
    """Fills ids into an address."""
    with db.transaction():
        receive(cast, queries.order(order), 40, 8, "short")
        receipt = db.session.query(GoodsReceipt.id).order_by(GoodsReceipt.id.desc()).first()[0]

    def fill(path: str) -> str:
        return path.format(order=order, receipt=receipt, recorded=recorded, payment=payment)

    return fill


def test_a_stranger_finds_nothing(cast, browsers, paths):
    """The neighbouring cooperative and another supplier, each with every right in its own house."""
    before = facts()
    with db.transaction():
        seats = [
            factories.actor(role, cast.tetangga) for role in (Role.SECRETARY, Role.TREASURER, Role.CHAIR)
        ]
    secretary, treasurer, chair = (browsers(seat) for seat in seats)
    for browser, pages in (
        (secretary, ORDER_PAGES + PAPERS + DOOR),
        (treasurer, OWN + MONEY),
        (browsers(cast.nur), ORDER_PAGES + PAPERS),
    ):
        for path in pages:
            assert browser.get(paths(path)).status_code == 404, path
    for browser, pages in ((secretary, [*DOOR, "/klaim/1/hasil"]), (treasurer, MONEY), (chair, DECIDE)):
        for path in pages:
            assert browser.post(paths(path), TYPED).status_code == 404, path
    assert facts() == before


def test_a_reader_sees_everything_and_touches_nothing(cast, browsers, paths, lurah):
    reader, before = browsers(lurah), facts()
    for path in ["/pesanan", "/tagihan", "/tagihan.csv", "/pembayaran", *ORDER_PAGES, *PAPERS, *OWN]:
        assert reader.get(paths(path)).status_code == 200, path
    for path in DOOR + MONEY:
        assert reader.get(paths(path)).status_code == 403, path
    for path in [*DOOR, *MONEY, *DECIDE, "/klaim/1/hasil"]:
        assert reader.post(paths(path), TYPED).status_code == 403, path
    page = words(reader.get(paths("/pesanan/{order}")))
    assert "Terima barang" not in page and "Selesaikan klaim" not in page
    assert facts() == before


def test_each_seat_does_its_own_part_only(cast, browsers, paths):
    sri, hadi, budi, joko = (browsers(who) for who in (cast.sri, cast.hadi, cast.budi, cast.joko))
    for path in MONEY:
        assert sri.get(paths(path)).status_code == hadi.get(paths(path)).status_code == 403, path
    for path in DECIDE:
        assert budi.post(paths(path), TYPED).status_code == sri.post(paths(path), TYPED).status_code == 403
    for path in [*DOOR, *MONEY, "/pembayaran", "/tagihan", *OWN]:
        assert joko.get(paths(path)).status_code == 403, path
    assert browsers(cast.ratna).get("/pesanan").status_code == 403


def test_the_supplier_does_not_see_the_buyers_payments(cast, browsers, paths):
    joko = browsers(cast.joko)
    assert "BK/" not in words(joko.get(paths("/pesanan/{order}")))
    assert "BK/" not in words(joko.get(paths("/tagihan/{recorded}")))


def test_the_wrong_method_is_told_so(cast, browsers, paths):
    sri = browsers(cast.sri)
    for path in ["/pesanan", "/tagihan", "/pembayaran", "/pesanan/kirim", *ORDER_PAGES, *PAPERS, *OWN]:
        assert sri.post(paths(path)).status_code == 405, path
    for path in [*DECIDE, "/klaim/1/hasil"]:
        assert sri.get(paths(path)).status_code == 405, path


def test_anonymous_people_are_led_to_the_login(client, cast, paths):
    for path in ["/pesanan", "/tagihan", "/pembayaran", *ORDER_PAGES, *PAPERS, *OWN, *DOOR, *MONEY]:
        answer = client.get(paths(path))
        assert answer.status_code == 303 and answer.location.startswith("/masuk"), path
