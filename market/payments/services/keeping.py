"""Giving money back: asked for once, under way until the bank has proved it, undone when refused."""

from __future__ import annotations

import contextlib
import hashlib
import logging

from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor
from market.core.text import clean
from market.ledger import services as ledger
from market.payments import doors, postings, queries, queries_payouts
from market.payments.models import Payment, PaymentAttempt, PaymentEffect, PaymentRefund
from market.payments.services import effects
from market.payments.types import Method, PaymentSnapshot, RefundSnapshot, RefundStatus

log = logging.getLogger(__name__)
MAX_REASON, MAX_REFERENCE, MAX_WHY = 200, 36, 60
WITHDRAW_AGAIN_S = 5


def ask_refund(actor: Actor, payment_id: int, amount_rp: int, reason: str) -> PaymentRefund:
    """Give whole rupiah of a paid payment back to the payer; the purpose has taken back the goods.

    The provider does it by a job where its method allows that; otherwise the payer is asked where to, and
    two people of the organization pay it out. The caller has checked who may. Raises Refused for more than
    is left, Conflict for a payment that is not paid.
    """
    payment = queries.payment_by_id(payment_id, lock=True)
    attempt = _paid_attempt(payment)
    return refund_attempt(actor, payment, attempt, amount_rp, reason)


def refund_attempt(
    actor: Actor,
    payment: Payment,
    attempt: PaymentAttempt,
    amount_rp: int,
    reason: str,
    *,
    suspense: bool = False,
    by_hand: bool = False,
) -> PaymentRefund:
    """The refund of one attempt's money; from suspense when it was never the payment's.

    `by_hand`: not through the provider, whatever it can do. Raises Refused for more than is left.
    """
    received = queries.effect(attempt.id, "received")
    left = left_rp(payment, attempt, received) if received else 0
    _require_left(attempt, amount_rp, 1, left)
    caps = doors.gateway_of(queries.account_by_id(attempt.account_id)).capabilities(Method(attempt.method))
    by_hand = by_hand or not caps.refundable or (amount_rp < left and not caps.partial_refund)
    seq = len(queries.refunds_of(attempt.id)) + 1
    refund = _row(
        actor, attempt, amount_rp, f"{attempt.order_id}-R{seq:02d}", reason, suspense, by_hand=by_hand
    )
    faults.point("payments.refund_asked")
    ledger.post(actor, payment.organization_id, postings.for_refund_asked(payment, refund))
    if by_hand:
        jobs.enqueue("refund_by_hand", {"refund_id": refund.id}, unique_key=f"refund_by_hand:{refund.id}")
    else:
        jobs.enqueue("refund_asked", {"refund_id": refund.id}, unique_key=f"refund_asked:{refund.id}")
    return refund


def use_payment(actor: Actor, payment_id: int, amount_rp: int) -> Payment:
    """The purpose gives something for `amount_rp` of a paid payment; a negative amount takes it back.

    To be called where the purpose posts it (Dr customer advances). Raises Conflict for a payment that is
    not paid, Refused for more than is left.
    """
    payment = queries.payment_by_id(payment_id, lock=True)
    attempt = _paid_attempt(payment)
    received = queries.effect(attempt.id, "received")
    left = left_rp(payment, attempt, received) if received else 0
    _require_left(attempt, amount_rp, -payment.used_rp, left)
    payment.used_rp += amount_rp
    return payment


def left_rp(payment: Payment, attempt: PaymentAttempt, received: PaymentEffect) -> int:
    """What of an attempt's money is still here and nothing was given for.

    Below zero when a refund made at the provider itself gave back what goods had been given for.
    """
    used_rp = payment.used_rp if own(received) else 0
    here_rp = received.amount_rp - queries.disputed_rp(attempt.id)
    return here_rp - queries.refunding_rp(attempt.id) - used_rp


def _require_left(attempt: PaymentAttempt, amount_rp: int, least_rp: int, left: int) -> None:
    """Raises Refused with the reason that a person can act upon."""
    if least_rp <= amount_rp <= left:
        return
    if amount_rp > 0 and any(each.state == "open" for each in queries.disputes_of(attempt.id)):
        raise Refused(_("Pembeli menyanggah pembayaran ini di banknya. Tunggu keputusannya dahulu."))
    if amount_rp > 0 and left <= 0 and queries.refunding_rp(attempt.id):
        raise Refused(_("Uang pembayaran ini sudah atau sedang dikembalikan ke pembeli."))
    raise Refused(_("Paling banyak %(left)s.", left=format_rp(max(0, left))), field="amount_rp")


