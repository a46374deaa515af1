"""A share that is nearly fair, in little time: `leximin` goes on from there.

Each need should come near to its wish, which is what it would get by capacities alone. What is missed of
the first units of anybody weighs far more than what is missed of the last: one model without levels, for
which the solver soon has good plans. Before and after that, units are handed over one line at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .budget import Limits
from .highs import Floats, optimise
from .milp import Compact, Encoder
from .problem import Problem
from .restrict import restrict
from .tally import Bools, Ints, Tally

STEPS = 6  # equal parts of each need's wish
STEEP = 4.0  # a part weighs so much more than the next one


def even(
    problem: Problem, needs: Ints, free: Ints, start: Ints, hold: Ints, wish: Ints, limits: Limits, seed: int
) -> Ints:
    """A plan that keeps every rule and `hold` and in which `needs` come near to their `wish` (units)."""
    model = Compact(problem, free, start, hold)
    model.model.recost(np.zeros(model.model.columns))
    base = model.scope.base.fill[needs]
    rows = model.model.add_rows(needs.size, low=-base.astype(np.float64))
    numbers = np.full(problem.n_needs, -1, dtype=np.int64)
    numbers[needs] = rows
    model.sum_rows(model.scope.need, numbers)
    # A unit is worth more to who has fewer units to get.
    worth = 1.0 / np.maximum(1, problem.weight[needs])
    worth *= float(np.median(problem.weight[needs]))
    for part in range(STEPS):
        size = wish * (part + 1) // STEPS - wish * part // STEPS
        got = model.columns(
            needs.size, _between(needs, wish, part), high=size, cost=-worth * STEEP ** (STEPS - 1 - part)
        )
        model.model.add_terms(rows, got, -1.0)
    answer = optimise(model.model, gap=1e-4, seed=seed, limits=limits, hint=model.hint(start))
    if answer.values is None:
        return start
    y = model.read(answer.values)
    tally = Tally(problem, y)
    kept = tally.clean and bool(np.all((hold < 0) | (tally.fill == hold)))
    return y if kept and least_first(tally, needs) > least_first(Tally(problem, start), needs) else start


def _between(needs: Ints, wish: Ints, part: int) -> Encoder:
    first, last = wish * part // STEPS, wish * (part + 1) // STEPS
    return lambda tally: np.clip(tally.fill[needs] - first, 0, last - first)


def hand_over(
    problem: Problem, needs: Ints, y: Ints, wish: Ints, hold: Ints, late: Callable[[], bool]
) -> Ints:
    """The plan made fairer by hand: whoever has least for its weight gets units from an offer's free rest or
    from those with more, as long as every rule and `hold` are kept; over and over, until nothing helps.

    `late` is asked before every need and may end it.
    """
    ours = np.zeros(problem.n_needs, dtype=np.bool_)
    ours[needs] = True
    used = ours.copy()
    used[problem.lane_need[y > 0]] = True
    used[problem.lane_need[problem.lane_fixed > 0]] = True
    # What takes no part is left out: every step is judged by adding everything up.
    part = restrict(problem, used)
    target = np.zeros(problem.n_needs, dtype=np.int64)
    target[needs] = wish
    better = _rounds(part.problem, y[part.lanes], target[used], ours[used], hold[used], late)
    found = y.copy()
    found[part.lanes] = better
    return found


def _rounds(p: Problem, y: Ints, wish: Ints, ours: Bools, hold: Ints, late: Callable[[], bool]) -> Ints:
    while True:
        ratio = Tally(p, y).fill / p.weight
        moved = False
        for need in np.flatnonzero(ours)[np.argsort(ratio[ours], kind="stable")].tolist():
            if late():
                return y
            better = _serve(p, y, need, int(wish[need]), ours, hold)
            if better is not None:
                y, moved = better, True
        if not moved:
            return y


def _serve(p: Problem, y: Ints, need: int, wish: int, ours: Bools, hold: Ints) -> Ints | None:
    """A fairer plan in which the need has more, by one of its lanes; None where there is none."""
    tally = Tally(p, y)
    fill = tally.fill
    if fill[need] >= wish:
        return None
    level = fill / p.weight
    for lane in range(int(p.need_start[need]), int(p.need_start[need + 1])):
        offer = int(p.lane_offer[lane])
        lot = int(p.lot[offer])
        for units in {wish - int(fill[need]), max(lot, int(p.min_per_need[offer] - tally.x[lane]))}:
            found = _taken(p, tally, lane, -(-units // lot) * lot, level, ours)
            if found is None:
                continue
            after = Tally(p, found)
            kept = bool(np.all((hold < 0) | (after.fill == hold)))
            if kept and after.clean and _fairer(after, tally, ours):
                return found
    return None


def _taken(p: Problem, tally: Tally, lane: int, units: int, level: Floats, ours: Bools) -> Ints | None:
    """`units` more on a lane, from what its offer has left and from those who have more for their weight."""
    offer, y = int(p.lane_offer[lane]), tally.y.copy()
    y[lane] += units
    lack = units - int(p.capacity[offer] - tally.volume[offer])
    lanes = p.offer_lanes[p.offer_start[offer] : p.offer_start[offer + 1]]
    givers = lanes[(tally.y[lanes] > 0) & ours[p.lane_need[lanes]] & (lanes != lane)]
    givers = givers[level[p.lane_need[givers]] > level[p.lane_need[lane]]]
    lot, least = int(p.lot[offer]), int(p.min_per_need[offer])
    for giver in givers[np.argsort(-level[p.lane_need[givers]], kind="stable")].tolist():
        if lack <= 0:
            break
        spare = max(0, int(tally.x[giver]) - least) // lot * lot
        cut = min(spare, int(y[giver]) // lot * lot, -(-lack // lot) * lot)
        y[giver] -= cut
        lack -= cut
    return y if lack <= 0 else None


def _fairer(after: Tally, before: Tally, ours: Bools) -> bool:
    return least_first(after, np.flatnonzero(ours)) > least_first(before, np.flatnonzero(ours))


def least_first(tally: Tally, needs: Ints) -> list[float]:
    """The ratios of fills to weights, ascending: of two plans the fairer one has the greater list."""
    ratios: list[float] = np.sort(tally.fill[needs] / tally.problem.weight[needs]).tolist()
    return ratios
