"""Ordering, paying, preparing, handing over by code, cancelling, expiring."""

from market.catalogue.services import base_per_unit, receive_consignment, stock_item
from market.retail.services.orders import (
    BUYER,
    HOLD_HOURS,
    MAX_LINES,
    MAX_OPEN_PER_PHONE,
    MAX_QUANTITY,
    MAX_WRONG_CODES,
    cancel_order,
    cancel_own_order,
    expire_orders,
    hand_over,
    mark_ready,
    note_wrong_code,
    place_order,
    renew_code,
)
from market.retail.services.paying import cash_due_rp, on_payment_changed, pay_order, payment_of

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
    "hand_over",
    "mark_ready",
    "note_wrong_code",
    "on_payment_changed",
    "pay_order",
    "payment_of",
    "place_order",
    "receive_consignment",
    "renew_code",
    "stock_item",
]
