"""What the simulation says about a transaction: to the asker, and in a notice."""

from __future__ import annotations

from typing import Any

from market.payments.midtrans_notices import signature
from market.payments.simulator.records import Refund, Transaction, stamp
from market.payments.simulator.settings import Merchant

ASKED = {"pending": "201", "deny": "202", "expire": "407"}
TOLD = {"pending": "201", "deny": "202", "expire": "202", "cancel": "202"}
"""The same state has different codes when asked for and when told (and so other signatures)."""
SAYS = {
    "pending": "Success, transaction is found",
    "settlement": "Success, transaction is found",
    "cancel": "Success, transaction is found",
    "expire": "Transaction is expired",
    "deny": "Transaction is denied",
}


def status_body(made: Transaction, merchant: Merchant) -> dict[str, Any]:
    """The answer to GET status."""
    body = _common(made, ASKED.get(made.status, "200"))
    body["status_message"] = SAYS.get(made.status, SAYS["settlement"])
    return _signed(body, merchant)


def notice_body(made: Transaction, merchant: Merchant) -> dict[str, Any]:
    """The body of a notice."""
    body = _common(made, TOLD.get(made.status, "200"))
    body["status_message"] = "midtrans payment notification"
    return _signed(body, merchant)


def charge_body(made: Transaction) -> dict[str, Any]:
    """The answer to a charge: the one place with QR and links."""
    body = _common(made, "201")
    body["status_message"] = f"{made.payment_type} transaction is created"
    return {**body, **made.first}


def _common(made: Transaction, code: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "status_code": code,
        "transaction_id": made.id,
        "order_id": made.order_id,
        "merchant_id": made.merchant_id,
        "gross_amount": f"{made.gross_rp}.00",
        "currency": "IDR",
        "payment_type": made.payment_type,
        "transaction_time": stamp(made.created_at),
        "transaction_status": made.status,
        "expiry_time": stamp(made.expires_at),
        **made.shown,
        **made.echo,
    }
    if made.payment_type != "gopay":
        body["fraud_status"] = "accept"
    if made.settled_at:
        body["settlement_time"] = stamp(made.settled_at)
    if made.refunds:
        body["refunds"] = [refund_body(refund) for refund in made.refunds]
        body["refund_amount"] = f"{made.refunded_rp}.00"
    if made.disputed_rp:
        body["refund_amount"] = f"{made.disputed_rp}.00"
    return body


def refund_body(refund: Refund) -> dict[str, Any]:
    row: dict[str, Any] = {
        "refund_chargeback_id": refund.number,
        "refund_amount": f"{refund.amount_rp}.00",
        "created_at": stamp(refund.created_at),
        "reason": refund.reason,
        "refund_key": refund.key,
        "refund_method": "local",
    }
    if refund.confirmed_at:
        row["bank_confirmed_at"] = stamp(refund.confirmed_at)
    return row


def _signed(body: dict[str, Any], merchant: Merchant) -> dict[str, Any]:
    body["signature_key"] = signature(
        body["order_id"], body["status_code"], body["gross_amount"], merchant.signing_key
    )
    return body


def sign_again(body: dict[str, Any], merchant: Merchant) -> dict[str, Any]:
    """The same with a signature that is right for what it says now."""
    return _signed(body, merchant)
