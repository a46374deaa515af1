"""Large neighbourhoods: part of the plan is set free, the rest stays, and the compact model is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from .bound import Bound
from .budget import Budget
from .milp import Compact
from .problem import Problem
from .tally import Ints

if TYPE_CHECKING:
    from .search import Found

TARGET = 900  # free lanes of one neighbourhood
SECONDS = 2.0  # for one neighbourhood
SLACK = 2e-5  # a neighbourhood may stop this close to its optimum, as a share of the whole cost
KEEN = (3e-6, 1e-5, 1e-4)  # lanes that lose more than this share of the cost stay out; wider when stuck


def improve(
    problem: Problem,
    found: Found,
    dual: Bound,
    hold: Ints | None,
    gap: float,
    seed: int,
    budget: Budget,
    report: Callable[[Found], None],
) -> None:
    """Improve the plan neighbourhood by neighbourhood until the gap or the end of the budget."""
    for width in KEEN:
        lately = found.cost_rp
        for needs in neighbourhoods(problem, found, seed):
            if budget.over() or found.gap() <= gap:
                return
            lanes = lanes_of(problem, needs)
            free = lanes[(dual.loss_rp[lanes] <= width * found.cost_rp) | (found.y[lanes] > 0)]
            model = Compact(problem, free, found.y, hold)
            y, _ = model.solve(gap=0.0, slack=SLACK * found.cost_rp, seed=seed, **budget.limits(SECONDS))
            if y is not None and found.take(problem, y, hold):
                report(found)
        del lately


def lanes_of(problem: Problem, needs: Ints) -> Ints:
    """All lanes of some needs."""
    inside = np.zeros(problem.n_needs, dtype=np.bool_)
    inside[needs] = True
    return np.flatnonzero(inside[problem.lane_need])


def neighbourhoods(problem: Problem, found: Found, seed: int) -> Iterator[Ints]:
    """Sets of needs: those of a district, of a supplier, of a commodity."""
    p = problem
    dice = np.random.default_rng(seed)
    for key, rows in ((p.need_district, None), (p.need_commodity, None), (p.offer_supplier, 0)):
        if rows is None:
            for value in dice.permutation(np.unique(key)):
                yield np.flatnonzero(key == value)
        else:
            for supplier in dice.permutation(np.unique(key)):
                used = (found.y > 0) & (p.lane_supplier == supplier)
                yield np.unique(p.lane_need[used])
