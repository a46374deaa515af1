"""Answers that differ: parts, proposals that buyers decide on; links without password; remarks on scores."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.i18n import lazy
from market.core.parameters import Parameter
from market.core.states import StateTable
from market.rounds.models import DECLINE_REASONS

PRICE_BAND = Parameter(
    "answers.price_band_percent",
    5,
    "assumption: a price may move this far before it is another offer",
    *(0, 50, lazy("Pemasok boleh menawar harga sampai"), lazy("persen"), "office"),
)
LATE_DAYS = Parameter(
    "answers.late_days",
    7,
    "assumption: how much later than needed may be proposed",
    *(0, 60, lazy("Pemasok boleh mengusulkan lebih lambat sampai"), lazy("hari"), "office"),
)
GRACE_HOURS = Parameter(
    "answers.grace_hours",
    24,
    "assumption: as long as suppliers usually have",
    *(1, 336, lazy("Waktu koperasi memutuskan usul pemasok"), lazy("jam"), "office"),
)


class AnswerPart(db.Tenant, db.Base):
    """One delivery of a line that comes on another day or in several parts; the order it became."""

    __tablename__ = "answer_part"
    __table_args__ = db.tenant_args(
        db.tenant_fk("assignment_line", "line_id"),
        UniqueConstraint("line_id", "delivery_on"),
        CheckConstraint("packs > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    line_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    delivery_on: Mapped[date] = mapped_column(Date)
    packs: Mapped[int] = mapped_column(db.Count)
    late: Mapped[bool] = mapped_column(Boolean)
    """Whether it comes after the day on which the buyer needs it."""
    order_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("purchase_order.id"), index=True)


class AnswerProposal(db.Tenant, db.Base):
    """An answer to one line that is worse for its buyer: dearer, later, or another pack.

    The buyer confirms it or does not; silence is a no. A no leaves `kept_packs`: what comes in time,
    as it was asked for.
    """

    STATES: ClassVar[StateTable] = StateTable("pending", {"pending": {"confirmed", "withdrawn", "lapsed"}})

    __tablename__ = "answer_proposal"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("assignment_line", "line_id"),
        UniqueConstraint("line_id"),
        CheckConstraint("packs > 0 AND kept_packs BETWEEN 0 AND packs", name="counts"),
        CheckConstraint("price_rp > 0 AND asked_rp >= 0", name="prices"),
        db.one_of("reason", DECLINE_REASONS),
    )

    id: Mapped[int] = db.pk()
    line_id: Mapped[int] = mapped_column(db.BigKey)
    buyer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    packs: Mapped[int] = mapped_column(db.Count)
    kept_packs: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    asked_rp: Mapped[int] = mapped_column(db.Rupiah)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    """What would come: another pack than the assignment's where a substitute is proposed."""
    reason: Mapped[str] = mapped_column(String(15))
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class AnswerPass(db.Tenant, db.Base):
    """How often a wrong code was typed behind the link to one assignment."""

    MOST_TRIES: ClassVar[int] = 5

    __tablename__ = "answer_pass"
    __table_args__ = db.tenant_args(
        db.tenant_fk("assignment", "assignment_id"),
        UniqueConstraint("assignment_id"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_limited"),
    )

    id: Mapped[int] = db.pk()
    assignment_id: Mapped[int] = mapped_column(db.BigKey)
    tries: Mapped[int] = mapped_column(Integer, default=0)


class ScoreRemark(db.Tenant, db.Base):
    """What a supplier has to say to one fact of its scorecard (`fact`: "late:order:7"), once."""

    __tablename__ = "score_remark"
    __table_args__ = db.tenant_args(UniqueConstraint("organization_id", "fact"))

    id: Mapped[int] = db.pk()
    fact: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(500))
    written_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
