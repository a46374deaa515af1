"""All plans of a tiny problem at once, each with its cost and the rules that it breaks: which rule binds?

Whole arrays over plans; shares nothing with the solver, and nothing but the problem's rows with
`exhaustive`, the slower truth that it is held against.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.matching.exhaustive import Book

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
RULES = (
    "at_most", "min_fill", "max_suppliers", "lot", "min_per_need", "capacity", "min_total", "ceiling",
    "max_trips", "min_load", "cash", "weight", "fixed", "ration",
)  # fmt: skip


class EveryPlan:
    """Columns `x` and `y`: units per lane of every plan, one row a plan, also of plans that break rules."""

    def __init__(self, document: dict[str, Any], beyond: int = 1, freed: bool = False) -> None:
        """`beyond`: units above each lane's limits that are tried; `freed`: fixed lines may be left out."""
        self.book = book = Book(document)
        self.lanes = list(book.lanes)
        self.fixed = np.array([self._fixed(k, "quantity", 0) for k in self.lanes], dtype=np.int64)
        self.agreed = np.array([self._fixed(k, "price_rp", 0) for k in self.lanes], dtype=np.int64)
        ranges = [np.arange(self._most(k) + beyond + 1) for k in self.lanes]
        grid = np.meshgrid(*ranges, indexing="ij") if ranges else []
        self.y = np.stack([axis.reshape(-1) for axis in grid], axis=1) if grid else np.zeros((1, 0), np.int64)
        self.x = self.y + (0 if freed else self.fixed)
        if freed:
            self.fixed = np.zeros_like(self.fixed)

    def _fixed(self, k: tuple[str, str], key: str, default: int) -> int:
        return int(self.book.fixed[k][key]) if k in self.book.fixed else default

    def _most(self, k: tuple[str, str]) -> int:
        return min(int(self.book.needs[k[0]]["at_most"]), int(self.book.offers[k[1]]["capacity"]))

    def _of(self, place: int, name: str) -> list[int]:
        return [c for c, k in enumerate(self.lanes) if k[place] == name]

    def _by(self, what: dict[Any, list[int]], values: Ints) -> dict[Any, Ints]:
        return {name: values[:, at].sum(axis=1) for name, at in what.items()}

    @cached_property
    def need_lanes(self) -> dict[str, list[int]]:
        """Lanes of each need."""
        return {need: self._of(0, need) for need in self.book.needs}

    @cached_property
    def offer_lanes(self) -> dict[str, list[int]]:
        """Lanes of each offer."""
        return {offer: self._of(1, offer) for offer in self.book.offers}

    @cached_property
    def filled(self) -> dict[str, Ints]:
        """Units of each need."""
        return self._by(self.need_lanes, self.x)

    @cached_property
    def volume(self) -> dict[str, Ints]:
        """Units of each offer."""
        return self._by(self.offer_lanes, self.x)

    @cached_property
    def price(self) -> Ints:
        """Price of the lane's offer at its volume, for every lane."""
        price = np.zeros_like(self.x)
        for offer, at in self.offer_lanes.items():
            for tier in self.book.offers[offer]["tiers"]:
                reached = np.maximum(1, self.volume[offer]) >= tier["from"]
                price[np.ix_(reached, at)] = tier["price_rp"]
        return price

    @cached_property
    def load(self) -> dict[tuple[str, str], Ints]:
        """Grams of each trip group."""
        grams = self.x * np.array([self.book.weight(k) for k in self.lanes], dtype=np.int64)
        groups = {
            g: [c for c, k in enumerate(self.lanes) if self.book.group(k) == g] for g in self.book.trips
        }
        return self._by(groups, grams)

    @cached_property
    def spent(self) -> Ints:
        """Goods, freight and drop of each lane."""
        rows = [self.book.lanes[k] for k in self.lanes]
        freight = np.array([row["freight_rp"] for row in rows], dtype=np.int64)
        drop = np.array([row["drop_rp"] for row in rows], dtype=np.int64)
        goods = self.y * self.price + self.fixed * np.minimum(self.price, self.agreed)
        return np.asarray(goods + self.x * freight + (self.x > 0) * drop)

    @cached_property
    def cost(self) -> Ints:
        """The whole objective of every plan."""
        total = self.spent.sum(axis=1)
        for offer, row in self.book.offers.items():
            total = total + row["fixed_rp"] * (self.volume[offer] > 0)
        for group, row in self.book.trips.items():
            total = total + row["cost_rp"] * -(-self.load[group] // row["capacity_g"])
        for need, row in self.book.needs.items():
            total = total + row["unmet_rp"] * np.maximum(0, row["wanted"] - self.filled[need])
        return np.asarray(total)

    def _fresh(self, at: list[int]) -> Bools:
        return np.asarray((self.y[:, at] > 0).any(axis=1))

    @cached_property
    def broken(self) -> dict[str, Bools]:
        """Which plans break which rule."""
        found = {rule: np.zeros(len(self.x), dtype=np.bool_) for rule in RULES}
        for need, at in self.need_lanes.items():
            self._judge_need(need, at, found)
        for offer, at in self.offer_lanes.items():
            self._judge_offer(offer, at, found)
        for group in self.book.trips:
            self._judge_group(group, found)
        for buyer in self.book.cash:
            self._judge_buyer(buyer, found)
        for supplier, most in self.book.most_g.items():
            at = [c for c, k in enumerate(self.lanes) if self.book.offers[k[1]]["supplier"] == supplier]
            grams = sum((self.x[:, c] * self.book.weight(self.lanes[c]) for c in at), np.zeros(len(self.x)))
            found["weight"] |= False if most is None else grams > most
        return found

    def _judge_need(self, need: str, at: list[int], found: dict[str, Bools]) -> None:
        row, fresh = self.book.needs[need], self._fresh(at)
        found["at_most"] |= fresh & (self.filled[need] > row["at_most"])
        found["min_fill"] |= fresh & (self.filled[need] < row["min_fill"])
        if row["max_suppliers"] is not None:
            names = {self.book.offers[self.lanes[c][1]]["supplier"] for c in at}
            used = [
                (self.x[:, [c for c in at if self.book.offers[self.lanes[c][1]]["supplier"] == s]] > 0).any(1)
                for s in names
            ]
            found["max_suppliers"] |= fresh & (sum(used, np.zeros(len(self.x))) > row["max_suppliers"])

    def _judge_offer(self, offer: str, at: list[int], found: dict[str, Bools]) -> None:
        row, new = self.book.offers[offer], self.y[:, at] > 0
        found["capacity"] |= self.volume[offer] > row["capacity"]
        found["min_total"] |= self._fresh(at) & (self.volume[offer] < row["min_total"])
        found["lot"] |= (self.y[:, at] % row["lot"] > 0).any(axis=1)
        found["min_per_need"] |= (new & (self.x[:, at] < row["min_per_need"])).any(axis=1)
        for c in at:
            k = self.lanes[c]
            ceiling = self.book.needs[k[0]]["ceiling_rp"]
            if ceiling is not None:
                landed = self.price[:, c] + self.book.lanes[k]["freight_rp"] + self.book.share(k)
                found["ceiling"] |= (self.y[:, c] > 0) & (landed > ceiling)

    def _judge_group(self, group: tuple[str, str], found: dict[str, Bools]) -> None:
        row = self.book.trips[group]
        at = [c for c, k in enumerate(self.lanes) if self.book.group(k) == group]
        trucks = -(-self.load[group] // row["capacity_g"])
        if row["max_trips"] is not None:
            found["max_trips"] |= trucks > row["max_trips"]
        found["min_load"] |= self._fresh(at) & (self.load[group] < row["min_load_g"] * trucks)

    def _judge_buyer(self, buyer: str, found: dict[str, Bools]) -> None:
        at = [c for c, k in enumerate(self.lanes) if self.book.needs[k[0]]["buyer"] == buyer]
        paid = [c for c in at if not self.book.offers[self.lanes[c][1]]["credit"]]
        share = np.array([self.book.share(self.lanes[c]) for c in paid], dtype=np.int64)
        total = self.spent[:, paid].sum(axis=1) + (self.x[:, paid] * share).sum(axis=1)
        if self.book.cash[buyer] is not None:
            found["cash"] |= self._fresh(at) & (total > self.book.cash[buyer])

    def fairest(self, kept: Bools) -> Bools:
        """Of the plans `kept`: those that share out every rationed commodity as fairly as possible."""
        book = self.book
        for commodity in sorted(book.ration):
            needs = [n for n, row in book.needs.items() if row["commodity"] == commodity]
            needs.sort(key=lambda n: (book.needs[n]["order"], n))
            for n in needs:
                kept = kept & ~(self._fresh(self.need_lanes[n]) & (self.filled[n] > book.needs[n]["wanted"]))
            scale = int(np.prod([book.needs[n]["weight"] for n in needs], dtype=np.int64))
            ratios = [self.filled[n] * (scale // book.needs[n]["weight"]) for n in needs]
            ladder = np.sort(np.stack(ratios, axis=1), axis=1) if needs else np.zeros((len(kept), 0))
            for column in [*ladder.T, *(self.filled[n] for n in needs)]:
                kept = kept & (column == column[kept].max())
        return kept

    def least(self, without: str = "") -> int:
        """The optimum, or what it would be without one rule."""
        kept = np.ones(len(self.x), dtype=np.bool_)
        for rule, broken in self.broken.items():
            if rule != without:
                kept &= ~broken
        if without != "ration":
            kept = self.fairest(kept)
        return int(self.cost[kept].min())


def optimum_and_binding(document: dict[str, Any]) -> tuple[int, set[str]]:
    """The optimum, and the rules without which it would be another one."""
    plans = EveryPlan(document)
    least = plans.least()
    binding = {rule for rule in RULES if rule != "fixed" and plans.least(rule) != least}
    if document["fixed"] and EveryPlan(document, beyond=0, freed=True).least() != least:
        binding.add("fixed")
    return least, binding
