"""What a buyer said about one line of an order that was handed over."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Review(db.Tenant, db.Base):
    """`organization_id` is the cooperative of the shop; `seller_id` whose goods they were.

    The buyer's name is kept as the first name only, because everybody reads it.
    """

    STATES: ClassVar[StateTable] = StateTable("shown", {"shown": {"hidden"}, "hidden": {"shown"}})

    __tablename__ = "review"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("retail_order_line", "line_id"),
        UniqueConstraint("line_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered"),
        Index("ix_review_product", "product_id", "state"),
        Index("ix_review_seller", "seller_id", "state"),
    )

    id: Mapped[int] = db.pk()
    line_id: Mapped[int] = mapped_column(db.BigKey)
    product_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("product.id"))
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    by: Mapped[str] = mapped_column(String(40))
    goods: Mapped[str] = mapped_column(String(80))
    stars: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str | None] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    hidden_for: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="shown")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
