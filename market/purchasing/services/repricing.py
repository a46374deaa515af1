"""A sent order's price may fall, never rise: a numbered revision that both sides are told of."""

from __future__ import annotations

from sqlalchemy import select

from market.core import db, faults, history, states
from market.core.i18n import lazy, stored
from market.core.money import format_rp, group
from market.core.permissions import SYSTEM, Actor
from market.notices import services as notices
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.services.announcing import PAYERS, SELLERS


def lower_price(actor: Actor, order_id: int, pack_id: int, price_rp: int) -> bool:
    """Let an order's goods cost less per pack from now on; returns whether its lines changed.

    The order's history keeps old and new price under a number of its own. Where packs have come at the
    old price, nothing that is in the books changes: the history says what the supplier owes, to be taken
    off its bill. A proposal to pay the old sum in advance lapses. Does nothing for an order that has
    ended, for goods that it does not hold, and for a price that would not fall.
    """
    order = db.session.scalar(select(PurchaseOrder).where(PurchaseOrder.id == order_id).with_for_update())
    line = _goods(order_id, pack_id)
    if order is None or order.state != "issued" or line is None or price_rp >= line.unit_price_rp:
        return False
    before_rp, free = line.unit_price_rp, line.received_packs == 0
    number = 1 + sum(change.from_state == change.to_state for change in history.history_of(order))
    if free:
        _change(order, line, price_rp)
    text = _note(number, line, before_rp, price_rp, free)
    history.record(actor, order, order.state, order.state, text)
    faults.point("order_repriced")
    db.session.flush()
    _tell(order, number)
    return free


def lower_truck(
    actor: Actor, order: PurchaseOrder, line: PurchaseOrderLine, amount_rp: int, trip_number: str
) -> None:
    """Let an order's share of the truck fall (order held by the caller, nothing of the line received yet).

    A share of nothing needs no bill. Raises ValueError for one that would rise or is in the books.
    """
    if amount_rp >= line.amount_rp or line.received_packs:
        raise ValueError("a share of the truck only falls, and only before it was received")
    number = 1 + sum(change.from_state == change.to_state for change in history.history_of(order))
    text = stored(
        "Revisi %(number)s: ongkos truk turun dari %(before)s menjadi %(after)s, berbagi truk %(trip)s.",
        number=number,
        before=format_rp(line.amount_rp),
        after=format_rp(amount_rp),
        trip=trip_number,
    )
    _change(order, line, amount_rp)
    history.record(actor, order, order.state, order.state, text)
    faults.point("truck_lowered")
    db.session.flush()


def _goods(order_id: int, pack_id: int) -> PurchaseOrderLine | None:
    return next((line for line in queries.goods_lines(order_id) if line.pack_id == pack_id), None)


def _change(order: PurchaseOrder, line: PurchaseOrderLine, price_rp: int) -> None:
    order.total_rp -= line.amount_rp - line.ordered_packs * price_rp
    line.unit_price_rp, line.amount_rp = price_rp, line.ordered_packs * price_rp
    waiting = queries.waiting_payment(order.id, None)
    if waiting is not None:
        states.advance(waiting, "lapsed", SYSTEM, stored("harga pesanan turun, usulkan jumlah baru"))


def _note(number: int, line: PurchaseOrderLine, before_rp: int, price_rp: int, free: bool) -> str:
    facts = {
        "number": number,
        "goods": line.description,
        "before": format_rp(before_rp),
        "after": format_rp(price_rp),
    }
    if free:
        return stored(
            "Revisi %(number)s: %(goods)s turun dari %(before)s menjadi %(after)s per kemasan.", **facts
        )
    owed = (before_rp - price_rp) * (line.ordered_packs - line.cancelled_packs)
    return stored(
        "Revisi %(number)s: %(goods)s seharusnya %(after)s per kemasan, bukan %(before)s. "
        "%(came)s kemasan sudah datang: minta potongan %(owed)s pada tagihan.",
        came=group(line.received_packs),
        owed=format_rp(owed),
        **facts,
    )


def _tell(order: PurchaseOrder, number: int) -> None:
    title = lazy("Pesanan %(number)s direvisi: harganya turun", number=order.number)
    body = lazy("Revisi %(revision)s. Buka pesanan untuk melihat harga lama dan baru.", revision=number)
    for organization_id, roles in ((order.supplier_id, SELLERS), (order.organization_id, PAYERS)):
        notices.notify(organization_id, roles, "order_repriced", title, body, f"/pesanan/{order.id}")
