"""Orders, their lines and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from market.commodities.models import Pack
from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization
from market.places.models import Place
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill

OrderRow = tuple[PurchaseOrder, str]
"""An order with the name of the other side."""


def visible_orders(actor: Actor) -> Select[PurchaseOrder]:
    """Orders that the actor's organization places or fills."""
    mine = or_(
        PurchaseOrder.organization_id == actor.organization_id,
        PurchaseOrder.supplier_id == actor.organization_id,
    )
    return select(PurchaseOrder).where(mine)


def orders(actor: Actor, running: bool) -> Select[Any]:
    """Orders of the actor that run, or that ended, with the name of the other side."""
    buyer, supplier = aliased(Organization), aliased(Organization)
    mine = PurchaseOrder.organization_id == actor.organization_id
    other = case((mine, supplier.name), else_=buyer.name)
    query = (
        select(PurchaseOrder, other)
        .join(buyer, buyer.id == PurchaseOrder.organization_id)
        .join(supplier, supplier.id == PurchaseOrder.supplier_id)
        .where(or_(mine, PurchaseOrder.supplier_id == actor.organization_id))
    )
    is_running = PurchaseOrder.state == "issued"
    return query.where(is_running if running else ~is_running)


def order_for(actor: Actor, order_id: int, lock: bool = False) -> PurchaseOrder:
    """An order of the actor's organization; with `lock` only the buyer's, as it is now, held.

    Raises NotFound.
    """
    query = visible_orders(actor).where(PurchaseOrder.id == order_id)
    if lock:
        query = query.where(PurchaseOrder.organization_id == actor.organization_id).with_for_update()
        query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def order(order_id: int) -> PurchaseOrder:
    """An order by id, for jobs that act for nobody."""
    return db.session.get_one(PurchaseOrder, order_id)


def orders_due(delivery_on: date) -> list[int]:
    """Orders of which goods are to be delivered on a day, by id."""
    line = PurchaseOrderLine
    waiting = exists().where(
        line.order_id == PurchaseOrder.id,
        line.kind == "goods",
        line.ordered_packs > line.received_packs + line.cancelled_packs,
    )
    query = select(PurchaseOrder.id).where(
        PurchaseOrder.delivery_on == delivery_on, PurchaseOrder.state == "issued", waiting
    )
    return list(db.session.scalars(query.order_by(PurchaseOrder.id)))


def lines_of(order_id: int) -> list[PurchaseOrderLine]:
    """The lines of an order in the order they were written, as they are now."""
    query = (
        select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order_id).order_by(PurchaseOrderLine.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def goods_lines(order_id: int) -> list[PurchaseOrderLine]:
    """The goods of an order, without what delivery costs."""
    return [line for line in lines_of(order_id) if line.kind == "goods"]


@dataclass(frozen=True)
class Progress:
    """How far an order is: goods in packs, everything in whole rupiah."""

    ordered_packs: int
    received_packs: int
    cancelled_packs: int
    ordered_rp: int
    received_rp: int
    billed_rp: int
    paid_rp: int

    @property
    def open_packs(self) -> int:
        """Packs that may still come."""
        return self.ordered_packs - self.received_packs - self.cancelled_packs

    @property
    def unbilled_rp(self) -> int:
        """What came and was not billed yet."""
        return self.received_rp - self.billed_rp

    @property
    def unpaid_rp(self) -> int:
        """What was billed and is not paid yet."""
        return self.billed_rp - self.paid_rp


def progress(order_ids: Iterable[int]) -> dict[int, Progress]:
    """The progress of several orders in two queries."""
    ids, line = list(order_ids), PurchaseOrderLine

    def packs(column: Any) -> Any:
        return func.sum(case((line.kind == "goods", column), else_=0))

    query = (
        select(
            line.order_id,
            packs(line.ordered_packs),
            packs(line.received_packs),
            packs(line.cancelled_packs),
            func.sum(line.amount_rp),
            func.sum(line.received_packs * line.unit_price_rp),
            func.sum(line.billed_packs * line.unit_price_rp),
        )
        .where(line.order_id.in_(ids))
        .group_by(line.order_id)
    )
    paid = (
        select(SupplierBill.order_id, func.sum(SupplierBill.paid_rp))
        .where(SupplierBill.order_id.in_(ids))
        .group_by(SupplierBill.order_id)
    )
    paid_rp = {order_id: int(rp) for order_id, rp in db.session.execute(paid)}
    return {
        row[0]: Progress(
            ordered_packs=int(row[1]),
            received_packs=int(row[2]),
            cancelled_packs=int(row[3]),
            ordered_rp=int(row[4]),
            received_rp=int(row[5]),
            billed_rp=int(row[6]),
            paid_rp=paid_rp.get(row[0], 0),
        )
        for row in db.session.execute(query)
    }


@dataclass
class Stop:
    """One door at which a supplier unloads: the order, both sides, what is still to come."""

    order: PurchaseOrder
    buyer: Organization
    supplier: Organization
    place: Place | None
    lines: list[tuple[PurchaseOrderLine, Pack]] = field(default_factory=list)

    @property
    def weight_g(self) -> int:
        """Gross weight of what is to be unloaded."""
        return sum(line.open_packs * pack.gross_g for line, pack in self.lines)


@dataclass
class Load:
    """All of one pack that goes onto a truck."""

    pack: Pack
    packs: int = 0
    orders: int = 0


def loads_of(stops: Iterable[Stop]) -> list[Load]:
    """What a truck carries for its stops, pack by pack."""
    loads: dict[int, Load] = {}
    for stop in stops:
        for line, pack in stop.lines:
            load = loads.setdefault(pack.id, Load(pack))
            load.packs += line.open_packs
            load.orders += 1
    return list(loads.values())


def deliveries(actor: Actor) -> Sequence[Stop]:
    """What the actor's organization has still to deliver, by day, then by place."""
    return _stops(PurchaseOrder.supplier_id == actor.organization_id)


def arrivals(actor: Actor, until_on: date) -> Sequence[Stop]:
    """What the actor's organization waits for up to a day, the most late first."""
    mine = PurchaseOrder.organization_id == actor.organization_id
    return _stops(mine & (PurchaseOrder.delivery_on <= until_on))


def _stops(whose: ColumnElement[bool]) -> list[Stop]:
    line, buyer, supplier = PurchaseOrderLine, aliased(Organization), aliased(Organization)
    query = (
        select(PurchaseOrder, buyer, supplier, Place, line, Pack)
        .join(buyer, buyer.id == PurchaseOrder.organization_id)
        .join(supplier, supplier.id == PurchaseOrder.supplier_id)
        .outerjoin(Place, Place.code == PurchaseOrder.place_code)
        .join(line, line.order_id == PurchaseOrder.id)
        .join(Pack, Pack.id == line.pack_id)
        .where(
            whose,
            PurchaseOrder.state == "issued",
            line.kind == "goods",
            line.ordered_packs > line.received_packs + line.cancelled_packs,
        )
        .order_by(PurchaseOrder.delivery_on, PurchaseOrder.place_code, PurchaseOrder.id, line.id)
    )
    stops: dict[int, Stop] = {}
    for found, buys, sells, place, open_line, pack in db.session.execute(query):
        stop = stops.setdefault(found.id, Stop(found, buys, sells, place))
        stop.lines.append((open_line, pack))
    return list(stops.values())
