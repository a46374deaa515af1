"""Filling gaps: needs that lack something take what is still to be had, where no rule stands against it."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from .problem import Problem
from .tally import Bools, Ints, Tally

FREE = 2**60


def refill(problem: Problem, y: Ints, needs: Bools | None = None) -> Ints:
    """The plan `y` (which keeps every rule) with units added where that is cheaper than lacking them.

    Only `needs` get something (all where it is left out). Those with the dearest lack come first. Volumes
    only grow, so no price rises and no ceiling breaks.
    """
    shelf = _Shelf(problem, y)
    lack = np.maximum(0, problem.wanted - shelf.tally.fill) * problem.unmet_rp
    lack = lack if needs is None else np.where(needs, lack, 0)
    for need in np.argsort(-lack, kind="stable")[: int((lack > 0).sum())].tolist():
        shelf.serve(need)
    return shelf.y


class _Lane(NamedTuple):
    """A lane of the need that is being served, in plain numbers: they are looked at one by one."""

    lane: int
    offer: int
    group: int
    supplier: int
    unit_g: int
    freight_rp: int
    share_rp: int
    drop_rp: int


class _Shelf:
    """What is left of every limit, kept up to date unit by unit."""

    def __init__(self, problem: Problem, y: Ints) -> None:
        p = self.p = problem
        self.y = y.copy()
        t = self.tally = Tally(p, y)
        self.x = t.x.copy()
        self.fill, self.volume = t.fill.tolist(), t.volume.tolist()
        # The last group stands for lanes without trucks.
        self.load = [*t.load_g.tolist(), 0]
        self.weight, self.cash = t.weight_g.tolist(), t.cash_rp.tolist()
        self.tier_start, self.tier_from = p.tier_start.tolist(), p.tier_from.tolist()
        self.tier_price_rp = p.tier_price_rp.tolist()
        self._limits()

    def _limits(self) -> None:
        p = self.p
        self.capacity, self.lot, self.fixed_rp = p.capacity.tolist(), p.lot.tolist(), p.fixed_rp.tolist()
        self.least, self.total = p.min_per_need.tolist(), p.min_total.tolist()
        self.credit = p.credit.tolist()
        self.size = [*p.trip_capacity_g.tolist(), FREE]
        self.truck_rp = [*p.trip_cost_rp.tolist(), 0]
        self.least_g = [*p.trip_min_load_g.tolist(), 0]
        self.trucks = [*np.where(p.trip_max >= 0, p.trip_max, FREE).tolist(), 1]
        self.max_weight_g = np.where(p.max_weight_g >= 0, p.max_weight_g, FREE).tolist()
        self.purse_rp = np.where(p.cash_rp >= 0, p.cash_rp, FREE).tolist()

    def _lanes(self, need: int) -> list[_Lane]:
        p = self.p
        rows = slice(int(p.need_start[need]), int(p.need_start[need + 1]))
        group = np.where(p.lane_trip[rows] >= 0, p.lane_trip[rows], p.n_trips)
        columns = (
            p.lane_offer[rows], group, p.lane_supplier[rows], p.lane_unit_g[rows],
            p.freight_rp[rows], p.lane_h_rp[rows], p.drop_rp[rows],
        )  # fmt: skip
        numbers = range(rows.start, rows.stop)
        return [_Lane(*row) for row in zip(numbers, *(c.tolist() for c in columns), strict=True)]

    def serve(self, need: int) -> None:
        """Add lanes to a need, the cheapest first, until it lacks nothing or nothing is worth it."""
        p = self.p
        wanted, unmet = int(p.wanted[need]), int(p.unmet_rp[need])
        lanes = [k for k in self._lanes(need) if self.volume[k.offer] < self.capacity[k.offer]]
        while self.fill[need] < wanted and lanes:
            most = wanted - self.fill[need]
            found = [(self._quantity(need, k, most), k) for k in lanes]
            priced = [(self._unit_rp(k, q), k.lane, q, k) for q, k in found if q > 0]
            priced = [row for row in priced if row[0] < unmet]
            if not priced:
                return
            _, _, quantity, best = min(priced)
            self._add(need, best, quantity)
            lanes = [k for k in lanes if k is not best]

    def _price(self, offer: int, volume: int) -> int:
        start, end = self.tier_start[offer], self.tier_start[offer + 1]
        return int(self.tier_price_rp[bisect_right(self.tier_from, max(volume, 1), start, end) - 1])

    def _unit_rp(self, k: _Lane, quantity: int) -> float:
        once = 0 if self.x[k.lane] else k.drop_rp
        once += 0 if self.volume[k.offer] else self.fixed_rp[k.offer]
        if self.truck_rp[k.group]:
            load, size = self.load[k.group], self.size[k.group]
            more = -(-(load + quantity * k.unit_g) // size) - -(-load // size)
            once += self.truck_rp[k.group] * more
        return self._price(k.offer, self.volume[k.offer] + quantity) + k.freight_rp + float(once) / quantity

    def _quantity(self, need: int, k: _Lane, most: int) -> int:
        """Most units that the lane can add without breaking a rule (0: none); not more than `most`."""
        quantity = min(most, self.capacity[k.offer] - self.volume[k.offer])
        quantity = min(quantity, (self.max_weight_g[k.supplier] - self.weight[k.supplier]) // k.unit_g)
        if self.trucks[k.group] < FREE:
            room = self.trucks[k.group] * self.size[k.group] - self.load[k.group]
            quantity = min(quantity, room // k.unit_g)
        quantity = self._fits_cash(need, k, quantity)
        quantity -= quantity % self.lot[k.offer]
        return quantity if quantity > 0 and self._keeps(need, k, quantity) else 0

    def _fits_cash(self, need: int, k: _Lane, quantity: int) -> int:
        buyer = int(self.p.need_buyer[need])
        left = self.purse_rp[buyer] - self.cash[buyer]
        if self.purse_rp[buyer] >= FREE or quantity <= 0:
            return quantity
        if self.credit[k.offer]:
            # Fixed lines may cost more than there is; then not even credit helps.
            return quantity if left >= 0 else 0
        unit = self._price(k.offer, self.volume[k.offer] + 1) + k.freight_rp + k.share_rp
        left -= 0 if self.x[k.lane] else k.drop_rp
        return min(quantity, int(left // unit)) if unit > 0 else quantity

    def _keeps(self, need: int, k: _Lane, quantity: int) -> bool:
        p, volume = self.p, self.volume[k.offer] + quantity
        if self.x[k.lane] + quantity < self.least[k.offer] or volume < self.total[k.offer]:
            return False
        if self.fill[need] + quantity < p.min_fill[need] or not self._knows(need, k.supplier):
            return False
        landed = self._price(k.offer, volume) + k.freight_rp + k.share_rp
        if 0 <= p.ceiling_rp[need] < landed:
            return False
        load, size = self.load[k.group] + quantity * k.unit_g, self.size[k.group]
        return bool(load >= self.least_g[k.group] * -(-load // size))

    def _knows(self, need: int, supplier: int) -> bool:
        """May the need take from this supplier?"""
        p = self.p
        if p.max_suppliers[need] < 0:
            return True
        lanes = slice(int(p.need_start[need]), int(p.need_start[need + 1]))
        known = {*p.lane_supplier[lanes][self.x[lanes] > 0].tolist(), supplier}
        return len(known) <= int(p.max_suppliers[need])

    def _add(self, need: int, k: _Lane, quantity: int) -> None:
        if not self.credit[k.offer]:
            unit = self._price(k.offer, self.volume[k.offer] + 1) + k.freight_rp + k.share_rp
            once = 0 if self.x[k.lane] else k.drop_rp
            self.cash[int(self.p.need_buyer[need])] += unit * quantity + once
        self.y[k.lane] += quantity
        self.x[k.lane] += quantity
        self.volume[k.offer] += quantity
        self.fill[need] += quantity
        self.weight[k.supplier] += quantity * k.unit_g
        if k.group < self.p.n_trips:
            self.load[k.group] += quantity * k.unit_g
