"""Reading Midtrans' answers: bodies become snapshots, codes become the port's errors. Pure.

Midtrans says most things in the body's `status_code`, whatever the HTTP status; an expired payment is
"407" when asked and "202" in a notice, and both are a fact, not an error.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from market.core.clock import WIB
from market.payments import gateway
from market.payments.midtrans_methods import method_of
from market.payments.types import (
    CURRENCY,
    ORDER_ID,
    ActionKind,
    CancelReason,
    DisputeSnapshot,
    NextAction,
    PaymentRef,
    PaymentSnapshot,
    RefundSnapshot,
    RefundStatus,
    Status,
)

Body = Mapping[str, Any]
AMOUNT = re.compile(r"([0-9]{1,12})(?:\.00)?", re.ASCII)
TRANSACTION_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)

_SIMPLE = {
    "pending": Status.REQUIRES_ACTION,
    "authorize": Status.REQUIRES_CAPTURE,
    "failure": Status.REQUIRES_METHOD,
    "cancel": Status.CANCELED,
    "expire": Status.CANCELED,
}
_PAID = {"settlement", "capture"}
_PAID_BEFORE = {"refund", "partial_refund", "chargeback", "partial_chargeback"}


class Garbage(Exception):
    """The answer is not one that Midtrans gives: nothing can be concluded from it."""


def rupiah(value: object) -> int:
    """275000 from "275000.00", "275000" or 275000. Raises Garbage for everything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return value
    found = AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Garbage("an amount that is none")
    return int(found[1])


def instant(value: object) -> dt.datetime | None:
    """A time as Midtrans writes it, in Jakarta without saying so; None where it is absent or odd."""
    try:
        return dt.datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=WIB).astimezone(dt.UTC)
    except ValueError:
        return None


def code_of(body: Body, http: int) -> int:
    """The answer's own code; the HTTP status where it has none. Raises Garbage."""
    given = body.get("status_code", http)
    try:
        return int(given)
    except (TypeError, ValueError):
        raise Garbage("a status code that is none") from None


def snapshot(body: Body, code: int) -> PaymentSnapshot:
    """One payment out of a charge's or a status' answer. Raises Garbage when something vital is odd."""
    order_id = body.get("order_id")
    if not isinstance(order_id, str) or not ORDER_ID.fullmatch(order_id):
        raise Garbage("an order id that is none")
    word = str(body.get("transaction_status", "")).lower()
    if not word:
        raise Garbage("no transaction status")
    gross_rp = rupiah(body.get("gross_amount"))
    fee_rp = _fee_imposed(body, gross_rp)
    amount_rp = gross_rp - fee_rp
    status, understood = _status(body, word, code)
    reversed_ = word == "deny" and status is Status.SUCCEEDED
    refunds = _refunds(body)
    return PaymentSnapshot(
        ref=PaymentRef(order_id, _transaction_id(body)),
        status=status,
        amount_rp=amount_rp,
        currency=str(body.get("currency", CURRENCY)).upper(),
        merchant_id=str(body.get("merchant_id", "")),
        method=method_of(body),
        next_action=next_action(body) if status is Status.REQUIRES_ACTION else None,
        created_at=instant(body.get("transaction_time")),
        expires_at=instant(body.get("expiry_time")),
        paid_at=instant(body.get("settlement_time")),
        amount_received_rp=gross_rp if status is Status.SUCCEEDED and not reversed_ else 0,
        fee_imposed_rp=fee_rp,
        refunds=refunds,
        amount_refunded_rp=sum(refund.amount_rp for refund in refunds),
        reversed=reversed_,
        disputes=_disputes(body, word, amount_rp),
        cancel_reason={"cancel": CancelReason.REQUESTED, "expire": CancelReason.EXPIRED}.get(word),
        last_error=str(body.get("channel_response_message", "")) if word in ("deny", "failure") else "",
        issuer=str(body.get("issuer", "")),
        acquirer=str(body.get("acquirer", "")),
        provider_status=word,
        understood=understood,
    )


def _status(body: Body, word: str, code: int) -> tuple[Status, bool]:
    """(the port's status, whether the word is one we know)."""
    if word in _SIMPLE:
        return _SIMPLE[word], True
    if word in _PAID_BEFORE:
        return Status.SUCCEEDED, True
    if word == "deny":
        # Permata, Mandiri and Indomaret may take back what had been settled.
        settled = instant(body.get("settlement_time")) is not None
        return (Status.SUCCEEDED if settled else Status.REQUIRES_METHOD), True
    if word in _PAID:
        accepted = str(body.get("fraud_status", "accept")).lower()
        paid = code == 200 and accepted == "accept"
        return (Status.SUCCEEDED if paid else Status.PROCESSING), paid or accepted == "challenge"
    return Status.PROCESSING, False


