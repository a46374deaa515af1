"""A what-if as a pure change of a frozen problem: one document in, another out, nothing else touched."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from market.core import money

Document = dict[str, Any]
DEPOT_OFFER, DEPOT_SUPPLIER = "odepot", "sdepot"
NO_CEILING = "none"
CHANGES = ("supplier_out", "price_percent", "capacity_percent", "ceiling", "fairness", "depot")


@dataclass(frozen=True)
class Depot:
    """A new source of one pack at a place: freight grows with the distance in whole kilometres."""

    pack_code: str
    place_code: str
    price_rp: int
    capacity_packs: int
    freight_rp_km: int


@dataclass(frozen=True)
class Changes:
    """What would be different; `pack_code` narrows prices, capacities, ceilings and fairness to one pack.

    `price_percent` and `ceiling` are added ("+10", "-5"; a ceiling may also be NO_CEILING),
    `capacity_percent` is what is left (50: halved). `fairness` is "on", "off", or "" for as it is.
    """

    supplier_out: int | None = None
    pack_code: str = ""
    price_percent: int | None = None
    capacity_percent: int | None = None
    ceiling: str = ""
    fairness: str = ""
    depot: Depot | None = None

    @property
    def nothing(self) -> bool:
        return not any(getattr(self, name) for name in CHANGES)

    def to_document(self) -> Document:
        """As it is kept: only what is different."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Changes:
        """The changes that were kept."""
        depot = document.get("depot")
        return cls(**{**document, "depot": Depot(**depot) if depot else None})


def changed(
    problem: Document, changes: Changes, administered: Collection[str], depot_km: Mapping[str, int]
) -> Document:
    """The problem with the changes made; `depot_km` is the way from the depot to each need.

    Administered goods that become scarce are shared out by households, as a round does it, unless
    `fairness` says otherwise. Raises ValueError where `fairness` is asked for goods that have several
    prices or lot sizes.
    """
    made = copy.deepcopy(problem)
    if changes.supplier_out is not None:
        _without(made, {row["id"] for row in made["offers"] if row["supplier"] == f"s{changes.supplier_out}"})
    within = _within(made, changes.pack_code)
    for offer in made["offers"]:
        if offer["commodity"] in within:
            _reprice(offer, changes.price_percent or 0)
    if changes.capacity_percent is not None:
        _resize(made, within, changes.capacity_percent)
    for need in made["needs"]:
        if need["commodity"] in within and need["ceiling_rp"] is not None and changes.ceiling:
            need["ceiling_rp"] = _ceiling(need["ceiling_rp"], changes.ceiling)
    if changes.depot is not None:
        _add_depot(made, changes.depot, depot_km)
    _share_out(made, changes, within, administered)
    return made


def _within(made: Document, pack_code: str) -> set[str]:
    return {pack_code} if pack_code else {row["id"] for row in made["commodities"]}


def _without(made: Document, gone: set[str]) -> None:
    """Take offers out with everything that hangs on them; a supplier without offers goes, too."""
    made["offers"] = [row for row in made["offers"] if row["id"] not in gone]
    for name in ("lanes", "closed", "fixed"):
        made[name] = [row for row in made[name] if row["offer"] not in gone]
    left = {row["supplier"] for row in made["offers"]}
    made["suppliers"] = [row for row in made["suppliers"] if row["id"] in left]
    made["trips"] = [row for row in made["trips"] if row["supplier"] in left]


def _reprice(offer: Document, percent: int) -> None:
    """Every tier dearer or cheaper; a tier that rounding makes no cheaper than the one before goes."""
    tiers: list[Document] = []
    for tier in offer["tiers"]:
        price = money.div_round(tier["price_rp"] * (100 + percent), 100)
        if not tiers or price < tiers[-1]["price_rp"]:
            tiers.append({"from": tier["from"], "price_rp": price})
    offer["tiers"] = tiers


def _resize(made: Document, within: set[str], percent: int) -> None:
    """Less or more of everything, in whole lots; what was accepted already stays possible."""
    agreed: dict[str, int] = defaultdict(int)
    for row in made["fixed"]:
        agreed[row["offer"]] += row["quantity"]
    gone = set()
    for offer in made["offers"]:
        if offer["commodity"] not in within:
            continue
        left = offer["capacity"] * percent // 100 // offer["lot"] * offer["lot"]
        offer["capacity"] = max(left, agreed[offer["id"]])
        if offer["capacity"] == 0:
            gone.add(offer["id"])
    _without(made, gone)


def _ceiling(ceiling_rp: int, change: str) -> int | None:
    return None if change == NO_CEILING else max(1, money.div_round(ceiling_rp * (100 + int(change)), 100))


def _add_depot(made: Document, depot: Depot, km: Mapping[str, int]) -> None:
    """One more supplier with one offer that reaches every need of its pack; it brings the goods itself."""
    lots = [row["lot"] for row in made["offers"] if row["commodity"] == depot.pack_code]
    lot = lots[0] if lots else 1
    made["suppliers"].append({"id": DEPOT_SUPPLIER, "max_weight_g": None})
    made["offers"].append(
        {
            "id": DEPOT_OFFER,
            "supplier": DEPOT_SUPPLIER,
            "commodity": depot.pack_code,
            "capacity": max(lot, depot.capacity_packs // lot * lot),
            "lot": lot,
            "min_per_need": lot,
            "min_total": 0,
            "fixed_rp": 0,
            "credit": False,
            "tiers": [{"from": 1, "price_rp": depot.price_rp}],
        }
    )
    made["lanes"] += [
        {
            "need": need["id"],
            "offer": DEPOT_OFFER,
            "freight_rp": km.get(need["id"], 0) * depot.freight_rp_km,
            "drop_rp": 0,
        }
        for need in made["needs"]
        if need["commodity"] == depot.pack_code
    ]


def _share_out(made: Document, changes: Changes, within: set[str], administered: Collection[str]) -> None:
    offers: dict[str, list[Document]] = defaultdict(list)
    wanted: dict[str, int] = defaultdict(int)
    for offer in made["offers"]:
        offers[offer["commodity"]].append(offer)
    for need in made["needs"]:
        wanted[need["commodity"]] += need["wanted"]
    shared = 0
    for row in made["commodities"]:
        code = row["id"]
        group = offers[code]
        simple = len({each["lot"] for each in group}) == 1 and all(len(each["tiers"]) == 1 for each in group)
        scarce = code in administered and wanted[code] > sum(each["capacity"] for each in group)
        if not simple or (changes.fairness == "off" and code in within):
            row["ration"] = None
        elif (changes.fairness == "on" and code in within) or scarce:
            row["ration"] = "max_min"
            shared += code in within
    if changes.fairness == "on" and not shared:
        raise ValueError("nothing can be shared out: several prices or lot sizes")
