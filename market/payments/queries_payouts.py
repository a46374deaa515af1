"""What is asked of money that leaves: refunds by hand, what sellers are owed and why some of it waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, String, exists, func, literal, or_, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.payments import queries
from market.payments.models import MerchantAccount, Payment, PaymentAttempt, PaymentEffect, PaymentRefund
from market.payments.models_payouts import Payout, PayoutTopUp, RefundDestination

Row = TypeVar("Row", bound=db.Base)


def _one(query: Select[Row], model: type[Row], lock: bool, what: str) -> Row:
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(what)
    return found


# --- payouts ---------------------------------------------------------------------------------------


def payout_for(actor: Actor, payout_id: int, lock: bool = False) -> Payout:
    """A payout of the actor's cooperative; raises NotFound."""
    query = select(Payout).where(Payout.id == payout_id, Payout.organization_id == actor.organization_id)
    return _one(query, Payout, lock, _("Pembayaran keluar tidak ditemukan."))


def payout_by_id(payout_id: int, lock: bool = False) -> Payout:
    """For jobs; raises NotFound."""
    query = select(Payout).where(Payout.id == payout_id)
    return _one(query, Payout, lock, _("Pembayaran keluar tidak ditemukan."))


def payout_by_reference(account: MerchantAccount, provider_id: str) -> Payout | None:
    """The payout that a provider calls by this number, if it is one of the same merchant account."""
    query = select(Payout).where(
        Payout.provider_id == provider_id, Payout.organization_id == account.organization_id
    )
    return db.session.scalar(query.limit(1)) if provider_id else None


def live_payout_of_refund(refund_id: int) -> Payout | None:
    """The payout that is proposed or under way for a refund by hand."""
    query = select(Payout).where(Payout.refund_id == refund_id, Payout.state.in_(Payout.LIVE))
    return db.session.scalar(query)


def payouts_of_refund(refund_id: int) -> list[Payout]:
    """Every payout that was ever proposed for a refund, newest first."""
    query = select(Payout).where(Payout.refund_id == refund_id).order_by(Payout.id.desc())
    return list(db.session.scalars(query))


def payouts_of(
    organization_id: int, states: Collection[str] = (), seller_id: int | None = None, limit: int = 50
) -> list[Payout]:
    """Payouts of a cooperative, newest first."""
    query = select(Payout).where(Payout.organization_id == organization_id)
    if states:
        query = query.where(Payout.state.in_(states))
    if seller_id is not None:
        query = query.where(Payout.seller_id == seller_id)
    return list(db.session.scalars(query.order_by(Payout.id.desc()).limit(limit)))


def due_payouts(limit: int = 200) -> list[Payout]:
    """Payouts at a provider that are to be asked about now."""
    query = (
        select(Payout)
        .where(Payout.state.in_(Payout.MOVING), Payout.way == "iris", Payout.ask_at <= clock.now())
        .order_by(Payout.ask_at, Payout.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query))


def stale_payouts() -> list[Payout]:
    """Proposals that nobody decided in time, held unless somebody is deciding them now."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(Payout).where(Payout.state == "proposed", Payout.proposed_at <= oldest)
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def proposed_rp(organization_id: int) -> int:
    """What is proposed and not yet in transit."""
    query = select(func.coalesce(func.sum(Payout.amount_rp), 0)).where(
        Payout.organization_id == organization_id, Payout.state == "proposed"
    )
    return int(db.session.scalar(query) or 0)


# --- refunds by hand -------------------------------------------------------------------------------


def refund_for(actor: Actor, refund_id: int) -> PaymentRefund:
    """A refund of the actor's cooperative; raises NotFound."""
    query = select(PaymentRefund).where(
        PaymentRefund.id == refund_id, PaymentRefund.organization_id == actor.organization_id
    )
    return _one(query, PaymentRefund, False, _("Pengembalian tidak ditemukan."))


