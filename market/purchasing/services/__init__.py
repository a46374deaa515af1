"""What may be done in buying: ordering, receiving, claiming, billing, paying."""

from market.purchasing.services.accounts import name_account, number_of
from market.purchasing.services.announcing import (
    announce_order,
    announce_payment,
)
from market.purchasing.services.answering import ANSWERS, answer_claim, escalate_claims, write_message
from market.purchasing.services.billing import (
    billable,
    billable_rp,
    end_without_bill,
    match,
    record_bill,
    unbilled_fees_rp,
)
from market.purchasing.services.cases import (
    accept_difference,
    case_figures,
    correct_bill,
    reject_bill,
    remind_cases,
    write_case_message,
)
from market.purchasing.services.claiming import OUTCOMES, settle_claim
from market.purchasing.services.crediting import (
    bill_of_return,
    credit_return,
    credit_room_rp,
    issue_credit,
    record_credit_money,
)
from market.purchasing.services.homing import bring_home
from market.purchasing.services.keeping import decide_extra
from market.purchasing.services.online import (
    on_money_unclear,
    on_payment_changed,
    payment_of,
    require_wanted,
    why_unwanted,
    withdraw_payment,
)
from market.purchasing.services.ordering import OrderLine, cancel_rest, issue_order
from market.purchasing.services.paying import (
    ADVANCE,
    PAYING_ACCOUNTS,
    PAYMENT,
    advance_due_rp,
    decide_payment,
    lapse_payments,
    propose_advance,
    propose_payment,
    record_refund,
)
from market.purchasing.services.receiving import (
    PHOTO_SIDES,
    SIGNATURE_SIDE,
    HandOver,
    ReceiptLine,
    receive_goods,
)
from market.purchasing.services.reminding import announce_delivery, remind_deliveries
from market.purchasing.services.returning import drop_return, return_goods, returnable
from market.purchasing.services.runs import (
    MOST_BILLS,
    decide_run,
    propose_run,
    record_transfer,
    withdraw_run,
)
from market.purchasing.services.sharing import declare_shortage, share_out
from market.purchasing.services.trips import (
    Sharing,
    cancel_trip,
    depart,
    plan_trip,
    preview,
    share_truck,
)
from market.purchasing.services.undoing import may_undo, undo_credit, undo_return
from market.purchasing.services.visiting import receive_stop
from market.purchasing.services.weighing import Verdict, judge

__all__ = [
    "ADVANCE",
    "ANSWERS",
    "MOST_BILLS",
    "OUTCOMES",
    "PAYING_ACCOUNTS",
    "PAYMENT",
    "PHOTO_SIDES",
    "SIGNATURE_SIDE",
    "HandOver",
    "OrderLine",
    "ReceiptLine",
    "Sharing",
    "Verdict",
    "accept_difference",
    "advance_due_rp",
    "announce_delivery",
    "announce_order",
    "announce_payment",
    "answer_claim",
    "bill_of_return",
    "billable",
    "billable_rp",
    "bring_home",
    "cancel_rest",
    "cancel_trip",
    "case_figures",
    "correct_bill",
    "credit_return",
    "credit_room_rp",
    "decide_extra",
    "decide_payment",
    "decide_run",
    "declare_shortage",
    "depart",
    "drop_return",
    "end_without_bill",
    "escalate_claims",
    "issue_credit",
    "issue_order",
    "judge",
    "lapse_payments",
    "match",
    "may_undo",
    "name_account",
    "number_of",
    "on_money_unclear",
    "on_payment_changed",
    "payment_of",
    "plan_trip",
    "preview",
    "propose_advance",
    "propose_payment",
    "propose_run",
    "receive_goods",
    "receive_stop",
    "record_bill",
    "record_credit_money",
    "record_refund",
    "record_transfer",
    "reject_bill",
    "remind_cases",
    "remind_deliveries",
    "require_wanted",
    "return_goods",
    "returnable",
    "settle_claim",
    "share_out",
    "share_truck",
    "unbilled_fees_rp",
    "undo_credit",
    "undo_return",
    "why_unwanted",
    "withdraw_payment",
    "withdraw_run",
    "write_case_message",
    "write_message",
]
