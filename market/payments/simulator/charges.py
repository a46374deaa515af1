"""A charge: what the simulation refuses, in the real one's order, and what it makes of a good one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from market.core.clock import WIB
from market.payments import qris
from market.payments.midtrans_methods import CAPS, method_of
from market.payments.simulator import outbox
from market.payments.simulator.records import Transaction
from market.payments.simulator.settings import Merchant
from market.payments.simulator.world import World
from market.payments.types import Method, MethodCaps

ORDER_ID = re.compile(r"[A-Za-z0-9._~-]{1,50}", re.ASCII)
UNIT_S = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
REUSABLE = frozenset({"cancel", "expire", "deny", "failure"})
BANK_DIGIT = {"bca": 1, "bni": 2, "bri": 3, "permata": 4, "cimb": 5}
ECHOED = ("custom_field1", "custom_field2", "custom_field3", "metadata")
KINDS = ("qris", "gopay", "bank_transfer", "permata", "echannel", "cstore")


class Refuse(Exception):
    """The charge is refused with this code; `messages` name what is wrong."""

    def __init__(self, code: int, message: str, *messages: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.messages = messages


def check(world: World, merchant: Merchant, body: Mapping[str, Any]) -> tuple[Method, int, int]:
    """(method, rupiah, seconds to pay) of a good charge. Raises Refuse."""
    kind = body.get("payment_type")
    if kind not in KINDS:
        raise Refuse(400, "payment_type is not known", "payment_type is required and must be known")
    if kind in world.settings.disabled:
        raise Refuse(402, "Payment channel is not activated.")
    order_id, gross_rp = _details(body)
    method = _method(str(kind), body)
    caps = CAPS[method]
    if not caps.min_rp <= gross_rp <= caps.max_rp:
        raise Refuse(400, "gross_amount is outside of the limits", "gross_amount is outside of the limits")
    _items(body, gross_rp)
    seconds = _expiry(body, caps, world.clock.now())
    _method_part(str(kind), body)
    _unused(world, merchant, order_id)
    return method, gross_rp, seconds


def _invalid(message: str) -> Refuse:
    return Refuse(400, "One or more parameters in the payload is invalid.", message)


def _details(body: Mapping[str, Any]) -> tuple[str, int]:
    details = body.get("transaction_details")
    if not isinstance(details, Mapping):
        raise _invalid("transaction_details is required")
    order_id, gross = details.get("order_id"), details.get("gross_amount")
    if not isinstance(order_id, str) or not ORDER_ID.fullmatch(order_id):
        raise _invalid("transaction_details.order_id contains a character or a length that is not allowed")
    if isinstance(gross, bool) or not isinstance(gross, int) or gross < 1:
        raise _invalid("transaction_details.gross_amount must be a whole number of at least 1")
    return order_id, gross


def _items(body: Mapping[str, Any], gross_rp: int) -> None:
    items = body.get("item_details")
    if items is None:
        return
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise _invalid("item_details must be a list")
    for item in items:
        name, price, quantity = item.get("name"), item.get("price"), item.get("quantity")
        if not isinstance(name, str) or not 1 <= len(name) <= 50:
            raise _invalid("item_details.name is required and has at most 50 characters")
        if not isinstance(price, int) or not isinstance(quantity, int) or quantity < 1:
            raise _invalid("item_details.price and quantity are whole numbers")
    if sum(item["price"] * item["quantity"] for item in items) != gross_rp:
        raise _invalid("transaction_details.gross_amount is not equal to the sum of item_details")


def _expiry(body: Mapping[str, Any], caps: MethodCaps, now: int) -> int:
    """Seconds from now until the payment expires."""
    asked = body.get("custom_expiry")
    if asked is None:
        return caps.expiry_default_s
    if not isinstance(asked, Mapping):
        raise _invalid("custom_expiry must be an object")
    unit, duration = asked.get("unit", "minute"), asked.get("expiry_duration")
    if unit not in UNIT_S or isinstance(duration, bool) or not isinstance(duration, int) or duration < 1:
        raise _invalid("custom_expiry has a unit or a duration that is not known")
    seconds = duration * UNIT_S[unit]
    if not caps.expiry_min_s <= seconds <= caps.expiry_max_s:
        raise _invalid("custom_expiry.expiry_duration is outside of the limits")
    if "order_time" in asked:
        seconds += _order_time(asked["order_time"]) - now
        if seconds <= 0:
            raise _invalid("custom_expiry is in the past")
    return seconds


def _order_time(given: object) -> int:
    try:
        return int(dt.datetime.strptime(str(given), "%Y-%m-%d %H:%M:%S %z").astimezone(WIB).timestamp())
    except ValueError:
        raise _invalid("custom_expiry.order_time has the form yyyy-MM-dd hh:mm:ss Z") from None


def _method(kind: str, body: Mapping[str, Any]) -> Method:
    if kind == "bank_transfer":
        part = body.get("bank_transfer")
        bank = part.get("bank") if isinstance(part, Mapping) else None
        given: dict[str, Any] = {"va_numbers": [{"bank": bank}]}
    elif kind == "cstore":
        part = body.get("cstore")
        given = {"store": part.get("store") if isinstance(part, Mapping) else None}
    else:
        given = {}
    found = method_of({"payment_type": kind, **given})
    if found is None:
        raise _invalid("the bank or the store is not known")
    return found


def _method_part(kind: str, body: Mapping[str, Any]) -> None:
    """What one method alone wants."""
    part = body.get(kind, {})
    if not isinstance(part, Mapping):
        raise _invalid(f"{kind} must be an object")
    if kind == "qris" and part.get("acquirer", "gopay") not in ("gopay", "airpay shopee"):
        raise _invalid("qris.acquirer is not known")
    if kind == "echannel" and not (part.get("bill_info1") and part.get("bill_info2")):
        raise _invalid("echannel.bill_info1 and bill_info2 are required")
    if kind == "cstore" and len(str(part.get("message", ""))) > 20:
        raise _invalid("cstore.message has at most 20 characters")


def _unused(world: World, merchant: Merchant, order_id: str) -> None:
    found = world.find(merchant.merchant_id, order_id)
    if found is None or (found.status in REUSABLE and not world.settings.strict_order_ids):
        return
    raise Refuse(406, "The request could not be completed due to a conflict: order_id has been used.")


def make(world: World, merchant: Merchant, body: Mapping[str, Any], urls: list[str]) -> Transaction:
    """Check the charge and keep it. Raises Refuse."""
    method, gross_rp, seconds = check(world, merchant, body)
    now, kind = world.clock.now(), str(body["payment_type"])
    fee_rp = gross_rp * world.settings.fee_imposed.get(kind, 0) // 10_000
    made = Transaction(
        id=world.uuid("transaction", merchant.merchant_id),
        merchant_id=merchant.merchant_id,
        order_id=body["transaction_details"]["order_id"],
        payment_type="bank_transfer" if kind == "permata" else kind,
        gross_rp=gross_rp + fee_rp,
        fee_rp=fee_rp,
        created_at=now,
        expires_at=now + seconds,
        echo={name: body[name] for name in ECHOED if name in body},
        urls=urls,
    )
    if fee_rp:
        info = {"original_amount": gross_rp, "customer_imposed_payment_fee": fee_rp}
        made.echo["metadata"] = {"extra_info": {"gross_amount_info": info}}
    _BUILD[method](world, merchant, body, made)
    world.add(made)
    outbox.tell(world, made)
    return made


def _scan(world: World, merchant: Merchant, body: Mapping[str, Any], made: Transaction) -> None:
    base, kind = world.settings.base_url, made.payment_type
    reference = f"SIM{world.number('qr'):012d}"
    made.first["qr_string"] = qris.build(
        qris.Merchant(f"SIMULASI {merchant.name}", merchant.city), made.gross_rp, reference
    )
    made.first["reference"] = reference
    image = {"method": "GET", "url": f"{base}/v2/{kind}/{made.id}/qr-code"}
    framed = {"method": "GET", "url": f"{base}/v4/{kind}/{made.id}/qr-code"}
    actions: list[dict[str, Any]] = [
        {"name": "generate-qr-code", **image},
        {"name": "generate-qr-code-v2", **framed},
    ]
    if kind == "gopay":
        actions += [
            {"name": "deeplink-redirect", "method": "GET", "url": f"{base}/sim/tx/{made.id}"},
            {"name": "get-status", "method": "GET", "url": f"{base}/v2/{made.id}/status"},
            {"name": "cancel", "method": "POST", "url": f"{base}/v2/{made.id}/cancel", "fields": []},
        ]
        made.first |= {"channel_response_code": "200", "channel_response_message": "Success"}
    else:
        made.shown["acquirer"] = str((body.get("qris") or {}).get("acquirer", "gopay"))
    made.first["actions"] = actions


def _va(world: World, merchant: Merchant, body: Mapping[str, Any], made: Transaction) -> None:
    bank = str((body.get("bank_transfer") or {}).get("bank", "permata"))
    number = f"0000{BANK_DIGIT[bank]}{world.number('va'):011d}"
    if bank == "permata":
        made.shown["permata_va_number"] = number
    else:
        made.shown["va_numbers"] = [{"bank": bank, "va_number": number}]


def _bill(world: World, merchant: Merchant, body: Mapping[str, Any], made: Transaction) -> None:
    made.shown |= {"biller_code": "99999", "bill_key": f"0000{world.number('bill'):08d}"}


def _store(world: World, merchant: Merchant, body: Mapping[str, Any], made: Transaction) -> None:
    store = str(body["cstore"]["store"])
    size = 16 if store == "alfamart" else 12
    made.shown |= {"store": store, "payment_code": "0000" + f"{world.number('otc'):0{size - 4}d}"}


_BUILD: Mapping[Method, Callable[[World, Merchant, Mapping[str, Any], Transaction], None]] = {
    Method.QRIS: _scan,
    Method.GOPAY: _scan,
    Method.BILL_MANDIRI: _bill,
    Method.OTC_INDOMARET: _store,
    Method.OTC_ALFAMART: _store,
    **dict.fromkeys((Method.VA_BCA, Method.VA_BNI, Method.VA_BRI, Method.VA_PERMATA, Method.VA_CIMB), _va),
}
