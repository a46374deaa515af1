"""Who moved what from which state to which, when and why: one append-only table for all parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db
from market.core.permissions import Actor


class StateChange(db.Base):
    """One move of one object; `subject_table` and `subject_id` name the object."""

    __tablename__ = "state_change"
    __table_args__ = (Index("ix_state_change_subject", "subject_table", "subject_id"),)

    id: Mapped[int] = db.pk()
    subject_table: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(db.BigKey)
    organization_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_role: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


def record(
    actor: Actor, subject: Any, from_state: str | None, to_state: str, reason: str = ""
) -> StateChange:
    """Write one move of `subject` (a mapped object with an id); flushes nothing."""
    change = StateChange(
        subject_table=subject.__tablename__,
        subject_id=subject.id,
        organization_id=getattr(subject, "organization_id", None),
        from_state=from_state,
        to_state=to_state,
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=actor.role,
        reason=reason,
        at=clock.now(),
    )
    db.session.add(change)
    return change


def history_of(subject: Any) -> list[StateChange]:
    """Every move of the object, oldest first."""
    query = (
        select(StateChange)
        .where(StateChange.subject_table == subject.__tablename__, StateChange.subject_id == subject.id)
        .order_by(StateChange.id)
    )
    return list(db.session.scalars(query))
