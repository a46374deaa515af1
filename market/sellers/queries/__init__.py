"""What is asked of a seller's trade."""

from market.sellers.queries.account import GoodsRow, MoneyRow, Statement, sellers_of, statement
from market.sellers.queries.advice import HINTS, Hint, hints
from market.sellers.queries.quiet import QUIET_DAYS, Exposure, QuietSeller, exposure, quiet_sellers
from market.sellers.queries.trade import PERIODS, Numbers, numbers

__all__ = [
    "HINTS",
    "PERIODS",
    "QUIET_DAYS",
    "Exposure",
    "GoodsRow",
    "Hint",
    "MoneyRow",
    "Numbers",
    "QuietSeller",
    "Statement",
    "exposure",
    "hints",
    "numbers",
    "quiet_sellers",
    "sellers_of",
    "statement",
]
