"""Filling gaps: needs that lack something take what is still to be had, where no rule stands against it."""

from __future__ import annotations

import numpy as np

from .problem import Problem
from .tally import Bools, Ints, Tally, up


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


class _Shelf:
    """What is left of every limit, kept up to date unit by unit."""

    def __init__(self, problem: Problem, y: Ints) -> None:
        p = self.p = problem
        self.y = y.copy()
        t = self.tally = Tally(p, y)
        self.x, self.fill, self.volume = t.x.copy(), t.fill.copy(), t.volume.copy()
        self.load, self.weight, self.cash = t.load_g.copy(), t.weight_g.copy(), t.cash_rp.copy()
        self.tier_end = p.tier_start[1:]

    def serve(self, need: int) -> None:
        """Add lanes to a need, the cheapest first, until it lacks nothing or nothing is worth it."""
        p = self.p
        lanes = np.arange(p.need_start[need], p.need_start[need + 1])
        while self.fill[need] < p.wanted[need] and lanes.size:
            most = int(p.wanted[need] - self.fill[need])
            offers = [(self._quantity(lane, most), lane) for lane in lanes.tolist()]
            priced = [(self._unit_rp(lane, q), lane, q) for q, lane in offers if q > 0]
            priced = [row for row in priced if row[0] < p.unmet_rp[need]]
            if not priced:
                return
            _, lane, quantity = min(priced)
            self._add(lane, quantity)
            lanes = lanes[lanes != lane]

    def _price(self, offer: int, volume: int) -> int:
        p = self.p
        start, end = int(p.tier_start[offer]), int(self.tier_end[offer])
        row = start + int(np.searchsorted(p.tier_from[start:end], max(volume, 1), side="right")) - 1
        return int(p.tier_price_rp[row])

    def _unit_rp(self, lane: int, quantity: int) -> float:
        p, offer, group = self.p, int(self.p.lane_offer[lane]), int(self.p.lane_trip[lane])
        once = 0 if self.x[lane] else int(p.drop_rp[lane])
        once += 0 if self.volume[offer] else int(p.fixed_rp[offer])
        if group >= 0:
            once += int(p.trip_cost_rp[group]) * self._more_trucks(lane, quantity)
        price = self._price(offer, int(self.volume[offer]) + quantity)
        return price + int(p.freight_rp[lane]) + once / quantity

    def _trucks(self, group: int, load: int) -> int:
        return int(up(np.int64(load), self.p.trip_capacity_g[group]))  # type: ignore[arg-type]

    def _more_trucks(self, lane: int, quantity: int) -> int:
        group, load = int(self.p.lane_trip[lane]), int(self.load[self.p.lane_trip[lane]])
        after = load + quantity * int(self.p.lane_unit_g[lane])
        return self._trucks(group, after) - self._trucks(group, load)

    def _quantity(self, lane: int, most: int) -> int:
        """Most units that the lane can add without breaking a rule (0: none); not more than `most`."""
        p, offer = self.p, int(self.p.lane_offer[lane])
        lot, unit = int(p.lot[offer]), int(p.lane_unit_g[lane])
        supplier = int(p.lane_supplier[lane])
        quantity = min(most, int(p.capacity[offer] - self.volume[offer]))
        if p.max_weight_g[supplier] >= 0:
            quantity = min(quantity, int(p.max_weight_g[supplier] - self.weight[supplier]) // unit)
        quantity = min(quantity, self._fits_trucks(lane), self._fits_cash(lane, quantity))
        quantity = quantity // lot * lot
        return quantity if quantity > 0 and self._keeps(lane, quantity) else 0

    def _fits_trucks(self, lane: int) -> int:
        p, group = self.p, int(self.p.lane_trip[lane])
        if group < 0 or p.trip_max[group] < 0:
            return 2**53
        room = int(p.trip_max[group]) * int(p.trip_capacity_g[group]) - int(self.load[group])
        return room // int(p.lane_unit_g[lane])

    def _fits_cash(self, lane: int, quantity: int) -> int:
        p, buyer, offer = self.p, int(self.p.lane_buyer[lane]), int(self.p.lane_offer[lane])
        if p.cash_rp[buyer] < 0 or quantity <= 0:
            return quantity
        if p.credit[offer]:
            # Fixed lines may cost more than there is; then not even credit helps.
            return quantity if self.cash[buyer] <= p.cash_rp[buyer] else 0
        price = self._price(offer, int(self.volume[offer]) + 1)
        unit = price + int(p.freight_rp[lane]) + int(p.lane_h_rp[lane])
        left = int(p.cash_rp[buyer] - self.cash[buyer]) - (0 if self.x[lane] else int(p.drop_rp[lane]))
        return left // unit if unit > 0 else quantity

    def _keeps(self, lane: int, quantity: int) -> bool:
        p, offer, need = self.p, int(self.p.lane_offer[lane]), int(self.p.lane_need[lane])
        volume = int(self.volume[offer]) + quantity
        if self.x[lane] + quantity < p.min_per_need[offer] or volume < p.min_total[offer]:
            return False
        if self.fill[need] + quantity < p.min_fill[need] or not self._knows(lane):
            return False
        landed = self._price(offer, volume) + int(p.freight_rp[lane]) + int(p.lane_h_rp[lane])
        if 0 <= p.ceiling_rp[need] < landed:
            return False
        group = int(p.lane_trip[lane])
        if group < 0 or p.trip_min_load_g[group] == 0:
            return True
        load = int(self.load[group]) + quantity * int(p.lane_unit_g[lane])
        return load >= int(p.trip_min_load_g[group]) * self._trucks(group, load)

    def _knows(self, lane: int) -> bool:
        """May the need take from this lane's supplier?"""
        p, need = self.p, int(self.p.lane_need[lane])
        if p.max_suppliers[need] < 0:
            return True
        lanes = slice(int(p.need_start[need]), int(p.need_start[need + 1]))
        known = set(p.lane_supplier[lanes][self.x[lanes] > 0].tolist()) | {int(p.lane_supplier[lane])}
        return len(known) <= int(p.max_suppliers[need])

    def _add(self, lane: int, quantity: int) -> None:
        p, offer = self.p, int(self.p.lane_offer[lane])
        buyer, group = int(p.lane_buyer[lane]), int(p.lane_trip[lane])
        volume = int(self.volume[offer]) + quantity
        if not p.credit[offer]:
            unit = self._price(offer, int(self.volume[offer]) + 1)
            unit += int(p.freight_rp[lane]) + int(p.lane_h_rp[lane])
            self.cash[buyer] += unit * quantity + (0 if self.x[lane] else int(p.drop_rp[lane]))
        self.volume[offer] = volume
        self.y[lane] += quantity
        self.x[lane] += quantity
        self.fill[p.lane_need[lane]] += quantity
        self.weight[p.lane_supplier[lane]] += quantity * int(p.lane_unit_g[lane])
        if group >= 0:
            self.load[group] += quantity * int(p.lane_unit_g[lane])
