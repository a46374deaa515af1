"""Choosing a hat and a cooperative; a seller's own page; the cooperative's answers."""

from __future__ import annotations

from market.profiles.routes import deciding, keeping, starting
from market.profiles.routes.blueprint import bp

__all__ = ["bp", "deciding", "keeping", "starting"]
