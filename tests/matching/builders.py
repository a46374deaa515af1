"""Small problems for tests: one rice problem that everyone knows, and ways to change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from matching.plan import Plan, build_plan
from matching.problem import Problem
from matching.rules import State

RICE = Path(__file__).parent / "data" / "rice_small.json"
NEED, LAMONGAN, NGAWI = "beras-sri", "lamongan-beras", "ngawi-beras"

# A second village at the same mill, trucks, tiers and lots: the stage for the rules.
STAGE: dict[str, Any] = {
    "format": "lumbung-problem/1",
    "commodities": [{"id": "beras", "unit_g": 25_000}],
    "buyers": [{"id": "k1"}, {"id": "k2"}],
    "suppliers": [{"id": "s1"}, {"id": "s2"}],
    "needs": [
        {
            "id": "n1",
            "buyer": "k1",
            "commodity": "beras",
            "district": "d1",
            "wanted": 40,
            "unmet_rp": 500_000,
        },
        {
            "id": "n2",
            "buyer": "k2",
            "commodity": "beras",
            "district": "d1",
            "wanted": 30,
            "unmet_rp": 500_000,
        },
    ],
    "offers": [
        {
            "id": "o1",
            "supplier": "s1",
            "commodity": "beras",
            "capacity": 100,
            "tiers": [{"from": 1, "price_rp": 300_000}, {"from": 50, "price_rp": 290_000}],
        },
        {
            "id": "o2",
            "supplier": "s2",
            "commodity": "beras",
            "capacity": 60,
            "tiers": [{"from": 1, "price_rp": 295_000}],
        },
    ],
    "lanes": [
        {"need": "n1", "offer": "o1", "freight_rp": 1_000, "drop_rp": 20_000},
        {"need": "n1", "offer": "o2", "freight_rp": 2_000},
        {"need": "n2", "offer": "o1", "freight_rp": 1_000},
        {"need": "n2", "offer": "o2", "freight_rp": 2_000},
    ],
    "trips": [{"supplier": "s1", "district": "d1", "capacity_g": 1_000_000, "cost_rp": 100_000}],
    "fixed": [],
    "closed": [],
}


def rice() -> dict[str, Any]:
    """The rice problem's document, fresh."""
    document: dict[str, Any] = json.loads(RICE.read_text())
    return document


def stage(**changes: Any) -> dict[str, Any]:
    """The stage's document, fresh; `offers__0__lot=5` sets one value, `fixed=[...]` a whole section."""
    document: dict[str, Any] = json.loads(json.dumps(STAGE))
    for path, value in changes.items():
        place: Any = document
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        for step in steps:
            place = place[step]
        place[last] = value
    return document


def problem(**changes: Any) -> Problem:
    """The stage as a problem."""
    return Problem.from_document(stage(**changes))


def quantities(problem: Problem, **units: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """New units per lane; `n1_o2=7` are 7 units on the lane from o2 to n1."""
    y = np.zeros(problem.n_lanes, dtype=np.int64)
    names = {
        f"{problem.need_id[i]}_{problem.offer_id[j]}": k
        for k, (i, j) in enumerate(zip(problem.lane_need, problem.lane_offer, strict=True))
    }
    for name, amount in units.items():
        y[names[name]] = amount
    return y


def plan(problem: Problem, **units: int) -> Plan:
    """The plan with these new units."""
    return build_plan(problem, quantities(problem, **units))


def state(problem: Problem, **units: int) -> State:
    """What the rules see of these new units (fixed units come on top)."""
    return State(problem, quantities(problem, **units) + problem.lane_fixed)
