"""A problem cut down to some of its needs: what hangs on them stays, everything else is left out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .problem import Bools, Ints, Problem


@dataclass(frozen=True, eq=False)
class Part:
    """A smaller problem and where its rows stand in the whole one."""

    problem: Problem
    needs: Ints
    offers: Ints
    lanes: Ints
    trips: Ints
    tiers: Ints


def restrict(problem: Problem, needs: Bools) -> Part:
    """The problem of the chosen needs with all offers that have a lane to them.

    Limits are taken over whole; suppliers, buyers, commodities and districts keep their numbers.
    """
    p = problem
    lane_kept = needs[p.lane_need]
    offers = np.zeros(p.n_offers, dtype=np.bool_)
    offers[p.lane_offer[lane_kept]] = True
    trips = np.zeros(p.n_trips, dtype=np.bool_)
    group = p.lane_trip[lane_kept]
    trips[group[group >= 0]] = True
    fixed = needs[p.fixed_need] if p.fixed_need.size else np.zeros(0, dtype=np.bool_)
    closed = needs[p.closed_need] & offers[p.closed_offer]
    keep = {
        "need": needs,
        "offer": offers,
        "lane": lane_kept,
        "trip": trips,
        "fixed": fixed,
        "closed": closed,
    }
    columns = {field.name: getattr(p, field.name) for field in fields(Problem)}
    for name, rows in _COLUMNS.items():
        for column in rows:
            columns[column] = _take(columns[column], np.flatnonzero(keep[name]))
    tiers = offers[p.tier_offer]
    columns |= {"tier_from": p.tier_from[tiers], "tier_price_rp": p.tier_price_rp[tiers]}
    columns["tier_start"] = _starts(np.diff(p.tier_start)[offers])
    owner = np.repeat(np.arange(p.n_needs), np.diff(p.also_start))
    columns["also_commodity"] = p.also_commodity[needs[owner]]
    columns["also_start"] = _starts(np.diff(p.also_start)[needs])
    for column, kept in _REFERENCES.items():
        columns[column] = _rank(keep[kept])[columns[column]]
    rows_of = {f"{name}s": np.flatnonzero(keep[name]) for name in ("need", "offer", "lane", "trip")}
    return Part(Problem(**columns), tiers=np.flatnonzero(tiers), **rows_of)


_COLUMNS = {
    "need": (
        "need_id", "need_buyer", "need_commodity", "need_district", "wanted", "at_most", "ceiling_rp",
        "unmet_rp", "max_suppliers", "min_fill", "weight", "order",
    ),
    "offer": (
        "offer_id", "offer_supplier", "offer_commodity", "capacity", "lot", "min_per_need", "min_total",
        "fixed_rp", "credit",
    ),
    "lane": ("lane_need", "lane_offer", "freight_rp", "drop_rp"),
    "trip": (
        "trip_supplier", "trip_district", "trip_capacity_g", "trip_cost_rp", "trip_max", "trip_min_load_g",
    ),
    "fixed": ("fixed_need", "fixed_offer", "fixed_quantity", "fixed_price_rp"),
    "closed": ("closed_need", "closed_offer", "closed_reason"),
}  # fmt: skip
_REFERENCES = {
    "lane_need": "need", "fixed_need": "need", "closed_need": "need",
    "lane_offer": "offer", "fixed_offer": "offer", "closed_offer": "offer",
}  # fmt: skip


def _take(column: NDArray[np.int64] | tuple[str, ...], rows: Ints) -> NDArray[np.int64] | tuple[str, ...]:
    if isinstance(column, tuple):
        return tuple(column[i] for i in rows.tolist())
    return column[rows]


def _starts(counts: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _rank(kept: Bools) -> Ints:
    return np.cumsum(kept).astype(np.int64) - 1
