"""What would happen if one lane carried some units more: every limit it would break and by how much, and
what the plan would cost then. Exact for the plan as it is, whole arrays of such moves at a time.

More units on a lane only lower its offer's price, so nothing but the lane itself, its need, offer, trip
group, buyer and supplier can break a rule.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .outcome import Outcome, add_at
from .problem import Ints, Problem

FAR = 2**53


class Moves:
    """Moves "`units[r]` more on lane `lanes[r]`". `excess(name)` is 0 or less where that limit holds."""

    def __init__(self, problem: Problem, outcome: Outcome, lanes: Ints, units: Ints) -> None:
        p = self.p = problem
        o = self.o = outcome
        self.lanes, self.units = lanes, units
        self.need, self.offer, self.buyer = p.lane_need[lanes], p.lane_offer[lanes], p.lane_buyer[lanes]
        self.unit_g, self.group = p.lane_unit_g[lanes], p.lane_trip[lanes]
        self.volume = o.volume[self.offer] + units
        self.tier = tier_at(p, self.offer, self.volume)
        self.price_rp = p.tier_price_rp[self.tier]
        self.landed_rp = self.price_rp + p.freight_rp[lanes] + p.lane_h_rp[lanes]
        self.idle = o.x[lanes] == 0

    def excess(self, limit: str) -> Ints:
        """How far beyond its limit each move goes, in the unit of that limit; at most 0 where it holds."""
        found: Ints = np.asarray(getattr(self, f"_{limit}")())
        return found

    def _ceiling(self) -> Ints:
        ceiling = self.p.ceiling_rp[self.need]
        return np.where(ceiling < 0, -1, self.landed_rp - ceiling)

    def _capacity(self) -> Ints:
        return np.asarray(self.volume - self.p.capacity[self.offer])

    def _suppliers(self) -> Ints:
        p, width = self.p, max(1, self.p.n_suppliers)
        used = self.o.x > 0
        pairs = np.unique(p.lane_need[used] * width + p.lane_supplier[used])
        count = np.bincount(pairs // width, minlength=p.n_needs)[self.need]
        stranger = ~np.isin(self.need * width + p.lane_supplier[self.lanes], pairs)
        limit = p.max_suppliers[self.need]
        return np.where(limit < 0, -1, count + stranger - limit)

    def _weight(self) -> Ints:
        p = self.p
        weight = add_at(p.lane_supplier, self.o.x * p.lane_unit_g, p.n_suppliers)
        supplier = p.lane_supplier[self.lanes]
        most = p.max_weight_g[supplier]
        return np.where(most < 0, -1, weight[supplier] + self.units * self.unit_g - most)

    @cached_property
    def _load_g(self) -> Ints:
        return np.asarray(np.append(self.o.load_g, 0)[self.group] + self.units * self.unit_g)

    @cached_property
    def _trucks(self) -> Ints:
        capacity = np.append(self.p.trip_capacity_g, 1)[self.group]
        return np.asarray(np.where(self.group < 0, 0, -(-self._load_g // capacity)))

    def _trips(self) -> Ints:
        most = np.append(self.p.trip_max, -1)[self.group]
        return np.where(most < 0, -1, self._trucks - most)

    def _minimum(self) -> Ints:
        """Units missing to min_per_need, min_total, min_fill or the least load, or too many at once."""
        p, o = self.p, self.o
        most = np.where(p.rationed, p.wanted, p.at_most)[self.need]
        filled = o.filled[self.need] + self.units
        short = np.maximum.reduce([
            p.min_per_need[self.offer] - o.x[self.lanes] - self.units,
            p.min_total[self.offer] - self.volume,
            p.min_fill[self.need] - filled,
            filled - most,
        ])  # fmt: skip
        least = np.append(p.trip_min_load_g, 0)[self.group]
        # In floating point first: a least load may be astronomical, and then it is simply far away.
        far = least.astype(np.float64) * self._trucks >= 2.0**62
        grams = np.where(far, FAR, least * np.where(far, 0, self._trucks) - self._load_g)
        return np.maximum(short, np.where(self.group < 0, -1, -(-grams // self.unit_g)))

    def _cash(self) -> Ints:
        p = self.p
        cash = p.cash_rp[self.buyer]
        once = np.where(self.idle, p.drop_rp[self.lanes], 0)
        paid = np.where(p.credit[self.offer], 0.0, self.units * self.landed_rp.astype(np.float64) + once)
        exact = np.where(paid < FAR, self.units * np.where(paid < FAR, self.landed_rp, 0) + once, FAR)
        more = np.where(p.credit[self.offer], 0, exact)
        spent = spending(p, self.o)[self.buyer]
        return np.where(cash < 0, -1, np.minimum(spent + more - self._relief[1], FAR) - cash)

    @cached_property
    def _relief(self) -> tuple[Ints, Ints]:
        """What the lower price takes off today's units: of the whole offer, and of the buyer's own lines.

        Nothing for cash where the offer gives credit.
        """
        p, o = self.p, self.o
        whole, own = np.zeros(self.lanes.size, dtype=np.int64), np.zeros(self.lanes.size, dtype=np.int64)
        falls = np.flatnonzero((self.tier != o.tier[self.offer]) & (o.volume[self.offer] > 0))
        falls = falls[np.argsort(self.tier[falls], kind="stable")]
        tiers, start = np.unique(self.tier[falls], return_index=True)
        for tier, rows in zip(tiers.tolist(), np.split(falls, start[1:]), strict=bool(tiers.size)):
            offer = int(p.tier_offer[tier])
            lanes = p.offer_lanes[p.offer_start[offer] : p.offer_start[offer + 1]]
            lanes = lanes[o.x[lanes] > 0]
            less = cheaper(p, o, lanes, int(o.price_rp[offer]), int(p.tier_price_rp[tier]))
            whole[rows] = less.sum()
            if not p.credit[offer]:
                buyers, place = np.unique(p.lane_buyer[lanes], return_inverse=True)
                back = np.append(add_at(place, less, buyers.size), 0)
                at = np.searchsorted(buyers, self.buyer[rows])
                hit = np.append(buyers, -1)[at] == self.buyer[rows]
                own[rows] = np.where(hit, back[at], 0)
        return whole, own

    @cached_property
    def extra_rp(self) -> Ints:
        """What the plan would cost more, penalties that fall away taken off; exact."""
        p, o = self.p, self.o
        price = self.price_rp + p.freight_rp[self.lanes]
        once = np.where(self.idle, p.drop_rp[self.lanes], 0)
        once = once + np.where(o.volume[self.offer] > 0, 0, p.fixed_rp[self.offer])
        trucks = self._trucks - np.append(o.trips, 0)[self.group]
        once = once + np.where(self.group < 0, 0, trucks * np.append(p.trip_cost_rp, 0)[self.group])
        saved = np.minimum(self.units, o.missing[self.need]) * p.unmet_rp[self.need]
        return np.asarray(self.units * price + once - self._relief[0] - saved)


def tier_at(problem: Problem, offer: Ints, volume: Ints) -> Ints:
    """Row of the tier that each offer reaches at a volume."""
    start, end = problem.tier_start[:-1][offer], problem.tier_start[1:][offer]
    tier = start.copy()
    for t in range(1, int(np.diff(problem.tier_start).max(initial=0))):
        row = np.minimum(start + t, end - 1)
        tier = np.where((start + t < end) & (problem.tier_from[row] <= volume), row, tier)
    return np.asarray(tier)


def cheaper(problem: Problem, outcome: Outcome, lanes: Ints, now: int, then: int) -> Ints:
    """What the units of each lane cost less at another price of their offer; fixed units never rise."""
    p = problem
    less = outcome.y[lanes] * (now - then)
    for row in np.flatnonzero(np.isin(p.fixed_lane, lanes)).tolist():
        agreed, at = int(p.fixed_price_rp[row]), int(np.flatnonzero(lanes == p.fixed_lane[row])[0])
        less[at] += int(p.fixed_quantity[row]) * (min(now, agreed) - min(then, agreed))
    return np.asarray(less)


def spending(problem: Problem, outcome: Outcome) -> Ints:
    """Cash that each buyer spends: goods, freight, drops and truck shares, offers on credit aside."""
    p, o = problem, outcome
    goods = o.y * o.price_rp[p.lane_offer]
    goods[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
    # A truck share may be astronomical where it stands for "impossible": enough is enough.
    share = np.minimum(p.lane_h_rp, FAR // np.maximum(1, o.x))
    spent = goods + np.where(o.x > 0, p.drop_rp, 0) + o.x * (p.freight_rp + share)
    paid = np.flatnonzero((o.x > 0) & ~p.credit[p.lane_offer])
    return add_at(p.lane_buyer[paid], spent[paid], p.n_buyers)
