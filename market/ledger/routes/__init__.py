"""The books at /buku: overview, journal, accounts, statements, entries by hand, opening balances."""

from market.ledger.routes import books, exports, papers
from market.ledger.routes.base import bp

__all__ = ["books", "bp", "exports", "papers"]
