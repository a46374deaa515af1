"""What is asked of payments: the payer's page, what is due to be asked, what lies in suspense."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.payments.models import (
    LIVE,
    MerchantAccount,
    Payment,
    PaymentAttempt,
    PaymentDispute,
    PaymentEffect,
    PaymentNotification,
    PaymentRefund,
    SuspenseCase,
)

WATCHED = timedelta(days=8)
"""How long an attempt that has ended is still asked about: a refund's key lives for seven days."""

Row = TypeVar("Row", bound=db.Base)


def _one(query: Select[Row], model: type[Row], lock: bool = False) -> Row:
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    return found


_BY_TOKEN = select(Payment).where(Payment.token == bindparam("token"))
_BY_TOKEN_HELD = _BY_TOKEN.with_for_update(of=Payment).execution_options(populate_existing=True)


def payment_by_token(token: str, lock: bool = False) -> Payment:
    """The payment behind a payer's link; raises NotFound."""
    found = db.session.scalar(_BY_TOKEN_HELD if lock else _BY_TOKEN, {"token": token})
    if found is None:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    return found


def payment_for(actor: Actor, payment_id: int, lock: bool = False) -> Payment:
    """A payment to the actor's organization; raises NotFound."""
    query = select(Payment).where(Payment.id == payment_id, Payment.organization_id == actor.organization_id)
    return _one(query, Payment, lock)


def payment_by_id(payment_id: int, lock: bool = False) -> Payment:
    """For jobs; raises NotFound."""
    return _one(select(Payment).where(Payment.id == payment_id), Payment, lock)


_LIVE = select(Payment).where(
    Payment.purpose == bindparam("purpose"),
    Payment.purpose_id == bindparam("number"),
    Payment.state.in_(LIVE),
)


def live_payment(purpose: str, purpose_id: int) -> Payment | None:
    """The one payment that is open or paid for this purpose."""
    return db.session.scalar(_LIVE, {"purpose": purpose, "number": purpose_id})


def latest_payment(purpose: str, purpose_id: int) -> Payment | None:
    """The newest payment that was ever asked for this purpose, in whatever state."""
    query = select(Payment).where(Payment.purpose == purpose, Payment.purpose_id == purpose_id)
    return db.session.scalar(query.order_by(Payment.id.desc()).limit(1))


def attempt(attempt_id: int, lock: bool = False) -> PaymentAttempt:
    """An attempt by id, for jobs; raises NotFound."""
    return _one(select(PaymentAttempt).where(PaymentAttempt.id == attempt_id), PaymentAttempt, lock)


def attempt_by_order(order_id: str) -> PaymentAttempt | None:
    """The attempt that used this order id at a provider."""
    return db.session.scalar(select(PaymentAttempt).where(PaymentAttempt.order_id == order_id))


def attempt_by_provider_id(organization_id: int, provider_id: str) -> PaymentAttempt | None:
    """The attempt that the provider knows by this number of its own."""
    query = select(PaymentAttempt).where(
        PaymentAttempt.provider_id == provider_id, PaymentAttempt.organization_id == organization_id
    )
    return db.session.scalar(query.order_by(PaymentAttempt.id.desc()).limit(1))


_ATTEMPTS = (
    select(PaymentAttempt)
    .where(PaymentAttempt.payment_id == bindparam("payment"))
    .order_by(PaymentAttempt.seq)
)


def attempts_of(payment_id: int) -> list[PaymentAttempt]:
    """All attempts at a payment, first one first."""
    return list(db.session.scalars(_ATTEMPTS, {"payment": payment_id}))


def running_attempt(payment_id: int) -> PaymentAttempt | None:
    """The newest attempt that can still be paid."""
    running = [each for each in attempts_of(payment_id) if each.state in PaymentAttempt.UNSETTLED]
    return running[-1] if running else None


