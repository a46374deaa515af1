"""What payments does for the parts above it: ask to be paid, give back, and believe what providers say."""

from market.payments.services.accounts import decide_account, end_account, propose_account
from market.payments.services.applying import apply_snapshot
from market.payments.services.asking import (
    ask_due,
    begin_attempt,
    check_attempt,
    close_attempt,
    close_due,
    send_refund,
)
from market.payments.services.keeping import abandon, ask_refund, use_payment, withdraw
from market.payments.services.noticing import (
    ask_forgotten,
    attempt_of,
    close_notification,
    record_notification,
)
from market.payments.services.starting import PAY_WITHIN_MIN, choose_method, methods_for, start_payment
from market.payments.services.suspense import attribute_case, refund_case
from market.payments.services.telling import tell_of_case, tell_of_refusal

__all__ = [
    "PAY_WITHIN_MIN",
    "abandon",
    "apply_snapshot",
    "ask_due",
    "ask_forgotten",
    "ask_refund",
    "attempt_of",
    "attribute_case",
    "begin_attempt",
    "check_attempt",
    "choose_method",
    "close_attempt",
    "close_due",
    "close_notification",
    "decide_account",
    "end_account",
    "methods_for",
    "propose_account",
    "record_notification",
    "refund_case",
    "send_refund",
    "start_payment",
    "tell_of_case",
    "tell_of_refusal",
    "use_payment",
    "withdraw",
]
