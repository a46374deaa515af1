"""Residents buy: an order with a pickup code, goods reserved, paid and handed over at the counter."""
