"""Ways to break what holds of containers that go back, and of the deposits left for them."""

from __future__ import annotations

from datetime import timedelta

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.jobs import Job
from market.core.permissions import SYSTEM
from market.empties import services
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine, ReceiptLine
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks

CYLINDER = "TABUNG-3"


def a_shop_with_gas(lived) -> None:
    """Ten own ones, twenty came, two were sold without an empty, one came back, three were bought."""
    cast = lived.cast
    with db.transaction():
        capital = (debit(chart.CASH, 5_000_000), credit(chart.GRANTS, 5_000_000))
        ledger.post(SYSTEM, lived.id, EntryDraft("opening:gas", clock.today(), "Modal gas", capital))
        services.record_owned(cast.budi, CYLINDER, 10, 100_000)
        line = OrderLine("goods", commodities.pack_by_code("LPG-3").id, "LPG 3 kg", 20, 16_000)
        day = clock.today() + timedelta(days=3)
        order = purchasing.issue_order(
            SYSTEM,
            lived.id,
            cast.lamongan.id,
            [line],
            origin="assignment:9/buyer:9",
            terms="cod",
            delivery_on=day,
            place_code=cast.makmur.place_code,
        )
        goods = orders.goods_lines(order.id)[0]
        purchasing.receive_goods(cast.kasir, order.id, [ReceiptLine(goods.id, 20)])
        sold = {"unit_price_rp": 18_000, "recorded": True, "buyer_name": "Bu Ani"}
        services.sell_refill(cast.kasir, CYLINDER, count=4, empties_in=2, **sold)
        services.return_containers(cast.kasir, 1, 1)
        bought = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 3, chart.CASH)
        services.decide_purchase(cast.hadi, bought.id, approve=True)
        db.session.query(Job).update({"state": "done"})


@breaks("I16")
def a_full_one_that_the_shelf_does_not_know(lived):
    a_shop_with_gas(lived)
    tamper(
        "UPDATE container_holding SET full_count = full_count + 1, owned = owned + 1",
        "UPDATE container_move SET count = count + 1 WHERE kind = 'received'",
        "UPDATE container_holding SET at_supplier = at_supplier - 1, owned = owned - 1",
    )


@breaks("I16")
def an_empty_that_no_move_explains(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_holding SET empty_count = empty_count - 1, owned = owned - 1")


@breaks("I16")
def containers_that_the_books_value_otherwise(lived):
    a_shop_with_gas(lived)
    tamper(
        "UPDATE container_holding SET value_rp = value_rp + 1",
        "UPDATE container_move SET value_rp = value_rp + 1 WHERE kind = 'bought'",
    )


@breaks("I16")
def moves_of_nobodys_containers(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_move SET container = 'GALON' WHERE kind = 'lent'")


@breaks("I16")
def cylinders_that_came_from_no_supplier(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_move SET supplier_id = NULL WHERE kind = 'received'")


@breaks("I17", "I16")
def more_containers_than_the_places_hold(lived):
    a_shop_with_gas(lived)
    tamper(
        "UPDATE container_holding SET owned = owned + 1",
        without=[("container_holding", "ck_container_holding_adds_up")],
    )


@breaks("I10")
def a_deposit_that_nobody_holds(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_deposit SET count = count + 1")


@breaks("I10")
def a_deposit_of_another_amount(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_deposit SET unit_rp = unit_rp + 1")


@breaks("I10")
def a_purchase_of_another_amount(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_purchase SET amount_rp = amount_rp + 3, unit_rp = unit_rp + 1")


@breaks("I10")
def a_return_that_the_books_do_not_know(lived):
    a_shop_with_gas(lived)
    tamper("UPDATE container_move SET booked_rp = 1 WHERE kind = 'exchanged'")
