"""A share paid over the internet: the provider's proof is the payment, and money goes back the way it came.

The money waits among the payments' advances (`use_payment` when the goods are handed over), so that a share
paid this way has no entry of its own before that.
"""

from __future__ import annotations

from market.core import clock, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.permissions import ANONYMOUS, SYSTEM, Actor, Permission, Role
from market.notices.services import notify
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.models import Payment
from market.prepaid import queries
from market.prepaid.models import ONLINE, PrepaidPool, PrepaidShare
from market.prepaid.services.paying import room_in
from market.stock import services as stock

PURPOSE = queries.PURPOSE
KEEPERS = (Role.SECRETARY, Role.TREASURER, Role.CHAIR)


def payment_of(share: PrepaidShare) -> Payment | None:
    """The newest payment over the internet that was asked for this share."""
    return money_in.latest_payment(PURPOSE, share.id)


def pay_share(token: str) -> Payment:
    """The buyer wants to pay now: the payment whose page takes it from here, the same one each time.

    It ends with the pool. Raises NotFound, Conflict for a pool or a share that takes no money any more,
    Refused when others have taken the room, and where the cooperative takes no such payments.
    """
    pool = queries.locked_pool_of(queries.share_by_token(token))
    share = queries.share_by_token(token, lock=True)
    left = room_in(pool)
    if share.state != "awaiting_payment":
        raise Conflict(_("Setoran ini tidak menunggu dibayar."))
    if share.shares > left:
        raise Refused(_("Tinggal %(left)s bagian.", left=left))
    until_close = int((pool.closes_at - clock.now()).total_seconds()) // 60
    usual = payments.PAY_WITHIN_MIN.value(organization_id=pool.organization_id)
    return payments.start_payment(
        ANONYMOUS,
        organization_id=share.organization_id,
        purpose=PURPOSE,
        purpose_id=share.id,
        amount_rp=share.amount_rp,
        title=_("Setoran %(number)s", number=share.number),
        payer_name=share.buyer_name,
        phone=share.phone,
        return_path=f"/setoran-saya/{share.token}",
        minutes=max(1, min(usual, until_close)),
    )


def being_paid(share: PrepaidShare) -> Payment | None:
    """The payment that could still come over the internet at this moment."""
    payment = payment_of(share)
    if payment is None or payment.state != "open" or money_in.running_attempt(payment.id) is None:
        return None
    return payment


def take_cash(actor: Actor, share_id: int) -> bool:
    """The buyer stands here with cash: what could still be paid over the internet is closed by a job.

    False when there is nothing to close. Raises Forbidden, NotFound.
    """
    actor.require(Permission.BOOKS_POST)
    payment = being_paid(queries.share_for(actor, share_id, lock=True))
    if payment is not None:
        payments.withdraw(actor, payment.id)
    return payment is not None


def give_up_payment(actor: Actor, share: PrepaidShare) -> None:
    """The share is paid in cash. Raises Conflict while it can still be paid over the internet, or was."""
    payment = money_in.live_payment(PURPOSE, share.id)
    if payment is not None:
        payments.abandon(actor, payment.id)


def stop(actor: Actor, share: PrepaidShare) -> None:
    """Nobody asks for this money any more; who is faster than the provider gets it back."""
    payment = money_in.live_payment(PURPOSE, share.id)
    if payment is not None:
        payments.withdraw(actor, payment.id)


def send_back(actor: Actor, share: PrepaidShare, reason: str) -> bool:
    """Ask the provider to give a share's money back; False where that must be done by hand."""
    payment = payment_of(share)
    if share.account != ONLINE or payment is None:
        return False
    try:
        payments.ask_refund(actor, payment.id, share.amount_rp, reason)
    except (Refused, Conflict):
        return False
    return True


def use(actor: Actor, share: PrepaidShare) -> None:
    """The money of a share leaves the advances: goods for it, or cash back. Raises Conflict, Refused."""
    payment = payment_of(share)
    if share.account == ONLINE and payment is not None:
        payments.use_payment(actor, payment.id, share.amount_rp)


def settle_unknown(pool: PrepaidPool) -> bool:
    """Before a pool is decided: money that is proved counts, what may still come is closed and waited for.

    False while the provider has not said of every payment whether it came.
    """
    known = True
    for share, payment in queries.undecided(pool.id):
        if payment.state == "open":
            payments.withdraw(SYSTEM, payment.id)
        if payment.state == "paid":
            _accept(pool, share, payment)
        known = known and payment.state != "open"
    return known


def why_unwanted(share_id: int) -> str:
    """Why late money for this share can only go back to the buyer; "" while it can still be used."""
    share = queries.share_by_id(share_id)
    pool = queries.pool_of(share)
    if share.state not in ("awaiting_payment", "cancelled"):
        return _("Setorannya sudah dibayar dengan cara lain.")
    if share.state == "cancelled" or pool.state != "open" or share.shares > _left(pool):
        return _("Setor belinya sudah ditutup atau penuh, atau pembelinya mundur.")
    return ""


