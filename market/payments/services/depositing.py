"""The deposit at the provider from which money is sent, and payments whose sellers are paid all the same."""

from __future__ import annotations

from datetime import date

from market.core import clock, db, faults
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.payments import postings_payouts, queries, queries_earnings
from market.payments.models_payouts import HoldRelease, PayoutTopUp

MAX_REFERENCE, MAX_REASON = 80, 200


def top_up(actor: Actor, amount_rp: int, reference: str, paid_on: date | None = None) -> PayoutTopUp:
    """The cooperative transferred whole rupiah from its bank into its deposit at the provider.

    Raises Forbidden, Refused for nothing, no reference, a day to come, or more than the bank holds.
    """
    actor.require(Permission.BOOKS_POST)
    on, reference = paid_on or clock.today(), clean(reference, MAX_REFERENCE)
    if not reference:
        raise Refused(_("Tulis nomor bukti."), field="reference")
    if on > clock.today():
        raise Refused(_("Tanggal transfer paling lambat hari ini."), field="paid_on")
    there = books.balance_rp(actor.organization_id or 0, chart.BANK)
    if not 0 < amount_rp <= there:
        raise Refused(_("Paling banyak %(left)s.", left=format_rp(there)), field="amount_rp")
    row = PayoutTopUp(
        organization_id=actor.organization_id,
        amount_rp=amount_rp,
        reference=reference,
        paid_on=on,
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    faults.point("payouts.topped_up")
    ledger.post(actor, row.organization_id, postings_payouts.for_top_up(row))
    return row


def release_hold(actor: Actor, payment_id: int, reason: str) -> HoldRelease:
    """The chair decides that sellers are paid although the bank took a payment back, or disputes it.

    Raises Forbidden, NotFound, Refused without a reason, Conflict when nothing of it is held for that.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    payment = queries.payment_for(actor, payment_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    held = [hold for hold in queries_earnings.holds(payment.organization_id) if hold.payment.id == payment.id]
    if not any(hold.why in ("reversed", "disputed") for hold in held):
        raise Conflict(_("Tidak ada hak UMKM yang tertahan karena pembayaran ini."))
    row = HoldRelease(
        organization_id=payment.organization_id,
        payment_id=payment.id,
        reason=reason,
        released_by=actor.user_id,
        released_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
