"""What follows a bill: the case of a difference, credit notes, goods that go back, runs that pay."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable
from market.purchasing.models import REJECT_REASONS

RETURN_REASONS = tuple(reason for reason in REJECT_REASONS if reason != "short")
"""Why goods go back: what never came cannot be carried back."""


class BillCase(db.Tenant, db.Base):
    """A bill that differs from what came by more than the tolerance; it is not paid before this ends.

    `difference_rp` is what the paper says beyond (below zero: short of) what may be billed.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open", {"open": {"accepted", "corrected", "credited", "rejected"}}
    )

    __tablename__ = "bill_case"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("supplier_bill", "bill_id"),
        UniqueConstraint("bill_id"),
        CheckConstraint("difference_rp <> 0", name="something"),
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> opened_by OR state <> 'accepted'", name="by_two"
        ),
    )

    id: Mapped[int] = db.pk()
    bill_id: Mapped[int] = mapped_column(db.BigKey)
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    expected_rp: Mapped[int] = mapped_column(db.Rupiah)
    difference_rp: Mapped[int] = mapped_column(db.Rupiah)
    tolerance_rp: Mapped[int] = mapped_column(db.Rupiah)
    state: Mapped[str] = mapped_column(String(10), default="open")
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    answer_by_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When the supplier said something for the first time."""
    reminded_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class BillCaseMessage(db.Tenant, db.Base):
    """What one side says of a case; `organization_id` is the buyer, whose bill it is."""

    __tablename__ = "bill_case_message"
    __table_args__ = db.tenant_args(
        db.tenant_fk("bill_case", "case_id"), CheckConstraint("text <> ''", name="something")
    )

    id: Mapped[int] = db.pk()
    case_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    speaker_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    written_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    text: Mapped[str] = mapped_column(Text)


class SupplierReturn(db.Tenant, db.Base):
    """Goods that were taken and go back: off the shelf now, off the debt with the supplier's credit.

    `amount_rp` is their price in the order, `cost_rp` what the shelf lost. `bill_id` is the bill that
    had already left them out, where no credit note was needed. One that was a slip is `undone`.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "sent", {"sent": {"credited", "dropped", "undone"}, "credited": {"sent"}}
    )

    __tablename__ = "supplier_return"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("purchase_order", "order_id"),
        db.tenant_fk("supplier_bill", "bill_id"),
        db.one_of("reason", RETURN_REASONS),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0 AND cost_rp >= 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    bill_id: Mapped[int | None] = mapped_column(db.BigKey)
    number: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    state: Mapped[str] = mapped_column(String(10), default="sent")
    returned_on: Mapped[date] = mapped_column(Date)
    returned_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    returned_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class SupplierReturnLine(db.Tenant, db.Base):
    """How many packs of which order line went back."""

    __tablename__ = "supplier_return_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("supplier_return", "return_id"),
        db.tenant_fk("purchase_order_line", "order_line_id"),
        UniqueConstraint("return_id", "order_line_id"),
        CheckConstraint("packs > 0 AND amount_rp >= 0 AND cost_rp >= 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    return_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_line_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    packs: Mapped[int] = mapped_column(db.Count)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)


class CreditNote(db.Tenant, db.Base):
    """The supplier's word that less is owed; once written nothing of it changes (a trigger says so)."""

    __tablename__ = "credit_note"
    __table_args__ = db.tenant_args(
        db.tenant_fk("supplier_bill", "bill_id"),
        db.tenant_fk("bill_case", "case_id"),
        db.tenant_fk("claim", "claim_id"),
        db.tenant_fk("supplier_return", "return_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    bill_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(db.BigKey)
    claim_id: Mapped[int | None] = mapped_column(db.BigKey)
    return_id: Mapped[int | None] = mapped_column(db.BigKey)
    number: Mapped[str] = mapped_column(String(30))
    reference: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(Text)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    issued_for: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    """Who wrote it down: the supplier, or the buyer from the supplier's paper."""
    issued_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class CreditUse(db.Tenant, db.Base):
    """Where a credit note went: against a bill, or (without one) back as money into `account`."""

    __tablename__ = "credit_use"
    __table_args__ = db.tenant_args(
        db.tenant_fk("credit_note", "note_id"),
        db.tenant_fk("supplier_bill", "bill_id"),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("(bill_id IS NULL) = (account <> '')", name="bill_or_money"),
    )

    id: Mapped[int] = db.pk()
    note_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    bill_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10), default="")
    reference: Mapped[str] = mapped_column(String(80), default="")
    used_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class CreditUndo(db.Tenant, db.Base):
    """A credit note was a slip: from now on it says nothing, and its entry is reversed."""

    __tablename__ = "credit_undo"
    __table_args__ = db.tenant_args(
        db.tenant_fk("credit_note", "note_id"),
        UniqueConstraint("note_id"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = db.pk()
    note_id: Mapped[int] = mapped_column(db.BigKey)
    reason: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class SupplierAccount(db.Tenant, db.Base):
    """Where a supplier (`organization_id`) is paid; a new number is a new row, the old one ends."""

    __tablename__ = "supplier_account"
    __table_args__ = db.tenant_args(
        Index(
            "uq_supplier_account_current",
            "organization_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("bank <> '' AND holder <> ''", name="whole"),
    )

    id: Mapped[int] = db.pk()
    bank: Mapped[str] = mapped_column(String(40))
    number_sealed: Mapped[str] = mapped_column(Text, default="")
    last4: Mapped[str] = mapped_column(String(4))
    holder: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    added_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def masked(self) -> str:
        """Bank, the last four digits and the holder: all that a page shows."""
        return f"{self.bank} ••••{self.last4} · {self.holder}"


class PaymentRun(db.Tenant, db.Base):
    """Bills that are paid together by bank transfer: proposed by one, approved by another, then sent.

    Its payments wait as `proposed` until the money has left; then all of them are paid, or none.
    """

    LIVE: ClassVar[tuple[str, ...]] = ("proposed", "approved")
    STATES: ClassVar[StateTable] = StateTable(
        "proposed",
        {
            "proposed": {"approved", "rejected", "withdrawn", "lapsed"},
            "approved": {"paid", "withdrawn"},
        },
    )

    __tablename__ = "payment_run"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("total_rp > 0", name="something"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL AND reference <> '')", name="paid_when"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    total_rp: Mapped[int] = mapped_column(db.Rupiah)
    pay_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    proposed_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    paid_on: Mapped[date | None] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(80), default="")
