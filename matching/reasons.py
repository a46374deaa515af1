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

    def table(self) -> Bools:
        """One row per entry of OBSTACLES, one column per lane: does it stand in the way?"""
        tests = (
            self._ceiling(), self._capacity(), self._suppliers(), self._weight(), self._trips(),
            self._minimum(), self._cash(), self._cost(), np.ones(self.lanes.size, dtype=np.bool_),
        )  # fmt: skip
        return np.stack(tests)

    def codes(self) -> Ints:
        """Index into OBSTACLES per lane: the first thing that stands in the way."""
        first: Ints = np.argmax(self.table(), axis=0).astype(np.int64)
        return first

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
        limited = self.p.max_weight_g[self.p.lane_supplier[self.lanes]] >= 0
        return limited & (self._weight_left() < self.unit_g * self.lot)

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
        missed: Bools = (self._smallest() > self.room) | (self._load_short() > 0)
        return missed

    def _load_short(self) -> Ints:
        """Units missing to min_load_g of the lane's trucks, with all room taken (0: enough)."""
        p = self.p
        if not p.n_trips:
            return np.zeros(self.lanes.size, dtype=np.int64)
        short = p.trip_min_load_g[self.group] - self.o.load_g[self.group] - self.room * self.unit_g
        return np.where(self.group >= 0, np.maximum(0, -(-short // self.unit_g)), 0)

    def _cash(self) -> Bools:
        return self._cash_short() > 0

    def _cash_short(self) -> NDArray[np.float64]:
        """Rupiah that the buyer's cash is short of the smallest quantity (negative: it is enough)."""
        p, o = self.p, self.o
        goods = o.y * o.price_rp[p.lane_offer]
        goods[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
        once = np.where(o.x > 0, p.drop_rp, 0)
        # In floating point: truck shares may be huge, and a word in an explanation is no rule.
        spent = goods + once + o.x * (p.freight_rp + p.lane_h_rp.astype(np.float64))
        paid = ~p.credit[p.lane_offer]
        total = np.bincount(p.lane_buyer[paid], weights=spent[paid], minlength=p.n_buyers)
        buyer = p.lane_buyer[self.lanes]
        smallest = self._smallest() * self.landed_rp.astype(np.float64)
        more = smallest + np.where(o.x[self.lanes] > 0, 0, p.drop_rp[self.lanes])
        # Goods on credit spend nothing, but any fresh unit makes the limit count for what is fixed.
        more = np.where(p.credit[self.offer], 0.0, more)
        return np.where(p.cash_rp[buyer] >= 0, total[buyer] + more - p.cash_rp[buyer], -1.0)

    def _cost(self) -> Bools:
        """Is the smallest, and is all of the room, dearer than the penalty it would save?"""
        p, missing = self.p, self.o.missing[self.need]
        dearer = np.ones(self.lanes.size, dtype=np.bool_)
        for units in (self._smallest(), np.minimum(self.room, np.maximum(missing, self._smallest()))):
            saved = np.minimum(units, missing) * p.unmet_rp[self.need]
            dearer &= self.extra_rp(units) >= saved
        return dearer

    def distance(self, obstacle: str) -> Ints:
        """How far each lane is from the obstacle's limit; meaningful only where it stands in the way."""
        p, o = self.p, self.o
        if obstacle == "ceiling":
            far = self.landed_rp - p.ceiling_rp[self.need]
        elif obstacle == "capacity":
            far = self.lot - (p.capacity - o.volume)[self.offer]
        elif obstacle == "suppliers":
            far = np.ones(self.lanes.size, dtype=np.int64)
        elif obstacle == "weight":
            far = self.unit_g * self.lot - self._weight_left()
        elif obstacle == "trips":
            load = o.load_g[self.group] + self.unit_g * self.lot
            far = -(-load // p.trip_capacity_g[self.group]) - p.trip_max[self.group]
        elif obstacle == "minimum":
            far = np.maximum(self._smallest() - self.room, self._load_short())
        elif obstacle == "cash":
            far = np.ceil(self._cash_short().clip(max=2.0**53)).astype(np.int64)
        else:
            units = self._smallest()
            extra = self.extra_rp(units)
            saved: Ints = np.minimum(units, o.missing[self.need]) * p.unmet_rp[self.need]
            far = extra - saved
        return np.asarray(far)

    def _weight_left(self) -> Ints:
        p = self.p
        weight = add_at(p.lane_supplier, self.o.x * p.lane_unit_g, p.n_suppliers)
        return np.asarray((p.max_weight_g - weight)[p.lane_supplier[self.lanes]])

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


def nearest(problem: Problem, outcome: Outcome, short: Ints) -> tuple[Ints, Ints]:
    """For each need in `short` its least obstructed, cheapest lane (-1 without lanes) and OBSTACLES index."""
    obstacles = Obstacles(problem, outcome, lanes_of(problem, short))
    codes = obstacles.codes()
    possible = np.where(codes >= OBSTACLES.index("cost"), -codes, 0)
    turn = np.lexsort((obstacles.offer, obstacles.landed_rp, possible, obstacles.need))
    needs, first = np.unique(obstacles.need[turn], return_index=True)
    lane, code = np.full(problem.n_needs, -1), np.full(problem.n_needs, -1)
    lane[needs], code[needs] = obstacles.lanes[turn[first]], codes[turn[first]]
    return lane[short], code[short]


def shortage_reasons(problem: Problem, outcome: Outcome, short: Ints) -> tuple[str, ...]:
    """One reason per need in `short` (see SHORTAGE_REASONS): that of its nearest lane."""
    lane, code = nearest(problem, outcome, short)
    closed = _without_lanes(problem, short[lane < 0])
    found = []
    for need, index in zip(short.tolist(), code.tolist(), strict=True):
        reason = OBSTACLES[index] if index >= 0 else closed[need]
        # What is rationed is withheld for fairness, not for cost.
        fair = bool(problem.rationed[need]) and reason in ("cost", "unsolved")
        found.append("ration" if fair else reason)
    return tuple(found)


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
