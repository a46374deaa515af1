"""Bills that agree with what was ordered and received: the three-way match."""

from __future__ import annotations

from datetime import date, timedelta

from market.core import clock, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill, SupplierBillLine
from market.purchasing.services.ordering import close_if_done

MAX_REFERENCE = 60


def record_bill(
    actor: Actor, order_id: int, reference: str, amount_rp: int, billed_on: date, due_on: date | None = None
) -> SupplierBill:
    """Accept a supplier's invoice for everything received and not yet billed (three-way match).

    Advances of the order are set against it. Raises Refused with the figures (ordered, received,
    billed, on paper) when the invoice's amount is not price x received packs plus freight and trip
    costs of the order: then the supplier corrects it, or a claim settles it.
    """
    actor.require(Permission.BILLS_RECORD)
    order = queries.order_for(actor, order_id, lock=True)
    lines = queries.lines_of(order.id)
    reference = clean(reference, MAX_REFERENCE)
    due_on = due_on or billed_on + timedelta(days=order.credit_days)
    _check_paper(order, reference, billed_on, due_on)
    _match(lines, amount_rp)
    bill = SupplierBill(
        organization_id=order.organization_id,
        order_id=order.id,
        supplier_id=order.supplier_id,
        number=next_number(order.organization_id, "TG"),
        reference=reference,
        billed_on=billed_on,
        due_on=due_on,
        amount_rp=amount_rp,
        recorded_at=clock.now(),
    )
    db.session.add(bill)
    db.session.flush()
    states.start(bill, actor)
    for line in billable(lines):
        _bill_line(bill, line)
    faults.point("bill_written")
    ledger.post(actor, order.organization_id, postings.for_supplier_bill(bill))
    _use_advances(actor, order, bill)
    return bill


def _check_paper(order: PurchaseOrder, reference: str, billed_on: date, due_on: date) -> None:
    if not reference:
        raise Refused(_("Tulis nomor tagihan pemasok."), field="reference")
    if billed_on > clock.today():
        raise Refused(_("Tanggal tagihan belum tiba."), field="billed_on")
    if due_on < billed_on:
        raise Refused(_("Jatuh tempo tidak bisa sebelum tanggal tagihan."), field="due_on")
    earlier = queries.same_reference(order.organization_id, order.supplier_id, reference)
    if earlier is not None:
        text = _("Nomor tagihan ini sudah dicatat sebagai %(number)s.", number=earlier.number)
        raise Refused(text, field="reference")


def billable(lines: list[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Lines of which something was received and not yet billed."""
    return [line for line in lines if line.received_packs > line.billed_packs]


def billable_rp(lines: list[PurchaseOrderLine]) -> int:
    """Price of everything received and not yet billed, in whole rupiah."""
    return sum((line.received_packs - line.billed_packs) * line.unit_price_rp for line in lines)


def _match(lines: list[PurchaseOrderLine], amount_rp: int) -> None:
    """Ordered, received and billed against what the paper says."""
    expected = billable_rp(lines)
    if expected == 0:
        raise Refused(_("Belum ada barang diterima yang belum ditagih."))
    if amount_rp == expected:
        return
    figures = {
        "ordered_rp": sum(line.amount_rp for line in lines),
        "received_rp": sum(line.received_packs * line.unit_price_rp for line in lines),
        "billed_rp": sum(line.billed_packs * line.unit_price_rp for line in lines),
        "amount_rp": amount_rp,
        "expected_rp": expected,
    }
    text = _(
        "Dipesan %(ordered_rp)s, diterima %(received_rp)s, sudah ditagih %(billed_rp)s: tagihan ini "
        "seharusnya %(expected_rp)s, di kertas %(amount_rp)s. Minta pemasok memperbaiki, atau periksa "
        "penerimaan.",
        **{name: money.format_rp(rp) for name, rp in figures.items()},
    )
    raise Refused(text, field="amount_rp", **figures)


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
    for payment in queries.unspent_advances(order.id):
        amount = min(payment.unspent_rp, bill.amount_rp - bill.paid_rp)
        if amount:
            payment.used_rp += amount
            ledger.post(actor, order.organization_id, postings.for_advance_used(payment, bill, amount))
            settle(actor, order, bill, amount)


def settle(actor: Actor, order: PurchaseOrder, bill: SupplierBill, amount_rp: int) -> None:
    """Count money against a bill; a paid bill may close the order (both held by the caller)."""
    bill.paid_rp += amount_rp
    db.session.flush()
    if bill.paid_rp == bill.amount_rp:
        states.advance(bill, "paid", actor)
        close_if_done(actor, order)
