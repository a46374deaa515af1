"""Bills that agree with what was ordered and received, and payments that two people stand for."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from market.core import approvals, clock, db, faults, jobs, money, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.ledger import chart
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    SupplierBill,
    SupplierBillLine,
    SupplierPayment,
)
from market.purchasing.services.ordering import close_if_done

PAYMENT = "supplier_payment"
ADVANCE = "supplier_advance"
PAYING_ACCOUNTS = (chart.CASH, chart.BANK)


def record_bill(
    actor: Actor, order_id: int, reference: str, amount_rp: int, billed_on: date, due_on: date | None = None
) -> SupplierBill:
    """Accept a supplier's invoice for everything received and not yet billed (three-way match).

    Raises Refused with all three figures when the invoice's amount is not price x received packs
    plus freight and trip costs of the order: then the supplier corrects it, or a claim settles it.
    """
    actor.require(Permission.BILLS_RECORD)
    order = queries.order_for(actor, order_id, lock=True)
    open_lines = [line for line in queries.lines_of(order.id) if line.received_packs > line.billed_packs]
    _match(order, open_lines, reference, amount_rp, billed_on)
    bill = SupplierBill(
        organization_id=order.organization_id,
        order_id=order.id,
        supplier_id=order.supplier_id,
        number=next_number(order.organization_id, "TG"),
        reference=reference,
        billed_on=billed_on,
        due_on=due_on or billed_on + timedelta(days=order.credit_days),
        amount_rp=amount_rp,
        recorded_at=clock.now(),
    )
    db.session.add(bill)
    db.session.flush()
    states.start(bill, actor)
    for line in open_lines:
        _bill_line(bill, line)
    faults.point("bill_written")
    ledger.post(actor, order.organization_id, postings.for_supplier_bill(bill))
    _use_advances(actor, order, bill)
    return bill


def _match(
    order: PurchaseOrder, lines: list[PurchaseOrderLine], reference: str, amount_rp: int, billed_on: date
) -> None:
    if not lines:
        raise Refused(_("Belum ada barang diterima yang belum ditagih."))
    if billed_on > clock.today():
        raise Refused(_("Tanggal tagihan belum tiba."), field="billed_on")
    same = select(SupplierBill.id).where(
        SupplierBill.organization_id == order.organization_id,
        SupplierBill.supplier_id == order.supplier_id,
        SupplierBill.reference == reference,
    )
    if db.session.scalar(same) is not None:
        raise Refused(_("Nomor tagihan ini sudah pernah dicatat."), field="reference")
    expected = billable_rp(lines)
    if amount_rp != expected:
        text = _(
            "Menurut barang yang diterima, tagihan seharusnya %(expected)s; di kertas %(amount)s. "
            "Minta pemasok memperbaiki, atau periksa penerimaan.",
            expected=money.format_rp(expected),
            amount=money.format_rp(amount_rp),
        )
        raise Refused(text, field="amount_rp")


def billable_rp(lines: list[PurchaseOrderLine]) -> int:
    """Price of everything received and not yet billed."""
    return sum((line.received_packs - line.billed_packs) * line.unit_price_rp for line in lines)


def _bill_line(bill: SupplierBill, line: PurchaseOrderLine) -> None:
    packs = line.received_packs - line.billed_packs
    db.session.add(
        SupplierBillLine(
            organization_id=bill.organization_id,
            bill_id=bill.id,
            order_line_id=line.id,
            packs=packs,
            unit_price_rp=line.unit_price_rp,
            amount_rp=packs * line.unit_price_rp,
        )
    )
    line.billed_packs = line.received_packs
    db.session.flush()


def _use_advances(actor: Actor, order: PurchaseOrder, bill: SupplierBill) -> None:
    """Set earlier advances of the order against the bill."""
    query = select(SupplierPayment).where(
        SupplierPayment.order_id == order.id,
        SupplierPayment.bill_id.is_(None),
        SupplierPayment.state == "paid",
        SupplierPayment.used_rp < SupplierPayment.amount_rp,
    )
    for payment in db.session.scalars(query.order_by(SupplierPayment.id)).all():
        amount = min(payment.amount_rp - payment.used_rp, bill.amount_rp - bill.paid_rp)
        if amount:
            payment.used_rp += amount
            ledger.post(actor, order.organization_id, postings.for_advance_used(payment, bill, amount))
            _settle(actor, bill, amount)


def _settle(actor: Actor, bill: SupplierBill, amount_rp: int) -> None:
    bill.paid_rp += amount_rp
    db.session.flush()
    if bill.paid_rp == bill.amount_rp:
        states.advance(bill, "paid", actor)
        close_if_done(actor, db.session.get_one(PurchaseOrder, bill.order_id))


def propose_payment(actor: Actor, bill_id: int, account: str, reference: str = "") -> SupplierPayment:
    """Ask a second person to pay what is open of a bill, from cash or bank."""
    actor.require(Permission.PAYMENT_PROPOSE)
    bill = queries.bill_for(actor, bill_id)
    if bill.state != "recorded":
        raise Refused(_("Tagihan ini sudah lunas."))
    open_rp = bill.amount_rp - bill.paid_rp
    return _propose(
        actor, bill, PAYMENT, bill.order_id, bill.id, bill.supplier_id, open_rp, account, reference
    )


def propose_advance(actor: Actor, order_id: int, account: str, reference: str = "") -> SupplierPayment:
    """Ask a second person to pay a prepaid order before the goods come."""
    actor.require(Permission.PAYMENT_PROPOSE)
    order = queries.order_for(actor, order_id)
    if order.terms != "prepaid" or order.state != "issued" or queries.advance_of(order.id) is not None:
        raise Refused(_("Pesanan ini tidak menunggu uang muka."))
    return _propose(
        actor, order, ADVANCE, order.id, None, order.supplier_id, order.total_rp, account, reference
    )


def _propose(
    actor: Actor,
    subject: SupplierBill | PurchaseOrder,
    kind: str,
    order_id: int,
    bill_id: int | None,
    supplier_id: int,
    amount_rp: int,
    account: str,
    reference: str,
) -> SupplierPayment:
    if account not in PAYING_ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    if approvals.waiting(kind, subject, subject.organization_id) is not None:
        raise Refused(_("Pembayaran yang sama sudah menunggu persetujuan."))
    payment = SupplierPayment(
        organization_id=subject.organization_id,
        order_id=order_id,
        bill_id=bill_id,
        supplier_id=supplier_id,
        number=next_number(subject.organization_id, "BK"),
        amount_rp=amount_rp,
        account=account,
        reference=reference,
        proposed_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, actor)
    approvals.propose(actor, kind, subject, {"payment_id": payment.id})
    return payment


def decide_payment(actor: Actor, approval_id: int, approve: bool, reason: str = "") -> SupplierPayment:
    """Approve (pay and post) or reject a proposed payment; never one's own proposal.

    Raises Refused when cash or bank does not hold the amount, so nothing is paid twice or unpaid.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    approval = approvals.decide(actor, approval_id, approve, reason)
    if approval.kind not in (PAYMENT, ADVANCE):
        raise NotFound(_("Usulan tidak ditemukan."))
    payment = db.session.get_one(SupplierPayment, approval.payload["payment_id"])
    states.advance(payment, "paid" if approve else "rejected", actor, reason)
    if approve:
        payment.paid_on = clock.today()
        ledger.post(actor, payment.organization_id, postings.for_payment(payment))
        faults.point("payment_posted")
        if payment.bill_id is not None:
            _settle(actor, db.session.get_one(SupplierBill, payment.bill_id), payment.amount_rp)
        jobs.enqueue("supplier_paid", {"payment_id": payment.id}, unique_key=f"supplier_paid:{payment.id}")
    return payment
