"""Solving: pieces, prices, a first plan, and then better ones until the gap or the limit is reached.

Whatever happens inside, a plan that keeps every rule comes out; it may have shortages.
"""

from __future__ import annotations

import time

import numpy as np

from . import certificate
from .bound import CLOSER, QUICK, Bound, Pursuit
from .budget import Budget
from .crew import Crew, Task
from .flow import slope_plan
from .greedy import greedy_quantities
from .large import is_large, solve_large
from .options import OnProgress, Options, Progress
from .plan import Plan, build_plan, gap_of
from .problem import Problem
from .ration import share_out
from .search import Found
from .split import Piece, pieces
from .tally import Bools, Ints, Tally
from .tame import tamed

Stages = tuple[tuple[float, int], ...]

BOUND_SHARE = 0.5  # of what is left, at most, for the prices
GREEDY_LANES = 300_000  # above this the officer's plan comes only where no better one did
CLOSER_SHARE = 0.15  # of what is left: the bound gets better only where that costs no more
RATION_SHARE = 0.8  # of the limit at most, for sharing out rationed commodities: fairness comes first


def solve(problem: Problem, options: Options | None = None, on_progress: OnProgress | None = None) -> Plan:
    """The cheapest plan found within the limits, with the best bound known.

    Never raises for a hard problem: the plan then has shortages. `on_progress` is called with the best
    bound and plan so far whenever one of them gets better.
    """
    options = options or Options()
    if is_large(problem):
        return solve_large(problem, options, on_progress)
    budget = Budget(options.seconds, options.work)
    hold, start = None, np.zeros(problem.n_lanes, dtype=np.int64)
    if problem.rationed.any():
        hold, start = share_out(tamed(problem), budget.part(RATION_SHARE), options.seed)
    course = Course(problem, hold, start, options, on_progress)
    course.run(budget)
    return course.plan()


