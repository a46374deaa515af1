"""Rounds at /putaran, assignments at /penugasan, changed answers at /usulan, scores at /rapor, demand."""

from market.rounds.routes import (
    acts,
    assignments,
    checks,
    demand,
    links,
    pages,
    papers,
    proposals,
    results,
    scenarios,
    scorecards,
)
from market.rounds.routes.blueprint import bp, demand_bp

__all__ = [
    "acts",
    "assignments",
    "bp",
    "checks",
    "demand",
    "demand_bp",
    "links",
    "pages",
    "papers",
    "proposals",
    "results",
    "scenarios",
    "scorecards",
]
