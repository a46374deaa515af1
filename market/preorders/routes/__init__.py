"""Pages of pre-orders: the cooperative's, and everybody's."""

from market.preorders.routes import board, counter, residents
from market.preorders.routes.blueprint import bp

__all__ = ["board", "bp", "counter", "residents"]
