"""Trips: what could ride together, what a trip brings to which door, and who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, exists, or_, select

from market.commodities.models import Pack
from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization
from market.places.models import Place
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_trips import DeliveryTrip, TripOrder, TripStop
from market.purchasing.queries.orders import Stop, deliveries

DISTRICT = 6
"""Digits of a place's code that name its district."""
_ON_A_TRIP = exists().where(TripOrder.order_id == PurchaseOrder.id, TripOrder.live)
MAX_ID = 2**63 - 1


@dataclass
class Ride:
    """Orders to one district on one day that are on no trip yet."""

    delivery_on: date
    district_code: str
    stops: list[Stop] = field(default_factory=list)

    @property
    def weight_g(self) -> int:
        """Gross weight of what is to be unloaded."""
        return sum(stop.weight_g for stop in self.stops)


def rides(actor: Actor) -> list[Ride]:
    """What the actor's organization could plan: its open orders by day and district."""
    free = set(db.session.scalars(_free_orders(actor)))
    found: dict[tuple[date, str], Ride] = {}
    for stop in deliveries(actor):
        if stop.order.id in free:
            key = (stop.order.delivery_on, (stop.order.place_code or "")[:DISTRICT])
            found.setdefault(key, Ride(*key)).stops.append(stop)
    return list(found.values())


def _free_orders(actor: Actor) -> Select[int]:
    return select(PurchaseOrder.id).where(
        PurchaseOrder.supplier_id == actor.organization_id, PurchaseOrder.state == "issued", ~_ON_A_TRIP
    )


