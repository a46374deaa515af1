"""The payer's page, the provider's notices, and the treasurer's queue."""

from market.payments.routes import notices, payer, treasurer
from market.payments.routes.blueprint import bp

__all__ = ["bp", "notices", "payer", "treasurer"]
