"""Orders that come to nothing: given up by the shop or the buyer, or never collected."""

from __future__ import annotations

import logging

from sqlalchemy import select

from market.core import clock, db, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.retail import queries, queries_delivery, queries_parts
from market.retail.models import RetailOrder
from market.retail.services import cancelling, extras, parting, paying
from market.retail.services.holding import lock_goods
from market.stock import services as stock

log = logging.getLogger(__name__)
EXPIRED_AT_ONCE = 100


def cancel_order(actor: Actor, order_id: int, reason: str) -> RetailOrder:
    """The shop gives up an order; the goods are free again."""
    actor.require(Permission.RETAIL_HAND_OVER)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    order = queries.order_for(actor, order_id, lock=True)
    _end(actor, order, "cancelled", reason)
    return order


def cancel_own_order(actor: Actor, token: str) -> RetailOrder:
    """The buyer changes their mind on the tracking page; what was paid over the internet goes back.

    Where the provider cannot do that, the buyer says where to and the cooperative pays it. Raises Conflict
    while it is being paid, and when it is too late (`cancelling`).
    """
    order = queries.order_by_token(token, lock=True)
    refusal = cancelling.why_not(order) if order.state in queries.OPEN else ""
    if refusal:
        raise Conflict(refusal)
    _end(actor, order, "cancelled", stored("dibatalkan pembeli"))
    return order


def _end(actor: Actor, order: RetailOrder, state: str, reason: str) -> None:
    extras.call_off(actor, order)
    paying.give_up(actor, order)
    states.advance(order, state, actor, reason)
    parting.end_parts(actor, queries_parts.parts_of(order.id, lock=True), "cancelled")
    reservations = [line.reservation_id for line in queries.lines_of(order.id) if line.kept]
    lock_goods(reservations)
    for reservation_id in reservations:
        stock.release(actor, order.organization_id, reservation_id)
    paying.give_back(actor, order, reason)


def expire_orders() -> int:
    """Free what nobody collected in time (a scheduled job); returns how many orders.

    An order that somebody handles at this moment is left for the next time, and one that cannot be
    ended does not keep the others from it. What is paid, or being paid, over the internet is the
    buyer's: it waits.
    """
    late = select(RetailOrder).where(
        RetailOrder.state.in_(queries.OPEN), RetailOrder.collect_by <= clock.now()
    )
    late = late.where(queries.nobody_pays_online(), queries_delivery.nobody_brings())
    late = late.order_by(RetailOrder.collect_by, RetailOrder.id).limit(EXPIRED_AT_ONCE)
    orders = list(db.session.scalars(late.with_for_update(skip_locked=True)))
    lines = queries.lines_by_order(orders)
    lock_goods([line.reservation_id for each in lines.values() for line in each if line.kept])
    return sum(_expire(order) for order in orders)


def _expire(order: RetailOrder) -> bool:
    try:
        with db.session.begin_nested():
            _end(
                SYSTEM,
                order,
                "expired",
                stored("tidak dibayar sampai batas waktu")
                if order.released_at is None
                else stored("tidak diambil sampai batas waktu"),
            )
    except Exception:
        log.exception("retail order %s could not be ended", order.id)
        return False
    return True
