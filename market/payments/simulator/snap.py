"""The hosted page's API: a token now, a choice of method later, the same charge behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.payments.simulator.charges import Refuse, make
from market.payments.simulator.records import Transaction
from market.payments.simulator.settings import Merchant
from market.payments.simulator.world import World

CHOICES: Mapping[str, Mapping[str, Any]] = {
    "qris": {"payment_type": "qris"},
    "bca": {"payment_type": "bank_transfer", "bank_transfer": {"bank": "bca"}},
    "bri": {"payment_type": "bank_transfer", "bank_transfer": {"bank": "bri"}},
    "mandiri": {"payment_type": "echannel", "echannel": {"bill_info1": "Untuk", "bill_info2": "Belanja"}},
    "alfamart": {"payment_type": "cstore", "cstore": {"store": "alfamart"}},
}
LIFE_S = 86_400


def create(world: World, merchant: Merchant, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """201 with a token; errors are a list of words here, by HTTP code."""
    details = body.get("transaction_details")
    order_id = details.get("order_id") if isinstance(details, Mapping) else None
    gross = details.get("gross_amount") if isinstance(details, Mapping) else None
    if not isinstance(order_id, str) or isinstance(gross, bool) or not isinstance(gross, int) or gross < 1:
        return 400, {"error_messages": ["transaction_details is required"]}
    if world.find(merchant.merchant_id, order_id) is not None:
        return 400, {"error_messages": ["transaction_details.order_id has already been taken"]}
    token = world.uuid("snap", merchant.merchant_id)
    world.snaps[token] = {
        "merchant_id": merchant.merchant_id,
        "body": dict(body),
        "until": world.clock.now() + LIFE_S,
    }
    url = f"{world.settings.base_url}/snap/v4/redirection/{token}"
    return 201, {"token": token, "redirect_url": url}


def cancel(world: World, token: str) -> tuple[int, dict[str, Any]]:
    kept = world.snaps.pop(token, None)
    if kept is None:
        return 404, {"error_messages": ["token is not found"]}
    return 200, {"canceled_at": world.clock.now()}


def choose(world: World, token: str, choice: str) -> Transaction:
    """The buyer has picked a method. Raises Refuse."""
    kept = world.snaps.get(token)
    if kept is None or world.clock.now() > kept["until"] or choice not in CHOICES:
        raise Refuse(404, "token is not found")
    made = make(world, world.merchant(kept["merchant_id"]), {**kept["body"], **CHOICES[choice]}, [])
    del world.snaps[token]
    return made
