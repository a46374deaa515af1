"""The truck comes home with goods: the door was closed, or they were refused as a whole."""

from __future__ import annotations

from datetime import date

from market.core import clock, db, faults, states
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder
from market.purchasing.models_trips import DeliveryTrip, TripOrder
from market.purchasing.services.announcing_trips import announce_home
from market.purchasing.services.ordering import MAX_REASON, end_if_nothing_comes


def bring_home(actor: Actor, stop_id: int, reason: str, again_on: date | None) -> DeliveryTrip:
    """Say that nothing of a stop was handed over: its orders left the truck, and the buyer reads why.

    With `again_on` they are awaited on that day and may ride on a new trip; without it they will not come:
    the orders end, and what was paid in advance is owed back. Their share of this truck never rises. The
    last stop ends the trip. Raises Forbidden, NotFound, Conflict when the truck has not left or everything
    of the stop was counted, Refused without a reason or for a day that is over.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    stop, trip = queries.stop_for(actor, stop_id)
    if stop.organization_id != actor.organization_id:
        raise NotFound(_("Kiriman tidak ditemukan."))
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    if again_on is not None and again_on < clock.today():
        raise Refused(_("Pilih hari ini atau sesudahnya."), field="again_on")
    orders = queries.held_orders([row.order_id for row in queries.rows_of(trip.id) if row.stop_id == stop.id])
    trip = queries.trip_by_id(trip.id)
    rows = [row for row in queries.rows_of(trip.id) if row.live and row.stop_id == stop.id]
    if trip.state != "departed" or not rows:
        raise Conflict(_("Truk ini belum berangkat, atau semua barang di tempat ini sudah dihitung."))
    for row in rows:
        _off_the_truck(actor, row, reason)
    db.session.flush()
    faults.point("brought_home")
    if not any(row.live for row in queries.rows_of(trip.id)):
        states.advance(trip, "arrived", actor, stored("muatannya dibawa pulang"))
    for row in rows:
        _what_next(actor, orders[row.order_id], reason, again_on)
    announce_home(trip, stop, reason, again_on)
    return trip


def _off_the_truck(actor: Actor, row: TripOrder, reason: str) -> None:
    row.live, row.home_at, row.home_by, row.home_reason = False, clock.now(), actor.user_id, reason


def _what_next(actor: Actor, order: PurchaseOrder, reason: str, again_on: date | None) -> None:
    if again_on is not None:
        order.delivery_on = again_on
        return
    for line in queries.lines_of(order.id):
        if line.kind in ("goods", "freight"):
            line.cancelled_packs += line.open_packs
    db.session.flush()
    end_if_nothing_comes(actor, order, stored("dibawa pulang: %(reason)s", reason=reason))
