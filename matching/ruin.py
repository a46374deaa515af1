"""Ruin and recreate: a handful of related needs lose their lines and are served again, over and over.

Quick where models are slow: a truck less here, a tier reached there. A step that makes the plan slightly
dearer is accepted now and then, less and less often; the best plan on the way is kept. What is scarce costs a
toll at first, so that a need may leave it before another one comes for it; the toll fades away.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from .highs import Floats
from .problem import Problem
from .regions import Outside
from .tally import Ints, Tally
from .yard import Yard

Key = TypeVar("Key")

LARGEST = 9  # needs taken out at once
WARM, COLD = 0.01, 0.0002  # how much dearer a step may be, in shares of an average need, first and last
BLINK = 0.05  # how often a lane is overlooked
THRIFT = 0.6  # a new truck counts for at least this share of its cost while a need is served: others may join
TOLLS, FADED = 10, 1.2  # levels of the toll, and when it would be gone, in shares of the search
ROUND = 64  # steps between two looks at the clock


def ruin(
    problem: Problem,
    y: Ints,
    loss_rp: Floats | None,
    hold: Ints | None,
    seed: int,
    progress: Callable[[int], float],
    tell: Callable[[Ints], None],
    outside: Outside | None = None,
    toll_rp: Ints | None = None,
) -> None:
    """Search from the plan `y`, which keeps every rule, and `tell` every better plan (not each single one).

    `progress` says for a number of steps done how far the search is; it ends at 1. `outside` stands
    around the problem where that is only a region of a larger one. `toll_rp` per offer is what a unit is
    worth beyond its price.
    """
    yard = Yard(problem, y, loss_rp, hold, outside, toll_rp)
    if not any(yard.choices):
        return
    walk = _Walk(yard, random.Random(seed), Tally(problem, y).cost_rp / max(1, problem.n_needs))
    steps, told, level = 0, 0, 0
    while (done := progress(steps)) < 1:
        now = 0 if toll_rp is None else int(TOLLS * (1 - done / FADED))
        if now != level:
            level = now
            yard.levy(level / TOLLS)
        for _ in range(ROUND):
            walk.step(done)
        steps += ROUND
        if walk.best < told:
            told = walk.best
            tell(np.array(walk.best_y, dtype=np.int64))


class _Walk:
    """The plan that is being changed and the best one it came by."""

    def __init__(self, yard: Yard, dice: random.Random, need_rp: float) -> None:
        self.yard, self.dice = yard, dice
        self.ruins = _Ruins(yard, dice)
        self.best, self.best_y = 0, list(yard.y)
        yard.chance, yard.blink = dice.random, BLINK
        self.warm, self.cold = max(1.0, WARM * need_rp), max(0.01, COLD * need_rp)

    def step(self, done: float) -> None:
        """Take some needs out, serve them again, and keep the result or undo it."""
        yard, dice = self.yard, self.dice
        before, cost, tolls = yard.felt, yard.cost, yard.tolls
        needs = self.ruins.pick()
        yard.thrift = THRIFT + (1 - THRIFT) * dice.random()
        for need in needs:
            yard.clear(need)
        dice.shuffle(needs)
        if dice.random() < 0.5:
            needs.sort(key=lambda i: -yard.target[i] * yard.unmet[i])
        for need in needs:
            yard.serve(need)
        heat = self.warm * (self.cold / self.warm) ** done
        limit = before - heat * math.log(max(dice.random(), 1e-12))
        if before != yard.felt < limit and yard.keeps(0) and self.ruins.served(needs):
            yard.log.clear()
            if yard.cost < self.best:
                self.best, self.best_y = yard.cost, list(yard.y)
        else:
            yard.undo(0, cost, tolls)


class _Ruins:
    """Which needs to take out together."""

    def __init__(self, yard: Yard, dice: random.Random) -> None:
        p = yard.p
        self.yard, self.dice = yard, dice
        self.needs = [i for i in range(p.n_needs) if yard.choices[i]]
        self.district, self.commodity = p.need_district.tolist(), p.need_commodity.tolist()
        self.by_district = _lists(self.district, self.needs)
        self.by_both = _lists(list(zip(self.district, self.commodity, strict=True)), self.needs)
        self.by_commodity = _lists(self.commodity, self.needs)
        self.by_trip: dict[int, list[int]] = {}
        for lane, group in enumerate(yard.trip):
            self.by_trip.setdefault(group, []).append(lane)
        # Plain functions: bound methods would keep the yard alive long after the search.
        self.kinds = (_Ruins._truck, _Ruins._truck, _Ruins._offer, _Ruins._neighbours, _Ruins._commodity)

    def pick(self) -> list[int]:
        """Some needs that share trucks, an offer, a district or a commodity."""
        seed = self.dice.choice(self.needs)
        size = self.dice.randint(1, LARGEST)
        found = self.dice.choice(self.kinds)(self, seed)
        if len(found) > size:
            found = self.dice.sample(found, size)
        return list({seed, *found})

    def served(self, needs: list[int]) -> bool:
        """Did every need whose fill is prescribed get it again?"""
        yard = self.yard
        return all(not yard.held[i] or yard.fill[i] == yard.target[i] for i in needs)

    def _used(self, seed: int) -> list[int]:
        return [k for k in self.yard.mine[seed] if self.yard.y[k]]

    def _truck(self, seed: int) -> list[int]:
        used = self._used(seed)
        if not used:
            return self._neighbours(seed)
        group = self.yard.trip[self.dice.choice(used)]
        y, need = self.yard.y, self.yard.need
        if group >= len(self.yard.truck_rp) - 1:
            return self._neighbours(seed)
        return [need[k] for k in self.by_trip[group] if y[k]]

    def _offer(self, seed: int) -> list[int]:
        used = self._used(seed)
        if not used:
            return self._commodity(seed)
        offer = self.yard.offer[self.dice.choice(used)]
        y, need = self.yard.y, self.yard.need
        return [need[k] for k in self.yard.of_offer[offer] if y[k]]

    def _neighbours(self, seed: int) -> list[int]:
        return self.by_district[self.district[seed]]

    def _commodity(self, seed: int) -> list[int]:
        if self.dice.random() < 0.5:
            return self.by_both[self.district[seed], self.commodity[seed]]
        return self.by_commodity[self.commodity[seed]]


def _lists(keys: Sequence[Key], needs: list[int]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for need in needs:
        found.setdefault(keys[need], []).append(need)
    return found
