"""Why a lane takes no more and why a need goes short: one word each, true for the plan as it is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .columns import REASONS
from .outcome import Outcome, add_at
from .problem import Bools, Ints, Problem

# What keeps a lane from taking more, in the order in which it is asked.
OBSTACLES: Final = (
    "ceiling",  # even at the tier its offer would reach, price + freight + truck share exceed the ceiling
    "capacity",  # the offer has less than one lot left
    "suppliers",  # the need has its max_suppliers already, and this supplier is not among them
    "weight",  # the supplier's max_weight_g leaves no room for one lot
    "trips",  # the group's trucks leave no room for one lot
    "minimum",  # min_per_need, min_total, min_fill or min_load_g cannot be met with what is missing
    "cash",  # the buyer's cash does not pay the smallest quantity that could be delivered
    "cost",  # possible, but dearer than leaving the need short
    "unsolved",  # possible and worth it by itself: the plan did not find room for it
)
SHORTAGE_REASONS: Final = frozenset((*REASONS, *OBSTACLES, "no_offer", "ration"))


class Obstacles:
    """What stands in the way of the chosen lanes, for a plan's outcome; arrays run along `lanes`."""

    def __init__(self, problem: Problem, outcome: Outcome, lanes: Ints) -> None:
        self.p, self.o, self.lanes = problem, outcome, lanes
        self.need, self.offer = problem.lane_need[lanes], problem.lane_offer[lanes]
        self.lot = problem.lot[self.offer]
        self.unit_g = problem.lane_unit_g[lanes]
        self.group = problem.lane_trip[lanes]
        wish = np.where(problem.rationed, problem.wanted, problem.at_most) - outcome.filled
        free = (problem.capacity - outcome.volume)[self.offer]
        self.room = np.maximum(0, np.minimum(wish[self.need], free)) // self.lot * self.lot
        self.landed_rp = self._landed()

    def _landed(self) -> Ints:
        """Price, freight and truck share per unit at the tier the offer would reach with all room taken."""
        p = self.p
        volume = self.o.volume[self.offer] + np.maximum(self.room, self.lot)
        price = p.tier_price_rp[p.tier_start[:-1][self.offer]].copy()
        for t in range(1, int(np.diff(p.tier_start).max(initial=0))):
            row = p.tier_start[:-1][self.offer] + t
            there = row < p.tier_start[1:][self.offer]
            row = np.where(there, row, 0)
            price = np.where(there & (p.tier_from[row] <= volume), p.tier_price_rp[row], price)
        return np.asarray(price + p.freight_rp[self.lanes] + p.lane_h_rp[self.lanes])

    def codes(self) -> Ints:
        """Index into OBSTACLES per lane: the first thing that stands in the way."""
        tests = (
            self._ceiling(), self._capacity(), self._suppliers(), self._weight(), self._trips(),
            self._minimum(), self._cash(), self._cost(), np.ones(self.lanes.size, dtype=np.bool_),
        )  # fmt: skip
        return np.argmax(np.stack(tests), axis=0).astype(np.int64)

    def _ceiling(self) -> Bools:
        ceiling = self.p.ceiling_rp[self.need]
        return (ceiling >= 0) & (self.landed_rp > ceiling)

    def _capacity(self) -> Bools:
        free: Ints = (self.p.capacity - self.o.volume)[self.offer]
        return free < self.lot

    def _suppliers(self) -> Bools:
        p = self.p
        width = max(1, p.n_suppliers)
        used = self.o.x > 0
        pairs = np.unique(p.lane_need[used] * width + p.lane_supplier[used])
        count = np.bincount(pairs // width, minlength=p.n_needs)[self.need]
        stranger = ~np.isin(self.need * width + p.lane_supplier[self.lanes], pairs)
        limit = p.max_suppliers[self.need]
        return (limit >= 0) & (count + stranger > limit)

    def _weight(self) -> Bools:
        p = self.p
        weight = add_at(p.lane_supplier, self.o.x * p.lane_unit_g, p.n_suppliers)
        supplier = p.lane_supplier[self.lanes]
        limit = p.max_weight_g[supplier]
        return (limit >= 0) & (limit - weight[supplier] < self.unit_g * self.lot)

    def _trips(self) -> Bools:
        p = self.p
        if not p.n_trips:
            return np.zeros(self.lanes.size, dtype=np.bool_)
        limit = p.trip_max[self.group]
        trucks = -(-(self.o.load_g[self.group] + self.unit_g * self.lot) // p.trip_capacity_g[self.group])
        return (self.group >= 0) & (limit >= 0) & (trucks > limit)

    def _smallest(self) -> Ints:
        """Fewest units that the lane's own minimums allow on top of what it carries."""
        p = self.p
        least = np.maximum(self.lot, p.min_per_need[self.offer] - self.o.x[self.lanes])
        least = np.maximum(least, p.min_fill[self.need] - self.o.filled[self.need])
        least = np.maximum(least, p.min_total[self.offer] - self.o.volume[self.offer])
        return np.asarray(-(-least // self.lot) * self.lot)

    def _minimum(self) -> Bools:
        p = self.p
        short = self._smallest() > self.room
        if p.n_trips:
            load = self.o.load_g[self.group] + self.room * self.unit_g
            short |= (self.group >= 0) & (load < p.trip_min_load_g[self.group])
        return np.asarray(short)

    def _cash(self) -> Bools:
        p, o = self.p, self.o
        goods = o.y * o.price_rp[p.lane_offer]
        goods[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
        once = np.where(o.x > 0, p.drop_rp, 0)
        # In floating point: truck shares may be huge, and a word in an explanation is no rule.
        spent = goods + once + o.x * (p.freight_rp + p.lane_h_rp.astype(np.float64))
        paid = ~p.credit[p.lane_offer]
        total = np.bincount(p.lane_buyer[paid], weights=spent[paid], minlength=p.n_buyers)
        buyer = p.lane_buyer[self.lanes]
        more = self._smallest() * self.landed_rp.astype(np.float64)
        more += np.where(o.x[self.lanes] > 0, 0, p.drop_rp[self.lanes])
        limit = p.cash_rp[buyer]
        return (limit >= 0) & ~p.credit[self.offer] & (total[buyer] + more > limit)

    def _cost(self) -> Bools:
        """Is the smallest, and is all of the room, dearer than the penalty it would save?"""
        p, missing = self.p, self.o.missing[self.need]
        dearer = np.ones(self.lanes.size, dtype=np.bool_)
        for units in (self._smallest(), np.minimum(self.room, np.maximum(missing, self._smallest()))):
            saved = np.minimum(units, missing) * p.unmet_rp[self.need]
            dearer &= self.extra_rp(units) >= saved
        return dearer

    def extra_rp(self, units: Ints) -> Ints:
        """What `units` more on each lane (alone) would add: goods, freight, drop, opening and trucks."""
        p, o = self.p, self.o
        price = self.landed_rp - p.lane_h_rp[self.lanes]
        extra = units * price + np.where(o.x[self.lanes] > 0, 0, p.drop_rp[self.lanes])
        extra = extra + np.where(o.volume[self.offer] > 0, 0, p.fixed_rp[self.offer])
        if p.n_trips:
            group = np.maximum(self.group, 0)
            trucks = -(-(o.load_g[group] + units * self.unit_g) // p.trip_capacity_g[group]) - o.trips[group]
            extra = extra + np.where(self.group >= 0, trucks * p.trip_cost_rp[group], 0)
        return np.asarray(extra)


def lanes_of(problem: Problem, needs: Ints) -> Ints:
    """Lane numbers of the given needs, need after need."""
    start, count = problem.need_start[needs], np.diff(problem.need_start)[needs]
    offsets = np.repeat(np.cumsum(count) - count, count)
    lanes: Ints = np.repeat(start, count) + np.arange(int(count.sum()), dtype=np.int64) - offsets
    return lanes


def shortage_reasons(problem: Problem, outcome: Outcome, short: Ints) -> tuple[str, ...]:
    """One reason per need in `short` (see SHORTAGE_REASONS): that of its least obstructed, cheapest lane."""
    obstacles = Obstacles(problem, outcome, lanes_of(problem, short))
    codes = obstacles.codes()
    last = len(OBSTACLES) - 2
    rank = np.lexsort(
        (obstacles.offer, obstacles.landed_rp, np.where(codes >= last, -codes, 0), obstacles.need)
    )
    reason = _without_lanes(problem, short)
    for k in rank[::-1].tolist():
        reason[int(obstacles.need[k])] = OBSTACLES[codes[k]]
    rationed: NDArray[np.bool_] = problem.rationed
    open_codes = ("cost", "unsolved")
    return tuple("ration" if rationed[i] and reason[i] in open_codes else reason[i] for i in short.tolist())


def _without_lanes(problem: Problem, short: Ints) -> dict[int, str]:
    """For needs without any lane: the commonest reason why their pairs are closed."""
    reason = dict.fromkeys(short.tolist(), "no_offer")
    counts: dict[int, dict[str, int]] = {}
    for need, why in zip(problem.closed_need.tolist(), problem.closed_reason, strict=True):
        if need in reason:
            of_need = counts.setdefault(need, {})
            of_need[why] = of_need.get(why, 0) + 1
    for need, of_need in counts.items():
        reason[need] = min(of_need, key=lambda why: (-of_need[why], why))
    return reason
