"""Solving: the child process works with no transaction open, its plan is judged before it is stored."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from market.core import db, faults, states
from market.core.errors import LumbungError
from market.core.faults import FaultInjected
from market.core.i18n import stored
from market.core.permissions import SYSTEM
from market.rounds import queries, solver
from market.rounds.models import Round, RoundProgress
from market.rounds.services import ending, extras, gathering, recording, rotating
from market.rounds.solver import Limits, SolverFailed

log = logging.getLogger(__name__)

MOST_CAPS = 3
"""So often a plan is searched again because somebody would take more for others alone."""
PROGRESS_EVERY_S = 0.4
"""Points of the curve are written at most this often: the page is asked every few seconds anyway."""


@dataclass(frozen=True)
class Work:
    """What one solve needs to know of its round, outside any transaction."""

    round_id: int
    organization_id: int
    attempt: int
    turn: int
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
        work, found = _search_fairly(work, limits or Limits(seed=round_id))
    except SolverFailed as failure:
        _fail(work, str(failure))
        return
    milliseconds = round((time.monotonic() - began) * 1000)
    faults.point("plan_found")
    try:
        with db.transaction():
            recording.record_plan(round_id, work.attempt, work.problem, found, milliseconds)
    except FaultInjected:
        raise
    except (LumbungError, LookupError, ValueError, TypeError, IntegrityError) as error:
        # A plan that cannot be written down is as good as none: the round must not wait for ever.
        log.exception("the plan of round %s could not be recorded", round_id)
        _fail(work, f"{type(error).__name__}: {error}")


def _begin(round_id: int) -> Work | None:
    """Say that the round is being solved, and gather its problem; None when it waits for no solver."""
    round_ = queries.round_by_id(round_id, lock=True)
    if round_.state not in ("closed", "rematching", "solving"):
        return None
    if round_.state == "closed":
        states.advance(round_, "solving", SYSTEM)
        round_.attempt += 1
    _forget_progress(round_)
    before = queries.newest_plan(round_id) if round_.state == "rematching" else None
    earlier = json.loads(before.plan_json) if before else None
    problem = gathering.problem_of(round_)
    turn = rotating.serial(round_.number)
    return Work(round_id, round_.organization_id, round_.attempt, turn, problem, earlier)


def _forget_progress(round_: Round) -> None:
    """An attempt that begins again draws its curve again."""
    mine = (RoundProgress.round_id == round_.id, RoundProgress.attempt == round_.attempt)
    db.session.execute(delete(RoundProgress).where(*mine))


def _search_fairly(work: Work, limits: Limits) -> tuple[Work, recording.Found]:
    """Search, and again without extra packs from which only others would gain; raises SolverFailed."""
    found = _search(work, limits)
    for _again in range(MOST_CAPS):
        idle = extras.idle_extras(work.problem, found.plan)
        if not idle:
            break
        work = replace(work, problem=extras.capped(work.problem, idle))
        found = _search(work, limits)
    return work, found


def _search(work: Work, limits: Limits) -> recording.Found:
    """Run the matcher's commands on the problem; raises SolverFailed for an unclean plan, too.

    What only reads the problem runs beside the search: each command is a process of its own.
    """
    progress = _ProgressWriter(work)
    first = work.earlier is None
    with solver.workplace(work.problem) as folder, ThreadPoolExecutor(max_workers=1) as beside:
        # The yardsticks are those of the first plan: a re-match has accepted lines in it.
        by_hand = beside.submit(_perhaps, solver.greedy, folder) if first else None
        alone = beside.submit(_perhaps, solver.alone, folder) if first else None
        if work.earlier is None:
            plan = rotating.rotate(work.problem, solver.solve(folder, limits, progress.write), work.turn)
            solver.keep(folder, plan)
        else:
            plan = solver.resolve(folder, work.earlier, limits, progress.write)
        why = beside.submit(_perhaps, solver.explain, folder)
        progress.flush()
        verdict = solver.check(folder)
        if not verdict.get("clean"):
            faults_found = json.dumps(verdict.get("faults", [])[:5], ensure_ascii=False)
            raise SolverFailed(f"the checker refused the plan: {faults_found}")
        return recording.Found(
            plan=plan,
            verdict=verdict,
            greedy=by_hand.result() if by_hand else None,
            alone=alone.result() if alone else None,
            explanations=why.result() or {},
            seed=limits.seed,
            search={
                "gap": limits.gap,
                "seconds": None if limits.work is not None else limits.seconds,
                "work": limits.work,
                "seed": limits.seed,
            },
        )


def _perhaps(ask: Callable[[Path], dict[str, Any]], folder: Path) -> dict[str, Any] | None:
    """A yardstick or an explanation; a round is not lost because one of them is."""
    try:
        return ask(folder)
    except SolverFailed:
        log.exception("the matcher gave no yardstick")
        return None


class _ProgressWriter:
    """Writes points of the curve, each in a small transaction of its own; the last one always."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.last = 0.0
        self.held: dict[str, Any] | None = None

    def write(self, point: dict[str, Any]) -> None:
        self.held = point
        if time.monotonic() - self.last >= PROGRESS_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write the newest point, if it has not been written."""
        if self.held is None:
            return
        self.last, point, self.held = time.monotonic(), self.held, None
        with db.transaction() as session:
            session.add(
                RoundProgress(
                    organization_id=self.work.organization_id,
                    round_id=self.work.round_id,
                    attempt=self.work.attempt,
                    milliseconds=round(point["seconds"] * 1000),
                    bound_rp=point["bound_rp"],
                    cost_rp=point["cost_rp"],
                )
            )


def _fail(work: Work, why: str) -> None:
    """The round says that it failed; a re-match ends the round with what was accepted."""
    log.error("round %s failed: %s", work.round_id, why)
    with db.transaction():
        round_ = queries.round_by_id(work.round_id, lock=True)
        if round_.attempt != work.attempt or round_.state not in ("solving", "rematching"):
            return  # somebody else has gone on with the round
        round_.failure = why[:2000]
        if round_.state == "solving":
            states.advance(round_, "failed", SYSTEM, stored("hitungan gagal"))
        elif round_.state == "rematching":
            states.advance(round_, "published", SYSTEM, stored("pencarian ulang gagal"))
            ending.finish(round_)
