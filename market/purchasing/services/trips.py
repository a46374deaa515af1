"""One truck for several orders: planned by the supplier, set off, handed over door by door.

A truck is shared by weight. Nobody pays more than the order says: what a share would exceed it is
borne by the others, who stay below theirs, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from market.core import clock, db, faults, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.offers import queries as offers
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_trips import DeliveryTrip, TripOrder, TripStop
from market.purchasing.services.announcing_trips import announce_departure, announce_trip
from market.purchasing.services.repricing import lower_truck

SERIES, NOTE_SERIES = "KRM", "SJ"
MAX_NAME, MAX_PLATE, MAX_REASON = 120, 20, 300


def share_truck(cost_rp: int, weights_g: Sequence[int], most_rp: Sequence[int]) -> list[int]:
    """Shares of a truck by weight, none above what its order was to pay, whole rupiah.

    They sum to `cost_rp`, or to all of `most_rp` where that is less. Raises ValueError for weights that
    are not above zero or sums below it.
    """
    if len(weights_g) != len(most_rp) or any(weight <= 0 for weight in weights_g):
        raise ValueError("every share needs a weight")
    if cost_rp < 0 or any(most < 0 for most in most_rp):
        raise ValueError("a sum below zero")
    shares, rest, open_at = [0] * len(most_rp), min(cost_rp, sum(most_rp)), list(range(len(most_rp)))
    while open_at:
        tried = money.split(rest, [weights_g[at] for at in open_at])
        over = [at for at, share in zip(open_at, tried, strict=True) if share > most_rp[at]]
        if not over:
            for at, share in zip(open_at, tried, strict=True):
                shares[at] = share
            break
        for at in over:
            shares[at] = most_rp[at]
            rest -= most_rp[at]
        open_at = [at for at in open_at if at not in over]
    return shares


@dataclass
class _Load:
    """An order with its weight, its line for the truck, and whether that line may still fall."""

    order: PurchaseOrder
    weight_g: int
    truck: PurchaseOrderLine | None

    @property
    def before_rp(self) -> int:
        return self.truck.amount_rp if self.truck else 0

    @property
    def free(self) -> bool:
        return self.truck is not None and not self.truck.received_packs and self.truck.open_packs > 0


@dataclass(frozen=True)
class Sharing:
    """What a trip costs and how it is shared: order id -> rupiah."""

    weight_g: int
    trucks: int
    cost_rp: int
    before_rp: int
    shares: dict[int, int]

    @property
    def after_rp(self) -> int:
        return sum(self.shares.values())

    @property
    def saved_rp(self) -> int:
        return self.before_rp - self.after_rp


def preview(orders: Sequence[PurchaseOrder]) -> Sharing:
    """What riding together would cost some orders of one supplier; writes nothing."""
    return _share(_loads(orders))


def _loads(orders: Sequence[PurchaseOrder]) -> list[_Load]:
    goods = queries.goods_with_packs([order.id for order in orders])
    loads = []
    for order in orders:
        weight = sum(line.open_packs * pack.gross_g for line, pack in goods[order.id])
        truck = next((line for line in queries.lines_of(order.id) if line.kind == "truck"), None)
        if weight:
            loads.append(_Load(order, weight, truck))
    return loads


def _share(loads: Sequence[_Load]) -> Sharing:
    """By the supplier's published rate; without one, and where it saves nothing, all stays as it was."""
    weight_g, before_rp = sum(load.weight_g for load in loads), sum(load.before_rp for load in loads)
    trucks, cost_rp = _trucks(loads, weight_g)
    cost_rp = before_rp if cost_rp is None else cost_rp
    settled = {load.order.id: load.before_rp for load in loads if not load.free}
    free = [load for load in loads if load.free]
    rest = max(0, cost_rp - sum(settled.values()))
    found = share_truck(rest, [load.weight_g for load in free], [load.before_rp for load in free])
    shares = settled | {load.order.id: share for load, share in zip(free, found, strict=True)}
    return Sharing(weight_g, trucks, cost_rp, before_rp, shares)


