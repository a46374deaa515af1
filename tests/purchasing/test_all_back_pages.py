"""The pages on which an order ends of which everything went back."""

from __future__ import annotations

import pytest

from market.core import db
from market.ledger import chart
from market.purchasing import queries, services
from tests.purchasing.conftest import balance, delivered, goods, lump

END = 'data-testid="end-without-bill"'


def html(answer) -> str:
    """What the browser gets."""
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def back(cast):
    """Two orders of which everything went back, the second with freight: their ids."""
    with db.transaction():
        orders = [delivered(cast), delivered(cast, goods(), lump("drop", 50_000))]
        for order in orders:
            line = queries.goods_lines(order.id)[0]
            services.return_goods(cast.sri, order.id, [(line.id, 48)], "broken")
        return [order.id for order in orders]


def test_the_treasurer_ends_it_with_one_button(cast, browsers, back):
    plain, _freight = back
    budi = browsers(cast.budi)
    assert END in html(budi.get(f"/pesanan/{plain}"))
    assert END in html(budi.get(f"/pesanan/{plain}/tagihan"))
    assert budi.post(f"/pesanan/{plain}/tanpa-tagihan").status_code == 303
    page = html(budi.get(f"/pesanan/{plain}"))
    assert END not in page and "tanpa tagihan" in page
    with db.transaction(read_only=True):
        assert queries.order(plain).state == "closed"


def test_freight_is_let_go_by_the_supplier_only(cast, browsers, back):
    _plain, freight = back
    budi, joko = browsers(cast.budi), browsers(cast.joko)
    page = html(budi.get(f"/pesanan/{freight}"))
    assert END not in page and "50.000" in page
    assert budi.post(f"/pesanan/{freight}/tanpa-tagihan").status_code == 422
    assert END in html(joko.get(f"/pesanan/{freight}"))
    assert joko.post(f"/pesanan/{freight}/tanpa-tagihan").status_code == 303
    with db.transaction(read_only=True):
        assert queries.order(freight).state == "closed"
        assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0


def test_the_bill_shows_what_went_back_and_starts_without_it(cast, browsers, back):
    page = html(browsers(cast.budi).get(f"/pesanan/{back[1]}/tagihan"))
    assert 'data-testid="went-back"' in page and 'value="50.000"' in page


def test_a_return_that_nobody_billed_cannot_be_credited_or_dropped_yet(cast, browsers, back):
    page = html(browsers(cast.hadi).get("/retur-pemasok/1"))
    assert 'data-testid="not-billed"' in page and 'data-testid="drop-return"' not in page


def test_strangers_and_readers_end_nothing(cast, browsers, back):
    assert browsers(cast.wati).post(f"/pesanan/{back[0]}/tanpa-tagihan").status_code == 404
    assert browsers(cast.kasir).post(f"/pesanan/{back[0]}/tanpa-tagihan").status_code == 403
