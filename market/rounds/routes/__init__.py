"""Rounds at /putaran, a supplier's assignments at /penugasan, anonymous demand at /permintaan."""

from market.rounds.routes import acts, assignments, demand, pages, results
from market.rounds.routes.blueprint import bp, demand_bp

__all__ = ["acts", "assignments", "bp", "demand", "demand_bp", "pages", "results"]
