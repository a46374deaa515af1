"""What a cooperative owes a supplier over a time, read from the books and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill, SupplierPayment
from market.purchasing.models_bills import CreditNote, CreditUndo, CreditUse, SupplierReturn

OWED = (chart.PAYABLE_SUPPLIERS, chart.PREPAID_SUPPLIERS)
"""Bills not paid, less what was paid before a bill came."""


@dataclass(frozen=True)
class StatementLine:
    """One entry: `amount_rp` more (a bill) or less (a payment) is owed, `balance_rp` after it."""

    on: date
    kind: str
    reference: str
    amount_rp: int
    balance_rp: int


@dataclass(frozen=True)
class Statement:
    """What was owed before, what changed it, what is owed at the end; below zero the supplier owes."""

    opening_rp: int
    lines: list[StatementLine]

    @property
    def closing_rp(self) -> int:
        return self.lines[-1].balance_rp if self.lines else self.opening_rp


def parties(actor: Actor, other_id: int) -> tuple[int, int]:
    """Buyer and supplier of a statement that the actor may read; raises NotFound without an order."""
    sells = actor.organization_kind == "supplier"
    buyer_id, supplier_id = (other_id, actor.organization_id) if sells else (actor.organization_id, other_id)
    order = select(PurchaseOrder.id).where(
        PurchaseOrder.organization_id == buyer_id, PurchaseOrder.supplier_id == supplier_id
    )
    if db.session.scalar(order.limit(1)) is None:
        raise NotFound(_("Rekening tidak ditemukan."))
    return buyer_id or 0, supplier_id or 0


def statement(buyer_id: int, supplier_id: int, since: date, until: date) -> Statement:
    """The account between both sides from a day to another, both included."""
    before = _owed(buyer_id, supplier_id).where(JournalEntry.effective_on < since)
    opening = -int(db.session.scalar(before) or 0)
    entries = (
        _owed(buyer_id, supplier_id)
        .add_columns(JournalEntry.effective_on, JournalEntry.source)
        .where(JournalEntry.effective_on.between(since, until))
        .group_by(JournalEntry.id, JournalEntry.effective_on, JournalEntry.source, JournalEntry.seq)
        .order_by(JournalEntry.effective_on, JournalEntry.seq)
    )
    references = _references(buyer_id, supplier_id)
    balance, lines = opening, []
    for summed, on, source in db.session.execute(entries):
        amount_rp = -int(summed)
        if amount_rp:  # an advance set against a bill changes nothing between the two
            balance += amount_rp
            kind = source.split(":")[0]
            lines.append(StatementLine(on, kind, references.get(source, ""), amount_rp, balance))
    return Statement(opening, lines)


def _owed(buyer_id: int, supplier_id: int) -> Select[int]:
    return (
        select(func.coalesce(func.sum(Posting.amount_rp), 0))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            Posting.organization_id == buyer_id,
            Posting.counterparty_id == supplier_id,
            LedgerAccount.code.in_(OWED),
        )
    )


def _references(buyer_id: int, supplier_id: int) -> dict[str, str]:
    """Source of an entry -> the number that both sides know it by."""
    found: dict[str, str] = {}
    for kind, table, number in (
        ("supplier_bill", SupplierBill, SupplierBill.reference),
        ("supplier_payment", SupplierPayment, SupplierPayment.reference),
        ("credit_note", CreditNote, CreditNote.number),
    ):
        query = select(table.id, number).where(
            table.organization_id == buyer_id, table.supplier_id == supplier_id
        )
        found.update({f"{kind}:{row_id}": said for row_id, said in db.session.execute(query)})
    return found


@dataclass(frozen=True)
class Delivery:
    """What one delivery day (an order cycle) came to between both sides, in whole rupiah.

    `paid_rp` is money and advances, `credited_rp` what credit notes settled; `open_rp` is still owed.
    """

    on: date
    orders: int
    received_rp: int
    returned_rp: int
    billed_rp: int
    credited_rp: int
    paid_rp: int

    @property
    def open_rp(self) -> int:
        return self.billed_rp - self.credited_rp - self.paid_rp


def deliveries_between(buyer_id: int, supplier_id: int, since: date, until: date) -> list[Delivery]:
    """The orders between both sides by delivery day, oldest first, both days included."""
    line, bill = PurchaseOrderLine, SupplierBill
    received = _of_order(func.sum(line.received_packs * line.unit_price_rp), line.order_id)
    returned = _of_order(
        func.sum(SupplierReturn.amount_rp), SupplierReturn.order_id, SupplierReturn.state != "undone"
    )
    stands = bill.state != "void"
    billed = _of_order(func.sum(bill.amount_rp), bill.order_id, stands)
    settled = _of_order(func.sum(bill.paid_rp), bill.order_id, stands)
    credited = (
        select(func.coalesce(func.sum(CreditUse.amount_rp), 0))
        .join(bill, bill.id == CreditUse.bill_id)
        .where(bill.order_id == PurchaseOrder.id, ~exists().where(CreditUndo.note_id == CreditUse.note_id))
        .scalar_subquery()
    )
    query = (
        select(PurchaseOrder.delivery_on, received, returned, billed, credited, settled)
        .where(
            PurchaseOrder.organization_id == buyer_id,
            PurchaseOrder.supplier_id == supplier_id,
            PurchaseOrder.delivery_on.between(since, until),
            PurchaseOrder.state != "cancelled",
        )
        .order_by(PurchaseOrder.delivery_on, PurchaseOrder.id)
    )
    days: dict[date, list[list[int]]] = {}
    for on, *figures in db.session.execute(query):
        days.setdefault(on, []).append([int(figure) for figure in figures])
    return [_delivery(on, rows) for on, rows in days.items()]


def _of_order(total: Any, order_id: Any, *conditions: ColumnElement[bool]) -> Any:
    summed = select(func.coalesce(total, 0)).where(order_id == PurchaseOrder.id, *conditions)
    return summed.scalar_subquery()


def _delivery(on: date, rows: list[list[int]]) -> Delivery:
    received, returned, billed, credited, settled = (sum(column) for column in zip(*rows, strict=True))
    return Delivery(on, len(rows), received, returned, billed, credited, settled - credited)
