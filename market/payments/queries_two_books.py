"""The provider's lines beside our own rows: sums per order, of fees, of withdrawals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from market.core import db
from market.payments.models import PaymentAttempt, PaymentEffect
from market.payments.models_reconciliation import (
    FeeCorrection,
    MerchantWithdrawal,
    ProviderMove,
    ReconciliationCase,
)


def _signed(column: Any) -> ColumnElement[int]:
    # What a dispute had taken and brought back is as if it had never moved.
    return case(
        (PaymentEffect.undone.is_(True), 0), (PaymentEffect.kind == "received", column), else_=-column
    )


@dataclass(frozen=True)
class Order:
    """One attempt whose money the two books see differently: rupiah at the provider and here."""

    attempt_id: int
    order_id: str
    there_rp: int
    here_rp: int


def differing_orders(account_id: int, account_ids: Collection[int], whole: bool) -> list[Order]:
    """Orders of ours with another sum at the provider; `whole`: also those of which it lists nothing."""
    there = (
        select(ProviderMove.reference, func.sum(ProviderMove.amount_rp).label("rp"))
        .where(ProviderMove.account_id == account_id, ProviderMove.kind.in_(ProviderMove.OF_AN_ORDER))
        .group_by(ProviderMove.reference)
        .subquery()
    )
    here = (
        select(PaymentEffect.attempt_id, func.sum(_signed(PaymentEffect.amount_rp)).label("rp"))
        .where(PaymentEffect.undone.is_(False))
        .group_by(PaymentEffect.attempt_id)
        .subquery()
    )
    theirs, ours = func.coalesce(there.c.rp, 0), func.coalesce(here.c.rp, 0)
    query = (
        select(PaymentAttempt.id, PaymentAttempt.order_id, theirs, ours)
        .outerjoin(there, there.c.reference == PaymentAttempt.order_id)
        .outerjoin(here, here.c.attempt_id == PaymentAttempt.id)
        .where(PaymentAttempt.account_id.in_(account_ids), theirs != ours)
    )
    if not whole:
        query = query.where(there.c.reference.is_not(None))
    rows = db.session.execute(query.order_by(PaymentAttempt.id))
    return [Order(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


def lists_payments(account_id: int) -> bool:
    """Whether the provider's own answer names each payment (then what it does not name is missing)."""
    query = select(ProviderMove.id).where(
        ProviderMove.account_id == account_id,
        ProviderMove.kind == "payment",
        ProviderMove.listed.is_(True),
    )
    return db.session.scalar(query.limit(1)) is not None


def unknown_moves(account_id: int, account_ids: Collection[int]) -> list[ProviderMove]:
    """The provider's lines about orders that nobody made here, oldest first."""
    known = exists().where(
        PaymentAttempt.order_id == ProviderMove.reference, PaymentAttempt.account_id.in_(account_ids)
    )
    query = select(ProviderMove).where(
        ProviderMove.account_id == account_id, ProviderMove.kind.in_(ProviderMove.OF_AN_ORDER), ~known
    )
    return list(db.session.scalars(query.order_by(ProviderMove.id)))


def known_orders(account_ids: Collection[int], references: Sequence[str]) -> set[str]:
    """Those of the references that are orders of ours."""
    query = select(PaymentAttempt.order_id).where(
        PaymentAttempt.account_id.in_(account_ids), PaymentAttempt.order_id.in_(references)
    )
    return set(db.session.scalars(query))


def unbooked_withdrawals(account_id: int) -> list[ProviderMove]:
    """Money that left the provider for the bank and is in the books neither by us nor by hand."""
    booked = exists().where(MerchantWithdrawal.move_id == ProviderMove.id)
    by_hand = exists().where(
        ReconciliationCase.move_id == ProviderMove.id, ReconciliationCase.state == "explained"
    )
    query = select(ProviderMove).where(
        ProviderMove.account_id == account_id, ProviderMove.kind == "withdrawal", ~booked, ~by_hand
    )
    return list(db.session.scalars(query.order_by(ProviderMove.id)))


