"""The supply side of the compact model: tiers, openings, trucks and suppliers' weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import milp_cash
from .problem import Problem
from .scope import Scope
from .tally import Bools, Ints, Tally, any_by, sum_by, up

if TYPE_CHECKING:
    from .milp import Compact

NEVER = np.iinfo(np.int64).max


class Prices:
    """Which tiers each offer of the model can reach.

    `reachable` flags tier rows, `low` and `high` are the volumes between which a tier row holds. Offers
    with one reachable tier are `plain`, their price stands on the lanes (`plain_rp`, 0 elsewhere); those
    with several are `rich` and choose.
    """

    def __init__(self, problem: Problem, scope: Scope) -> None:
        p, s = problem, scope
        self.base = s.base.volume
        self.here = any_by(s.offer, np.ones(s.offer.size, np.bool_), p.n_offers)
        self.most = np.minimum(p.capacity, self.base + sum_by(s.offer, s.room, p.n_offers))
        owner = p.tier_offer
        self.ordinal = np.arange(owner.size, dtype=np.int64) - p.tier_start[owner]
        # Fixed units may stand alone below the least total; new units may not.
        self.alone = (self.base > 0) & ~s.offer_taken
        least = np.where(self.alone, 0, p.min_total)[owner]
        self.low = np.maximum(np.maximum(p.tier_from, least), self.base[owner])
        self.high = np.minimum(p.tier_last, self.most[owner])
        allowed = self.ordinal >= _held(p, s)[owner]
        self.reachable = self.here[owner] & (self.low <= self.high) & allowed
        tiers = sum_by(owner, self.reachable.astype(np.int64), p.n_offers)
        self.first = np.full(p.n_offers, NEVER)
        np.minimum.at(self.first, owner[self.reachable], self.ordinal[self.reachable])
        last = np.full(p.n_offers, -1, dtype=np.int64)
        np.maximum.at(last, owner[self.reachable], self.ordinal[self.reachable])
        self.plain, self.rich = tiers == 1, tiers > 1
        self.row = p.tier_start[:-1] + np.maximum(last, 0)
        self.plain_rp = np.where(self.plain, p.tier_price_rp[self.row], 0)
        self.usable = s.bar <= last[s.offer]


def add(c: Compact) -> None:
    """Add everything of the supply side to the model, and the buyers' cash that depends on its tiers."""
    _openings(c)
    choice = _tiers(c)
    _trucks(c)
    _weights(c)
    milp_cash.add(c, choice)


def _held(p: Problem, s: Scope) -> Ints:
    # Lines that stay must keep a price that their ceiling allows.
    lanes = np.flatnonzero(s.base.new)
    held = np.zeros(p.n_offers, dtype=np.int64)
    np.maximum.at(held, p.lane_offer[lanes], s.bar_of(lanes))
    return held


def _openings(c: Compact) -> None:
    # Offers that are all or nothing: a fixed cost, or a least volume that their lanes may fall short of.
    s, p, price = c.scope, c.problem, c.price
    first = np.full(p.n_offers, NEVER)
    np.minimum.at(first, s.offer, s.low)
    least = np.maximum(p.min_total, np.where(price.alone, 0, price.low[price.row]))
    short = least - price.base
    cost = np.where(price.base == 0, p.fixed_rp, 0)
    must = np.flatnonzero(price.plain & s.offer_taken & (short > 0))
    rows = c.model.add_rows(must.size, low=short[must])
    c.sum_rows(s.offer, rows_of(p.n_offers, must, rows))
    choice = price.plain & ~s.offer_taken & ((short > first) | (cost > 0))
    at = np.flatnonzero(choice | (price.rich & price.alone & (short > 0)))
    open_ = c.columns(
        at.size, lambda t: t.has_new(p.lane_offer, p.n_offers)[at], high=1.0, cost=cost[at], whole=True
    )
    rows = c.model.add_rows(at.size, high=0.0)
    c.sum_rows(s.offer, rows_of(p.n_offers, at, rows))
    c.model.add_terms(rows, open_, (price.base - price.most)[at])
    tight = np.flatnonzero(short[at] > 0)
    rows = c.model.add_rows(tight.size, low=0.0)
    c.sum_rows(s.offer, rows_of(p.n_offers, at[tight], rows))
    c.model.add_terms(rows, open_[tight], -short[at[tight]])
    number = rows_of(p.n_offers, at, open_)
    lanes = np.flatnonzero(
        (number[s.offer] >= 0) & (s.room > 0) & (s.room < (price.most - price.base)[s.offer])
    )
    c.open_lanes(lanes, s.room[lanes], number[s.offer[lanes]])
    # Offers that need no switch keep their capacity as a plain row.
    full = np.flatnonzero(price.plain & (number < 0))
    rows = c.model.add_rows(full.size, high=(price.most - price.base)[full])
    c.sum_rows(s.offer, rows_of(p.n_offers, full, rows))


