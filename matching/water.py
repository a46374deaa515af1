"""Water filling: the fairest fills that capacities and lanes alone allow, exactly.

Fills that a network can carry form a polymatroid: giving one lot more to a need never helps another one.
So the fairest fills come from giving lots one by one, always to a need that has least for its weight, and
a need that cannot take a lot now never can again. The lots are not given singly: the longest feasible
prefix of the whole sequence is found by halving, each time with one maximum flow.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from .scope import Scope
from .tally import Bools, Ints

SPELT_OUT = 2_000_000  # lots that are lined up at once; of more the line is cut by halving the level
FINE = 60  # binary digits of a level


def water_fill(scope: Scope, needs: Ints) -> tuple[Ints, Ints]:
    """Lots per need of `needs`, and units per free lane of the scope that bring them.

    Only capacities, lanes and what each need wanted are looked at; all lots must be of one size.
    """
    pool = _Pool(scope, needs)
    given = np.zeros(needs.size, dtype=np.int64)
    queue = Queue(scope, needs, pool.most)
    while True:
        given, turns = queue.window(given, pool.carries)
        if not turns.size:
            break
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
        queue.most = np.where(pool.reached, queue.most, given)
    pool.carries(given)
    return given, pool.flow


class Queue:
    """Whose turn is next, lot by lot: the least ratio now, then the greatest after the lot, then `order`.

    `most` are lots that each need takes at most; whoever is done has what was given.
    """

    def __init__(self, scope: Scope, needs: Ints, most: Ints) -> None:
        p = scope.problem
        self.needs, self.most, self.lot = needs, most, _lot(scope)
        self.base, self.weight, self.order = scope.base.fill[needs], p.weight[needs], p.order[needs]
        largest = int((self.base + self.lot * np.maximum(most, 0)).max(initial=0)) + self.lot
        # Equal fractions give equal doubles; different ones are apart by one over both numerator and weight.
        self.plain = largest * int(self.weight.max(initial=1)) < 2**50
        self.long = SPELT_OUT if self.plain else SPELT_OUT // 100

    def window(self, given: Ints, carries: Callable[[Ints], bool]) -> tuple[Ints, Ints]:
        """What may be given at once, and the turns (rows of `needs`) after that, until not all can be had."""
        good, bad = given, self.most
        if int((bad - good).sum()) <= self.long:
            return good, self._sorted(good, bad)
        if carries(bad):
            return bad, np.zeros(0, dtype=np.int64)
        low, high = 0, (1 + int((self.base + self.lot * bad).max())) << FINE
        while int((bad - good).sum()) > self.long and high - low > 1:
            middle = (low + high) // 2
            there = np.clip(self._below(middle), given, self.most)
            if carries(there):
                low, good = middle, there
            else:
                high, bad = middle, there
        return good, self._sorted(good, bad)

    def _below(self, level: int) -> Ints:
        """Lots of each need that start from a ratio below level / 2^FINE."""
        count = -((self.base.astype(object) << FINE) - self.weight.astype(object) * level)
        lots = -(-count // (self.lot << FINE))
        return np.asarray(np.minimum(np.maximum(lots, 0), self.most).astype(np.int64))

    def _sorted(self, first: Ints, last: Ints) -> Ints:
        count = np.maximum(0, last - first)
        who = np.repeat(np.arange(self.needs.size), count)
        nth = np.arange(who.size) - np.repeat(np.cumsum(count) - count, count) + first[who]
        have, weight = self.base[who] + self.lot * nth, self.weight[who]
        if self.plain:
            keys = (self.needs[who], self.order[who], -(have + self.lot) / weight, have / weight)
            return np.asarray(who[np.lexsort(keys)])
        rows = zip(
            have.tolist(), weight.tolist(), self.order[who].tolist(), self.needs[who].tolist(), strict=True
        )
        exact = [(Fraction(h, w), -Fraction(h + self.lot, w), order, need) for h, w, order, need in rows]
        return who[sorted(range(len(exact)), key=exact.__getitem__)]


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
