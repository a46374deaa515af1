"""Climbing a smooth concave function: L-BFGS with a backtracking line search."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from .highs import Floats

MEMORY = 6
RISE = 1e-4
TRIES = 12
FLAT = 1e-9
MANY = 2_000_000  # variables from which past steps are remembered in single precision: there are millions
APART = 50.0  # how far the measure of one kind of variables may be from that of all


def dot(first: Floats, second: Floats) -> float:
    """Inner product without BLAS: its threads would cost time and change the last digits."""
    return float(np.einsum("i,i->", first, second, dtype=np.float64))


Slope = Callable[[Floats], tuple[float, Floats]]


def climb(
    function: Slope,
    start: Floats,
    iterations: int,
    cuts: Sequence[int] = (),
    enough: Callable[[], bool] = lambda: False,
) -> Floats:
    """The best point found in `iterations` steps; `function` gives value and slope, best near unit size.

    `cuts` separate variables of different kinds: each kind has a measure of its own.
    `enough` may end the climb earlier, for want of time.
    """
    edges = [0, *cuts, start.size]
    kinds = [slice(a, b) for a, b in pairwise(edges) if a < b]
    point = start
    value, slope = function(point)
    steps: deque[tuple[Floats, Floats, float]] = deque(maxlen=MEMORY)
    for count in range(iterations):
        if enough():
            break
        way = _direction(slope, steps, kinds) if steps else slope / max(float(np.abs(slope).max()), 1e-300)
        along = dot(way, slope)
        if along <= 0:
            steps.clear()
            way, along = slope, dot(slope, slope)
        length, found = 1.0 if steps or count else 0.1, None
        for _ in range(TRIES):
            trial = point + length * way
            new_value, new_slope = function(trial)
            if new_value >= value + RISE * length * along:
                found = (trial, new_value, new_slope)
                break
            length *= 0.4
        if found is None:
            if not steps:
                break
            steps.clear()
            continue
        trial, new_value, new_slope = found
        moved, bent = trial - point, slope - new_slope
        if start.size > MANY:
            moved, bent = moved.astype(np.float32), bent.astype(np.float32)
        curve = dot(moved, bent)
        if curve > 1e-14 * dot(bent, bent) > 0:
            steps.append((moved, bent, 1.0 / curve))
        gained = new_value - value
        point, value, slope = trial, new_value, new_slope
        if gained <= FLAT * max(abs(value), 1e-12) and count > 5:
            break
    return point


def _direction(slope: Floats, steps: deque[tuple[Floats, Floats, float]], kinds: list[slice]) -> Floats:
    way = slope.copy()
    shares = []
    for moved, bent, inverse in reversed(steps):
        share = inverse * dot(moved, way)
        shares.append(share)
        way -= share * bent
    moved, bent, inverse = steps[-1]
    whole = 1.0 / (inverse * dot(bent, bent))
    for kind in kinds:
        along, square = dot(moved[kind], bent[kind]), dot(bent[kind], bent[kind])
        own = along / square if along > 0 < square else whole
        way[kind] *= min(max(own, whole / APART), whole * APART)
    for (moved, bent, inverse), share in zip(steps, reversed(shares), strict=True):
        way += moved * (share - inverse * dot(bent, way))
    return way
