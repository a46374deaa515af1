"""A person who belongs to a cooperative."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Member(db.Tenant, db.Base):
    """`number` is given with the admission; `card_token` is what the QR of the member's card says.

    `user_id` is the account of a member who signs in, where there is one.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "asked", {"asked": {"active", "declined"}, "active": {"left"}, "left": {"active"}}
    )

    __tablename__ = "member"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("state NOT IN ('active', 'left') OR number IS NOT NULL", name="numbered"),
        Index("ix_member_phone", "organization_id", "phone"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str | None] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    card_token: Mapped[str] = mapped_column(String(60), unique=True)
    user_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    joined_on: Mapped[date | None] = mapped_column(Date)
