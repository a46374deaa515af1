"""One piece of a problem, from a first plan to the best that its budget allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .budget import Budget
from .guide import Guide
from .improve import by_hand, improve, surroundings
from .milp import Compact
from .nearest import nearest
from .options import Options
from .problem import Problem
from .tally import Ints, Tally

EXACT_LANES = 3000  # up to here one model of the whole piece is tried first
TRUST = 1e-9  # how far, relatively, the solver's own bound may be off


@dataclass(slots=True)
class Found:
    """A plan of a piece that keeps every rule, its cost, and the best bound known (null: none)."""

    y: Ints
    cost_rp: int
    bound_rp: int | None

    def gap(self) -> float:
        """Relative gap; infinite without a bound."""
        if self.bound_rp is None:
            return math.inf
        return (self.cost_rp - self.bound_rp) / max(1, self.cost_rp)

    def raise_bound(self, bound_rp: int) -> bool:
        """Take over a bound if it is better; never above the cost of a plan."""
        bound_rp = min(bound_rp, self.cost_rp)
        if self.bound_rp is not None and bound_rp <= self.bound_rp:
            return False
        self.bound_rp = bound_rp
        return True

    def take(self, problem: Problem, y: Ints, hold: Ints | None = None) -> bool:
        """Take over a plan if it keeps every rule and costs less."""
        tally = Tally(problem, y)
        if tally.cost_rp >= self.cost_rp or not tally.clean:
            return False
        if hold is not None and bool(np.any((hold >= 0) & (tally.fill != hold))):
            return False
        self.y, self.cost_rp = y, tally.cost_rp
        return True


Report = Callable[[Found], None]


def search(
    problem: Problem,
    found: Found,
    guide: Guide | None,
    hold: Ints | None,
    old: Ints | None,
    options: Options,
    budget: Budget,
    report: Report,
) -> None:
    """Improve `found` until the gap asked for is reached or the budget is used up.

    With a plan `old` to stay near to, a piece too large to be solved exactly is improved only around the
    lines that changed, and a small one moves as few units as its best cost allows.
    """
    small = problem.n_lanes <= EXACT_LANES
    done = found.cost_rp == found.bound_rp
    if small and not done:
        done = (
            exact(problem, found, hold, 0.0, options.seed, budget, 0.4, report) or found.gap() <= options.gap
        )
    if old is None:
        if small and not done:
            by_hand(problem, found, guide, hold, options, budget, 0.5, report)
            done = exact(problem, found, hold, options.gap, options.seed, budget, 1.0, report)
        if not done:
            improve(problem, found, guide, hold, options, budget, report)
    elif small:
        found.y = nearest(problem, found.y, old, hold, options.seed, budget.all_limits())
    else:
        surroundings(problem, found, guide, hold, old, options, budget, report)


def exact(
    problem: Problem,
    found: Found,
    hold: Ints | None,
    gap: float,
    seed: int,
    budget: Budget,
    share: float,
    report: Report,
) -> bool:
    """One model of everything, solved to the gap within a share of what is left.

    Says whether the solver got there (its bound may still lie a trifle below the cost).
    """
    if budget.over():
        return False
    model = Compact(problem, np.arange(problem.n_lanes, dtype=np.int64), found.y, hold)
    y, answer = model.solve(gap=gap, seed=seed, limits=budget.all_limits(share))
    better = y is not None and found.take(problem, y, hold)
    if answer.bound is not None:
        bound = round(answer.bound) if answer.exact else safe_bound(answer.bound)
        better = found.raise_bound(bound) or better
    if better:
        report(found)
    # A plan that came out broken, for all that the solver thinks of it, is not the end.
    return answer.optimal and y is not None and Tally(problem, y).cost_rp == found.cost_rp


def safe_bound(bound: float) -> int:
    """A bound in whole rupiah from the solver's: less what it may be off, then up, as costs are whole."""
    return math.ceil(bound - 1e-6 - TRUST * abs(bound))
