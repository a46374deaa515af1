"""Of plans that cost no more, the one nearest to an old plan."""

from __future__ import annotations

import numpy as np

from .budget import Limits
from .highs import optimise
from .milp import Compact
from .problem import Problem
from .tally import Ints, Tally


def nearest(problem: Problem, y: Ints, old: Ints, hold: Ints | None, seed: int, limits: Limits) -> Ints:
    """The plan that moves the fewest units away from `old` among those that cost no more than `y` does.

    Returns `y` itself where none nearer is found within the limits.
    """
    if np.array_equal(y, old):
        return y
    model = Compact(problem, np.arange(problem.n_lanes, dtype=np.int64), y, hold)
    scope, cost = model.scope, model.model.column_arrays()[2].copy()
    row = model.model.add_rows(1, high=float(cost @ model.hint(y)) + 0.5)
    priced = np.flatnonzero(cost)
    model.model.add_terms(np.repeat(row, priced.size), priced, cost[priced])
    model.model.recost(np.zeros(cost.size))
    moved = model.columns(scope.lanes.size, lambda t: np.abs(t.y - old)[scope.lanes], cost=1.0)
    for sign in (1.0, -1.0):
        rows = model.model.add_rows(scope.lanes.size, high=sign * old[scope.lanes])
        model.model.add_terms(rows, model.lots, sign * scope.step)
        model.model.add_terms(rows, moved, -1.0)
    answer = optimise(model.model, gap=0.0, seed=seed, hint=model.hint(y), limits=limits)
    if answer.values is None:
        return y
    found = model.read(answer.values)
    tally = Tally(problem, found)
    fits = tally.clean and tally.cost_rp <= Tally(problem, y).cost_rp
    if hold is not None:
        fits = fits and bool(np.all((hold < 0) | (tally.fill == hold)))
    return found if fits and np.abs(found - old).sum() < np.abs(y - old).sum() else y
