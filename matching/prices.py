"""Prices and ranges of the relaxation: what a certificate is made of (see `frame` for what they mean)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem import Ints, Problem

PER_G = 1000  # prices of weight are per kilogram
FAR = 2**60


class CertificateError(ValueError):
    """A certificate that cannot be evaluated: wrong shape, unknown rows, numbers that would overflow."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Integer prices in 1 / scale rupiah. None means zero everywhere.

    `pi` per tier row; `opening` and `truck_opening` per lane and unit (>= 0); `truck` per trip group
    and kilogram; `weight` per supplier and kilogram (>= 0, only where max_weight_g is set).
    """

    scale: int
    pi: Ints
    truck: Ints
    opening: Ints | None = None
    truck_opening: Ints | None = None
    weight: Ints | None = None


@dataclass(frozen=True, eq=False)
class Ranges:
    """A leaf's limits on volumes, trucks and lanes (units x, fixed ones included)."""

    volume_low: Ints
    volume_high: Ints
    trips_low: Ints
    trips_high: Ints
    lane_low: Ints
    lane_high: Ints

    @classmethod
    def all_of(cls, problem: Problem) -> Ranges:
        """No limits beyond the problem's own."""
        p = problem
        trips = np.where(p.trip_max >= 0, p.trip_max, FAR)
        zeros = [np.zeros(n, dtype=np.int64) for n in (p.n_offers, p.n_trips, p.n_lanes)]
        top = np.minimum(p.capacity[p.lane_offer], FAR)
        return cls(zeros[0], p.capacity.copy(), zeros[1], trips.astype(np.int64), zeros[2], top)


def total_of(values: Ints) -> float:
    """Sum of what is positive, in floating point."""
    return float(np.maximum(0, values).astype(np.float64).sum())


def top_of(values: NDArray[Any] | None) -> float:
    """Largest absolute value, 0 where there is none."""
    return 0.0 if values is None or not values.size else float(np.abs(values.astype(np.float64)).max())


def least_of(values: Ints | None) -> int:
    """Least value, 0 where there is none."""
    return 0 if values is None or not values.size else int(values.min())
