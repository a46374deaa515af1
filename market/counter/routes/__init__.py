"""Pages of the counter: the till, paying, receipts and returns, shifts, prices of the shop."""

from market.counter.routes import paying, prices, receipts, shifts, till  # noqa: F401  they register themselves
from market.counter.routes.blueprint import bp

__all__ = ["bp"]