def _tiers(c: Compact) -> Ints:
    """Volume and choice per reachable tier of the rich offers; returns the choice column per tier row."""
    s, p, price = c.scope, c.problem, c.price
    tiers = np.flatnonzero(price.reachable & price.rich[p.tier_offer])
    owner = p.tier_offer[tiers]
    opening = np.where(price.base == 0, p.fixed_rp, 0)[owner] + _discounts(p, tiers)

    def at(t: Tally) -> Bools:
        return np.asarray((t.tier[owner] == tiers) & (t.volume[owner] > 0))

    chosen = c.columns(tiers.size, at, high=1.0, cost=opening, whole=True)
    most, price_rp = price.high[tiers], p.tier_price_rp[tiers]
    volume = c.columns(tiers.size, lambda t: at(t) * t.volume[owner], high=most, cost=price_rp)
    rows = c.model.add_rows(tiers.size, high=0.0)
    c.model.add_terms(rows, volume, 1.0)
    c.model.add_terms(rows, chosen, -most)
    rows = c.model.add_rows(tiers.size, low=0.0)
    c.model.add_terms(rows, volume, 1.0)
    c.model.add_terms(rows, chosen, -price.low[tiers])
    rich = np.flatnonzero(price.rich)
    rows = c.model.add_rows(rich.size, low=np.where(price.base[rich] > 0, 1.0, 0.0), high=1.0)
    c.model.add_terms(rows_of(p.n_offers, rich, rows)[owner], chosen, 1.0)
    rows = c.model.add_rows(rich.size, low=price.base[rich], high=price.base[rich])
    c.model.add_terms(rows_of(p.n_offers, rich, rows)[owner], volume, 1.0)
    c.sum_rows(s.offer, rows_of(p.n_offers, rich, rows), -1.0)
    _ceilings(c, tiers, chosen, volume)
    _rich_openings(c, tiers, chosen)
    return rows_of(p.tier_offer.size, tiers, chosen)


def _discounts(p: Problem, tiers: Ints) -> Ints:
    # A tier prices the whole volume; fixed units pay at most their own price: the difference goes here.
    saved = np.zeros(p.tier_offer.size, dtype=np.int64)
    for offer, quantity, agreed in zip(p.fixed_offer, p.fixed_quantity, p.fixed_price_rp, strict=True):
        rows = slice(p.tier_start[offer], p.tier_start[offer + 1])
        saved[rows] += quantity * np.minimum(0, agreed - p.tier_price_rp[rows])
    return saved[tiers]


def _ceilings(c: Compact, tiers: Ints, chosen: Ints, volume: Ints) -> None:
    # Nested: what only bears the tiers from `bar` on is at most the new volume in these tiers.
    s, p, price = c.scope, c.problem, c.price
    width = int(np.diff(p.tier_start).max(initial=1)) + 1
    strict = np.flatnonzero((s.bar > price.first[s.offer]) & price.rich[s.offer] & (s.room > 0))
    keys = np.unique(s.offer[strict] * width + s.bar[strict])
    rows = c.model.add_rows(keys.size, high=0.0)
    # A row holds its offer's lanes with this bar or a higher one, and its offer's tiers from there on.
    of, key = _from(s.offer[strict] * width + s.bar[strict], keys, width)
    c.model.add_terms(rows[key], c.lots[strict[of]], s.step[strict[of]])
    owner = p.tier_offer[tiers]
    of, key = _from(owner * width + price.ordinal[tiers], keys, width)
    c.model.add_terms(rows[key], volume[of], -1.0)
    c.model.add_terms(rows[key], chosen[of], price.base[owner[of]])


