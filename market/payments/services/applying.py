"""Believing what a provider says: each movement of money once, in the books with the state that it changes.

A snapshot is the whole truth of an attempt, so that notices may come twice, late or in any order: what was
believed before is passed over, and a state never moves backwards.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from market.core import clock, faults, states
from market.core.i18n import stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM
from market.ledger import services as ledger
from market.payments import postings, queries
from market.payments.models import Payment, PaymentAttempt
from market.payments.services import disputing, effects, fees, keeping
from market.payments.types import CURRENCY, PaymentSnapshot, Status

log = logging.getLogger(__name__)
STATES = {
    Status.REQUIRES_ACTION: "waiting",
    Status.PROCESSING: "processing",
    Status.REQUIRES_CAPTURE: "processing",
    Status.SUCCEEDED: "succeeded",
    Status.CANCELED: "cancelled",
    Status.REQUIRES_METHOD: "failed",
}
ASK_AGAIN = ((timedelta(minutes=15), 30), (timedelta(hours=2), 120))
ASK_AT_LEAST_EVERY_S, HOUR_S = 480, 3_600
"""Within ten minutes the books know what the provider knows, also when no notice ever comes."""


def apply_snapshot(attempt_id: int, snapshot: PaymentSnapshot) -> str:
    """Make our rows and books say what the provider says of this attempt; returns the attempt's state.

    To be called in a transaction of its own. Raises NotFound.
    """
    attempt = queries.attempt(attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    _note(attempt, snapshot)
    if not snapshot.understood:
        log.error(
            "attempt %s: the provider says %r, which nobody knows", attempt.order_id, snapshot.provider_status
        )
        return attempt.state
    if snapshot.status == Status.SUCCEEDED or _taken_back(attempt, snapshot):
        _receive(payment, attempt, snapshot)
        keeping.apply_refunds(payment, attempt, snapshot)
        _reverse(payment, attempt, snapshot)
        disputing.apply_disputes(payment, attempt, snapshot)
    else:
        _advance(attempt, STATES[snapshot.status], snapshot.last_error)
    faults.point("payments.applied")
    return attempt.state


def _note(attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> None:
    """What the payer's page shows, and when to ask next; facts that are known are not forgotten."""
    attempt.provider_id = snapshot.ref.provider_id or attempt.provider_id
    attempt.provider_status = snapshot.provider_status[:40]
    if snapshot.next_action is not None and not attempt.next_action:
        attempt.next_action = snapshot.next_action.as_dict()
    if snapshot.expires_at is not None:
        attempt.expires_at = snapshot.expires_at
    attempt.ask_at = clock.now() + timedelta(seconds=ask_after_s(attempt))


def ask_after_s(attempt: PaymentAttempt) -> int:
    """Seconds until the next question: often at first, then patiently, hourly when it has ended."""
    age = clock.now() - attempt.created_at
    if attempt.state not in PaymentAttempt.UNSETTLED and age >= ASK_AGAIN[0][0]:
        return HOUR_S
    return next((wait_s for young, wait_s in ASK_AGAIN if age < young), ASK_AT_LEAST_EVERY_S)


def _advance(attempt: PaymentAttempt, target: str, reason: str = "") -> None:
    """Forward only: old news about an attempt that is further already changes nothing."""
    if attempt.state == target or not attempt.STATES.allows(attempt.state, target):
        return
    attempt.last_error = reason
    states.advance(attempt, target, SYSTEM, reason)


def _receive(payment: Payment, attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> None:
    if queries.effect(attempt.id, "received") is not None:
        return
    amount_rp = snapshot.amount_received_rp or snapshot.amount_rp
    reason, detail = _doubt(payment, attempt, snapshot)
    fee_rp = fees.fee_rp(attempt.method, amount_rp, payment.organization_id)
    effect = effects.believe(attempt, "received", amount_rp, fee_rp=fee_rp, suspense=bool(reason))
    attempt.paid_at = snapshot.paid_at or clock.now()
    _advance(attempt, "succeeded")
    if reason:
        effects.open_case(effect, reason, detail)
    else:
        states.advance(payment, "paid", SYSTEM, also={"received_rp": amount_rp})
        keeping.tell(payment, "paid")
    faults.point("payments.received")
    ledger.post(SYSTEM, payment.organization_id, postings.for_received(payment, effect))


def _doubt(payment: Payment, attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> tuple[str, str]:
    """Why this money is not simply the payment's: a reason of SuspenseCase and its detail, or two blanks."""
    account = queries.account_by_id(attempt.account_id)
    wrong = {
        "amount_rp": (snapshot.amount_received_rp or snapshot.amount_rp, payment.amount_rp),
        "currency": (snapshot.currency, CURRENCY),
        "merchant_id": (snapshot.merchant_id or account.merchant_id, account.merchant_id),
        "order_id": (snapshot.ref.order_id, attempt.order_id),
    }
    differing = {name: pair for name, pair in wrong.items() if pair[0] != pair[1]}
    if differing:
        log.error("attempt %s: not what was asked for: %s", attempt.order_id, differing)
        return "mismatch", "; ".join(_said(name, *pair) for name, pair in differing.items())
    if payment.state == "open":
        return "", ""
    return ("late" if payment.state == "closed" else "double"), ""


def _said(name: str, said: object, ours: object) -> str:
    """One difference in the treasurer's words."""
    if name == "amount_rp":
        came, asked = format_rp(int(str(said))), format_rp(int(str(ours)))
        return stored("Diterima %(came)s, diminta %(asked)s", came=came, asked=asked)
    if name == "merchant_id":
        return stored("Masuk ke akun %(said)s, bukan %(ours)s", said=said, ours=ours)
    if name == "currency":
        return stored("Mata uang %(said)s, bukan %(ours)s", said=said, ours=ours)
    return stored("Nomor %(said)s, bukan %(ours)s", said=said, ours=ours)


def _taken_back(attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> bool:
    """A provider may call a payment dead without saying that it had been paid."""
    return attempt.state == "succeeded" and snapshot.status == Status.REQUIRES_METHOD


def _reverse(payment: Payment, attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> None:
    """Settled money was taken back by the bank, which some methods allow for minutes."""
    if (
        not (snapshot.reversed or _taken_back(attempt, snapshot))
        or queries.effect(attempt.id, "reversed") is not None
    ):
        return
    received = queries.effect(attempt.id, "received")
    if received is None:
        return
    keeping.stop_by_hand(payment, attempt, stored("bank menarik kembali uangnya"))
    own = keeping.own(received)
    left_rp = max(0, keeping.left_rp(payment, attempt, received))
    effect = effects.believe(
        attempt, "reversed", received.amount_rp, fee_rp=received.fee_rp, suspense=not own, unused_rp=left_rp
    )
    _advance(attempt, "reversed")
    if not own:
        keeping.end_case(attempt, "taken_back")
    elif payment.state == "paid":
        states.advance(payment, "reversed", SYSTEM)
        keeping.tell(payment, "reversed")
    ledger.post(SYSTEM, payment.organization_id, postings.for_reversed(payment, effect))
