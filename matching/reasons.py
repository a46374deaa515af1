"""Why a lane takes no more and why a need goes short: one word each, true for the plan as it is."""

from __future__ import annotations

from typing import Final

import numpy as np

from .columns import REASONS
from .moves import FAR, Moves, spending
from .outcome import Outcome, add_at
from .problem import Ints, Problem

_AT_ONCE = 2_000  # needs whose lanes are looked at together: so that a nation's need little memory

# What keeps a lane from taking more, in the order in which it is asked.
OBSTACLES: Final = (
    "ceiling",  # even at the tier its offer would reach, price + freight + truck share exceed the ceiling
    "capacity",  # the offer has less than one lot left
    "suppliers",  # the need has its max_suppliers already, and this supplier is not among them
    "weight",  # the supplier's max_weight_g leaves no room for one lot
    "trips",  # the group's trucks leave no room for one lot
    "minimum",  # min_per_need, min_total, min_fill, min_load_g or one lot do not go with what is missing
    "cash",  # the buyer's cash does not pay it
    "cost",  # possible, but no cheaper than leaving the need short
    "unsolved",  # possible and worth it by itself: the plan did not find it
)
LIMITS: Final = OBSTACLES[:-2]
SHORTAGE_REASONS: Final = frozenset((*REASONS, *OBSTACLES, "no_offer", "ration"))


class Obstacles:
    """What stands in the way of the chosen lanes, for a plan's outcome: the best of a few quantities each.

    Arrays run along `lanes`. `units` is the quantity that breaks the fewest limits; if it breaks none, the
    one that costs least.
    """

    def __init__(self, problem: Problem, outcome: Outcome, lanes: Ints) -> None:
        rows, units = _quantities(problem, outcome, lanes)
        moves = Moves(problem, outcome, lanes[rows], units)
        over = np.stack([moves.excess(limit) for limit in LIMITS])
        broken = np.count_nonzero(over > 0, axis=0)
        first = np.argmax(over > 0, axis=0)
        far = np.where(broken > 0, np.take_along_axis(over, first[None], axis=0)[0], moves.extra_rp)
        turn = np.lexsort((units, far, first, broken, rows))
        best = turn[np.unique(rows[turn], return_index=True)[1]]
        self.lanes, self.units = lanes, units[best]
        self.need, self.offer, self.landed_rp = moves.need[best], moves.offer[best], moves.landed_rp[best]
        self.over, self.broken = over[:, best], broken[best]
        self.extra_rp = moves.extra_rp[best]

    def codes(self) -> Ints:
        """Index into OBSTACLES per lane: the first thing that stands in the way."""
        beyond = np.where(self.extra_rp >= 0, OBSTACLES.index("cost"), OBSTACLES.index("unsolved"))
        first = np.argmax(self.over > 0, axis=0)
        return np.where(self.broken > 0, first, beyond).astype(np.int64)

    def distances(self) -> Ints:
        """How far each lane is from the limit that `codes` names; for "cost" what it would cost too much."""
        codes = self.codes()
        far = np.maximum(0, self.extra_rp)
        for index in range(len(LIMITS)):
            far = np.where(codes == index, self.over[index], far)
        return np.asarray(far)

    def others(self, row: int) -> list[str]:
        """All limits that stand in the way of one lane."""
        return [LIMITS[k] for k in np.flatnonzero(self.over[:, row] > 0).tolist()]


