"""Orders, receipts, bills and payments: /pesanan, /penerimaan, /tagihan, /pembayaran, /klaim."""

from market.purchasing.routes import bills, orders, payments, receipts, sharing
from market.purchasing.routes.base import bp

__all__ = ["bills", "bp", "orders", "payments", "receipts", "sharing"]
