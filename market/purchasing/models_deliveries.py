"""What follows a delivery: a short truck and how it is shared, and what both sides say of a claim."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db


class DeliveryShortage(db.Tenant, db.Base):
    """What a supplier (`organization_id`) could load of one pack for one day, of what was awaited.

    The rest comes on `rest_on`, or never: then the buyers' order lines were cut by it.
    """

    __tablename__ = "delivery_shortage"
    __table_args__ = db.tenant_args(
        CheckConstraint("loaded_packs >= 0 AND loaded_packs < awaited_packs", name="short"),
        CheckConstraint("rest_on IS NULL OR rest_on >= delivery_on", name="rest_after"),
    )

    id: Mapped[int] = db.pk()
    delivery_on: Mapped[date] = mapped_column(Date)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    awaited_packs: Mapped[int] = mapped_column(db.Count)
    loaded_packs: Mapped[int] = mapped_column(db.Count)
    rest_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    declared_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class DeliveryShare(db.Tenant, db.Base):
    """What one order line gets of a short truck, and which place it had in the row."""

    __tablename__ = "delivery_share"
    __table_args__ = db.tenant_args(
        db.tenant_fk("delivery_shortage", "shortage_id"),
        UniqueConstraint("shortage_id", "order_line_id"),
        UniqueConstraint("shortage_id", "rank"),
        CheckConstraint("packs >= 0 AND packs <= awaited_packs", name="not_more_than_awaited"),
    )

    id: Mapped[int] = db.pk()
    shortage_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("purchase_order.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("purchase_order_line.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    rank: Mapped[int] = mapped_column(Integer)
    awaited_packs: Mapped[int] = mapped_column(db.Count)
    packs: Mapped[int] = mapped_column(db.Count)


class ClaimMessage(db.Tenant, db.Base):
    """What one side (or the office) says of a claim; `organization_id` is the buyer, whose claim it is."""

    __tablename__ = "claim_message"
    __table_args__ = db.tenant_args(
        db.tenant_fk("claim", "claim_id"), CheckConstraint("text <> ''", name="something")
    )

    id: Mapped[int] = db.pk()
    claim_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    speaker_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    written_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
