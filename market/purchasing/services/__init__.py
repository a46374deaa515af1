"""What may be done in buying: ordering, receiving, billing, paying."""

from market.purchasing.services.billing import (
    ADVANCE,
    PAYMENT,
    decide_payment,
    propose_advance,
    propose_payment,
    record_bill,
)
from market.purchasing.services.ordering import OrderLine, cancel_rest, issue_order
from market.purchasing.services.receiving import ReceiptLine, receive_goods, settle_claim

__all__ = [
    "ADVANCE",
    "PAYMENT",
    "OrderLine",
    "ReceiptLine",
    "cancel_rest",
    "decide_payment",
    "issue_order",
    "propose_advance",
    "propose_payment",
    "receive_goods",
    "record_bill",
    "settle_claim",
]
