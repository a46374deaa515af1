"""Plans of one problem side by side, each recounted from its quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .check import check
from .outcome import outcome
from .plan import Plan, lane_quantity_of
from .problem import Problem


def compare(problem: Problem, plans: Mapping[str, Plan] | Sequence[Plan]) -> list[dict[str, Any]]:
    """One row per plan, in the given order: the judge's word, every part of the cost, and what is served.

    `above_best` is the plan's cost over the cheapest clean plan's, as a fraction (None if none is clean).
    """
    named = plans if isinstance(plans, Mapping) else {str(k): plan for k, plan in enumerate(plans)}
    rows = [{"plan": name, **_row(problem, plan)} for name, plan in named.items()]
    best = min((row["cost_rp"] for row in rows if row["clean"]), default=None)
    for row in rows:
        row["above_best"] = None if best is None else (row["cost_rp"] - best) / max(1, best)
    return rows


def _row(problem: Problem, plan: Plan) -> dict[str, Any]:
    o = outcome(problem, lane_quantity_of(problem, plan))
    return {
        "clean": check(problem, plan).clean,
        "cost_rp": o.cost_rp,
        "bound_rp": plan.bound_rp,
        "certified_bound_rp": plan.certified_bound_rp,
        "gap": plan.gap,
        "goods_rp": o.goods_rp,
        "freight_rp": o.freight_rp,
        "drop_rp": o.drop_rp,
        "fixed_rp": o.fixed_rp,
        "truck_rp": o.truck_rp,
        "unmet_rp": o.unmet_rp,
        "filled_units": int(o.filled.sum()),
        "missing_units": int(o.missing.sum()),
        "needs_short": int(np.count_nonzero(o.missing)),
        "offers_used": int(np.count_nonzero(o.volume)),
        "trips": int(o.trips.sum()),
    }
