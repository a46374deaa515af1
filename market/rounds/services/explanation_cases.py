"""A what-if about one need as a small problem of its own: everything else stays as the plan has it.

Many such problems are put side by side into one document, so that one call of the matcher proves them
all. What other needs get of an offer is pinned there as a fixed line, so its price tier, its capacity,
its supplier's weight and the trucks that drive anyway are those of the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Row = dict[str, Any]
ELSEWHERE = "-"


class Standing:
    """A problem and its plan, looked up by id: who has how much of what, at which price."""

    def __init__(self, problem: Document, plan: Document) -> None:
        self.needs: dict[str, Row] = {row["id"]: row for row in problem["needs"]}
        self.offers: dict[str, Row] = {row["id"]: row for row in problem["offers"]}
        self.unit_g: dict[str, int] = {row["id"]: row["unit_g"] for row in problem["commodities"]}
        self.cash: dict[str, int | None] = {row["id"]: row["cash_rp"] for row in problem["buyers"]}
        self.limits: dict[str, int | None] = {row["id"]: row["max_weight_g"] for row in problem["suppliers"]}
        self.trips: dict[tuple[str, str], Row] = {
            (row["supplier"], row["district"]): row for row in problem["trips"]
        }
        rationed = {row["id"] for row in problem["commodities"] if row["ration"]}
        self.rationed = {key for key, row in self.needs.items() if row["commodity"] in rationed}
        self.lanes: dict[str, dict[str, Row]] = defaultdict(dict)
        for lane in problem["lanes"]:
            self.lanes[lane["need"]][lane["offer"]] = lane
        self.closed: dict[str, list[Row]] = defaultdict(list)
        for row in problem["closed"]:
            self.closed[row["need"]].append(row)
        self.agreed = {(row["need"], row["offer"]): row for row in problem["fixed"]}
        self._count(plan)

    def _count(self, plan: Document) -> None:
        self.carried: dict[tuple[str, str], int] = defaultdict(int)
        self.price_rp: dict[tuple[str, str], int] = {}
        self.volume: dict[str, int] = defaultdict(int)
        self.filled: dict[str, int] = defaultdict(int)
        self.takers: dict[str, list[str]] = defaultdict(list)
        for line in plan["lines"]:
            pair = (line["need"], line["offer"])
            if pair not in self.carried:
                self.takers[line["offer"]].append(line["need"])
            self.carried[pair] += line["quantity"]
            self.price_rp[pair] = max(self.price_rp.get(pair, 0), line["price_rp"])
            self.volume[line["offer"]] += line["quantity"]
            self.filled[line["need"]] += line["quantity"]
        self.used_of: dict[str, list[str]] = defaultdict(list)
        for offer in sorted(self.volume):
            self.used_of[self.offers[offer]["supplier"]].append(offer)

    def missing(self, need: str) -> int:
        """Packs that the need wanted and does not get."""
        return max(0, int(self.needs[need]["wanted"]) - self.filled[need])

    def free(self, offer: str) -> int:
        """Packs that nobody takes."""
        return max(0, int(self.offers[offer]["capacity"]) - self.volume[offer])

    def tier_rp(self, offer: str, volume: int) -> int:
        """The price of the tier that the volume reaches (the first one below it)."""
        tiers = self.offers[offer]["tiers"]
        return int(([tiers[0], *(tier for tier in tiers if tier["from"] <= volume)])[-1]["price_rp"])

    def landed_rp(self, need: str, offer: str, more: int) -> int:
        """What one pack costs at the door with `more` packs taken: price, freight, share of the truck."""
        lane, trip = self.lanes[need][offer], self._trip(need, offer)
        share = 0
        if trip is not None and trip["min_load_g"]:
            weight = self.unit_g[self.needs[need]["commodity"]]
            share = -(-trip["cost_rp"] * weight // trip["min_load_g"])
        return self.tier_rp(offer, self.volume[offer] + more) + int(lane["freight_rp"]) + int(share)

    def _trip(self, need: str, offer: str) -> Row | None:
        return self.trips.get((self.offers[offer]["supplier"], self.needs[need]["district"]))


@dataclass(frozen=True)
class Case:
    """What would be different: the need (`also` a second one for its rest), its lanes, prices, cash.

    `loose`: what the need has by the plan may go elsewhere; otherwise it keeps it.
    """

    need: Row
    lanes: list[Row]
    also: tuple[Row, ...] = ()
    trips: dict[tuple[str, str], Row] = field(default_factory=dict)
    tiers: dict[str, list[Row]] = field(default_factory=dict)
    any_cash: bool = False
    loose: bool = False


@dataclass(frozen=True)
class Result:
    """What a case brings: packs beyond what the need has, by offer, and what the need's money pays."""

    packs: int
    unit_rp: int
    spent_rp: int
    offers: frozenset[str]


def together(standing: Standing, cases: Iterable[Case]) -> Document:
    """One problem that holds every case by itself: ids are those of the plan behind the case's number."""
    made = _Together(standing)
    for number, case in enumerate(cases):
        made.add(number, case)
    return made.document


