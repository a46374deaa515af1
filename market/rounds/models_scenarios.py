"""What-ifs of a round: computed, compared, shared in the office, and never applied."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Scenario(db.Tenant, db.Base):
    """One question "what if" about a plan, and its answer.

    It hangs on a plan, yet no plan, assignment or order can ever come from it: there is no such edge
    in its state table and no service that reads it but its own pages.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "queued",
        {
            "queued": {"solving", "discarded"},
            "solving": {"solved", "failed"},
            "failed": {"queued", "discarded"},
            "solved": {"discarded"},
        },
    )

    __tablename__ = "scenario"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("round", "round_id"),
        db.tenant_fk("round_plan", "plan_id"),
        CheckConstraint("bound_rp IS NULL OR bound_rp <= cost_rp", name="bound_below_cost"),
    )

    id: Mapped[int] = db.pk()
    round_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    plan_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    name: Mapped[str] = mapped_column(String(80))
    changes: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    curve: Mapped[list[list[Any]]] = mapped_column(db.JsonText)
    """The search so far: [milliseconds, bound_rp, cost_rp]."""
    problem_json: Mapped[str] = mapped_column(Text, default="")
    plan_json: Mapped[str] = mapped_column(Text, default="")
    cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    bound_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    gap_ppm: Mapped[int | None] = mapped_column(Integer)
    milliseconds: Mapped[int | None] = mapped_column(Integer)
    failure: Mapped[str] = mapped_column(Text, default="")
