"""Ordering, paying, preparing, handing over by code, cancelling, expiring."""

from market.catalogue.services import base_per_unit, receive_consignment, stock_item
from market.retail.services.answering import accept_part, answer_fewer, lapse_parts, refuse_part
from market.retail.services.cancelling import rules as cancelling_rules
from market.retail.services.cancelling import why_not_of as why_not_cancel
from market.retail.services.caps import CAP_RP, configure, monthly_cap
from market.retail.services.complaining import (
    ANSWER_DAYS,
    WINDOW_DAYS,
    complain,
    complaint_until,
    escalate_complaints,
    may_complain,
    object_to,
    refuse_complaint,
    say,
    say_as_buyer,
    withdraw_complaint,
)
from market.retail.services.deadline import ANSWER_HOURS
from market.retail.services.delivering import (
    bring_back,
    courier,
    deliver,
    depart,
    end_old_runs,
    end_run,
    fail,
    hand_in,
    open_run,
    try_again,
)
from market.retail.services.ending import cancel_order, cancel_own_order, expire_orders
from market.retail.services.handing import (
    MAX_WRONG_CODES,
    hand_over,
    note_wrong_code,
    renew_code,
)
from market.retail.services.members import buying_member, note_try
from market.retail.services.packing import mark_ready, pack_part, receive_part
from market.retail.services.parting import HOLD_HOURS, PAY_FIRST_MIN
from market.retail.services.paying import (
    cash_due_rp,
    counter_due_rp,
    fee_back_rp,
    on_payment_changed,
    online_of,
    pay_fresh_order,
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
from market.retail.services.pricing import NOTHING, Bill, Extras, bill
from market.retail.services.rations import rationed_goods
from market.retail.services.returning import (
    Decision,
    hand_over_replacement,
    most_refund_rp,
    pay_return,
    promise_replacement,
    refund_complaint,
)
from market.retail.services.returning import note_wrong_code as note_wrong_complaint_code
from market.retail.services.reviving import revive_order, why_unwanted
from market.retail.services.telling import money_word, tell_refused
from market.retail.services.vouchers import VoucherTerms, make_voucher, stop_voucher
from market.retail.services.zoning import Door, ZoneTerms, add_zone, end_zone

__all__ = [
    "ANSWER_DAYS",
    "ANSWER_HOURS",
    "BUYER",
    "CAP_RP",
    "HOLD_HOURS",
    "MAX_LINES",
    "MAX_OPEN_PER_PHONE",
    "MAX_QUANTITY",
    "MAX_WRONG_CODES",
    "NOTHING",
    "PAY_FIRST_MIN",
    "WINDOW_DAYS",
    "Bill",
    "Decision",
    "Door",
    "Extras",
    "VoucherTerms",
    "ZoneTerms",
    "accept_part",
    "add_zone",
    "answer_fewer",
    "base_per_unit",
    "bill",
    "bring_back",
    "buying_member",
    "cancel_order",
    "cancel_own_order",
    "cancelling_rules",
    "cash_due_rp",
    "complain",
    "complaint_until",
    "configure",
    "counter_due_rp",
    "courier",
    "deliver",
    "depart",
    "end_old_runs",
    "end_run",
    "end_zone",
    "escalate_complaints",
    "expire_orders",
    "fail",
    "fee_back_rp",
    "fresh_code",
    "hand_in",
    "hand_over",
    "hand_over_replacement",
    "lapse_parts",
    "make_voucher",
    "mark_ready",
    "may_complain",
    "money_word",
    "monthly_cap",
    "most_refund_rp",
    "note_try",
    "note_wrong_code",
    "note_wrong_complaint_code",
    "object_to",
    "on_payment_changed",
    "online_of",
    "open_run",
    "pack_part",
    "pay_fresh_order",
    "pay_order",
    "pay_return",
    "payment_of",
    "place_order",
    "promise_replacement",
    "rationed_goods",
    "receive_consignment",
    "receive_part",
    "refund_complaint",
    "refuse_complaint",
    "refuse_part",
    "renew_code",
    "revive_order",
    "say",
    "say_as_buyer",
    "stock_item",
    "stop_own",
    "stop_voucher",
    "take_cash",
    "tell_refused",
    "try_again",
    "why_not_cancel",
    "why_unwanted",
    "withdraw_complaint",
]
