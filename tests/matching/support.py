"""What several tests of the solver need: plans as the exhaustive search writes them, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from matching.plan import Plan, lane_quantity_of
from matching.problem import Ints, Problem
from tests.matching.exhaustive import Quantities


def pairs(problem: Problem) -> list[tuple[str, str]]:
    """Need and offer of every lane."""
    rows = zip(problem.lane_need.tolist(), problem.lane_offer.tolist(), strict=True)
    return [(problem.need_id[i], problem.offer_id[j]) for i, j in rows]


def as_rows(problem: Problem, y: Ints) -> Quantities:
    """New units by need and offer."""
    return dict(zip(pairs(problem), y.tolist(), strict=True))


def as_lanes(problem: Problem, quantities: Quantities) -> Ints:
    """New units by lane."""
    return np.array([quantities[pair] for pair in pairs(problem)], dtype=np.int64)


def of_plan(problem: Problem, plan: Plan) -> Quantities:
    """New units of a plan by need and offer."""
    return as_rows(problem, lane_quantity_of(problem, plan))


def lines_of(plan: Plan) -> set[tuple[str, str, int, int]]:
    """The lines of a plan: need, offer, quantity, price."""
    return {(row["need"], row["offer"], row["quantity"], row["price_rp"]) for row in plan.lines}


def changed(document: dict[str, Any], section: str, **values: Any) -> dict[str, Any]:
    """The document with some values replaced in every row of a section."""
    return {**document, section: [{**row, **values} for row in document[section]]}


def joined(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Several problems side by side in one, ids made distinct."""
    names = ("id", "buyer", "supplier", "commodity", "need", "offer", "district")
    whole: dict[str, Any] = {"format": "lumbung-problem/1"}
    for section in ("commodities", "buyers", "suppliers", "needs", "offers", "lanes", "trips", "fixed"):
        whole[section] = []
        for number, document in enumerate(documents):
            for row in document[section]:
                row = {k: f"{number:02d}{v}" if k in names else v for k, v in row.items()}
                if "also" in row:
                    row["also"] = [f"{number:02d}{name}" for name in row["also"]]
                whole[section].append(row)
    return whole
