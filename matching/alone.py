"""The yardstick of going alone: what each need would pay if nobody bought with it.

Each need gets its `wanted` (or more, up to at_most, where lots or tiers make that cheaper) at least cost
with all capacity its own, under rules 1 to 3 and its buyer's cash. Opening and drop costs count in full;
of each supplier's truck it pays ceil(cost x weight of its load / capacity_g). No limits on trucks or
suppliers' weight, no fixed lines. A need that cannot get all of `wanted` alone is infeasible and left
out of comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .alone_mix import best_mix
from .menu import FAR, Menu
from .problem import Ints, Problem


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

    For most needs one lane is best, and a bound proves it. The others are worked out exactly, unit by
    unit; only where cash decides, or quantities are very large, by a small model (this loads OR-Tools).
    """
    menu = Menu(problem)
    cost, units = menu.best_single()
    doubtful = (menu.mix_floor() < cost - 1) & (problem.wanted > 0) & menu.may_mix()
    for need in np.flatnonzero(doubtful).tolist():
        known = int(cost[need])
        cost[need], units[need] = min((known, int(units[need])), best_mix(menu, need, known))
    idle = problem.wanted == 0
    cost, units = np.where(idle, 0, cost), np.where(idle, 0, units)
    shut = cost >= FAR
    return Alone(problem.need_id, np.where(shut, -1, cost), np.where(shut, 0, units))
