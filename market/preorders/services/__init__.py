"""What may be done with pre-orders."""

from market.preorders.services.asking import BUYER, ask, change, step_back
from market.preorders.services.closing import close_due, close_now, feed_need, packs_of, promised_rp
from market.preorders.services.counter import MAX_WRONG_CODES, hand_over, note_wrong_code
from market.preorders.services.later import share_later
from market.preorders.services.opening import HOUSEHOLD_UNITS, give_up, open_preorder
from market.preorders.services.shares import Claim, fair_shares, later_shares, lot
from market.preorders.services.sharing import product_of, return_uncollected, share_goods, units_here
from market.preorders.services.telling import letter

__all__ = [
    "BUYER",
    "HOUSEHOLD_UNITS",
    "MAX_WRONG_CODES",
    "Claim",
    "ask",
    "change",
    "close_due",
    "close_now",
    "fair_shares",
    "feed_need",
    "give_up",
    "hand_over",
    "later_shares",
    "letter",
    "lot",
    "note_wrong_code",
    "open_preorder",
    "packs_of",
    "product_of",
    "promised_rp",
    "return_uncollected",
    "share_goods",
    "share_later",
    "step_back",
    "units_here",
]
