"""Days on which a maker makes nothing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db


class ClosedDay(db.Tenant, db.Base):
    """A day on which the seller `organization_id` hands over nothing: a feast, a journey, an illness."""

    __tablename__ = "closed_day"
    __table_args__ = db.tenant_args(UniqueConstraint("organization_id", "closed_on"))

    id: Mapped[int] = db.pk()
    closed_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(80), default="")
