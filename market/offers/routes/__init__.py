"""Offers at /penawaran: a supplier's own; the office notes who is an authorised source."""

from market.offers.routes import imports, lists, office, pages, trucks
from market.offers.routes.blueprint import bp

__all__ = ["bp", "imports", "lists", "office", "pages", "trucks"]
