"""Whose turn it is when offers are the same in every respect: a declared order that moves on each round.

Pure, over the matcher's documents. Two offers are the same when swapping them (and their suppliers)
changes nothing in the problem: price tiers, amounts, areas, costs, trucks, limits. Then a plan that
uses one instead of the other costs the same to the rupiah, and the solver's choice would be arbitrary.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

Document = dict[str, Any]


def serial(round_number: str) -> int:
    """The running number of a round: "PTR/2026/000012" -> 12."""
    return int(round_number.rsplit("/", 1)[-1])


def groups_of(problem: Document) -> list[list[str]]:
    """Offers that are the same in every respect, each group in the order of their suppliers' registration.

    Only suppliers with a single offer in the round can be swapped without touching anything else.
    """
    single = _single_offers(problem)
    lanes, trips, bound = _lanes(problem), _trips(problem), _bound(problem)
    limits = {row["id"]: row["max_weight_g"] for row in problem["suppliers"]}
    alike: dict[str, list[Document]] = defaultdict(list)
    for offer in problem["offers"]:
        if offer["id"] in single and offer["id"] not in bound:
            plain = {name: value for name, value in offer.items() if name not in ("id", "supplier")}
            supplier = offer["supplier"]
            whole = [plain, lanes[offer["id"]], trips[supplier], limits[supplier]]
            alike[json.dumps(whole, sort_keys=True)].append(offer)
    ordered = [sorted(group, key=lambda offer: int(offer["supplier"][1:])) for group in alike.values()]
    return [[offer["id"] for offer in group] for group in ordered if len(group) > 1]


def _single_offers(problem: Document) -> set[str]:
    count: dict[str, list[str]] = defaultdict(list)
    for offer in problem["offers"]:
        count[offer["supplier"]].append(offer["id"])
    return {ids[0] for ids in count.values() if len(ids) == 1}


def _lanes(problem: Document) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for row in problem["lanes"]:
        found[row["offer"]].append([row["need"], row["freight_rp"], row["drop_rp"]])
    return defaultdict(list, {offer: sorted(rows) for offer, rows in found.items()})


def _trips(problem: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in problem["trips"]:
        plain = {name: value for name, value in row.items() if name != "supplier"}
        found[row["supplier"]].append(json.dumps(plain, sort_keys=True))
    return defaultdict(list, {supplier: sorted(rows) for supplier, rows in found.items()})


def _bound(problem: Document) -> set[str]:
    """Offers that have promised something already are nobody's equals."""
    return {row["offer"] for row in problem["fixed"]}


def rotate(problem: Document, plan: Document, turn: int) -> Document:
    """The same plan with equal offers in the order of this round: who is first gets the largest part.

    `turn` is the round's running number; its remainder by the size of a group says who is first.
    """
    volume = {row["offer"]: row["volume"] for row in plan["offers"]}
    supplier = {row["id"]: row["supplier"] for row in problem["offers"]}
    offers: dict[str, str] = {}
    for group in groups_of(problem):
        start = turn % len(group)
        roles = sorted(group, key=lambda offer: (-volume.get(offer, 0), int(offer[1:])))
        offers |= dict(zip(roles, [*group[start:], *group[:start]], strict=True))
    suppliers = {supplier[old]: supplier[new] for old, new in offers.items()}
    return {
        **plan,
        "lines": _renamed(plan["lines"], "offer", offers, ("need", "offer")),
        "offers": _renamed(plan["offers"], "offer", offers, ("offer",)),
        "trips": _renamed(plan["trips"], "supplier", suppliers, ("supplier", "district")),
    }


def _renamed(
    rows: list[Document], name: str, names: dict[str, str], order: tuple[str, ...]
) -> list[Document]:
    changed = [{**row, name: names.get(row[name], row[name])} for row in rows]
    return sorted(changed, key=lambda row: tuple(row[key] for key in order))
