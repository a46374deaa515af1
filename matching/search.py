"""One piece of a problem, from a first plan to the best that its budget allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .bound import Bound
from .budget import Budget
from .improve import improve
from .milp import Compact
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
    dual: Bound,
    hold: Ints | None,
    gap: float,
    seed: int,
    budget: Budget,
    report: Report,
) -> Found:
    """Improve `found` until its gap is at most `gap` or the budget is used up."""
    small = problem.n_lanes <= EXACT_LANES
    if small and found.cost_rp != found.bound_rp and not budget.over():
        exact(problem, found, hold, gap, seed, budget, report)
    if found.gap() > gap and not budget.over():
        improve(problem, found, dual, hold, gap, seed, budget, report)
    return found


def exact(
    problem: Problem,
    found: Found,
    hold: Ints | None,
    gap: float,
    seed: int,
    budget: Budget,
    report: Report,
) -> None:
    """One model of everything: first for the true optimum, then, with what is left, for the gap."""
    model = Compact(problem, np.arange(problem.n_lanes, dtype=np.int64), found.y, hold)
    for share, aim in ((0.4, 0.0), (0.6, gap)):
        if found.gap() <= aim or (share == 0.6 and found.gap() <= gap) or budget.over():
            return
        model.start = found.y
        y, answer = model.solve(gap=aim, seed=seed, **budget.all_limits(share))
        better = y is not None and found.take(problem, y, hold)
        if answer.bound is not None:
            better = found.raise_bound(safe_bound(answer.bound)) or better
        if better:
            report(found)


def safe_bound(bound: float) -> int:
    """A whole-rupiah bound from the solver's: less what its arithmetic may be off, then up, as costs are whole."""
    return math.ceil(bound - 1e-6 - TRUST * abs(bound))
