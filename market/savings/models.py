"""The amount by resolution, the receipt for money that was taken, and the repayment to who leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

KINDS = ("principal",)
"""What is saved for. Mandatory and voluntary savings come later."""
ACCOUNTS = ("1-1100", "1-1200")
"""Money goes out through cash or bank."""
HOW = ("", "own", "paper")
"""A receipt is confirmed by the member herself, or by a second person against her signature on paper."""


class SavingsRate(db.Tenant, db.Base):
    """What a member pays from a day on, and the meeting that said so. The newest valid row counts."""

    __tablename__ = "savings_rate"
    __table_args__ = db.tenant_args(
        db.one_of("kind", KINDS),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("resolution <> ''", name="resolved"),
        Index("ix_savings_rate_valid", "organization_id", "kind", "valid_from_on"),
    )

    id: Mapped[int] = db.pk()
    kind: Mapped[str] = mapped_column(String(10))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    resolution: Mapped[str] = mapped_column(Text)
    resolved_on: Mapped[date] = mapped_column(Date)
    valid_from_on: Mapped[date] = mapped_column(Date)
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class SavingsReceipt(db.Tenant, db.Base):
    """Cash taken from somebody: in the books at once, counted for the member once she confirms it.

    Who took the money neither confirms nor cancels the receipt.
    """

    STATES: ClassVar[StateTable] = StateTable("taken", {"taken": {"confirmed", "cancelled"}})

    __tablename__ = "savings_receipt"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("member", "member_id"),
        db.tenant_fk("savings_rate", "rate_id"),
        db.one_of("kind", KINDS),
        db.one_of("how", HOW),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("decided_by IS NULL OR decided_by <> taken_by", name="two_people"),
        CheckConstraint("(state = 'taken') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(state = 'confirmed') = (how <> '')", name="confirmed_how"),
        Index(
            "uq_savings_receipt_waiting",
            "member_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'taken'"),
            sqlite_where=text("state = 'taken'"),
        ),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    member_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    rate_id: Mapped[int] = mapped_column(db.BigKey)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    taken_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    taken_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    how: Mapped[str] = mapped_column(String(10), default="")
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default="taken")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class SavingsRepayment(db.Tenant, db.Base):
    """Principal savings of who left: owed once a second person approves, then paid from cash or bank."""

    STATES: ClassVar[StateTable] = StateTable(
        "proposed", {"proposed": {"approved", "rejected"}, "approved": {"paid"}}
    )

    __tablename__ = "savings_repayment"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("member", "member_id"),
        db.one_of("account", ("", *ACCOUNTS)),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(state = 'paid') = (account <> '')", name="paid_from"),
        Index(
            "uq_savings_repayment_open",
            "member_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'approved')"),
            sqlite_where=text("state IN ('proposed', 'approved')"),
        ),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    member_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    proposed_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    account: Mapped[str] = mapped_column(String(10), default="")
    paid_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
