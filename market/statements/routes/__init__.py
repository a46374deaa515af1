"""The statements at /buku/laporan."""

from market.statements.routes import exports, pages, places
from market.statements.routes.base import bp

__all__ = ["bp", "exports", "pages", "places"]
