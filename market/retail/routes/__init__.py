"""The shop for residents, and the counter of the cooperative."""

from market.retail.routes import counter, finding, makers, parts, sharing, shop, tracking
from market.retail.routes.blueprint import bp

__all__ = ["bp", "counter", "finding", "makers", "parts", "sharing", "shop", "tracking"]
