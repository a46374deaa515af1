"""The yardstick of a careful officer: one need after the other, each at its cheapest feasible offer.

Made to be fair, not to be beaten: it knows tiers, minimums, ceilings, cash and trucks, and gives back
what breaks a rule. Loads no OR-Tools unless a commodity is rationed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import ration
from .budget import Budget
from .outcome import Outcome, outcome
from .plan import Plan, build_plan
from .problem import Bools, Ints, Problem


def greedy(problem: Problem) -> Plan:
    """The officer's plan. Keeps every rule; has no bound, no gap and no seed."""
    return build_plan(problem, greedy_quantities(problem))


def greedy_quantities(problem: Problem, fills: Ints | None = None) -> Ints:
    """The quantities y per lane of the officer's plan; `fills` spares finding out the rations anew."""
    target = _targets(problem, fills)
    desk = _Desk(problem, target)
    turns = turn_order(problem)
    for need in turns.tolist():
        desk.serve(need)
    shut = _drop(problem, desk)
    desk.shut = shut
    for need in turns.tolist():
        desk.serve(need)
    return _mend(problem, desk.y, turns)


def turn_order(problem: Problem) -> Ints:
    """Needs by (`order`, id)."""
    return np.lexsort((np.arange(problem.n_needs), problem.order)).astype(np.int64)


