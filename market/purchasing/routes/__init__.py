"""Orders, receipts, bills and payments: /pesanan, /penerimaan, /tagihan, /pembayaran, /klaim."""

from market.purchasing.routes import (
    bills,
    claims,
    orders,
    papers,
    payments,
    receipts,
    sharing,
    statements,
    trip_papers,
    trips,
)
from market.purchasing.routes.base import bp

__all__ = [
    "bills",
    "bp",
    "claims",
    "orders",
    "papers",
    "payments",
    "receipts",
    "sharing",
    "statements",
    "trip_papers",
    "trips",
]
