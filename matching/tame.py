"""Limits that can never bind, cut down to what can be reached: numbers like 2^53 - 1 mean "no limit".

The problem that comes out allows the same plans at the same cost, and a model of it has no
coefficient that doubles cannot add to a small one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .highs import Floats
from .problem import Problem
from .tally import Ints, sum_by

LARGE = 2**36  # below this nothing is cut: the solvers' doubles are fine

_LIMITS = (
    "cash_rp", "max_weight_g", "ceiling_rp", "max_suppliers", "min_fill", "capacity", "min_per_need",
    "min_total", "trip_capacity_g", "trip_max",
)  # fmt: skip


def tamed(problem: Problem) -> Problem:
    """The same problem with limits no larger than they need be; itself where none is very large."""
    p = problem
    if not any(int(getattr(p, name).max(initial=0)) > LARGE for name in _LIMITS):
        return p
    fill = np.maximum(p.at_most, sum_by(p.fixed_need, p.fixed_quantity, p.n_needs))
    reach = np.zeros(p.n_offers, dtype=np.int64)
    here = np.unique(p.lane_offer)
    reach[here] = sum_by(p.lane_offer, fill[p.lane_need], p.n_offers)[here]
    capacity = np.minimum(p.capacity, reach)
    lane = np.minimum(fill[p.lane_need], capacity[p.lane_offer])
    grams = lane * p.lane_unit_g
    on = p.lane_trip >= 0
    load = _sums(p.lane_trip[on], grams[on], p.n_trips)
    size = np.minimum(p.trip_capacity_g, np.maximum(load, 1))
    dear = np.zeros(p.n_needs, dtype=np.int64)
    landed = p.tier_price_rp[p.tier_start[:-1]][p.lane_offer] + p.freight_rp + p.lane_h_rp
    np.maximum.at(dear, p.lane_need, landed)
    return replace(
        p,
        capacity=capacity,
        max_weight_g=_at_most(p.max_weight_g, _sums(p.lane_supplier, grams, p.n_suppliers)),
        ceiling_rp=_at_most(p.ceiling_rp, dear),
        max_suppliers=_at_most(p.max_suppliers, np.full(p.n_needs, p.n_suppliers)),
        min_fill=np.minimum(p.min_fill, fill + 1),
        min_per_need=np.minimum(p.min_per_need, int(fill.max(initial=0)) + 1),
        min_total=np.minimum(p.min_total, capacity + 1),
        trip_capacity_g=size,
        trip_max=_at_most(p.trip_max, -(-load // size)),
        cash_rp=_at_most(p.cash_rp, _spent(p, lane)),
    )


def _at_most(limit: Ints, most: Ints) -> Ints:
    """The smaller one; null (-1) stays null."""
    return np.asarray(np.minimum(limit, most))


def _spent(p: Problem, lane: Ints) -> Ints:
    """What each buyer could spend at most; fixed units never cost more than their tier's price."""
    price = p.tier_price_rp[p.tier_start[:-1]][p.lane_offer]
    unit = (price + p.freight_rp + p.lane_h_rp).astype(np.float64)
    return _sums(p.lane_buyer, unit * lane + p.drop_rp, p.n_buyers)


def _sums(index: Ints, values: Ints | Floats, count: int) -> Ints:
    """Sums of what is not negative, exact below 2^53 and never above it: no limit lies higher."""
    return np.minimum(np.bincount(index, values, count), 2.0**53).astype(np.int64)
