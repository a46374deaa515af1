"""The account between a cooperative and a supplier says what the books say, to both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import NotFound
from market.ledger import chart
from market.purchasing import queries, services
from tests.purchasing.conftest import (
    PACKS,
    PRICE_RP,
    RICE_RP,
    balance,
    bill,
    delivered,
    issue,
    pay,
    receive,
    words,
)


def now(cast, since=None, until=None):
    today = clock.today()
    return queries.statement(cast.makmur.id, cast.lamongan.id, since or today, until or today)


def changes(cast, **days) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_rp) for line in now(cast, **days).lines]


def test_a_bill_raises_what_is_owed_and_a_payment_lowers_it(cast, open_transaction):
    recorded = bill(cast, delivered(cast))
    assert changes(cast) == [("supplier_bill", RICE_RP)]
    assert now(cast).closing_rp == RICE_RP == -balance(cast, chart.PAYABLE_SUPPLIERS)
    pay(cast, recorded)
    assert changes(cast) == [("supplier_bill", RICE_RP), ("supplier_payment", -RICE_RP)]
    assert now(cast).closing_rp == 0 and now(cast).lines[0].reference == "INV-1"


def test_goods_that_came_without_a_bill_are_not_owed_yet(cast, open_transaction):
    delivered(cast)
    assert now(cast).lines == []


def test_what_happened_before_the_first_day_is_the_opening(cast, open_transaction):
    bill(cast, delivered(cast))
    tomorrow = clock.today() + timedelta(days=1)
    found = now(cast, since=tomorrow, until=tomorrow)
    assert (found.opening_rp, found.lines, found.closing_rp) == (RICE_RP, [], RICE_RP)
    yesterday = clock.today() - timedelta(days=1)
    assert now(cast, since=yesterday, until=yesterday).closing_rp == 0


def test_an_advance_makes_the_supplier_owe_until_its_bill_or_its_return(cast, open_transaction):
    order = issue(cast, terms="prepaid")
    advance = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, advance.id, approve=True)
    assert now(cast).closing_rp == -RICE_RP
    receive(cast, order, PACKS - 8)
    bill(cast, order, RICE_RP - 8 * PRICE_RP)
    assert now(cast).closing_rp == -8 * PRICE_RP
    services.cancel_rest(cast.sri, order.id, "habis")
    services.record_refund(cast.budi, order.id, chart.BANK)
    assert now(cast).closing_rp == 0
    assert [kind for kind, _rp in changes(cast)] == ["supplier_payment", "supplier_bill", "advance_returned"]


def test_every_supplier_has_its_own_account(cast, open_transaction):
    bill(cast, delivered(cast))
    bill(cast, delivered(cast, supplier=cast.ngawi), reference="NG-1")
    assert changes(cast) == [("supplier_bill", RICE_RP)]
    with pytest.raises(NotFound):
        queries.parties(cast.wati, cast.lamongan.id)
    with pytest.raises(NotFound):
        queries.parties(cast.nur, cast.tetangga.id)


def test_both_sides_read_the_same_page(cast, browsers, recorded, lurah):
    with db.transaction(read_only=True):
        makmur, lamongan = cast.makmur.id, cast.lamongan.id
    for who, other in ((cast.budi, lamongan), (cast.joko, makmur), (lurah, lamongan)):
        page = words(browsers(who).get(f"/rekening-pemasok/{other}"))
        assert "Tagihan INV-1" in page and "Rp14.160.000" in page
        assert browsers(who).get(f"/rekening-pemasok/{other}.pdf").data.startswith(b"%PDF")
    assert "Rp0" in words(browsers(cast.joko).get(f"/rekening-pemasok/{makmur}?sampai=2020-01-01&sejak=x"))
    assert browsers(cast.kasir).get(f"/rekening-pemasok/{lamongan}").status_code == 403
    assert browsers(cast.wati).get(f"/rekening-pemasok/{lamongan}").status_code == 404
    assert browsers(cast.nur).get(f"/rekening-pemasok/{makmur}").status_code == 404
    assert browsers(cast.budi).post(f"/rekening-pemasok/{lamongan}").status_code == 405
