"""What follows from quantities: volumes, tiers, trucks and the exact cost, for whole arrays at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import Ints, Problem


@dataclass(frozen=True, eq=False)
class Outcome:
    """What follows from the quantities of a plan; arrays per lane, offer, need or trip group."""

    y: Ints
    x: Ints
    volume: Ints
    tier: Ints
    price_rp: Ints
    filled: Ints
    missing: Ints
    load_g: Ints
    trips: Ints
    goods_rp: int
    freight_rp: int
    drop_rp: int
    fixed_rp: int
    truck_rp: int
    unmet_rp: int

    @property
    def cost_rp(self) -> int:
        """The whole objective."""
        return self.goods_rp + self.freight_rp + self.drop_rp + self.fixed_rp + self.truck_rp + self.unmet_rp


def add_at(index: Ints, values: Ints, size: int) -> Ints:
    """Exact integer sums of `values` per group."""
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, index, values)
    return total


def tier_of(problem: Problem, volume: Ints) -> Ints:
    """Row of the tier that each offer's volume reaches (the first tier for volume 0)."""
    reached = (problem.tier_from <= volume[problem.tier_offer]).astype(np.int64)
    if not problem.n_offers:
        return np.zeros(0, dtype=np.int64)
    return problem.tier_start[:-1] + np.maximum(np.add.reduceat(reached, problem.tier_start[:-1]), 1) - 1


def outcome(problem: Problem, lane_quantity: Ints) -> Outcome:
    """Volumes, prices, trucks and the exact cost of the quantities y (fixed quantities come on top)."""
    p = problem
    y = np.asarray(lane_quantity, dtype=np.int64)
    x = y + p.lane_fixed
    volume = add_at(p.lane_offer, x, p.n_offers)
    tier = tier_of(p, volume)
    price = p.tier_price_rp[tier]
    filled = add_at(p.lane_need, x, p.n_needs)
    missing = np.maximum(0, p.wanted - filled)
    grouped = p.lane_trip >= 0
    load = add_at(p.lane_trip[grouped], (x * p.lane_unit_g)[grouped], p.n_trips)
    trips = -(-load // p.trip_capacity_g)
    fixed_price = np.minimum(price[p.fixed_offer], p.fixed_price_rp)
    return Outcome(
        y, x, volume, tier, price, filled, missing, load, trips,
        goods_rp=int((y * price[p.lane_offer]).sum() + (p.fixed_quantity * fixed_price).sum()),
        freight_rp=int((x * p.freight_rp).sum()),
        drop_rp=int(p.drop_rp[x > 0].sum()),
        fixed_rp=int(p.fixed_rp[volume > 0].sum()),
        truck_rp=int((trips * p.trip_cost_rp).sum()),
        unmet_rp=int((missing * p.unmet_rp).sum()),
    )  # fmt: skip