def orders_to_ride(actor: Actor, delivery_on: date, district_code: str) -> list[PurchaseOrder]:
    """The orders of a ride, held, in the order in which they were issued."""
    query = (
        _free_orders(actor)
        .with_only_columns(PurchaseOrder)
        .where(
            PurchaseOrder.delivery_on == delivery_on,
            PurchaseOrder.place_code.startswith(district_code, autoescape=True),
        )
        .order_by(PurchaseOrder.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def trips_of(actor: Actor, limit: int = 30) -> list[DeliveryTrip]:
    """Trips of the actor's organization, running ones first, newest first."""
    query = select(DeliveryTrip).where(DeliveryTrip.organization_id == actor.organization_id)
    over = DeliveryTrip.state.in_(("arrived", "cancelled"))
    return list(db.session.scalars(query.order_by(over, DeliveryTrip.id.desc()).limit(limit)))


def trip_for(actor: Actor, trip_id: int, lock: bool = False) -> DeliveryTrip:
    """A trip of the actor's own organization; raises NotFound."""
    query = select(DeliveryTrip).where(
        DeliveryTrip.id == min(trip_id, MAX_ID), DeliveryTrip.organization_id == actor.organization_id
    )
    return _one(query, lock)


def _one(query: Select[DeliveryTrip], lock: bool) -> DeliveryTrip:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Kiriman tidak ditemukan."))
    return found


def trip_by_id(trip_id: int) -> DeliveryTrip:
    """A trip, held, for what happens at a door."""
    return _one(select(DeliveryTrip).where(DeliveryTrip.id == trip_id), lock=True)


def stop_for(actor: Actor, stop_id: int) -> tuple[TripStop, DeliveryTrip]:
    """A stop for the supplier who drives there or the buyer whose door it is; raises NotFound."""
    query = (
        select(TripStop, DeliveryTrip)
        .join(DeliveryTrip, DeliveryTrip.id == TripStop.trip_id)
        .where(
            TripStop.id == min(stop_id, MAX_ID),
            or_(
                TripStop.organization_id == actor.organization_id,
                TripStop.buyer_id == actor.organization_id,
            ),
        )
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("Kiriman tidak ditemukan."))
    return found[0], found[1]


@dataclass
class Riding:
    """An order on board: what rides along, and its goods with their packs."""

    row: TripOrder
    order: PurchaseOrder
    lines: list[tuple[PurchaseOrderLine, Pack]] = field(default_factory=list)

    @property
    def open_packs(self) -> int:
        """Packs that are still to be handed over; none once the truck came home with the order."""
        if self.order.state != "issued" or self.row.home_at is not None:
            return 0
        return sum(line.open_packs for line, _pack in self.lines)

    @property
    def saved_rp(self) -> int:
        """What the order pays less for the truck."""
        return self.row.before_rp - self.row.after_rp


@dataclass
class Door:
    """A stop with its buyer, its place and the orders that are handed over there."""

    stop: TripStop
    buyer: Organization
    place: Place | None
    orders: list[Riding] = field(default_factory=list)

    @property
    def weight_g(self) -> int:
        return sum(each.row.weight_g for each in self.orders)

    @property
    def open_packs(self) -> int:
        return sum(each.open_packs for each in self.orders)

    @property
    def riding(self) -> bool:
        """Whether something of it is on the truck."""
        return any(each.row.live for each in self.orders)

    @property
    def home(self) -> bool:
        """Whether the truck took everything home."""
        return all(each.row.home_at is not None for each in self.orders)


def doors_of(trip_id: int, buyer_id: int | None = None) -> list[Door]:
    """The stops of a trip in driving order, or those of one buyer."""
    stops = (
        select(TripStop, Organization, Place)
        .join(Organization, Organization.id == TripStop.buyer_id)
        .outerjoin(Place, Place.code == TripStop.place_code)
        .where(TripStop.trip_id == trip_id)
        .order_by(TripStop.position)
    )
    if buyer_id is not None:
        stops = stops.where(TripStop.buyer_id == buyer_id)
    doors = {stop.id: Door(stop, buyer, place) for stop, buyer, place in db.session.execute(stops)}
    rows = (
        select(TripOrder, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == TripOrder.order_id)
        .where(TripOrder.stop_id.in_(doors))
        .order_by(TripOrder.id)
    )
    riding = [Riding(row, order) for row, order in db.session.execute(rows)]
    goods = goods_with_packs([each.order.id for each in riding])
    for each in riding:
        each.lines = goods[each.order.id]
        doors[each.row.stop_id].orders.append(each)
    return list(doors.values())


def goods_with_packs(order_ids: Iterable[int]) -> dict[int, list[tuple[PurchaseOrderLine, Pack]]]:
    """Order -> its lines of goods with their packs, as they are now."""
    query = (
        select(PurchaseOrderLine, Pack)
        .join(Pack, Pack.id == PurchaseOrderLine.pack_id)
        .where(PurchaseOrderLine.order_id.in_(list(order_ids)), PurchaseOrderLine.kind == "goods")
        .order_by(PurchaseOrderLine.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[tuple[PurchaseOrderLine, Pack]]] = defaultdict(list)
    for line, pack in db.session.execute(query):
        found[line.order_id].append((line, pack))
    return found


def rows_of(trip_id: int) -> list[TripOrder]:
    """What rides along on a trip, in the order in which it was put there."""
    query = select(TripOrder).join(TripStop, TripStop.id == TripOrder.stop_id)
    return list(db.session.scalars(query.where(TripStop.trip_id == trip_id).order_by(TripOrder.id)))


def held_orders(order_ids: Iterable[int]) -> dict[int, PurchaseOrder]:
    """Orders by id, held in the order of their ids."""
    query = select(PurchaseOrder).where(PurchaseOrder.id.in_(list(order_ids))).order_by(PurchaseOrder.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return {order.id: order for order in db.session.scalars(query)}


def live_trip_of(order_id: int) -> DeliveryTrip | None:
    """The trip on which an order rides now."""
    query = (
        select(DeliveryTrip)
        .join(TripStop, TripStop.trip_id == DeliveryTrip.id)
        .join(TripOrder, TripOrder.stop_id == TripStop.id)
        .where(TripOrder.order_id == order_id, TripOrder.live)
    )
    return db.session.scalar(query)


def stops_of_orders(order_ids: Iterable[int]) -> dict[int, tuple[TripStop, DeliveryTrip, TripOrder]]:
    """Order -> the newest stop at which it is (or was) handed over, with its trip."""
    query = (
        select(TripOrder, TripStop, DeliveryTrip)
        .join(TripStop, TripStop.id == TripOrder.stop_id)
        .join(DeliveryTrip, DeliveryTrip.id == TripStop.trip_id)
        .where(TripOrder.order_id.in_(list(order_ids)), DeliveryTrip.state != "cancelled")
        .order_by(TripOrder.id)
    )
    return {row.order_id: (stop, trip, row) for row, stop, trip in db.session.execute(query)}


def coming_stops(actor: Actor) -> Sequence[tuple[TripStop, DeliveryTrip]]:
    """Stops at the actor's own door that have not been handed over, the earliest first."""
    query = (
        select(TripStop, DeliveryTrip)
        .join(DeliveryTrip, DeliveryTrip.id == TripStop.trip_id)
        .where(
            TripStop.buyer_id == actor.organization_id,
            DeliveryTrip.state.in_(("planned", "departed")),
            exists().where(TripOrder.stop_id == TripStop.id, TripOrder.live),
        )
        .order_by(DeliveryTrip.delivery_on, TripStop.id)
    )
    return [(stop, trip) for stop, trip in db.session.execute(query)]
