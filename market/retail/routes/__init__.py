"""The shop for residents, and the counter of the cooperative."""

from market.retail.routes import counter, makers, parts, shop, tracking
from market.retail.routes.blueprint import bp

__all__ = ["bp", "counter", "makers", "parts", "shop", "tracking"]
