"""The relaxation behind every certificate: for any integer prices a lower bound on every plan's cost.

Put a price pi on each unit of each tier of each offer. A need then pays pi instead of the tier's price;
an offer earns (pi - price) on every unit it sells. For every plan the two views add up to its cost, so
the cheapest that each need, offer, truck group and supplier could do *for itself* adds up to a bound:

    sum over needs      least of Y * (cheapest lane) + unmet_rp * max(0, wanted - Y), Y from 0 to at_most
    sum over offers     least of 0 and fixed_rp + (price - pi) * V over tiers and the volumes V of each
    sum over trucks     least over n of cost_rp * n - (price of weight) * (most load that n trucks carry)
    sum over suppliers  - (price of weight) * max_weight_g

Further prices, all optional, make it tighter: shares of an offer's or a group's opening per lane (a lane
pays its share per unit and the opening is relieved of share x most units of the lane), weight on trucks,
weight of suppliers. Drop costs are spread over the most a lane can carry. Rules not named here are
ignored, which can only lower the bound. All sums are exact int64 in 1 / scale rupiah; every division
is rounded towards a lower bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .prices import FAR, PER_G, CertificateError, Prices, Ranges, least_of, top_of, total_of
from .problem import Bools, Ints, Problem

_SAFE = float(2**61)
_CHUNK = 500_000  # lanes that are looked at together

__all__ = ["PER_G", "CertificateError", "Frame", "Prices", "Ranges", "default_truck", "safe_scale"]


def default_truck(frame: Frame, scale: int) -> Ints:
    """Each truck's cost spread over the most it can carry: the price of weight if none is given."""
    load = np.minimum(frame.p.trip_capacity_g, frame.load_most)
    rows = zip(frame.p.trip_cost_rp.tolist(), load.tolist(), strict=True)
    return np.array([c * scale * PER_G // g if g else 0 for c, g in rows], dtype=np.int64)


def safe_scale(problem: Problem) -> int:
    """The finest scale whose sums stay far from the limits of int64: 1000, 100, 10 or 1."""
    p = problem
    dearest = np.zeros(p.n_needs)
    if p.n_lanes:
        np.maximum.at(
            dearest, p.lane_need, (p.tier_price_rp[p.tier_start[:-1]][p.lane_offer] + p.freight_rp) * 1.0
        )
    worst = (
        float((p.at_most * (dearest + p.unmet_rp)).sum()) + float(p.fixed_rp.sum()) + float(p.drop_rp.sum())
    )
    worst += float((p.trip_cost_rp * np.maximum(1.0, p.at_most.sum())).sum() if p.n_trips < 100 else 0.0)
    return next((scale for scale in (1000, 100, 10) if worst * scale < 2.0**57), 1)


def _sum(index: Ints, values: Ints, size: int) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, index, values)
    return total


class Frame:
    """All that does not depend on the prices, for one problem (and one leaf): made once, valued often.

    `fills` gives, for problems with rationed commodities, the fill per need that the plan's bound is
    about (-1 where a need is free).
    """

    def __init__(self, problem: Problem, ranges: Ranges | None = None, fills: Ints | None = None) -> None:
        self.p = problem
        self.ranges = ranges or Ranges.all_of(problem)
        self.fills = np.full(problem.n_needs, -1, dtype=np.int64) if fills is None else fills
        self.forced = self._forced()
        self.forced_fill = _sum(problem.lane_need, self.forced, problem.n_needs)
        self.forced_volume = _sum(problem.lane_offer, self.forced, problem.n_offers)
        self.fixed_volume = _sum(problem.fixed_offer, problem.fixed_quantity, problem.n_offers)
        self._lanes()
        self._volumes()
        self._needs()
        self._trucks()

    @property
    def possible(self) -> bool:
        """False if no plan at all lies within the ranges (found by simple counting only)."""
        low = self.forced_volume > 0
        open_tiers = np.zeros(self.p.n_offers, dtype=np.bool_)
        open_tiers[self.p.tier_offer[self.tier_open]] = True
        must = low | (self.ranges.volume_low > 0)
        lanes = bool(np.all(self.forced <= self.ranges.lane_high))
        return lanes and bool(np.all(open_tiers[must])) and bool(np.all(self.trips_low <= self.trips_high))

    def _forced(self) -> Ints:
        """Units x each lane carries in any case: fixed ones, and what a leaf demands, in whole lots."""
        p, low = self.p, self.ranges.lane_low
        if not p.fixed_need.size and not low.any():
            return np.zeros(p.n_lanes, dtype=np.int64)
        lot = p.lot[p.lane_offer]
        demanded = -(-np.maximum(low, p.min_per_need[p.lane_offer]) // lot) * lot
        return np.where(p.lane_fixed > 0, np.maximum(p.lane_fixed, low), np.where(low > 0, demanded, 0))

    def _lanes(self) -> None:
        """First tier row and room of every lane, some lanes at a time: a nation has millions."""
        n = self.p.n_lanes
        self.first_tier, self.last_tier, self.room = (np.empty(n, dtype=np.int64) for _ in range(3))
        for start in range(0, n, _CHUNK):
            part = slice(start, min(start + _CHUNK, n))
            self.first_tier[part], self.last_tier[part] = self._first_tiers(part)
            self.room[part] = self._room(part)

    def _first_tiers(self, part: slice) -> tuple[Ints, Ints]:
        """First tier row of each lane whose price the need's ceiling allows (may be past the last)."""
        p, offer = self.p, self.p.lane_offer[part]
        ceiling = p.ceiling_rp[p.lane_need[part]]
        spare = ceiling - p.freight_rp[part] - p.lane_h_rp[part]
        first, last = p.tier_start[:-1][offer], p.tier_start[1:][offer]
        for _ in range(int(np.diff(p.tier_start).max(initial=0))):
            at = np.minimum(first, last - 1)
            first = first + ((ceiling >= 0) & (first < last) & (p.tier_price_rp[at] > spare))
        return first, last

    def _room(self, part: slice) -> Ints:
        """Most units y a lane can carry on top of the forced ones; 0 shuts it, below 0 is impossible."""
        p, r = self.p, self.ranges
        need, offer, forced = p.lane_need[part], p.lane_offer[part], self.forced[part]
        most = np.where(self.fills >= 0, np.minimum(self.fills, p.at_most), p.at_most)
        room = np.minimum((most - self.forced_fill)[need], (p.capacity - self.forced_volume)[offer])
        room = np.minimum(room, (r.volume_high - self.forced_volume)[offer])
        room = np.minimum(room, np.minimum(self._room_weight(part), r.lane_high[part]) - forced)
        room = np.where(self.first_tier[part] < self.last_tier[part], np.maximum(room, 0), 0)
        plain = p.lane_fixed[part] == 0
        whole = (forced + room) // p.lot[offer] * p.lot[offer] - forced
        room = np.where(plain, np.maximum(whole, 0), room)
        return np.where(forced + room < p.min_per_need[offer], 0, room)

    def _room_weight(self, part: slice) -> Ints:
        """Units that the supplier's weight, the group's trucks and the buyer's cash allow on a lane."""
        p, offer = self.p, self.p.lane_offer[part]
        unit = p.lane_unit_g[part]
        supplier = p.max_weight_g[p.offer_supplier[offer]]
        room = np.where(supplier >= 0, supplier // unit, FAR)
        grouped = np.flatnonzero(p.lane_trip[part] >= 0)
        group = p.lane_trip[part][grouped]
        trucks = np.minimum(self.ranges.trips_high[group], FAR // p.trip_capacity_g[group])
        room[grouped] = np.minimum(room[grouped], trucks * p.trip_capacity_g[group] // unit[grouped])
        cash = np.where(p.credit[offer], -1, p.cash_rp[p.need_buyer[p.lane_need[part]]])
        least = p.tier_price_rp[p.tier_start[1:] - 1][offer] + p.freight_rp[part] + p.lane_h_rp[part]
        paid = (cash >= 0) & (least > 0) & (p.lane_fixed[part] == 0)
        room[paid] = np.minimum(room[paid], np.maximum(0, cash - p.drop_rp[part])[paid] // least[paid])
        return room

    def _volumes(self) -> None:
        """Least and most volume of each tier row, where it can be reached at all."""
        p, r, offer = self.p, self.ranges, self.p.tier_offer
        held = self.fixed_volume[offer] > 0
        carried = _sum(p.lane_offer, (self.forced + self.room), p.n_offers)
        low = np.maximum(np.maximum(p.tier_from, 1), r.volume_low[offer])
        low = np.maximum(low, self.forced_volume[offer])
        low = np.where(held, low, np.maximum(low, p.min_total[offer]))
        high = np.minimum(np.minimum(p.tier_last, r.volume_high[offer]), carried[offer])
        lot = np.where(held, 1, p.lot[offer])
        self.volume_low, self.volume_high = -(-low // lot) * lot, high // lot * lot
        self.tier_open = self.volume_low <= self.volume_high
        self.may_close = (r.volume_low <= 0) & (self.forced_volume == 0)
        self.discount = self._discount()

    def _discount(self) -> Ints:
        """Rupiah per tier row that fixed lines save because their price may not rise."""
        p = self.p
        saved = np.zeros(p.tier_from.size, dtype=np.int64)
        for t in range(int(np.diff(p.tier_start).max(initial=0)) if p.fixed_need.size else 0):
            row = p.tier_start[:-1][p.fixed_offer] + t
            there = row < p.tier_start[1:][p.fixed_offer]
            rise = np.maximum(0, p.tier_price_rp[row[there]] - p.fixed_price_rp[there])
            np.add.at(saved, row[there], rise * p.fixed_quantity[there])
        return saved

    def _needs(self) -> None:
        """Units each need may take on top of the forced ones, and where its cost can bend."""
        p = self.p
        open_lane = self.room > 0
        carried = _sum(p.lane_need, np.where(open_lane, self.room, 0), p.n_needs)
        held = self.fills >= 0
        most = np.where(held, self.fills, p.at_most) - self.forced_fill
        self.y_most = np.maximum(0, np.minimum(most, carried))
        self.y_wanted = np.clip(p.wanted - self.forced_fill, 0, self.y_most)
        self.y_least = np.minimum(np.maximum(p.min_fill - self.forced_fill, 1), self.y_most)
        self.y_held = np.where(held, np.maximum(0, most), -1)
        self.lanes_open: Bools = open_lane

    def _trucks(self) -> None:
        """Most load and the range of trucks of each group."""
        p, r = self.p, self.ranges
        on: Any = np.flatnonzero(p.lane_trip >= 0)
        if on.size == p.n_lanes:
            on = slice(None)  # a view instead of a copy
        group, unit = p.lane_trip[on], p.lane_unit_g[on]
        self.load_most = np.full(p.n_trips, FAR, dtype=np.int64)
        for index, cap in ((p.lane_need[on], self._need_cap()), (p.lane_offer[on], self._offer_cap())):
            load = self._load(index, group, unit, (self.forced + self.room)[on], cap)
            if load is not None:
                self.load_most = np.minimum(self.load_most, load)
        limit = p.max_weight_g[p.trip_supplier]
        self.load_most = np.where(limit >= 0, np.minimum(self.load_most, limit), self.load_most)
        self.load_most = np.where(self.load_most < FAR, self.load_most, 0)
        forced_load = _sum(group, self.forced[on] * unit, p.n_trips)
        self.trips_low = np.maximum(r.trips_low, -(-forced_load // p.trip_capacity_g))
        high = np.minimum(r.trips_high, -(-self.load_most // p.trip_capacity_g))
        fixed_load = _sum(group, p.lane_fixed[on] * unit, p.n_trips)
        held = (fixed_load > 0) | (p.trip_min_load_g == 0)
        filled = self.load_most // np.maximum(1, p.trip_min_load_g)
        self.trips_high = np.where(held, high, np.minimum(high, filled))

    def _load(self, index: Ints, group: Ints, unit: Ints, units: Ints, cap: Ints) -> Ints | None:
        """Most grams of each group when no row of `index` moves more units than its cap."""
        if not units.size:
            return None
        # Sorting by owner first is nearly done already, which makes it cheap.
        key = index * self.p.n_trips + group
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        moved = np.minimum(np.add.reduceat(units[order], first), cap[key[first] // self.p.n_trips])
        return _sum(key[first] % self.p.n_trips, moved * unit[order[first]], self.p.n_trips)

    def _need_cap(self) -> Ints:
        return self.y_most + self.forced_fill

    def _offer_cap(self) -> Ints:
        cap: Ints = np.minimum(self.p.capacity, self.ranges.volume_high)
        return cap

    def value(self, prices: Prices) -> int:
        """The bound in 1 / scale rupiah. Raises CertificateError where int64 would not be exact."""
        needs, offers, trucks, suppliers = self.terms(prices)
        return int(needs.sum()) + int(offers.sum()) + int(trucks.sum()) + int(suppliers.sum())

    def terms(self, prices: Prices) -> tuple[Ints, Ints, Ints, Ints]:
        """The bound's share of every need, offer, trip group and supplier, in 1 / scale rupiah."""
        self._guard(prices)
        lane = self.lane_rp(prices)
        return (
            self._need_terms(prices, lane),
            self._offer_terms(prices),
            self._truck_terms(prices),
            self._supplier_terms(prices),
        )

    def lane_rp(self, prices: Prices) -> Ints:
        """What a unit on each lane costs besides pi and the spread drop."""
        p = self.p
        cost = prices.scale * p.freight_rp
        if prices.opening is not None:
            cost = cost + prices.opening
        if prices.truck_opening is not None:
            cost = cost + np.where(p.lane_trip >= 0, prices.truck_opening, 0)
        if p.n_trips:
            per_unit = prices.truck[np.maximum(p.lane_trip, 0)] * p.lane_unit_g // PER_G
            cost = cost + np.where(p.lane_trip >= 0, per_unit, 0)
        if prices.weight is not None:
            cost = cost + prices.weight[p.lane_supplier] * p.lane_unit_g // PER_G
        return np.asarray(cost)

    def cheapest_pi(self, pi: Ints) -> Ints:
        """Per tier row: the least pi among the open tiers from this one to the offer's last."""
        least = np.where(self.tier_open, pi, FAR)
        n_last = np.diff(self.p.tier_start).max(initial=0)
        same = self.p.tier_offer[:-1] == self.p.tier_offer[1:]
        for _ in range(int(n_last) - 1):
            least[:-1] = np.where(same, np.minimum(least[:-1], least[1:]), least[:-1])
        return least

    def unit_rp(self, prices: Prices, lane_rp: Ints, least_pi: Ints) -> Ints:
        """What a unit more on each lane costs (FAR where there can be none)."""
        there = self.first_tier < self.last_tier
        pi = least_pi[np.minimum(self.first_tier, self.last_tier - 1)]
        spread = np.where(self.forced > 0, 0, prices.scale * self.p.drop_rp // np.maximum(1, self.room))
        return np.where(self.lanes_open & there & (pi < FAR), pi + lane_rp + spread, FAR)

    def _need_terms(self, prices: Prices, lane_rp: Ints) -> Ints:
        p, scale = self.p, prices.scale
        least_pi = self.cheapest_pi(prices.pi)
        unit = self.unit_rp(prices, lane_rp, least_pi)
        cheapest = np.full(p.n_needs, FAR, dtype=np.int64)
        served = np.flatnonzero(np.diff(p.need_start))
        if served.size:
            cheapest[served] = np.minimum.reduceat(unit, p.need_start[served])
        return self._forced_terms(prices, least_pi, lane_rp) + self._fill_terms(scale, cheapest)

    def _forced_terms(self, prices: Prices, least_pi: Ints, lane_rp: Ints) -> Ints:
        """Forced units at their cheapest tier (no ceiling asked), and their drops for certain."""
        p = self.p
        on = np.flatnonzero(self.forced > 0)
        pi = least_pi[p.tier_start[:-1][p.lane_offer[on]]]
        pi = np.where(pi < FAR, pi, 0)
        cost = self.forced[on] * (pi + lane_rp[on]) + prices.scale * p.drop_rp[on]
        return _sum(p.lane_need[on], cost, p.n_needs)

    def _fill_terms(self, scale: int, cheapest: Ints) -> Ints:
        """Least cost of what each need takes on top, bending at 0, the minimum, wanted and at_most."""
        p = self.p
        unmet = scale * p.unmet_rp
        short = np.maximum(0, p.wanted - self.forced_fill)
        free = self.y_held < 0
        shut = cheapest >= FAR
        unit = np.where(shut, 0, np.where(free, np.minimum(cheapest, unmet), cheapest))
        best = unmet * short
        least = np.where(shut, 0, self.y_least)
        for y in (self.y_least, np.maximum(self.y_wanted, self.y_least), self.y_most):
            y = np.where(shut, 0, np.maximum(y, least))
            best = np.minimum(best, unit * y + unmet * np.maximum(0, short - y))
        held = unit * self.y_held + unmet * np.maximum(0, short - self.y_held)
        found: Ints = np.where(free, best, held)
        return found

    def _offer_terms(self, prices: Prices) -> Ints:
        p, scale = self.p, prices.scale
        margin = scale * p.tier_price_rp - prices.pi
        volume = np.where(margin >= 0, self.volume_low, self.volume_high)
        relief = np.zeros(p.n_offers, dtype=np.int64)
        if prices.opening is not None:
            relief = _sum(p.lane_offer, prices.opening * (self.forced + self.room), p.n_offers)
        value = margin * np.where(self.tier_open, volume, 0) - scale * self.discount
        value = value + (scale * p.fixed_rp - relief)[p.tier_offer]
        best = np.where(self.may_close, 0, FAR)
        np.minimum.at(best, p.tier_offer[self.tier_open], value[self.tier_open])
        found: Ints = np.where(best >= FAR, 0, best)
        return found

    def _truck_terms(self, prices: Prices) -> Ints:
        p, scale = self.p, prices.scale
        on = np.flatnonzero(p.lane_trip >= 0)
        relief = np.zeros(p.n_trips, dtype=np.int64)
        if prices.truck_opening is not None:
            units = self.forced + self.room
            relief = _sum(p.lane_trip[on], (prices.truck_opening * units)[on], p.n_trips)
        whole = self.load_most // p.trip_capacity_g
        best = np.full(p.n_trips, FAR, dtype=np.int64)
        for n in (np.zeros_like(whole), np.ones_like(whole), whole, whole + 1, self.trips_high):
            n = np.maximum(self.trips_low, np.minimum(n, self.trips_high))
            load = np.where(
                prices.truck >= 0, np.minimum(p.trip_capacity_g * n, self.load_most), self._least_load(n)
            )
            value = scale * p.trip_cost_rp * n - -(-prices.truck * load // PER_G)
            best = np.minimum(best, value - np.where(n > 0, relief, 0))
        return best

    def _least_load(self, n: Ints) -> Ints:
        p = self.p
        return np.where(n > 1, np.minimum(p.trip_capacity_g * (n - 1), self.load_most), 0)

    def _supplier_terms(self, prices: Prices) -> Ints:
        if prices.weight is None:
            return np.zeros(self.p.n_suppliers, dtype=np.int64)
        limit = np.maximum(0, self.p.max_weight_g)
        return -prices.weight * limit // PER_G

    def _guard(self, prices: Prices) -> None:
        """Refuse prices whose sums could leave int64, judged in floating point with room to spare."""
        if not 1 <= prices.scale <= 10**6:
            raise CertificateError("scale")
        if any(least_of(v) < 0 for v in (prices.opening, prices.truck_opening, prices.weight)):
            raise CertificateError("negative share")
        limited = self.p.max_weight_g >= 0
        if prices.weight is not None and bool(np.any((prices.weight > 0) & ~limited)):
            raise CertificateError("weight price without a limit")
        if not self._largest_product(prices) < _SAFE or not self._largest_sum(prices) < _SAFE:
            raise CertificateError("overflow")

    def _largest_product(self, prices: Prices) -> float:
        """The largest price of weight times grams, before it is divided."""
        load = top_of(prices.truck * self.load_most.astype(np.float64)) if self.p.n_trips else 0.0
        unit, limit = top_of(self.p.unit_g), top_of(self.p.max_weight_g)
        return max(load, top_of(prices.truck) * unit) + top_of(prices.weight) * max(unit, limit)

    def _largest_sum(self, prices: Prices) -> float:
        """At least the sum of the absolute values of everything that is added up."""
        p, scale = self.p, float(prices.scale)
        per_unit = (top_of(prices.truck) + top_of(prices.weight)) * top_of(p.unit_g) / PER_G + 2
        lane = (
            top_of(prices.pi)
            + scale * (top_of(p.freight_rp) + top_of(p.drop_rp) + top_of(p.unmet_rp))
            + per_unit
        )
        lane += top_of(prices.opening) + top_of(prices.truck_opening)
        units = sum(total_of(v) for v in (self.y_most, self.forced, self.y_held))
        margin = np.abs(scale * p.tier_price_rp - prices.pi.astype(np.float64))
        once = total_of(p.fixed_rp) + total_of(p.drop_rp) + total_of(self.discount)
        once += float((p.unmet_rp * 1.0 * p.wanted).sum())
        once += float((p.trip_cost_rp * 1.0 * np.maximum(self.trips_high, self.trips_low)).sum())
        carried = (self.forced + self.room) * 1.0
        shares = [share for share in (prices.opening, prices.truck_opening) if share is not None]
        return (
            lane * (units + 1)
            + float((margin * np.maximum(self.volume_high, self.volume_low)).sum())
            + scale * once
            + sum(float((share * carried).sum()) for share in shares)
            + float((np.abs(prices.truck) * 1.0 * self.load_most).sum()) / PER_G
            + (top_of(prices.weight) * total_of(p.max_weight_g)) / PER_G
        )
