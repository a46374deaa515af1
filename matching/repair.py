"""From quantities that break rules to a plan that keeps them: only ever by taking away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .problem import Problem
from .tally import Bools, Ints, Tally, takes

PASSES = 60


def repair(problem: Problem, y: Ints) -> Ints:
    """The quantities with just enough taken away that every rule holds.

    Later needs give first. Nothing new at all keeps every rule, so an end is always reached.
    """
    y = np.maximum(y, 0)
    y -= y % np.maximum(problem.lot[problem.lane_offer], 1)
    for _ in range(PASSES):
        tally = Tally(problem, y)
        if tally.clean:
            return y
        y = _take_away(problem, tally)
    return np.zeros_like(y)


def _take_away(p: Problem, t: Tally) -> Ints:
    """Take the first kind of fault away; the others are looked at again in the next pass."""
    y = t.y.copy()
    over_rows = (
        (t.over_needs, p.lane_need, t.fill - takes(p), np.ones_like(y)),
        (t.over_offers, p.lane_offer, t.volume - p.capacity, np.ones_like(y)),
        (t.over_suppliers, p.lane_supplier, t.weight_g - p.max_weight_g, p.lane_unit_g),
        (t.over_trips, p.lane_trip, t.load_g - p.trip_capacity_g * np.maximum(p.trip_max, 0), p.lane_unit_g),
    )
    for bad, index, excess, weight in over_rows:
        if bad.any():
            for row, lanes in _rows(bad, index, t.new):
                _shrink(p, y, lanes, int(excess[row]), weight)
            return y
    if t.poor_buyers.any():
        _save_cash(p, t, y)
        return y
    if t.light_trips.any():
        _lighten(p, t, y)
        return y
    if t.crowded_needs.any():
        _fewer_suppliers(p, t, y)
        return y
    y[t.bad_lanes] = 0
    if not t.bad_lanes.any():
        y[t.thin_needs[p.lane_need] | t.thin_offers[p.lane_offer]] = 0
    return y


def _rows(bad: Bools, index: Ints, on: Bools) -> Iterator[tuple[int, Ints]]:
    """Each bad row with its lanes among those that are `on`, sorted once: there may be millions of lanes."""
    lanes = np.flatnonzero(on & (index >= 0))
    lanes = lanes[bad[index[lanes]]]
    order = np.argsort(index[lanes], kind="stable")
    sorted_ = index[lanes[order]]
    for row in np.flatnonzero(bad).tolist():
        start, end = np.searchsorted(sorted_, [row, row + 1]).tolist()
        yield row, lanes[order[start:end]]


def _shrink(p: Problem, y: Ints, lanes: Ints, excess: int, weight: Ints) -> None:
    """Take lots off the lanes, the last need first, until the excess is gone."""
    for lane in lanes[::-1].tolist():
        if excess <= 0:
            return
        lot, unit = int(p.lot[p.lane_offer[lane]]), max(1, int(weight[lane]))
        lots = min(int(y[lane]) // lot, -(-excess // (lot * unit)))
        y[lane] -= lots * lot
        excess -= lots * lot * unit


def _save_cash(p: Problem, t: Tally, y: Ints) -> None:
    unit = t.price[p.lane_offer] + p.freight_rp + p.lane_h_rp
    paid = t.new & ~p.credit[p.lane_offer]
    unpaid = dict(_rows(t.poor_buyers, p.lane_buyer, t.new & ~paid))
    for buyer, lanes in _rows(t.poor_buyers, p.lane_buyer, paid):
        if not lanes.size:
            y[unpaid[buyer]] = 0
        _shrink(p, y, lanes, int(t.cash_rp[buyer] - p.cash_rp[buyer]), unit)


def _lighten(p: Problem, t: Tally, y: Ints) -> None:
    """One truck less where the load allows it, else nothing new in the group."""
    for group, lanes in _rows(t.light_trips, p.lane_trip, t.new):
        trucks = int(t.trips[group]) - 1
        size, least = int(p.trip_capacity_g[group]), int(p.trip_min_load_g[group])
        if trucks == 0 or size * trucks < least * trucks:
            y[lanes] = 0
        else:
            _shrink(p, y, lanes, int(t.load_g[group]) - size * trucks, p.lane_unit_g)


def _fewer_suppliers(p: Problem, t: Tally, y: Ints) -> None:
    """Drop the suppliers that bring least, until each need has as many as it accepts."""
    for need in np.flatnonzero(t.crowded_needs).tolist():
        lanes = np.arange(p.need_start[need], p.need_start[need + 1])
        brings: dict[int, int] = {}
        bound = set(p.lane_supplier[lanes[p.lane_fixed[lanes] > 0]].tolist())
        for lane in lanes[t.x[lanes] > 0].tolist():
            supplier = int(p.lane_supplier[lane])
            brings[supplier] = brings.get(supplier, 0) + int(t.x[lane])
        spare = [s for s in sorted(brings, key=lambda s: (brings[s], -s)) if s not in bound]
        cut = spare[: len(brings) - int(p.max_suppliers[need])]
        if len(brings) - len(cut) > int(p.max_suppliers[need]):
            y[lanes] = 0
        y[lanes[np.isin(p.lane_supplier[lanes], cut)]] = 0
