"""A resident's order at one cooperative."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable
from market.members.models import Member  # noqa: F401  its table has to be known before orders point to it


class RetailOrder(db.Tenant, db.Base):
    """`organization_id` is the cooperative; `token` opens the tracking page, `pickup_code` the counter."""

    STATES: ClassVar[StateTable] = StateTable(
        "placed",
        {
            "placed": {"ready", "collected", "cancelled", "expired"},
            "ready": {"collected", "cancelled", "expired"},
            "expired": {"placed"},  # money came after its time, and the goods are still there
        },
    )

    __tablename__ = "retail_order"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("member", "member_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("total_rp > 0", name="something"),
        CheckConstraint("online_rp BETWEEN 0 AND total_rp", name="online"),
        CheckConstraint("delivery_rp >= 0", name="delivery"),
        CheckConstraint("refused_rp BETWEEN 0 AND total_rp", name="refused"),
        Index("ix_retail_order_open", "organization_id", "state", "phone"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    pickup_code: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default="placed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    buyer_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    total_rp: Mapped[int] = mapped_column(db.Rupiah)
    """What the buyer was asked for: lines less their discounts, and the delivery."""
    delivery_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    refused_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """What of the total came to nothing because a seller could not deliver."""
    placed_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    collect_by: Mapped[datetime] = mapped_column(db.UtcDateTime)
    member_id: Mapped[int | None] = mapped_column(db.BigKey)
    member_sale: Mapped[bool] = mapped_column(Boolean, default=False)
    collected_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    online_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """What of the total had been paid over the internet when the goods were handed over."""
    wrong_codes: Mapped[int] = mapped_column(default=0)
    pay_first: Mapped[bool] = mapped_column(Boolean, default=False)
    """To be paid over the internet before anybody packs; until then the goods are held for a short time."""
    released_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When the shop and the sellers were asked to begin: at once, or when the money came."""
    user_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    """Who was signed in when ordering; a guest's order has its link alone."""

    @property
    def due_rp(self) -> int:
        """What the buyer pays in all: what was asked for, less what came to nothing."""
        return self.total_rp - self.refused_rp


class RetailOrderLine(db.Tenant, db.Base):
    """One product with the price of the moment of ordering; a later change does not touch it."""

    __tablename__ = "retail_order_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("retail_order", "order_id"),
        db.tenant_fk("reservation", "reservation_id"),
        db.tenant_fk("retail_part", "part_id"),
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0 AND amount_rp = quantity * unit_price_rp", name="amount"),
        CheckConstraint("discount_rp BETWEEN 0 AND amount_rp", name="discount"),
        CheckConstraint("commission_rp BETWEEN 0 AND amount_rp", name="commission"),
        CheckConstraint("refused_pcs BETWEEN 0 AND quantity", name="refused_pcs"),
        CheckConstraint("refused_rp BETWEEN 0 AND amount_rp - discount_rp", name="refused_rp"),
        CheckConstraint("refused_commission_rp BETWEEN 0 AND commission_rp", name="refused_commission_rp"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    product_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("product.id"))
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    reservation_id: Mapped[int] = mapped_column(db.BigKey)
    name: Mapped[str] = mapped_column(String(80))
    unit_label: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int] = mapped_column(db.Count)
    unit_price_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    discount_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """This line's part of a voucher of the cooperative, which bears it."""
    commission_rp: Mapped[int] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """Average cost of own goods, known when they are handed over; 0 for consigned goods."""
    part_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    refused_pcs: Mapped[int] = mapped_column(db.Count, default=0)
    """Pieces that the seller could not deliver; the others are sold at the price of the moment."""
    refused_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """What of the buyer's money they cost: their share of the amount less the discount."""
    refused_commission_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)

    @property
    def net_rp(self) -> int:
        """What the buyer was asked for."""
        return self.amount_rp - self.discount_rp

    @property
    def kept(self) -> int:
        """Pieces that are sold."""
        return self.quantity - self.refused_pcs

    @property
    def kept_amount_rp(self) -> int:
        return self.kept * self.unit_price_rp

    @property
    def kept_net_rp(self) -> int:
        """What the buyer pays for the pieces that are sold."""
        return self.net_rp - self.refused_rp

    @property
    def kept_discount_rp(self) -> int:
        """What of the voucher is used for them."""
        return self.kept_amount_rp - self.kept_net_rp

    @property
    def kept_commission_rp(self) -> int:
        return self.commission_rp - self.refused_commission_rp
