"""Midtrans' notices: form and signature. Pure: no call, no clock, no state.

The signature covers order id, status code and amount alone, has no separators and never expires: it
proves that Midtrans once spoke of this order, and nothing about its state. Hence the strict forms
(else two readings share one signature) and hence `needs_fetch`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from market.payments.gateway import MAX_WEBHOOK_BYTES, SignatureError
from market.payments.midtrans_answers import TRANSACTION_ID
from market.payments.types import ORDER_ID, PaymentRef, Provider, Secret, WebhookEvent

_FORMS = {
    "order_id": re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,49}", re.ASCII),
    "status_code": re.compile(r"[0-9]{3}", re.ASCII),
    "gross_amount": re.compile(r"[0-9]{1,12}(?:\.[0-9]{2})?", re.ASCII),
    "signature_key": re.compile(r"[0-9a-f]{128}", re.ASCII),
    "transaction_status": re.compile(r"[A-Za-z_]{1,40}", re.ASCII),
}


def signature(order_id: str, status_code: str, gross_amount: str, server_key: Secret) -> str:
    """What Midtrans writes into `signature_key`."""
    text = f"{order_id}{status_code}{gross_amount}{server_key.reveal()}"
    return hashlib.sha512(text.encode()).hexdigest()


def read(body: bytes, merchant_id: str, keys: Sequence[Secret]) -> WebhookEvent:
    """A notice that is Midtrans' own, for this merchant. Raises SignatureError for everything else."""
    notice = _parse(body)
    fields = {name: _field(notice, name, form) for name, form in _FORMS.items()}
    right = [
        hmac.compare_digest(
            signature(fields["order_id"], fields["status_code"], fields["gross_amount"], key),
            fields["signature_key"],
        )
        for key in keys
        if key
    ]
    if not any(right):
        raise SignatureError("the signature is not Midtrans'")
    if notice.get("merchant_id", merchant_id) != merchant_id:
        raise SignatureError("a notice for another merchant")
    order_id = fields["order_id"]
    provider_id = notice.get("transaction_id")
    known_id = provider_id if isinstance(provider_id, str) and TRANSACTION_ID.fullmatch(provider_id) else ""
    return WebhookEvent(
        provider=Provider.MIDTRANS,
        dedupe_key=_dedupe_key(notice),
        kind=f"payment.{fields['transaction_status'].lower()}",
        ref=PaymentRef(order_id, known_id) if ORDER_ID.fullmatch(order_id) else None,
        claimed_status=fields["transaction_status"].lower(),
        provider_id=known_id,
    )


def _parse(body: bytes) -> Mapping[str, Any]:
    if len(body) > MAX_WEBHOOK_BYTES:
        raise SignatureError("the notice is too large")
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignatureError("the notice is not a JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice could be read one way here and another way elsewhere."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _field(notice: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = notice.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise SignatureError(f"{name} is missing or has a strange form")
    return value


def _dedupe_key(notice: Mapping[str, Any]) -> str:
    """The same for a repeated notice, another for a new fact: a refund, its confirmation, a settlement."""
    listed = notice.get("refunds")
    refunds = sorted(
        f"{row.get('refund_key')}@{row.get('bank_confirmed_at')}"
        for row in (listed if isinstance(listed, list) else [])
        if isinstance(row, dict)
    )
    names = (
        "order_id",
        "transaction_id",
        "transaction_status",
        "status_code",
        "gross_amount",
        "settlement_time",
    )
    text = json.dumps([*(str(notice.get(name)) for name in names), refunds])
    return hashlib.sha256(text.encode()).hexdigest()
