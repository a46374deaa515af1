"""Random tiny problems in which every feature of the model occurs, often several at once."""

from __future__ import annotations

import random
from typing import Any

Row = dict[str, Any]


def tiny(seed: int, *, ration: bool = False, fixed: bool = True, most: int = 3) -> dict[str, Any]:
    """A problem document with at most five lanes; the same seed gives the same problem."""
    return _problem(seed, ration, fixed, most, (2, 3), 5)


def pressed(seed: int) -> dict[str, Any]:
    """A tiny problem in which one rule, in turn, is made to press; two in five share out a commodity."""
    document = _problem(seed, seed % 5 in (0, 2), False, 3, (2, 3), 5)
    dice = random.Random(f"pressed {seed}")
    _PRESSES[seed % len(_PRESSES)](dice, document)
    if dice.random() < 0.35:
        document["fixed"] = _fixed(dice, document)
    return document


def _few_suppliers(dice: random.Random, document: Row) -> None:
    for offer in document["offers"]:
        offer |= {"capacity": dice.randint(1, 2), "min_total": 0, "lot": 1, "min_per_need": 1}
    for number, offer in enumerate(document["offers"]):
        offer["supplier"] = f"s{number % 2}"
    for need in document["needs"]:
        need |= {"wanted": 3, "at_most": 3, "max_suppliers": 1, "unmet_rp": 400, "ceiling_rp": None}


def _light_suppliers(dice: random.Random, document: Row) -> None:
    for supplier in document["suppliers"]:
        supplier["max_weight_g"] = dice.randint(1, 3) * 1000
    for need in document["needs"]:
        need["unmet_rp"] = 400


def _full_needs(dice: random.Random, document: Row) -> None:
    for offer in document["offers"]:
        offer |= {"capacity": dice.randint(2, 3), "lot": 1}
    for need in document["needs"]:
        need |= {"wanted": 3, "at_most": 3, "min_fill": dice.randint(2, 3), "unmet_rp": 400}


def _full_trucks(dice: random.Random, document: Row) -> None:
    for trip in document["trips"]:
        trip |= {"min_load_g": dice.choice([2000, 3000]), "capacity_g": 3500, "max_trips": None}
    for need in document["needs"]:
        need |= {"ceiling_rp": None, "unmet_rp": 400}


def _low_ceilings(dice: random.Random, document: Row) -> None:
    for need in document["needs"]:
        need |= {"ceiling_rp": dice.randint(80, 120), "unmet_rp": 400}


def _large_lots(dice: random.Random, document: Row) -> None:
    for offer in document["offers"]:
        offer["lot"] = 2
    for need in document["needs"]:
        need |= {"at_most": need["wanted"], "unmet_rp": dice.choice([250, 400])}


_PRESSES = (
    _few_suppliers, _light_suppliers, _full_needs, _full_trucks, _low_ceilings, _few_suppliers, _large_lots,
    lambda *_: None,
)  # fmt: skip


def small(seed: int, *, fixed: bool = True) -> dict[str, Any]:
    """A larger problem with the same features: up to six needs and offers, too many plans to try all."""
    return _problem(seed, False, fixed, 8, (5, 6), 18)


def _problem(
    seed: int, ration: bool, fixed: bool, most: int, rows: tuple[int, int], lane_count: int
) -> dict[str, Any]:
    dice = random.Random(seed)
    commodities = [
        {"id": f"c{k}", "unit_g": 1000, "ration": "max_min" if ration and k == 0 else None} for k in range(2)
    ]
    suppliers = [{"id": f"s{k}", "max_weight_g": _maybe(dice, 0.15, 2000, 9000)} for k in range(2)]
    offers = [_offer(dice, k, ration) for k in range(dice.randint(*rows))]
    needs = [_need(dice, k, ration, most) for k in range(dice.randint(*rows))]
    buyers = [{"id": f"k{k}", "cash_rp": _maybe(dice, 0.4, 80, 450)} for k in range(2)]
    lanes = _lanes(dice, needs, offers, lane_count)
    document: dict[str, Any] = {
        "format": "lumbung-problem/1",
        "commodities": commodities,
        "buyers": buyers,
        "suppliers": suppliers,
        "needs": needs,
        "offers": offers,
        "lanes": lanes,
        "trips": [t for t in _trips(dice) if dice.random() < 0.7],
        "fixed": [],
        "closed": [],
    }
    if fixed and dice.random() < 0.4:
        document["fixed"] = _fixed(dice, document)
    return document


def _maybe(dice: random.Random, chance: float, low: int, high: int) -> int | None:
    return dice.randint(low, high) if dice.random() < chance else None


