"""What may be done with the books. Other parts call `post`, `reverse` and `open_books`."""

from market.ledger.services.books import (
    add_account,
    classify_member_shares,
    close_period,
    open_books,
    reopen_period,
)
from market.ledger.services.manual import decide_manual, post_manual, renew_manual, withdraw_manual
from market.ledger.services.opening import (
    OPENING_COLUMNS,
    OpeningRow,
    confirm_opening,
    import_opening,
    preview_opening,
)
from market.ledger.services.posting import AlreadyPosted, may_reverse_by_hand, post, reverse, reverse_by_hand

__all__ = [
    "OPENING_COLUMNS",
    "AlreadyPosted",
    "OpeningRow",
    "add_account",
    "classify_member_shares",
    "close_period",
    "confirm_opening",
    "decide_manual",
    "import_opening",
    "may_reverse_by_hand",
    "open_books",
    "post",
    "post_manual",
    "preview_opening",
    "renew_manual",
    "reopen_period",
    "reverse",
    "reverse_by_hand",
    "withdraw_manual",
]
