"""A problem cut into pieces that have nothing to do with each other, each a small problem of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .problem import Problem
from .scope import Scope
from .tally import Ints, sum_by

LARGE = 60_000  # lanes from which a single piece is the problem itself


@dataclass(frozen=True)
class Piece:
    """One piece: its problem, and the numbers that its rows have in the whole problem."""

    problem: Problem
    needs: Ints
    offers: Ints
    lanes: Ints
    trips: Ints


def pieces(problem: Problem) -> list[Piece]:
    """The independent pieces of a problem, in the order of their first need.

    Needs and offers hang together by lanes that can carry anything, and by trip groups, suppliers'
    weight limits and buyers' cash where these can bind.
    """
    p = problem
    if not p.n_lanes:
        return []
    scope = Scope(p, np.arange(p.n_lanes, dtype=np.int64), np.zeros(p.n_lanes, dtype=np.int64))
    alive = np.zeros(p.n_lanes, dtype=np.bool_)
    alive[scope.lanes] = True
    alive |= p.lane_fixed > 0
    lanes = np.flatnonzero(alive)
    label = _labels(p, lanes, scope)
    if p.n_lanes > LARGE and np.unique(label).size == 1:
        # One large piece and little else: a copy of everything would only cost memory.
        rows = (p.n_needs, p.n_offers, p.n_lanes, p.n_trips)
        return [Piece(p, *(np.arange(count, dtype=np.int64) for count in rows))]
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [_piece(p, lanes[np.sort(part)]) for part in np.split(order, cuts) if part.size]


def _labels(p: Problem, lanes: Ints, scope: Scope) -> Ints:
    """Component number per lane: the least need number in it."""
    groups = [(p.lane_offer[lanes], p.n_offers)]
    trip = p.lane_trip[lanes]
    if p.n_trips:
        groups.append((trip, p.n_trips))
    reach = np.zeros(p.n_lanes, dtype=np.int64)
    reach[scope.lanes] = scope.room
    grams = sum_by(p.lane_supplier, (reach + p.lane_fixed) * p.lane_unit_g, p.n_suppliers)
    # What is fixed takes its part of the limit away from every piece of the supplier.
    held = sum_by(p.lane_supplier, p.lane_fixed, p.n_suppliers) > 0
    tight = (p.max_weight_g >= 0) & ((grams > p.max_weight_g) | held)
    groups.append((np.where(tight[p.lane_supplier[lanes]], p.lane_supplier[lanes], -1), p.n_suppliers))
    limited = p.cash_rp[p.lane_buyer[lanes]] >= 0
    groups.append((np.where(limited, p.lane_buyer[lanes], -1), p.n_buyers))
    need = p.lane_need[lanes]
    label = need.copy()
    while True:
        before = label
        for keys, count in [(need, p.n_needs), *groups]:
            least = np.full(count, p.n_needs, dtype=np.int64)
            on = keys >= 0
            np.minimum.at(least, keys[on], label[on])
            label = np.where(on, np.minimum(label, least[keys]), label)
        # Jump along: a label is a need, whose own label may be smaller by now.
        own = np.arange(p.n_needs, dtype=np.int64)
        np.minimum.at(own, need, label)
        label = own[label]
        if np.array_equal(label, before):
            return label


def _piece(p: Problem, lanes: Ints) -> Piece:
    needs, lane_need = np.unique(p.lane_need[lanes], return_inverse=True)
    offers, lane_offer = np.unique(p.lane_offer[lanes], return_inverse=True)
    tiers = np.flatnonzero(np.isin(p.tier_offer, offers))
    tier_count = np.diff(p.tier_start)[offers]
    trips = np.unique(p.lane_trip[lanes])
    trips = trips[trips >= 0]
    fixed = np.flatnonzero(np.isin(p.fixed_lane, lanes))
    need_at, offer_at = np.full(p.n_needs, -1), np.full(p.n_offers, -1)
    need_at[needs], offer_at[offers] = np.arange(needs.size), np.arange(offers.size)
    none = np.zeros(0, dtype=np.int64)
    small = replace(
        p,
        **{name: getattr(p, name)[needs] for name in _NEED},
        **{name: getattr(p, name)[offers] for name in _OFFER},
        **{name: getattr(p, name)[trips] for name in _TRIP},
        need_id=tuple(p.need_id[i] for i in needs),
        also_start=np.zeros(needs.size + 1, dtype=np.int64),
        also_commodity=none,
        offer_id=tuple(p.offer_id[j] for j in offers),
        tier_start=np.concatenate(([0], np.cumsum(tier_count))).astype(np.int64),
        tier_from=p.tier_from[tiers],
        tier_price_rp=p.tier_price_rp[tiers],
        lane_need=lane_need.astype(np.int64),
        lane_offer=lane_offer.astype(np.int64),
        freight_rp=p.freight_rp[lanes],
        drop_rp=p.drop_rp[lanes],
        fixed_need=need_at[p.fixed_need[fixed]],
        fixed_offer=offer_at[p.fixed_offer[fixed]],
        fixed_quantity=p.fixed_quantity[fixed],
        fixed_price_rp=p.fixed_price_rp[fixed],
        closed_need=none,
        closed_offer=none,
        closed_reason=(),
    )
    return Piece(small, needs, offers, lanes, trips)


_NEED = (
    "need_buyer", "need_commodity", "need_district", "wanted", "at_most", "ceiling_rp", "unmet_rp",
    "max_suppliers", "min_fill", "weight", "order",
)  # fmt: skip
_OFFER = (
    "offer_supplier", "offer_commodity", "capacity", "lot", "min_per_need", "min_total", "fixed_rp", "credit",
)  # fmt: skip
_TRIP = ("trip_supplier", "trip_district", "trip_capacity_g", "trip_cost_rp", "trip_max", "trip_min_load_g")
