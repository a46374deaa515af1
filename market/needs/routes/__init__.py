"""Needs at /kebutuhan: the cooperative's own; at /dinas/kebutuhan: what an office's city needs."""

from market.needs.routes import imports, lists, pages, quotas
from market.needs.routes.blueprint import bp

__all__ = ["bp", "imports", "lists", "pages", "quotas"]
