"""Two-person acts: one proposes, another decides; the database refuses the same person twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor
from market.core.states import StateTable

LAPSES_AFTER_H = 72
"""A proposal that nobody decides for three days is no longer what the proposer meant."""


class Approval(db.Tenant, db.Base):
    """A proposed act on one object: `kind` says which, `payload` holds what it needs to be done."""

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"executed", "rejected", "lapsed"}})

    __tablename__ = "approval"
    __table_args__ = db.tenant_args(
        STATES.check(),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("state <> 'executed' OR decided_by IS NOT NULL", name="executed_by_someone"),
        Index("ix_approval_subject", "kind", "subject_table", "subject_id"),
    )

    id: Mapped[int] = db.pk()
    kind: Mapped[str] = mapped_column(String(40))
    subject_table: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(db.BigKey)
    payload: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    proposed_name: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def lapses_at(self) -> datetime:
        return self.proposed_at + timedelta(hours=LAPSES_AFTER_H)


def propose(
    actor: Actor,
    kind: str,
    subject: Any,
    payload: dict[str, Any] | None = None,
    organization_id: int | None = None,
) -> Approval:
    """Propose an act on `subject` for the actor's organization (or the subject's own).

    Raises Refused when the same act on the same object already waits for a decision.
    """
    if actor.user_id is None or actor.organization_id is None:
        raise Refused(_("Usulan harus dibuat oleh seseorang."))
    organization = organization_id or actor.organization_id
    if waiting(kind, subject, organization) is not None:
        raise Refused(_("Usulan yang sama sudah menunggu persetujuan."))
    approval = Approval(
        organization_id=organization,
        kind=kind,
        subject_table=subject.__tablename__,
        subject_id=subject.id,
        payload=payload or {},
        proposed_by=actor.user_id,
        proposed_name=actor.name,
        proposed_at=clock.now(),
    )
    db.session.add(approval)
    db.session.flush()
    states.start(approval, actor)
    return approval


def waiting(kind: str, subject: Any, organization_id: int) -> Approval | None:
    """The undecided proposal of this act on this object, if there is one that has not lapsed."""
    query = select(Approval).where(
        Approval.organization_id == organization_id,
        Approval.kind == kind,
        Approval.subject_table == subject.__tablename__,
        Approval.subject_id == subject.id,
        _alive(),
    )
    return db.session.scalar(query.order_by(Approval.id.desc()).limit(1))


def _alive() -> ColumnElement[bool]:
    """Undecided and not lapsed, whether or not the schedule has said so yet."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    return (Approval.state == "proposed") & (Approval.proposed_at > oldest)


def pending(organization_id: int, kinds: tuple[str, ...]) -> list[Approval]:
    """What waits for a decision in the organization, oldest first."""
    query = select(Approval).where(
        Approval.organization_id == organization_id, Approval.kind.in_(kinds), _alive()
    )
    return list(db.session.scalars(query.order_by(Approval.id)))


def decide(actor: Actor, approval_id: int, approve: bool, reason: str = "") -> Approval:
    """Decide on a proposal of the actor's own organization; the caller then executes the act.

    Raises NotFound for another organization's, Refused for the proposer's own or a lapsed one,
    Conflict when somebody else has just decided.
    """
    query = select(Approval).where(
        Approval.id == approval_id, Approval.organization_id == actor.organization_id
    )
    approval = db.session.scalar(query.with_for_update())
    if approval is None:
        raise NotFound(_("Usulan tidak ditemukan."))
    if approval.proposed_by == actor.user_id or actor.user_id is None:
        raise Refused(_("Usulan Anda sendiri harus disetujui orang lain."))
    if approval.state == "proposed" and approval.lapses_at <= clock.now():
        raise Refused(_("Usulan ini sudah lewat 72 jam. Minta pengusul membuat yang baru."))
    approval.decided_by, approval.decided_at, approval.reason = actor.user_id, clock.now(), reason
    states.advance(approval, "executed" if approve else "rejected", actor, reason)
    return approval


def lapse_old() -> int:
    """Close proposals that nobody decided in time; returns how many (a scheduled job)."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(Approval).where(Approval.state == "proposed", Approval.proposed_at <= oldest)
    lapsed = list(db.session.scalars(query))
    for approval in lapsed:
        states.advance(approval, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(lapsed)
