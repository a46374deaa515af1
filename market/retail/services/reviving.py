"""Money that came after its time: is the order still wanted, and can it live again?"""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.retail import queries
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.services.placing import HOLD_HOURS
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
    if order.state == "expired" and not all(_free(line) for line in queries.lines_of(order.id)):
        return _("Pesanannya sudah berakhir dan barangnya tidak cukup lagi.")
    return ""


def _free(line: RetailOrderLine) -> bool:
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
    held = {line: db.session.get_one(Reservation, line.reservation_id) for line in queries.lines_of(order.id)}
    # In the order of the stock rows, as ordering takes them.
    for line, before in sorted(held.items(), key=lambda pair: pair[1].item_id):
        source = f"retail_order:{order.id}:{line.product_id}:{before.id}"
        line.reservation_id = stock.reserve(
            actor, order.organization_id, before.item_id, before.quantity_base, source, expires_at=None
        ).id
    states.advance(order, "placed", actor)
    order.collect_by = clock.now() + timedelta(hours=HOLD_HOURS.value(organization_id=order.organization_id))
    db.session.flush()
    faults.point("retail_order_revived")
    return order