def due_attempts(limit: int = 200) -> list[PaymentAttempt]:
    """Attempts that are to be asked about now, longest waiting first: unsettled ones, for eight days those
    whose money may still come late, go back or be taken back, and those with a refund or dispute that has
    not ended.
    """
    young = PaymentAttempt.created_at > clock.now() - WATCHED
    refund, dispute_ = PaymentRefund.attempt_id, PaymentDispute.attempt_id
    unended = or_(
        exists().where(refund == PaymentAttempt.id, PaymentRefund.state.in_(PaymentRefund.UNDER_WAY)),
        exists().where(dispute_ == PaymentAttempt.id, PaymentDispute.state.in_(("open",))),
    )
    query = (
        select(PaymentAttempt)
        .where(PaymentAttempt.ask_at <= clock.now())
        .where(or_(PaymentAttempt.state.in_(PaymentAttempt.UNSETTLED), young, unended))
        .order_by(PaymentAttempt.ask_at, PaymentAttempt.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query))


def overdue_payments(limit: int = 200) -> list[Payment]:
    """Open payments whose time is over."""
    query = select(Payment).where(Payment.state == "open", Payment.due_at <= clock.now())
    return list(db.session.scalars(query.order_by(Payment.due_at).limit(limit)))


def unwanted_attempts(limit: int = 200) -> list[int]:
    """Attempts that could still be paid though nobody wants that: their payment is not open, its time is
    over, or the payer has chosen another way since.
    """
    later = aliased(PaymentAttempt)
    replaced = exists().where(
        later.payment_id == PaymentAttempt.payment_id,
        later.seq > PaymentAttempt.seq,
        later.state.in_(PaymentAttempt.UNSETTLED),
    )
    query = (
        select(PaymentAttempt.id)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(PaymentAttempt.state.in_(PaymentAttempt.UNSETTLED))
        .where(or_(Payment.state != "open", Payment.due_at <= clock.now(), replaced))
    )
    return list(db.session.scalars(query.order_by(PaymentAttempt.ask_at, PaymentAttempt.id).limit(limit)))


def effect(attempt_id: int, kind: str, reference: str = "") -> PaymentEffect | None:
    """The movement that was believed already, if it was."""
    query = select(PaymentEffect).where(
        PaymentEffect.attempt_id == attempt_id,
        PaymentEffect.kind == kind,
        PaymentEffect.reference == reference,
    )
    return db.session.scalar(query)


def refunds_of(attempt_id: int) -> list[PaymentRefund]:
    """All refunds of an attempt, first one first."""
    query = select(PaymentRefund).where(PaymentRefund.attempt_id == attempt_id).order_by(PaymentRefund.id)
    return list(db.session.scalars(query))


def refund(refund_id: int, lock: bool = False) -> PaymentRefund:
    """A refund by id, for jobs; raises NotFound."""
    return _one(select(PaymentRefund).where(PaymentRefund.id == refund_id), PaymentRefund, lock)


def refunding_rp(attempt_id: int) -> int:
    """What is on its way back or has arrived, asked for here."""
    query = select(func.coalesce(func.sum(PaymentRefund.amount_rp), 0)).where(
        PaymentRefund.attempt_id == attempt_id, PaymentRefund.state != "refused"
    )
    return int(db.session.scalar(query) or 0)


def refunded_rp(attempt_id: int) -> int:
    """What has arrived back at the payer, through the provider or by hand."""
    query = select(func.coalesce(func.sum(PaymentRefund.amount_rp), 0)).where(
        PaymentRefund.attempt_id == attempt_id, PaymentRefund.state == "done"
    )
    return int(db.session.scalar(query) or 0)


def disputed_rp(attempt_id: int) -> int:
    """What disputes have taken and not brought back."""
    return _moved_rp(attempt_id, "disputed")


def dispute(attempt_id: int, reference: str) -> PaymentDispute | None:
    """A dispute by the provider's own name of it."""
    query = select(PaymentDispute).where(
        PaymentDispute.attempt_id == attempt_id, PaymentDispute.reference == reference
    )
    return db.session.scalar(query)


