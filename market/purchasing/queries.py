"""What is asked of orders, bills and payments, always through what the actor may see."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, or_, select

from market.core import approvals, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.purchasing.models import (
    Claim,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
    SupplierBill,
    SupplierPayment,
)

Today = Select[tuple[str, int, object, str, int]]


def visible_orders(actor: Actor) -> Select[tuple[PurchaseOrder]]:
    """Orders that the actor's organization places or fills."""
    mine = or_(
        PurchaseOrder.organization_id == actor.organization_id,
        PurchaseOrder.supplier_id == actor.organization_id,
    )
    return select(PurchaseOrder).where(mine)


def order_for(actor: Actor, order_id: int, lock: bool = False) -> PurchaseOrder:
    """An order of the actor's organization; with `lock` only the buyer's, held. Raises NotFound."""
    query = visible_orders(actor).where(PurchaseOrder.id == order_id)
    if lock:
        query = query.where(PurchaseOrder.organization_id == actor.organization_id).with_for_update()
    order = db.session.scalar(query)
    if order is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return order


def order(order_id: int) -> PurchaseOrder:
    """An order by id, for jobs that act for nobody."""
    return db.session.get_one(PurchaseOrder, order_id)


def lines_of(order_id: int) -> list[PurchaseOrderLine]:
    """The lines of an order in the order they were written, as they are now."""
    query = (
        select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order_id).order_by(PurchaseOrderLine.id)
    )
    return list(db.session.scalars(query))


def goods_lines(order_id: int) -> list[PurchaseOrderLine]:
    """The goods of an order, without what delivery costs."""
    return [line for line in lines_of(order_id) if line.kind == "goods"]


def receipts_of(order_id: int) -> list[GoodsReceipt]:
    """Deliveries of an order, oldest first."""
    query = select(GoodsReceipt).where(GoodsReceipt.order_id == order_id).order_by(GoodsReceipt.id)
    return list(db.session.scalars(query))


def receipt_lines(receipt_id: int) -> list[GoodsReceiptLine]:
    """What was counted in one delivery."""
    query = select(GoodsReceiptLine).where(GoodsReceiptLine.receipt_id == receipt_id)
    return list(db.session.scalars(query.order_by(GoodsReceiptLine.id)))


def bills_of(order_id: int) -> list[SupplierBill]:
    """Bills of an order, oldest first."""
    query = select(SupplierBill).where(SupplierBill.order_id == order_id).order_by(SupplierBill.id)
    return list(db.session.scalars(query))


def payments_of(order_id: int) -> list[SupplierPayment]:
    """Payments and advances of an order, oldest first."""
    query = select(SupplierPayment).where(SupplierPayment.order_id == order_id).order_by(SupplierPayment.id)
    return list(db.session.scalars(query))


def claims_of(order_id: int) -> list[Claim]:
    """Claims of an order, oldest first."""
    return list(db.session.scalars(select(Claim).where(Claim.order_id == order_id).order_by(Claim.id)))


