"""Containers at /tabung."""

from market.empties.routes import counter, counting, pages, suppliers
from market.empties.routes.base import bp

__all__ = ["bp", "counter", "counting", "pages", "suppliers"]
