"""Products: a member lists them, the cooperative decides, sells its own packs and holds goods."""

from market.catalogue.routes import deciding, keeping, listing, permits
from market.catalogue.routes.blueprint import bp

__all__ = ["bp", "deciding", "keeping", "listing", "permits"]
