"""What may be done in buying: ordering, receiving, claiming, billing, paying."""

from market.purchasing.services.announcing import announce_order, announce_payment
from market.purchasing.services.answering import ANSWERS, answer_claim, escalate_claims, write_message
from market.purchasing.services.billing import billable, billable_rp, record_bill
from market.purchasing.services.claiming import OUTCOMES, settle_claim
from market.purchasing.services.keeping import decide_extra
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
from market.purchasing.services.sharing import declare_shortage, share_out
from market.purchasing.services.weighing import Verdict, judge

__all__ = [
    "ADVANCE",
    "ANSWERS",
    "OUTCOMES",
    "PAYING_ACCOUNTS",
    "PAYMENT",
    "PHOTO_SIDES",
    "SIGNATURE_SIDE",
    "HandOver",
    "OrderLine",
    "ReceiptLine",
    "Verdict",
    "advance_due_rp",
    "announce_order",
    "announce_payment",
    "answer_claim",
    "billable",
    "billable_rp",
    "cancel_rest",
    "decide_extra",
    "decide_payment",
    "declare_shortage",
    "escalate_claims",
    "issue_order",
    "judge",
    "lapse_payments",
    "propose_advance",
    "propose_payment",
    "receive_goods",
    "record_bill",
    "record_refund",
    "settle_claim",
    "share_out",
    "write_message",
]
