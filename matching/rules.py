"""The rules a plan must keep, one function each, and nothing of how a plan is found.

Every function takes the State of a plan and returns what is broken. "Fresh" marks a need, line, offer,
buyer or group in which some unit comes on top of the fixed lines: most rules bind only there.
To add a rule: write its function here, list it in RULES, give it a pair of tests (kept, broken).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .problem import Bools, Ints, Problem

_EXACT = float(2**62)


class Broken(NamedTuple):
    """A rule that a plan breaks: which, where, and the figures that show it."""

    rule: str
    row: str
    text: str


def exact_sums(index: Ints, amount: Ints, rate: Ints, size: int) -> Ints:
    """Sums of amount x rate per group; in Python integers (dtype object) where int64 might overflow."""
    estimate = float(np.abs(amount.astype(np.float64) * rate).sum())
    product = amount * rate if estimate < _EXACT else amount.astype(object) * rate.astype(object)
    total = np.zeros(size, dtype=product.dtype)
    np.add.at(total, index, product)
    return np.asarray(total)


@dataclass(frozen=True, eq=False)
class State:
    """A plan's quantities x per lane, and what follows from them."""

    problem: Problem
    x: Ints

    @cached_property
    def fixed(self) -> Ints:
        """Fixed quantity per lane."""
        held = np.zeros(self.problem.n_lanes, dtype=np.int64)
        for need, offer, quantity in zip(
            self.problem.fixed_need, self.problem.fixed_offer, self.problem.fixed_quantity, strict=True
        ):
            row = slice(self.problem.need_start[need], self.problem.need_start[need + 1])
            held[row][self.problem.lane_offer[row] == offer] = quantity
        return held

    @cached_property
    def y(self) -> Ints:
        """Units on top of the fixed ones (never below 0: a missing fixed unit is a fault of its own)."""
        return np.asarray(np.maximum(0, self.x - self.fixed))

    def _sums(self, index: Ints, values: Ints, size: int) -> Ints:
        return exact_sums(index, values, np.ones_like(values), size)

    @cached_property
    def filled(self) -> Ints:
        """Units per need."""
        return self._sums(self.problem.lane_need, self.x, self.problem.n_needs)

    @cached_property
    def volume(self) -> Ints:
        """Units per offer."""
        return self._sums(self.problem.lane_offer, self.x, self.problem.n_offers)

    @cached_property
    def tier(self) -> Ints:
        """Tier row of each offer: the last whose `from` its volume reaches, at least the first."""
        p, tier = self.problem, self.problem.tier_start[:-1].copy()
        for row in range(p.tier_from.size):
            offer = p.tier_offer[row]
            if self.volume[offer] >= p.tier_from[row]:
                tier[offer] = row
        return tier

    @cached_property
    def price_rp(self) -> Ints:
        """Price per unit of each offer at its volume."""
        return self.problem.tier_price_rp[self.tier]

    @cached_property
    def share_rp(self) -> Ints:
        """Truck share h per unit and lane."""
        return self.problem.lane_h_rp

    @cached_property
    def load_g(self) -> Ints:
        """Load of each trip group."""
        p, on = self.problem, self.problem.lane_trip >= 0
        return exact_sums(p.lane_trip[on], self.x[on], p.lane_unit_g[on], p.n_trips)

    @cached_property
    def trips(self) -> Ints:
        """Whole trucks of each trip group."""
        capacity = self.problem.trip_capacity_g
        return (self.load_g + capacity - 1) // capacity

    @cached_property
    def fixed_price_rp(self) -> Ints:
        """What a fixed unit costs on each fixed row: its price may not rise."""
        return np.minimum(self.price_rp[self.problem.fixed_offer], self.problem.fixed_price_rp)

    @cached_property
    def goods_rp(self) -> Ints:
        """Goods per lane, fixed units at their own price."""
        goods = self.y * self.price_rp[self.problem.lane_offer]
        goods[self.problem.fixed_lane] += self.problem.fixed_quantity * self.fixed_price_rp
        return goods

    def fresh(self, index: Ints, size: int) -> Bools:
        """Per need, offer, buyer or group: does it have any unit on top of the fixed ones?"""
        found = np.zeros(size, dtype=np.bool_)
        found[index[self.y > 0]] = True
        return found


