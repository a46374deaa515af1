"""Issuing an order and ending what will not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from market.core import clock, db, faults, jobs, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill


@dataclass(frozen=True)
class OrderLine:
    """One line to order: `packs` at `unit_price_rp`; a cost per trip is one pack of its amount."""

    kind: str
    pack_id: int | None
    description: str
    packs: int
    unit_price_rp: int


def issue_order(
    actor: Actor,
    buyer_id: int,
    supplier_id: int,
    lines: list[OrderLine],
    *,
    origin: str,
    terms: str,
    delivery_on: date,
    place_code: str | None,
    credit_days: int = 0,
) -> PurchaseOrder:
    """Bind buyer and supplier. The same `origin` returns the order that already exists.

    Called by rounds for an answer, with plain values: purchasing knows no rounds. Emits the job
    `order_issued`. Raises Refused for an order without goods.
    """
    query = select(PurchaseOrder).where(
        PurchaseOrder.organization_id == buyer_id, PurchaseOrder.origin == origin
    )
    existing = db.session.scalar(query)
    if existing is not None:
        return existing
    if not any(line.kind == "goods" and line.packs > 0 for line in lines):
        raise Refused(_("Pesanan harus berisi barang."))
    order = PurchaseOrder(
        organization_id=buyer_id,
        supplier_id=supplier_id,
        number=next_number(buyer_id, "PO"),
        origin=origin,
        terms=terms,
        credit_days=credit_days,
        delivery_on=delivery_on,
        place_code=place_code,
        issued_at=clock.now(),
        issued_by=actor.user_id,
        total_rp=sum(line.packs * line.unit_price_rp for line in lines),
    )
    db.session.add(order)
    db.session.flush()
    states.start(order, actor)
    db.session.add_all(_line(order, line) for line in lines if line.packs > 0 and line.unit_price_rp > 0)
    faults.point("order_issued")
    db.session.flush()
    jobs.enqueue("order_issued", {"order_id": order.id}, unique_key=f"order_issued:{order.id}")
    return order


def _line(order: PurchaseOrder, line: OrderLine) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        organization_id=order.organization_id,
        order_id=order.id,
        kind=line.kind,
        pack_id=line.pack_id,
        description=line.description,
        ordered_packs=line.packs,
        unit_price_rp=line.unit_price_rp,
        amount_rp=line.packs * line.unit_price_rp,
    )


def cancel_rest(actor: Actor, order_id: int, reason: str) -> PurchaseOrder:
    """Say that what has not come will not come; an order of which nothing came is cancelled.

    Freight by the pack shrinks with the goods. Raises Refused when nothing is open.
    """
    actor.require(Permission.GOODS_RECEIVE)
    order = queries.order_for(actor, order_id, lock=True)
    lines = queries.lines_of(order.id)
    open_lines = [line for line in lines if line.open_packs > 0]
    if order.state != "issued" or not open_lines:
        raise Refused(_("Tidak ada sisa pesanan yang bisa dibatalkan."))
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    nothing_came = not any(line.received_packs for line in lines)
    for line in open_lines:
        if nothing_came or line.kind in ("goods", "freight"):
            line.cancelled_packs += line.open_packs
    db.session.flush()
    if nothing_came:
        states.advance(order, "cancelled", actor, reason)
        jobs.enqueue("order_closed", {"order_id": order.id}, unique_key=f"order_closed:{order.id}")
    else:
        close_if_done(actor, order)
    return order


def close_if_done(actor: Actor, order: PurchaseOrder) -> bool:
    """Close the order when everything is received or cancelled, billed and paid."""
    lines = queries.lines_of(order.id)
    if order.state != "issued" or any(
        line.open_packs or line.billed_packs < line.received_packs for line in lines
    ):
        return False
    unpaid = select(SupplierBill.id).where(SupplierBill.order_id == order.id, SupplierBill.state != "paid")
    if db.session.scalar(unpaid.limit(1)) is not None or not any(line.received_packs for line in lines):
        return False
    states.advance(order, "closed", actor)
    jobs.enqueue("order_closed", {"order_id": order.id}, unique_key=f"order_closed:{order.id}")
    return True
