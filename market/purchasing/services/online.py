"""A supplier's bill paid over the internet, into the supplier's own account at a payment provider.

Two people say yes as to all money that leaves; then the payer's page takes it from here, and nothing but
what the provider has proved counts as paid. Both books follow: the buyer's debt, the supplier's income.
"""

from __future__ import annotations

from market.core import clock, faults, jobs, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission
from market.identity import queries as identity
from market.ledger import queries as books
from market.ledger import services as ledger
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.models import Payment
from market.purchasing import postings, queries
from market.purchasing.models import PurchaseOrder, SupplierBill, SupplierPayment
from market.purchasing.services.announcing import announce_online
from market.purchasing.services.billing import settle

PURPOSE = "supplier_payment"
PAY_WITHIN_H = Parameter(
    "purchasing.pay_online_hours",
    24,
    "assumption: whoever holds the bank's app may do it the next day; a virtual account lives as long",
    *(1, 168, lazy("Waktu membayar tagihan lewat internet setelah disetujui"), lazy("jam"), "cooperative"),
)


def require_taken(supplier_id: int) -> None:
    """Raise Refused at `account` unless the supplier can be paid over the internet today."""
    if not money_in.takes_payments(supplier_id):
        text = _("Pemasok ini belum punya akun pembayaran. Pilih kas atau bank.")
        raise Refused(text, field="account")


def payment_of(payment: SupplierPayment) -> Payment | None:
    """The payment at the provider that an approved one is made by; None before that, or in cash."""
    return money_in.latest_payment(PURPOSE, payment.id) if payment.online else None


def start(actor: Actor, payment: SupplierPayment, bill: SupplierBill) -> Payment:
    """Two people agreed: the page on which the cooperative pays the supplier. Raises Refused."""
    require_taken(payment.supplier_id)
    return payments.start_payment(
        actor,
        organization_id=payment.supplier_id,
        purpose=PURPOSE,
        purpose_id=payment.id,
        amount_rp=payment.amount_rp,
        title=_("Tagihan %(reference)s", reference=bill.reference),
        payer_name=identity.names({payment.organization_id})[payment.organization_id],
        return_path=f"/pembayaran/{payment.id}",
        minutes=60 * PAY_WITHIN_H.value(organization_id=payment.organization_id),
    )


