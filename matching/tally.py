"""What a set of quantities adds up to: fills, volumes, prices, loads, trucks, cost, and the rules it breaks.

The solver's own arithmetic, whole arrays at a time and exact. It works on `y`, the new quantity per
lane; what is fixed is added here. The judge in `rules` shares no code with it on purpose.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .problem import Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FAR = 2**53


def sum_by(index: Ints, values: Ints, count: int) -> Ints:
    """Exact sums of `values` per `index` 0 .. count - 1."""
    if values.size and int(np.abs(values).max()) < FAR // values.size:
        return np.bincount(index, weights=values, minlength=count).astype(np.int64)
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, index, values)
    return sums


def any_by(index: Ints, flags: Bools, count: int) -> Bools:
    """Per `index`: is any of its flags set?"""
    found = np.zeros(count, dtype=np.bool_)
    found[index[flags]] = True
    return found


def up(amount: Ints, size: Ints) -> Ints:
    """Division rounded up; 0 where nothing is divided (also by a size of 0)."""
    return np.where(amount > 0, -(-amount // np.maximum(size, 1)), 0)


def takes(problem: Problem) -> Ints:
    """What each need takes at most; a rationed one no more than it wanted."""
    return np.where(problem.rationed, problem.wanted, problem.at_most)


class Tally:
    """The sums of one plan. All properties are exact int64 or flags, one entry per row named."""

    def __init__(self, problem: Problem, y: Ints) -> None:
        self.problem, self.y = problem, y
        self.x = y + problem.lane_fixed
        self.new = y > 0

    @cached_property
    def fill(self) -> Ints:
        """Units per need."""
        return sum_by(self.problem.lane_need, self.x, self.problem.n_needs)

    @cached_property
    def volume(self) -> Ints:
        """Units per offer."""
        return sum_by(self.problem.lane_offer, self.x, self.problem.n_offers)

    @cached_property
    def tier(self) -> Ints:
        """Tier row that each offer's volume reaches (its first tier while it sells nothing)."""
        problem = self.problem
        if not problem.n_offers:
            return np.zeros(0, dtype=np.int64)
        reached = problem.tier_from <= self.volume[problem.tier_offer]
        reached[problem.tier_start[:-1]] = True
        return (
            problem.tier_start[:-1] + np.add.reduceat(reached.astype(np.int64), problem.tier_start[:-1]) - 1
        )

    @cached_property
    def price(self) -> Ints:
        """Price per unit of each offer."""
        return self.problem.tier_price_rp[self.tier]

    @cached_property
    def load_g(self) -> Ints:
        """Grams per trip group."""
        on = self.problem.lane_trip >= 0
        grams = self.x[on] * self.problem.lane_unit_g[on]
        return sum_by(self.problem.lane_trip[on], grams, self.problem.n_trips)

    @cached_property
    def trips(self) -> Ints:
        """Trucks per trip group: as few as carry the load."""
        return up(self.load_g, self.problem.trip_capacity_g)

    @cached_property
    def goods_rp(self) -> Ints:
        """What the goods of each lane cost: fixed units never above their fixed price."""
        problem = self.problem
        price = self.price[problem.lane_offer]
        goods = self.y * price
        lane = problem.fixed_lane
        goods[lane] += problem.fixed_quantity * np.minimum(price[lane], problem.fixed_price_rp)
        return goods

    @cached_property
    def cost_rp(self) -> int:
        """The whole objective."""
        p = self.problem
        missing = np.maximum(0, p.wanted - self.fill)
        lanes = self.goods_rp + p.freight_rp * self.x + p.drop_rp * (self.x > 0)
        return int(
            lanes.sum()
            + p.fixed_rp[self.volume > 0].sum()
            + (p.trip_cost_rp * self.trips).sum()
            + (p.unmet_rp * missing).sum()
        )

    @cached_property
    def cash_rp(self) -> Ints:
        """What counts against each buyer's cash, at most 2^53."""
        p = self.problem
        share = self.goods_rp + p.freight_rp * self.x + p.drop_rp * (self.x > 0)
        # Truck shares may be astronomical. Doubles are exact below 2^53, and no cash reaches that.
        share = share + p.lane_h_rp.astype(np.float64) * self.x
        share[p.credit[p.lane_offer]] = 0
        return np.minimum(np.bincount(p.lane_buyer, share, p.n_buyers), float(FAR)).astype(np.int64)

    @cached_property
    def weight_g(self) -> Ints:
        """Grams per supplier."""
        p = self.problem
        return sum_by(p.lane_supplier, self.x * p.lane_unit_g, p.n_suppliers)

    @cached_property
    def suppliers(self) -> Ints:
        """Distinct suppliers per need."""
        p = self.problem
        used = self.x > 0
        pairs = np.unique(p.lane_need[used] * max(1, p.n_suppliers) + p.lane_supplier[used])
        return np.bincount(pairs // max(1, p.n_suppliers), minlength=p.n_needs).astype(np.int64)

    def has_new(self, index: Ints, count: int) -> Bools:
        """Per row of `index`: is there any new unit? The rules bind only there."""
        return any_by(index, self.new, count)

    @cached_property
    def bad_lanes(self) -> Bools:
        """Lanes that break their lot, their offer's minimum per need, or their need's ceiling."""
        p = self.problem
        least = p.min_per_need[p.lane_offer]
        ceiling = p.ceiling_rp[p.lane_need]
        landed = self.price[p.lane_offer] + p.freight_rp + p.lane_h_rp
        broken = (self.x < least) | ((ceiling >= 0) & (landed > ceiling))
        return np.asarray((self.y < 0) | (self.y % p.lot[p.lane_offer] != 0) | (self.new & broken))

    @cached_property
    def over_needs(self) -> Bools:
        """Needs that got more than they take at most (rationed ones: than they wanted)."""
        p = self.problem
        return self.has_new(p.lane_need, p.n_needs) & (self.fill > takes(p))

    @cached_property
    def thin_needs(self) -> Bools:
        """Needs filled below their least fill."""
        return self.has_new(self.problem.lane_need, self.problem.n_needs) & (
            self.fill < self.problem.min_fill
        )

    @cached_property
    def crowded_needs(self) -> Bools:
        """Needs with too many suppliers."""
        p = self.problem
        limited = p.max_suppliers >= 0
        return self.has_new(p.lane_need, p.n_needs) & limited & (self.suppliers > p.max_suppliers)

    @cached_property
    def over_offers(self) -> Bools:
        """Offers above their capacity."""
        return self.volume > self.problem.capacity

    @cached_property
    def thin_offers(self) -> Bools:
        """Offers below their least total."""
        p = self.problem
        return self.has_new(p.lane_offer, p.n_offers) & (self.volume < p.min_total)

    @cached_property
    def over_trips(self) -> Bools:
        """Trip groups that need more trucks than there are."""
        p = self.problem
        carried = p.trip_capacity_g * self.trips >= self.load_g
        return np.asarray(~carried | ((p.trip_max >= 0) & (self.trips > p.trip_max)))

    @cached_property
    def light_trips(self) -> Bools:
        """Trip groups whose trucks are loaded below their minimum."""
        p = self.problem
        on = p.lane_trip >= 0
        new = any_by(p.lane_trip[on], self.new[on], p.n_trips)
        return new & (self.load_g < p.trip_min_load_g * self.trips)

    @cached_property
    def poor_buyers(self) -> Bools:
        """Buyers without the cash for their lines."""
        p = self.problem
        return self.has_new(p.lane_buyer, p.n_buyers) & (p.cash_rp >= 0) & (self.cash_rp > p.cash_rp)

    @cached_property
    def over_suppliers(self) -> Bools:
        """Suppliers above their weight limit."""
        return (self.problem.max_weight_g >= 0) & (self.weight_g > self.problem.max_weight_g)

    @cached_property
    def clean(self) -> bool:
        """Does every rule hold?"""
        faults = (
            self.bad_lanes, self.over_needs, self.thin_needs, self.crowded_needs, self.over_offers,
            self.thin_offers, self.over_trips, self.light_trips, self.poor_buyers, self.over_suppliers,
        )  # fmt: skip
        return not any(bool(fault.any()) for fault in faults)
