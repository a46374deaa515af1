"""What payments does for the parts above it: ask to be paid, give back, and believe what providers say."""

from market.payments.services.accounts import (
    decide_account,
    end_account,
    end_keys,
    propose_account,
    propose_key,
)
from market.payments.services.applying import apply_snapshot
from market.payments.services.asking import (
    ask_due,
    begin_attempt,
    check_attempt,
    close_attempt,
    close_due,
    send_refund,
)
from market.payments.services.booking import book_case
from market.payments.services.depositing import release_hold, top_up
from market.payments.services.differing import decide_explanation, explain_case, tell_of_run
from market.payments.services.disputing import SILENT, end_dispute
from market.payments.services.keeping import abandon, ask_refund, paid_attempt, use_payment, withdraw
from market.payments.services.leftover import is_running, left_of
from market.payments.services.noticing import (
    ask_forgotten,
    attempt_of,
    close_notification,
    payout_of,
    record_notification,
    record_payout_notification,
)
from market.payments.services.payees import decide_payee_account, name_own_account, name_seller_account
from market.payments.services.payouts import (
    best_way,
    decide_payout,
    lapse_payouts,
    propose_refund_payout,
    propose_seller_payout,
    record_payout,
    withdraw_payout,
)
from market.payments.services.reconciling import (
    apply_case,
    ask_apply,
    ask_run,
    begin_daily,
    begin_run,
    run_step,
    run_whole,
)
from market.payments.services.refunding import (
    MAX_WRONG_CODES,
    ask_again,
    name_destination,
    note_wrong_code,
    pay_by_hand,
    tell_by_hand,
)
from market.payments.services.sending import apply_payout, ask_payouts, send_payout
from market.payments.services.settlement_files import (
    confirm_file,
    discard_file,
    preview_file,
    settlement_template,
)
from market.payments.services.starting import PAY_WITHIN_MIN, choose_method, methods_for, start_payment
from market.payments.services.suspense import (
    LatePurpose,
    attribute_case,
    configure,
    refund_case,
    why_unwanted,
)
from market.payments.services.targets import masked, number_of
from market.payments.services.telling import (
    tell_of_case,
    tell_of_dispute,
    tell_of_found_refund,
    tell_of_payout,
    tell_of_refusal,
)

__all__ = [
    "MAX_WRONG_CODES",
    "PAY_WITHIN_MIN",
    "SILENT",
    "LatePurpose",
    "abandon",
    "apply_case",
    "apply_payout",
    "apply_snapshot",
    "ask_again",
    "ask_apply",
    "ask_due",
    "ask_forgotten",
    "ask_payouts",
    "ask_refund",
    "ask_run",
    "attempt_of",
    "attribute_case",
    "begin_attempt",
    "begin_daily",
    "begin_run",
    "best_way",
    "book_case",
    "check_attempt",
    "choose_method",
    "close_attempt",
    "close_due",
    "close_notification",
    "configure",
    "confirm_file",
    "decide_account",
    "decide_explanation",
    "decide_payee_account",
    "decide_payout",
    "discard_file",
    "end_account",
    "end_dispute",
    "end_keys",
    "explain_case",
    "is_running",
    "lapse_payouts",
    "left_of",
    "masked",
    "methods_for",
    "name_destination",
    "name_own_account",
    "name_seller_account",
    "note_wrong_code",
    "number_of",
    "paid_attempt",
    "pay_by_hand",
    "payout_of",
    "preview_file",
    "propose_account",
    "propose_key",
    "propose_refund_payout",
    "propose_seller_payout",
    "record_notification",
    "record_payout",
    "record_payout_notification",
    "refund_case",
    "release_hold",
    "run_step",
    "run_whole",
    "send_payout",
    "send_refund",
    "settlement_template",
    "start_payment",
    "tell_by_hand",
    "tell_of_case",
    "tell_of_dispute",
    "tell_of_found_refund",
    "tell_of_payout",
    "tell_of_refusal",
    "tell_of_run",
    "top_up",
    "use_payment",
    "why_unwanted",
    "withdraw",
    "withdraw_payout",
]
