"""Solving: the child process works with no transaction open, its plan is judged before it is stored."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.core import db, faults, states
from market.core.errors import LumbungError
from market.core.permissions import SYSTEM
from market.rounds import queries, solver
from market.rounds.models import RoundProgress
from market.rounds.problem import build_problem
from market.rounds.services import gathering, recording
from market.rounds.solver import Limits, SolverFailed

log = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.4
"""Points of the curve are written at most this often: the page is asked every few seconds anyway."""


@dataclass(frozen=True)
class Work:
    """What one solve needs to know of its round, outside any transaction."""

    round_id: int
    organization_id: int
    attempt: int
    problem: dict[str, Any]
    earlier: dict[str, Any] | None


def solve_round(round_id: int, limits: Limits | None = None) -> None:
    """Solve a closed round (or re-match a published one) and store its plan.

    Opens its own transactions; none is open while the solver runs. A solver that fails, times out or
    leaves a plan that the checker refuses puts the round to `failed` (a re-match: back to published
    with what was accepted); nothing is applied and it can be run again. Calling it for a round in any
    other state does nothing, so a repeated job is harmless.
    """
    with db.transaction():
        work = _begin(round_id)
    if work is None:
        return
    faults.point("solver_start")
    began = time.monotonic()
    try:
        found = _search(work, limits or Limits(seed=round_id))
    except SolverFailed as failure:
        _fail(work, str(failure))
        return
    milliseconds = round((time.monotonic() - began) * 1000)
    faults.point("plan_found")
    try:
        with db.transaction():
            recording.record_plan(round_id, work.attempt, work.problem, found, milliseconds)
    except LumbungError as refusal:
        _fail(work, str(refusal))


def _begin(round_id: int) -> Work | None:
    round_ = queries.round_by_id(round_id, lock=True)
    if round_.state not in ("closed", "rematching", "solving"):
        return None
    if round_.state == "closed":
        states.advance(round_, "solving", SYSTEM)
        round_.attempt += 1
    offers = gathering.offer_rows(round_)
    problem = build_problem(
        gathering.need_rows(round_),
        offers,
        gathering.trip_rows({offer.supplier_id for offer in offers}),
        gathering.first_delivery_on(round_),
        gathering.fixed_rows(round_),
    )
    before = queries.newest_plan(round_id) if round_.state == "rematching" else None
    earlier = json.loads(before.plan_json) if before else None
    return Work(round_id, round_.organization_id, round_.attempt, problem, earlier)


def _search(work: Work, limits: Limits) -> recording.Found:
    """Run the matcher's commands on the problem; raises SolverFailed for an unclean plan, too."""
    progress = _ProgressWriter(work)
    with solver.workplace(work.problem) as folder:
        if work.earlier is None:
            plan = solver.solve(folder, limits, progress.write)
        else:
            plan = solver.resolve(folder, work.earlier, limits, progress.write)
        verdict = solver.check(folder)
        if not verdict.get("clean"):
            faults_found = json.dumps(verdict.get("faults", [])[:5], ensure_ascii=False)
            raise SolverFailed(f"the checker refused the plan: {faults_found}")
        return recording.Found(plan, verdict, *_yardsticks(folder), _explanations(folder), limits.seed)


def _yardsticks(folder: Path) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Greedy and alone, for comparison; a round is not lost because a yardstick is."""
    try:
        return solver.greedy(folder), solver.alone(folder)
    except SolverFailed:
        log.exception("yardsticks failed")
        return None, None


def _explanations(folder: Path) -> dict[str, Any]:
    try:
        return solver.explain(folder)
    except SolverFailed:
        log.exception("explanations failed")
        return {}


class _ProgressWriter:
    """Writes points of the curve, each in a small transaction of its own."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.last = 0.0

    def write(self, point: dict[str, Any]) -> None:
        if time.monotonic() - self.last < PROGRESS_EVERY_S:
            return
        self.last = time.monotonic()
        with db.transaction() as session:
            session.add(
                RoundProgress(
                    organization_id=self.work.organization_id,
                    round_id=self.work.round_id,
                    attempt=self.work.attempt,
                    milliseconds=round(float(point["seconds"]) * 1000),
                    bound_rp=point.get("bound_rp"),
                    cost_rp=point.get("cost_rp"),
                )
            )


def _fail(work: Work, why: str) -> None:
    log.error("round %s failed: %s", work.round_id, why)
    with db.transaction():
        round_ = queries.round_by_id(work.round_id, lock=True)
        round_.failure = why[:2000]
        if round_.state == "solving":
            states.advance(round_, "failed", SYSTEM, why[:500])
        elif round_.state == "rematching":
            states.advance(round_, "published", SYSTEM, why[:500])
            recording.finish(round_)
