"""What may move in one model: the free lanes, how far each can go, and what the others hold fast."""

from __future__ import annotations

import numpy as np

from .problem import Problem
from .tally import Bools, Ints, Tally, any_by, sum_by, takes

WIDE = 2**55  # stands for "no limit": above any quantity or load, which stay below 2^53


class Scope:
    """The free lanes of a model and the sums of everything that stays as it is.

    `lanes` are the free lanes that can carry anything at all; `room`, `low`, `step`, `fixed` and `bar`
    (the first tier that the ceiling allows, counted from 0) are per such lane. `base` is the tally of
    fixed lines and of the plan's quantities on all other lanes. `hold` gives needs whose fill is
    prescribed (-1 elsewhere).
    """

    def __init__(self, problem: Problem, free: Ints, y: Ints, hold: Ints | None = None) -> None:
        self.problem = problem
        rest = y.copy()
        rest[free] = 0
        self.base = Tally(problem, rest)
        self.hold = np.full(problem.n_needs, -1, dtype=np.int64) if hold is None else hold
        self.need_taken = self.base.has_new(problem.lane_need, problem.n_needs)
        self.offer_taken = self.base.has_new(problem.lane_offer, problem.n_offers)
        self.buyer_taken = self.base.has_new(problem.lane_buyer, problem.n_buyers)
        on = problem.lane_trip >= 0
        self.trip_taken = any_by(problem.lane_trip[on], self.base.new[on], problem.n_trips)
        self._measure(free)

    def _measure(self, free: Ints) -> None:
        p = self.problem
        step = p.lot[p.lane_offer[free]]
        room = np.maximum(self._room(free), 0) // step * step
        low = np.maximum(step, p.min_per_need[p.lane_offer[free]] - p.lane_fixed[free])
        low = -(-low // step) * step
        bar = self.bar_of(free)
        tiers = np.diff(p.tier_start)[p.lane_offer[free]]
        kept = (room >= low) & (bar < tiers) & self._supplier_fits(free)
        self.lanes = free[kept]
        self.step, self.room, self.low, self.bar = step[kept], room[kept], low[kept], bar[kept]
        lanes = self.lanes
        self.need, self.offer = p.lane_need[lanes], p.lane_offer[lanes]
        self.supplier, self.buyer = p.lane_supplier[lanes], p.lane_buyer[lanes]
        self.trip, self.unit_g = p.lane_trip[lanes], p.lane_unit_g[lanes]
        self.fixed = p.lane_fixed[lanes]

    def need_room(self) -> Ints:
        """Units that each need may still take."""
        p = self.problem
        top = np.where(self.hold >= 0, self.hold, takes(p))
        return np.asarray(top - self.base.fill)

    def trip_room_g(self) -> Ints:
        """Grams that each trip group may still carry (very many without a limit)."""
        p = self.problem
        limited = (p.trip_max >= 0) | (p.trip_capacity_g == 0)
        most = np.minimum(p.trip_max, WIDE // np.maximum(1, p.trip_capacity_g))
        return np.where(limited, p.trip_capacity_g * np.maximum(most, 0) - self.base.load_g, WIDE)

    def supplier_room_g(self) -> Ints:
        """Grams that each supplier may still sell (very many without a limit)."""
        most = np.minimum(self.problem.max_weight_g, WIDE)
        return np.where(most >= 0, most - self.base.weight_g, WIDE)

    def _room(self, free: Ints) -> Ints:
        p = self.problem
        offer, unit = p.lane_offer[free], np.maximum(1, p.lane_unit_g[free])
        room = np.minimum(self.need_room()[p.lane_need[free]], (p.capacity - self.base.volume)[offer])
        room = np.minimum(room, self.supplier_room_g()[p.lane_supplier[free]] // unit)
        trip = p.lane_trip[free]
        if p.n_trips:
            by_truck = self.trip_room_g()[trip] // unit
            room = np.where(trip >= 0, np.minimum(room, by_truck), room)
        return np.asarray(room)

    def bar_of(self, free: Ints) -> Ints:
        """Per lane: how many of its offer's first tiers are too dear for the need's ceiling."""
        # Prices fall, so the tiers that are too dear come first.
        p = self.problem
        offer, ceiling = p.lane_offer[free], p.ceiling_rp[p.lane_need[free]]
        spare = ceiling - p.freight_rp[free] - p.lane_h_rp[free]
        spare = np.where(ceiling < 0, np.iinfo(np.int64).max, spare)
        bar = np.zeros(free.size, dtype=np.int64)
        count = np.diff(p.tier_start)[offer]
        for t in range(int(count.max(initial=0))):
            row = np.minimum(p.tier_start[offer] + t, p.tier_start[offer + 1] - 1)
            bar += (t < count) & (p.tier_price_rp[row] > spare)
        return bar

    def _supplier_fits(self, free: Ints) -> Bools:
        # A need whose suppliers are already complete takes new units from these only.
        p = self.problem
        need, known = p.lane_need[free], self.pair_known(free)
        limit, have = p.max_suppliers[need], self.base.suppliers[need]
        return np.asarray((limit < 0) | (have < limit) | ((have == limit) & known))

    def pair_known(self, lanes: Ints) -> Bools:
        """Does the base already bring something from the lane's supplier to its need?"""
        p = self.problem
        width = max(1, p.n_suppliers)
        held = np.unique((p.lane_need * width + p.lane_supplier)[self.base.x > 0])
        return np.isin(p.lane_need[lanes] * width + p.lane_supplier[lanes], held)

    def sums(self, index: Ints, values: Ints, count: int) -> Ints:
        """Sums over the free lanes."""
        return sum_by(index, values, count)
