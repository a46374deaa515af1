"""The ground that made-up problems stand on: real villages, their districts, and who is near to whom.

Coordinates are those of `data/villages.npz` (its README names the source), as kilometres on a plane. The
plane is stretched for one latitude only, the middle one; within a province that is off by less than 1 %, in
the far south and north of the country by 2 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Points = NDArray[np.float64]

_DEGREE_KM = 111.2
_FILE = Path(__file__).parent / "data" / "villages.npz"
_LEAF = 48  # points that look for their nearest together


@dataclass(frozen=True, eq=False)
class Ground:
    """Villages in order of their codes, and the code of the district that each lies in.

    `km` are all villages' places on the plane; `around` are the numbers of those where suppliers may sit.
    """

    km: Points
    district: Ints
    around: Ints


@cache
def _villages() -> tuple[Ints, Points]:
    with np.load(_FILE) as file:
        district = np.repeat(file["district"].astype(np.int64), np.diff(file["start"]))
        return district, file["place"] / 1_000


def ground(prefix: str, margin_km: float) -> Ground:
    """The villages whose district code begins with `prefix`; suppliers sit up to `margin_km` around them."""
    codes, degrees = _villages()
    inside = (
        codes // 10 ** (6 - len(prefix)) == int(prefix) if prefix else np.ones(codes.size, dtype=np.bool_)
    )
    middle = np.radians(degrees[inside, 0].mean())
    km = degrees * (_DEGREE_KM, _DEGREE_KM * float(np.cos(middle)))
    low, high = km[inside].min(axis=0) - margin_km, km[inside].max(axis=0) + margin_km
    near = inside if margin_km == 0 else np.all((km >= low) & (km <= high), axis=1)
    number = np.cumsum(near) - 1
    rows = np.flatnonzero(near)
    return Ground(km[rows], np.where(inside, codes, -1)[rows], number[rows])


def nearest(points: Points, spots: Points, count: int) -> Ints:
    """Per point the numbers of the `count` nearest spots, rising; all of them where there are no more.

    The points are cut in halves until few lie together. What is among the nearest of any of them lies no
    further from their middle than its own nearest do, plus twice the way to the farthest of them.
    """
    if count >= len(spots):
        return np.tile(np.arange(len(spots), dtype=np.int64), (len(points), 1))
    found = np.empty((len(points), count), dtype=np.int64)
    for leaf in _leaves(points, np.arange(len(points))):
        here = points[leaf]
        middle = (here.min(axis=0) + here.max(axis=0)) / 2
        spread = float(np.sqrt(((here - middle) ** 2).sum(axis=1).max()))
        away = np.sqrt(((spots - middle) ** 2).sum(axis=1))
        reach = float(np.partition(away, count - 1)[count - 1]) + 2 * spread
        likely = np.flatnonzero(away <= reach * (1 + 1e-12))
        apart = ((here[:, None, :] - spots[likely]) ** 2).sum(axis=2)
        # Of spots equally far the first ones: a stable choice.
        order = np.argsort(apart, axis=1, kind="stable")[:, :count]
        found[leaf] = likely[order]
    return np.sort(found, axis=1)


def _leaves(points: Points, rows: Ints) -> list[Ints]:
    if rows.size <= _LEAF:
        return [rows]
    here = points[rows]
    axis = int(np.argmax(here.max(axis=0) - here.min(axis=0)))
    order = np.argsort(here[:, axis], kind="stable")
    half = rows.size // 2
    return _leaves(points, rows[order[:half]]) + _leaves(points, rows[order[half:]])


def middles(km: Points, district: Ints, count: int) -> Points:
    """The mean place of the villages of each district 0 .. count - 1."""
    size: Any = np.maximum(np.bincount(district, minlength=count), 1)
    return np.stack([np.bincount(district, km[:, axis], count) / size for axis in (0, 1)], axis=1)