def _row(
    actor: Actor,
    attempt: PaymentAttempt,
    amount_rp: int,
    refund_id: str,
    reason: str,
    suspense: bool,
    beyond_rp: int = 0,
    by_hand: bool = False,
) -> PaymentRefund:
    refund = PaymentRefund(
        organization_id=attempt.organization_id,
        attempt_id=attempt.id,
        refund_id=refund_id,
        amount_rp=amount_rp,
        beyond_rp=beyond_rp,
        suspense=suspense,
        reason=clean(reason, MAX_REASON),
        way="hand" if by_hand else "provider",
        asked_by=actor.user_id,
        state_at=clock.now(),
    )
    db.session.add(refund)
    db.session.flush()
    states.start(refund, actor, reason)
    return refund


def _paid_attempt(payment: Payment) -> PaymentAttempt:
    for attempt in queries.attempts_of(payment.id):
        received = queries.effect(attempt.id, "received")
        if received is not None and attempt.state == "succeeded" and own(received):
            return attempt
    raise Conflict(_("Pembayaran ini belum atau tidak lagi dibayar."))


def own(received: PaymentEffect) -> bool:
    """Whether this money is the payment's: from the start, or since the treasurer found it to be."""
    case = queries.case_of_effect(received.id) if received.suspense else None
    return not received.suspense or (case is not None and case.state == "attributed")


def paid_attempt(payment: Payment) -> PaymentAttempt | None:
    """The attempt whose money is the payment's own, also when it went back since."""
    for attempt in queries.attempts_of(payment.id):
        received = queries.effect(attempt.id, "received")
        if received is not None and own(received):
            return attempt
    return None


def abandon(actor: Actor, payment_id: int) -> None:
    """What was to be paid is not wanted any more (paid another way, or given up).

    Raises Conflict while an attempt can still be paid: the provider is asked to close it, and this can be
    tried again a moment later; and for a payment that is paid.
    """
    payment = queries.payment_by_id(payment_id, lock=True)
    if payment.state != "open":
        raise Conflict(_("Pembayaran ini sudah masuk."))
    running = [each for each in queries.attempts_of(payment.id) if each.state in PaymentAttempt.UNSETTLED]
    if running:
        raise Conflict(
            _("Pembeli sedang membayar lewat internet. Tunggu sampai selesai atau habis waktunya.")
        )
    states.advance(payment, "closed", actor)


def withdraw(actor: Actor, payment_id: int) -> None:
    """Somebody waits for the payment to be over (a buyer with cash at the counter): its time ends now.

    What can still be paid is closed at the provider at once, by jobs, and the payment after it; a payer who
    is faster has paid. Saying it again asks again. A payment that is not open is left as it is.
    """
    payment = queries.payment_by_id(payment_id, lock=True)
    if payment.state != "open":
        return
    now = clock.now()
    payment.due_at = min(payment.due_at, now)
    running = [each for each in queries.attempts_of(payment.id) if each.state in PaymentAttempt.UNSETTLED]
    for each in running:
        key = f"payment_withdrawn:{each.id}:{int(now.timestamp()) // WITHDRAW_AGAIN_S}"
        jobs.enqueue("payment_unwanted", {"attempt_id": each.id}, unique_key=key)
    faults.point("payments.withdrawn")
    if not running:
        close(payment, actor)


def close(payment: Payment, actor: Actor) -> None:
    """Nothing is to be paid any more, and what it was for learns of it. The caller holds the row."""
    states.advance(payment, "closed", actor)
    tell(payment, "closed")


def tell(payment: Payment, to: str) -> None:
    """What the payment is for learns of it by a job (`wiring.PAYMENT_PURPOSES`)."""
    jobs.enqueue(
        "payment_changed", {"payment_id": payment.id, "to": to}, unique_key=f"payment_{to}:{payment.id}"
    )