class _Together:
    """The document while cases are added; pinned loads are needs of nobody."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.document: Document = {
            "format": "lumbung-problem/1",
            "commodities": [{"id": key, "unit_g": unit_g} for key, unit_g in sorted(standing.unit_g.items())],
            **{name: [] for name in ("buyers", "suppliers", "needs", "offers", "lanes", "trips", "fixed")},
        }

    def add(self, number: int, case: Case) -> None:
        s, mark = self.standing, f"{number}."
        needs = (case.need, *case.also)
        own = {lane["offer"] for lane in case.lanes}
        suppliers = sorted({s.offers[offer]["supplier"] for offer in own})
        offers = sorted(own | {offer for key in suppliers for offer in s.used_of[key]})
        put = self.document
        cash = None if case.any_cash else s.cash[case.need["buyer"]]
        put["buyers"] += [
            {"id": f"{mark}{case.need['buyer']}", "cash_rp": cash},
            {"id": f"{mark}others", "cash_rp": None},
        ]
        put["suppliers"] += [{"id": f"{mark}{key}", "max_weight_g": s.limits[key]} for key in suppliers]
        put["needs"] += [{**row, "id": mark + row["id"], "buyer": mark + row["buyer"]} for row in needs]
        put["lanes"] += [
            {**lane, "need": mark + lane["need"], "offer": mark + lane["offer"]} for lane in case.lanes
        ]
        for offer in offers:
            self._offer(mark, offer, case)
        self._trips(mark, suppliers, case)

    def _offer(self, mark: str, offer: str, case: Case) -> None:
        s, row = self.standing, self.standing.offers[offer]
        here, there = self._loads(offer, case)
        self.document["offers"].append(
            {
                **row,
                "id": mark + offer,
                "supplier": mark + row["supplier"],
                "tiers": case.tiers.get(offer, row["tiers"]),
            }
        )
        for name, packs, district in (("here", here, case.need["district"]), ("there", there, ELSEWHERE)):
            if packs:
                self._pin(mark, f"{mark}{offer}/{name}", offer, packs, district)
        kept = self._kept(offer, case)
        if kept:
            need = case.need["id"]
            price = s.price_rp[need, offer]
            self._fix(f"{mark}{need}", mark + offer, kept, price)

    def _kept(self, offer: str, case: Case) -> int:
        """What the need itself keeps of the offer: by the plan, or by what was accepted long before."""
        pair = (case.need["id"], offer)
        if not case.loose:
            return self.standing.carried.get(pair, 0)
        return int(self.standing.agreed.get(pair, {}).get("quantity", 0))

    def _loads(self, offer: str, case: Case) -> tuple[int, int]:
        """Packs that other needs have of the offer: in the need's district, and elsewhere."""
        here = there = 0
        for need in self.standing.takers[offer]:
            if need == case.need["id"]:
                continue
            packs = self.standing.carried[need, offer]
            if self.standing.needs[need]["district"] == case.need["district"]:
                here += packs
            else:
                there += packs
        return here, there

    def _pin(self, mark: str, key: str, offer: str, packs: int, district: str) -> None:
        s = self.standing
        self.document["needs"].append(
            {
                "id": key,
                "buyer": f"{mark}others",
                "commodity": s.offers[offer]["commodity"],
                "district": district,
                "wanted": packs,
                "at_most": packs,
                "unmet_rp": 0,
            }
        )
        self.document["lanes"].append({"need": key, "offer": mark + offer, "freight_rp": 0})
        price = max(s.price_rp[need, offer] for need in s.takers[offer])
        self._fix(key, mark + offer, packs, price)

    def _fix(self, need: str, offer: str, packs: int, price_rp: int) -> None:
        self.document["fixed"].append({"need": need, "offer": offer, "quantity": packs, "price_rp": price_rp})

    def _trips(self, mark: str, suppliers: list[str], case: Case) -> None:
        known = {**case.trips, **self.standing.trips}
        for key in suppliers:
            for district in sorted({row["district"] for row in (case.need, *case.also)}):
                row = known.get((key, district))
                if row is not None:
                    self.document["trips"].append({**row, "supplier": mark + key})


def results(standing: Standing, cases: list[Case], problem: Document, plan: Document) -> list[Result]:
    """What the solved document says about each case."""
    lanes = {(row["need"], row["offer"]): row for row in problem["lanes"]}
    credit = {row["id"]: row["credit"] for row in problem["offers"]}
    fixed: dict[tuple[str, str], int] = {
        (row["need"], row["offer"]): row["quantity"] for row in problem["fixed"]
    }
    pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in plan["lines"]:
        pairs[line["need"], line["offer"]].append(line)
    mine: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in sorted(pairs):
        mine[pair[0]].append(pair)
    found = []
    for number, case in enumerate(cases):
        keys = [f"{number}.{row['id']}" for row in (case.need, *case.also)]
        packs = worth = spent = 0
        offers = set()
        for pair in (pair for key in keys for pair in mine[key]):
            lines = pairs[pair]
            more = sum(line["quantity"] for line in lines) - fixed.get(pair, 0)
            price = max(line["price_rp"] for line in lines) + lanes[pair]["freight_rp"]
            packs, worth = packs + more, worth + more * price
            if not credit[pair[1]]:
                spent += sum(line["quantity"] * (line["price_rp"] + line["freight_rp"]) for line in lines)
                spent += lanes[pair].get("drop_rp", 0)
            if more:
                offers.add(pair[1].split(".", 1)[1])
        found.append(Result(packs, worth // packs if packs else 0, spent, frozenset(offers)))
    return found
