"""The rice story's actions one by one: what stands before each, and the act itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.permissions import ANONYMOUS, SYSTEM
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.needs import services as needs
from market.offers.models import TripRate
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine, ReceiptLine
from market.retail import services as retail
from market.stock import queries as stock_queries
from market.stock import services as stock
from tests import cast as people

Act = Callable[[], Any]
CAPITAL_RP = 50_000_000


def in_transaction(act: Act) -> Act:
    """The act as an edge would run it."""

    def run() -> Any:
        with db.transaction():
            return act()

    return run


def begin() -> people.Cast:
    """The cast with real goods, open books and money in the bank."""
    with db.transaction():
        cast = people.assemble()
        reference.load_reference()
        ledger.open_books(SYSTEM, cast.makmur.id)
        capital = (debit(chart.BANK, CAPITAL_RP), credit(chart.GRANTS, CAPITAL_RP))
        draft = EntryDraft("opening:1", clock.today(), "Modal awal", capital)
        ledger.post(SYSTEM, cast.makmur.id, draft)
    return cast


def rice() -> int:
    return commodities.pack_by_code("BRS-PRM-25").id


def order(cast: people.Cast) -> int:
    """1.200 kg of Lamongan's rice with freight and a share of the truck."""
    lines = [
        OrderLine("goods", rice(), "Beras premium 25 kg", 48, 295_000),
        OrderLine("freight", rice(), "Ongkos kirim", 48, 1_500),
        OrderLine("truck", None, "Bagian truk", 1, 100_000),
    ]
    day = clock.today() + timedelta(days=3)
    made = purchasing.issue_order(
        SYSTEM,
        cast.makmur.id,
        cast.lamongan.id,
        lines,
        origin="assignment:1/buyer:1",
        terms="cod",
        delivery_on=day,
        place_code=cast.makmur.place_code,
    )
    return made.id


def receive(cast: people.Cast, order_id: int) -> Any:
    goods = orders.goods_lines(order_id)[0]
    return purchasing.receive_goods(cast.kasir, order_id, [ReceiptLine(goods.id, 46, 2, "broken")])


def trip(cast: people.Cast) -> tuple[int, int]:
    """Two orders of the same day and door, planned on one truck of Lamongan; the trip and its stop."""
    rate = TripRate(
        organization_id=cast.lamongan.id,
        place_code=cast.makmur.place_code[:6],
        vehicle="cdd",
        capacity_g=6_000_000,
        cost_rp=100_000,
    )
    db.session.add(rate)
    day = clock.today() + timedelta(days=3)
    for number, (code, packs, price_rp) in enumerate(
        (("BRS-PRM-25", 48, 295_000), ("BRS-MED-25", 20, 285_000))
    ):
        lines = [
            OrderLine("goods", commodities.pack_by_code(code).id, code, packs, price_rp),
            OrderLine("truck", None, "Bagian truk", 1, 100_000),
        ]
        purchasing.issue_order(
            SYSTEM,
            cast.makmur.id,
            cast.lamongan.id,
            lines,
            origin=f"assignment:{70 + number}/buyer:1",
            terms="cod",
            delivery_on=day,
            place_code=cast.makmur.place_code,
        )
    made = purchasing.plan_trip(cast.joko, day, cast.makmur.place_code[:6])
    return made.id, orders.doors_of(made.id)[0].stop.id


def depart(cast: people.Cast) -> Act:
    with db.transaction():
        trip_id, _stop_id = trip(cast)
    return lambda: purchasing.depart(cast.joko, trip_id, "Pak Slamet")


def receive_stop(cast: people.Cast) -> Act:
    """Two receipts at one door, and nobody had said that the truck was on its way."""
    with db.transaction():
        _trip_id, stop_id = trip(cast)
        found = {riding.order.id: riding.lines for riding in orders.doors_of(_trip_id)[0].orders}
        came = {
            order_id: [ReceiptLine(line.id, line.open_packs) for line, _pack in lines]
            for order_id, lines in found.items()
        }
    return lambda: purchasing.receive_stop(cast.sri, stop_id, came)


def post_need(cast: people.Cast) -> Act:
    day = clock.today() + timedelta(days=10)
    return lambda: needs.post_need(cast.sri, pack_id=rice(), wanted_packs=80, needed_by_on=day)


def approve_need(cast: people.Cast) -> Act:
    with db.transaction():
        need_id = post_need(cast)().id
    return lambda: needs.approve_need(cast.budi, need_id)


def issue_order(cast: people.Cast) -> Act:
    return lambda: order(cast)


def receive_goods(cast: people.Cast) -> Act:
    with db.transaction():
        order_id = order(cast)
    return lambda: receive(cast, order_id)


def record_bill(cast: people.Cast) -> Act:
    with db.transaction():
        order_id = order(cast)
        receive(cast, order_id)
    amount = 46 * (295_000 + 1_500) + 100_000
    return lambda: purchasing.record_bill(cast.budi, order_id, "INV-7", amount, clock.today())


def pay_bill(cast: people.Cast) -> Act:
    bill = record_bill(cast)
    with db.transaction():
        payment_id = purchasing.propose_payment(cast.budi, bill().id, chart.BANK).id
    return lambda: purchasing.decide_payment(cast.hadi, payment_id, approve=True)


def shelf(cast: people.Cast) -> int:
    """Five-kilogram rice on the shelf, from a sack that was received and opened."""
    receipt = receive_goods(cast)
    with db.transaction():
        receipt()
        item = stock_queries.item_by_code(cast.makmur.id, "pack:BRS-PRM-25")
        small = commodities.pack_by_code("BRS-PRM-5").id
        stock.repack(cast.sri, item.id, small, 2)
        return catalogue.sell_pack(cast.sri, small, 70_000).id


def place_order(cast: people.Cast) -> Act:
    product_id = shelf(cast)
    return lambda: retail.place_order(ANONYMOUS, cast.makmur.id, {product_id: 2}, "Bu Tini", "6281234567890")


def hand_over(cast: people.Cast) -> Act:
    place = place_order(cast)
    with db.transaction():
        made = place()
    return lambda: retail.hand_over(cast.kasir, made.id, made.pickup_code)


ACTIONS: dict[str, Callable[[people.Cast], Act]] = {
    "post_need": post_need,
    "approve_need": approve_need,
    "issue_order": issue_order,
    "receive_goods": receive_goods,
    "record_bill": record_bill,
    "pay_bill": pay_bill,
    "place_order": place_order,
    "hand_over": hand_over,
    "depart": depart,
    "receive_stop": receive_stop,
}
