"""Asking to be paid: the row first, the provider by a job, the same question never twice."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from market.core import clock, crypto, db, faults, jobs, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor
from market.core.text import clean
from market.payments import doors, queries
from market.payments.models import MerchantAccount, Payment, PaymentAttempt
from market.payments.types import Method, MethodCaps, order_id

SERIES = "BYR"
MAX_ATTEMPTS = 99
MAX_TITLE, MAX_NAME = 120, 80
ASK_FIRST_S = 30

PAY_WITHIN_MIN = Parameter(
    "payments.pay_within_minutes",
    15,
    "payment research 2.2: what Midtrans itself gives a QRIS payment",
    *(1, 7 * 1440, lazy("Waktu membayar setelah memesan"), lazy("menit"), "cooperative"),
)


def start_payment(
    actor: Actor,
    *,
    organization_id: int,
    purpose: str,
    purpose_id: int,
    amount_rp: int,
    title: str,
    payer_name: str = "",
    phone: str = "",
    return_path: str = "",
    minutes: int | None = None,
    seen_none: bool = False,
) -> Payment:
    """A payment to `organization_id` of whole rupiah, for the one thing that `purpose` and its id name.

    The caller has checked who may ask; `seen_none`: and has seen, with the thing held, that none is on its
    way. Asking again for the same gives the same payment. Raises Conflict
    when a payment of another amount is on its way or done, Refused when the organization takes no payments
    over the internet or the phone number is none.
    """
    found = None if seen_none else queries.live_payment(purpose, purpose_id)
    if found is not None:
        if (found.amount_rp, found.organization_id) == (amount_rp, organization_id):
            return found
        raise Conflict(_("Pembayaran %(number)s untuk ini masih berjalan.", number=found.number))
    if queries.account_now(organization_id) is None:
        raise Refused(_("Penjual ini belum menerima pembayaran lewat internet."))
    wait = minutes or PAY_WITHIN_MIN.value(organization_id=organization_id)
    now = clock.now()
    payment = Payment(
        organization_id=organization_id,
        number=next_number(organization_id, SERIES),
        token=crypto.token(),
        purpose=purpose,
        purpose_id=purpose_id,
        title=clean(title, MAX_TITLE),
        amount_rp=amount_rp,
        payer_name=clean(payer_name, MAX_NAME),
        phone=messages.normal_phone(phone) if phone else "",
        return_path=return_path,
        created_at=now,
        due_at=now + timedelta(minutes=wait),
        state_at=now,
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, actor)
    faults.point("payments.started")
    return payment


def methods_for(payment: Payment) -> dict[Method, MethodCaps]:
    """The ways in which this payment can be made now, in the order of the page; empty when in none."""
    account = queries.account_now(payment.organization_id)
    return {} if account is None else _methods(account, payment)


def _methods(account: MerchantAccount, payment: Payment) -> dict[Method, MethodCaps]:
    gateway = doors.gateway_of(account)
    offered = {method: gateway.capabilities(method) for method in gateway.methods()}
    return {
        method: caps for method, caps in offered.items() if caps.min_rp <= payment.amount_rp <= caps.max_rp
    }


def choose_method(token: str, method: str) -> PaymentAttempt:
    """The payer behind the link wants to pay this way: an attempt that a job takes to the provider.

    The same choice again gives the attempt that runs; another one closes it first at the provider, by a
    job. Raises NotFound, Conflict when nothing is to be paid any more, Refused for an unknown way.
    """
    payment = queries.payment_by_token(token, lock=True)
    if payment.state != "open" or payment.due_at <= clock.now():
        raise Conflict(_("Pembayaran ini sudah selesai atau waktunya habis."))
    account = queries.account_now(payment.organization_id)
    if account is None or method not in _methods(account, payment):
        raise Refused(_("Pilih cara membayar dari daftar."), field="method")
    attempts = queries.attempts_of(payment.id)
    if any(each.state == "succeeded" for each in attempts):
        raise Conflict(_("Uang Anda sudah kami terima dan sedang diperiksa koperasi. Jangan membayar lagi."))
    running = [each for each in attempts if each.state in PaymentAttempt.UNSETTLED]
    for each in running:
        if each.method == method and each.expires_at > clock.now() and _usable(each):
            return each
    for each in running:
        jobs.enqueue("payment_unwanted", {"attempt_id": each.id}, unique_key=f"payment_unwanted:{each.id}")
    return begin(payment, method, account, len(attempts) + 1)


def _usable(attempt: PaymentAttempt) -> bool:
    """One that the provider knows, but whose code was lost with the answer, can be paid by nobody."""
    return attempt.state == "starting" or bool(attempt.next_action)


def tag_of(payment: Payment) -> str:
    """The start of a payment's order ids: drawn from its secret link, so that no other installation, restored
    database or fresh demo on the same merchant account ever asks for the same one.
    """
    return hashlib.sha256(payment.token.encode()).hexdigest()[:8].upper()


def begin(
    payment: Payment, method: str, account: MerchantAccount | None = None, seq: int = 0
) -> PaymentAttempt:
    """A new attempt with its own order id, and the job that takes it to the provider.

    `account` and `seq` (the number of the attempt) where the caller has just read them. Raises Refused.
    """
    account = account or queries.account_now(payment.organization_id)
    seq = seq or len(queries.attempts_of(payment.id)) + 1
    if account is None or seq > MAX_ATTEMPTS:
        raise Refused(_("Cara membayar ini tidak tersedia sekarang. Bayar di koperasi."))
    now = clock.now()
    attempt = PaymentAttempt(
        organization_id=payment.organization_id,
        payment_id=payment.id,
        account_id=account.id,
        seq=seq,
        order_id=order_id(tag_of(payment), payment.id, seq),
        method=method,
        next_action={},
        created_at=now,
        expires_at=payment.due_at,
        ask_at=now + timedelta(seconds=ASK_FIRST_S),
        state_at=now,
    )
    db.session.add(attempt)
    db.session.flush()
    states.start(attempt, SYSTEM)
    faults.point("payments.attempted")
    jobs.enqueue("payment_started", {"attempt_id": attempt.id}, unique_key=f"payment_started:{attempt.id}")
    return attempt
