"""Who got how much of a scarce good in a period, and by which documents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db


class Ration(db.Tenant, db.Base):
    """How much of a scarce good one buyer has got in one period; changed by compare-and-set only."""

    __tablename__ = "ration"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "buyer_index", "commodity_id", "period"),
        CheckConstraint("used_base >= 0", name="used"),
    )

    id: Mapped[int] = db.pk()
    buyer_index: Mapped[str] = mapped_column(String(64))
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"))
    period: Mapped[str] = mapped_column(String(20))
    used_base: Mapped[int] = mapped_column(db.Count, default=0)


class RationUse(db.Tenant, db.Base):
    """One document line's part of a ration, with the cap of that moment (none: nothing is capped).

    `source` names the line: `counter_line:7`, `order_line:7`, `preorder_wish:7`.
    """

    __tablename__ = "ration_use"
    __table_args__ = db.tenant_args(
        db.tenant_fk("ration", "ration_id"),
        CheckConstraint("quantity_base > 0", name="something"),
        Index(
            "uq_ration_use_source",
            "organization_id",
            "source",
            unique=True,
            postgresql_where=text("given_back_at IS NULL"),
            sqlite_where=text("given_back_at IS NULL"),
        ),
    )

    id: Mapped[int] = db.pk()
    ration_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    source: Mapped[str] = mapped_column(String(40))
    quantity_base: Mapped[int] = mapped_column(db.Count)
    cap_base: Mapped[int | None] = mapped_column(db.Count)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    given_back_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
