"""Views of product pages by day, counted by a job."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db


class ProductView(db.Base):
    """How often a product's page was opened on a day (Jakarta)."""

    __tablename__ = "product_view"
    __table_args__ = (CheckConstraint("views > 0", name="something"),)

    product_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("product.id"), primary_key=True)
    day_on: Mapped[date] = mapped_column(Date, primary_key=True)
    views: Mapped[int] = mapped_column(db.Count)


class ViewBatch(db.Base):
    """A file of notes that has been counted, so that it counts once."""

    __tablename__ = "view_batch"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