@dataclass(frozen=True)
class Fees:
    """Rupiah of fees: accrued on orders whose fee the provider took and on the others, taken, corrected."""

    accrued_taken_rp: int
    accrued_waiting_rp: int
    taken_rp: int
    corrected_rp: int

    @property
    def difference_rp(self) -> int:
        """What the provider took beyond all that is in the books for it."""
        return self.taken_rp - self.accrued_taken_rp - self.corrected_rp


def fees(account_id: int, account_ids: Collection[int]) -> Fees:
    """The fees of an account, as accrued here and as taken there."""
    taken = exists().where(
        ProviderMove.account_id == account_id,
        ProviderMove.kind == "fee",
        ProviderMove.reference == PaymentAttempt.order_id,
    )
    accrued = (
        select(case((taken, 1), else_=0).label("taken"), func.sum(_signed(PaymentEffect.fee_rp)))
        .select_from(PaymentEffect)
        .join(PaymentAttempt, PaymentAttempt.id == PaymentEffect.attempt_id)
        .where(PaymentAttempt.account_id.in_(account_ids))
        .group_by("taken")
    )
    sums = {int(row[0]): int(row[1]) for row in db.session.execute(accrued)}
    moved = select(func.coalesce(func.sum(ProviderMove.amount_rp), 0)).where(
        ProviderMove.account_id == account_id, ProviderMove.kind == "fee"
    )
    return Fees(
        sums.get(1, 0), sums.get(0, 0), -int(db.session.scalar(moved) or 0), _corrected_rp([account_id])
    )


def _corrected_rp(account_ids: Collection[int]) -> int:
    query = select(func.coalesce(func.sum(FeeCorrection.amount_rp), 0)).where(
        FeeCorrection.account_id.in_(account_ids)
    )
    return int(db.session.scalar(query) or 0)


def booked_elsewhere_rp(organization_id: int, account_ids: Collection[int]) -> int:
    """What the other merchant accounts of the organization hold in the same account of the books."""
    net = _signed(PaymentEffect.amount_rp - PaymentEffect.fee_rp)
    effects = (
        select(func.coalesce(func.sum(net), 0))
        .join(PaymentAttempt, PaymentAttempt.id == PaymentEffect.attempt_id)
        .where(
            PaymentEffect.organization_id == organization_id,
            PaymentEffect.undone.is_(False),
            PaymentAttempt.account_id.not_in(account_ids),
        )
    )
    gone = 0
    for model in (MerchantWithdrawal, FeeCorrection):
        out = select(func.coalesce(func.sum(model.amount_rp), 0)).where(
            model.organization_id == organization_id, model.account_id.not_in(account_ids)
        )
        gone += int(db.session.scalar(out) or 0)
    return int(db.session.scalar(effects) or 0) - gone


def explained_rp(account_id: int) -> int:
    """The difference of totals that two people have explained for good."""
    query = select(func.coalesce(func.sum(ReconciliationCase.theirs_rp - ReconciliationCase.ours_rp), 0))
    query = query.where(
        ReconciliationCase.account_id == account_id,
        ReconciliationCase.kind == "balance",
        ReconciliationCase.state == "explained",
    )
    return int(db.session.scalar(query) or 0)


def moves_of(account_id: int, reference: str) -> list[ProviderMove]:
    """The provider's lines about one order."""
    query = select(ProviderMove).where(
        ProviderMove.account_id == account_id, ProviderMove.reference == reference
    )
    return list(db.session.scalars(query.order_by(ProviderMove.at, ProviderMove.id)))


def report_only_rp(account_id: int, since: datetime) -> int:
    """What a report has told since then and the provider's own balance not yet, in rupiah of the balance."""
    query = select(func.coalesce(func.sum(ProviderMove.amount_rp), 0)).where(
        ProviderMove.account_id == account_id, ProviderMove.listed.is_(False), ProviderMove.at >= since
    )
    return int(db.session.scalar(query) or 0)