class Course:
    """One solve: what is known of the whole while its pieces are worked on."""

    def __init__(
        self,
        problem: Problem,
        hold: Ints | None,
        start: Ints,
        options: Options,
        on_progress: OnProgress | None,
    ) -> None:
        self.problem, self.hold, self.options, self.on_progress = problem, hold, options, on_progress
        self.started = time.monotonic()
        self.y = start.copy()
        self.cost_rp = Tally(problem, start).cost_rp
        self.bound_rp: int | None = None
        self.certified_rp = 0
        self.certificate: certificate.Certificate | None = None
        self.bounds: list[int] = []
        self.constant_rp = 0
        self.told: tuple[int | None, int] | None = None

    def run(self, budget: Budget) -> None:
        """Bound and first plans for the whole, then search piece by piece."""
        small = self.problem.n_lanes <= GREEDY_LANES
        if small:
            self._first_plan(greedy_quantities(self.problem, self.hold))
        empty_rp = self.cost_rp
        found = self._pieces()
        pursuit = Pursuit(self.problem, self.hold)
        began = budget.left()
        dual = self._bound(pursuit, QUICK, found, budget)
        took = began - budget.left() if budget.work is None else 0.0
        if dual is not None and not budget.over():
            self._first_plan(slope_plan(self.problem, dual, self.hold, budget.late))
        if not small and self.cost_rp == empty_rp:
            self._first_plan(greedy_quantities(self.problem, self.hold))
        if dual is not None and took <= CLOSER_SHARE * budget.left() and self._gap() > self.options.gap:
            dual = self._bound(pursuit, CLOSER, found, budget)
        self._search(found, dual, budget, [True] * len(found), None)

    def rematch(self, old: Ints, touched: Bools, budget: Budget, share: float) -> None:
        """Search only the pieces with touched needs, near to the plan `old`."""
        found = self._pieces()
        dual = self._bound(Pursuit(self.problem, self.hold), QUICK, found, budget)
        todo = [bool(touched[piece.needs].any()) for piece in found]
        self._search(found, dual, budget.part(share), todo, old)

    def plan(self) -> Plan:
        """The best plan, its bound and its certificate."""
        return build_plan(
            self.problem, self.y, seed=self.options.seed, bound_rp=self.bound_rp, certificate=self.certificate
        )

    def _keeps(self, tally: Tally) -> bool:
        held = self.hold is None or bool(np.all((self.hold < 0) | (tally.fill == self.hold)))
        return held and tally.clean

    def _first_plan(self, y: Ints) -> None:
        tally = Tally(self.problem, y)
        if tally.cost_rp < self.cost_rp and self._keeps(tally):
            self.y, self.cost_rp = y.copy(), tally.cost_rp
            self._report()

    def _gap(self) -> float:
        gap = gap_of(self.problem, self.cost_rp, self.bound_rp)
        return float("inf") if gap is None else gap

    def _pieces(self) -> list[Piece]:
        p, found = self.problem, pieces(tamed(self.problem))
        # What no piece holds cannot be served at all: its penalty is part of every plan.
        served = np.zeros(p.n_needs, dtype=np.bool_)
        for piece in found:
            served[piece.needs] = True
        self.constant_rp = int((p.wanted * p.unmet_rp)[~served].sum())
        self.bounds = [0] * len(found)
        return found

    def _bound(self, pursuit: Pursuit, stages: Stages, found: list[Piece], budget: Budget) -> Bound | None:
        """The certified bound after some more stages (null where its numbers are too large to be exact)."""
        part, todo = budget.part(BOUND_SHARE), sum(steps for _, steps in stages)
        for softness, steps in stages:
            turn = part.part(steps / todo)
            pursuit.climb(softness, steps, turn.late)
            todo -= steps
        try:
            dual = pursuit.bound()
        except certificate.CertificateError:
            self._report(bounded=True)
            return None
        self.bounds = [
            max(old, dual.of(piece).bound_rp) for old, piece in zip(self.bounds, found, strict=True)
        ]
        if self.certificate is None or dual.bound_rp > self.certified_rp:
            self.certified_rp = dual.bound_rp
            self.certificate = certificate.to_json(self.problem, dual.prices, self.hold)
        self._report(bounded=True)
        return dual

    def _report(self, bounded: bool = False) -> None:
        if bounded or self.bound_rp is not None:
            known = max(self.certified_rp, self.constant_rp + sum(self.bounds))
            self.bound_rp = min(self.cost_rp, max(known, self.bound_rp or 0))
        if self.on_progress is None or self.told == (self.bound_rp, self.cost_rp):
            return
        self.told = (self.bound_rp, self.cost_rp)
        gap = gap_of(self.problem, self.cost_rp, self.bound_rp)
        self.on_progress(Progress(self.bound_rp, self.cost_rp, gap, time.monotonic() - self.started))

    def _search(
        self, found: list[Piece], dual: Bound | None, budget: Budget, todo: list[bool], old: Ints | None
    ) -> None:
        numbers = [number for number, wanted in enumerate(todo) if wanted]
        tasks = [self._task(found[number], dual, self.bounds[number], old) for number in numbers]

        def take(at: int, better: Found) -> None:
            number, lanes = numbers[at], found[numbers[at]].lanes
            before = Tally(found[number].problem, self.y[lanes]).cost_rp
            self.y[lanes] = better.y
            self.cost_rp += better.cost_rp - before
            self.bounds[number] = max(self.bounds[number], better.bound_rp or 0)
            self._report(bounded=True)

        Crew(self.options, budget).work(tasks, take)

    def _task(self, piece: Piece, dual: Bound | None, bound_rp: int, old: Ints | None) -> Task:
        y = self.y[piece.lanes]
        cost = Tally(piece.problem, y).cost_rp
        return Task(
            piece.problem,
            Found(y, cost, min(cost, bound_rp)),
            None if dual is None else dual.guide(self.problem).of(piece.lanes, piece.offers),
            None if self.hold is None else self.hold[piece.needs],
            None if old is None else old[piece.lanes],
        )
