"""What a need can buy on its own: every lane at every tier, with its least and most units and its cost."""

from __future__ import annotations

import numpy as np

from .problem import Bools, Ints, Problem

FAR = 2**60


class Menu:
    """Every way to buy on one lane at one tier: the least and most units, rate and one-time cost.

    Columns run over (lane, tier) pairs that rules 1 to 3 allow for a need on its own.
    """

    def __init__(self, problem: Problem) -> None:
        p = self.p = problem
        count = np.diff(p.tier_start)[p.lane_offer]
        lane = np.repeat(np.arange(p.n_lanes, dtype=np.int64), count)
        place = np.arange(lane.size) - np.repeat(np.cumsum(count) - count, count)
        tier = p.tier_start[:-1][p.lane_offer[lane]] + place
        offer, need = p.lane_offer[lane], p.lane_need[lane]
        lot = p.lot[offer]
        least = np.maximum.reduce([p.tier_from[tier], p.min_per_need[offer], p.min_total[offer], lot])
        most = np.minimum(p.tier_last[tier], p.at_most[need])
        least, most = -(-least // lot) * lot, most // lot * lot
        ceiling = p.ceiling_rp[need]
        landed = p.tier_price_rp[tier] + p.freight_rp[lane] + p.lane_h_rp[lane]
        good = (least <= most) & ((ceiling < 0) | (landed <= ceiling)) & (p.max_suppliers[need] != 0)
        self.lane, self.tier, self.need = lane[good], tier[good], need[good]
        self.least, self.most = least[good], most[good]
        self._cost_columns()

    def rows_of(self, need: int) -> Ints:
        """The rows of one need (they lie together)."""
        start, end = np.searchsorted(self.need, [need, need + 1]).tolist()
        return np.arange(start, end, dtype=np.int64)

    def _cost_columns(self) -> None:
        p, lane = self.p, self.lane
        self.offer = p.lane_offer[lane]
        self.rate_rp = p.tier_price_rp[self.tier] + p.freight_rp[lane]
        self.once_rp = p.fixed_rp[self.offer] + p.drop_rp[lane]
        self.truck_rp = np.zeros(lane.size, dtype=np.int64)
        self.truck_g = np.ones(lane.size, dtype=np.int64)
        on = np.flatnonzero(p.lane_trip[lane] >= 0)
        self.truck_rp[on] = p.trip_cost_rp[p.lane_trip[lane[on]]]
        self.truck_g[on] = p.trip_capacity_g[p.lane_trip[lane[on]]]
        self.unit_g = p.lane_unit_g[lane]
        paid = ~p.credit[self.offer]
        self.cash_rp = np.where(paid, p.cash_rp[p.need_buyer[self.need]], -1)

    def best_single(self) -> tuple[Ints, Ints]:
        """Per need: the cost and units of the cheapest single lane (FAR and 0 where there is none)."""
        p = self.p
        lot = p.lot[self.offer]
        wanted = np.maximum(1, p.wanted[self.need])
        units = np.maximum.reduce([self.least, wanted, p.min_fill[self.need]])
        units = -(-units // lot) * lot
        whole = self.rate_rp * units + self.once_rp + self._share(units)
        good = (units <= self.most) & self._affordable(units)
        cost, best_units = np.full(p.n_needs, FAR), np.zeros(p.n_needs, dtype=np.int64)
        order = np.lexsort((self.lane, units, whole, self.need))
        order = order[good[order]]
        first = order[np.unique(self.need[order], return_index=True)[1]]
        cost[self.need[first]], best_units[self.need[first]] = whole[first], units[first]
        return cost, best_units

    def mix_floor(self) -> Ints:
        """Per need: a bound below any mix of lanes, each at its best average and up to its most."""
        p = self.p
        average = self.rate_rp + self.truck_rp * (self.unit_g / self.truck_g) + self.once_rp / self.most
        lanes, place = np.unique(self.lane, return_inverse=True)
        best, most = np.full(lanes.size, np.inf), np.zeros(lanes.size)
        np.minimum.at(best, place, average)
        np.maximum.at(most, place, self.most)
        need = p.lane_need[lanes]
        order = np.lexsort((best, need))
        best, most, need = best[order], most[order], need[order]
        before = np.cumsum(most) - most
        start = np.unique(need, return_index=True)[1]
        base = np.zeros(p.n_needs)
        base[need[start]] = before[start]
        taken = np.clip(p.wanted[need] - (before - base[need]), 0, most)
        floor = np.bincount(need, weights=taken * best, minlength=p.n_needs)
        enough = np.bincount(need, weights=taken, minlength=p.n_needs) >= p.wanted
        return np.where(enough, np.floor(floor * (1 - 1e-9)), FAR).astype(np.int64)

    def may_mix(self) -> Bools:
        """Needs that may use more than one lane at all: several suppliers, or one with several offers."""
        p = self.p
        lanes = np.unique(self.lane)
        pairs = p.lane_need[lanes] * max(1, p.n_suppliers) + p.lane_supplier[lanes]
        twice, count = np.unique(pairs, return_counts=True)
        several = np.zeros(p.n_needs, dtype=np.bool_)
        several[twice[count > 1] // max(1, p.n_suppliers)] = True
        mixed: Bools = several | (p.max_suppliers != 1)
        return mixed

    def _share(self, units: Ints) -> Ints:
        """Truck share of a load, rounded up; in Python integers where int64 might overflow."""
        load = units * self.unit_g
        if float((self.truck_rp * load.astype(np.float64)).max(initial=0)) < 2.0**62:
            return np.asarray(-(-self.truck_rp * load // self.truck_g))
        rows = zip(self.truck_rp.tolist(), load.tolist(), self.truck_g.tolist(), strict=True)
        exact = [min(FAR, -(-cost * grams // capacity)) for cost, grams, capacity in rows]
        return np.array(exact, dtype=np.int64)

    def _affordable(self, units: Ints) -> Bools:
        # The product may leave int64 where a truck share stands for "impossible"; floats say enough there.
        unit = self.rate_rp + self.p.lane_h_rp[self.lane]
        spent = unit.astype(np.float64) * units + self.p.drop_rp[self.lane]
        exact = np.where(spent < 2.0**62, unit * np.where(spent < 2.0**62, units, 0), FAR)
        within: Bools = exact + self.p.drop_rp[self.lane] <= self.cash_rp
        return (self.cash_rp < 0) | within