def _from(having: Ints, keys: Ints, width: int) -> tuple[Ints, Ints]:
    """All pairs (number in `having`, number in `keys`) of one offer where the key's bar is not higher."""
    low = np.searchsorted(keys, having // width * width)
    count = np.searchsorted(keys, having, side="right") - low
    of = np.repeat(np.arange(having.size), count)
    place = np.arange(of.size) - np.repeat(np.cumsum(count) - count, count)
    return of, low[of] + place


def _rich_openings(c: Compact, tiers: Ints, chosen: Ints) -> None:
    s, p, price = c.scope, c.problem, c.price
    costly = price.rich & (price.base == 0) & (p.fixed_rp > 0)
    lanes = np.flatnonzero(costly[s.offer] & (s.room > 0))
    rows = c.model.add_rows(lanes.size, high=0.0)
    c.model.add_terms(rows, c.lots[lanes], s.step[lanes])
    first = np.searchsorted(p.tier_offer[tiers], s.offer[lanes])
    count = np.bincount(p.tier_offer[tiers], minlength=p.n_offers)[s.offer[lanes]]
    for t in range(int(count.max(initial=0))):
        on = np.flatnonzero(count > t)
        c.model.add_terms(rows[on], chosen[first[on] + t], -s.room[lanes[on]])


def _trucks(c: Compact) -> None:
    s, p = c.scope, c.problem
    grams = s.room * s.unit_g
    on = np.flatnonzero((s.trip >= 0) & (grams > 0))
    new = sum_by(s.trip[on], grams[on], p.n_trips)
    base, size = s.base.load_g, p.trip_capacity_g
    room = s.trip_room_g()
    tight = np.flatnonzero((new > room) & (p.trip_cost_rp == 0) & (p.trip_min_load_g == 0))
    rows = c.model.add_rows(tight.size, high=room[tight])
    _sum_grams(c, on, rows_of(p.n_trips, tight, rows))
    c.network &= tight.size == 0
    at = np.flatnonzero((new > 0) & ((p.trip_cost_rp > 0) | (p.trip_min_load_g > 0)))
    c.network &= at.size == 0
    most = up(base + np.minimum(new, np.maximum(room, 0)), size)[at]
    trucks = c.columns(
        at.size,
        lambda t: t.trips[at],
        low=up(base, size)[at],
        high=np.maximum(most, up(base, size)[at]),
        cost=p.trip_cost_rp[at],
        whole=True,
    )
    rows = c.model.add_rows(at.size, high=-base[at])
    _sum_grams(c, on, rows_of(p.n_trips, at, rows))
    c.model.add_terms(rows, trucks, -size[at])
    _truck_minimums(c, on, at, trucks, new)
    number = rows_of(p.n_trips, at, trucks)
    costly = (base == 0) & (p.trip_cost_rp > 0)
    lanes = on[(number[s.trip[on]] >= 0) & costly[s.trip[on]] & (grams[on] < size[s.trip[on]])]
    c.open_lanes(lanes, s.room[lanes], number[s.trip[lanes]])


def _truck_minimums(c: Compact, on: Ints, at: Ints, trucks: Ints, new: Ints) -> None:
    s, p = c.scope, c.problem
    # Above a truck's size a least load is out of reach, however far.
    least, base = np.minimum(p.trip_min_load_g, p.trip_capacity_g + 1), s.base.load_g
    heavy = least[at] > 0
    at, trucks = at[heavy], trucks[heavy]
    # Fixed goods alone may ride below the minimum: then a switch says whether anything new rides along.
    alone = (base[at] > 0) & ~s.trip_taken[at]
    slack = np.where(alone, least[at] * up(base, p.trip_capacity_g)[at], 0)
    rows = c.model.add_rows(at.size, low=-base[at] - slack)
    _sum_grams(c, on, rows_of(p.n_trips, at, rows))
    c.model.add_terms(rows, trucks, -least[at])
    alone_at, alone_rows = at[alone], rows[alone]
    riding = p.lane_trip >= 0

    def rides(t: Tally) -> Bools:
        return any_by(p.lane_trip[riding], t.new[riding], p.n_trips)[alone_at]

    added = c.columns(alone_at.size, rides, high=1.0, whole=True)
    c.model.add_terms(alone_rows, added, -slack[alone])
    rows = c.model.add_rows(alone_at.size, high=0.0)
    _sum_grams(c, on, rows_of(p.n_trips, alone_at, rows))
    c.model.add_terms(rows, added, -new[alone_at])


def _weights(c: Compact) -> None:
    s, p = c.scope, c.problem
    room = s.supplier_room_g()
    at = np.flatnonzero(sum_by(s.supplier, s.room * s.unit_g, p.n_suppliers) > room)
    c.network &= at.size == 0
    rows = c.model.add_rows(at.size, high=np.maximum(room[at], 0))
    on = np.arange(s.lanes.size)
    _sum_grams(c, on, rows_of(p.n_suppliers, at, rows), s.supplier)


def _sum_grams(c: Compact, on: Ints, rows: Ints, keys: Ints | None = None) -> None:
    s = c.scope
    row = rows[(s.trip if keys is None else keys)[on]]
    lanes, row = on[row >= 0], row[row >= 0]
    c.model.add_terms(row, c.lots[lanes], s.step[lanes] * s.unit_g[lanes])


def rows_of(count: int, at: Ints, rows: Ints) -> Ints:
    """Lookup from a number to its row or column (-1: none)."""
    numbers = np.full(count, -1, dtype=np.int64)
    numbers[at] = rows
    return numbers
