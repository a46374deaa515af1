"""A large problem seen from far: the needs of one district for one commodity become one need.

What is many in a large problem are lanes, and lanes of neighbours look alike. Prices found on the coarse
problem are prices of the whole: any prices prove a bound, and these prove nearly the best one, at a fraction
of the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .frame import Frame, Prices
from .problem import NONE, Ints, Problem


@dataclass(frozen=True, eq=False)
class Coarse:
    """The coarse problem, and the coarse lane of each lane of the whole."""

    problem: Problem
    lane_of: Ints


def coarse(problem: Problem) -> Coarse:
    """The problem with one need per district and commodity; ceilings, cash and fixed lines are left out.

    A lane's freight is the mean by what its needs want.
    """
    p = problem
    key = p.need_district * p.n_commodities + p.need_commodity
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    count = first.size
    # A stable sort of small numbers; the lanes of one coarse need lie together afterwards.
    pair = of[p.lane_need] * p.n_offers + p.lane_offer
    pairs, lane_of = np.unique(pair, return_inverse=True)
    lane_of = lane_of.astype(np.int32 if pairs.size < 2**31 else np.int64)
    wanted = np.maximum(p.wanted, 1).astype(np.float64)
    total = np.bincount(of, wanted, count)
    weight = np.bincount(lane_of, wanted[p.lane_need], pairs.size)
    freight = np.bincount(lane_of, wanted[p.lane_need] * p.freight_rp, pairs.size) / weight
    none = np.zeros(0, dtype=np.int64)
    columns = {name: getattr(p, name)[first] for name in ("need_buyer", "need_commodity", "need_district")}
    columns |= {
        "wanted": _sum(of, p.wanted, count),
        "at_most": _sum(of, p.at_most, count),
        "unmet_rp": np.rint(np.bincount(of, wanted * p.unmet_rp, count) / total).astype(np.int64),
        "min_fill": np.zeros(count, dtype=np.int64),
        "weight": np.ones(count, dtype=np.int64),
        "order": np.arange(count, dtype=np.int64),
        "also_start": np.zeros(count + 1, dtype=np.int64),
        "lane_need": pairs // p.n_offers,
        "lane_offer": pairs % p.n_offers,
        "freight_rp": np.rint(freight).astype(np.int64),
        "drop_rp": _sum(lane_of, p.drop_rp, pairs.size),
        "cash_rp": np.full(p.n_buyers, NONE, dtype=np.int64),
    }
    columns |= {name: np.full(count, NONE, dtype=np.int64) for name in ("ceiling_rp", "max_suppliers")}
    columns |= dict.fromkeys(
        ("also_commodity", "fixed_need", "fixed_offer", "fixed_quantity", "fixed_price_rp"), none
    )
    columns |= {"closed_need": none, "closed_offer": none}
    ids = tuple(p.need_id[i] for i in first.tolist())
    return Coarse(replace(p, need_id=ids, closed_reason=(), **columns), lane_of)


def _sum(index: Ints, values: Ints, count: int) -> Ints:
    # Floats are exact here: all sums stay below 2^53.
    return np.bincount(index, values, count).astype(np.int64)


def lifted(found: Coarse, prices: Prices, frame: Frame, coarse_room: Ints, scale: int) -> Prices:
    """Prices of the coarse problem as prices of the whole, whose frame this is.

    Each lane pays the share of an opening that its coarse lane pays, or less where all of them together could
    carry more than it: no opening gives more away than before.
    """

    def same(values: Ints) -> Ints:
        return values * scale // prices.scale

    carried = np.bincount(found.lane_of, frame.forced + frame.room, coarse_room.size)
    cut = np.minimum(1.0, coarse_room / np.maximum(carried, 1))

    def spread(share: Ints | None) -> Ints | None:
        return None if share is None else np.floor(same(share) * cut).astype(np.int64)[found.lane_of]

    return Prices(
        scale,
        same(prices.pi),
        same(prices.truck),
        spread(prices.opening),
        spread(prices.truck_opening),
        None if prices.weight is None else same(prices.weight),
    )
