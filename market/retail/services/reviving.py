"""Money that came after its time: is the order still wanted, and can it live again?"""

from __future__ import annotations

from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.retail import queries, queries_parts
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.services import extras, parting
from market.stock import queries as shelf
from market.stock import services as stock
from market.stock.models import Reservation


def why_unwanted(order_id: int) -> str:
    """Why late money for this order can only go back; "" while it can still be used."""
    return _why(queries.order_by_id(order_id))


def _why(order: RetailOrder) -> str:
    if order.state == "collected":
        return _("Pesanannya sudah dibayar dengan cara lain dan diambil.")
    if order.state == "cancelled":
        return _("Pesanannya sudah dibatalkan.")
    if order.state == "expired" and _too_late(order):
        return _("Pesanannya sudah berakhir dan hari pembuatannya sudah lewat.")
    if order.state == "expired" and not all(_free(line) for line in queries.lines_of(order.id)):
        return _("Pesanannya sudah berakhir dan barangnya tidak cukup lagi.")
    return ""


def _too_late(order: RetailOrder) -> bool:
    parts = queries_parts.parts_of(order.id)
    return any(p.state == "cancelled" and p.place == "away" and p.ready_on < clock.today() for p in parts)


def _free(line: RetailOrderLine) -> bool:
    if not line.kept:
        return True
    held = db.session.get_one(Reservation, line.reservation_id)
    return shelf.free_base(held.item_id) >= held.quantity_base


def revive_order(actor: Actor, order_id: int) -> RetailOrder:
    """Late money is to be used for the order: one that has ended for want of time holds its goods again.

    For the same time as a new one. Raises NotFound, Refused when it is not wanted or the goods are gone.
    """
    order = queries.order_by_id(order_id, lock=True)
    reason = _why(order)
    if reason:
        raise Refused(reason)
    if order.state != "expired":
        return order
    lines = [line for line in queries.lines_of(order.id) if line.kept]
    held = {line: db.session.get_one(Reservation, line.reservation_id) for line in lines}
    # In the order of the stock rows, as ordering takes them.
    for line, before in sorted(held.items(), key=lambda pair: pair[1].item_id):
        source = f"retail_order:{order.id}:{line.product_id}:{before.id}"
        line.reservation_id = stock.reserve(
            actor, order.organization_id, before.item_id, before.quantity_base, source, expires_at=None
        ).id
    states.advance(order, "placed", actor)
    _revive_parts(actor, order)
    extras.revive(actor, order)
    db.session.flush()
    faults.point("retail_order_revived")
    return order


def _revive_parts(actor: Actor, order: RetailOrder) -> None:
    """Makers are asked once more; one who was never asked will be when the money counts."""
    parts = [part for part in queries_parts.parts_of(order.id, lock=True) if part.state == "cancelled"]
    for part in parts:
        states.advance(part, "waiting", actor)
        if part.place == "here":
            states.advance(part, "accepted", actor)
    order.collect_by = parting.collect_by(order, parts, clock.now())
    if order.released_at is not None:
        parting.ask(order, parts)
