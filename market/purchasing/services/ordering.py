"""Issuing an order and ending what will not come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from market.core import clock, db, faults, jobs, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import LINE_KINDS, PurchaseOrder, PurchaseOrderLine
from market.purchasing.services.trips import leave_truck

MAX_REASON = 300


@dataclass(frozen=True)
class OrderLine:
    """One line to order: `packs` at `unit_price_rp`; a cost per trip is one pack of its amount.

    Goods may be free of charge; a delivery that costs nothing is no line at all.
    """

    kind: str
    pack_id: int | None
    description: str
    packs: int
    unit_price_rp: int

    @property
    def counts(self) -> bool:
        """Whether there is anything to order or to pay."""
        return self.packs > 0 and (self.kind == "goods" or self.unit_price_rp > 0)


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
    `order_issued`. Raises Refused for an order without goods, ValueError for lines that contradict
    each other (the caller's mistake).
    """
    existing = _by_origin(buyer_id, origin)
    if existing is not None:
        return existing
    wanted = [line for line in lines if line.counts]
    _check_lines(lines, wanted)
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
        total_rp=sum(line.packs * line.unit_price_rp for line in wanted),
    )
    db.session.add(order)
    db.session.flush()
    states.start(order, actor)
    db.session.add_all(_line(order, line) for line in wanted)
    faults.point("order_issued")
    db.session.flush()
    jobs.enqueue("order_issued", {"order_id": order.id}, unique_key=f"order_issued:{order.id}")
    return order


def _by_origin(buyer_id: int, origin: str) -> PurchaseOrder | None:
    query = select(PurchaseOrder).where(
        PurchaseOrder.organization_id == buyer_id, PurchaseOrder.origin == origin
    )
    return db.session.scalar(query)


def _check_lines(given: Iterable[OrderLine], wanted: list[OrderLine]) -> None:
    """Freight by the pack follows the goods pack by pack, so that it can shrink with them."""
    if any(line.kind not in LINE_KINDS or line.packs < 0 or line.unit_price_rp < 0 for line in given):
        raise ValueError("an order line of an unknown kind or below zero")
    goods = {line.pack_id: line.packs for line in wanted if line.kind == "goods"}
    freight = {line.pack_id: line.packs for line in wanted if line.kind == "freight"}
    if not goods:
        raise Refused(_("Pesanan harus berisi barang."))
    if len(wanted) != len({(line.kind, line.pack_id) for line in wanted}):
        raise ValueError("two order lines of one kind for one pack")
    if any(goods.get(pack_id) != packs for pack_id, packs in freight.items()):
        raise ValueError("freight by the pack for packs that are not ordered")


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

    Freight by the pack shrinks with the goods, open claims end. Raises Refused when nothing is open.
    """
    actor.require(Permission.GOODS_RECEIVE)
    order = queries.order_for(actor, order_id, lock=True)
    lines = queries.lines_of(order.id)
    open_lines = [line for line in lines if line.open_packs > 0]
    if order.state != "issued" or not open_lines:
        raise Refused(_("Tidak ada sisa pesanan yang bisa dibatalkan."))
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    reason = clean(reason, MAX_REASON)
    nothing_came = not any(line.received_packs for line in lines)
    for line in open_lines:
        if nothing_came or line.kind in ("goods", "freight"):
            line.cancelled_packs += line.open_packs
    faults.point("rest_cancelled")
    db.session.flush()
    end_claims(actor, lines, "cancelled_rest", reason)
    if nothing_came:
        _end(actor, order, "cancelled", reason)
    else:
        close_if_done(actor, order)
    return order


def end_if_nothing_comes(actor: Actor, order: PurchaseOrder, reason: str) -> None:
    """After a cut (order held by the caller): closed if all is done, cancelled if nothing ever came."""
    lines = queries.lines_of(order.id)
    goods = [line for line in lines if line.kind == "goods"]
    gone = [line for line in goods if not line.open_packs]
    end_claims(actor, gone, "cancelled_rest", reason)
    if any(line.open_packs or line.received_packs for line in goods):
        close_if_done(actor, order)
        return
    for line in lines:
        line.cancelled_packs += line.open_packs
    db.session.flush()
    _end(actor, order, "cancelled", reason)


def end_claims(actor: Actor, lines: Iterable[PurchaseOrderLine], outcome: str, reason: str) -> None:
    """Open claims on lines of which nothing is to come any more have found their end."""
    for claim in queries.open_claims([line.id for line in lines if not line.open_packs]):
        claim.note = claim.note or reason
        states.advance(claim, outcome, actor, reason)


def close_if_done(actor: Actor, order: PurchaseOrder) -> bool:
    """Close the order (held by the caller) when all is received or cancelled, billed and paid.

    An advance of which the supplier owes a part back keeps it open.
    """
    lines = queries.lines_of(order.id)
    if order.state != "issued" or any(
        line.open_packs or line.billed_packs < line.received_packs for line in lines
    ):
        return False
    if queries.unpaid_bill(order.id) is not None or queries.unspent_advances(order.id):
        return False
    _end(actor, order, "closed", "")
    return True


def _end(actor: Actor, order: PurchaseOrder, state: str, reason: str) -> None:
    """An order that ended waits for no payment any more."""
    waiting = queries.waiting_payment(order.id, None)
    if waiting is not None:
        states.advance(waiting, "lapsed", SYSTEM, stored("pesanan sudah berakhir"))
    states.advance(order, state, actor, reason)
    leave_truck(actor, order)
    jobs.enqueue("order_closed", {"order_id": order.id}, unique_key=f"order_closed:{order.id}")
