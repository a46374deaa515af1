"""From a supplier's yes to a paid bill: orders, receipts, claims, bills and payments."""
