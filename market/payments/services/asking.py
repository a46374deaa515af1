"""Calls to the provider, each outside of any transaction; what comes back is believed in one of its own.

No answer is not "no": an attempt stays as it is and is asked about again, with the same order id.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from market.core import clock, db, faults, jobs, states
from market.core.permissions import SYSTEM
from market.payments import doors, gateway, queries
from market.payments.models import Payment, PaymentAttempt
from market.payments.services import applying, keeping
from market.payments.types import (
    CancelReason,
    CreatePayment,
    Item,
    Method,
    PaymentRef,
    PaymentSnapshot,
    RefundSnapshot,
    RefundStatus,
)

log = logging.getLogger(__name__)
LEAST_EXPIRY_S = 20
CLOSE_RETRY_S = 60


def door_of(attempt: PaymentAttempt) -> gateway.PaymentGateway:
    """The gateway with every key that the attempt's merchant account has had."""
    account = queries.account_by_id(attempt.account_id)
    return doors.gateway_of(account, queries.rows_of_merchant(account))


def begin_attempt(attempt_id: int) -> str:
    """Ask the provider to be paid, or find what an earlier unanswered call has made; returns the state."""
    with db.transaction(read_only=True):
        attempt = queries.attempt(attempt_id)
        payment = queries.payment_by_id(attempt.payment_id)
        door = door_of(attempt)
        request, state = _request(payment, attempt), attempt.state
    if state != "starting":
        return state
    faults.point("payments.calling")
    try:
        snapshot = gateway.create_once(door, request, idempotency_key=request.order_id)
    except (gateway.Unavailable, gateway.RateLimited) as trouble:
        log.warning("attempt %s: no answer yet: %s", request.order_id, trouble)
        return state
    except gateway.GatewayError as refusal:
        return _refused(attempt_id, refusal)
    faults.point("payments.called")
    return believe(attempt_id, snapshot)


def _request(payment: Payment, attempt: PaymentAttempt) -> CreatePayment:
    """What is asked: the same for every repetition, so nothing in it may depend on the time of asking."""
    wait = (attempt.expires_at - attempt.created_at) // timedelta(seconds=1)
    return CreatePayment(
        order_id=attempt.order_id,
        method=Method(attempt.method),
        amount_rp=payment.amount_rp,
        description=payment.title,
        items=(Item(payment.title[:50], payment.amount_rp),),
        expires_in_s=max(LEAST_EXPIRY_S, wait),
        payer_name=payment.payer_name,
        payer_phone=payment.phone,
    )


def believe(attempt_id: int, snapshot: PaymentSnapshot) -> str:
    """The snapshot into rows and books, in a transaction of its own; returns the attempt's state."""
    with db.transaction():
        state = applying.apply_snapshot(attempt_id, snapshot)
        _close_if_over(queries.attempt(attempt_id).payment_id)
        return state


def _refused(attempt_id: int, refusal: gateway.GatewayError) -> str:
    with db.transaction():
        attempt = queries.attempt(attempt_id, lock=True)
        if attempt.state == "starting":
            attempt.last_error = str(refusal)
            states.advance(attempt, "failed", SYSTEM, str(refusal)[:200])
        return attempt.state


def check_attempt(attempt_id: int, *, must_answer: bool = False) -> str:
    """Ask what became of an attempt and believe it; one that may never have been made is made or found.

    Silence leaves everything as it is; with `must_answer` it raises GatewayError, for a later retry.
    """
    with db.transaction(read_only=True):
        attempt = queries.attempt(attempt_id)
        door = door_of(attempt)
        ref, state = PaymentRef(attempt.order_id, attempt.provider_id), attempt.state
    if state == "starting":
        return begin_attempt(attempt_id)
    try:
        snapshot = door.get_payment(ref)
    except gateway.GatewayError as trouble:
        if must_answer:
            raise
        log.warning("attempt %s: not known: %s", ref.order_id, trouble)
        return state
    return believe(attempt_id, snapshot)


def close_attempt(attempt_id: int, reason: CancelReason = CancelReason.REQUESTED) -> str:
    """Close an attempt at the provider, unless the payer was faster; nobody's silence closes it here."""
    with db.transaction(read_only=True):
        attempt = queries.attempt(attempt_id)
        door = door_of(attempt)
        ref, state = PaymentRef(attempt.order_id, attempt.provider_id), attempt.state
    if state not in PaymentAttempt.UNSETTLED:
        return state
    try:
        snapshot = door.cancel_payment(ref, reason=reason, idempotency_key=f"{ref.order_id}-C")
    except gateway.NotFound:
        return _never_made(attempt_id) if state == "starting" else state
    except gateway.GatewayError as trouble:
        log.warning("attempt %s: not closed yet: %s", ref.order_id, trouble)
        return state
    return believe(attempt_id, snapshot)


def _never_made(attempt_id: int) -> str:
    with db.transaction():
        attempt = queries.attempt(attempt_id, lock=True)
        if attempt.state in PaymentAttempt.UNSETTLED:
            states.advance(attempt, "cancelled", SYSTEM, "the provider has no such payment")
            _close_if_over(attempt.payment_id)
        return attempt.state


def ask_due() -> int:
    """Once a minute: a job for each attempt whose turn has come; returns how many. No call is made here."""
    due = queries.due_attempts()
    for attempt in due:
        attempt.ask_at = clock.now() + timedelta(seconds=applying.ask_after_s(attempt))
        jobs.enqueue("payment_check", {"attempt_id": attempt.id})
    return len(due)


def close_due() -> int:
    """Once a minute: attempts that nobody needs any more are closed at the provider, payments after them."""
    minute = int(clock.now().timestamp()) // CLOSE_RETRY_S
    for attempt_id in queries.unwanted_attempts():
        key = f"payment_unwanted:{attempt_id}:{minute}"
        jobs.enqueue("payment_unwanted", {"attempt_id": attempt_id}, unique_key=key)
    overdue = queries.overdue_payments()
    for payment in overdue:
        _close_if_over(payment.id)
    return len(overdue)


def _close_if_over(payment_id: int) -> None:
    """The payment whose time is over, once nothing can be paid for it any more."""
    payment = queries.payment_by_id(payment_id, lock=True)
    if payment.state != "open" or payment.due_at > clock.now():
        return
    if not any(each.state in PaymentAttempt.UNSETTLED for each in queries.attempts_of(payment.id)):
        keeping.close(payment, SYSTEM)


def send_refund(refund_id: int) -> str:
    """Ask the provider for a refund that is written down; returns its state. Raises for a later retry."""
    with db.transaction(read_only=True):
        refund = queries.refund(refund_id)
        attempt = queries.attempt(refund.attempt_id)
        door = door_of(attempt)
        ref = PaymentRef(attempt.order_id, attempt.provider_id)
        given = (refund.amount_rp, refund.refund_id, refund.reason, refund.state)
    amount_rp, key, reason, state = given
    if state != "asked":
        return state
    try:
        said = door.refund(ref, amount_rp, refund_id=key, reason=reason)
    except (gateway.InvalidRequest, gateway.NotAllowed, gateway.Unsupported) as refusal:
        said = RefundSnapshot(key, amount_rp, RefundStatus.FAILED, reason=str(refusal))
    with db.transaction():
        attempt = queries.attempt(attempt.id, lock=True)
        payment = queries.payment_by_id(attempt.payment_id, lock=True)
        refund = queries.refund(refund_id, lock=True)
        keeping.settle_refund(payment, attempt, refund, said)
        return refund.state
