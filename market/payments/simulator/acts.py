"""What may happen to a transaction, and to whom it is told. The table of moves is Midtrans' own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from market.payments.midtrans_methods import CAPS, method_of
from market.payments.simulator import outbox
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import Refund, Transaction, stamp
from market.payments.simulator.world import World

MOVES: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"settlement", "expire", "cancel", "deny", "failure"}),
    "settlement": frozenset({"refund", "partial_refund", "chargeback", "partial_chargeback", "deny"}),
    "partial_refund": frozenset({"refund", "partial_refund"}),
    "partial_chargeback": frozenset({"chargeback"}),
}
"""Everything else is refused with 412; what is not a key is an end."""
LATE = frozenset({"cancel", "expire"})
"""After these a late settlement can be forced: it happens, rarely, and must not be lost."""
REFUND_KEY = re.compile(r"[A-Za-z0-9_-]{1,50}", re.ASCII)
POOR = "Refund amount is invalid or the merchant's balance is not enough"
REFUSED = "Merchant cannot modify the status of the transaction"


def move(world: World, made: Transaction, to: str, *, forced: bool = False) -> None:
    """Change the state and tell. Raises Refuse(412) for a move that Midtrans does not know."""
    late = forced and made.status in LATE and to == "settlement"
    if to not in MOVES.get(made.status, frozenset()) and not late:
        raise Refuse(412, REFUSED)
    made.status = to
    made.ended_at = world.clock.now()
    world.changed(made)
    outbox.tell(world, made)


def cancel(world: World, made: Transaction) -> None:
    move(world, made, "cancel")


def expire(world: World, made: Transaction) -> None:
    move(world, made, "expire")


def pay(world: World, made: Transaction, issuer: str = "gopay", *, forced: bool = False) -> None:
    """Somebody pays. Raises Refuse(412) when it is closed, or over by the clock."""
    now = world.clock.now()
    over = made.status == "pending" and now >= made.expires_at
    if over and not (world.settings.pay_after_expiry or forced):
        raise Refuse(407, "Transaction is expired")
    made.settled_at = now
    made.shown |= _paid_fields(world, made, issuer)
    try:
        move(world, made, "settlement", forced=forced)
    except Refuse:
        made.settled_at = 0
        raise


def _paid_fields(world: World, made: Transaction, issuer: str) -> dict[str, Any]:
    if made.payment_type == "qris":
        return {
            "issuer": issuer,
            "transaction_type": "on-us" if issuer == "gopay" else "off-us",
            "merchant_cross_reference_id": world.uuid("cross", made.merchant_id),
        }
    if made.payment_type == "gopay":
        return {"payment_option_type": "GOPAY_WALLET"}
    if made.shown.get("store") == "indomaret":
        return {"approval_code": f"SIM{world.number('approval'):012d}"}
    paid = {"paid_at": stamp(world.clock.now()), "amount": f"{made.gross_rp}.00"}
    bank = (made.shown.get("va_numbers") or [{}])[0].get("bank")
    return {"payment_amounts": [paid]} if bank == "bni" else {}


def reverse(world: World, made: Transaction) -> None:
    """A bank takes settled money back. Raises Refuse where the method has no reversal."""
    method = method_of(_method_body(made))
    if made.status == "settlement" and not (method and CAPS[method].reversal_possible):
        raise Refuse(412, REFUSED)
    move(world, made, "deny")


def dispute(world: World, made: Transaction, amount_rp: int | None = None) -> None:
    part = amount_rp is not None and amount_rp < made.gross_rp
    made.disputed_rp = amount_rp if amount_rp is not None else made.gross_rp
    move(world, made, "partial_chargeback" if part else "chargeback")


def refund(world: World, made: Transaction, asked: Mapping[str, Any]) -> tuple[Refund | None, bool]:
    """(the refund, False), or (None, True) when the bank denies it. Raises Refuse."""
    key = asked.get("refund_key", f"auto-{world.number('refund_key')}")
    amount = asked.get("amount", made.gross_rp - made.refunded_rp)
    if not isinstance(key, str) or not REFUND_KEY.fullmatch(key):
        raise Refuse(400, "refund_key has a form that is not allowed")
    if any(row.key == key for row in made.refunds):
        raise Refuse(406, "Duplicate refund ID")
    method = method_of(_method_body(made))
    if method is None or not CAPS[method].refundable or made.status not in ("settlement", "partial_refund"):
        raise Refuse(412, REFUSED)
    left = made.gross_rp - made.refunded_rp
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= left:
        raise Refuse(414, POOR)
    if amount < made.gross_rp and made.shown.get("acquirer") == "airpay shopee":
        raise Refuse(412, REFUSED)
    if made.unfunded_refunds:
        made.unfunded_refunds -= 1
        raise Refuse(414, POOR)
    if made.denied_refunds:
        made.denied_refunds -= 1
        return None, True
    return _give_back(world, made, key, amount, str(asked.get("reason", ""))[:255]), False


def _give_back(world: World, made: Transaction, key: str, amount_rp: int, reason: str) -> Refund:
    now, wait = world.clock.now(), world.settings.bank_confirm_s
    row = Refund(
        key=key,
        amount_rp=amount_rp,
        reason=reason,
        number=world.number("refund"),
        created_at=now,
        confirm_at=None if wait is None else now + wait,
    )
    made.refunds.append(row)
    move(world, made, "refund" if made.refunded_rp == made.gross_rp else "partial_refund")
    return row


def confirm_refund(world: World, made: Transaction, row: Refund) -> None:
    """The bank proves that the money has gone back: the second notice of a refund."""
    row.confirm_at, row.confirmed_at = None, world.clock.now()
    world.changed(made)
    outbox.tell(world, made)


def sweep(world: World) -> None:
    """Everything whose time has come by now, in the order of its time."""
    now = world.clock.now()
    for made in list(world.transactions.values()):
        if made.status == "pending" and now >= made.expires_at + world.settings.expire_lag_s:
            expire(world, made)
        if made.reverse_at and now >= made.reverse_at:
            made.reverse_at = 0
            if made.status == "settlement":
                reverse(world, made)
        for row in made.refunds:
            if row.confirm_at is not None and now >= row.confirm_at:
                confirm_refund(world, made, row)


def next_at(world: World) -> int | None:
    """When `sweep` will have something to do, if ever."""
    times = [
        *(
            made.expires_at + world.settings.expire_lag_s
            for made in world.transactions.values()
            if made.status == "pending"
        ),
        *(made.reverse_at for made in world.transactions.values() if made.reverse_at),
        *(
            row.confirm_at
            for made in world.transactions.values()
            for row in made.refunds
            if row.confirm_at is not None
        ),
    ]
    return min(times, default=None)


def _method_body(made: Transaction) -> dict[str, Any]:
    return {"payment_type": made.payment_type, **made.shown}


def fingerprint(world: World) -> str:
    """Everything that was told, in one text: the same seed and calls give the same."""
    return json.dumps([[row.url, row.body] for row in world.notices], sort_keys=True)
