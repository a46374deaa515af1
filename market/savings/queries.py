"""What is asked of savings."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, String, func, literal, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.members.models import Member
from market.savings.models import SavingsRate, SavingsReceipt, SavingsRepayment

MAX_ID = 2**63 - 1


def rate_on(cooperative_id: int, kind: str = "principal", on: date | None = None) -> SavingsRate | None:
    """The amount by resolution that counts on a day (today); None where no meeting has set one."""
    query = select(SavingsRate).where(
        SavingsRate.organization_id == cooperative_id,
        SavingsRate.kind == kind,
        SavingsRate.valid_from_on <= (on or clock.today()),
    )
    return db.session.scalar(query.order_by(SavingsRate.valid_from_on.desc(), SavingsRate.id.desc()).limit(1))


def rates_of(cooperative_id: int) -> list[SavingsRate]:
    """Every amount that was resolved, newest first."""
    query = select(SavingsRate).where(SavingsRate.organization_id == cooperative_id)
    return list(db.session.scalars(query.order_by(SavingsRate.valid_from_on.desc(), SavingsRate.id.desc())))


def _own(actor: Actor, model: Any, row_id: int, lock: bool) -> Any:
    query = select(model).where(
        model.id == min(row_id, MAX_ID), model.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def receipt_for(actor: Actor, receipt_id: int, lock: bool = False) -> SavingsReceipt:
    """A receipt of the actor's own cooperative; raises NotFound."""
    found: SavingsReceipt | None = _own(actor, SavingsReceipt, receipt_id, lock)
    if found is None:
        raise NotFound(_("Tanda terima tidak ditemukan."))
    return found


def own_receipt(user_id: int, receipt_id: int, lock: bool = False) -> SavingsReceipt:
    """A receipt of the signed-in person's own membership; raises NotFound."""
    query = (
        select(SavingsReceipt)
        .join(Member, Member.id == SavingsReceipt.member_id)
        .where(SavingsReceipt.id == min(receipt_id, MAX_ID), Member.user_id == user_id)
    )
    if lock:
        query = query.with_for_update(of=SavingsReceipt).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Tanda terima tidak ditemukan."))
    return found


def own_receipts(user_id: int) -> list[tuple[SavingsReceipt, Member, str]]:
    """Every receipt of a person's memberships with the cooperative's name, newest first."""
    query = (
        select(SavingsReceipt, Member, Organization.name)
        .join(Member, Member.id == SavingsReceipt.member_id)
        .join(Organization, Organization.id == Member.organization_id)
        .where(Member.user_id == user_id)
        .order_by(SavingsReceipt.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def waiting_receipt(member: Member) -> SavingsReceipt | None:
    """Money that was taken from this member and is not confirmed yet."""
    query = select(SavingsReceipt).where(
        SavingsReceipt.member_id == member.id, SavingsReceipt.state == "taken"
    )
    return db.session.scalar(query)


def repayment_for(actor: Actor, repayment_id: int, lock: bool = False) -> SavingsRepayment:
    """A repayment of the actor's own cooperative; raises NotFound."""
    found: SavingsRepayment | None = _own(actor, SavingsRepayment, repayment_id, lock)
    if found is None:
        raise NotFound(_("Pengembalian tidak ditemukan."))
    return found


def principal_rp(member: Member) -> int:
    """Principal savings held for the member: brought and confirmed, less what goes back."""
    paid = select(func.coalesce(func.sum(SavingsReceipt.amount_rp), 0)).where(
        SavingsReceipt.member_id == member.id, SavingsReceipt.state == "confirmed"
    )
    back = select(func.coalesce(func.sum(SavingsRepayment.amount_rp), 0)).where(
        SavingsRepayment.member_id == member.id, SavingsRepayment.state != "rejected"
    )
    return int(member.brought_rp + (db.session.scalar(paid) or 0) - (db.session.scalar(back) or 0))


def to_pay(actor: Actor, limit: int = 100) -> list[Member]:
    """Who was verified and has paid nothing yet, longest first."""
    return list(db.session.scalars(_unpaid(actor).order_by(Member.state_at, Member.id).limit(limit)))


def _unpaid(actor: Actor) -> Any:
    taken = select(SavingsReceipt.id).where(
        SavingsReceipt.member_id == Member.id, SavingsReceipt.state == "taken"
    )
    return select(Member).where(
        Member.organization_id == actor.organization_id, Member.state == "verified", ~taken.exists()
    )


def unconfirmed(actor: Actor) -> list[tuple[SavingsReceipt, Member]]:
    """Receipts that no member has confirmed, oldest first."""
    query = (
        select(SavingsReceipt, Member)
        .join(Member, Member.id == SavingsReceipt.member_id)
        .where(SavingsReceipt.organization_id == actor.organization_id, SavingsReceipt.state == "taken")
        .order_by(SavingsReceipt.id)
        .limit(100)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def repayments_open(actor: Actor) -> list[tuple[SavingsRepayment, Member]]:
    """Repayments that wait for a decision or for the money, oldest first."""
    query = (
        select(SavingsRepayment, Member)
        .join(Member, Member.id == SavingsRepayment.member_id)
        .where(
            SavingsRepayment.organization_id == actor.organization_id,
            SavingsRepayment.state.in_(("proposed", "approved")),
        )
        .order_by(SavingsRepayment.id)
        .limit(100)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Whose money is to be taken, which receipts nobody confirmed, who is to get money back."""
    found: list[Select[*tuple[Any, ...]]] = []
    if actor.may(Permission.SAVINGS_TAKE):
        due = _unpaid(actor).with_only_columns(
            *_columns("principal_due", Member.id, Member.state_at, Member.name, literal(0))
        )
        found += [due, _repayments(actor, "savings_to_repay", "approved")]
    if actor.may(Permission.MEMBERS_ADMIT):
        taken = select(
            *_columns(
                *("receipt_unconfirmed", SavingsReceipt.id, SavingsReceipt.taken_at),
                *(SavingsReceipt.number, SavingsReceipt.amount_rp),
            )
        )
        found.append(
            taken.where(
                SavingsReceipt.organization_id == actor.organization_id,
                SavingsReceipt.state == "taken",
                SavingsReceipt.taken_by != actor.user_id,
            )
        )
    if actor.may(Permission.SAVINGS_APPROVE):
        decide = _repayments(actor, "repayment_to_decide", "proposed")
        found.append(decide.where(SavingsRepayment.proposed_by != actor.user_id))
    return found


def _columns(kind: str, subject: Any, since: Any, detail: Any, amount: Any) -> tuple[Any, ...]:
    return (
        literal(kind, String).label("kind"),
        subject.label("subject_id"),
        since.label("since"),
        detail.label("detail"),
        amount.label("amount"),
    )


def _repayments(actor: Actor, kind: str, state: str) -> Select[*tuple[Any, ...]]:
    row = SavingsRepayment
    query = select(*_columns(kind, row.id, row.state_at, Member.name, row.amount_rp))
    return query.join(Member, Member.id == row.member_id).where(
        row.organization_id == actor.organization_id, row.state == state
    )
