"""What is asked of zones, couriers and what they bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.places.models import Place
from market.retail.models import RetailOrder
from market.retail.models_delivery import (
    CashHandIn,
    CourierRun,
    DeliveryZone,
    DeliveryZoneVillage,
    RetailDelivery,
)

MAX_ID = 2**63 - 1
TO_BRING = ("waiting", "on_the_way", "failed")
OPEN = (*TO_BRING, "returned")


def _valid(query: Select[*tuple[Any, ...]], on: date) -> Select[*tuple[Any, ...]]:
    return query.where(
        DeliveryZone.valid_from_on <= on,
        or_(DeliveryZone.valid_until_on.is_(None), DeliveryZone.valid_until_on >= on),
    )


def zone_for(actor: Actor, zone_id: int, lock: bool = False) -> DeliveryZone:
    """A zone of the actor's own shop; raises NotFound."""
    query = select(DeliveryZone).where(
        DeliveryZone.id == min(zone_id, MAX_ID), DeliveryZone.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Wilayah antar tidak ditemukan."))
    return found


def zone_of(cooperative_id: int, place_code: str, on: date | None = None) -> DeliveryZone | None:
    """The zone that counts for a village on a day (today): the newest of those in force."""
    query = (
        select(DeliveryZone)
        .join(DeliveryZoneVillage, DeliveryZoneVillage.zone_id == DeliveryZone.id)
        .where(
            DeliveryZone.organization_id == cooperative_id,
            DeliveryZoneVillage.place_code == place_code,
        )
        .order_by(DeliveryZone.valid_from_on.desc(), DeliveryZone.id.desc())
        .limit(1)
    )
    found: DeliveryZone | None = db.session.scalar(_valid(query, on or clock.today()))
    return found


def zones_of(cooperative_id: int) -> list[DeliveryZone]:
    """Zones that are or will be in force, by name."""
    today = clock.today()
    query = select(DeliveryZone).where(
        DeliveryZone.organization_id == cooperative_id,
        or_(DeliveryZone.valid_until_on.is_(None), DeliveryZone.valid_until_on >= today),
    )
    return list(db.session.scalars(query.order_by(DeliveryZone.name, DeliveryZone.id)))


def villages_of_zones(zones: list[DeliveryZone]) -> dict[int, list[Place]]:
    """Villages of several zones by zone id, by name."""
    found: dict[int, list[Place]] = {zone.id: [] for zone in zones}
    query = select(DeliveryZoneVillage.zone_id, Place).join(
        Place, Place.code == DeliveryZoneVillage.place_code
    )
    query = query.where(DeliveryZoneVillage.zone_id.in_(found)).order_by(Place.name)
    for zone_id, place in db.session.execute(query) if found else ():
        found[zone_id].append(place)
    return found


@dataclass(frozen=True)
class Reach:
    """A village that a shop delivers to, and by which zone."""

    place: Place
    zone: DeliveryZone


def reach_of(cooperative_id: int) -> list[Reach]:
    """Every village that a shop delivers to today, by name; one statement."""
    query = (
        select(DeliveryZone, Place)
        .join(DeliveryZoneVillage, DeliveryZoneVillage.zone_id == DeliveryZone.id)
        .join(Place, Place.code == DeliveryZoneVillage.place_code)
        .where(DeliveryZone.organization_id == cooperative_id)
        .order_by(DeliveryZone.valid_from_on, DeliveryZone.id)
    )
    newest = {
        place.code: Reach(place, zone) for zone, place in db.session.execute(_valid(query, clock.today()))
    }
    return sorted(newest.values(), key=lambda each: each.place.name)


def delivery_of(order_id: int, lock: bool = False) -> RetailDelivery | None:
    """Where an order is brought; None for one that is collected."""
    query = select(RetailDelivery).where(RetailDelivery.order_id == order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def to_bring(order_ids: list[int]) -> dict[int, RetailDelivery]:
    """Those of several orders that are still to come to the door, by order id."""
    query = select(RetailDelivery).where(
        RetailDelivery.order_id.in_(order_ids), RetailDelivery.state.in_(TO_BRING)
    )
    return {row.order_id: row for row in db.session.scalars(query)} if order_ids else {}


def delivery_for(actor: Actor, delivery_id: int, lock: bool = False) -> RetailDelivery:
    """A delivery of the actor's own shop; raises NotFound."""
    query = select(RetailDelivery).where(
        RetailDelivery.id == min(delivery_id, MAX_ID),
        RetailDelivery.organization_id == actor.organization_id,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Antaran tidak ditemukan."))
    return found


@dataclass(frozen=True)
class Stop:
    """One door with its order and the name of its village."""

    delivery: RetailDelivery
    order: RetailOrder
    village: str


def _stops(query: Select[RetailDelivery]) -> list[Stop]:
    rows = db.session.execute(
        query.join(RetailOrder, RetailOrder.id == RetailDelivery.order_id)
        .join(Place, Place.code == RetailDelivery.place_code)
        .add_columns(RetailOrder, Place.name)
        .order_by(Place.name, RetailDelivery.address, RetailDelivery.id)
    )
    return [Stop(*row) for row in rows]


def open_stops(organization_id: int) -> list[Stop]:
    """What is still to be brought, sorted by village."""
    return _stops(
        select(RetailDelivery).where(
            RetailDelivery.organization_id == organization_id, RetailDelivery.state.in_(OPEN)
        )
    )


def stops_of(run: CourierRun) -> list[Stop]:
    """What one courier brings, brought or could not bring on a run, sorted by village."""
    return _stops(select(RetailDelivery).where(RetailDelivery.run_id == run.id))


def _run(query: Select[CourierRun], lock: bool) -> CourierRun:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Tautan kurir ini tidak berlaku."))
    return found


def run_for(actor: Actor, run_id: int, lock: bool = False) -> CourierRun:
    """A run of the actor's own shop; raises NotFound."""
    query = select(CourierRun).where(
        CourierRun.id == min(run_id, MAX_ID), CourierRun.organization_id == actor.organization_id
    )
    return _run(query, lock)


def run_by_token(token: str, lock: bool = False) -> CourierRun:
    """The run behind a courier's link, until its day is over; raises NotFound."""
    query = select(CourierRun).where(
        CourierRun.token == token, CourierRun.runs_on == clock.today(), CourierRun.ended_at.is_(None)
    )
    return _run(query, lock)


def courier_of(delivery: RetailDelivery | None) -> str:
    """The name of who brings it; "" while nobody does."""
    if delivery is None or delivery.run_id is None:
        return ""
    return db.session.get_one(CourierRun, delivery.run_id).courier_name


def runs_of(organization_id: int, days: int = 7) -> list[CourierRun]:
    """Runs of the last days, newest first."""
    query = select(CourierRun).where(
        CourierRun.organization_id == organization_id,
        CourierRun.runs_on >= clock.today() - timedelta(days=days),
    )
    return list(db.session.scalars(query.order_by(CourierRun.id.desc())))


def nobody_brings() -> ColumnElement[bool]:
    """A condition on orders: no courier has the goods, or has just failed to hand them over."""
    return ~exists().where(
        RetailDelivery.order_id == RetailOrder.id, RetailDelivery.state.in_(("on_the_way", "failed"))
    )


def old_runs() -> list[CourierRun]:
    """Runs of days that are over and were not ended; held unless somebody ends them now."""
    query = select(CourierRun).where(CourierRun.runs_on < clock.today(), CourierRun.ended_at.is_(None))
    return list(
        db.session.scalars(query.order_by(CourierRun.id).limit(200).with_for_update(skip_locked=True))
    )


def hand_in_for(actor: Actor, hand_in_id: int) -> CashHandIn:
    """Cash that came into the till of the actor's own shop; raises NotFound."""
    query = select(CashHandIn).where(
        CashHandIn.id == min(hand_in_id, MAX_ID), CashHandIn.organization_id == actor.organization_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Setoran tidak ditemukan."))
    return found


def cash_with(run_id: int) -> int:
    """Rupiah that the courier of a run took at doors and has not handed in."""
    taken = select(func.coalesce(func.sum(RetailDelivery.cash_rp), 0)).where(
        RetailDelivery.run_id == run_id, RetailDelivery.state == "delivered"
    )
    brought = select(func.coalesce(func.sum(CashHandIn.amount_rp), 0)).where(CashHandIn.run_id == run_id)
    return int(db.session.scalar(taken) or 0) - int(db.session.scalar(brought) or 0)


def photos_in_use(names: set[str]) -> set[str]:
    """Which of these photos prove a delivery."""
    query = select(RetailDelivery.photo).where(RetailDelivery.photo.in_(names))
    return {name for name in db.session.scalars(query) if name}
