"""The payer's page, the provider's notices, the treasurer's queue, reconciliation, and money that leaves."""

from market.payments.routes import (
    accounts,
    earnings,
    notices,
    payer,
    payouts,
    reconciliation,
    refunds,
    treasurer,
)
from market.payments.routes.blueprint import bp

__all__ = [
    "accounts",
    "bp",
    "earnings",
    "notices",
    "payer",
    "payouts",
    "reconciliation",
    "refunds",
    "treasurer",
]
