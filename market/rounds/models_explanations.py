"""What is kept beside a plan so that everybody can see why it is as it is, and check it again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db

ADVICE_KINDS = ("ceiling", "cash", "suppliers", "amount", "date", "terms", "access", "substitute")
"""What a cooperative could change so that a need gets more."""
OFFER_REASONS = ("price", "area", "terms", "date", "authorised", "minimum", "other")
"""Why an offer got nothing."""


class PlanProof(db.Tenant, db.Base):
    """The checker's verdict on a plan and how it was searched for; written once, with the plan."""

    __tablename__ = "plan_proof"
    __table_args__ = db.tenant_args(db.tenant_fk("round_plan", "plan_id"), UniqueConstraint("plan_id"))

    id: Mapped[int] = db.pk()
    plan_id: Mapped[int] = mapped_column(db.BigKey)
    verdict: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    search: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    """The limits of the search: gap, seconds, work, seed."""
    versions: Mapped[dict[str, str]] = mapped_column(db.JsonText)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(db.JsonText)
    """At which price an unused offer would have been taken; for no page, only for its second solve."""
    explained_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When every claim below was confirmed by a second solve."""


class NeedAdvice(db.Tenant, db.Base):
    """One change with which a need that goes short would get more; a second solve has confirmed it.

    `amount` is the new ceiling or cash in rupiah, or the new number of packs or suppliers.
    """

    __tablename__ = "need_advice"
    __table_args__ = db.tenant_args(
        db.tenant_fk("round_plan", "plan_id"),
        db.one_of("kind", ADVICE_KINDS),
        UniqueConstraint("plan_id", "need_id", "kind"),
        CheckConstraint("packs > 0", name="more"),
    )

    id: Mapped[int] = db.pk()
    plan_id: Mapped[int] = mapped_column(db.BigKey)
    need_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("need.id"), index=True)
    kind: Mapped[str] = mapped_column(String(15))
    amount: Mapped[int | None] = mapped_column(db.Count)
    day_on: Mapped[date | None] = mapped_column(Date)
    word: Mapped[str] = mapped_column(String(15), default="")
    """The new terms, or the largest truck that must get through."""
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    packs: Mapped[int] = mapped_column(db.Count)
    """How many packs it would get on top of what it has."""
    unit_rp: Mapped[int] = mapped_column(db.Rupiah)
    """What one of them costs at the door, goods and freight."""


class OfferAdvice(db.Tenant, db.Base):
    """Why an offer got nothing; `organization_id` is its supplier. The band never names a price."""

    __tablename__ = "offer_advice"
    __table_args__ = db.tenant_args(
        db.tenant_fk("offer", "offer_id"),
        db.one_of("reason", OFFER_REASONS),
        UniqueConstraint("plan_id", "offer_id"),
        CheckConstraint(
            "(band_from IS NULL) = (band_to IS NULL) AND (band_from IS NULL OR band_from < band_to)",
            name="band",
        ),
    )

    id: Mapped[int] = db.pk()
    plan_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("round_plan.id"), index=True)
    offer_id: Mapped[int] = mapped_column(db.BigKey)
    reason: Mapped[str] = mapped_column(String(15))
    asked_rp: Mapped[int] = mapped_column(db.Rupiah)
    band_from: Mapped[int | None] = mapped_column(Integer)
    band_to: Mapped[int | None] = mapped_column(Integer)
    """With a price lower by `band_to` percent the offer would have been taken: a second solve says so."""


class RationShare(db.Tenant, db.Base):
    """One need's share of a scarce good that was shared out by households, as it is published."""

    __tablename__ = "ration_share"
    __table_args__ = db.tenant_args(
        db.tenant_fk("round_plan", "plan_id"),
        UniqueConstraint("plan_id", "need_id"),
        CheckConstraint("packs >= 0 AND wanted_packs > 0 AND households > 0", name="counts"),
        CheckConstraint("(last_packs IS NULL) = (last_wanted IS NULL)", name="last_round"),
    )

    id: Mapped[int] = db.pk()
    plan_id: Mapped[int] = mapped_column(db.BigKey)
    need_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("need.id"))
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    households: Mapped[int] = mapped_column(db.Count)
    rank: Mapped[int] = mapped_column(Integer)
    """Who comes first where the share does not divide evenly: 1 is the first."""
    wanted_packs: Mapped[int] = mapped_column(db.Count)
    packs: Mapped[int] = mapped_column(db.Count)
    last_packs: Mapped[int | None] = mapped_column(db.Count)
    last_wanted: Mapped[int | None] = mapped_column(db.Count)
    """What the cooperative wanted and got of the good in the round before."""
