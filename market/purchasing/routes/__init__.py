"""Orders, receipts, bills and payments: /pesanan, /penerimaan, /tagihan, /pembayaran, /klaim."""

from market.purchasing.routes import (
    bills,
    cases,
    claims,
    credits,
    orders,
    papers,
    payments,
    receipts,
    runs,
    sharing,
    statements,
    trip_papers,
    trips,
)
from market.purchasing.routes.base import bp

__all__ = [
    "bills",
    "bp",
    "cases",
    "claims",
    "credits",
    "orders",
    "papers",
    "payments",
    "receipts",
    "runs",
    "sharing",
    "statements",
    "trip_papers",
    "trips",
]
