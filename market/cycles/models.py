"""A cycle, its dates, and the asking before a pool closes."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class OrderCycle(db.Tenant, db.Versioned, db.Base):
    """Rounds of one office for one area and one family of goods (empty: all), every few weeks.

    The n-th date begins `every_weeks` times n weeks after `first_opens_on` at `opens_hour`; it closes
    `open_days` later at `closes_hour`, suppliers have `answer_hours`, and goods come within
    `delivery_days` after that. Hours are of Jakarta.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "active", {"active": {"paused", "ended"}, "paused": {"active", "ended"}}
    )

    __tablename__ = "order_cycle"
    __table_args__ = db.tenant_args(
        STATES.check(),
        CheckConstraint("every_weeks BETWEEN 1 AND 8", name="weeks"),
        CheckConstraint("open_days BETWEEN 1 AND 28", name="open_days"),
        CheckConstraint("opens_hour BETWEEN 0 AND 23 AND closes_hour BETWEEN 0 AND 23", name="hours"),
        CheckConstraint("answer_hours > 0", name="time_to_answer"),
        CheckConstraint("delivery_days BETWEEN 0 AND 30", name="delivery_days"),
        Index(
            "uq_order_cycle_running",
            *("organization_id", "scope_code", "family"),
            unique=True,
            postgresql_where=text("state <> 'ended'"),
            sqlite_where=text("state <> 'ended'"),
        ),
    )

    id: Mapped[int] = db.pk()
    title: Mapped[str] = mapped_column(String(90))
    scope_code: Mapped[str] = mapped_column(String(10), index=True)
    family: Mapped[str] = mapped_column(String(40), default="")
    first_opens_on: Mapped[date] = mapped_column(Date)
    every_weeks: Mapped[int] = mapped_column(Integer)
    opens_hour: Mapped[int] = mapped_column(Integer)
    open_days: Mapped[int] = mapped_column(Integer)
    closes_hour: Mapped[int] = mapped_column(Integer)
    answer_hours: Mapped[int] = mapped_column(Integer)
    delivery_days: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="active")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class CycleDate(db.Tenant, db.Base):
    """What became of one date of a cycle: the round it opened, or why it was left out.

    `planned_on` is the date by the rule; `moved_for` names the holiday that moved the opening, the closing or
    the delivery.
    """

    STATES: ClassVar[StateTable] = StateTable("planned", {"planned": {"opened", "skipped"}})

    __tablename__ = "cycle_date"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("order_cycle", "cycle_id"),
        db.tenant_fk("round", "round_id"),
        UniqueConstraint("cycle_id", "planned_on"),
        CheckConstraint(
            "state = 'planned' OR (state = 'opened') = (round_id IS NOT NULL)", name="round_if_opened"
        ),
    )

    id: Mapped[int] = db.pk()
    cycle_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    planned_on: Mapped[date] = mapped_column(Date)
    closes_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    delivery_on: Mapped[date] = mapped_column(Date)
    moved_for: Mapped[str] = mapped_column(String(80), default="")
    round_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="planned")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class NeedWidening(db.Tenant, db.Base):
    """Who let a need take more before its round closed, and how much; never changed afterwards."""

    __tablename__ = "need_widening"
    __table_args__ = db.tenant_args(
        db.tenant_fk("need", "need_id"),
        CheckConstraint("to_packs <> from_packs", name="something"),
    )

    id: Mapped[int] = db.pk()
    need_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    from_packs: Mapped[int] = mapped_column(db.Count)
    to_packs: Mapped[int] = mapped_column(db.Count)
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