def require_wanted(actor: Actor, share_id: int) -> None:
    """Late money is to count for its share after all; the pool is held until then. Raises Refused."""
    queries.pool_by_id(queries.share_by_id(share_id).pool_id)
    why = why_unwanted(share_id)
    if why:
        raise Refused(why)


def _left(pool: PrepaidPool) -> int:
    return pool.max_shares - queries.paid_shares([pool.id]).get(pool.id, (0, 0))[0]


def on_payment_changed(share_id: int, payment_id: int, to: str) -> None:
    """News from the provider, by a job: what counts is how the payment stands now, not which news it was."""
    payment = money_in.payment_by_id(payment_id)
    pool = queries.pool_by_id(queries.share_by_id(share_id).pool_id)
    share = queries.share_by_id(share_id, lock=True)
    if payment.state == "paid" and to != "refunded":
        _accept(pool, share, payment)
    elif payment.state == "refunded":
        _returned(pool, share)
    elif payment.state == "reversed":
        _lost(pool, share)


def _accept(pool: PrepaidPool, share: PrepaidShare, payment: Payment) -> None:
    """The money is there: the share counts from now on, or it is too late and the money goes back."""
    if share.account == ONLINE and share.state not in ("awaiting_payment", "cancelled"):
        return
    left = _left(pool)
    if share.state == "awaiting_payment" and pool.state == "open" and share.shares <= left:
        states.advance(share, "paid", SYSTEM, also={"account": ONLINE})
        faults.point("prepaid.paid_online")
        if share.shares == left:
            jobs.enqueue("prepaid_full", {"pool_id": pool.id}, unique_key=f"prepaid_full:{pool.id}")
        return
    late = stored("uang datang setelah tempatnya habis atau ditutup")
    if share.state in ("awaiting_payment", "cancelled"):
        states.advance(share, "refund_pending", SYSTEM, late, also={"account": ONLINE})
        if send_back(SYSTEM, share, late):
            return
    else:  # paid in cash meanwhile: this money is a second one
        try:
            payments.ask_refund(SYSTEM, payment.id, payment.received_rp, late)
            return
        except (Refused, Conflict):
            pass
    title = lazy("Kembalikan %(rp)s ke %(name)s", rp=format_rp(payment.received_rp), name=share.buyer_name)
    body = lazy("Uangnya datang terlambat dan tidak bisa dikembalikan otomatis.")
    notify(pool.organization_id, KEEPERS, "pool_late_money", title, body, f"/setor-beli/{pool.id}")


def _returned(pool: PrepaidPool, share: PrepaidShare) -> None:
    """The bank has proved that the buyer has the money back."""
    if share.account == ONLINE and share.state in ("paid", "ready"):  # somebody did it at the provider
        _free(share)
        states.advance(share, "refund_pending", SYSTEM, stored("dikembalikan di penyedia pembayaran"))
    if share.account == ONLINE and share.state == "refund_pending":
        states.advance(share, "refunded", SYSTEM, also={"refund_account": ONLINE})
        faults.point("prepaid.refunded_online")
    close_if_done(pool)


def _lost(pool: PrepaidPool, share: PrepaidShare) -> None:
    """The bank took the money back: the share is not paid any more, whatever it waited for."""
    if share.account != ONLINE or share.state in ("awaiting_payment", "cancelled", "refunded"):
        return
    if share.state != "collected":
        _free(share)
        states.advance(share, "cancelled", SYSTEM, stored("bank menarik kembali uangnya"))
    close_if_done(pool)
    title = lazy("Bank menarik kembali setoran %(number)s", number=share.number)
    body = lazy("%(name)s belum membayar lagi. Hubungi pembelinya.", name=share.buyer_name)
    notify(pool.organization_id, KEEPERS, "pool_money_lost", title, body, f"/setor-beli/{pool.id}")


def _free(share: PrepaidShare) -> None:
    """Goods that were set aside are anybody's again."""
    if share.state == "ready" and share.reservation_id is not None:
        stock.release(SYSTEM, share.organization_id, share.reservation_id)


def close_if_done(pool: PrepaidPool, actor: Actor = SYSTEM) -> None:
    """A pool (held by the caller) closes when nobody waits for money, or for goods, any more."""
    if pool.state == "refunding" and not queries.shares_of(pool.id, ("refund_pending",)):
        states.advance(pool, "closed", actor, stored("semua setoran dikembalikan"))
    elif pool.state == "ready" and not queries.shares_of(pool.id, ("ready",)):
        states.advance(pool, "closed", actor, stored("semua barang sudah diambil"))