def withdraw_payment(actor: Actor, payment_id: int) -> SupplierPayment:
    """Give up an approved payment that nobody has made: closed at the provider before anything else.

    While an attempt may still be paid it stays `approved`, and ends by the provider's answer. Raises
    NotFound, Forbidden, Refused for one that does not wait.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    queries.hold_orders({queries.payment_for(actor, payment_id).order_id})
    payment = queries.payment_for(actor, payment_id, lock=True)
    asked = payment_of(payment)
    if payment.state != "approved" or asked is None or asked.state not in ("open", "closed"):
        raise Refused(_("Pembayaran ini tidak sedang menunggu dibayar."))
    payments.withdraw(actor, asked.id)
    if money_in.payment_by_id(asked.id).state == "closed":
        states.advance(payment, "lapsed", actor, stored("dibatalkan sebelum dibayar"))
    faults.point("online_withdrawn")
    return payment


def on_payment_changed(supplier_payment_id: int, payment_id: int, to: str) -> None:
    """News from the provider, by a job: what counts is how the payment stands now, not which news it was."""
    asked = money_in.payment_by_id(payment_id)
    order_id = queries.payment_by_id(supplier_payment_id).order_id
    order = queries.hold_orders({order_id})[order_id]
    payment = queries.payment_by_id(supplier_payment_id, lock=True)
    if asked.state == "paid" and to == "refunded":
        announce_online(payment, "partly")
    elif asked.state == "paid":
        _complete(order, payment, asked)
    elif payment.state == "approved":
        states.advance(payment, "lapsed", SYSTEM, stored("tidak dibayar sampai waktunya habis"))
        announce_online(payment, "lapsed")
    elif payment.state == "paid" and asked.state in ("reversed", "refunded"):
        _reopen(payment, asked)


def why_unwanted(supplier_payment_id: int) -> str:
    """Why late money for this payment can only go back to the cooperative; "" while its bill still waits."""
    payment = queries.payment_by_id(supplier_payment_id)
    if payment.state == "lapsed" and _still_due(payment, queries.bill_of(payment.bill_id or 0)):
        return ""
    return _("Tagihannya sudah dibayar, atau sedang dibayar dengan cara lain.")


def require_wanted(actor: Actor, supplier_payment_id: int) -> None:
    """Late money is to pay its bill after all, which is held until then. Raises Refused."""
    queries.hold_orders({queries.payment_by_id(supplier_payment_id).order_id})
    why = why_unwanted(supplier_payment_id)
    if why:
        raise Refused(why)


def on_money_unclear(supplier_payment_id: int) -> None:
    """Money of ours came late, twice or wrong, by a job: it lies with the supplier until it goes back."""
    announce_online(queries.payment_by_id(supplier_payment_id), "unclear")


def _complete(order: PurchaseOrder, payment: SupplierPayment, asked: Payment) -> None:
    """The provider has the money: both books say so. What no bill waits for any more goes back."""
    if payment.state not in ("approved", "lapsed"):
        return
    attempt = payments.paid_attempt(asked)
    bill = _held_bill(payment)
    if attempt is None or not _still_due(payment, bill):
        _give_back(payment, asked)
        return
    paid = {"paid_on": clock.today(), "reference": attempt.order_id}
    states.advance(payment, "paid", SYSTEM, stored("terbukti di penyedia pembayaran"), also=paid)
    payments.use_payment(SYSTEM, asked.id, payment.amount_rp)
    ledger.post(SYSTEM, payment.organization_id, postings.for_payment(payment))
    faults.point("online_posted")
    ledger.post(SYSTEM, payment.supplier_id, postings.for_income(payment, asked.id))
    settle(SYSTEM, order, bill, payment.amount_rp)
    jobs.enqueue("supplier_paid", {"payment_id": payment.id}, unique_key=f"supplier_paid:{payment.id}")
    announce_online(payment, "paid")


def _held_bill(payment: SupplierPayment) -> SupplierBill:
    assert payment.bill_id is not None  # the table says so
    queries.hold_bills({payment.bill_id})
    return queries.bill_of(payment.bill_id)


def _still_due(payment: SupplierPayment, bill: SupplierBill) -> bool:
    """Whether the bill waits for exactly this money; late money finds another payment on its way or done."""
    other = queries.waiting_payment(payment.order_id, bill.id)
    free = other is None or other.id == payment.id
    return free and bill.state == "recorded" and payment.amount_rp <= bill.open_rp


def _give_back(payment: SupplierPayment, asked: Payment) -> None:
    try:
        payments.ask_refund(SYSTEM, asked.id, asked.received_rp, stored("tagihan sudah tidak menunggu"))
    except Refused:
        announce_online(payment, "by_hand")
        return
    announce_online(payment, "returning")


def _reopen(payment: SupplierPayment, asked: Payment) -> None:
    """The money is back at the cooperative's bank: the debt stands again, by a reversal of its entry."""
    taken = asked.state == "reversed"
    reason = stored("ditarik kembali oleh bank") if taken else stored("dikembalikan pemasok")
    states.advance(payment, "reversed", SYSTEM, reason)
    entry = books.entry_by_source(payment.organization_id, f"supplier_payment:{payment.id}")
    assert entry is not None
    bill = _held_bill(payment)
    bill.paid_rp -= payment.amount_rp
    if bill.state == "paid":
        states.advance(bill, "recorded", SYSTEM, reason)
    ledger.reverse(SYSTEM, entry.id, reason)
    faults.point("online_reopened")
    ledger.post(SYSTEM, payment.supplier_id, postings.for_income_lost(payment, asked.id))
    announce_online(payment, "reversed")
