"""Sharing out scarce commodities: the least filled for its weight comes first, exactly.

First the fairest fills that capacities alone allow (`water`): if a plan with these fills keeps all other
rules too, nothing fairer exists. Only otherwise the full rules are asked, level by level (`leximin`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np

from .budget import ROUGH, Budget, Limits
from .even import even, hand_over
from .leximin import BY_COUNT, fairest
from .milp import Compact
from .problem import Problem
from .refill import refill
from .repair import repair
from .scope import Scope
from .tally import Bools, Ints, Tally
from .water import water_fill

WISH, HAND, MODEL = 0.3, 0.2, 0.6  # shares of what is left: the ideal itself, moves by hand, one soft model
LEAST = 0.1  # seconds for moves by hand in any case
STEPS = 400  # needs looked at by hand where work is counted
DEAR_RP = 2**40  # stands for "more than any price"


def fills(problem: Problem, budget: Budget | None = None, seed: int = 0) -> Ints:
    """Units that each need of a rationed commodity gets (fixed ones included); -1 for all other needs."""
    return share_out(problem, budget or Budget(0.0, work=200), seed)[0]


def share_out(problem: Problem, budget: Budget, seed: int) -> tuple[Ints, Ints]:
    """The fills (-1: not rationed) and a plan that keeps every rule and has exactly these fills.

    Commodity by commodity in order of id; what was given before stays given.
    """
    hold = np.full(problem.n_needs, -1, dtype=np.int64)
    y = np.zeros(problem.n_lanes, dtype=np.int64)
    for commodity in np.flatnonzero(problem.ration).tolist():
        needs = np.flatnonzero(problem.need_commodity == commodity)
        if needs.size:
            y = _share_one(problem, needs, hold, y, budget, seed)
            hold[needs] = Tally(problem, y).fill[needs]
    return hold, y


def _share_one(problem: Problem, needs: Ints, hold: Ints, y: Ints, budget: Budget, seed: int) -> Ints:
    """A plan that shares one commodity out to its needs as fairly as possible and keeps `hold`."""
    inside = np.zeros(problem.n_needs, dtype=np.bool_)
    inside[needs] = True
    lanes = np.flatnonzero(inside[problem.lane_need])
    scope = Scope(problem, lanes, y)
    given, flow = water_fill(scope, needs)
    best = y.copy()
    best[scope.lanes] = flow
    if Tally(problem, best).clean:
        return best
    wish = hold.copy()
    wish[needs] = scope.base.fill[needs] + given * (int(scope.step[0]) if scope.step.size else 1)
    free = _helpers(problem, inside, hold)
    model = Compact(problem, free, y, wish)
    found, _ = model.solve(gap=1.0, seed=seed, limits=_some(budget, WISH))
    if found is not None and _keeps(problem, found, wish):
        return found
    start = _fallback(problem, best, y, hold)
    if needs.size > BY_COUNT:
        start = _nearly(problem, needs, free, start, hold, wish[needs], budget, seed)
    y, done = fairest(problem, needs, free, start, hold, budget, seed)
    if done:
        return y
    y = _top_up(problem, inside, y)
    return hand_over(problem, needs, y, wish[needs], hold, _patience(budget, 0.0))


def _nearly(
    problem: Problem, needs: Ints, free: Ints, y: Ints, hold: Ints, wish: Ints, budget: Budget, seed: int
) -> Ints:
    """A plan that is nearly fair, by hand and by one model: what there is if time ends early."""
    y = hand_over(problem, needs, y, wish, hold, _patience(budget, HAND))
    if not budget.late():
        y = even(problem, needs, free, y, hold, wish, _some(budget, MODEL), seed)
    return hand_over(problem, needs, y, wish, hold, _patience(budget, HAND))


def _some(budget: Budget, share: float) -> Limits:
    """A share of what is left by the clock; of counted work few nodes."""
    return Limits(nodes=ROUGH) if budget.work is not None else Limits(max(0.01, budget.left() * share))


def _patience(budget: Budget, share: float) -> Callable[[], bool]:
    """Says when to stop: after a share of what is left (at least LEAST seconds), or after STEPS questions."""
    if budget.work is not None:
        steps = count(1)
        return lambda: next(steps) > STEPS
    end = time.monotonic() + max(LEAST, budget.left() * share)
    return lambda: time.monotonic() > end


def _top_up(problem: Problem, inside: Bools, y: Ints) -> Ints:
    """What is still to be had goes to those who want it, whatever it costs: none is left while some lack."""
    dear = np.where(inside, min(DEAR_RP, 2**62 // (1 + int(problem.wanted.max(initial=0)))), problem.unmet_rp)
    return refill(replace(problem, unmet_rp=dear), y, inside)


def _helpers(problem: Problem, inside: Bools, hold: Ints) -> Ints:
    """Lanes that may move while a commodity is shared out: its own, those already shared, and whatever
    may help a truck to its least load."""
    p = problem
    rationed = inside | (hold >= 0)
    own = rationed[p.lane_need]
    heavy = np.zeros(p.n_trips + 1, dtype=np.bool_)
    heavy[p.lane_trip[own]] = True
    heavy[-1] = False
    heavy[:-1] &= p.trip_min_load_g > 0
    return np.flatnonzero(own | heavy[p.lane_trip])


def _fallback(problem: Problem, wish: Ints, y: Ints, hold: Ints) -> Ints:
    mended = repair(problem, wish)
    return mended if _keeps(problem, mended, hold) else y


def _keeps(problem: Problem, y: Ints, hold: Ints) -> bool:
    tally = Tally(problem, y)
    return tally.clean and bool(np.all((hold < 0) | (tally.fill == hold)))


def rationed_problem(problem: Problem) -> Problem:
    """The problem in which rationed needs take no more than they wanted."""
    return replace(problem, at_most=np.where(problem.rationed, problem.wanted, problem.at_most))
