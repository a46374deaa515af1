"""What one cooperative gets of an administered good in a month, from a day on, by whose paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Pack
from market.core import db
from market.core.states import StateTable


class OutletQuota(db.Tenant, db.Base):
    """A quota of its own for a cooperative (`organization_id`), in packs per calendar month.

    One proposes it (the office or the agent), another person of the office approves it; from
    `valid_from_on` the newest approved one counts instead of the quota for all outlets. Never changed: a
    new figure is a new row.
    """

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"approved", "rejected"}})

    __tablename__ = "outlet_quota"
    __table_args__ = db.tenant_args(
        STATES.check(),
        CheckConstraint("packs >= 0", name="packs"),
        CheckConstraint("source <> ''", name="source_given"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_by_someone"),
        Index(
            "uq_outlet_quota_one_a_day",
            "organization_id",
            "pack_id",
            "valid_from_on",
            unique=True,
            sqlite_where=text("state <> 'rejected'"),
            postgresql_where=text("state <> 'rejected'"),
        ),
    )

    id: Mapped[int] = db.pk()
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    packs: Mapped[int] = mapped_column(db.Count)
    valid_from_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_for: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    """Who proposed it: the office, or the agent that brings the goods."""
    proposed_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)

    @property
    def amount_base(self) -> int:
        """What may come in a month, in base units."""
        return self.packs * self.pack.size_base
