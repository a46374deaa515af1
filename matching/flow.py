"""A first plan by flows: every step cost is turned into a slope, solved as a transport, and learned from.

Given a price per unit for each lane the cheapest plan is a minimum-cost flow, which takes milliseconds
even for a whole province. What is not a price per unit (tiers, trucks, drops, opening costs) is spread
over the quantities of the round before; a few rounds settle. Each round's flow is repaired into a plan
that keeps all rules; the best one is returned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .bound import Bound
from .highs import Floats
from .problem import Problem
from .refill import refill
from .repair import repair
from .scope import Scope
from .tally import Ints, Tally, sum_by

ROUNDS, LARGE_ROUNDS = 12, 3
LARGE = 100_000  # lanes from which a round takes so long that searching on is worth more
PATIENCE = 3  # rounds without a better plan after which it ends
LANES = 5  # of each need, those that lose least


def slope_plan(
    problem: Problem, dual: Bound, hold: Ints | None = None, enough: Callable[[], bool] = lambda: False
) -> Ints:
    """Quantities per lane of a plan that keeps all rules; the bound's relaxation says where to begin.

    `enough` ends it after the round that it is in, for want of time.
    """
    zero = np.zeros(problem.n_lanes, dtype=np.int64)
    scope = Scope(problem, _likely(problem, dual), zero, hold)
    best, least, since = zero, Tally(problem, zero).cost_rp, 0
    if not scope.lanes.size:
        return best
    slope = _Slopes(scope)
    slope.learn(dual.flow[scope.lanes])
    for _ in range(LARGE_ROUNDS if scope.lanes.size > LARGE else ROUNDS):
        flow = transport(scope, slope.unit_rp(), slope.most)
        if flow is None:
            break
        y = zero.copy()
        y[scope.lanes] = flow // scope.step * scope.step
        y = repair(problem, y)
        cost = Tally(problem, y).cost_rp
        since += 1
        if cost < least and _keeps(problem, y, hold):
            best, least, since = y, cost, 0
        if since == PATIENCE or enough() or not slope.learn(flow.astype(np.float64)):
            break
    return refill(problem, best) if hold is None else best


def _likely(problem: Problem, dual: Bound) -> Ints:
    """The lanes that lose least of each need, and all of needs whose fill is no matter of cost."""
    p = problem
    order = np.lexsort((dual.loss_rp, p.lane_need))
    rank = np.empty(p.n_lanes, dtype=np.int64)
    rank[order] = np.arange(p.n_lanes) - p.need_start[p.lane_need[order]]
    return np.flatnonzero(((rank < LANES) & np.isfinite(dual.loss_rp)) | p.rationed[p.lane_need])


def transport(scope: Scope, unit_rp: Ints, offer_most: Ints) -> Ints | None:
    """The cheapest flow of goods for prices per unit on the free lanes; shortages cost `unmet_rp`.

    `offer_most` is what each offer may sell beyond what it has already sold.
    """
    p = scope.problem
    room = scope.need_room()
    wanted = np.where(scope.hold >= 0, room, np.minimum(room, p.wanted - scope.base.fill))
    needs = np.flatnonzero(np.bincount(scope.need, minlength=p.n_needs) > 0)
    needs = needs[wanted[needs] > 0]
    total = int(wanted[needs].sum())
    if total == 0:
        return np.zeros(scope.lanes.size, dtype=np.int64)
    source, sink = p.n_needs + p.n_offers, p.n_needs + p.n_offers + 1
    offers = np.unique(scope.offer)
    # A need that must be filled exactly pays more for a gap than for any lane.
    gap = np.where(scope.hold >= 0, int(unit_rp.max()) + 1, p.unmet_rp)[needs]
    graph = _flow()()
    start, from_offer = np.full(offers.size, source), scope.offer + p.n_needs
    tail = np.concatenate((start, from_offer, np.full(needs.size, source), needs))
    head = np.concatenate((offers + p.n_needs, scope.need, needs, np.full(needs.size, sink)))
    most = np.concatenate((np.minimum(offer_most[offers], total), scope.room, wanted[needs], wanted[needs]))
    none = np.zeros(needs.size, dtype=np.int64)
    cost = np.concatenate((np.zeros(offers.size, dtype=np.int64), unit_rp, gap, none))
    arcs = graph.add_arcs_with_capacity_and_unit_cost(tail, head, np.maximum(most, 0), cost)
    graph.set_node_supply(source, total)
    graph.set_node_supply(sink, -total)
    if graph.solve() != graph.OPTIMAL:
        return None
    flow: Ints = np.asarray(graph.flows(arcs), dtype=np.int64)[offers.size : offers.size + scope.lanes.size]
    return flow


@cache
def _flow() -> Any:
    from ortools.graph.python import min_cost_flow

    return min_cost_flow.SimpleMinCostFlow


class _Slopes:
    """Per-unit costs of the free lanes, learned from the quantities of the round before."""

    def __init__(self, scope: Scope) -> None:
        self.scope, p = scope, scope.problem
        self.width = np.diff(p.tier_start)
        self.tier = p.tier_start[:-1].copy()
        self.open_rp = np.zeros(p.n_offers)
        self.gram_rp = np.zeros(p.n_trips)
        self.drop_rp = np.zeros(scope.lanes.size)
        self.most = p.capacity - scope.base.volume
        self.last: Floats | None = None

    def learn(self, flow: Floats) -> bool:
        """Take over the tiers, loads and openings of a flow; false if nothing is new."""
        s, p = self.scope, self.scope.problem
        if self.last is not None and np.array_equal(self.last, flow):
            return False
        self.last = flow
        volume = np.bincount(s.offer, flow, p.n_offers) + s.base.volume
        reached = (p.tier_from <= volume[p.tier_offer] + 0.5).astype(np.int64)
        reached[p.tier_start[:-1]] = 1
        self.tier = p.tier_start[:-1] + np.add.reduceat(reached, p.tier_start[:-1]) - 1
        small = np.minimum(np.maximum(p.min_total, 1), np.maximum(p.capacity, 1))
        fee = p.fixed_rp / np.maximum(volume, small)
        self.open_rp = np.where(volume > 0, fee, np.maximum(self.open_rp, fee))
        self._learn_trucks(flow)
        self._learn_weights(flow)
        drop = np.where(s.fixed > 0, 0, p.drop_rp[s.lanes])
        spread = drop / np.maximum(flow, np.minimum(s.room, np.maximum(s.low, 4)))
        self.drop_rp = spread
        return True

    def _learn_trucks(self, flow: Floats) -> None:
        s, p = self.scope, self.scope.problem
        on = s.trip >= 0
        load = np.bincount(s.trip[on], (flow * s.unit_g)[on], p.n_trips) + s.base.load_g
        could = sum_by(s.trip[on], (s.room * s.unit_g)[on], p.n_trips)
        size = np.minimum(np.maximum(p.trip_capacity_g, 1), np.maximum(could, 1))
        trucks = np.ceil(load / np.maximum(p.trip_capacity_g, 1))
        used = p.trip_cost_rp * trucks / np.maximum(load, 1)
        idle = np.maximum(self.gram_rp, p.trip_cost_rp / size)
        self.gram_rp = np.where(load > 0.02 * size, np.minimum(used, 20 * p.trip_cost_rp / size), idle)

    def _learn_weights(self, flow: Floats) -> None:
        # A supplier above its weight limit sells less of each of its offers next time.
        s, p = self.scope, self.scope.problem
        sold = np.bincount(s.offer, flow, p.n_offers)
        grams = np.bincount(s.supplier, flow * s.unit_g, p.n_suppliers)
        room = s.supplier_room_g()
        share = np.where(grams > room, np.maximum(room, 0) / np.maximum(grams, 1), 1.0)[p.offer_supplier]
        self.most = np.where(share < 1, np.floor(sold * share).astype(np.int64), self.most)

    def unit_rp(self) -> Ints:
        """Whole rupiah per unit and free lane; dearer than any gap where the ceiling forbids the tier."""
        s, p = self.scope, self.scope.problem
        unit = (
            p.freight_rp[s.lanes] + p.tier_price_rp[self.tier][s.offer] + self.open_rp[s.offer] + self.drop_rp
        )
        if p.n_trips:
            unit = unit + np.where(s.trip >= 0, self.gram_rp[s.trip], 0) * s.unit_g
        barred = p.tier_start[:-1][s.offer] + s.bar > self.tier[s.offer]
        far = float(unit.max(initial=0)) + float(p.unmet_rp.max(initial=0)) + 1
        return np.rint(np.where(barred, far, unit)).astype(np.int64)


def _keeps(problem: Problem, y: Ints, hold: Ints | None) -> bool:
    if hold is None:
        return True
    return bool(np.all((hold < 0) | (Tally(problem, y).fill == hold)))
