"""The payer's page, the provider's notices, and the treasurer's queue."""

from market.payments.routes import accounts, notices, payer, reconciliation, treasurer
from market.payments.routes.blueprint import bp

__all__ = ["accounts", "bp", "notices", "payer", "reconciliation", "treasurer"]
