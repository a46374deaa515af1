"""Receipts, claims and bills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Row, or_, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization, User
from market.purchasing.models import (
    Claim,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
    SupplierBill,
    SupplierBillLine,
)

EXTRA = "extra_goods"
"""The kind of two-person act that takes packs beyond an order."""


def receipts_of(order_id: int) -> list[GoodsReceipt]:
    """Deliveries of an order, oldest first."""
    query = select(GoodsReceipt).where(GoodsReceipt.order_id == order_id).order_by(GoodsReceipt.id)
    return list(db.session.scalars(query))


def receipt_for(actor: Actor, receipt_id: int) -> Row[GoodsReceipt, PurchaseOrder, str | None]:
    """A receipt with its order and who counted, for buyer and supplier; raises NotFound."""
    mine = or_(
        PurchaseOrder.organization_id == actor.organization_id,
        PurchaseOrder.supplier_id == actor.organization_id,
    )
    query = (
        select(GoodsReceipt, PurchaseOrder, User.name)
        .join(PurchaseOrder, PurchaseOrder.id == GoodsReceipt.order_id)
        .outerjoin(User, User.id == GoodsReceipt.received_by)
        .where(GoodsReceipt.id == receipt_id, mine)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("Penerimaan tidak ditemukan."))
    return found


def receipt_lines(receipt_id: int) -> Sequence[Row[GoodsReceiptLine, PurchaseOrderLine]]:
    """What was counted in one delivery, with the line that it belongs to."""
    query = (
        select(GoodsReceiptLine, PurchaseOrderLine)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == GoodsReceiptLine.order_line_id)
        .where(GoodsReceiptLine.receipt_id == receipt_id)
    )
    return db.session.execute(query.order_by(GoodsReceiptLine.id)).all()


def receipt_line_for(
    actor: Actor, receipt_line_id: int
) -> Row[GoodsReceiptLine, PurchaseOrderLine, GoodsReceipt]:
    """A counted line of the actor's own organization; raises NotFound."""
    query = (
        select(GoodsReceiptLine, PurchaseOrderLine, GoodsReceipt)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == GoodsReceiptLine.order_line_id)
        .join(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.receipt_id)
        .where(
            GoodsReceiptLine.id == receipt_line_id,
            GoodsReceiptLine.organization_id == actor.organization_id,
        )
    )
    found = db.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(_("Penerimaan tidak ditemukan."))
    return found


def extras_of(receipt_id: int) -> dict[int, Approval]:
    """Receipt line -> the newest word on its packs beyond the order."""
    query = (
        select(Approval)
        .join(GoodsReceiptLine, GoodsReceiptLine.id == Approval.subject_id)
        .where(
            GoodsReceiptLine.receipt_id == receipt_id,
            Approval.kind == EXTRA,
            Approval.subject_table == GoodsReceiptLine.__tablename__,
        )
        .order_by(Approval.id)
    )
    return {each.subject_id: each for each in db.session.scalars(query)}


Extra = Row[Approval, GoodsReceiptLine, PurchaseOrderLine, PurchaseOrder, str]


def waiting_extras(actor: Actor) -> Sequence[Extra]:
    """What came beyond orders of the actor's organization and waits for a second person, oldest first."""
    fresh = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = (
        select(Approval, GoodsReceiptLine, PurchaseOrderLine, PurchaseOrder, Organization.name)
        .join(GoodsReceiptLine, GoodsReceiptLine.id == Approval.subject_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == GoodsReceiptLine.order_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .join(Organization, Organization.id == PurchaseOrder.supplier_id)
        .where(
            Approval.organization_id == actor.organization_id,
            Approval.kind == EXTRA,
            Approval.state == "proposed",
            Approval.proposed_at > fresh,
        )
    )
    return db.session.execute(query.order_by(Approval.id)).all()


def photos_of_line(order_line_id: int) -> Sequence[Row[int, int]]:
    """(receipt, counted line) of every picture of what was rejected of an order line."""
    query = select(GoodsReceiptLine.receipt_id, GoodsReceiptLine.id).where(
        GoodsReceiptLine.order_line_id == order_line_id, GoodsReceiptLine.photo.is_not(None)
    )
    return db.session.execute(query.order_by(GoodsReceiptLine.id)).all()


def claims_of(order_id: int) -> list[Claim]:
    """Claims of an order, oldest first."""
    return list(db.session.scalars(select(Claim).where(Claim.order_id == order_id).order_by(Claim.id)))


def open_claims(line_ids: list[int]) -> list[Claim]:
    """Claims on some order lines that have no outcome yet."""
    query = select(Claim).where(Claim.order_line_id.in_(line_ids), Claim.state.in_(Claim.LIVE))
    return list(db.session.scalars(query.order_by(Claim.id)))


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """A claim of the actor's own organization; raises NotFound."""
    query = select(Claim).where(Claim.id == claim_id, Claim.organization_id == actor.organization_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Klaim tidak ditemukan."))
    return found


def bills_of(order_id: int) -> list[SupplierBill]:
    """Bills of an order, oldest first."""
    query = select(SupplierBill).where(SupplierBill.order_id == order_id).order_by(SupplierBill.id)
    return list(db.session.scalars(query))


def bill_for(actor: Actor, bill_id: int, lock: bool = False) -> SupplierBill:
    """A bill that the actor's organization owes (or is owed); with `lock` only what it owes, held.

    Raises NotFound.
    """
    owed = SupplierBill.organization_id == actor.organization_id
    query = select(SupplierBill).where(SupplierBill.id == bill_id)
    if lock:
        query = query.where(owed).with_for_update().execution_options(populate_existing=True)
    else:
        query = query.where(or_(owed, SupplierBill.supplier_id == actor.organization_id))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Tagihan tidak ditemukan."))
    return found


def bill_of(bill_id: int) -> SupplierBill:
    """A bill by its id, for what has been checked already."""
    return db.session.get_one(SupplierBill, bill_id)


def bill_lines(bill_id: int) -> Sequence[Row[SupplierBillLine, PurchaseOrderLine]]:
    """What is billed, with the line of the order."""
    query = (
        select(SupplierBillLine, PurchaseOrderLine)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == SupplierBillLine.order_line_id)
        .where(SupplierBillLine.bill_id == bill_id)
    )
    return db.session.execute(query.order_by(SupplierBillLine.id)).all()


def same_reference(organization_id: int, supplier_id: int, reference: str) -> SupplierBill | None:
    """The bill that the supplier's invoice of this number became, if one is recorded that still counts."""
    query = select(SupplierBill).where(
        SupplierBill.organization_id == organization_id,
        SupplierBill.supplier_id == supplier_id,
        SupplierBill.reference == reference,
        SupplierBill.state != "void",
    )
    return db.session.scalar(query)


def unpaid_bill(order_id: int) -> SupplierBill | None:
    """A bill of the order that is not paid, if there is one."""
    query = select(SupplierBill).where(
        SupplierBill.order_id == order_id, SupplierBill.state.in_(SupplierBill.OPEN)
    )
    return db.session.scalars(query.limit(1)).first()


def photos_in_use(names: set[str]) -> set[str]:
    """Those of the pictures that some receipt shows: signatures, and what was rejected."""
    columns = (GoodsReceipt.signature, GoodsReceiptLine.photo)
    used = (db.session.scalars(select(column).where(column.in_(names))) for column in columns)
    return {name for found in used for name in found if name is not None}
