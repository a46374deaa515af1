"""Short trucks: what was awaited on a day, how it was shared, and what an order gets of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, or_, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization
from market.purchasing.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_deliveries import DeliveryShare, DeliveryShortage


def awaited_on(
    actor: Actor, delivery_on: date, pack_id: int, lock: bool = False
) -> list[tuple[PurchaseOrder, PurchaseOrderLine]]:
    """Order lines that the actor's organization has to deliver on a day, in the order they were issued.

    With `lock` the orders are held, as they are now.
    """
    orders = select(PurchaseOrder).where(
        PurchaseOrder.supplier_id == actor.organization_id,
        PurchaseOrder.delivery_on == delivery_on,
        PurchaseOrder.state == "issued",
    )
    if lock:
        orders = orders.with_for_update().execution_options(populate_existing=True)
    held = {order.id: order for order in db.session.scalars(orders.order_by(PurchaseOrder.id))}
    line = PurchaseOrderLine
    lines = (
        select(line)
        .where(
            line.order_id.in_(held),
            line.kind == "goods",
            line.pack_id == pack_id,
            line.ordered_packs > line.received_packs + line.cancelled_packs,
        )
        .order_by(line.order_id)
    )
    found = db.session.scalars(lines.execution_options(populate_existing=True))
    return [(held[each.order_id], each) for each in found]


def shortage_for(actor: Actor, shortage_id: int) -> DeliveryShortage:
    """A short truck of the actor's organization, or one that brought it something; raises NotFound."""
    on_board = (
        select(DeliveryShare.id)
        .where(
            DeliveryShare.shortage_id == DeliveryShortage.id,
            DeliveryShare.buyer_id == actor.organization_id,
        )
        .exists()
    )
    query = select(DeliveryShortage).where(
        DeliveryShortage.id == shortage_id,
        or_(DeliveryShortage.organization_id == actor.organization_id, on_board),
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pembagian tidak ditemukan."))
    return found


def shares_of(shortage_id: int) -> Sequence[Row[DeliveryShare, str, str]]:
    """The shares of a short truck in the order of the row, with the cooperative and its order's number."""
    query = (
        select(DeliveryShare, Organization.name, PurchaseOrder.number)
        .join(Organization, Organization.id == DeliveryShare.buyer_id)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryShare.order_id)
        .where(DeliveryShare.shortage_id == shortage_id)
    )
    return db.session.execute(query.order_by(DeliveryShare.rank)).all()


def shortages_of_order(order_id: int) -> Sequence[Row[DeliveryShare, DeliveryShortage]]:
    """What an order got of short trucks, newest first."""
    query = (
        select(DeliveryShare, DeliveryShortage)
        .join(DeliveryShortage, DeliveryShortage.id == DeliveryShare.shortage_id)
        .where(DeliveryShare.order_id == order_id)
    )
    return db.session.execute(query.order_by(DeliveryShare.id.desc())).all()


def expected_shares(order_id: int) -> dict[int, int]:
    """Order line -> packs that its short truck brings, as long as nothing of it was counted since."""
    found: dict[int, int] = {}
    for share, shortage in shortages_of_order(order_id):
        since = (
            select(GoodsReceiptLine.id)
            .join(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.receipt_id)
            .where(
                GoodsReceiptLine.order_line_id == share.order_line_id,
                GoodsReceipt.received_at >= shortage.declared_at,
            )
        )
        if share.order_line_id not in found and db.session.scalar(since.limit(1)) is None:
            found[share.order_line_id] = share.packs
    return found