def _offer(dice: random.Random, k: int, ration: bool) -> Row:
    commodity = "c0" if dice.random() < 0.85 else "c1"
    price = dice.randint(60, 120)
    tiers = [{"from": 1, "price_rp": price}]
    shared = ration and commodity == "c0"
    while not shared and len(tiers) < 3 and dice.random() < 0.6:
        price -= dice.randint(5, 30)
        tiers.append({"from": tiers[-1]["from"] + dice.randint(1, 3), "price_rp": max(price, 1)})
        if price <= 1:
            tiers.pop()
            break
    return {
        "id": f"o{k}",
        "supplier": f"s{dice.randint(0, 1)}",
        "commodity": commodity,
        "capacity": dice.randint(2, 8),
        "lot": 1 if shared or dice.random() < 0.75 else 2,
        "min_per_need": 1 if dice.random() < 0.7 else dice.randint(2, 3),
        "min_total": 0 if dice.random() < 0.6 else dice.randint(2, 5),
        "fixed_rp": 0 if dice.random() < 0.6 else dice.randint(10, 150),
        "credit": dice.random() < 0.2,
        "tiers": tiers,
    }


def _need(dice: random.Random, k: int, ration: bool, most: int) -> Row:
    commodity = "c0" if dice.random() < 0.85 else "c1"
    wanted = dice.randint(1, most)
    other = "c1" if commodity == "c0" else "c0"
    return {
        "id": f"n{k}",
        "buyer": f"k{dice.randint(0, 1)}",
        "commodity": commodity,
        "also": [other] if not ration and dice.random() < 0.3 else [],
        "district": f"d{dice.randint(0, 1)}",
        "wanted": wanted,
        "at_most": wanted + (dice.randint(0, 2) if dice.random() < 0.4 else 0),
        "ceiling_rp": _maybe(dice, 0.4, 90, 190),
        "unmet_rp": dice.choice([0, 100, 250, 400, 400]),
        "max_suppliers": _maybe(dice, 0.3, 1, 2),
        "min_fill": 0 if dice.random() < 0.7 else dice.randint(1, wanted),
        "weight": dice.randint(1, 3),
        "order": dice.randint(0, 2),
    }


def _lanes(dice: random.Random, needs: list[Row], offers: list[Row], count: int) -> list[Row]:
    pairs = [
        (n["id"], o["id"])
        for n in needs
        for o in offers
        if o["commodity"] in [n["commodity"], *n["also"]] and dice.random() < 0.9
    ]
    dice.shuffle(pairs)
    return [
        {
            "need": n,
            "offer": o,
            "freight_rp": dice.randint(0, 20),
            "drop_rp": 0 if dice.random() < 0.6 else dice.randint(5, 60),
        }
        for n, o in sorted(pairs[:count])
    ]


def _trips(dice: random.Random) -> list[Row]:
    return [
        {
            "supplier": s,
            "district": d,
            "capacity_g": dice.choice([2000, 3000, 3500]),
            "cost_rp": dice.choice([0, 20, 60]),
            "max_trips": _maybe(dice, 0.3, 0, 2),
            "min_load_g": 0 if dice.random() < 0.6 else dice.choice([1000, 1500, 2000]),
        }
        for s in ("s0", "s1")
        for d in ("d0", "d1")
    ]


def _fixed(dice: random.Random, document: dict[str, Any]) -> list[Row]:
    # Fixed lines must fit capacity, weight and trucks by themselves; every other rule they may break.
    offers = {o["id"]: o for o in document["offers"]}
    needs = {n["id"]: n for n in document["needs"]}
    left = {o["id"]: o["capacity"] for o in document["offers"]}
    grams = {s["id"]: s["max_weight_g"] for s in document["suppliers"]}
    trucks = {
        (t["supplier"], t["district"]): t["capacity_g"] * t["max_trips"]
        for t in document["trips"]
        if t["max_trips"] is not None
    }
    rows = []
    for lane in dice.sample(document["lanes"], min(len(document["lanes"]), dice.randint(1, 2))):
        offer = offers[lane["offer"]]
        supplier, group = offer["supplier"], (offer["supplier"], needs[lane["need"]]["district"])
        room = [left[offer["id"]], 3]
        room += [grams[supplier] // 1000] if grams[supplier] is not None else []
        room += [trucks[group] // 1000] if group in trucks else []
        quantity = dice.randint(0, max(0, min(room)))
        if quantity == 0:
            continue
        left[offer["id"]] -= quantity
        if grams[supplier] is not None:
            grams[supplier] -= quantity * 1000
        if group in trucks:
            trucks[group] -= quantity * 1000
        rows.append(
            {
                "need": lane["need"],
                "offer": offer["id"],
                "quantity": quantity,
                "price_rp": offer["tiers"][0]["price_rp"] - dice.randint(0, 25),
            }
        )
    return rows
