"""At which price an offer that got nothing would have paid: a price band, true for the plan as it is.

For every line of the plan and every unused offer that reaches the same need: had the offer taken the
whole line, what could it have charged so that the plan still keeps every rule and is cheaper? The answer
is rounded down to a band of about 1 % of the offer's price, so that it does not give away a rival's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .outcome import Outcome, tier_of
from .problem import Bools, Ints, Problem

_FAR = 2**53


def entry_bands(problem: Problem, outcome: Outcome) -> list[dict[str, Any]]:
    """Rows offer, need, quantity, price_rp (asked today for that quantity), entry_rp, for unused offers.

    With this one offer's price for `quantity` at `entry_rp` or below, giving it the need's line makes the
    plan cheaper and breaks no rule. Offers for which no such price above 0 was found are left out.
    """
    swaps = _Swaps(problem, outcome)
    best: dict[int, tuple[int, int]] = {}
    entry = swaps.entry_rp()
    for k in np.flatnonzero(entry > 0).tolist():
        offer = int(swaps.offer[k])
        if offer not in best or entry[k] > best[offer][0]:
            best[offer] = (int(entry[k]), k)
    rows = []
    for offer, (price, k) in sorted(best.items()):
        asked = int(swaps.asked_rp[k])
        width = max(1, asked // 100)
        band = price // width * width
        if band > 0:
            row = {"offer": problem.offer_id[offer], "need": problem.need_id[int(swaps.need[k])]}
            rows.append({**row, "quantity": int(swaps.units[k]), "price_rp": asked, "entry_rp": band})
    return rows


class _Swaps:
    """Pairs of a lane of an unused offer and a line of the same need that it could take over whole."""

    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        p, o = self.p, self.o = problem, outcome
        new = np.flatnonzero(o.volume[p.lane_offer] == 0)
        old = np.flatnonzero((o.y > 0) & (p.lane_fixed == 0))
        start = np.searchsorted(p.lane_need[old], p.lane_need[new], side="left")
        count = np.searchsorted(p.lane_need[old], p.lane_need[new], side="right") - start
        offsets = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        self.new = np.repeat(new, count)
        self.old = old[np.repeat(start, count) + offsets]
        self.need, self.units = p.lane_need[self.new], o.y[self.old]
        self.offer, self.rival = p.lane_offer[self.new], p.lane_offer[self.old]
        self.left = o.volume[self.rival] - self.units
        self.asked_rp = self._price(self.offer, self.units)
        self.weight_g = self.units * p.lane_unit_g[self.new]

    def _price(self, offer: Ints, volume: Ints) -> Ints:
        p = self.p
        price = p.tier_price_rp[p.tier_start[:-1][offer]].copy()
        for t in range(1, int(np.diff(p.tier_start).max(initial=0))):
            row = p.tier_start[:-1][offer] + t
            there = row < p.tier_start[1:][offer]
            row = np.where(there, row, 0)
            price = np.where(there & (p.tier_from[row] <= volume), p.tier_price_rp[row], price)
        return np.asarray(price)

    def entry_rp(self) -> Ints:
        """Highest price per unit at which the swap pays, -1 where it would break a rule."""
        p, o, q = self.p, self.o, self.units
        saved = (o.price_rp[self.rival] + p.freight_rp[self.old]) * q + p.drop_rp[self.old]
        saved = saved + np.where(self.left == 0, p.fixed_rp[self.rival], 0)
        extra = p.freight_rp[self.new] * q + p.drop_rp[self.new] + p.fixed_rp[self.offer]
        price = (saved - extra - self._truck_rp() - 1) // np.maximum(1, q)
        price = np.minimum(price, np.minimum(self._under_ceiling(), self._within_cash()))
        good = self._offer_fits() & self._rival_fits() & self._supplier_fits() & self._trucks_fit()
        return np.where(good, np.maximum(price, -1), -1)

    def _offer_fits(self) -> Bools:
        p, q, j = self.p, self.units, self.offer
        least = np.maximum(p.min_per_need[j], p.min_total[j])
        fits: Bools = (q % p.lot[j] == 0) & (q >= least) & (q <= p.capacity[j])
        return fits

    def _rival_fits(self) -> Bools:
        """The rival keeps its tier, so that nobody else's price changes, or sells nothing any more."""
        p = self.p
        begin = p.tier_from[tier_of(p, self.o.volume)][self.rival]
        fits: Bools = (self.left == 0) | ((self.left >= begin) & (self.left >= p.min_total[self.rival]))
        return fits

    def _supplier_fits(self) -> Bools:
        p, o = self.p, self.o
        width = max(1, p.n_suppliers)
        used = np.flatnonzero(o.x)
        pairs, lines = np.unique(p.lane_need[used] * width + p.lane_supplier[used], return_counts=True)
        count = np.bincount(pairs // width, minlength=p.n_needs)[self.need]
        old = self.need * width + p.lane_supplier[self.old]
        last = lines[np.searchsorted(pairs, old)] == 1
        same = p.lane_supplier[self.new] == p.lane_supplier[self.old]
        known = np.isin(self.need * width + p.lane_supplier[self.new], pairs)
        after = count - (last & ~same) + ~known
        weight = np.zeros(p.n_suppliers, dtype=np.int64)
        np.add.at(weight, p.lane_supplier, o.x * p.lane_unit_g)
        supplier = p.lane_supplier[self.new]
        more = np.where(same, 0, self.weight_g)
        heavy = (p.max_weight_g[supplier] >= 0) & (weight[supplier] + more > p.max_weight_g[supplier])
        fits: Bools = ~heavy & ((p.max_suppliers[self.need] < 0) | (after <= p.max_suppliers[self.need]))
        return fits

    def _under_ceiling(self) -> Ints:
        p = self.p
        ceiling = p.ceiling_rp[self.need]
        room = ceiling - p.freight_rp[self.new] - p.lane_h_rp[self.new]
        return np.where(ceiling < 0, _FAR, room)

    def _within_cash(self) -> Ints:
        """A buyer whose cash is limited may not spend more than on the line it has."""
        p, o, q = self.p, self.o, np.maximum(1, self.units)
        limited = (p.cash_rp[p.need_buyer[self.need]] >= 0) & ~p.credit[self.offer]
        before = o.price_rp[self.rival] + p.freight_rp[self.old] + p.lane_h_rp[self.old]
        drops = p.drop_rp[self.old] - p.drop_rp[self.new]
        price = before + drops // q - p.freight_rp[self.new] - p.lane_h_rp[self.new]
        return np.where(limited, np.where(p.credit[self.rival], -1, price), _FAR)

    def _loads(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Group and load after the swap: of the new lane, of the old lane (-1 without a group)."""
        p, o = self.p, self.o
        new, old = p.lane_trip[self.new], p.lane_trip[self.old]
        load = np.append(o.load_g, 0)
        same = new == old
        return (
            new,
            load[new] + np.where(same, 0, self.weight_g),
            old,
            load[old] - np.where(same, 0, self.weight_g),
        )

    def _truck_rp(self) -> Ints:
        """What trucks cost more (or less) after the swap."""
        p, (new, new_g, old, old_g) = self.p, self._loads()
        capacity, cost = np.append(p.trip_capacity_g, 1), np.append(p.trip_cost_rp, 0)
        trips = np.append(self.o.trips, 0)
        more = np.where(new >= 0, (-(-new_g // capacity[new]) - trips[new]) * cost[new], 0)
        less = np.where(old >= 0, (-(-old_g // capacity[old]) - trips[old]) * cost[old], 0)
        return np.asarray(more + np.where(new == old, 0, less))

    def _trucks_fit(self) -> Bools:
        p, (new, new_g, old, old_g) = self.p, self._loads()
        capacity, most = np.append(p.trip_capacity_g, 1), np.append(p.trip_max, -1)
        least = np.append(p.trip_min_load_g, 0)
        fits = np.ones(self.new.size, dtype=np.bool_)
        for group, load in ((new, new_g), (old, old_g)):
            trips = -(-load // capacity[group])
            loaded = load // np.maximum(1, least[group]) >= trips
            fine = (loaded | (least[group] == 0)) & ((most[group] < 0) | (trips <= most[group]))
            fits &= (group < 0) | fine
        return fits
