"""The treasurer's queue: money that belongs to nothing yet goes back, or to what it was meant for."""

from __future__ import annotations

from market.core import faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.ledger import services as ledger
from market.payments import postings, queries
from market.payments.models import Payment, PaymentAttempt, SuspenseCase
from market.payments.services import applying, keeping


def refund_case(actor: Actor, case_id: int, reason: str) -> SuspenseCase:
    """Give the whole money of a case back to who paid it.

    Raises Forbidden, NotFound, Conflict, Refused for a method that cannot be paid back.
    """
    actor.require(Permission.BOOKS_POST)
    case, payment, attempt = _case(actor, case_id)
    keeping.refund_attempt(actor, payment, attempt, case.amount_rp, reason, suspense=True)
    states.advance(case, "refunding", actor, reason)
    return case


def attribute_case(actor: Actor, case_id: int, reason: str) -> SuspenseCase:
    """The money is for what it was asked for, though late: the purpose decides what comes next.

    Raises Forbidden, NotFound, Conflict, Refused when the amount is not the payment's.
    """
    actor.require(Permission.BOOKS_POST)
    case, payment, _paid = _case(actor, case_id)
    if case.amount_rp != payment.amount_rp or case.reason == "double":
        raise Refused(_("Jumlahnya tidak sama dengan tagihan. Kembalikan uangnya."))
    other = queries.live_payment(payment.purpose, payment.purpose_id)
    if payment.state != "closed" or other is not None:
        raise Conflict(_("Untuk ini sudah ada pembayaran lain. Kembalikan uangnya."))
    states.advance(case, "attributed", actor, reason)
    states.advance(payment, "paid", actor, reason, also={"received_rp": case.amount_rp})
    faults.point("payments.attributed")
    ledger.post(actor, payment.organization_id, postings.for_attributed(payment, case))
    applying.tell(payment, "paid")
    return case


def _case(actor: Actor, case_id: int) -> tuple[SuspenseCase, Payment, PaymentAttempt]:
    # In the order in which believing a snapshot takes them: attempt, payment, case.
    seen = queries.case_for(actor, case_id)
    attempt = queries.attempt(queries.effect_by_id(seen.effect_id).attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    case = queries.case_for(actor, case_id, lock=True)
    if case.state != "open" or attempt.state != "succeeded":
        raise Conflict(_("Uang ini sudah diurus."))
    return case, payment, attempt
