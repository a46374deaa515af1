"""Ordering, paying, preparing, handing over by code, cancelling, expiring."""

from market.catalogue.services import base_per_unit, receive_consignment, stock_item
from market.retail.services.ending import cancel_order, cancel_own_order, expire_orders
from market.retail.services.handing import (
    MAX_WRONG_CODES,
    hand_over,
    mark_ready,
    note_wrong_code,
    renew_code,
)
from market.retail.services.paying import (
    cash_due_rp,
    on_payment_changed,
    online_of,
    pay_order,
    payment_of,
    stop_own,
    take_cash,
)
from market.retail.services.placing import (
    BUYER,
    HOLD_HOURS,
    MAX_LINES,
    MAX_OPEN_PER_PHONE,
    MAX_QUANTITY,
    fresh_code,
    place_order,
)
from market.retail.services.reviving import revive_order, why_unwanted

__all__ = [
    "BUYER",
    "HOLD_HOURS",
    "MAX_LINES",
    "MAX_OPEN_PER_PHONE",
    "MAX_QUANTITY",
    "MAX_WRONG_CODES",
    "base_per_unit",
    "cancel_order",
    "cancel_own_order",
    "cash_due_rp",
    "expire_orders",
    "fresh_code",
    "hand_over",
    "mark_ready",
    "note_wrong_code",
    "on_payment_changed",
    "online_of",
    "pay_order",
    "payment_of",
    "place_order",
    "receive_consignment",
    "renew_code",
    "revive_order",
    "stock_item",
    "stop_own",
    "take_cash",
    "why_unwanted",
]
