"""Packs beyond what was wanted: a need takes them only if its own price per pack falls by them.

Pure functions over the matcher's documents. A plan may reach a cheaper tier with packs of somebody who
has nothing from it; such a need is then asked again with what it wanted and no more.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

Document = dict[str, Any]


def idle_extras(problem: Document, plan: Document) -> set[str]:
    """Needs whose extra packs do not make their own delivered price per pack lower.

    Compared without drops and trucks, which a few packs more do not change. Without the extra packs a
    line may break an offer's lot or minimum, or its truck's least load: then the need gets its goods
    only through them, and gains.
    """
    rows = _Rows(problem, plan)
    return {
        key
        for key, row in rows.needs.items()
        if rows.filled[key] > row["wanted"] and rows.could_do_without(key)
    }


def capped(problem: Document, needs: set[str]) -> Document:
    """The problem in which these needs take no more than they wanted."""
    rows = [{**row, "at_most": row["wanted"]} if row["id"] in needs else row for row in problem["needs"]]
    return {**problem, "needs": rows}


class _Rows:
    """Looks up what a need takes, from whom, and at which price."""

    def __init__(self, problem: Document, plan: Document) -> None:
        self.needs = {row["id"]: row for row in problem["needs"]}
        self.offers = {row["id"]: row for row in problem["offers"]}
        self.lanes = {(row["need"], row["offer"]): row for row in problem["lanes"]}
        self.least_load = {
            (row["supplier"], row["district"]) for row in problem["trips"] if row["min_load_g"]
        }
        self.agreed = {(row["need"], row["offer"]): row["quantity"] for row in problem["fixed"]}
        self.filled: dict[str, int] = defaultdict(int)
        self.volume: dict[str, int] = defaultdict(int)
        self.taken: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for line in plan["lines"]:
            self.filled[line["need"]] += line["quantity"]
            self.volume[line["offer"]] += line["quantity"]
            self.taken[line["need"]][line["offer"]] += line["quantity"]

    def could_do_without(self, key: str) -> bool:
        """Whether the extra packs could be left off one line without a dearer price per pack."""
        now = self._unit_rp(key, "", 0)
        extra = self.filled[key] - self.needs[key]["wanted"]
        return any(
            self._stays_possible(key, offer, extra) and self._unit_rp(key, offer, extra) <= now
            for offer in self.taken[key]
        )

    def _unit_rp(self, key: str, less_of: str, extra: int) -> Fraction:
        """Delivered price per pack with so many packs less of one offer."""
        total = packs = 0
        for offer, quantity in self.taken[key].items():
            off = extra if offer == less_of else 0
            price = self._tier_rp(offer, self.volume[offer] - off) + self.lanes[key, offer]["freight_rp"]
            total, packs = total + (quantity - off) * price, packs + quantity - off
        return Fraction(total, max(1, packs))

    def _tier_rp(self, offer: str, volume: int) -> int:
        tiers = self.offers[offer]["tiers"]
        return int([tiers[0], *(tier for tier in tiers if tier["from"] <= volume)][-1]["price_rp"])

    def _stays_possible(self, key: str, offer: str, extra: int) -> bool:
        row, left = self.offers[offer], self.taken[key][offer] - extra
        fresh = left - self.agreed.get((key, offer), 0)
        if (
            fresh < 0
            or fresh % row["lot"]
            or (row["supplier"], self.needs[key]["district"]) in self.least_load
        ):
            return False
        pooled = self.volume[offer] - extra
        return (left == 0 or left >= row["min_per_need"]) and (pooled == 0 or pooled >= row["min_total"])
