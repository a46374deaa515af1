"""A seller's application to a cooperative, and her page for buyers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class SellerProfile(db.Versioned, db.Tenant, db.Base):
    """`organization_id` is the seller; name, address and days of work stand in her organization.

    `organization.trading` is true exactly while the state is active: the shelf asks that alone. `version`
    counts the changes, so that nobody decides on another story than the one they read.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "submitted",
        {
            "submitted": {"active", "changes_requested", "declined"},
            "changes_requested": {"submitted", "declined"},
            "declined": {"submitted"},
            "active": {"paused"},
            "paused": {"active"},
        },
    )

    __tablename__ = "seller_profile"
    __table_args__ = db.tenant_args(STATES.check(), UniqueConstraint("organization_id"))

    id: Mapped[int] = db.pk()
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    story: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str | None] = mapped_column(String(80))
    show_phone: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether buyers see the number; nobody does until she says so."""
    state: Mapped[str] = mapped_column(String(20), default="submitted")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
