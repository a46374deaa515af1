"""A large plan in regions: districts that buy from the same offers are moved, all others stand still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .problem import Problem
from .restrict import Part, restrict
from .tally import Bools, Ints, Tally, sum_by

NEEDS = 2_500  # of one region


@dataclass(frozen=True, eq=False)
class Outside:
    """What stands still around a region, per offer, supplier and buyer of the region's problem.

    `volume` units stand in the plan outside, and cost `goods_rp` at each tier row; the offer's volume may
    not fall below `floor`, so that no price rises there. `weight_g` and `cash_rp` are already used up.
    """

    volume: Ints
    goods_rp: Ints
    floor: Ints
    weight_g: Ints
    cash_rp: Ints


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the problem (whole districts) and what stands still around it."""

    part: Part
    outside: Outside


def regions(problem: Problem, dice: np.random.Generator) -> Iterator[Bools]:
    """Flags of the needs of one region after the other; together they hold every need once.

    A region begins somewhere and takes in the districts that share most lanes to the same offers.
    """
    p = problem
    count = int(p.need_district.max(initial=0)) + 1
    needs = np.bincount(p.need_district, minlength=count)
    district = p.need_district[p.lane_need]
    left: Bools = needs > 0
    for seed in dice.permutation(np.flatnonzero(left)).tolist():
        if not left[seed]:
            continue
        near = np.zeros(p.n_offers, dtype=np.bool_)
        near[p.lane_offer[district == seed]] = True
        shared = np.bincount(district[near[p.lane_offer]], minlength=count) / np.maximum(needs, 1)
        shared[seed] = np.inf
        order = np.argsort(-np.where(left, shared, -1.0), kind="stable")
        order = order[: int(left.sum())]
        size = int(np.searchsorted(np.cumsum(needs[order]), NEEDS)) + 1
        chosen = np.zeros(count, dtype=np.bool_)
        chosen[order[:size]] = True
        left &= ~chosen
        yield chosen[p.need_district]


def region(problem: Problem, y: Ints, needs: Bools) -> Region:
    """The region of these needs (whole districts) in the plan `y`, which keeps every rule."""
    p, part = problem, restrict(problem, needs)
    rest = y.copy()
    rest[part.lanes] = 0
    out = ~needs[p.lane_need]
    new = sum_by(p.lane_offer, rest, p.n_offers)
    fixed = np.where(out, p.lane_fixed, 0)
    volume = new + sum_by(p.lane_offer, fixed, p.n_offers)
    goods = new[p.tier_offer] * p.tier_price_rp
    for offer, need, quantity, agreed in zip(
        p.fixed_offer.tolist(), p.fixed_need.tolist(), p.fixed_quantity.tolist(), p.fixed_price_rp.tolist(),
        strict=True,
    ):  # fmt: skip
        if not needs[need]:
            rows = slice(p.tier_start[offer], p.tier_start[offer + 1])
            goods[rows] += quantity * np.minimum(p.tier_price_rp[rows], agreed)
    tally = Tally(p, y)
    floor = np.where(new > 0, np.maximum(p.tier_from[tally.tier], p.min_total), 0)
    x = rest + fixed
    price = tally.goods_rp + (p.freight_rp + p.lane_h_rp) * tally.x + p.drop_rp * (tally.x > 0)
    paid = np.where(out & ~p.credit[p.lane_offer], price, 0)
    outside = Outside(
        volume[part.offers],
        goods[part.tiers],
        floor[part.offers],
        sum_by(p.lane_supplier, x * p.lane_unit_g, p.n_suppliers),
        sum_by(p.lane_buyer, paid, p.n_buyers),
    )
    return Region(part, outside)