def _at(bad: NDArray[Any]) -> list[int]:
    found: list[int] = np.flatnonzero(bad).tolist()
    return found


def rule_1_fill(s: State) -> list[Broken]:
    """No need gets more than at_most; a rationed one no more than wanted."""
    p = s.problem
    most = np.where(p.rationed, p.wanted, p.at_most)
    bad = s.fresh(p.lane_need, p.n_needs) & (s.filled > most)
    return [
        Broken("rule_1_fill", f"need {p.need_id[i]}", f"{s.filled[i]} satuan, paling banyak {most[i]}")
        for i in _at(bad)
    ]


def rule_1_min_fill(s: State) -> list[Broken]:
    """A need is filled not at all or at least by min_fill."""
    p = s.problem
    bad = s.fresh(p.lane_need, p.n_needs) & (s.filled < p.min_fill)
    return [
        Broken(
            "rule_1_min_fill", f"need {p.need_id[i]}", f"{s.filled[i]} satuan, paling sedikit {p.min_fill[i]}"
        )
        for i in _at(bad)
    ]


def rule_1_max_suppliers(s: State) -> list[Broken]:
    """A need has at most max_suppliers distinct suppliers."""
    p = s.problem
    used = s.x > 0
    width = max(1, p.n_suppliers)
    pairs = np.unique(p.lane_need[used] * width + p.lane_supplier[used])
    count = np.bincount(pairs // width, minlength=p.n_needs)
    bad = s.fresh(p.lane_need, p.n_needs) & (p.max_suppliers >= 0) & (count > p.max_suppliers)
    return [
        Broken(
            "rule_1_max_suppliers",
            f"need {p.need_id[i]}",
            f"{count[i]} pemasok, paling banyak {p.max_suppliers[i]}",
        )
        for i in _at(bad)
    ]


def rule_2_lot(s: State) -> list[Broken]:
    """Fresh units come in whole lots."""
    p = s.problem
    lot = p.lot[p.lane_offer]
    return [_line(s, k, "rule_2_lot", f"{s.y[k]} bukan kelipatan {lot[k]}") for k in _at(s.y % lot)]


def rule_2_min_per_need(s: State) -> list[Broken]:
    """A line carries at least min_per_need."""
    least = s.problem.min_per_need[s.problem.lane_offer]
    bad = (s.y > 0) & (s.x < least)
    return [
        _line(s, k, "rule_2_min_per_need", f"{s.x[k]} satuan, paling sedikit {least[k]}") for k in _at(bad)
    ]


def rule_2_capacity(s: State) -> list[Broken]:
    """An offer sells no more than its capacity."""
    p = s.problem
    return [
        Broken(
            "rule_2_capacity",
            f"offer {p.offer_id[j]}",
            f"{s.volume[j]} satuan, paling banyak {p.capacity[j]}",
        )
        for j in _at(s.volume > p.capacity)
    ]


def rule_2_min_total(s: State) -> list[Broken]:
    """An offer sells nothing or at least min_total."""
    p = s.problem
    bad = s.fresh(p.lane_offer, p.n_offers) & (s.volume < p.min_total)
    return [
        Broken(
            "rule_2_min_total",
            f"offer {p.offer_id[j]}",
            f"{s.volume[j]} satuan, paling sedikit {p.min_total[j]}",
        )
        for j in _at(bad)
    ]


def rule_3_ceiling(s: State) -> list[Broken]:
    """Price, freight and truck share together stay within the need's ceiling."""
    p = s.problem
    landed = s.price_rp[p.lane_offer] + p.freight_rp + s.share_rp
    ceiling = p.ceiling_rp[p.lane_need]
    bad = (s.y > 0) & (ceiling >= 0) & (landed > ceiling)
    return [
        _line(s, k, "rule_3_ceiling", f"Rp{landed[k]} per satuan, batas Rp{ceiling[k]}") for k in _at(bad)
    ]


def rule_4_max_trips(s: State) -> list[Broken]:
    """A group drives no more trucks than it has."""
    p = s.problem
    bad = (p.trip_max >= 0) & (s.trips > p.trip_max)
    return [
        _group(s, g, "rule_4_max_trips", f"{s.trips[g]} truk, paling banyak {p.trip_max[g]}")
        for g in _at(bad)
    ]


def rule_4_min_load(s: State) -> list[Broken]:
    """The trucks of a group are loaded with at least min_load_g on average."""
    p = s.problem
    on = p.lane_trip >= 0
    fresh = np.zeros(p.n_trips, dtype=np.bool_)
    fresh[p.lane_trip[on & (s.y > 0)]] = True
    least = s.trips.astype(object) * p.trip_min_load_g
    bad = fresh & (s.load_g < least).astype(np.bool_)
    return [
        _group(s, g, "rule_4_min_load", f"{s.load_g[g]} g, paling sedikit {least[g]} g") for g in _at(bad)
    ]


def rule_5_cash(s: State) -> list[Broken]:
    """A buyer's goods, freight, drops and truck shares (credit offers aside) stay within its cash."""
    p = s.problem
    paid = (s.x > 0) & ~p.credit[p.lane_offer]
    buyer = p.lane_buyer[paid]
    spent = exact_sums(buyer, s.x[paid], (p.freight_rp + s.share_rp)[paid], p.n_buyers)
    spent = spent + exact_sums(buyer, (s.goods_rp + p.drop_rp)[paid], np.ones_like(buyer), p.n_buyers)
    bad = s.fresh(p.lane_buyer, p.n_buyers) & (p.cash_rp >= 0) & (spent > p.cash_rp).astype(np.bool_)
    return [
        Broken("rule_5_cash", f"buyer {p.buyer_id[b]}", f"Rp{spent[b]}, uang tunai Rp{p.cash_rp[b]}")
        for b in _at(bad)
    ]


def rule_5_weight(s: State) -> list[Broken]:
    """A supplier's offers together weigh no more than max_weight_g."""
    p = s.problem
    weight = exact_sums(p.lane_supplier, s.x, p.lane_unit_g, p.n_suppliers)
    bad = (p.max_weight_g >= 0) & (weight > p.max_weight_g).astype(np.bool_)
    return [
        Broken(
            "rule_5_weight",
            f"supplier {p.supplier_id[i]}",
            f"{weight[i]} g, paling banyak {p.max_weight_g[i]} g",
        )
        for i in _at(bad)
    ]


def rule_6_fixed(s: State) -> list[Broken]:
    """Every fixed line is in the plan with its whole quantity."""
    return [
        _line(s, k, "rule_6_fixed", f"{s.x[k]} satuan, sudah disepakati {s.fixed[k]}")
        for k in _at(s.x < s.fixed)
    ]


def _line(s: State, lane: int, rule: str, text: str) -> Broken:
    p = s.problem
    return Broken(rule, f"line {p.need_id[p.lane_need[lane]]} {p.offer_id[p.lane_offer[lane]]}", text)


def _group(s: State, group: int, rule: str, text: str) -> Broken:
    p = s.problem
    supplier, district = p.supplier_id[p.trip_supplier[group]], p.district_id[p.trip_district[group]]
    return Broken(rule, f"trip {supplier} {district}", text)


RULES: tuple[Callable[[State], list[Broken]], ...] = (
    rule_1_fill,
    rule_1_min_fill,
    rule_1_max_suppliers,
    rule_2_lot,
    rule_2_min_per_need,
    rule_2_capacity,
    rule_2_min_total,
    rule_3_ceiling,
    rule_4_max_trips,
    rule_4_min_load,
    rule_5_cash,
    rule_5_weight,
    rule_6_fixed,
)


def cost_rp(s: State) -> int:
    """The whole objective of a plan, term by term as section 1 of the model lists them."""
    p = s.problem
    one = np.zeros(p.n_lanes, dtype=np.int64)
    goods = s.goods_rp.sum()
    freight = exact_sums(one, s.x, p.freight_rp, 1)[0]
    drops = p.drop_rp[s.x > 0].sum()
    openings = p.fixed_rp[s.volume > 0].sum()
    trucks = sum(int(n) * int(c) for n, c in zip(s.trips, p.trip_cost_rp, strict=True))
    missing = np.maximum(0, p.wanted - s.filled)
    unmet = (missing * p.unmet_rp).sum()
    return int(goods) + int(freight) + int(drops) + int(openings) + trucks + int(unmet)
