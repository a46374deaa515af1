"""A neighbour is paid by hand: one person proposes, another decides, the giver looks for the money."""

from __future__ import annotations

from market.core import approvals, clock, db, faults, money, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, lazy, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.notices.services import notify
from market.transfers import postings, queries
from market.transfers.models import ACCOUNTS, StockTransfer, TransferPayment
from market.transfers.services.offering import path_of

MAX_REFERENCE = 80
MAX_REASON = 300


def propose_payment(actor: Actor, transfer_id: int, account: str, reference: str = "") -> TransferPayment:
    """Ask a second person to pay what is owed for a lot, from cash or bank. Raises NotFound, Refused."""
    actor.require(Permission.PAYMENT_PROPOSE)
    lot = queries.taken_by(actor, transfer_id)
    _require_account(account)
    earlier = queries.payment_of(lot.id)
    if earlier is not None and _waiting(earlier) is None and earlier.state == "proposed":
        states.advance(earlier, "lapsed", SYSTEM, stored("lewat 72 jam"))
        earlier = None
    if earlier is not None or not lot.owed_rp:
        raise Refused(_("Tidak ada yang harus dibayar, atau pembayaran sudah diusulkan."))
    payment = TransferPayment(
        organization_id=actor.organization_id,
        transfer_id=lot.id,
        giver_id=lot.organization_id,
        number=next_number(actor.organization_id or 0, "BK"),
        amount_rp=lot.owed_rp,
        account=account,
        reference=clean(reference, MAX_REFERENCE),
        proposed_at=clock.now(),
        state_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, actor)
    approvals.propose(actor, queries.PAYMENT, payment)
    return payment


def _require_account(account: str) -> None:
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")


def _waiting(payment: TransferPayment) -> approvals.Approval | None:
    return approvals.waiting(queries.PAYMENT, payment, payment.organization_id)


def decide_payment(actor: Actor, payment_id: int, approve: bool, reason: str = "") -> TransferPayment:
    """Approve (pay and post) or reject; never one's own proposal.

    Raises Forbidden, NotFound, Refused for a decided or lapsed one, a refusal without reason, and when
    cash or bank does not hold the amount.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    payment = queries.payment_for(actor, payment_id, lock=True)
    if payment.organization_id != actor.organization_id:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = _waiting(payment)
    if waiting is None or payment.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    reason = clean(reason, MAX_REASON)
    approvals.decide(actor, waiting.id, approve, reason)
    states.advance(payment, "paid" if approve else "rejected", actor, reason)
    if approve:
        _pay(actor, payment)
    return payment


def _pay(actor: Actor, payment: TransferPayment) -> None:
    ledger.post(actor, payment.organization_id, postings.for_payment(payment))
    # Asked after posting, when the books are held: nobody else can have taken the money meanwhile.
    if books.balance_rp(payment.organization_id, payment.account) < 0:
        account = books.account(payment.organization_id, payment.account)
        raise Refused(_("Saldo %(account)s tidak cukup. Belum ada yang dibayar.", account=_(account.name)))
    faults.point("transfers.paid")
    lot = queries.transfer_by_id(payment.transfer_id)
    title = lazy("%(name)s sudah membayar", name=actor.organization_name)
    body = lazy(
        "%(rp)s untuk %(number)s. Catat setelah uangnya ada.",
        rp=money.format_rp(payment.amount_rp),
        number=lot.number,
    )
    notify(payment.giver_id, (Role.TREASURER,), "lot_paid", title, body, path_of(lot))


def confirm_money(actor: Actor, payment_id: int, account: str) -> StockTransfer:
    """The giver found the money in cash or bank. Raises Forbidden, NotFound, IllegalMove, Refused."""
    actor.require(Permission.PAYMENT_PROPOSE)
    payment = queries.payment_for(actor, payment_id, lock=True)
    if payment.giver_id != actor.organization_id:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    _require_account(account)
    states.advance(payment, "confirmed", actor, also={"into_account": account})
    faults.point("transfers.confirmed")
    ledger.post(actor, payment.giver_id, postings.for_money_in(payment))
    return queries.transfer_by_id(payment.transfer_id)
