"""Money that a payer disputes at their bank: gone while it lasts, back by reversal when it is won."""

from __future__ import annotations

import logging

from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.ledger import queries as books
from market.ledger import services as ledger
from market.payments import postings, queries
from market.payments.models import Payment, PaymentAttempt, PaymentDispute
from market.payments.services import effects, keeping
from market.payments.types import DisputeSnapshot, DisputeStatus, PaymentSnapshot, Provider

log = logging.getLogger(__name__)
SILENT = (Provider.MIDTRANS,)
"""Providers whose interface does not say how a dispute ended: their dashboard does, to a person."""


def apply_disputes(payment: Payment, attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> None:
    """Believe each dispute that the provider lists; one that was decided here is not opened by old news."""
    for said in snapshot.disputes:
        known = queries.dispute(attempt.id, said.dispute_id[:60])
        if known is None and said.status == DisputeStatus.WON:
            continue  # it came and went between two questions: nothing was ever booked
        known = known or _open(attempt, said)
        if known.state == "open":
            _take(payment, attempt, known, said.amount_rp)
            if said.status != DisputeStatus.OPEN:
                _end(SYSTEM, payment, attempt, known, said.status.value, "")


def end_dispute(actor: Actor, dispute_id: int, won: bool, reason: str) -> PaymentDispute:
    """The treasurer read in the provider's dashboard how it ended.

    Raises Forbidden, NotFound, Refused where the provider says it by itself or no reason is given, Conflict
    for one that is decided.
    """
    actor.require(Permission.BOOKS_POST)
    seen = queries.dispute_for(actor, dispute_id)
    # In the order in which believing a snapshot takes them: attempt, payment, dispute.
    attempt = queries.attempt(seen.attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    dispute = queries.dispute_for(actor, dispute_id, lock=True)
    if queries.account_by_id(attempt.account_id).provider not in SILENT:
        raise Refused(_("Penyedia ini mengabarkan sendiri bagaimana sanggahan berakhir. Tunggu kabarnya."))
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if dispute.state != "open":
        raise Conflict(_("Sanggahan ini sudah diputuskan."))
    _end(actor, payment, attempt, dispute, "won" if won else "lost", reason)
    return dispute


def _open(attempt: PaymentAttempt, said: DisputeSnapshot) -> PaymentDispute:
    now = clock.now()
    dispute = PaymentDispute(
        organization_id=attempt.organization_id,
        attempt_id=attempt.id,
        reference=said.dispute_id[:60],
        amount_rp=said.amount_rp,
        opened_at=now,
        state_at=now,
    )
    db.session.add(dispute)
    db.session.flush()
    states.start(dispute, SYSTEM)
    log.error("attempt %s: Rp%s are disputed", attempt.order_id, said.amount_rp)
    _tell(dispute, "open")
    return dispute


def _take(payment: Payment, attempt: PaymentAttempt, dispute: PaymentDispute, amount_rp: int) -> None:
    """Book what is gone: all at first, later its growth."""
    taken_rp = sum(effect.amount_rp for effect in queries.effects_of_dispute(dispute.id))
    received = queries.effect(attempt.id, "received")
    if amount_rp <= taken_rp or received is None:
        return
    keeping.stop_by_hand(payment, attempt, stored("pembayarannya disengketakan"))
    more_rp, own = amount_rp - taken_rp, keeping.own(received)
    effect = effects.believe(
        attempt,
        "disputed",
        more_rp,
        reference=f"{dispute.id}:{amount_rp}",
        suspense=not own,
        unused_rp=min(more_rp, max(0, keeping.left_rp(payment, attempt, received))),
        dispute_id=dispute.id,
    )
    dispute.amount_rp = amount_rp
    faults.point("payments.disputed")
    ledger.post(SYSTEM, payment.organization_id, postings.for_disputed(payment, effect))


def _end(
    actor: Actor, payment: Payment, attempt: PaymentAttempt, dispute: PaymentDispute, to: str, reason: str
) -> None:
    states.advance(dispute, to, actor, reason)
    if to == "won":
        for effect in queries.effects_of_dispute(dispute.id):
            entry = books.entry_by_source(effect.organization_id, f"payment_effect:{effect.id}")
            assert entry is not None, "what a dispute took was booked with it"
            effect.undone = True
            ledger.reverse(actor, entry.id, stored("sanggahan dimenangkan"))
    else:
        _lost(payment, attempt)
    faults.point("payments.dispute_ended")
    _tell(dispute, to)


def _lost(payment: Payment, attempt: PaymentAttempt) -> None:
    """A payment that is lost as a whole is none any more; what was given for it is owed by the payer."""
    received = queries.effect(attempt.id, "received")
    lost_rp = sum(each.amount_rp for each in queries.disputes_of(attempt.id) if each.state == "lost")
    if received is None or lost_rp < received.amount_rp:
        return
    if not keeping.own(received):
        keeping.end_case(attempt, "taken_back")
    elif payment.state == "paid":
        states.advance(payment, "reversed", SYSTEM)
        keeping.tell(payment, "reversed")


def _tell(dispute: PaymentDispute, to: str) -> None:
    payload = {"dispute_id": dispute.id, "to": to}
    jobs.enqueue("payment_disputed", payload, unique_key=f"payment_disputed:{dispute.id}:{to}")
