"""What reconciliation writes into the books, each fact once: withdrawals, fees as they were, found money."""

from __future__ import annotations

from market.core import clock, crypto, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.ledger import services as ledger
from market.ledger.services.heads import hold_head
from market.payments import postings, postings_reconciliation
from market.payments import queries as payments
from market.payments import queries_reconciliation as queries
from market.payments import queries_two_books as books
from market.payments.models import Payment, PaymentAttempt
from market.payments.models_reconciliation import (
    FeeCorrection,
    MerchantWithdrawal,
    ProviderMove,
    ReconciliationCase,
)
from market.payments.services import comparing, differing, effects, starting
from market.payments.types import MAX_ORDER_ID, Method

PURPOSE = "found_money"
"""A payment that nobody asked for: its money waits in suspense, its purpose is its line at the provider."""


def book_case(actor: Actor, case_id: int) -> ReconciliationCase:
    """The one button of a case that a posting settles. Raises Forbidden, NotFound, Conflict, Refused."""
    actor.require(Permission.BOOKS_POST)
    hold_head(actor.organization_id or 0)  # before the case: the order in which a run takes them
    case = differing.open_case(actor, case_id)
    if case.kind == "withdrawal" and case.move_id is not None:
        book_withdrawal(actor, queries.move(case.move_id))
    elif case.kind == "fee":
        book_fee_difference(actor, case.account_id, case.theirs_rp - case.ours_rp)
    elif case.kind == "missing_here" and case.move_id is not None:
        _book_found_money(actor, case, queries.move(case.move_id))
    else:
        raise Refused(_("Selisih ini tidak bisa dibukukan begitu saja. Tulis penjelasannya."))
    faults.point("payments.difference_booked")
    if case.state == "open":
        states.advance(case, "booked", actor)
    comparing.settle_books(case.account_id)
    return case


def book_withdrawal(actor: Actor, move: ProviderMove) -> MerchantWithdrawal:
    """The provider's money reached the bank: Dr bank / Cr clearing, once for each line of its books."""
    withdrawal = MerchantWithdrawal(
        organization_id=move.organization_id,
        account_id=move.account_id,
        move_id=move.id,
        amount_rp=-move.amount_rp,
        on=clock.wib(move.at).date(),
        booked_by=actor.user_id,
        booked_at=clock.now(),
    )
    db.session.add(withdrawal)
    db.session.flush()
    faults.point("payments.withdrawal_booked")
    ledger.post(
        actor, move.organization_id, postings_reconciliation.for_withdrawal(withdrawal, move.reference)
    )
    return withdrawal


def book_fee_difference(actor: Actor, account_id: int, expected_rp: int | None = None) -> int:
    """What the provider took beyond (or below) all that is booked for it; returns whole rupiah, 0 for none.

    Raises Conflict when it is no longer `expected_rp`.
    """
    account = payments.account_by_id(account_id)
    rows = [each.id for each in queries.rows_of(account)]
    amount_rp = books.fees(account_id, rows).difference_rp
    if expected_rp is not None and amount_rp != expected_rp:
        raise Conflict(_("Selisih ini baru saja berubah. Muat ulang halaman."))
    if amount_rp:
        correction = FeeCorrection(
            organization_id=account.organization_id,
            account_id=account_id,
            amount_rp=amount_rp,
            booked_by=actor.user_id,
            booked_at=clock.now(),
        )
        db.session.add(correction)
        db.session.flush()
        faults.point("payments.fee_corrected")
        ledger.post(actor, account.organization_id, postings_reconciliation.for_fee_correction(correction))
    return amount_rp


def _book_found_money(actor: Actor, case: ReconciliationCase, move: ProviderMove) -> None:
    """Money for an order that nobody made here: into suspense, from where it goes back or finds its use."""
    amount_rp = move.amount_rp
    if case.theirs_rp <= 0 or move.kind != "payment" or len(move.reference) > MAX_ORDER_ID:
        raise Refused(_("Ini bukan uang masuk. Tulis penjelasannya."))
    if payments.attempt_by_order(move.reference) is not None:
        raise Conflict(_("Nomor ini sudah dipakai koperasi lain. Tulis penjelasannya."))
    payment = _payment(move, amount_rp)
    attempt = _attempt(payment, move)
    states.advance(attempt, "succeeded", SYSTEM)
    effect = effects.believe(attempt, "received", amount_rp, suspense=True)
    effects.open_case(effect, "mismatch", stored("Tidak ada pesanan dengan nomor %(id)s.", id=move.reference))
    ledger.post(actor, payment.organization_id, postings.for_received(payment, effect))


def _payment(move: ProviderMove, amount_rp: int) -> Payment:
    payment = Payment(
        organization_id=move.organization_id,
        number=next_number(move.organization_id, starting.SERIES),
        token=crypto.token(),
        purpose=PURPOSE,
        purpose_id=move.id,
        title=stored("Uang tanpa pesanan"),
        amount_rp=amount_rp,
        created_at=move.at,
        due_at=move.at,
        state_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, SYSTEM)
    states.advance(payment, "closed", SYSTEM)
    return payment


def _attempt(payment: Payment, move: ProviderMove) -> PaymentAttempt:
    known = move.method if move.method in tuple(Method) else Method.QRIS.value
    attempt = PaymentAttempt(
        organization_id=payment.organization_id,
        payment_id=payment.id,
        account_id=move.account_id,
        seq=1,
        order_id=move.reference,
        method=known,
        next_action={},
        created_at=move.at,
        expires_at=move.at,
        ask_at=clock.now(),
        paid_at=move.at,
        state_at=clock.now(),
    )
    db.session.add(attempt)
    db.session.flush()
    states.start(attempt, SYSTEM)
    return attempt