def apply_refunds(payment: Payment, attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> None:
    """Believe each refund that the provider lists, by our id, or by its own for one made elsewhere."""
    ours = {refund.refund_id: refund for refund in queries.refunds_of(attempt.id)}
    for said in snapshot.refunds:
        key = short(said.refund_id or said.provider_id)
        if not key:
            log.error("attempt %s: a refund without any name", attempt.order_id)
            continue
        known = ours.get(key)
        if known is None and said.status != RefundStatus.FAILED:
            known = _made_elsewhere(payment, attempt, said, key)
        if known is not None:
            settle_refund(payment, attempt, known, said)


def settle_refund(
    payment: Payment, attempt: PaymentAttempt, refund: PaymentRefund, said: RefundSnapshot
) -> None:
    """Move one refund to what the provider says of it; saying it again changes nothing."""
    if refund.state == "refused" and said.status == RefundStatus.SUCCEEDED:
        stop_by_hand(payment, attempt, stored("bank ternyata sudah mengembalikannya"))
        refund.reopened = True
        _give_back(payment, attempt, refund)
        return
    if refund.state not in PaymentRefund.UNDER_WAY:
        return
    if said.status == RefundStatus.PENDING:
        if refund.state == "asked":
            states.advance(refund, "pending", SYSTEM)
    elif said.status == RefundStatus.FAILED:
        refuse_refund(payment, refund, said.reason)
    else:
        _give_back(payment, attempt, refund)


def _give_back(payment: Payment, attempt: PaymentAttempt, refund: PaymentRefund) -> None:
    """The bank has proved it: out of the clearing account."""
    effect = effects.believe(
        attempt, "refunded", refund.amount_rp, reference=refund.refund_id, suspense=refund.suspense
    )
    close_refund(SYSTEM, payment, attempt, refund)
    faults.point("payments.refunded")
    ledger.post(SYSTEM, payment.organization_id, postings.for_refunded(payment, effect, refund))


def close_refund(actor: Actor, payment: Payment, attempt: PaymentAttempt, refund: PaymentRefund) -> None:
    """The payer has the money again, and a whole payment that is back is said so; the caller posts it.

    A bank that gives back what it had refused, after the cooperative paid it by hand, gives it twice: the
    payment then counts once, and the advances show the loss.
    """
    states.advance(refund, "done", actor)
    if refund.suspense:
        end_case(attempt, "refunded")
        return
    payment.refunded_rp = min(payment.received_rp, payment.refunded_rp + refund.amount_rp)
    if payment.refunded_rp == payment.received_rp and payment.state == "paid":
        states.advance(payment, "refunded", SYSTEM)
    jobs.enqueue(
        "payment_changed",
        {"payment_id": payment.id, "to": "refunded", "refund_id": refund.id},
        unique_key=f"payment_refunded:{refund.id}",
    )


def stop_by_hand(payment: Payment, attempt: PaymentAttempt, reason: str) -> None:
    """Refunds by hand whose money has not left yet are called off: the bank has taken or given it itself."""
    for refund in queries.refunds_of(attempt.id):
        if refund.way == "hand" and refund.state == "asked":
            payout = queries_payouts.live_payout_of_refund(refund.id)
            if payout is not None:
                states.advance(payout, "rejected", SYSTEM, reason)
            refuse_refund(payment, refund, reason)


def end_case(attempt: PaymentAttempt, state: str) -> None:
    """The case of this attempt's money ends when all of it is back at the payer, or the bank took it."""
    received = queries.effect(attempt.id, "received")
    case = queries.case_of_effect(received.id) if received else None
    if case is None or not case.STATES.allows(case.state, state):
        return
    if state == "taken_back" or queries.refunded_rp(attempt.id) == case.amount_rp:
        states.advance(case, state, SYSTEM)


def _made_elsewhere(
    payment: Payment, attempt: PaymentAttempt, said: RefundSnapshot, key: str
) -> PaymentRefund | None:
    """A refund that somebody made at the provider itself: written down as if asked here, once."""
    received = queries.effect(attempt.id, "received")
    if received is None:
        return None
    left = max(0, left_rp(payment, attempt, received))
    reason = stored("dibuat di penyedia pembayaran")
    if said.reason:
        # Somebody typed it elsewhere: what our own forms would refuse may not keep the money from the books.
        with contextlib.suppress(Refused):
            why = clean(said.reason[:MAX_WHY], MAX_WHY)
            reason = stored("dibuat di penyedia pembayaran: %(reason)s", reason=why)
    beyond_rp = max(0, said.amount_rp - left)
    refund = _row(SYSTEM, attempt, said.amount_rp, key, reason, not own(received), beyond_rp)
    log.warning("attempt %s: a refund of Rp%s made elsewhere", attempt.order_id, said.amount_rp)
    faults.point("payments.refund_found")
    ledger.post(SYSTEM, payment.organization_id, postings.for_refund_asked(payment, refund))
    jobs.enqueue("refund_found", {"refund_id": refund.id}, unique_key=f"refund_found:{refund.id}")
    return refund


def short(reference: str) -> str:
    """A foreign key as it fits here, the same one each time."""
    if len(reference) <= MAX_REFERENCE:
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()[:MAX_REFERENCE]


def refuse_refund(payment: Payment, refund: PaymentRefund, reason: str) -> None:
    """The provider gives nothing back: the money stands again where it was taken from."""
    refund.last_error = reason
    states.advance(refund, "refused", SYSTEM, reason[:MAX_REASON])
    if refund.suspense:
        received = queries.effect(refund.attempt_id, "received")
        case = queries.case_of_effect(received.id) if received else None
        if case is not None and case.state == "refunding":
            states.advance(case, "open", SYSTEM)
    ledger.post(SYSTEM, payment.organization_id, postings.for_refund_refused(payment, refund))
    if refund.way == "provider":
        jobs.enqueue("refund_refused", {"refund_id": refund.id}, unique_key=f"refund_refused:{refund.id}")
