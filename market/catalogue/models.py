"""Products of UMKM members and of the cooperative itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

HALAL_STATES = ("certified", "in_process", "not_halal", "not_applicable")


class Product(db.Tenant, db.Base):
    """Something with a price on the shelf of one cooperative; `organization_id` owns it.

    With `pack_id` it is the cooperative's own retail pack of a commodity, without it a member's
    product held on consignment. `commission_bp` are hundredths of a percent of the price.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "draft",
        {
            "draft": {"submitted", "published"},
            "submitted": {"published", "rejected"},
            "rejected": {"submitted"},
            "published": {"withdrawn"},
            "withdrawn": {"submitted", "published"},
        },
    )

    __tablename__ = "product"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("halal", HALAL_STATES),
        CheckConstraint("price_rp > 0", name="price"),
        CheckConstraint("commission_bp BETWEEN 0 AND 10000", name="commission"),
    )

    id: Mapped[int] = db.pk()
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    unit_label: Mapped[str] = mapped_column(String(30))
    net_weight_g: Mapped[int | None] = mapped_column(Integer)
    ingredients: Mapped[str] = mapped_column(Text, default="")
    pirt: Mapped[str] = mapped_column(String(20), default="")
    halal: Mapped[str] = mapped_column(String(15), default="in_process")
    photo: Mapped[str | None] = mapped_column(String(80))
    commission_bp: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