def _targets(problem: Problem, fills: Ints | None) -> Ints:
    """Units each need asks for: what it wanted, or its ration."""
    if not problem.rationed.any():
        return problem.wanted
    if fills is None:
        # Rations of many needs are shared out by large models: the officer does not wait for all of them.
        lanes = int(np.count_nonzero(problem.rationed[problem.lane_need]))
        fills = ration.fills(problem, Budget(0.0, max(_FEWEST, _RATION // max(1, lanes))))
    return np.where(problem.rationed, fills, problem.wanted)


_FREE = 2**62
_RATION, _FEWEST = 12_000, 6  # searches times lanes for sharing out rationed goods; searches at least
_SAME = 1 - 1e-12  # rates closer than this are one and the same: ties go to the first offer by id


class _Choice(NamedTuple):
    rate: float
    offer: int
    lane: int
    quantity: int


@dataclass
class _Left:
    """What is still to be had, as plain lists: one need is served at a time.

    `cash` is negative where fixed lines alone cost more than the buyer has.
    """

    free: list[int]
    volume: list[int]
    cash: list[int]
    weight: list[int]

    @classmethod
    def of(cls, p: Problem, o: Outcome) -> _Left:
        weight = p.max_weight_g.copy()
        np.subtract.at(weight, p.lane_supplier, o.x * p.lane_unit_g)
        weight[p.max_weight_g < 0] = -1
        return cls((p.capacity - o.volume).tolist(), o.volume.tolist(), _cash(p, o).tolist(), weight.tolist())


def _cash(p: Problem, o: Outcome) -> Ints:
    """Cash that each buyer has left (_FREE: no limit)."""
    goods = o.y * o.price_rp[p.lane_offer]
    goods[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
    # A truck share may be huge where it stands for "impossible": clip it, such a lane is never taken.
    share = np.minimum(p.lane_h_rp, 2**53 // np.maximum(1, o.x))
    spent = goods + np.where(o.x > 0, p.drop_rp, 0) + o.x * (p.freight_rp + share)
    left = p.cash_rp.copy()
    paid = ~p.credit[p.lane_offer]
    np.subtract.at(left, p.lane_buyer[paid], np.minimum(spent, 2**53)[paid])
    return np.where(p.cash_rp < 0, _FREE, left)


class _Desk:
    """The officer's desk: quantities given so far and what is left of every limit."""

    def __init__(self, problem: Problem, target: Ints) -> None:
        p = self.p = problem
        self.y = np.zeros(p.n_lanes, dtype=np.int64)
        self.shut: Bools = np.zeros(p.n_lanes, dtype=np.bool_)
        self.target = target
        self.start = p.need_start.tolist()
        self.tiers = [
            list(zip(p.tier_from[a:b].tolist(), p.tier_price_rp[a:b].tolist(), strict=True))
            for a, b in zip(p.tier_start[:-1].tolist(), p.tier_start[1:].tolist(), strict=True)
        ]
        self.lot, self.least = p.lot.tolist(), p.min_per_need.tolist()
        self.supplier, self.credit = p.offer_supplier.tolist(), p.credit.tolist()
        self.unit = p.unit_g[p.offer_commodity].tolist()
        agreed = zip(p.fixed_quantity.tolist(), p.fixed_price_rp.tolist(), strict=True)
        self.fixed = dict(zip(p.fixed_lane.tolist(), agreed, strict=True))
        self.truck = np.append(p.trip_cost_rp / p.trip_capacity_g, 0.0)
        self.recount()

    def recount(self) -> None:
        """Work out what is left from the quantities as they are now."""
        p, o = self.p, outcome(self.p, self.y)
        self.left = _Left.of(p, o)
        self.x, self.filled = o.x, o.filled
        limited = (p.cash_rp >= 0)[p.lane_buyer] & ~p.credit[p.lane_offer]
        self.holders: dict[int, list[int]] = {}
        for lane in np.flatnonzero(limited & (o.x > 0)).tolist():
            self.holders.setdefault(int(p.lane_offer[lane]), []).append(lane)

    def price(self, offer: int, volume: int) -> int:
        """Price per unit at a volume."""
        found: int = self.tiers[offer][0][1]
        for begin, price in self.tiers[offer]:
            if volume < begin:
                break
            found = price
        return found

    def serve(self, need: int) -> None:
        """Give a need its cheapest feasible offers until it has its target or nothing fits."""
        a, b = self.start[need], self.start[need + 1]
        rest = int(self.target[need] - self.filled[need])
        if rest <= 0 or a == b:
            return
        rows = _Rows.of(self, a, b)
        known = {self.supplier[j] for j, x in zip(rows.offer, rows.x, strict=True) if x > 0}
        limit = int(self.p.max_suppliers[need])
        if 0 <= limit < len(known):  # by its fixed lines
            return
        while rest > 0:
            choice = self._cheapest(need, rows, rest, known if limit == len(known) else None)
            if choice is None:
                return
            self._give(need, rows, a, choice)
            known.add(self.supplier[choice.offer])
            rest -= choice.quantity

    def _cheapest(self, need: int, rows: _Rows, rest: int, known: set[int] | None) -> _Choice | None:
        best: _Choice | None = None
        ceiling, buyer = int(self.p.ceiling_rp[need]), int(self.p.need_buyer[need])
        for k, offer in enumerate(rows.offer):
            if rows.shut[k] or (known is not None and self.supplier[offer] not in known):
                continue
            quantity = self._fitting(k, rows, offer, buyer, rest)
            if quantity <= 0:
                continue
            price = self.price(offer, self.left.volume[offer] + quantity) + rows.freight[k]
            if 0 <= ceiling < price + rows.share[k]:
                continue
            drop = 0 if rows.x[k] > 0 else rows.drop[k]
            rate = price + drop / quantity + rows.truck[k] * self.unit[offer]
            if best is None or rate < best.rate * _SAME:
                best = _Choice(rate, offer, k, quantity)
        return best

    def _fitting(self, k: int, rows: _Rows, offer: int, buyer: int, rest: int) -> int:
        """Most units of this lane that the rest, capacity, weight, lots, minimum and cash allow; or 0."""
        lot, left = self.lot[offer], self.left
        quantity = min(rest, left.free[offer])
        weight = left.weight[self.supplier[offer]]
        if weight >= 0:
            quantity = min(quantity, weight // self.unit[offer])
        quantity = quantity // lot * lot
        if left.cash[buyer] < _FREE:
            quantity = self._affordable(k, rows, offer, buyer, quantity)
        return quantity if rows.x[k] + quantity >= self.least[offer] else 0

    def _affordable(self, k: int, rows: _Rows, offer: int, buyer: int, quantity: int) -> int:
        cash = self.left.cash[buyer]
        if self.credit[offer]:
            return quantity if cash >= 0 else 0
        cash -= 0 if rows.x[k] > 0 else rows.drop[k]
        before = self.left.volume[offer]
        while quantity > 0:
            unit = self.price(offer, before + quantity) + rows.freight[k] + rows.share[k]
            purse = cash + self._refunds(offer, before, before + quantity).get(buyer, 0)
            if unit * quantity <= purse:
                return quantity
            fewer = max(0, purse) // max(1, unit) // self.lot[offer] * self.lot[offer]
            quantity = min(fewer, quantity - self.lot[offer])
        return 0

    def _refunds(self, offer: int, before: int, after: int) -> dict[int, int]:
        """What the buyers with limited cash get back when a larger volume makes their units cheaper."""
        back: dict[int, int] = {}
        if offer not in self.holders:
            return back
        old, new = self.price(offer, before), self.price(offer, after)
        for lane in self.holders[offer] if new < old else ():
            fixed, agreed = self.fixed.get(lane, (0, 0))
            less = int(self.y[lane]) * (old - new) + fixed * (min(old, agreed) - min(new, agreed))
            buyer = int(self.p.lane_buyer[lane])
            back[buyer] = back.get(buyer, 0) + less
        return back

    def _give(self, need: int, rows: _Rows, first: int, choice: _Choice) -> None:
        k, offer, quantity, left = choice.lane, choice.offer, choice.quantity, self.left
        buyer, before = int(self.p.need_buyer[need]), left.volume[offer]
        for other, back in self._refunds(offer, before, before + quantity).items():
            left.cash[other] += back
        if left.cash[buyer] < _FREE and not self.credit[offer]:
            unit = self.price(offer, before + quantity) + rows.freight[k] + rows.share[k]
            left.cash[buyer] -= unit * quantity + (0 if rows.x[k] > 0 else rows.drop[k])
            if rows.x[k] == 0:
                self.holders.setdefault(offer, []).append(first + k)
        if left.weight[self.supplier[offer]] >= 0:
            left.weight[self.supplier[offer]] -= quantity * self.unit[offer]
        left.free[offer] -= quantity
        left.volume[offer] += quantity
        rows.x[k] += quantity
        self.y[first + k] += quantity
        self.x[first + k] += quantity
        self.filled[need] += quantity


class _Rows(NamedTuple):
    """One need's lanes as plain lists."""

    offer: list[int]
    freight: list[int]
    drop: list[int]
    share: list[int]
    truck: list[float]
    x: list[int]
    shut: list[bool]

    @classmethod
    def of(cls, desk: _Desk, a: int, b: int) -> _Rows:
        p = desk.p
        truck = desk.truck[p.lane_trip[a:b]]
        columns = (p.lane_offer, p.freight_rp, p.drop_rp, p.lane_h_rp)
        offer, freight, drop, share = (column[a:b].tolist() for column in columns)
        x, shut = desk.x[a:b].tolist(), desk.shut[a:b].tolist()
        return cls(offer, freight, drop, share, truck.tolist(), x, shut)


def _drop(problem: Problem, desk: _Desk) -> Bools:
    """Take back offers below min_total, needs below min_fill, groups under min_load or over max_trips.

    Returns the lanes of all of them: only what they freed is offered once more.
    """
    p = problem
    offers = _thin_offers(p, outcome(p, desk.y))
    desk.y[offers[p.lane_offer]] = 0
    needs = _thin_needs(p, outcome(p, desk.y))
    desk.y[needs[p.lane_need]] = 0
    groups = _bad_groups(p, outcome(p, desk.y))
    in_bad = np.append(groups, False)[p.lane_trip]
    desk.y[in_bad] = 0
    desk.recount()
    shut: Bools = offers[p.lane_offer] | needs[p.lane_need] | in_bad
    return shut


def _fresh(index: Ints, y: Ints, size: int) -> Bools:
    found = np.zeros(size, dtype=np.bool_)
    found[index[y > 0]] = True
    return found


def _thin_offers(p: Problem, o: Outcome) -> Bools:
    return _fresh(p.lane_offer, o.y, p.n_offers) & (o.volume < p.min_total)


def _thin_needs(p: Problem, o: Outcome) -> Bools:
    return _fresh(p.lane_need, o.y, p.n_needs) & (o.filled < p.min_fill)


def _bad_groups(p: Problem, o: Outcome) -> Bools:
    on = p.lane_trip >= 0
    fresh = _fresh(p.lane_trip[on], o.y[on], p.n_trips)
    thin = o.load_g // np.maximum(1, p.trip_min_load_g) < o.trips
    return fresh & (((p.trip_min_load_g > 0) & thin) | ((p.trip_max >= 0) & (o.trips > p.trip_max)))


def _mend(problem: Problem, y: Ints, turns: Ints) -> Ints:
    """Remove what still breaks a rule, last need first, until the plan is feasible."""
    rank = np.empty(problem.n_needs, dtype=np.int64)
    rank[turns] = np.arange(problem.n_needs)
    y = y.copy()
    while True:
        bad = _breaking(problem, outcome(problem, y), rank)
        if not bad.any():
            return y
        y[bad] = 0


def _breaking(p: Problem, o: Outcome, rank: Ints) -> Bools:
    """Lanes to give up: of whatever is broken, those of the last need that takes part in it."""
    used = o.y > 0
    dear = o.price_rp[p.lane_offer] + p.freight_rp + p.lane_h_rp
    ceiling = p.ceiling_rp[p.lane_need]
    # A minimum that is missed stays missed with less: all its lanes go at once.
    bad = used & ((ceiling >= 0) & (dear > ceiling))
    bad |= used & _thin_offers(p, o)[p.lane_offer]
    bad |= used & _thin_needs(p, o)[p.lane_need]
    bad |= used & (o.x < p.min_per_need[p.lane_offer])
    broke = (p.cash_rp >= 0) & _fresh(p.lane_buyer, o.y, p.n_buyers) & _overspent(p, o)
    bad |= _last(p.lane_buyer, used & broke[p.lane_buyer], rank[p.lane_need], p.n_buyers)
    groups = np.append(_bad_groups(p, o), False)
    bad |= _last(p.lane_trip, used & groups[p.lane_trip], rank[p.lane_need], p.n_trips)
    return bad


def _overspent(p: Problem, o: Outcome) -> Bools:
    """Buyers whose purchases exceed their cash, exactly (in Python integers where shares are huge)."""
    goods = o.y * o.price_rp[p.lane_offer]
    goods[p.fixed_lane] += p.fixed_quantity * np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
    paid = np.flatnonzero((o.x > 0) & ~p.credit[p.lane_offer])
    spent = [0] * p.n_buyers
    rest = (goods + p.drop_rp)[paid].tolist()
    rates = (p.freight_rp + p.lane_h_rp)[paid].tolist()
    rows = zip(p.lane_buyer[paid].tolist(), rest, o.x[paid].tolist(), rates, strict=True)
    for buyer, once, quantity, rate in rows:
        spent[buyer] += once + quantity * rate
    over = [s > c for s, c in zip(spent, p.cash_rp.tolist(), strict=True)]
    return np.array(over, dtype=np.bool_)


def _last(index: Ints, broken: Bools, rank: Ints, size: int) -> Bools:
    """Among the broken lanes: those of the need that comes last within each group."""
    last = np.full(size + 1, -1, dtype=np.int64)
    np.maximum.at(last, index[broken], rank[broken])
    found: Bools = broken & (last[index] == rank)
    return found
