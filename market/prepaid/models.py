"""A pool that people pay into before anything is bought, and each buyer's share of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Pack
from market.core import clock, db
from market.core.states import StateTable

ACCOUNTS = ("1-1100", "1-1200")
"""Money that people take or give by hand goes through cash or bank."""
ONLINE = "1-1250"
"""Where money of a payment over the internet stands: at the provider."""


class PrepaidPool(db.Tenant, db.Base):
    """One bulk pack cut into `shares_per_pack` shares at `price_rp` each.

    It fires when `max_packs` are paid, or at `closes_at` when at least `min_packs` are; else everybody gets
    the money back by `refund_by_on`. `need_id` is what it asked for when it fired.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed",
        {
            "proposed": {"open", "rejected"},
            "open": {"fired", "refunding", "closed"},
            "fired": {"ready", "refunding"},
            "ready": {"closed"},
            "refunding": {"closed"},
        },
    )

    __tablename__ = "prepaid_pool"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("need", "need_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("price_rp > 0 AND shares_per_pack > 0", name="something"),
        CheckConstraint("min_packs > 0 AND max_packs >= min_packs", name="packs"),
        CheckConstraint("approved_by <> opened_by", name="two_people"),
        CheckConstraint(
            "state = 'proposed' OR state = 'rejected' OR approved_by IS NOT NULL", name="approved"
        ),
        Index("ix_prepaid_pool_due", "state", "closes_at"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    shares_per_pack: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    min_packs: Mapped[int] = mapped_column(db.Count)
    max_packs: Mapped[int] = mapped_column(db.Count)
    closes_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    delivery_on: Mapped[date] = mapped_column(Date)
    refund_by_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    opened_role: Mapped[str] = mapped_column(String(20))
    approved_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    approved_role: Mapped[str] = mapped_column(String(20), default="")
    need_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)

    @property
    def share_base(self) -> int:
        """What one share is, in base units of the good."""
        return self.pack.size_base // self.shares_per_pack

    @property
    def closes_on(self) -> date:
        """The last day on which money is taken, in Jakarta."""
        return clock.wib(self.closes_at - timedelta(seconds=1)).date()

    @property
    def min_shares(self) -> int:
        return self.min_packs * self.shares_per_pack

    @property
    def max_shares(self) -> int:
        return self.max_packs * self.shares_per_pack


class PrepaidShare(db.Tenant, db.Base):
    """What one buyer paid for; `token` opens the buyer's page, `pickup_code` the counter.

    A share begins unpaid, so that a payment over the internet may come later; by hand it is paid at once.
    `account` ONLINE is money that the provider has; when it comes too late, it goes straight back.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "awaiting_payment",
        {
            "awaiting_payment": {"paid", "cancelled", "refund_pending"},
            "cancelled": {"refund_pending"},
            "paid": {"ready", "refund_pending", "cancelled"},
            "ready": {"collected", "refund_pending", "cancelled"},
            "refund_pending": {"refunded", "cancelled"},
        },
    )

    __tablename__ = "prepaid_share"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("prepaid_pool", "pool_id"),
        db.tenant_fk("reservation", "reservation_id"),
        UniqueConstraint("organization_id", "number"),
        db.one_of("account", (*ACCOUNTS, ONLINE)),
        db.one_of("refund_account", ("", *ACCOUNTS, ONLINE)),
        CheckConstraint("shares > 0 AND amount_rp > 0", name="something"),
        CheckConstraint("(state = 'refunded') = (refund_account <> '')", name="refunded_from"),
    )

    id: Mapped[int] = db.pk()
    pool_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    number: Mapped[str] = mapped_column(String(30))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    pickup_code: Mapped[str] = mapped_column(String(8))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    buyer_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    member: Mapped[bool] = mapped_column(Boolean, default=False)
    shares: Mapped[int] = mapped_column(db.Count)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10))
    refund_account: Mapped[str] = mapped_column(String(10), default="")
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    state: Mapped[str] = mapped_column(String(20), default="awaiting_payment")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
