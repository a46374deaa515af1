"""Solving: pieces, prices, a first plan, and then better ones until the gap or the limit is reached.

Whatever happens inside, a plan that keeps every rule comes out; it may have shortages.
"""

from __future__ import annotations

import time

import numpy as np

from . import certificate, ration
from .bound import Bound, bound
from .budget import Budget
from .flow import slope_plan
from .greedy import greedy_quantities
from .options import OnProgress, Options, Progress
from .plan import Plan, build_plan, gap_of
from .problem import Problem
from .search import Found, search
from .split import Piece, pieces
from .tally import Ints, Tally

RATION_SHARE = 0.4  # of the limit, for sharing out rationed commodities


def solve(problem: Problem, options: Options | None = None, on_progress: OnProgress | None = None) -> Plan:
    """The cheapest plan found within the limits, with the best bound known.

    Never raises for a hard problem: the plan then has shortages. `on_progress` is called with the best
    bound and plan so far whenever one of them gets better.
    """
    options = options or Options()
    budget = Budget(options.seconds, options.work)
    hold, start = None, np.zeros(problem.n_lanes, dtype=np.int64)
    if problem.rationed.any():
        hold, start = ration.share_out(problem, budget.part(RATION_SHARE), options.seed)
    course = Course(problem, hold, start, options, on_progress)
    course.run(budget)
    return course.plan()


class Course:
    """One solve: what is known of the whole while its pieces are worked on one after the other."""

    def __init__(
        self, problem: Problem, hold: Ints | None, start: Ints, options: Options, on_progress: OnProgress | None
    ) -> None:
        self.problem, self.hold, self.options, self.on_progress = problem, hold, options, on_progress
        self.started = time.monotonic()
        self.y = start
        self.cost_rp = Tally(problem, start).cost_rp
        self.bound_rp: int | None = None
        self.certificate: certificate.Certificate | None = None
        self.bounds: list[int] | None = None
        self.certified_rp = 0
        self.constant_rp = 0

    def run(self, budget: Budget) -> None:
        """Bound and first plans everywhere, then search piece by piece."""
        self._first_plan(greedy_quantities(self.problem, self.hold))
        dual = bound(self.problem, self.hold)
        found = pieces(self.problem)
        duals = [dual.of(piece) for piece in found]
        self._certify(found, dual, duals)
        self._first_plan(slope_plan(self.problem, dual.flow, self.hold))
        todo = sum(piece.problem.n_lanes for piece in found)
        for number, (piece, part) in enumerate(zip(found, duals, strict=True)):
            size = piece.problem.n_lanes
            self._search(number, piece, part, budget.part(size / todo))
            todo -= size

    def plan(self) -> Plan:
        """The best plan, its bound and its certificate."""
        return build_plan(
            self.problem, self.y, seed=self.options.seed, bound_rp=self.bound_rp, certificate=self.certificate
        )

    def _part(self, piece: Piece) -> Ints | None:
        return None if self.hold is None else self.hold[piece.needs]

    def _first_plan(self, y: Ints) -> None:
        tally = Tally(self.problem, y)
        kept = self.hold is None or bool(np.all((self.hold < 0) | (tally.fill == self.hold)))
        if kept and tally.clean and tally.cost_rp < self.cost_rp:
            self.y, self.cost_rp = y, tally.cost_rp
            self._report()

    def _certify(self, found: list[Piece], whole: Bound, duals: list[Bound]) -> None:
        # What no piece holds cannot be served at all: its penalty is part of every plan.
        p = self.problem
        served = np.zeros(p.n_needs, dtype=np.bool_)
        for piece in found:
            served[piece.needs] = True
        self.constant_rp = int((p.wanted * p.unmet_rp)[~served].sum())
        self.bounds = [dual.bound_rp for dual in duals]
        self.certified_rp = whole.bound_rp
        self.certificate = certificate.to_json(p, whole.prices, self.hold)
        self._report()

    def _report(self) -> None:
        if self.bounds is not None:
            known = max(self.certified_rp, self.constant_rp + sum(self.bounds))
            self.bound_rp = min(self.cost_rp, known)
        if self.on_progress is not None:
            gap = gap_of(self.problem, self.cost_rp, self.bound_rp)
            passed = time.monotonic() - self.started
            self.on_progress(Progress(self.bound_rp, self.cost_rp, gap, passed))

    def _search(self, number: int, piece: Piece, dual: Bound, budget: Budget) -> None:
        small = piece.problem
        y = self.y[piece.lanes]
        cost = Tally(small, y).cost_rp
        found = Found(y, cost, min(cost, dual.bound_rp))
        outside = self.cost_rp - cost

        def report(better: Found) -> None:
            self.y[piece.lanes], self.cost_rp = better.y, outside + better.cost_rp
            bounds[number] = better.bound_rp or 0
            self._report()

        self.y = self.y.copy()
        bounds, options = self.bounds or [], self.options
        search(small, found, dual, self._part(piece), options.gap, options.seed, budget, report)
        report(found)
