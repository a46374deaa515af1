"""What buying does to the books: pure functions from a fact to a balanced draft."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.purchasing.models import GoodsReceipt, PurchaseOrder, SupplierBill, SupplierPayment
from market.purchasing.models_bills import CreditNote, CreditUse, SupplierReturn


def for_goods_receipt(receipt: GoodsReceipt, order: PurchaseOrder) -> EntryDraft:
    """Dr inventory (goods, freight and share of the trip) / Cr goods received, not billed."""
    text = stored("Penerimaan %(number)s dari pesanan %(order)s", number=receipt.number, order=order.number)
    lines = (
        debit(chart.INVENTORY, receipt.value_rp),
        credit(chart.RECEIVED_NOT_BILLED, receipt.value_rp, counterparty_id=order.supplier_id),
    )
    return EntryDraft(f"goods_receipt:{receipt.id}", receipt.received_on, text, lines)


def for_supplier_bill(bill: SupplierBill) -> EntryDraft:
    """Dr goods received, not billed, and what the paper differs by / Cr payable to the supplier."""
    text = stored("Tagihan %(reference)s (%(number)s)", reference=bill.reference, number=bill.number)
    matched_rp = bill.amount_rp - bill.difference_rp
    lines = (
        debit(chart.RECEIVED_NOT_BILLED, matched_rp, counterparty_id=bill.supplier_id),
        debit(chart.PRICE_DIFFERENCE, bill.difference_rp, counterparty_id=bill.supplier_id),
        credit(chart.PAYABLE_SUPPLIERS, bill.amount_rp, counterparty_id=bill.supplier_id),
    )
    return EntryDraft(f"supplier_bill:{bill.id}", clock.today(), text, lines)


def for_payment(payment: SupplierPayment) -> EntryDraft:
    """Dr payable (or prepaid, for an advance) / Cr cash or bank."""
    account = chart.PREPAID_SUPPLIERS if payment.bill_id is None else chart.PAYABLE_SUPPLIERS
    text = stored("Pembayaran %(number)s ke pemasok", number=payment.number)
    source = chart.BANK if payment.online else payment.account
    lines = (
        debit(account, payment.amount_rp, counterparty_id=payment.supplier_id),
        credit(source, payment.amount_rp),
    )
    return EntryDraft(f"supplier_payment:{payment.id}", payment.paid_on or clock.today(), text, lines)


def for_income(payment: SupplierPayment, payment_id: int) -> EntryDraft:
    """In the supplier's books, which know of a bill only when it is paid: Dr customer advances / Cr sales."""
    text = stored("Tagihan dibayar lewat internet (%(number)s)", number=payment.number)
    lines = (
        debit(chart.CUSTOMER_ADVANCES, payment.amount_rp, counterparty_id=payment.organization_id),
        credit(chart.SALES_NON_MEMBERS, payment.amount_rp, counterparty_id=payment.organization_id),
    )
    return EntryDraft(f"bill_income:{payment_id}", clock.today(), text, lines)


def for_income_lost(payment: SupplierPayment, payment_id: int) -> EntryDraft:
    """In the supplier's books: Dr sales / Cr the receivable that going back left there."""
    text = stored("Pembayaran tagihan kembali ke pembeli (%(number)s)", number=payment.number)
    lines = (
        debit(chart.SALES_NON_MEMBERS, payment.amount_rp, counterparty_id=payment.organization_id),
        credit(chart.RECEIVABLE_REVERSALS, payment.amount_rp, counterparty_id=payment.organization_id),
    )
    return EntryDraft(f"bill_income_lost:{payment_id}", clock.today(), text, lines)


def for_advance_used(payment: SupplierPayment, bill: SupplierBill, amount_rp: int) -> EntryDraft:
    """Dr payable / Cr prepaid: an advance paid earlier settles part of a bill."""
    text = stored("Uang muka %(number)s dipakai untuk %(bill)s", number=payment.number, bill=bill.number)
    lines = (
        debit(chart.PAYABLE_SUPPLIERS, amount_rp, counterparty_id=bill.supplier_id),
        credit(chart.PREPAID_SUPPLIERS, amount_rp, counterparty_id=bill.supplier_id),
    )
    return EntryDraft(f"advance_used:{payment.id}:{bill.id}", clock.today(), text, lines)


def for_refund(payment: SupplierPayment, account: str, amount_rp: int, reference: str) -> EntryDraft:
    """Dr cash or bank / Cr prepaid: the supplier gives back what no goods came for."""
    text = stored("Uang muka %(number)s kembali dari pemasok", number=payment.number)
    lines = (
        debit(account, amount_rp, memo=reference),
        credit(chart.PREPAID_SUPPLIERS, amount_rp, counterparty_id=payment.supplier_id),
    )
    return EntryDraft(f"advance_returned:{payment.id}", clock.today(), text, lines)


def for_credit_note(note: CreditNote) -> EntryDraft:
    """Dr payable / Cr the price difference; for goods that went back, Cr what waits for this note."""
    cleared = chart.PRICE_DIFFERENCE if note.return_id is None else chart.RECEIVED_NOT_BILLED
    text = stored("Nota kredit %(number)s dari pemasok", number=note.number)
    lines = (
        debit(chart.PAYABLE_SUPPLIERS, note.amount_rp, counterparty_id=note.supplier_id),
        credit(cleared, note.amount_rp, counterparty_id=note.supplier_id),
    )
    return EntryDraft(f"credit_note:{note.id}", note.issued_on, text, lines)


def for_credit_money(note: CreditNote, use: CreditUse) -> EntryDraft:
    """Dr cash or bank / Cr payable: the supplier pays back what no bill is left for."""
    text = stored("Nota kredit %(number)s dibayar kembali", number=note.number)
    lines = (
        debit(use.account, use.amount_rp, memo=use.reference),
        credit(chart.PAYABLE_SUPPLIERS, use.amount_rp, counterparty_id=note.supplier_id),
    )
    return EntryDraft(f"credit_money:{use.id}", clock.today(), text, lines)


def for_return(sent: SupplierReturn) -> EntryDraft:
    """Dr goods received, not billed, at the order's price / Cr inventory at cost; the rest is a difference.

    Until the supplier's credit note (or a bill without these goods) it stands there as what is due back.
    """
    text = stored("Retur %(number)s ke pemasok", number=sent.number)
    lines = (
        debit(chart.RECEIVED_NOT_BILLED, sent.amount_rp, counterparty_id=sent.supplier_id),
        debit(chart.PRICE_DIFFERENCE, sent.cost_rp - sent.amount_rp, counterparty_id=sent.supplier_id),
        credit(chart.INVENTORY, sent.cost_rp),
    )
    return EntryDraft(f"supplier_return:{sent.id}", sent.returned_on, text, lines)


def for_return_dropped(sent: SupplierReturn) -> EntryDraft:
    """Dr loss of goods / Cr goods received, not billed: no credit note will come."""
    text = stored("Retur %(number)s tidak diganti pemasok", number=sent.number)
    lines = (
        debit(chart.STOCK_LOSS, sent.amount_rp),
        credit(chart.RECEIVED_NOT_BILLED, sent.amount_rp, counterparty_id=sent.supplier_id),
    )
    return EntryDraft(f"return_dropped:{sent.id}", clock.today(), text, lines)
