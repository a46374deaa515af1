"""An order paid over the internet before it is collected: asked for, believed, used at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from market.core import clock, faults
from market.core.errors import Conflict
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.notices.services import notify
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.models import Payment
from market.retail import queries, queries_delivery
from market.retail.models import RetailOrder
from market.retail.services import extras, parting

PURPOSE = queries.PURPOSE
SLOW = timedelta(seconds=30)
"""After so long without the provider's word the counter is told that it takes longer."""
COUNTER = (Role.CASHIER, Role.TREASURER)


def payment_of(order: RetailOrder) -> Payment | None:
    """The payment over the internet that runs or is done for this order."""
    return money_in.live_payment(PURPOSE, order.id)


def pay_order(actor: Actor, token: str) -> Payment:
    """The buyer wants to pay now: the payment whose page takes it from here, the same one each time.

    Raises NotFound, Conflict for an order that has ended, Refused where the shop takes no such payments.
    """
    order = queries.order_by_token(token, lock=True)
    if order.state not in queries.OPEN:
        raise Conflict(_("Pesanan ini sudah berakhir."))
    running = payment_of(order)
    if running is not None and _forget_other_amount(actor, order, running):
        running = payment_of(order)
    return running or pay_fresh_order(actor, order)


def pay_fresh_order(actor: Actor, order: RetailOrder) -> Payment:
    """As `pay_order`, of an order that was placed in this transaction: nobody else can ask for its payment.

    Raises Refused where the shop takes no such payments.
    """
    return payments.start_payment(
        actor,
        organization_id=order.organization_id,
        purpose=PURPOSE,
        purpose_id=order.id,
        amount_rp=order.due_rp,
        title=_("Pesanan %(number)s", number=order.number),
        payer_name=order.buyer_name,
        phone=order.phone,
        return_path=f"/pesanan-saya/{order.token}",
        seen_none=True,
    )


def _forget_other_amount(actor: Actor, order: RetailOrder, payment: Payment) -> bool:
    """An unpaid request for more than is due now is asked anew (True); one that is being paid is paid, and
    the rest of it goes back."""
    if payment.state != "open" or payment.amount_rp == order.due_rp or payments.is_running(payment.id):
        return False
    payments.abandon(actor, payment.id)
    return True


def cash_due_rp(order: RetailOrder) -> int:
    """What the buyer still has to pay in cash at the counter."""
    payment = payment_of(order)
    return 0 if payment is not None and payment.state == "paid" else order.due_rp


def counter_due_rp(order: RetailOrder) -> int:
    """The cash for goods that are collected now: less the fee, when they were to be brought and nobody
    came."""
    due_rp = cash_due_rp(order)
    return due_rp - fee_back_rp(order) if due_rp else 0


def fee_back_rp(order: RetailOrder) -> int:
    """What a buyer who comes to the counter now does not owe for the delivery."""
    return extras.fee_back_rp(order, queries_delivery.delivery_of(order.id))


@dataclass(frozen=True)
class Online:
    """A payment over the internet that stands between the counter and the cash."""

    method: str
    until: datetime
    closing: bool
    slow: bool


def online_of(order: RetailOrder) -> Online | None:
    """What could still be paid over the internet for this order at this moment."""
    payment = payment_of(order)
    if payment is None or payment.state != "open":
        return None
    attempt = money_in.running_attempt(payment.id)
    if attempt is None:
        return None
    since = clock.now() - payment.due_at
    return Online(attempt.method, payment.due_at, since >= timedelta(0), since > SLOW)


def take_cash(actor: Actor, order_id: int) -> bool:
    """The buyer at the counter pays in cash after all, or the order is given up: what could still be paid
    over the internet is closed at once, by a job; the counter's page turns by itself.

    False when there is nothing to close. Raises Forbidden, NotFound.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    return _stop(actor, queries.order_for(actor, order_id, lock=True))


def stop_own(actor: Actor, token: str) -> bool:
    """As `take_cash`, for the buyer who gives the order up while it could still be paid. Raises NotFound."""
    return _stop(actor, queries.order_by_token(token, lock=True))


def _stop(actor: Actor, order: RetailOrder) -> bool:
    payment = payment_of(order)
    if payment is None or online_of(order) is None:
        return False
    payments.withdraw(actor, payment.id)
    return True


def settle(actor: Actor, order: RetailOrder, cash_rp: int | None) -> None:
    """At the counter: a paid order costs nothing more, one that is being paid is waited for.

    Sets `online_rp`, for the entry of the sale. Raises Conflict while an attempt can still be paid, and when
    `cash_rp`, what the counter was told to take, is not what is due now.
    """
    if cash_rp is not None and cash_rp != cash_due_rp(order):
        raise Conflict(_("Pembayaran pesanan ini baru saja berubah. Muat ulang halaman ini dahulu."))
    payment = payment_of(order)
    if payment is None:
        return
    if payment.state == "open":
        payments.abandon(actor, payment.id)
        return
    payments.use_payment(actor, payment.id, order.due_rp)
    order.online_rp = order.due_rp


def give_up(actor: Actor, order: RetailOrder) -> None:
    """The order is to come to nothing: what is not paid yet is not asked for any more.

    Raises Conflict while an attempt can still be paid.
    """
    payment = payment_of(order)
    if payment is not None and payment.state == "open":
        payments.abandon(actor, payment.id)


def let_go(actor: Actor, order: RetailOrder) -> None:
    """Less is due than was asked for: an unpaid request ends, one that is being paid is let be.

    When nothing is due at all, that one is closed at the provider, too; a buyer who is faster has the money
    back by `give_back`.
    """
    payment = payment_of(order)
    if payment is None or payment.state != "open":
        return
    if order.due_rp == 0 or not payments.is_running(payment.id):
        payments.withdraw(actor, payment.id)


def give_back(actor: Actor, order: RetailOrder, reason: str) -> int:
    """What was paid over the internet and is not needed goes back; returns whole rupiah.

    To be called, with the order's row held, whenever less is due or money has come: saying it again gives
    nothing twice. Where the provider cannot pay it back, two people of the cooperative do.
    """
    payment = payment_of(order)
    if payment is None or payment.state != "paid":
        return 0
    needed_rp = order.due_rp if order.state in queries.OPEN else 0
    more_rp = payments.left_of(payment.id) - needed_rp
    if more_rp <= 0:
        return 0
    payments.ask_refund(actor, payment.id, more_rp, reason or order.number)
    faults.point("retail_money_back")
    return more_rp


def on_payment_changed(order_id: int, payment_id: int, to: str) -> None:
    """News of the payment, from a job: the counter is told that an order is paid, or is not any more."""
    order = queries.order_by_id(order_id, lock=True)
    payment = money_in.payment_by_id(payment_id)
    if to == "paid":
        if order.state in queries.OPEN:
            parting.release_to_sellers(order)
        give_back(SYSTEM, order, order.number)
    if to not in ("paid", "reversed"):
        return
    title = lazy("%(title)s sudah dibayar", title=payment.title)
    if to == "reversed":
        title = lazy("%(title)s: bank menarik kembali uangnya", title=payment.title)
    body = lazy("%(amount)s lewat internet.", amount=format_rp(payment.amount_rp))
    notify(payment.organization_id, COUNTER, f"order_{to}", title, body, f"/penjualan/{order_id}")
