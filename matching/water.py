"""Water filling: the fairest fills that capacities and lanes alone allow, exactly.

Fills that a network can carry form a polymatroid: giving one lot more to a need never helps another one.
So the fairest fills come from giving lots one by one, always to a need that has least for its weight, and
a need that cannot take a lot now never can again. The lots are not given singly: the longest feasible
prefix of the whole sequence is found by halving, each time with one maximum flow.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .scope import Scope
from .tally import Bools, Ints


def water_fill(scope: Scope, needs: Ints) -> tuple[Ints, Ints]:
    """Lots per need of `needs`, and units per free lane of the scope that bring them.

    Only capacities, lanes and what each need wanted are looked at; all lots must be of one size.
    """
    pool = _Pool(scope, needs)
    given = np.zeros(needs.size, dtype=np.int64)
    turns = _turns(scope, needs, pool.most)
    while turns.size:
        good, bad = 0, turns.size + 1
        while bad - good > 1:
            middle = (good + bad) // 2
            if pool.carries(given + np.bincount(turns[:middle], minlength=needs.size)):
                good = middle
            else:
                bad = middle
        given = given + np.bincount(turns[:good], minlength=needs.size)
        if not pool.carries(given):
            raise AssertionError("a feasible prefix became infeasible")
        # Whoever cannot be reached from the offers any more is done.
        turns = turns[good:]
        turns = turns[pool.reached[turns]]
    pool.carries(given)
    return given, pool.flow


def _turns(scope: Scope, needs: Ints, most: Ints) -> Ints:
    """Which need is next, lot by lot: the least ratio now, then the greatest after the lot, then `order`."""
    p = scope.problem
    who = np.repeat(np.arange(needs.size), most)
    first = np.cumsum(most) - most
    lot = _lot(scope)
    have = scope.base.fill[needs][who] + lot * (np.arange(who.size) - first[who])
    weight = p.weight[needs][who]
    # Equal fractions give equal doubles, and different ones differ by far more than their rounding.
    keys = (needs[who], p.order[needs][who], -(have + lot) / weight, have / weight)
    return np.asarray(who[np.lexsort(keys)])


def _lot(scope: Scope) -> int:
    return int(scope.step[0]) if scope.step.size else 1


class _Pool:
    """The network offers -> lanes -> needs, in lots."""

    def __init__(self, scope: Scope, needs: Ints) -> None:
        p, lot = scope.problem, _lot(scope)
        at = np.full(p.n_needs, -1, dtype=np.int64)
        at[needs] = np.arange(needs.size)
        self.lanes = np.flatnonzero(at[scope.need] >= 0)
        offers, offer = np.unique(scope.offer[self.lanes], return_inverse=True)
        self.size, self.lot, self.n_lanes = needs.size, lot, scope.lanes.size
        room = scope.room[self.lanes] // lot
        reach = np.bincount(at[scope.need[self.lanes]], room, needs.size).astype(np.int64)
        self.most = np.minimum(reach, np.maximum(0, scope.need_room()[needs]) // lot)
        capacity = np.maximum(0, (p.capacity - scope.base.volume)[offers]) // lot
        source, self.sink = needs.size + offers.size, needs.size + offers.size + 1
        start = np.full(offers.size, source)
        self.tail = np.concatenate((start, offer + needs.size, np.arange(needs.size)))
        ends = np.full(needs.size, self.sink)
        self.head = np.concatenate((np.arange(offers.size) + needs.size, at[scope.need[self.lanes]], ends))
        self.room = np.concatenate((capacity, room))
        self.source, self.offers = source, offers.size
        self.reached: Bools = np.ones(needs.size, dtype=np.bool_)
        self.flow = np.zeros(scope.lanes.size, dtype=np.int64)

    def carries(self, lots: Ints) -> bool:
        """Can every need get its lots at once? Remembers the flow and who could still get more."""
        graph = _graph()()
        room = np.concatenate((self.room, lots))
        arcs = graph.add_arcs_with_capacity(self.tail, self.head, room)
        if not arcs.size or graph.solve(self.source, self.sink) != graph.OPTIMAL:
            return bool(lots.sum() == 0)
        if graph.optimal_flow() != int(lots.sum()):
            return False
        flow = np.asarray(graph.flows(arcs), dtype=np.int64)
        self.flow[self.lanes] = flow[self.offers : self.offers + self.lanes.size] * self.lot
        inside = np.zeros(self.sink + 1, dtype=np.bool_)
        inside[np.asarray(graph.get_source_side_min_cut(), dtype=np.int64)] = True
        self.reached = inside[: self.size]
        return True


@cache
def _graph() -> Any:
    from ortools.graph.python import max_flow

    return max_flow.SimpleMaxFlow
