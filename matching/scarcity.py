"""The shadow price of capacity: what a sold-out offer would save with a few units more, each confirmed.

Two ways to use them are tried: for a need that goes short, or in place of units of another offer. What
is quoted was reckoned anew by the judge: with that capacity a plan that keeps every rule costs so much less.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from .moves import Moves, tier_at
from .outcome import Outcome
from .problem import Ints, Problem
from .reasons import LIMITS
from .rules import RULES, State, cost_rp

_TRIES = 2  # per offer
_LANES = 8_000_000  # offers times lanes that may be confirmed; at least _FEWEST offers are
_FEWEST, _MOST = 6, 120


class _Try(NamedTuple):
    saves_rp: int
    lane: int
    instead: int
    units: int


def capacity_worth(problem: Problem, outcome: Outcome) -> list[dict[str, Any]]:
    """Rows offer, units, saves_rp, need, instead_of (an offer, or None): the dearest capacities first.

    With `units` more capacity at `offer` the plan would cost `saves_rp` less at least: `need` would get
    them on top, or instead of as many from another offer. Sold-out offers without a row may still be worth
    something; nothing that is quoted is guessed.
    """
    tries = _by_offer(problem, _for_short_needs(problem, outcome) + _swaps(problem, outcome))
    left = min(_MOST, max(_FEWEST, _LANES // max(1, problem.n_lanes)))
    rows = []
    for offer, found in tries[:left]:
        best = max((_confirmed(problem, outcome, each), -n) for n, each in enumerate(found))
        if best[0] > 0:
            rows.append(_row(problem, offer, best[0], found[-best[1]]))
    return sorted(rows, key=lambda row: (-row["saves_rp"] // row["units"], row["offer"]))


def _row(p: Problem, offer: int, saves: int, used: _Try) -> dict[str, Any]:
    instead = None if used.instead < 0 else p.offer_id[p.lane_offer[used.instead]]
    need = p.need_id[p.lane_need[used.lane]]
    known = {"offer": p.offer_id[offer], "units": used.units, "saves_rp": saves}
    return {**known, "need": need, "instead_of": instead}


def _full_lanes(p: Problem, o: Outcome) -> Ints:
    """Lanes of offers that sell, but have less than one lot left."""
    full = (o.volume > 0) & (p.capacity - o.volume < p.lot)
    return np.flatnonzero(full[p.lane_offer]).astype(np.int64)


def _for_short_needs(p: Problem, o: Outcome) -> list[_Try]:
    """One lot more for a need that goes short, where nothing but the capacity stands in the way."""
    lanes = _full_lanes(p, o)
    lanes = lanes[(o.missing[p.lane_need[lanes]] > 0) & ~p.rationed[p.lane_need[lanes]]]
    moves = Moves(p, o, lanes, p.lot[p.lane_offer[lanes]])
    good = moves.extra_rp < 0
    for limit in LIMITS:
        good &= (moves.excess(limit) <= 0) | (limit == "capacity")
    rows = zip(moves.extra_rp[good].tolist(), lanes[good].tolist(), moves.units[good].tolist(), strict=True)
    return [_Try(-extra, lane, -1, units) for extra, lane, units in rows]


def _swaps(p: Problem, o: Outcome) -> list[_Try]:
    """Units of a line that a sold-out offer could bring for less: one lot of them, or the whole line."""
    new = _full_lanes(p, o)
    old = np.flatnonzero((o.y > 0) & (p.lane_fixed == 0))
    start = np.searchsorted(p.lane_need[old], p.lane_need[new], side="left")
    count = np.searchsorted(p.lane_need[old], p.lane_need[new], side="right") - start
    offsets = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    new, old = np.repeat(new, count), old[np.repeat(start, count) + offsets]
    lot, whole = p.lot[p.lane_offer[new]], o.y[old]
    found: list[_Try] = []
    for units, fits in ((lot, lot % p.lot[p.lane_offer[old]] == 0), (whole, whole % lot == 0)):
        saves = _estimate(p, o, new, old, units)
        good = fits & (units <= whole) & (new != old) & (saves > 0)
        columns = (saves[good], new[good], old[good], units[good])
        found += [_Try(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return found


def _estimate(p: Problem, o: Outcome, new: Ints, old: Ints, units: Ints) -> Ints:
    """What a swap saves at the prices of the volumes it leads to, trucks and prices of other lines aside."""
    taker, giver = p.lane_offer[new], p.lane_offer[old]
    price = p.tier_price_rp[tier_at(p, taker, o.volume[taker] + units)] + p.freight_rp[new]
    saved = (o.price_rp[giver] + p.freight_rp[old]) * units
    saved = saved + np.where(o.y[old] == units, p.drop_rp[old], 0)
    saved = saved + np.where(o.volume[giver] == units, p.fixed_rp[giver], 0)
    return np.asarray(saved - price * units - np.where(o.x[new] > 0, 0, p.drop_rp[new]))


def _by_offer(p: Problem, tries: list[_Try]) -> list[tuple[int, list[_Try]]]:
    """The most promising tries of each offer, offers by what they promise a unit."""
    found: dict[int, list[_Try]] = {}
    for each in sorted(tries, key=lambda t: (-t.saves_rp / t.units, t.lane, t.instead, t.units)):
        mine = found.setdefault(int(p.lane_offer[each.lane]), [])
        if len(mine) < _TRIES:
            mine.append(each)
    return list(found.items())


def _confirmed(p: Problem, o: Outcome, use: _Try) -> int:
    """What the plan with these units costs less by the judge's reckoning; 0 if it breaks a rule."""
    capacity, x = p.capacity.copy(), o.x.copy()
    capacity[p.lane_offer[use.lane]] += use.units
    x[use.lane] += use.units
    if use.instead >= 0:
        x[use.instead] -= use.units
    state = State(replace(p, capacity=capacity), x)
    if any(rule(state) for rule in RULES):
        return 0
    return o.cost_rp - cost_rp(state)
