"""Who moved what from which state to which, when and why: one append-only table for all parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Step:
    """One move of an object: of which table, which row, whose, and from where to where."""

    table: str
    id: int
    organization_id: int | None
    to_state: str
    from_state: str | None = None
    reason: str = ""


def record_all(actor: Actor, steps: Iterable[Step]) -> None:
    """Write several moves of one moment at once, in their order."""
    who = {"actor_id": actor.user_id, "actor_name": actor.name, "actor_role": actor.role, "at": clock.now()}
    db.write(
        StateChange,
        [
            {
                "subject_table": step.table,
                "subject_id": step.id,
                "organization_id": step.organization_id,
                "from_state": step.from_state,
                "to_state": step.to_state,
                "reason": step.reason,
                **who,
            }
            for step in steps
        ],
    )


def record(actor: Actor, subject: Any, from_state: str | None, to_state: str, reason: str = "") -> None:
    """Write one move of `subject` (a mapped object that was flushed); flushes nothing else."""
    organization_id = getattr(subject, "organization_id", None)
    record_all(
        actor, [Step(subject.__tablename__, subject.id, organization_id, to_state, from_state, reason)]
    )


def history_of(subject: Any) -> list[StateChange]:
    """Every move of the object, oldest first."""
    query = (
        select(StateChange)
        .where(StateChange.subject_table == subject.__tablename__, StateChange.subject_id == subject.id)
        .order_by(StateChange.id)
    )
    return list(db.session.scalars(query))
