"""Capacitated warehouse location of the OR-Library as a problem of ours (J. E. Beasley, 1988).

A warehouse is an offer (capacity, fixed cost, one tier at price 1), a customer a need; a lane's freight
is the cost of serving the whole demand, divided by the demand. Amounts are scaled by SCALE and rounded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCALE = 1_000_000


def optima(path: Path) -> dict[str, float]:
    """Published optimum by name: lines "cap41 1040444.375", "#" begins a comment."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {row[0]: float(row[1]) for row in rows if not row[0].startswith("#")}


def problem(text: str) -> dict[str, Any]:
    """The file's text as a document of `lumbung-problem/1`. ValueError when it is no such file."""
    words = iter(text.split())
    warehouses, customers = int(next(words)), int(next(words))
    stores = [(int(float(next(words))), float(next(words))) for _ in range(warehouses)]
    demands: list[int] = []
    freights: list[list[int]] = []
    for _customer in range(customers):
        demands.append(int(float(next(words))))
        freights.append([round(float(next(words)) * SCALE / demands[-1]) for _ in range(warehouses)])
    unmet = 10 * max(max(row) for row in freights)
    return {
        "format": "lumbung-problem/1",
        "commodities": [{"id": "c", "unit_g": 1}],
        "buyers": [{"id": "b"}],
        "suppliers": [{"id": f"s{store}"} for store in range(warehouses)],
        "needs": [_need(f"n{number}", demand, unmet) for number, demand in enumerate(demands)],
        "offers": [_offer(store, *stores[store]) for store in range(warehouses)],
        "lanes": [
            {"need": f"n{number}", "offer": f"o{store}", "freight_rp": freight}
            for number, row in enumerate(freights)
            for store, freight in enumerate(row)
        ],
    }


def _need(name: str, demand: int, unmet: int) -> dict[str, Any]:
    return {"id": name, "buyer": "b", "commodity": "c", "district": "d", "wanted": demand, "unmet_rp": unmet}


def _offer(store: int, capacity: int, fixed: float) -> dict[str, Any]:
    return {
        "id": f"o{store}",
        "supplier": f"s{store}",
        "commodity": "c",
        "capacity": capacity,
        "fixed_rp": round(fixed * SCALE),
        "tiers": [{"from": 1, "price_rp": 1}],
    }


def value(cost_rp: int, document: dict[str, Any]) -> float:
    """The cost in the file's own unit, without the price of 1 that every unit pays."""
    return float((cost_rp - sum(int(need["wanted"]) for need in document["needs"])) / SCALE)
