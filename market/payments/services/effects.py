"""The rows that say what was believed: one for each movement of money, and a case where it is nobody's."""

from __future__ import annotations

import logging

from market.core import clock, db, jobs, states
from market.core.permissions import SYSTEM
from market.payments.models import PaymentAttempt, PaymentEffect, SuspenseCase

log = logging.getLogger(__name__)


def believe(
    attempt: PaymentAttempt,
    kind: str,
    amount_rp: int,
    *,
    reference: str = "",
    fee_rp: int = 0,
    suspense: bool = False,
    unused_rp: int = 0,
    dispute_id: int | None = None,
) -> PaymentEffect:
    """Write a movement of whole rupiah down; the unique key refuses the same one twice."""
    effect = PaymentEffect(
        organization_id=attempt.organization_id,
        attempt_id=attempt.id,
        kind=kind,
        reference=reference,
        amount_rp=amount_rp,
        fee_rp=fee_rp,
        suspense=suspense,
        unused_rp=unused_rp,
        dispute_id=dispute_id,
        at=clock.now(),
    )
    db.session.add(effect)
    db.session.flush()
    return effect


def open_case(effect: PaymentEffect, reason: str, detail: str) -> None:
    """Money that belongs to nothing waits for the treasurer, who is told by a job."""
    case = SuspenseCase(
        organization_id=effect.organization_id,
        effect_id=effect.id,
        reason=reason,
        detail=detail,
        amount_rp=effect.amount_rp,
        state_at=clock.now(),
    )
    db.session.add(case)
    db.session.flush()
    states.start(case, SYSTEM)
    log.warning("payment attempt %s: money in suspense (%s) %s", effect.attempt_id, reason, detail)
    jobs.enqueue("suspense_opened", {"case_id": case.id}, unique_key=f"suspense_opened:{case.id}")