def dispute_by_id(dispute_id: int) -> PaymentDispute:
    """A dispute, for jobs; raises NotFound."""
    return _one(select(PaymentDispute).where(PaymentDispute.id == dispute_id), PaymentDispute)


def dispute_for(actor: Actor, dispute_id: int, lock: bool = False) -> PaymentDispute:
    """A dispute about money of the actor's organization; raises NotFound."""
    query = select(PaymentDispute).where(
        PaymentDispute.id == dispute_id, PaymentDispute.organization_id == actor.organization_id
    )
    return _one(query, PaymentDispute, lock)


def disputes_of(attempt_id: int) -> list[PaymentDispute]:
    """All disputes about an attempt's money, first one first."""
    query = select(PaymentDispute).where(PaymentDispute.attempt_id == attempt_id).order_by(PaymentDispute.id)
    return list(db.session.scalars(query))


def open_disputes(organization_id: int) -> list[tuple[PaymentDispute, Payment, MerchantAccount]]:
    """Disputes that are not decided, oldest first, with what was paid and where."""
    query = (
        select(PaymentDispute, Payment, MerchantAccount)
        .join(PaymentAttempt, PaymentAttempt.id == PaymentDispute.attempt_id)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .join(MerchantAccount, MerchantAccount.id == PaymentAttempt.account_id)
        .where(PaymentDispute.organization_id == organization_id, PaymentDispute.state.in_(("open",)))
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(PaymentDispute.id))]


def effects_of_dispute(dispute_id: int) -> list[PaymentEffect]:
    """What a dispute has taken, first one first."""
    query = select(PaymentEffect).where(PaymentEffect.dispute_id == dispute_id).order_by(PaymentEffect.id)
    return list(db.session.scalars(query))


def _moved_rp(attempt_id: int, kind: str) -> int:
    query = select(func.coalesce(func.sum(PaymentEffect.amount_rp), 0)).where(
        PaymentEffect.attempt_id == attempt_id,
        PaymentEffect.kind == kind,
        PaymentEffect.undone.is_(False),
    )
    return int(db.session.scalar(query) or 0)


def account_by_id(account_id: int) -> MerchantAccount:
    """A merchant account, for jobs; raises NotFound."""
    return _one(select(MerchantAccount).where(MerchantAccount.id == account_id), MerchantAccount)


def same_merchant(one: MerchantAccount, other: MerchantAccount) -> bool:
    """Whether two rows are the same account at a provider, before and after a change of keys."""
    return (one.organization_id, one.provider, one.merchant_id) == (
        other.organization_id,
        other.provider,
        other.merchant_id,
    )


def rows_of_merchant(account: MerchantAccount) -> list[MerchantAccount]:
    """All approved rows of the same account at a provider whose keys are still believed, newest first."""
    rows = [each for each in accounts_of(account.organization_id) if same_merchant(each, account)]
    return [each for each in rows if each.state in ("active", "ended") and keys_believed(each)]


def keys_believed(account: MerchantAccount) -> bool:
    """Whether what is signed with this row's keys is still read, and calls may still be made with them."""
    return account.keys_until_at is None or account.keys_until_at > clock.now()


def account_by_token(token: str) -> MerchantAccount:
    """The account whose notices come to this address; raises NotFound."""
    query = select(MerchantAccount).where(
        MerchantAccount.token == token, MerchantAccount.state.in_(("active", "ended"))
    )
    return _one(query, MerchantAccount)


def account_for(actor: Actor, account_id: int, lock: bool = False) -> MerchantAccount:
    """An account of the actor's organization; raises NotFound."""
    query = select(MerchantAccount).where(
        MerchantAccount.id == account_id, MerchantAccount.organization_id == actor.organization_id
    )
    return _one(query, MerchantAccount, lock)


def accounts_of(organization_id: int) -> list[MerchantAccount]:
    """All accounts that were ever entered, newest first."""
    query = select(MerchantAccount).where(MerchantAccount.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(MerchantAccount.id.desc())))


