"""Large neighbourhoods: part of the plan is set free, the rest stays, and the compact model is solved.

Which needs are set free together decides everything: those of one district share trucks, those of one
commodity share tiers, those of a few suppliers share both. Kinds that gained more per lane lately are
tried more often. Lanes that the dual prices call hopeless stay out of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .budget import Budget
from .guide import Guide
from .highs import Floats
from .milp import Compact
from .options import Options
from .problem import Problem
from .regions import region, regions
from .ruin import ruin
from .tally import Bools, Ints, Tally

if TYPE_CHECKING:
    from .search import Found

Dice = np.random.Generator
Kind = Callable[[Problem, Ints, Dice, int], Ints]

LANES = 350  # free lanes aimed at in one neighbourhood
FEW_LANES = 100  # where work is counted: its root alone, which no count of nodes cuts short, must take little
SECONDS = 1.5  # for one neighbourhood
SLACK = 1e-5  # a neighbourhood may stop this close to its optimum, as a share of the whole cost
LOSS = 1e-5  # lanes that would lose more than this share of the cost stay out, but ...
BEST = 4  # ... these many best lanes of each need stay in
MOMENT = 4.0  # seconds in which small moves do more than models
HAND = 0.6  # share of the time for ruin and recreate
STEPS = 256  # of ruin and recreate that count as one unit of work
REGIONS = 60_000  # lanes from which a plan is moved region by region
FADE = 0.7  # how fast old gains are forgotten


def improve(
    problem: Problem,
    found: Found,
    guide: Guide | None,
    hold: Ints | None,
    options: Options,
    budget: Budget,
    report: Callable[[Found], None],
) -> None:
    """Improve the plan until the gap or the end of the budget: first by hand, then by models."""
    # What is large has no end of small moves; models look at too little of it, and in a moment at nothing.
    models = problem.n_lanes <= REGIONS and (budget.work is not None or budget.left() > MOMENT)
    share = HAND if models else 1.0
    by_hand(problem, found, guide, hold, options, budget, share, report)
    dice = np.random.default_rng(options.seed)
    lanes = _Hopeful(problem, guide)
    gains = np.full(len(KINDS), np.inf)
    aim = LANES if budget.work is None else FEW_LANES
    while not budget.over() and found.gap() > options.gap:
        kind = _choose(gains, dice)
        hopeful = lanes.now(found)
        count = max(1, aim * problem.n_needs // max(1, hopeful.size))
        needs = KINDS[kind](problem, found.y, dice, count)
        free = hopeful[_marked(problem.n_needs, needs)[problem.lane_need[hopeful]]]
        before = found.cost_rp
        if _retry(problem, found, free, hold, options.seed, budget):
            report(found)
        gain = (before - found.cost_rp) / max(1, free.size)
        gains[kind] = gain if np.isinf(gains[kind]) else FADE * gains[kind] + (1 - FADE) * gain


def by_hand(
    problem: Problem,
    found: Found,
    guide: Guide | None,
    hold: Ints | None,
    options: Options,
    budget: Budget,
    share: float,
    report: Callable[[Found], None],
) -> None:
    """Ruin and recreate, for a share of what is left."""

    if problem.n_lanes > REGIONS:
        _region_by_region(problem, found, guide, hold, options, budget, share, report)
        return

    def tell(y: Ints) -> None:
        if found.take(problem, y, hold):
            report(found)

    progress = _clock(budget, share, 1.0)
    ruin(problem, found.y, _loss(guide), hold, options.seed, progress, tell, toll_rp=_toll(guide))


def _clock(budget: Budget, share: float, size: float) -> Callable[[int], float]:
    """How far a search is that may take `share` of the budget; of counted work only `size` of that."""
    if budget.work is None:
        part = budget.part(share)
        seconds = max(part.seconds, 1e-9)
        return lambda _: 1 - part.left() / seconds
    units = max(1, int((budget.work - budget.spent) * share * size))
    if size >= 1:
        budget.spent += units
    return lambda done: done / (units * STEPS)


def _region_by_region(
    problem: Problem,
    found: Found,
    guide: Guide | None,
    hold: Ints | None,
    options: Options,
    budget: Budget,
    share: float,
    report: Callable[[Found], None],
) -> None:
    """Ruin and recreate in one region after the other; each gets time by its number of needs."""
    part = budget.part(share)
    dice = np.random.default_rng(options.seed)
    todo = problem.n_needs
    for needs in regions(problem, dice):
        if part.over():
            break
        here = region(problem, found.y, needs)
        lanes, size = here.part.lanes, int(needs.sum())
        mine = None if guide is None else guide.of(lanes, here.part.offers)
        told: list[Ints] = []
        ruin(
            here.part.problem,
            found.y[lanes],
            _loss(mine),
            None if hold is None else hold[here.part.needs],
            options.seed,
            _clock(part, 1.0, size / problem.n_needs)
            if part.work is not None
            else _clock(part, size / todo, 1),
            told.append,
            here.outside,
            _toll(mine),
        )
        todo -= size
        if told:
            y = found.y.copy()
            y[lanes] = told[-1]
            if found.take(problem, y, hold):
                report(found)
    if part.work is not None:
        budget.spent += part.work


def surroundings(
    problem: Problem,
    found: Found,
    guide: Guide | None,
    hold: Ints | None,
    old: Ints,
    options: Options,
    budget: Budget,
    report: Callable[[Found], None],
) -> None:
    """Improve the plan around the lines in which it differs from `old`: first close, then wider."""
    p = problem
    changed = _marked(p.n_needs, p.lane_need[found.y != old])
    lanes = _Hopeful(problem, guide)
    aim = LANES if budget.work is None else FEW_LANES
    for lane_limit in (aim, 2 * aim):
        if budget.over() or not changed.any():
            return
        near = np.zeros(p.n_needs)
        for key in (p.lane_offer, p.lane_trip):
            shared = np.zeros(int(key.max(initial=0)) + 2, dtype=np.bool_)
            shared[key[changed[p.lane_need] & (found.y + old > 0)]] = True
            shared[-1] = False
            np.add.at(near, p.lane_need[shared[key] & (found.y > 0)], 1.0)
        hopeful = lanes.now(found)
        count = max(1, lane_limit * p.n_needs // max(1, hopeful.size))
        first = np.lexsort((np.arange(p.n_needs), -near, ~changed))[:count]
        free = hopeful[_marked(p.n_needs, first)[p.lane_need[hopeful]]]
        if _retry(problem, found, free, hold, options.seed, budget):
            report(found)


def _retry(problem: Problem, found: Found, free: Ints, hold: Ints | None, seed: int, budget: Budget) -> bool:
    """Solve one neighbourhood; true if the plan got better."""
    if not free.size:
        return False
    model = Compact(problem, free, found.y, hold)
    y, _ = model.solve(gap=0.0, slack=SLACK * found.cost_rp, seed=seed, limits=budget.limits(SECONDS))
    return y is not None and found.take(problem, y, hold)


def _loss(guide: Guide | None) -> Floats | None:
    return None if guide is None else guide.loss_rp


def _toll(guide: Guide | None) -> Ints | None:
    return None if guide is None else guide.toll_rp


def _marked(size: int, rows: Ints) -> Bools:
    marks = np.zeros(size, dtype=np.bool_)
    marks[rows] = True
    return marks


class _Hopeful:
    """Which lanes are worth a column: they lose little, are among their need's best, or are in use."""

    def __init__(self, problem: Problem, guide: Guide | None) -> None:
        p = self.problem = problem
        self.loss = np.zeros(p.n_lanes) if guide is None else guide.loss_rp
        order = np.lexsort((self.loss, p.lane_need))
        rank = np.empty(p.n_lanes, dtype=np.int64)
        rank[order] = np.arange(p.n_lanes) - p.need_start[p.lane_need[order]]
        self.best = rank < BEST

    def now(self, found: Found) -> Ints:
        """Lane numbers for the plan as it is; all lanes of needs that lack something."""
        lacking = Tally(self.problem, found.y).fill < self.problem.wanted
        near = self.loss <= LOSS * found.cost_rp
        return np.flatnonzero(near | self.best | (found.y > 0) | lacking[self.problem.lane_need])


def _choose(gains: Floats, dice: Dice) -> int:
    untried = np.flatnonzero(np.isinf(gains))
    if untried.size:
        return int(untried[0])
    share = gains / max(float(gains.max()), 1e-300) + 0.1
    return int(dice.choice(gains.size, p=share / share.sum()))


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
