"""Ordering, paying, preparing, handing over by code, cancelling, expiring."""

from market.catalogue.services import base_per_unit, receive_consignment, stock_item
from market.retail.services.answering import accept_part, answer_fewer, lapse_parts, refuse_part
from market.retail.services.caps import CAP_RP, monthly_cap
from market.retail.services.deadline import ANSWER_HOURS
from market.retail.services.ending import cancel_order, cancel_own_order, expire_orders
from market.retail.services.handing import (
    MAX_WRONG_CODES,
    hand_over,
    note_wrong_code,
    renew_code,
)
from market.retail.services.packing import mark_ready, pack_part, receive_part
from market.retail.services.parting import HOLD_HOURS, PAY_FIRST_MIN
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
    MAX_LINES,
    MAX_OPEN_PER_PHONE,
    MAX_QUANTITY,
    fresh_code,
    place_order,
)
from market.retail.services.reviving import revive_order, why_unwanted
from market.retail.services.telling import money_word, tell_refused

__all__ = [
    "ANSWER_HOURS",
    "BUYER",
    "CAP_RP",
    "HOLD_HOURS",
    "MAX_LINES",
    "MAX_OPEN_PER_PHONE",
    "MAX_QUANTITY",
    "MAX_WRONG_CODES",
    "PAY_FIRST_MIN",
    "accept_part",
    "answer_fewer",
    "base_per_unit",
    "cancel_order",
    "cancel_own_order",
    "cash_due_rp",
    "expire_orders",
    "fresh_code",
    "hand_over",
    "lapse_parts",
    "mark_ready",
    "money_word",
    "monthly_cap",
    "note_wrong_code",
    "on_payment_changed",
    "online_of",
    "pack_part",
    "pay_order",
    "payment_of",
    "place_order",
    "receive_consignment",
    "receive_part",
    "refuse_part",
    "renew_code",
    "revive_order",
    "stock_item",
    "stop_own",
    "take_cash",
    "tell_refused",
    "why_unwanted",
]
