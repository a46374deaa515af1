"""What a buyer was not content with, what was said of it, and what came back for it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Complaint(db.Tenant, db.Base):
    """A buyer's word about one line of an order that was handed over."""

    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {
            "open": {"refunded", "promised", "refused", "withdrawn"},
            "promised": {"replaced", "refunded"},  # the goods that replace may run out
            "refused": {"open"},  # the buyer objects, once, and the chair looks at it
        },
    )
    WISHES: ClassVar[tuple[str, ...]] = ("refund", "replacement")

    __tablename__ = "retail_complaint"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("retail_order", "order_id"),
        db.tenant_fk("retail_order_line", "line_id"),
        db.tenant_fk("reservation", "reservation_id"),
        db.one_of("wish", WISHES),
        db.one_of("bearer", ("", "cooperative", "seller")),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_retail_complaint_open", "organization_id", "state", "answer_by_at"),
    )

    id: Mapped[int] = db.pk()
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    line_id: Mapped[int] = mapped_column(db.BigKey)
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    quantity: Mapped[int] = mapped_column(db.Count)
    wish: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(Text)
    photo: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer_by_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    objections: Mapped[int] = mapped_column(default=0)
    bearer: Mapped[str] = mapped_column(String(11), default="")
    """Who bears a replacement; a refund says it itself."""
    pickup_code: Mapped[str] = mapped_column(String(8))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    """The goods that replace, from the promise on."""
    cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """What the goods that replaced had cost, since they were handed over."""
    seller_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """What the seller gets for goods that replaced, when the cooperative bears them."""


class ComplaintMessage(db.Tenant, db.Base):
    """One word of the buyer, the shop or the seller."""

    __tablename__ = "complaint_message"
    __table_args__ = db.tenant_args(
        db.tenant_fk("retail_complaint", "complaint_id"), db.one_of("side", ("buyer", "seller", "shop"))
    )

    id: Mapped[int] = db.pk()
    complaint_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    side: Mapped[str] = mapped_column(String(6))
    author_name: Mapped[str] = mapped_column(String(80))
    said: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class RetailReturn(db.Tenant, db.Base):
    """Money for goods that were handed over already: from whom it is taken, and where the goods went.

    refund + discount = the seller's share + the commission + what the cooperative bears.
    """

    STATES: ClassVar[StateTable] = StateTable("due", {"due": {"paid"}})
    GOODS: ClassVar[tuple[str, ...]] = ("kept", "shelf", "lost")

    __tablename__ = "retail_return"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("retail_complaint", "complaint_id"),
        db.tenant_fk("retail_order", "order_id"),
        db.tenant_fk("retail_order_line", "line_id"),
        db.one_of("way", ("cash", "online")),
        db.one_of("goods", GOODS),
        UniqueConstraint("complaint_id"),
        CheckConstraint("refund_rp > 0 AND discount_rp >= 0 AND seller_rp >= 0", name="amounts"),
        CheckConstraint("commission_rp >= 0 AND borne_rp >= 0 AND cost_rp >= 0", name="parts"),
        CheckConstraint("refund_rp + discount_rp = seller_rp + commission_rp + borne_rp", name="adds_up"),
    )

    id: Mapped[int] = db.pk()
    state: Mapped[str] = mapped_column(String(10), default="due")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    complaint_id: Mapped[int] = mapped_column(db.BigKey)
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    line_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    quantity: Mapped[int] = mapped_column(db.Count)
    """Pieces that came back; 0 when the buyer keeps them."""
    refund_rp: Mapped[int] = mapped_column(db.Rupiah)
    discount_rp: Mapped[int] = mapped_column(db.Rupiah)
    seller_rp: Mapped[int] = mapped_column(db.Rupiah)
    commission_rp: Mapped[int] = mapped_column(db.Rupiah)
    borne_rp: Mapped[int] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    goods: Mapped[str] = mapped_column(String(5))
    way: Mapped[str] = mapped_column(String(6))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
