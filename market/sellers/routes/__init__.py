"""Pages about sellers: her own, the cooperative's, the office's."""

from market.sellers.routes import own, quiet, statements
from market.sellers.routes.blueprint import bp

__all__ = ["bp", "own", "quiet", "statements"]
