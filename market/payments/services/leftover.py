"""What of a payment's money is still here for nothing."""

from __future__ import annotations

from market.payments import queries
from market.payments.services import keeping


def left_of(payment_id: int) -> int:
    """Whole rupiah of a payment that are neither used, nor on their way back, nor disputed; holds its row.

    Zero for one that is not paid (any more).
    """
    payment = queries.payment_by_id(payment_id, lock=True)
    attempt = keeping.paid_attempt(payment) if payment.state == "paid" else None
    received = queries.effect(attempt.id, "received") if attempt else None
    return max(0, keeping.left_rp(payment, attempt, received)) if attempt and received else 0


def is_running(payment_id: int) -> bool:
    """Whether an attempt of the payment could still be paid; holds its row."""
    payment = queries.payment_by_id(payment_id, lock=True)
    return payment.state == "open" and queries.running_attempt(payment.id) is not None
