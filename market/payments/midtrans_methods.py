"""What Midtrans can do with each method, and how a charge of it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from market.core.i18n import _
from market.payments.types import CreatePayment, Method, MethodCaps

DAY_S = 86_400
MAX_NAME = 50
JUTA = 1_000_000
BILLION = 1_000 * JUTA


def _wallet(max_rp: int, refund_window_d: int) -> MethodCaps:
    return MethodCaps(1, max_rp, 900, refundable=True, partial_refund=True, refund_window_d=refund_window_d)


def _va(min_rp: int, max_rp: int, *, reversal: bool = False, idempotent: bool = True) -> MethodCaps:
    return MethodCaps(
        min_rp,
        max_rp,
        DAY_S,
        expiry_max_s=180 * DAY_S,
        reversal_possible=reversal,
        idempotent_charge=idempotent,
    )


CAPS: Mapping[Method, MethodCaps] = {
    # 7 days is the shorter of QRIS's refund windows: which wallet paid decides, and nobody knows it before
    Method.QRIS: _wallet(10 * JUTA, 7),
    Method.GOPAY: _wallet(20 * JUTA, 45),
    Method.VA_BCA: _va(10_000, 20 * BILLION),
    Method.VA_BNI: _va(1, 20 * BILLION),
    Method.VA_BRI: _va(1, 20 * BILLION),
    Method.VA_PERMATA: _va(1, 9_999_999_999, reversal=True, idempotent=False),
    Method.VA_CIMB: _va(1, 250 * JUTA),
    Method.BILL_MANDIRI: _va(1, 50 * BILLION, reversal=True),
    Method.OTC_INDOMARET: MethodCaps(
        10_000, 5 * JUTA, DAY_S, reversal_possible=True, idempotent_charge=False
    ),
    Method.OTC_ALFAMART: MethodCaps(1, 5 * JUTA, DAY_S),
}
"""Published limits and abilities, in the order in which a page offers them."""

BANKS = {
    Method.VA_BCA: "bca",
    Method.VA_BNI: "bni",
    Method.VA_BRI: "bri",
    Method.VA_PERMATA: "permata",
    Method.VA_CIMB: "cimb",
}
STORES = {Method.OTC_INDOMARET: "indomaret", Method.OTC_ALFAMART: "alfamart"}

_PARTS: Mapping[Method, Callable[[CreatePayment], dict[str, Any]]] = {
    Method.QRIS: lambda request: {"payment_type": "qris", "qris": {"acquirer": "gopay"}},
    Method.GOPAY: lambda request: {
        "payment_type": "gopay",
        "gopay": {"enable_callback": bool(request.return_url), "callback_url": request.return_url},
    },
    Method.BILL_MANDIRI: lambda request: {
        "payment_type": "echannel",
        "echannel": {"bill_info1": _("Untuk"), "bill_info2": request.description[:30]},
    },
}


def charge_body(request: CreatePayment) -> dict[str, Any]:
    """The body of `POST /v2/charge`: amounts whole, items adding up to them."""
    body: dict[str, Any] = {
        "transaction_details": {"order_id": request.order_id, "gross_amount": request.amount_rp},
        "item_details": _items(request),
        **_method(request),
    }
    payer = {
        "first_name": request.payer_name[:255],
        "email": request.payer_email,
        "phone": request.payer_phone,
    }
    if any(payer.values()):
        body["customer_details"] = {name: value for name, value in payer.items() if value}
    if request.expires_in_s is not None:
        body["custom_expiry"] = {"expiry_duration": request.expires_in_s, "unit": "second"}
    return body


def _items(request: CreatePayment) -> list[dict[str, Any]]:
    lines = [(item.name, item.price_rp, item.quantity) for item in request.items]
    return [
        {"id": str(number), "name": name[:MAX_NAME], "price": price_rp, "quantity": quantity}
        for number, (name, price_rp, quantity) in enumerate(
            lines or [(request.description, request.amount_rp, 1)], start=1
        )
    ]


def _method(request: CreatePayment) -> dict[str, Any]:
    if request.method in BANKS:
        return {"payment_type": "bank_transfer", "bank_transfer": {"bank": BANKS[request.method]}}
    if request.method in STORES:
        return {
            "payment_type": "cstore",
            "cstore": {"store": STORES[request.method], "message": request.description[:20]},
        }
    return _PARTS[request.method](request)


def method_of(body: Mapping[str, Any]) -> Method | None:
    """Which of our methods an answer speaks of; None for one that we never asked for."""
    kind = str(body.get("payment_type", "")).lower()
    if kind in ("bank_transfer", "permata"):
        bank = _bank_of(body) or ("permata" if kind == "permata" else "")
        return next((method for method, name in BANKS.items() if name == bank), None)
    if kind == "cstore":
        store = str(body.get("store", "")).lower()
        return next((method for method, name in STORES.items() if name == store), None)
    plain = {"qris": Method.QRIS, "gopay": Method.GOPAY, "echannel": Method.BILL_MANDIRI}
    return plain.get(kind)


def _bank_of(body: Mapping[str, Any]) -> str:
    if body.get("permata_va_number"):
        return "permata"
    numbers = body.get("va_numbers")
    first = numbers[0] if isinstance(numbers, list) and numbers else {}
    return str(first.get("bank", "")).lower() if isinstance(first, dict) else ""
