"""What hangs on an order beside its goods: a voucher and a door. They begin, end and live again with it."""

from __future__ import annotations

from datetime import date, timedelta

from market.core import clock, db, states
from market.core.errors import Conflict
from market.core.i18n import _
from market.core.permissions import Actor
from market.retail import queries, queries_delivery
from market.retail.models import RetailOrder
from market.retail.models_delivery import DeliveryZone, RetailDelivery
from market.retail.services import vouchers, zoning
from market.retail.services.pricing import Bill
from market.retail.services.zoning import Door

WAIT_AFTER = timedelta(days=2)
"""Goods that are to be brought wait so long after the day of delivery before the order can end."""


def begin(actor: Actor, order: RetailOrder, bill: Bill, door: Door | None, ready_on: date) -> None:
    """The voucher is used and the delivery is written down; the goods are there from `ready_on`.

    Raises Refused when the last use has gone.
    """
    if bill.voucher is not None and bill.discount_rp:
        vouchers.use_voucher(actor, bill.voucher, order, bill.discount_rp)
    if bill.zone is None or door is None:
        return
    delivery = RetailDelivery(
        organization_id=order.organization_id,
        order_id=order.id,
        zone_id=bill.zone.id,
        state_at=clock.now(),
        place_code=door.place_code,
        address=door.address,
        landmark=door.landmark,
        due_on=zoning.due_on(bill.zone, ready_on),
        cash=door.cash,
    )
    db.session.add(delivery)
    db.session.flush()
    states.start(delivery, actor)
    if order.released_at is not None:
        _hold_for(order, delivery)


def _hold_for(order: RetailOrder, delivery: RetailDelivery) -> None:
    order.collect_by = max(order.collect_by, clock.start_of(delivery.due_on) + WAIT_AFTER)


def put_off(order: RetailOrder, delivery: RetailDelivery) -> None:
    """It was not brought: the next day on which its zone is served; the goods are held until then."""
    zone = db.session.get_one(DeliveryZone, delivery.zone_id)
    delivery.due_on = zoning.due_on(zone, delivery.due_on)
    _hold_for(order, delivery)
    db.session.flush()


def call_off(actor: Actor, order: RetailOrder) -> None:
    """The order came to nothing: its voucher is free again, nobody brings it.

    Raises Conflict while the courier is on the way.
    """
    delivery = queries_delivery.delivery_of(order.id, lock=True)
    if delivery is not None and delivery.state != "cancelled":
        require_home(delivery)
        states.advance(delivery, "cancelled", actor, also={"run_id": None})
    vouchers.give_back(actor, order.id)


def require_home(delivery: RetailDelivery | None) -> None:
    """Raises Conflict while the goods are with a courier."""
    if delivery is not None and delivery.state == "on_the_way":
        raise Conflict(_("Barangnya sedang dibawa kurir. Tunggu sampai kurir mencatat hasilnya."))


def revive(actor: Actor, order: RetailOrder) -> None:
    """The order lives again, and with it its voucher and its delivery. Raises Refused without a use left."""
    vouchers.take_again(actor, order.id)
    delivery = queries_delivery.delivery_of(order.id, lock=True)
    if delivery is not None and delivery.state == "cancelled":
        zone = db.session.get_one(DeliveryZone, delivery.zone_id)
        due_on = max(delivery.due_on, zoning.due_on(zone))
        states.advance(delivery, "waiting", actor, also={"due_on": due_on})


def fee_back_rp(order: RetailOrder, delivery: RetailDelivery | None) -> int:
    """The fee that a buyer who comes to the shop does not owe: nobody has come to the door.

    Where a courier stood before a closed one, the way was driven, and the fee stays.
    """
    waits = delivery is not None and delivery.state == "waiting" and not delivery.failed_why
    return order.delivery_rp if waits and order.state in queries.OPEN else 0


def collected_at_counter(actor: Actor, order: RetailOrder) -> int:
    """The buyer came for goods that were to be brought: nobody brings them any more.

    The order is cheaper by the fee when nobody came; returns whole rupiah. Raises Conflict while the
    courier is on the way.
    """
    delivery = queries_delivery.delivery_of(order.id, lock=True)
    require_home(delivery)
    fee_rp = fee_back_rp(order, delivery)
    order.refused_rp += fee_rp
    if delivery is not None and delivery.state in ("waiting", "failed", "returned"):
        states.advance(delivery, "cancelled", actor, also={"run_id": None})
    return fee_rp