def _transaction_id(body: Body) -> str:
    given = str(body.get("transaction_id", ""))
    return given if TRANSACTION_ID.fullmatch(given) else ""


def _fee_imposed(body: Body, gross_rp: int) -> int:
    """What Midtrans has put on top of the price, where it says so and the sum is right; else 0."""
    found: Any = body.get("metadata")
    for name in ("extra_info", "gross_amount_info"):
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        return 0
    try:
        original, fee = (
            rupiah(found.get("original_amount")),
            rupiah(found.get("customer_imposed_payment_fee")),
        )
    except Garbage:
        return 0
    return fee if original + fee == gross_rp else 0


def _refunds(body: Body) -> tuple[RefundSnapshot, ...]:
    listed = body.get("refunds")
    if not isinstance(listed, list):
        return ()
    return tuple(refund_of(row) for row in listed if isinstance(row, Mapping))


def refund_of(row: Body) -> RefundSnapshot:
    """One refund; only the bank's own confirmation proves that the money has gone back."""
    confirmed = instant(row.get("bank_confirmed_at"))
    return RefundSnapshot(
        refund_id=str(row.get("refund_key", "")),
        amount_rp=rupiah(row.get("refund_amount")),
        status=RefundStatus.SUCCEEDED if confirmed else RefundStatus.PENDING,
        provider_id=str(row.get("refund_chargeback_id", "")),
        confirmed_at=confirmed,
        reason=str(row.get("reason", "")),
    )


def _disputes(body: Body, word: str, amount_rp: int) -> tuple[DisputeSnapshot, ...]:
    """Midtrans knows one per payment, which may grow; how it ended is said in the dashboard alone."""
    if word == "chargeback":
        return (DisputeSnapshot(word, amount_rp),)
    if word == "partial_chargeback":
        return (DisputeSnapshot("chargeback", rupiah(body.get("refund_amount", amount_rp))),)
    return ()


def next_action(body: Body) -> NextAction | None:
    """How to pay, as far as this answer tells: a status of QRIS or GoPay no longer has the QR."""
    kind = str(body.get("payment_type", "")).lower()
    if kind in ("qris", "gopay"):
        return _scan(body, kind)
    if kind == "echannel" and body.get("bill_key"):
        return NextAction(
            ActionKind.BILL,
            bank="mandiri",
            number=str(body["bill_key"]),
            biller_code=str(body.get("biller_code", "")),
        )
    if kind == "cstore" and body.get("payment_code"):
        return NextAction(
            ActionKind.OTC, store=str(body.get("store", "")).lower(), number=str(body["payment_code"])
        )
    if body.get("permata_va_number"):
        return NextAction(ActionKind.VA, bank="permata", number=str(body["permata_va_number"]))
    numbers = body.get("va_numbers")
    if isinstance(numbers, list) and numbers and isinstance(numbers[0], Mapping):
        first = numbers[0]
        return NextAction(
            ActionKind.VA, bank=str(first.get("bank", "")).lower(), number=str(first.get("va_number", ""))
        )
    return None


def _scan(body: Body, kind: str) -> NextAction | None:
    urls = {
        str(action.get("name")): str(action.get("url", ""))
        for action in body.get("actions") or []
        if isinstance(action, Mapping)
    }
    text, image, link = str(body.get("qr_string", "")), urls.get("generate-qr-code", ""), ""
    if kind == "gopay":
        link = urls.get("deeplink-redirect", "")
    if not (text or image or link):
        return None
    return NextAction(
        ActionKind.DEEPLINK if kind == "gopay" else ActionKind.QR,
        qr_string=text,
        qr_image_url=image,
        url=link,
    )


def refusal(body: Body, code: int, *, writing: bool) -> gateway.GatewayError | None:
    """The port's error for an answer's code; None when it is none. 407 is a state, not an error."""
    if code < 400 or code == 407:
        return None
    words = str(body.get("status_message", ""))[:300] or f"code {code}"
    listed = body.get("validation_messages")
    messages = tuple(str(line)[:200] for line in listed[:10]) if isinstance(listed, list) else ()
    if code >= 500:
        return gateway.Unavailable(f"Midtrans: code {code}", outcome_unknown=writing)
    if code == 429:
        return gateway.RateLimited(f"Midtrans: {words}")
    known: dict[int, type[gateway.GatewayError]] = {
        401: gateway.AuthError,
        402: gateway.Unsupported,
        404: gateway.NotFound,
        406: gateway.Conflict,
        412: gateway.NotAllowed,
        414: gateway.NotAllowed,
    }
    if code in known:
        return known[code](f"Midtrans: {words}")
    return gateway.InvalidRequest(f"Midtrans: {words}", messages)