def _quantities(problem: Problem, outcome: Outcome, lanes: Ints) -> tuple[Ints, Ints]:
    """Quantities worth a try on each lane (row of `lanes`, units), whole lots, at least one.

    One lot; what the minimums ask; all that fits; what reaches the next tier, fills the last truck, is
    missing, fits the supplier's weight, or loads one more truck with its least load.
    """
    p, o = problem, outcome
    need, offer, group = p.lane_need[lanes], p.lane_offer[lanes], p.lane_trip[lanes]
    lot, unit = p.lot[offer], p.lane_unit_g[lanes]
    most = np.where(p.rationed, p.wanted, p.at_most)[need] - o.filled[need]
    free = p.capacity[offer] - o.volume[offer]
    room = np.maximum(0, np.minimum(most, free))
    least = np.maximum.reduce([
        p.min_per_need[offer] - o.x[lanes],
        p.min_fill[need] - o.filled[need],
        p.min_total[offer] - o.volume[offer],
    ])  # fmt: skip
    size, load = np.append(p.trip_capacity_g, 1)[group], np.append(o.load_g, 0)[group]
    least_load = np.append(p.trip_min_load_g, 0)[group] - load
    following = np.minimum(o.tier[offer] + 1, p.tier_start[1:][offer] - 1)
    truck = (-(-load // size) * size - load) // unit
    cut = [
        room,
        o.missing[need],
        truck,
        (size - load % size) // unit,
        _liftable(p, o, lanes),
        _payable(p, o, lanes),
    ]
    grown = [np.minimum(least, room), p.tier_from[following] - o.volume[offer], -(-least_load // unit)]
    tries = [lot, *(u // lot * lot for u in cut), *(-(-u // lot) * lot for u in grown)]
    units = np.clip(np.stack(tries), lot, np.maximum(lot, room // lot * lot))
    units = np.sort(units, axis=0).T
    fresh = np.diff(units, axis=1, prepend=0) > 0
    rows = np.repeat(np.arange(lanes.size, dtype=np.int64), np.count_nonzero(fresh, axis=1))
    return rows, units[fresh]


def _liftable(p: Problem, o: Outcome, lanes: Ints) -> Ints:
    """Units that the supplier's weight limit leaves (very many without one)."""
    left = p.max_weight_g - add_at(p.lane_supplier, o.x * p.lane_unit_g, p.n_suppliers)
    supplier = p.lane_supplier[lanes]
    return np.where(p.max_weight_g[supplier] < 0, FAR, left[supplier] // p.lane_unit_g[lanes])


def _payable(p: Problem, o: Outcome, lanes: Ints) -> Ints:
    """Units that the buyer's cash pays at today's price (very many without a limit)."""
    buyer, offer = p.lane_buyer[lanes], p.lane_offer[lanes]
    left = p.cash_rp[buyer] - spending(p, o)[buyer] - np.where(o.x[lanes] > 0, 0, p.drop_rp[lanes])
    unit = np.maximum(1, o.price_rp[offer] + p.freight_rp[lanes] + p.lane_h_rp[lanes])
    return np.where((p.cash_rp[buyer] < 0) | p.credit[offer], FAR, left // unit)


def lanes_of(problem: Problem, needs: Ints) -> Ints:
    """Lane numbers of the given needs, need after need."""
    start, count = problem.need_start[needs], np.diff(problem.need_start)[needs]
    offsets = np.repeat(np.cumsum(count) - count, count)
    lanes: Ints = np.repeat(start, count) + np.arange(int(count.sum()), dtype=np.int64) - offsets
    return lanes


def nearest(problem: Problem, outcome: Outcome, short: Ints) -> tuple[Ints, Ints]:
    """For each need in `short` its least obstructed, cheapest lane (-1 without lanes) and OBSTACLES index."""
    lane, code = np.full(problem.n_needs, -1), np.full(problem.n_needs, -1)
    for part in np.array_split(short, max(1, short.size // _AT_ONCE)):
        obstacles = Obstacles(problem, outcome, lanes_of(problem, part))
        price = np.where(obstacles.broken > 0, obstacles.landed_rp, obstacles.extra_rp)
        turn = np.lexsort((obstacles.offer, price, obstacles.broken, obstacles.need))
        needs, first = np.unique(obstacles.need[turn], return_index=True)
        lane[needs], code[needs] = obstacles.lanes[turn[first]], obstacles.codes()[turn[first]]
    return lane[short], code[short]


def shortage_reasons(problem: Problem, outcome: Outcome, short: Ints) -> tuple[str, ...]:
    """One reason per need in `short` (see SHORTAGE_REASONS): that of its nearest lane."""
    lane, code = nearest(problem, outcome, short)
    closed = _without_lanes(problem, short[lane < 0])
    found = []
    for need, index in zip(short.tolist(), code.tolist(), strict=True):
        reason = OBSTACLES[index] if index >= 0 else closed[need]
        # What is rationed is withheld for fairness, not for cost.
        fair = bool(problem.rationed[need]) and reason in ("cost", "unsolved")
        found.append("ration" if fair else reason)
    return tuple(found)


def _without_lanes(problem: Problem, short: Ints) -> dict[int, str]:
    """For needs without any lane: the commonest reason why their pairs are closed."""
    reason = dict.fromkeys(short.tolist(), "no_offer")
    counts: dict[int, dict[str, int]] = {}
    for need, why in zip(problem.closed_need.tolist(), problem.closed_reason, strict=True):
        if need in reason:
            of_need = counts.setdefault(need, {})
            of_need[why] = of_need.get(why, 0) + 1
    for need, of_need in counts.items():
        reason[need] = min(of_need, key=lambda why: (-of_need[why], why))
    return reason
