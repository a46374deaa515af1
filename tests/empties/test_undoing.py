"""A refill that was a slip: cash, gas, empties and deposit are as before."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy import text

from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.empties import queries, services
from market.empties.models import ContainerMove
from market.ledger import chart
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from tests.empties.conftest import CYLINDER, balance, broken, held, order, own, receive, sell


@pytest.fixture
def ready(cast):
    """Fifty full ones against own empties, ten empties left."""
    with db.transaction():
        own(cast, 60)
        receive(cast, 50, 50)
    return cast


def picture(cast) -> tuple:
    money = tuple(balance(cast, code) for code in (chart.CASH, chart.CONTAINER_DEPOSITS, chart.INVENTORY))
    return held(cast), money


@pytest.mark.parametrize("empties", [3, 1, 0])
def test_everything_is_as_before(ready, open_transaction, empties):
    before = picture(ready)
    sale = sell(ready, 3, empties)
    services.undo_refill(ready.kasir, sale.id, "seharusnya satu")
    assert picture(ready) == before and broken() == []
    assert sale.undone_at is not None and sale.undone_reason == "seharusnya satu"
    deposit = queries.deposit_of_sale(sale.id)
    assert deposit is None or (deposit.state, deposit.still_out) == ("closed", 0)


def test_only_the_seller_on_the_same_day_once_and_with_a_reason(ready, open_transaction):
    sale = sell(ready, 1)
    with pytest.raises(Forbidden):
        services.undo_refill(ready.sri, sale.id, "salah")
    with pytest.raises((Forbidden, NotFound)):
        services.undo_refill(ready.wati, sale.id, "salah")
    with pytest.raises(Refused) as refusal:
        services.undo_refill(ready.kasir, sale.id, " ")
    assert refusal.value.field == "reason"
    services.undo_refill(ready.kasir, sale.id, "salah")
    with pytest.raises(Refused, match="sudah dibatalkan"):
        services.undo_refill(ready.kasir, sale.id, "salah")
    other = sell(ready, 1)
    clock.travel(86_400)
    with pytest.raises(Refused, match="hari ini"):
        services.undo_refill(ready.kasir, other.id, "salah")


def test_a_deposit_that_began_to_come_back_keeps_the_sale(ready, open_transaction):
    sale = sell(ready, 2, 0)
    services.return_containers(ready.kasir, queries.deposit_of_sale(sale.id).id, 1)
    with pytest.raises(Refused, match="titipannya"):
        services.undo_refill(ready.kasir, sale.id, "salah")


def test_empties_that_left_with_the_agent_keep_the_sale(ready, open_transaction):
    sale = sell(ready, 3)
    services.hand_back(ready.kasir, CYLINDER, ready.lamongan.id, held(ready)["empty"])
    with pytest.raises(Refused, match="kosong"):
        services.undo_refill(ready.kasir, sale.id, "salah")


def test_a_return_to_the_agent_that_was_a_slip_owes_as_before(ready, open_transaction):
    made = order(ready, 5)
    line = orders.goods_lines(made.id)[0]
    purchasing.receive_goods(ready.kasir, made.id, [purchasing.ReceiptLine(line.id, 5, empties_packs=5)])
    before, sides = held(ready), queries.supplier_sides(ready.makmur.id)
    sent = purchasing.return_goods(ready.sri, made.id, [(line.id, 2)], "broken")
    purchasing.undo_return(ready.sri, sent.id, "salah")
    assert held(ready) == before and queries.supplier_sides(ready.makmur.id) == sides
    assert broken() == []


def test_an_old_return_learns_its_agent_from_the_goods(ready, open_transaction):
    made = order(ready, 5)
    line = orders.goods_lines(made.id)[0]
    purchasing.receive_goods(ready.kasir, made.id, [purchasing.ReceiptLine(line.id, 5, empties_packs=5)])
    purchasing.return_goods(ready.sri, made.id, [(line.id, 2)], "broken")
    sent = db.session.query(ContainerMove).filter_by(kind="sent_back")
    sent.update({"supplier_id": None})
    assert broken() != [] and queries.unknown_sides(ready.makmur.id) != []
    migration = import_module("market.migrations.versions.0026_sourcing")
    db.session.execute(text(migration.SUPPLIERS_OF_RETURNS))
    db.session.expire_all()
    assert sent.one().supplier_id == ready.lamongan.id
    assert broken() == [] and queries.unknown_sides(ready.makmur.id) == []


def test_the_cashier_takes_it_back_on_the_page(ready, browsers):
    with db.transaction():
        sale = sell(ready, 2, 1).id
    kasir, path = browsers(ready.kasir), f"/tabung/penjualan/{sale}"
    assert 'data-testid="undo-sale"' in kasir.get(path).get_data(as_text=True)
    assert 'data-testid="undo-sale"' not in browsers(ready.sri).get(path).get_data(as_text=True)
    assert kasir.post(f"{path}/pembatalan", {"reason": ""}).status_code == 422
    assert kasir.post(f"{path}/pembatalan", {"reason": "salah ketik"}).status_code == 303
    page = kasir.get(path).get_data(as_text=True)
    assert 'data-testid="undone"' in page and 'data-testid="undo-sale"' not in page
    assert browsers(ready.budi).post(f"{path}/pembatalan", {"reason": "x"}).status_code in (403, 404)


def test_an_agent_that_nobody_noted_is_said_to_be_unknown(ready, browsers):
    with db.transaction():
        db.session.query(ContainerMove).filter_by(kind="handed_back").update({"supplier_id": None})
    page = browsers(ready.sri).get("/tabung").get_data(as_text=True)
    assert 'data-testid="unknown-side"' in page and "tidak diketahui" in page
