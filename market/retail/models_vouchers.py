"""Vouchers of a cooperative, and which order has used one."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Voucher(db.Tenant, db.Base):
    """So many percent or rupiah off, borne by the cooperative; `used` counts orders that stand."""

    STATES: ClassVar[StateTable] = StateTable("live", {"live": {"closed"}})

    __tablename__ = "voucher"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("(percent IS NULL) <> (amount_rp IS NULL)", name="one_kind"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 90", name="percent"),
        CheckConstraint("amount_rp IS NULL OR amount_rp > 0", name="amount"),
        CheckConstraint("most_rp IS NULL OR most_rp > 0", name="most"),
        CheckConstraint("minimum_rp >= 0", name="minimum"),
        CheckConstraint("used BETWEEN 0 AND most_uses", name="uses"),
        CheckConstraint("most_per_phone BETWEEN 1 AND most_uses", name="per_phone"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    id: Mapped[int] = db.pk()
    state: Mapped[str] = mapped_column(String(10), default="live")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    code: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int | None]
    amount_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    most_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """The most that a percentage gives."""
    minimum_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    most_uses: Mapped[int] = mapped_column(db.Count)
    most_per_phone: Mapped[int] = mapped_column(db.Count, default=1)
    used: Mapped[int] = mapped_column(db.Count, default=0)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    members_only: Mapped[bool] = mapped_column(Boolean, default=False)
    own_only: Mapped[bool] = mapped_column(Boolean, default=False)
    made_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class VoucherUse(db.Tenant, db.Base):
    """The one voucher of one order; given back when the order comes to nothing."""

    STATES: ClassVar[StateTable] = StateTable("used", {"used": {"released"}, "released": {"used"}})

    __tablename__ = "voucher_use"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("voucher", "voucher_id"),
        db.tenant_fk("retail_order", "order_id"),
        UniqueConstraint("order_id"),
        CheckConstraint("amount_rp > 0", name="something"),
        Index("ix_voucher_use_phone", "voucher_id", "phone"),
    )

    id: Mapped[int] = db.pk()
    state: Mapped[str] = mapped_column(String(10), default="used")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    voucher_id: Mapped[int] = mapped_column(db.BigKey)
    order_id: Mapped[int] = mapped_column(db.BigKey)
    phone: Mapped[str] = mapped_column(String(20))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)


class MemberTry(db.Tenant, db.Base):
    """A member's number that somebody typed with a phone it does not belong to; ends guessing."""

    __tablename__ = "member_try"
    __table_args__ = db.tenant_args(Index("ix_member_try_phone", "organization_id", "phone", "at"))

    id: Mapped[int] = db.pk()
    phone: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
