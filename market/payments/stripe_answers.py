"""Reading Stripe's objects (as plain dicts): intents become snapshots. Pure.

Rupiah has two decimals at Stripe: Rp275.000 is 27500000 there. The hundred stands in this file alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from market.payments.types import (
    ORDER_ID,
    ActionKind,
    CancelReason,
    DisputeSnapshot,
    DisputeStatus,
    Method,
    MethodCaps,
    NextAction,
    PaymentRef,
    PaymentSnapshot,
    RefundSnapshot,
    RefundStatus,
    Status,
)

CENTS = 100
JUTA = 1_000_000
Object = Mapping[str, Any]

CAPS: Mapping[Method, MethodCaps] = {
    Method.QRIS: MethodCaps(1_000, 10 * JUTA, 900, refundable=True, partial_refund=True, refund_window_d=90),
    Method.GOPAY: MethodCaps(1_000, 20 * JUTA, 900, refundable=True, partial_refund=True, refund_window_d=90),
    **{
        method: MethodCaps(10_000, 100 * JUTA, 86_400)
        for method in (Method.VA_BCA, Method.VA_BNI, Method.VA_BRI, Method.VA_PERMATA, Method.VA_CIMB)
    },
}
TYPES = {Method.QRIS: "qris", Method.GOPAY: "gopay"}
BANK_TRANSFER = "id_bank_transfer"
STATES = {
    "requires_payment_method": Status.REQUIRES_METHOD,
    "requires_confirmation": Status.REQUIRES_METHOD,
    "requires_action": Status.REQUIRES_ACTION,
    "processing": Status.PROCESSING,
    "requires_capture": Status.REQUIRES_CAPTURE,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELED,
}
REFUNDS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
DISPUTES = {"won": DisputeStatus.WON, "lost": DisputeStatus.LOST}
NO_MONEY = frozenset({"warning_needs_response", "warning_under_review", "warning_closed", "prevented"})
"""The payer's bank only asks, or the dispute never came about: nothing was taken."""
REASONS = {
    "requested_by_customer": CancelReason.REQUESTED,
    "abandoned": CancelReason.ABANDONED,
    "duplicate": CancelReason.DUPLICATE,
    "automatic": CancelReason.EXPIRED,
}


class Garbage(Exception):
    """The object is not one that Stripe gives."""


def to_cents(amount_rp: int) -> int:
    return amount_rp * CENTS


def rupiah(value: object) -> int:
    """Whole rupiah from Stripe's hundredths. Raises Garbage: a broken rupiah is nobody's amount."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0 or value % CENTS:
        raise Garbage("an amount that is none")
    return value // CENTS


def snapshot(
    intent: Object, merchant_id: str, refunds: Iterable[Object] = (), disputes: Iterable[Object] = ()
) -> PaymentSnapshot:
    """One payment out of its intent, refunds and disputes. Raises Garbage."""
    metadata = intent.get("metadata") or {}
    order_id, word = str(metadata.get("order_id", "")), str(intent.get("status", ""))
    if not ORDER_ID.fullmatch(order_id) or not word:
        raise Garbage("an intent that is not ours")
    status = STATES.get(word, Status.PROCESSING)
    given_back = tuple(refund_of(row) for row in refunds)
    paid = status is Status.SUCCEEDED
    error = intent.get("last_payment_error") or {}
    return PaymentSnapshot(
        ref=PaymentRef(order_id, str(intent.get("id", ""))),
        status=status,
        amount_rp=rupiah(intent.get("amount")),
        currency=str(intent.get("currency", "")).upper(),
        merchant_id=merchant_id,
        method=method_of(metadata),
        next_action=next_action(intent, metadata) if status is Status.REQUIRES_ACTION else None,
        created_at=instant(intent.get("created")),
        expires_at=_expires_at(intent, metadata),
        paid_at=_paid_at(intent) if paid else None,
        amount_received_rp=rupiah(intent.get("amount_received")) if paid else 0,
        refunds=given_back,
        amount_refunded_rp=sum(r.amount_rp for r in given_back if r.status is not RefundStatus.FAILED),
        disputes=tuple(dispute_of(row) for row in disputes if row.get("status") not in NO_MONEY),
        cancel_reason=_reason(intent) if status is Status.CANCELED else None,
        last_error=str(error.get("code", "")) if isinstance(error, Mapping) else "",
        provider_status=word,
        understood=word in STATES,
    )


def refund_of(row: Object) -> RefundSnapshot:
    """One refund. Raises Garbage."""
    status = REFUNDS.get(str(row.get("status")), RefundStatus.PENDING)
    done = status is RefundStatus.SUCCEEDED
    metadata = row.get("metadata") or {}
    return RefundSnapshot(
        refund_id=str(metadata.get("refund_id", "")),
        amount_rp=rupiah(row.get("amount")),
        status=status,
        provider_id=str(row.get("id", "")),
        confirmed_at=instant(row.get("created")) if done else None,
        reason=str(metadata.get("reason", "")),
    )


def dispute_of(row: Object) -> DisputeSnapshot:
    """One dispute. Raises Garbage."""
    status = DISPUTES.get(str(row.get("status")), DisputeStatus.OPEN)
    return DisputeSnapshot(str(row.get("id", "")), rupiah(row.get("amount")), status)


def method_of(metadata: Object) -> Method | None:
    word = str(metadata.get("method", ""))
    return next((method for method in CAPS if method.value == word), None)


def next_action(intent: Object, metadata: Object) -> NextAction | None:
    """How to pay. Stripe's library has no type for these methods yet, so the parts are looked for by name."""
    action = intent.get("next_action")
    if not isinstance(action, Mapping):
        return None
    parts = [part for part in action.values() if isinstance(part, Mapping)]
    part: Object = parts[0] if parts else {}
    method = method_of(metadata)
    if method in TYPES:
        return NextAction(
            ActionKind.DEEPLINK if method is Method.GOPAY else ActionKind.QR,
            qr_string=str(part.get("data", "")),
            qr_image_url=str(part.get("image_url_png", "")),
            url=str(part.get("hosted_instructions_url") or part.get("mobile_auth_url") or ""),
        )
    number = str(part.get("account_number", ""))
    if number:
        return NextAction(ActionKind.VA, bank=str(part.get("bank", "")), number=number)
    url = str(part.get("url", ""))
    return NextAction(ActionKind.REDIRECT, url=url) if url else None


def instant(value: object) -> dt.datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    return dt.datetime.fromtimestamp(value, dt.UTC)


def _expires_at(intent: Object, metadata: Object) -> dt.datetime | None:
    began, text = instant(intent.get("created")), str(metadata.get("expires_in_s", ""))
    if began is None or not text.isascii() or not text.isdecimal():
        return None
    return began + dt.timedelta(seconds=int(text))


def _paid_at(intent: Object) -> dt.datetime | None:
    charge = intent.get("latest_charge")
    return instant(charge.get("created")) if isinstance(charge, Mapping) else None


def _reason(intent: Object) -> CancelReason:
    """Our own word where we closed it as expired: Stripe has none for that."""
    said = (intent.get("metadata") or {}).get("cancel_reason")
    if said == CancelReason.EXPIRED.value:
        return CancelReason.EXPIRED
    return REASONS.get(str(intent.get("cancellation_reason")), CancelReason.REQUESTED)
