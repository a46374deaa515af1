"""Buyers' cash in the compact model: prices that depend on the tier make it the one bilinear rule.

For a buyer with limited cash and an offer with several reachable tiers, the buyer's units are split by
tier (one column per buyer, offer and tier: few, and never per lane).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .tally import Bools, Ints, Tally, any_by, sum_by

if TYPE_CHECKING:
    from .milp import Compact


def add(c: Compact, choice: Ints) -> None:
    """Add the cash rows of every buyer whose limit can bind; `choice` is the column per tier row (or -1)."""
    buyers = _limited(c)
    if not buyers.any():
        return
    p, s = c.problem, c.scope
    c.network = False
    at = np.flatnonzero(buyers)
    number = np.full(p.n_buyers, -1, dtype=np.int64)
    fixed_rp, worst_rp = _standing(c)
    room = p.cash_rp - fixed_rp
    rows = c.model.add_rows(at.size, high=room[at])
    number[at] = rows
    _lanes(c, number)
    _standing_tiers(c, number, choice)
    _new_tiers(c, number, choice)
    # Fixed lines alone may exceed the cash; then one switch per buyer says whether anything new is bought.
    over = at[(worst_rp[at] > p.cash_rp[at]) & ~s.buyer_taken[at]]
    if over.size:
        buys = c.columns(over.size, lambda t: t.has_new(p.lane_buyer, p.n_buyers)[over], high=1.0, whole=True)
        slack = worst_rp[over] - p.cash_rp[over]
        c.model.raise_rows(number[over], slack)
        c.model.add_terms(number[over], buys, slack)
        column = np.full(p.n_buyers, -1, dtype=np.int64)
        column[over] = buys
        lanes = np.flatnonzero((column[s.buyer] >= 0) & (s.room > 0))
        c.open_lanes(lanes, s.room[lanes], column[s.buyer[lanes]])


def _limited(c: Compact) -> Bools:
    p, s = c.problem, c.scope
    dear = np.zeros(p.n_offers, dtype=np.int64)
    price = np.where(c.price.reachable, p.tier_price_rp, 0)
    np.maximum.at(dear, p.tier_offer, price)
    dear = np.where(c.price.here, dear, s.base.price)
    paid = ~p.credit[p.lane_offer]
    unit = (dear[p.lane_offer] + p.freight_rp + p.lane_h_rp) * paid
    most = sum_by(p.lane_buyer, s.base.x * unit + (s.base.x > 0) * p.drop_rp * paid, p.n_buyers)
    lanes = s.lanes
    top = s.room * unit[lanes] + (p.drop_rp * paid)[lanes]
    most = most + sum_by(s.buyer, top, p.n_buyers)
    moving = any_by(s.buyer, s.room > 0, p.n_buyers) | s.buyer_taken
    return (p.cash_rp >= 0) & moving & (most > p.cash_rp)


def _standing(c: Compact) -> tuple[Ints, Ints]:
    """Cash of what stays, without and with the dearest reachable price of the rich offers."""
    p, s, price = c.problem, c.scope, c.price
    x, y = s.base.x, s.base.y
    paid = ~p.credit[p.lane_offer]
    now = np.where(price.plain, price.plain_rp, s.base.price)
    goods = y * now[p.lane_offer]
    lane = p.fixed_lane
    goods[lane] += p.fixed_quantity * np.minimum(now[p.lane_offer[lane]], p.fixed_price_rp)
    other = (p.freight_rp + p.lane_h_rp) * x + p.drop_rp * (x > 0)
    rich = price.rich[p.lane_offer]
    sure = sum_by(p.lane_buyer, np.where(rich, other, goods + other) * paid, p.n_buyers)
    dear = np.zeros(p.n_offers, dtype=np.int64)
    np.maximum.at(dear, p.tier_offer, np.where(price.reachable, p.tier_price_rp, 0))
    top = y * dear[p.lane_offer]
    top[lane] += p.fixed_quantity * np.minimum(dear[p.lane_offer[lane]], p.fixed_price_rp)
    worst = sure + sum_by(p.lane_buyer, np.where(rich & paid, top, 0), p.n_buyers)
    return sure, worst


def _lanes(c: Compact, number: Ints) -> None:
    p, s = c.problem, c.scope
    paid = ~p.credit[s.offer] & (number[s.buyer] >= 0)
    lanes = np.flatnonzero(paid)
    unit = c.price.plain_rp[s.offer] + p.freight_rp[s.lanes] + p.lane_h_rp[s.lanes]
    c.model.add_terms(number[s.buyer[lanes]], c.lots[lanes], (unit * s.step)[lanes])
    at = c.drop_lanes[paid[c.drop_lanes]]
    drop = np.where(s.fixed > 0, 0, p.drop_rp[s.lanes])
    c.model.add_terms(number[s.buyer[at]], c.drops[paid[c.drop_lanes]], drop[at])


def _standing_tiers(c: Compact, number: Ints, choice: Ints) -> None:
    # What stays is paid at the price of the tier that its offer will reach.
    p, s = c.problem, c.scope
    paid = c.price.rich[p.lane_offer] & ~p.credit[p.lane_offer] & (number[p.lane_buyer] >= 0)
    lanes = np.flatnonzero(paid & (s.base.x > 0))
    agreed = np.zeros(p.n_lanes, dtype=np.int64)
    agreed[p.fixed_lane] = p.fixed_price_rp
    sums: dict[tuple[int, int], int] = {}
    for lane in lanes.tolist():
        offer = int(p.lane_offer[lane])
        for tier in range(int(p.tier_start[offer]), int(p.tier_start[offer + 1])):
            if choice[tier] >= 0:
                unit = int(p.tier_price_rp[tier])
                f = int(p.lane_fixed[lane])
                cost = int(s.base.y[lane]) * unit + f * min(unit, int(agreed[lane]))
                key = (int(number[p.lane_buyer[lane]]), int(choice[tier]))
                sums[key] = sums.get(key, 0) + cost
    if sums:
        keys = np.array(list(sums), dtype=np.int64)
        c.model.add_terms(keys[:, 0], keys[:, 1], np.array(list(sums.values()), dtype=np.float64))


def _new_tiers(c: Compact, number: Ints, choice: Ints) -> None:
    p, s = c.problem, c.scope
    width = max(1, p.n_offers)
    rich = c.price.rich[s.offer] & ~p.credit[s.offer] & (number[s.buyer] >= 0) & (s.room > 0)
    lanes = np.flatnonzero(rich)
    pairs, pair = np.unique(s.buyer[lanes] * width + s.offer[lanes], return_inverse=True)
    buyer, offer = pairs // width, pairs % width
    most = sum_by(pair, s.room[lanes], pairs.size)
    # The tiers of each pair's offer that can be chosen, pair after pair.
    count = np.diff(p.tier_start)[offer]
    of = np.repeat(np.arange(pairs.size), count)
    place = np.arange(of.size) - np.repeat(np.cumsum(count) - count, count)
    tier = p.tier_start[offer[of]] + place
    open_ = choice[tier] >= 0
    tier, of = tier[open_], of[open_]
    if not tier.size:
        return

    def split(t: Tally) -> Ints:
        bought = sum_by(pair, t.y[s.lanes[lanes]], pairs.size)
        return np.where(t.tier[offer[of]] == tier, bought[of], 0)

    share = c.columns(tier.size, split, high=most[of])
    rows = c.model.add_rows(tier.size, high=0.0)
    c.model.add_terms(rows, share, 1.0)
    c.model.add_terms(rows, choice[tier], -most[of])
    rows = c.model.add_rows(pairs.size, low=0.0, high=0.0)
    c.model.add_terms(rows[of], share, 1.0)
    c.model.add_terms(rows[pair], c.lots[lanes], -s.step[lanes])
    c.model.add_terms(number[buyer[of]], share, p.tier_price_rp[tier])
