"""Products of UMKM members and of the cooperative itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db, money
from market.core.states import StateTable

HALAL_STATES = ("unstated", "certified", "in_process", "not_halal", "not_applicable")
"""What the seller says; "unstated" claims nothing and is the start."""


class Product(db.Versioned, db.Tenant, db.Base):
    """Something with a price on the shelf of one cooperative; `organization_id` owns it.

    With `pack_id` it is the cooperative's own retail pack of a commodity, without it a member's
    product held on consignment. `commission_bp` are hundredths of a percent of the price. `version`
    counts the changes, so that nobody approves another text or price than the one they read.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "draft",
        {
            "draft": {"submitted", "published", "withdrawn"},
            "submitted": {"published", "rejected", "withdrawn"},
            "rejected": {"submitted", "withdrawn"},
            "published": {"withdrawn", "submitted"},
            "withdrawn": {"submitted", "published"},
        },
    )

    __tablename__ = "product"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("halal", HALAL_STATES),
        CheckConstraint("price_rp > 0", name="price"),
        CheckConstraint("commission_bp BETWEEN 0 AND 10000", name="commission"),
        CheckConstraint("pack_id IS NULL OR organization_id = cooperative_id", name="own_pack"),
        CheckConstraint("net_weight_g IS NULL OR net_volume_ml IS NULL", name="one_measure"),
        UniqueConstraint("cooperative_id", "pack_id"),
    )

    id: Mapped[int] = db.pk()
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    unit_label: Mapped[str] = mapped_column(String(30))
    net_weight_g: Mapped[int | None] = mapped_column(Integer)
    net_volume_ml: Mapped[int | None] = mapped_column(Integer)
    ingredients: Mapped[str] = mapped_column(Text, default="")
    pirt: Mapped[str] = mapped_column(String(20), default="")
    halal: Mapped[str] = mapped_column(String(15), default="unstated")
    photo: Mapped[str | None] = mapped_column(String(80))
    commission_bp: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


@dataclass(frozen=True)
class UnitPrice:
    """What a comparable amount costs, so that a small bag and a large one can be compared."""

    price_rp: int
    per: str
    """"kg", "100 g", "L" or "100 ml"."""


def unit_price(price_rp: int, net_weight_g: int | None, net_volume_ml: int | None) -> UnitPrice | None:
    """The price of a kilo or litre, of 100 g or 100 ml for packs below half of that.

    None without a measure, and where the pack itself is that amount.
    """
    net, big, small = (net_weight_g, "kg", "100 g") if net_weight_g else (net_volume_ml, "L", "100 ml")
    if not net or net in (100, 1_000):
        return None
    size, per = (1_000, big) if net >= 500 else (100, small)
    return UnitPrice(money.div_round(price_rp * size, net), per)
