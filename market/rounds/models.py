"""Rounds, their plans, and what each offer is assigned in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

TERMS = ("prepaid", "cod", "tempo")
DECLINE_REASONS = ("no_stock", "price_rose", "no_truck", "too_small", "date", "other")
UNMET_REASONS = (
    *("area", "date", "authorised", "quota", "permit", "terms", "ceiling", "capacity", "suppliers"),
    *("weight", "trips", "minimum", "cash", "cost", "unsolved", "no_offer", "ration", "declined", "changed"),
)
"""Why a need goes short: the matcher's words, and "declined" for what suppliers said no to,
"changed" for what the cooperative did not take as its supplier had changed it."""


class Round(db.Tenant, db.Base):
    """One sourcing round of an office: `scope_code` says whose needs it pools ("3578": a city), `family`
    which goods (empty: all).

    `attempt` counts plans over the life of the round; `rematches` those made after declined answers.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {
            "open": {"closed", "cancelled"},
            "closed": {"solving", "cancelled"},
            "solving": {"solved", "failed"},
            "failed": {"closed", "cancelled"},
            "solved": {"published", "closed", "cancelled"},
            "published": {"finished", "rematching"},
            "rematching": {"published"},
        },
    )

    __tablename__ = "round"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("answer_hours > 0", name="time_to_answer"),
        Index(
            "uq_round_one_active",
            "organization_id",
            "scope_code",
            unique=True,
            postgresql_where=text("state IN ('closed', 'solving', 'solved')"),
            sqlite_where=text("state IN ('closed', 'solving', 'solved')"),
        ),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(120))
    scope_code: Mapped[str] = mapped_column(String(10), index=True)
    family: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[str] = mapped_column(String(15), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer_hours: Mapped[int] = mapped_column(Integer)
    answers_due_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    rematches: Mapped[int] = mapped_column(Integer, default=0)
    failure: Mapped[str] = mapped_column(Text, default="")


class RoundNeed(db.Tenant, db.Base):
    """A need as the round froze it, and what became of it."""

    __tablename__ = "round_need"
    __table_args__ = db.tenant_args(
        db.tenant_fk("round", "round_id"),
        UniqueConstraint("round_id", "need_id"),
        CheckConstraint("accepted_packs >= 0 AND planned_packs >= 0 AND alone_packs >= 0", name="counts"),
        CheckConstraint("alone_rp IS NULL OR alone_packs > 0", name="alone_buys_something"),
    )

    id: Mapped[int] = db.pk()
    round_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    need_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("need.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    wanted_packs: Mapped[int] = mapped_column(db.Count)
    at_most_packs: Mapped[int] = mapped_column(db.Count)
    planned_packs: Mapped[int] = mapped_column(db.Count, default=0)
    accepted_packs: Mapped[int] = mapped_column(db.Count, default=0)
    alone_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """What `alone_packs` would cost bought alone; None where alone it cannot be had."""
    alone_packs: Mapped[int] = mapped_column(db.Count, default=0)
    planned_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    market_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """Retail price of one pack in the last observation, for comparison."""
    unmet_reason: Mapped[str] = mapped_column(String(15), default="")
    unmet_detail: Mapped[dict[str, Any] | None] = mapped_column(db.JsonText)


class RoundPlan(db.Tenant, db.Base):
    """One plan with everything that anyone needs to check it again."""

    __tablename__ = "round_plan"
    __table_args__ = db.tenant_args(
        db.tenant_fk("round", "round_id"),
        UniqueConstraint("round_id", "attempt"),
        CheckConstraint("bound_rp IS NULL OR bound_rp <= cost_rp", name="bound_below_cost"),
    )

    id: Mapped[int] = db.pk()
    round_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    problem_json: Mapped[str] = mapped_column(Text)
    plan_json: Mapped[str] = mapped_column(Text)
    problem_sha256: Mapped[str] = mapped_column(String(64))
    checked: Mapped[bool] = mapped_column(Boolean)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    bound_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    certified_bound_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    gap_ppm: Mapped[int | None] = mapped_column(Integer)
    """Gap in millionths: 5.000 is half a percent."""
    greedy_cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """The whole objective of the careful officer's plan, as `cost_rp` is of ours."""
    greedy_paid_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    greedy_packs: Mapped[int | None] = mapped_column(db.Count)
    """What the officer's plan would pay, and for how many packs."""
    goods_rp: Mapped[int] = mapped_column(db.Rupiah)
    delivery_rp: Mapped[int] = mapped_column(db.Rupiah)
    seed: Mapped[int] = mapped_column(Integer)
    solver: Mapped[str] = mapped_column(String(60))
    milliseconds: Mapped[int] = mapped_column(Integer)
    lanes: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class RoundProgress(db.Tenant, db.Base):
    """One point of the curve while the solver works, for the live page."""

    __tablename__ = "round_progress"
    __table_args__ = db.tenant_args(db.tenant_fk("round", "round_id"))

    id: Mapped[int] = db.pk()
    round_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    bound_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)


class Assignment(db.Tenant, db.Base):
    """What one offer gets in one plan; `organization_id` is the supplier, who answers it once.

    Price and terms are those of the plan: a later edit of the offer changes nothing here. `countered`
    waits for buyers whose share got worse; `refused` is what none of them wanted any more.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed",
        {
            "proposed": {"offered", "dropped"},
            "offered": {"accepted", "partly", "declined", "lapsed", "countered"},
            "countered": {"accepted", "partly", "refused"},
        },
    )

    __tablename__ = "assignment"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("offer", "offer_id"),
        db.one_of("terms", TERMS),
        db.one_of("decline_reason", ("", *DECLINE_REASONS)),
        UniqueConstraint("plan_id", "offer_id"),
        CheckConstraint("packs > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    round_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("round.id"), index=True)
    plan_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("round_plan.id"))
    offer_id: Mapped[int] = mapped_column(db.BigKey)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    packs: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    tier_from: Mapped[int] = mapped_column(db.Count)
    goods_rp: Mapped[int] = mapped_column(db.Rupiah)
    delivery_rp: Mapped[int] = mapped_column(db.Rupiah)
    delivery_on: Mapped[date] = mapped_column(Date)
    terms: Mapped[str] = mapped_column(String(10))
    credit_days: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    decline_reason: Mapped[str] = mapped_column(String(15), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class AssignmentLine(db.Tenant, db.Base):
    """One need's part of an assignment: quantity, price and its share of the delivery.

    Freight is by the pack, a drop is paid by the line that causes it; a truck (of the supplier to the
    `district`) is shared by weight, an offer's fixed cost by packs.
    """

    __tablename__ = "assignment_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("assignment", "assignment_id"),
        UniqueConstraint("assignment_id", "need_id"),
        CheckConstraint("packs > 0", name="something"),
        CheckConstraint(
            "price_rp >= 0 AND freight_rp >= 0 AND drop_rp >= 0 AND truck_rp >= 0 AND fixed_rp >= 0",
            name="amounts",
        ),
        db.one_of("reason", ("", *DECLINE_REASONS)),
        CheckConstraint("accepted_packs IS NULL OR accepted_packs BETWEEN 0 AND packs", name="not_more"),
    )

    id: Mapped[int] = db.pk()
    assignment_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    need_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("need.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"))
    district: Mapped[str] = mapped_column(String(20))
    packs: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    freight_rp: Mapped[int] = mapped_column(db.Rupiah)
    drop_rp: Mapped[int] = mapped_column(db.Rupiah)
    truck_rp: Mapped[int] = mapped_column(db.Rupiah)
    fixed_rp: Mapped[int] = mapped_column(db.Rupiah)
    accepted_packs: Mapped[int | None] = mapped_column(db.Count)
    delivery_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(15), default="")
    order_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("purchase_order.id"))

    @property
    def delivery_rp(self) -> int:
        """Everything but the goods: freight for all packs, and the shares of what is paid once."""
        return self.packs * self.freight_rp + self.drop_rp + self.truck_rp + self.fixed_rp

    @property
    def amount_rp(self) -> int:
        """What the buyer pays for the whole line."""
        return self.packs * self.price_rp + self.delivery_rp

    def paid_rp(self) -> int:
        """What the buyer pays for what was accepted, or for all of it while nobody has answered."""
        packs = self.packs if self.accepted_packs is None else self.accepted_packs
        if not packs:
            return 0
        return packs * (self.price_rp + self.freight_rp) + self.drop_rp + self.truck_rp + self.fixed_rp
