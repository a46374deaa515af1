"""Refunds that the cooperative pays itself: the payer says where to; a refused one is tried again."""

from __future__ import annotations

import secrets

from sqlalchemy import update

from market.core import clock, db, faults
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.notices.services import notify
from market.payments import queries, queries_payouts
from market.payments.models import Payment, PaymentAttempt, PaymentRefund
from market.payments.models_payouts import RefundDestination
from market.payments.services import keeping, targets, telling

MAX_WRONG_CODES = 5
PAGE = "/uang-keluar"


def name_destination(
    token: str, refund_id: int, way: str, bank: str = "", number: str = "", holder: str = ""
) -> RefundDestination:
    """The payer behind the link says where the money of a refund goes: a bank, a wallet, or the counter.

    May be said anew until somebody has proposed to pay it; for cash this makes a new code at any time.
    Raises NotFound, Conflict for a refund that is on its way or done, Refused at the field that is wrong.
    """
    payment = queries.payment_by_token(token, lock=True)
    refund = _waiting_refund(payment, refund_id)
    known = queries_payouts.destination_of(refund.id, lock=True)
    payout = queries_payouts.live_payout_of_refund(refund.id)
    if payout is not None and not (way == "cash" == payout.way):
        raise Conflict(_("Koperasi sudah mulai mengirim uang ini. Hubungi koperasi bila ada yang salah."))
    values = {"bank": "", "number": "", "holder": ""}
    if way == "bank":
        values["bank"], values["number"], values["holder"] = targets.checked(bank, number, holder)
    elif way != "cash":
        raise Refused(_("Pilih ke mana uang dikembalikan."), field="way")
    row = known or RefundDestination(organization_id=refund.organization_id, refund_id=refund.id)
    row.way, row.bank, row.holder = way, values["bank"], values["holder"]
    row.last4, row.number_sealed = values["number"][-4:], ""
    row.code = f"{secrets.randbelow(1_000_000):06d}" if way == "cash" else ""
    row.wrong_codes, row.named_at = 0, clock.now()
    db.session.add(row)
    db.session.flush()
    if way == "bank":
        targets.seal_number(row, values["number"])
    faults.point("refunds.destination_named")
    if payout is None:
        _tell_named(payment, refund)
    return row


def _waiting_refund(payment: Payment, refund_id: int) -> PaymentRefund:
    for each in queries_payouts.refunds_of_payment(payment.id):
        if each.refund.id == refund_id and each.refund.way == "hand":
            if each.refund.state in PaymentRefund.UNDER_WAY:
                return each.refund
            break
    raise Conflict(_("Pengembalian ini sudah selesai. Muat ulang halaman."))


def _tell_named(payment: Payment, refund: PaymentRefund) -> None:
    title = lazy("Kembalikan %(amount)s kepada pembeli", amount=format_rp(refund.amount_rp))
    body = lazy("%(title)s: pembeli sudah mengisi tujuan uangnya.", title=payment.title)
    notify(refund.organization_id, telling.KEEPERS, "refund_ready", title, body, PAGE)


def note_wrong_code(refund_id: int) -> None:
    """Count a wrong code at the counter (in a transaction of its own: the refused one is rolled back)."""
    more = {"wrong_codes": RefundDestination.wrong_codes + 1}
    query = update(RefundDestination).where(RefundDestination.refund_id == refund_id)
    db.session.execute(query.values(more))


def ask_again(actor: Actor, refund_id: int, *, by_hand: bool) -> PaymentRefund:
    """A refund that the bank refused is asked for once more, through it or to be paid by hand.

    Raises Forbidden, NotFound, Conflict for one that was not refused or was asked for again already,
    Refused when less is left.
    """
    actor.require(Permission.BOOKS_POST)
    attempt = queries.attempt(queries_payouts.refund_for(actor, refund_id).attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    refund = queries.refund(refund_id, lock=True)
    newest = queries.refunds_of(attempt.id)[-1]
    if refund.state != "refused" or refund.suspense or newest.id != refund.id:
        raise Conflict(_("Pengembalian ini sudah diurus."))
    _require_paid(attempt)
    return keeping.refund_attempt(actor, payment, attempt, refund.amount_rp, refund.reason, by_hand=by_hand)


def pay_by_hand(actor: Actor, refund_id: int) -> PaymentRefund:
    """`ask_again`, paid out by two people of the cooperative."""
    return ask_again(actor, refund_id, by_hand=True)


def _require_paid(attempt: PaymentAttempt) -> None:
    if attempt.state != "succeeded":
        raise Conflict(_("Bank sudah menarik kembali uang ini. Tidak ada yang perlu dikembalikan."))


def tell_by_hand(refund_id: int) -> None:
    """A refund waits for its payer's word: who keeps the money is told."""
    refund = queries.refund(refund_id)
    title = lazy(
        "%(amount)s harus dikembalikan lewat transfer atau tunai", amount=format_rp(refund.amount_rp)
    )
    body = lazy("Pembeli mengisi tujuannya di halaman pesanannya. Kabari lewat WhatsApp.")
    notify(refund.organization_id, telling.KEEPERS, "refund_by_hand", title, body, PAGE)
