"""What may be done with prepaid buying."""

from market.prepaid.services.collecting import (
    MAX_WRONG_CODES,
    collect_share,
    mark_ready,
    note_wrong_code,
    renew_code,
)
from market.prepaid.services.joining import (
    MAX_OPEN_PER_PHONE,
    join_pool,
    leave_pool,
    remind_unpaid,
    reminder,
    take_payment,
)
from market.prepaid.services.online import (
    being_paid,
    on_payment_changed,
    pay_share,
    payment_of,
    require_wanted,
    take_cash,
    why_unwanted,
)
from market.prepaid.services.opening import decide_pool, open_pool
from market.prepaid.services.paying import record_payment
from market.prepaid.services.refunding import decide_refunds, give_up, propose_refunds
from market.prepaid.services.settling import refund_unsupplied, settle_due, settle_pool

__all__ = [
    "MAX_OPEN_PER_PHONE",
    "MAX_WRONG_CODES",
    "being_paid",
    "collect_share",
    "decide_pool",
    "decide_refunds",
    "give_up",
    "join_pool",
    "leave_pool",
    "mark_ready",
    "note_wrong_code",
    "on_payment_changed",
    "open_pool",
    "pay_share",
    "payment_of",
    "propose_refunds",
    "record_payment",
    "refund_unsupplied",
    "remind_unpaid",
    "reminder",
    "renew_code",
    "require_wanted",
    "settle_due",
    "settle_pool",
    "take_cash",
    "take_payment",
    "why_unwanted",
]
