"""Inputs at /bahan: a UMKM's own requests, the cooperative's; and a page for who has only a telephone."""

from market.inputs.routes import buyers, guests, money, pages, pooling
from market.inputs.routes.blueprint import bp

__all__ = ["bp", "buyers", "guests", "money", "pages", "pooling"]