def advance_of(order_id: int) -> SupplierPayment | None:
    """The advance of a prepaid order that is proposed or paid, if there is one."""
    query = select(SupplierPayment).where(
        SupplierPayment.order_id == order_id,
        SupplierPayment.bill_id.is_(None),
        SupplierPayment.state != "rejected",
    )
    return db.session.scalars(query).first()


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """A claim of the actor's own organization; raises NotFound."""
    query = select(Claim).where(Claim.id == claim_id, Claim.organization_id == actor.organization_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Klaim tidak ditemukan."))
    return found


def bill_for(actor: Actor, bill_id: int) -> SupplierBill:
    """A bill that the actor's organization owes (or is owed); raises NotFound."""
    mine = or_(
        SupplierBill.organization_id == actor.organization_id,
        SupplierBill.supplier_id == actor.organization_id,
    )
    found = db.session.scalar(select(SupplierBill).where(SupplierBill.id == bill_id, mine))
    if found is None:
        raise NotFound(_("Tagihan tidak ditemukan."))
    return found


def payables_by_supplier(organization_id: int) -> list[tuple[str, int]]:
    """What is owed to whom on recorded bills, largest first."""
    open_rp = func.sum(SupplierBill.amount_rp - SupplierBill.paid_rp)
    query = (
        select(Organization.name, open_rp)
        .join(Organization, Organization.id == SupplierBill.supplier_id)
        .where(SupplierBill.organization_id == organization_id, SupplierBill.state == "recorded")
        .group_by(Organization.name)
        .order_by(open_rp.desc(), Organization.name)
    )
    return [(name, int(amount)) for name, amount in db.session.execute(query)]


def pending_payments(organization_id: int) -> list[approvals.Approval]:
    """Payments that wait for a second person."""
    return approvals.pending(organization_id, ("supplier_payment", "supplier_advance"))


def _task(kind: str, subject: object, since: object, detail: object, amount: object) -> Today:
    return select(
        literal(kind).label("kind"),
        subject.label("subject_id"),  # type: ignore[attr-defined]
        since.label("since"),  # type: ignore[attr-defined]
        detail.label("detail"),  # type: ignore[attr-defined]
        amount.label("amount"),  # type: ignore[attr-defined]
    )


def today(actor: Actor) -> list[Today]:
    """Goods to receive, bills to record, bills to pay, payments to approve."""
    tasks: list[Today] = []
    mine = PurchaseOrder.organization_id == actor.organization_id
    if actor.may(Permission.GOODS_RECEIVE):
        waiting = select(PurchaseOrderLine.order_id).where(
            PurchaseOrderLine.organization_id == actor.organization_id,
            PurchaseOrderLine.kind == "goods",
            PurchaseOrderLine.ordered_packs
            > PurchaseOrderLine.received_packs + PurchaseOrderLine.cancelled_packs,
        )
        order_task = _task(
            "order_arrives",
            PurchaseOrder.id,
            PurchaseOrder.issued_at,
            PurchaseOrder.number,
            PurchaseOrder.total_rp,
        )
        tasks.append(order_task.where(mine, PurchaseOrder.state == "issued", PurchaseOrder.id.in_(waiting)))
    if actor.may(Permission.BILLS_RECORD):
        unbilled = select(PurchaseOrderLine.order_id).where(
            PurchaseOrderLine.organization_id == actor.organization_id,
            PurchaseOrderLine.received_packs > PurchaseOrderLine.billed_packs,
        )
        bill_task = _task(
            "bill_missing",
            PurchaseOrder.id,
            PurchaseOrder.issued_at,
            PurchaseOrder.number,
            PurchaseOrder.total_rp,
        )
        tasks.append(bill_task.where(mine, PurchaseOrder.state == "issued", PurchaseOrder.id.in_(unbilled)))
    tasks.extend(_payment_tasks(actor))
    return tasks


def _payment_tasks(actor: Actor) -> list[Today]:
    waiting = SupplierPayment.state == "proposed"
    tasks: list[Today] = []
    if actor.may(Permission.PAYMENT_PROPOSE):
        proposed = select(SupplierPayment.bill_id).where(
            SupplierPayment.organization_id == actor.organization_id,
            waiting,
            SupplierPayment.bill_id.isnot(None),
        )
        owed = SupplierBill.amount_rp - SupplierBill.paid_rp
        task = _task("bill_unpaid", SupplierBill.id, SupplierBill.recorded_at, SupplierBill.reference, owed)
        mine = SupplierBill.organization_id == actor.organization_id
        tasks.append(task.where(mine, SupplierBill.state == "recorded", SupplierBill.id.not_in(proposed)))
    if actor.may(Permission.PAYMENT_APPROVE):
        task = _task(
            "payment_waits",
            SupplierPayment.id,
            SupplierPayment.proposed_at,
            SupplierPayment.number,
            SupplierPayment.amount_rp,
        )
        tasks.append(task.where(SupplierPayment.organization_id == actor.organization_id, waiting))
    return tasks
