"""The yardstick of going alone: what each need would pay if nobody bought with it.

Each need gets its `wanted` (or more, up to at_most, where lots or tiers make that cheaper) at least cost
with all capacity its own, under rules 1 to 3 and its buyer's cash. Opening and drop costs count in full;
of each supplier's truck it pays ceil(cost x weight of its load / capacity_g). No limits on trucks or
suppliers' weight, no fixed lines. A need that cannot get all of `wanted` alone is infeasible and left out of comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .highs import Model, optimise
from .problem import Bools, Ints, Problem

_FAR = 2**60


@dataclass(frozen=True, eq=False)
class Alone(Mapping[str, int | None]):
    """Cost of going alone per need id, None where it is infeasible. Columns run along the needs.

    `cost_rp` is -1 and `units` 0 where infeasible; `units` is what the cost buys (at least wanted).
    """

    need_id: tuple[str, ...]
    cost_rp: Ints
    units: Ints

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.need_id)}

    def __getitem__(self, need: str) -> int | None:
        cost = int(self.cost_rp[self._index[need]])
        return None if cost < 0 else cost

    def __iter__(self) -> Iterator[str]:
        return iter(self.need_id)

    def __len__(self) -> int:
        return len(self.need_id)

    @property
    def total_rp(self) -> int:
        """Sum over the feasible needs."""
        return int(self.cost_rp[self.cost_rp >= 0].sum())

    @property
    def infeasible(self) -> list[str]:
        """Needs that cannot get all they want alone."""
        return [self.need_id[i] for i in np.flatnonzero(self.cost_rp < 0).tolist()]


def alone(problem: Problem) -> Alone:
    """Least cost of every need alone, in whole rupiah.

    One lane is best for nearly every need, and a bound proves it; only where several lanes may be
    cheaper is a small exact model solved (this loads OR-Tools).
    """
    menu = _Menu(problem)
    cost, units, floor = menu.best_single()
    for need in np.flatnonzero((floor < cost - 1) & (problem.wanted > 0)).tolist():
        cost[need], units[need] = min((cost[need], units[need]), _several(problem, menu, need))
    idle = problem.wanted == 0
    cost, units = np.where(idle, 0, cost), np.where(idle, 0, units)
    shut = cost >= _FAR
    return Alone(problem.need_id, np.where(shut, -1, cost), np.where(shut, 0, units))


class _Menu:
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

    def best_single(self) -> tuple[Ints, Ints, Ints]:
        """Per need: the cheapest single lane, its units, and a bound below any mix of lanes."""
        p, wanted = self.p, np.maximum(self.p.wanted[self.need], 1)
        lot = p.lot[self.offer]
        units = np.maximum.reduce([self.least, wanted, p.min_fill[self.need]])
        units = -(-units // lot) * lot
        rate = self.rate_rp + self.truck_rp * (self.unit_g / self.truck_g)
        whole = self.rate_rp * units + self.once_rp + self._share(units)
        good = (units <= self.most) & self._affordable(units)
        cost, best_units = np.full(p.n_needs, _FAR), np.zeros(p.n_needs, dtype=np.int64)
        order = np.lexsort((self.lane, units, whole, self.need))
        order = order[good[order]]
        first = order[np.unique(self.need[order], return_index=True)[1]]
        cost[self.need[first]], best_units[self.need[first]] = whole[first], units[first]
        part = np.maximum(1.0, wanted / self.most)
        below = np.floor(rate * np.maximum(wanted, self.least) + self.once_rp * part - 1e-6 * rate)
        floor = np.full(p.n_needs, float(_FAR))
        np.minimum.at(floor, self.need, below)
        return cost, best_units, floor.astype(np.int64)

    def _share(self, units: Ints) -> Ints:
        """Truck share of a load, rounded up; in Python integers where int64 might overflow."""
        load = units * self.unit_g
        if float((self.truck_rp * load.astype(np.float64)).max(initial=0)) < 2.0**62:
            return np.asarray(-(-self.truck_rp * load // self.truck_g))
        rows = zip(self.truck_rp.tolist(), load.tolist(), self.truck_g.tolist(), strict=True)
        return np.array([-(-cost * grams // capacity) for cost, grams, capacity in rows], dtype=np.int64)

    def _affordable(self, units: Ints) -> Bools:
        # The product may leave int64 where a truck share stands for "impossible"; floats say enough there.
        unit = self.rate_rp + self.p.lane_h_rp[self.lane]
        spent = unit.astype(np.float64) * units + self.p.drop_rp[self.lane]
        exact = np.where(spent < 2.0**62, unit * np.where(spent < 2.0**62, units, 0), _FAR)
        within: Bools = exact + self.p.drop_rp[self.lane] <= self.cash_rp
        return (self.cash_rp < 0) | within


def _several(problem: Problem, menu: _Menu, need: int) -> tuple[int, int]:
    """Cost and units of the best mix of lanes for one need, by an exact model; very far if there is none."""
    rows = np.flatnonzero(menu.need == need)
    model = Model()
    lots = problem.lot[menu.offer[rows]]
    rate = menu.rate_rp[rows] + menu.truck_rp[rows] * (menu.unit_g[rows] / menu.truck_g[rows])
    amount = model.add_columns(rows.size, high=menu.most[rows] // lots, cost=rate * lots, whole=True)
    used = model.add_columns(rows.size, high=1.0, cost=menu.once_rp[rows], whole=True)
    _limit_lines(problem, menu, rows, model, amount, used)
    least = max(int(problem.wanted[need]), int(problem.min_fill[need]))
    total = model.add_rows(1, low=least, high=int(problem.at_most[need]))
    model.add_terms(np.repeat(total, rows.size), amount, lots)
    cash = int(problem.cash_rp[problem.need_buyer[need]])
    if cash >= 0:
        _limit_cash(problem, menu, rows, model, amount, used, cash)
    answer = optimise(model, gap=0.0)
    if answer.values is None:
        return _FAR, 0
    units = np.rint(answer.values[amount]).astype(np.int64) * lots
    return _count(problem, menu, rows, units), int(units.sum())


def _limit_lines(problem: Problem, menu: _Menu, rows: Ints, model: Model, amount: Ints, used: Ints) -> None:
    """One tier per lane, minimum and maximum of each, and at most max_suppliers suppliers."""
    lots = problem.lot[menu.offer[rows]]
    for bound, sign in ((menu.least[rows] // lots, 1.0), (menu.most[rows] // lots, -1.0)):
        row = model.add_rows(rows.size, low=0.0)
        model.add_terms(row, amount, sign)
        model.add_terms(row, used, -sign * bound)
    lanes, place = np.unique(menu.lane[rows], return_inverse=True)
    model.add_terms(model.add_rows(lanes.size, high=1.0)[place], used, 1.0)
    limit = int(problem.max_suppliers[menu.need[rows[0]]])
    suppliers, owner = np.unique(problem.offer_supplier[menu.offer[rows]], return_inverse=True)
    if 0 <= limit < suppliers.size:
        chosen = model.add_columns(suppliers.size, high=1.0, whole=True)
        each = model.add_rows(rows.size, high=0.0)
        model.add_terms(each, used, 1.0)
        model.add_terms(each, chosen[owner], -1.0)
        few = model.add_rows(1, high=limit)
        model.add_terms(np.repeat(few, suppliers.size), chosen, 1.0)


def _limit_cash(
    problem: Problem, menu: _Menu, rows: Ints, model: Model, amount: Ints, used: Ints, cash: int
) -> None:
    paid = np.flatnonzero(menu.cash_rp[rows] >= 0)
    lane = menu.lane[rows[paid]]
    lots = problem.lot[menu.offer[rows[paid]]]
    row = np.repeat(model.add_rows(1, high=cash), paid.size)
    unit = menu.rate_rp[rows[paid]] + problem.lane_h_rp[lane]
    model.add_terms(row, amount[paid], unit.astype(np.float64) * lots)
    model.add_terms(row, used[paid], problem.drop_rp[lane])


def _count(problem: Problem, menu: _Menu, rows: Ints, units: Ints) -> int:
    """Exact cost of a mix: trucks are shared by the load of each supplier."""
    used = units > 0
    cost = int((menu.rate_rp[rows] * units + menu.once_rp[rows])[used].sum())
    for supplier in np.unique(problem.offer_supplier[menu.offer[rows]]).tolist():
        mine = problem.offer_supplier[menu.offer[rows]] == supplier
        load = int((units * menu.unit_g[rows])[mine].sum())
        truck, capacity = int(menu.truck_rp[rows[mine][0]]), int(menu.truck_g[rows[mine][0]])
        cost += -(-truck * load // capacity)
    return cost
