"""Large neighbourhoods: part of the plan is set free, the rest stays, and the compact model is solved.

Which needs are set free together decides everything: those of one district share trucks, those of one
commodity share tiers, those of a few suppliers share both. Kinds that gained more per lane lately are
tried more often. Lanes that the dual prices call hopeless stay out of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .bound import Bound
from .budget import Budget
from .milp import Compact
from .problem import Problem
from .tally import Ints, Tally

if TYPE_CHECKING:
    from .search import Found

Dice = np.random.Generator
Kind = Callable[[Problem, Ints, Dice, int], Ints]

LANES = 350  # free lanes aimed at in one neighbourhood
SECONDS = 1.5  # for one neighbourhood
SLACK = 1e-5  # a neighbourhood may stop this close to its optimum, as a share of the whole cost
LOSS = 1e-5  # lanes that would lose more than this share of the cost stay out, but ...
BEST = 4  # ... these many best lanes of each need stay in
FADE = 0.7  # how fast old gains are forgotten


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
    dice = np.random.default_rng(seed)
    rank = _ranks(problem, dual)
    gains = np.full(len(KINDS), np.inf)
    while not budget.over() and found.gap() > gap:
        kind = _choose(gains, dice)
        hopeful = (dual.loss_rp <= LOSS * found.cost_rp) | (rank < BEST) | (found.y > 0)
        free = np.flatnonzero(hopeful)
        needs = KINDS[kind](problem, found.y, dice, max(1, LANES * problem.n_needs // max(1, free.size)))
        inside = np.zeros(problem.n_needs, dtype=np.bool_)
        inside[needs] = True
        free = free[inside[problem.lane_need[free]]]
        before = found.cost_rp
        model = Compact(problem, free, found.y, hold)
        y, _ = model.solve(gap=0.0, slack=SLACK * before, seed=seed, **budget.limits(SECONDS))
        if y is not None and found.take(problem, y, hold):
            report(found)
        gain = (before - found.cost_rp) / max(1, free.size)
        gains[kind] = gain if np.isinf(gains[kind]) else FADE * gains[kind] + (1 - FADE) * gain


def _choose(gains: np.typing.NDArray[np.float64], dice: Dice) -> int:
    untried = np.flatnonzero(np.isinf(gains))
    if untried.size:
        return int(untried[0])
    share = gains / max(float(gains.max()), 1e-300) + 0.1
    return int(dice.choice(gains.size, p=share / share.sum()))


def _ranks(problem: Problem, dual: Bound) -> Ints:
    """Place of each lane among its need's lanes by loss, from 0."""
    order = np.lexsort((dual.loss_rp, problem.lane_need))
    rank = np.empty(problem.n_lanes, dtype=np.int64)
    rank[order] = np.arange(problem.n_lanes) - problem.need_start[problem.lane_need[order]]
    return rank


def _short(p: Problem, y: Ints, dice: Dice, count: int) -> Ints:
    """Needs that lack something, and a few around them."""
    lacking = np.flatnonzero(Tally(p, y).fill < p.wanted)
    return dice.permutation(lacking)[:count]


def _district(p: Problem, y: Ints, dice: Dice, count: int) -> Ints:
    """Needs of one or several districts: they share trucks."""
    return _whole_groups(p.need_district, dice, count)


def _commodity(p: Problem, y: Ints, dice: Dice, count: int) -> Ints:
    """Needs of one commodity, from whole districts: they share tiers and some trucks."""
    commodity = dice.choice(np.unique(p.need_commodity))
    needs = np.flatnonzero(p.need_commodity == commodity)
    return needs[_whole_groups(p.need_district[needs], dice, count)]


def _suppliers(p: Problem, y: Ints, dice: Dice, count: int) -> Ints:
    """Needs that a few suppliers serve, one after the other until there are enough."""
    used = np.flatnonzero(y > 0)
    chosen: list[int] = []
    for supplier in dice.permutation(np.unique(p.lane_supplier[used])).tolist():
        chosen += np.unique(p.lane_need[used[p.lane_supplier[used] == supplier]]).tolist()
        if len(chosen) >= count:
            break
    return np.unique(np.array(chosen[: 2 * count], dtype=np.int64))


def _offers(p: Problem, y: Ints, dice: Dice, count: int) -> Ints:
    """Needs of one commodity that two or three of its offers serve: volumes move between tiers."""
    used = np.flatnonzero(y > 0)
    commodity = dice.choice(np.unique(p.need_commodity))
    used = used[p.need_commodity[p.lane_need[used]] == commodity]
    chosen: list[int] = []
    for offer in dice.permutation(np.unique(p.lane_offer[used])).tolist():
        chosen += p.lane_need[used[p.lane_offer[used] == offer]].tolist()
        if len(chosen) >= count:
            break
    return np.unique(np.array(chosen[: 2 * count], dtype=np.int64))


def _whole_groups(keys: Ints, dice: Dice, count: int) -> Ints:
    """Row numbers of random groups, group by group, until there are enough."""
    rows: list[int] = []
    for key in dice.permutation(np.unique(keys)).tolist():
        rows += np.flatnonzero(keys == key).tolist()
        if len(rows) >= count:
            break
    return np.array(rows[: 2 * count], dtype=np.int64)


KINDS: tuple[Kind, ...] = (_short, _district, _commodity, _suppliers, _offers)
