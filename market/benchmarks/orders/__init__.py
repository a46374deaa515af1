"""Placing orders and chaining journals: the product's services against raw programs of the same rows."""