_ACCOUNT = (
    select(MerchantAccount)
    .where(
        MerchantAccount.organization_id == bindparam("organization"),
        MerchantAccount.state == "active",
        MerchantAccount.valid_from_on <= bindparam("day"),
        or_(MerchantAccount.valid_until_on.is_(None), MerchantAccount.valid_until_on >= bindparam("day")),
    )
    .order_by(MerchantAccount.valid_from_on.desc(), MerchantAccount.id.desc())
    .limit(1)
)


def account_now(organization_id: int, on: date | None = None) -> MerchantAccount | None:
    """The account that takes an organization's payments on a day (today): the newest valid one."""
    return db.session.scalar(_ACCOUNT, {"organization": organization_id, "day": on or clock.today()})


def notification(notification_id: int) -> PaymentNotification:
    """A notice of the inbox, for jobs; raises NotFound."""
    query = select(PaymentNotification).where(PaymentNotification.id == notification_id)
    return _one(query, PaymentNotification)


def open_notifications(older_than: timedelta = timedelta(0), limit: int = 200) -> list[PaymentNotification]:
    """Notices that nobody has acted upon for so long, oldest first."""
    query = select(PaymentNotification).where(
        PaymentNotification.handled_at.is_(None), PaymentNotification.received_at <= clock.now() - older_than
    )
    return list(db.session.scalars(query.order_by(PaymentNotification.received_at).limit(limit)))


def effect_by_id(effect_id: int) -> PaymentEffect:
    """One movement of money; raises NotFound."""
    return _one(select(PaymentEffect).where(PaymentEffect.id == effect_id), PaymentEffect)


def case_for(actor: Actor, case_id: int, lock: bool = False) -> SuspenseCase:
    """A case of suspense of the actor's organization; raises NotFound."""
    query = select(SuspenseCase).where(
        SuspenseCase.id == case_id, SuspenseCase.organization_id == actor.organization_id
    )
    return _one(query, SuspenseCase, lock)


def case_by_id(case_id: int) -> SuspenseCase:
    """A case of suspense, for jobs; raises NotFound."""
    return _one(select(SuspenseCase).where(SuspenseCase.id == case_id), SuspenseCase)


def case_of_effect(effect_id: int) -> SuspenseCase | None:
    """The case that a movement of money opened."""
    return db.session.scalar(select(SuspenseCase).where(SuspenseCase.effect_id == effect_id))


def payment_of_case(case: SuspenseCase) -> Payment:
    """The payment that the money of a case was sent for."""
    query = (
        select(Payment)
        .join(PaymentAttempt, PaymentAttempt.payment_id == Payment.id)
        .join(PaymentEffect, PaymentEffect.attempt_id == PaymentAttempt.id)
        .where(PaymentEffect.id == case.effect_id)
    )
    return _one(query, Payment)


def effects_of(attempt_id: int) -> list[PaymentEffect]:
    """Every movement of money of an attempt, first one first."""
    query = select(PaymentEffect).where(PaymentEffect.attempt_id == attempt_id).order_by(PaymentEffect.id)
    return list(db.session.scalars(query))


def open_cases(organization_id: int) -> list[SuspenseCase]:
    """Money of the organization that is nobody's yet, oldest first."""
    query = select(SuspenseCase).where(
        SuspenseCase.organization_id == organization_id, SuspenseCase.state.in_(("open", "refunding"))
    )
    return list(db.session.scalars(query.order_by(SuspenseCase.id)))


def takes_payments(organization_id: int) -> bool:
    """Whether the organization can be paid over the internet today."""
    return account_now(organization_id) is not None


def payments_of(organization_id: int, states: Collection[str] = (), limit: int = 50) -> list[Payment]:
    """Payments to an organization, newest first."""
    query = select(Payment).where(Payment.organization_id == organization_id)
    if states:
        query = query.where(Payment.state.in_(states))
    return list(db.session.scalars(query.order_by(Payment.id.desc()).limit(limit)))
