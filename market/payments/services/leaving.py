"""How a payout ends: the money has arrived, or it is owed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from market.core import faults, jobs, states
from market.core.permissions import Actor
from market.ledger import services as ledger
from market.payments import postings_payouts, queries, queries_payouts
from market.payments.models import Payment, PaymentAttempt, PaymentRefund
from market.payments.models_payouts import Payout
from market.payments.services import keeping

MAX_REASON = 200


@dataclass(frozen=True)
class Held:
    """The refund that a payout pays with everything it changes, locked."""

    refund: PaymentRefund
    payment: Payment
    attempt: PaymentAttempt


def hold(payout_id: int) -> tuple[Held | None, Payout]:
    """A payout with what it changes, locked in the order of everybody. Raises NotFound."""
    seen = queries_payouts.payout_by_id(payout_id)
    held = hold_refund(queries.refund(seen.refund_id)) if seen.refund_id else None
    return held, queries_payouts.payout_by_id(payout_id, lock=True)


def hold_refund(seen: PaymentRefund) -> Held:
    """A refund's attempt, payment and row, locked. Raises NotFound."""
    attempt = queries.attempt(seen.attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    return Held(queries.refund(seen.id, lock=True), payment, attempt)


def complete(actor: Actor, payout: Payout, held: Held | None, also: Mapping[str, object], on: date) -> None:
    """The money has arrived: out of transit, the refund is done, the seller is told by a job."""
    states.advance(payout, "completed", actor, also=also)
    if held is not None:
        keeping.close_refund(actor, held.payment, held.attempt, held.refund)
    faults.point("payouts.completed")
    ledger.post(actor, payout.organization_id, postings_payouts.for_payout_done(payout, on))
    _tell(payout)


def undo(actor: Actor, payout: Payout, held: Held | None, state: str, reason: str) -> None:
    """It did not leave after all: owed again, and the refund waits for another payout."""
    states.advance(payout, state, actor, reason[:MAX_REASON])
    if held is not None:
        states.advance(held.refund, "asked", actor, reason[:MAX_REASON])
    faults.point("payouts.undone")
    ledger.post(actor, payout.organization_id, postings_payouts.for_payout_back(payout))
    _tell(payout)


def _tell(payout: Payout) -> None:
    jobs.enqueue("payout_ended", {"payout_id": payout.id}, unique_key=f"payout_ended:{payout.id}")