def _trucks(loads: Sequence[_Load], weight_g: int) -> tuple[int, int | None]:
    """How many trucks are needed and what they cost; of several rates the dearest speaks."""
    if not loads:
        return 0, None
    rates = offers.trip_rates({loads[0].order.supplier_id}).get(loads[0].order.supplier_id, [])
    places = {load.order.place_code or "" for load in loads}
    found = [rate for place in places if (rate := offers.at_place(rates, place)) is not None]
    if not found:
        return 1, None
    costs = [(-(-weight_g // rate.capacity_g), rate.cost_rp) for rate in found]
    trucks, each_rp = max(costs, key=lambda pair: pair[0] * pair[1])
    return trucks, trucks * each_rp


def plan_trip(actor: Actor, delivery_on: date, district_code: str) -> DeliveryTrip:
    """Put all open orders of a day and district on one truck; every door gets a numbered delivery note.

    Prices change only when it sets off. The buyers are told. Raises Forbidden, Refused when nothing is
    to be brought there on that day.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    loads = _loads(queries.orders_to_ride(actor, delivery_on, district_code))
    if not loads or len(district_code) != queries.DISTRICT:
        raise Refused(_("Tidak ada pesanan yang bisa dikirim bersama pada hari dan tempat itu."))
    found = _share(loads)
    trip = DeliveryTrip(
        organization_id=actor.organization_id,
        number=next_number(actor.organization_id or 0, SERIES),
        delivery_on=delivery_on,
        district_code=district_code,
        weight_g=found.weight_g,
        trucks=found.trucks,
        cost_rp=found.cost_rp,
        before_rp=found.before_rp,
        after_rp=found.after_rp,
        planned_at=clock.now(),
        planned_by=actor.user_id,
    )
    db.session.add(trip)
    db.session.flush()
    states.start(trip, actor)
    _write_stops(trip, loads, found)
    faults.point("trip_planned")
    announce_trip(trip)
    return trip


def _write_stops(trip: DeliveryTrip, loads: Sequence[_Load], found: Sharing) -> None:
    def door(load: _Load) -> tuple[str, int]:
        return load.order.place_code or "", load.order.organization_id

    for position, ((place, buyer_id), group) in enumerate(groupby(sorted(loads, key=door), key=door), 1):
        stop = TripStop(
            organization_id=trip.organization_id,
            trip_id=trip.id,
            buyer_id=buyer_id,
            place_code=place or None,
            position=position,
            number=next_number(trip.organization_id, NOTE_SERIES),
        )
        db.session.add(stop)
        db.session.flush()
        for load in sorted(group, key=lambda each: each.order.id):
            row = TripOrder(
                organization_id=trip.organization_id,
                stop_id=stop.id,
                order_id=load.order.id,
                weight_g=load.weight_g,
                before_rp=load.before_rp,
                after_rp=found.shares[load.order.id],
            )
            db.session.add(row)
    db.session.flush()


def cancel_trip(actor: Actor, trip_id: int, reason: str) -> DeliveryTrip:
    """Give up a trip that has not set off: its orders may be planned anew, their prices never changed.

    Raises Forbidden, NotFound, IllegalMove, Refused without a reason.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    trip = queries.trip_for(actor, trip_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(trip, "cancelled", actor, reason)
    for row in queries.rows_of(trip.id):
        row.live = False
    db.session.flush()
    return trip


def depart(actor: Actor, trip_id: int, driver_name: str, plate: str = "") -> DeliveryTrip:
    """The truck sets off: what is on board is known, and each order's share of the truck falls or stays.

    Every order whose share fell is revised and its buyer told. Raises Forbidden, NotFound, Conflict
    when it has, Refused without a driver or when nothing is left to bring.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    trip = queries.trip_for(actor, trip_id, lock=True)
    if trip.state != "planned":
        raise Conflict(_("Kiriman ini sudah berangkat atau dibatalkan."))
    name = clean(driver_name, MAX_NAME)
    if not name:
        raise Refused(_("Tulis nama sopirnya."), field="driver_name")
    trip.driver_name, trip.plate = name, clean(plate, MAX_PLATE)
    _set_off(actor, trip)
    return trip


def set_off_if_planned(order_id: int) -> None:
    """Goods stand at a door although nobody said that the truck left: it has, shares and all.

    To be called before an order of the trip is held.
    """
    trip = queries.live_trip_of(order_id)
    if trip is None or trip.state != "planned":
        return
    trip = queries.trip_by_id(trip.id)
    if trip.state == "planned":
        _set_off(SYSTEM, trip, stored("barang sudah di pintu"))


def _set_off(actor: Actor, trip: DeliveryTrip, reason: str = "") -> None:
    rows = {row.order_id: row for row in queries.rows_of(trip.id) if row.live}
    orders = queries.held_orders(rows)
    loads = _loads([order for order in orders.values() if order.state == "issued"])
    if not loads:
        raise Refused(_("Tidak ada lagi yang harus dikirim. Batalkan kiriman ini."))
    found = _share(loads)
    for order_id in rows.keys() - found.shares.keys():
        row = rows[order_id]
        row.live, row.before_rp, row.after_rp = False, 0, 0
    for load in loads:
        row = rows[load.order.id]
        row.weight_g, row.before_rp = load.weight_g, load.before_rp
        row.after_rp = found.shares[load.order.id]
        if load.truck is not None and row.after_rp < row.before_rp:
            lower_truck(actor, load.order, load.truck, row.after_rp, trip.number)
    trip.weight_g, trip.trucks, trip.cost_rp = found.weight_g, found.trucks, found.cost_rp
    trip.before_rp, trip.after_rp = found.before_rp, found.after_rp
    faults.point("truck_shared")
    db.session.flush()
    states.advance(trip, "departed", actor, reason, also={"departed_at": clock.now()})
    announce_departure(trip)


def leave_truck(actor: Actor, order: PurchaseOrder) -> None:
    """An order was counted at the door or ended: it left the truck; the last one ends the trip."""
    trip = queries.live_trip_of(order.id)
    if trip is None or trip.state != "departed":
        return
    trip = queries.trip_by_id(trip.id)
    rows = queries.rows_of(trip.id)
    for row in rows:
        row.live = row.live and row.order_id != order.id
    db.session.flush()
    if trip.state == "departed" and not any(row.live for row in rows):
        states.advance(trip, "arrived", actor)
