"""What a cooperative owes a supplier over a time, read from the books and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.purchasing.models import PurchaseOrder, SupplierBill

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
    """Source of an entry -> the number on the supplier's own invoice."""
    query = select(SupplierBill.id, SupplierBill.reference).where(
        SupplierBill.organization_id == buyer_id, SupplierBill.supplier_id == supplier_id
    )
    return {f"supplier_bill:{row.id}": row.reference for row in db.session.execute(query)}