def destination_of(refund_id: int, lock: bool = False) -> RefundDestination | None:
    """Where the payer wants the money of a refund by hand, once they have said so."""
    query = select(RefundDestination).where(RefundDestination.refund_id == refund_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


@dataclass(frozen=True)
class GoingBack:
    """One refund as payer and treasurer see it."""

    refund: PaymentRefund
    payment: Payment
    attempt: PaymentAttempt
    destination: RefundDestination | None = None
    payout: Payout | None = None
    again: bool = False
    """Refused, and asked for once more since: nothing is to be done about this one."""

    @property
    def stage(self) -> str:
        """done, refused, bank (its turn), where (the payer's turn), ready, waits, to_pay, on_the_way."""
        if self.refund.state in ("done", "refused"):
            return self.refund.state
        if self.refund.way == "provider":
            return "bank"
        if self.payout is None:
            return "ready" if self.destination else "where"
        if self.payout.state == "proposed":
            return "waits"
        return "on_the_way" if self.payout.way == "iris" else "to_pay"


def _going_back(query: Select[Any]) -> list[GoingBack]:
    rows = db.session.execute(
        query.join(PaymentAttempt, PaymentAttempt.id == PaymentRefund.attempt_id)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .add_columns(Payment, PaymentAttempt)
        .order_by(PaymentRefund.id)
    ).all()
    newest: dict[int, int] = {row[0].attempt_id: row[0].id for row in rows}
    return [
        GoingBack(
            refund,
            payment,
            attempt,
            destination_of(refund.id) if refund.way == "hand" else None,
            _shown(refund.id) if refund.way == "hand" else None,
            refund.state == "refused" and newest[attempt.id] != refund.id,
        )
        for refund, payment, attempt in rows
    ]


def _shown(refund_id: int) -> Payout | None:
    """The payout that counts: the live one, or the one that has done it."""
    found = payouts_of_refund(refund_id)
    return next((each for each in found if each.state in (*Payout.LIVE, "completed")), None)


def refunds_of_payment(payment_id: int) -> list[GoingBack]:
    """What goes or went back of a payment, first one first."""
    return _going_back(select(PaymentRefund).where(PaymentAttempt.payment_id == payment_id))


def refunds_of_purpose(purpose: str, purpose_id: int) -> list[GoingBack]:
    """What goes or went back of everything that was paid for one purpose."""
    return _going_back(
        select(PaymentRefund).where(Payment.purpose == purpose, Payment.purpose_id == purpose_id)
    )


def refunds_to_pay(organization_id: int) -> list[GoingBack]:
    """Refunds that wait for somebody here, oldest first: by hand and not done, or refused by the bank."""
    mine = PaymentRefund.organization_id == organization_id
    by_hand = (PaymentRefund.way == "hand") & PaymentRefund.state.in_(PaymentRefund.UNDER_WAY)
    later = PaymentRefund.__table__.alias("later")
    disputed = exists().where(
        PaymentEffect.attempt_id == PaymentAttempt.id,
        PaymentEffect.kind == "disputed",
        PaymentEffect.undone.is_(False),
    )
    refused = (
        (PaymentRefund.state == "refused")
        & ~disputed
        & ~PaymentRefund.suspense
        & (Payment.state == "paid")
        & ~exists().where(later.c.attempt_id == PaymentRefund.attempt_id, later.c.id > PaymentRefund.id)
    )
    return _going_back(select(PaymentRefund).where(mine, or_(by_hand, refused)))


def pays_out(organization_id: int) -> bool:
    """Whether the cooperative has an account over which money can be sent (its keys are looked at later)."""
    account = queries.account_now(organization_id)
    return account is not None and account.provider == "midtrans"


def top_ups(organization_id: int, limit: int = 50) -> list[PayoutTopUp]:
    """Money moved into the deposit, newest first."""
    query = select(PayoutTopUp).where(PayoutTopUp.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(PayoutTopUp.id.desc()).limit(limit)))


def top_up_for(actor: Actor, top_up_id: int) -> PayoutTopUp:
    """Money moved into the deposit by the actor's cooperative; raises NotFound."""
    query = select(PayoutTopUp).where(
        PayoutTopUp.id == top_up_id, PayoutTopUp.organization_id == actor.organization_id
    )
    return _one(query, PayoutTopUp, False, _("Isi saldo tidak ditemukan."))


# --- today -----------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Refunds to send and payouts to approve or to hand over."""
    tasks: list[Select[*tuple[Any, ...]]] = []
    mine = Payout.organization_id == actor.organization_id
    columns = (
        Payout.id.label("subject_id"),
        Payout.state_at.label("since"),
        Payout.number.label("detail"),
        Payout.amount_rp.label("amount"),
    )
    if actor.may(Permission.PAYMENT_APPROVE):
        kind = literal("payout_waits", String).label("kind")
        tasks.append(select(kind, *columns).where(mine, Payout.state == "proposed"))
    if actor.may(Permission.PAYMENT_PROPOSE):
        kind = literal("payout_to_send", String).label("kind")
        by_hand = Payout.way != "iris"
        tasks.append(select(kind, *columns).where(mine, Payout.state == "approved", by_hand))
        tasks.append(_refund_ready(actor))
    return tasks


def _refund_ready(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The payer has said where to: somebody proposes to pay it."""
    query: Select[*tuple[Any, ...]] = (
        select(
            literal("refund_ready", String).label("kind"),
            PaymentRefund.id.label("subject_id"),
            RefundDestination.named_at.label("since"),
            literal("", String).label("detail"),
            PaymentRefund.amount_rp.label("amount"),
        )
        .join(RefundDestination, RefundDestination.refund_id == PaymentRefund.id)
        .where(
            PaymentRefund.organization_id == actor.organization_id,
            PaymentRefund.state == "asked",
            ~exists().where(Payout.refund_id == PaymentRefund.id, Payout.state.in_(Payout.LIVE)),
        )
    )
    return query
