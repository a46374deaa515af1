"""Who bears what: every rupiah of a plan, except the penalties, at the need that causes it."""

from __future__ import annotations

import numpy as np

from .alone import Alone
from .outcome import Outcome, add_at
from .problem import Ints, Problem


def split_rp(total: int, weights: list[int]) -> list[int]:
    """`total` in whole rupiah by weight: largest remainders, the sum exact (weights not all 0)."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    turns = sorted(range(len(weights)), key=lambda k: (-(total * weights[k] % whole), k))
    for k in turns[:rest]:
        parts[k] += 1
    return parts


def lane_costs(problem: Problem, outcome: Outcome) -> Ints:
    """Cost of each lane: goods, freight, drop, its share of openings (by units) and of trucks (by weight)."""
    p, o = problem, outcome
    cost = o.y * o.price_rp[p.lane_offer] + o.x * p.freight_rp + np.where(o.x > 0, p.drop_rp, 0)
    cost[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
    used = np.flatnonzero(o.x)
    trucks = o.trips * p.trip_cost_rp
    for index, totals, weight in (
        (p.lane_offer, np.where(o.volume > 0, p.fixed_rp, 0), o.x),
        (p.lane_trip, trucks, o.x * p.lane_unit_g),
    ):
        lanes = used[index[used] >= 0]
        lanes = lanes[totals[index[lanes]] > 0] if totals.size else lanes[:0]
        lanes = lanes[np.argsort(index[lanes], kind="stable")]
        keys, start = np.unique(index[lanes], return_index=True)
        for key, rows in zip(keys.tolist(), np.split(lanes, start[1:]), strict=bool(keys.size)):
            cost[rows] += np.array(split_rp(int(totals[key]), weight[rows].tolist()), dtype=np.int64)
    return np.asarray(cost)


def need_costs(problem: Problem, outcome: Outcome) -> Ints:
    """Cost of each need without its penalty; together with all penalties this is the plan's cost."""
    return add_at(problem.lane_need, lane_costs(problem, outcome), problem.n_needs)


def savings(problem: Problem, outcome: Outcome, costs: Alone) -> list[dict[str, int | str]]:
    """Per need that is served here and feasible alone: what the same units cost pooled and alone.

    Unit cost x units filled, at most wanted, on both sides; rounded down to whole rupiah.
    """
    pooled = need_costs(problem, outcome)
    units = np.minimum(outcome.filled, problem.wanted)
    rows: list[dict[str, int | str]] = []
    for i in np.flatnonzero((units > 0) & (costs.cost_rp >= 0)).tolist():
        n = int(units[i])
        here = int(pooled[i]) * n // int(outcome.filled[i])
        there = int(costs.cost_rp[i]) * n // int(costs.units[i])
        row: dict[str, int | str] = {"need": problem.need_id[i], "units": n}
        rows.append({**row, "pooled_rp": here, "alone_rp": there, "saved_rp": there - here})
    return rows
