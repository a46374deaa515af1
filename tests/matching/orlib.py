"""Published capacitated warehouse location problems (Beasley 1988) as matching problems.

A warehouse is an offer with a fixed cost, a customer a need whose lanes carry the unit cost. Costs are
scaled to whole numbers; the tier price of 1 adds a constant, the total demand.
"""

from __future__ import annotations

from pathlib import Path

from matching.problem import Problem

SCALE = 10**6
DATA = Path(__file__).parent / "data"
OPTIMA = {"cap41": 1040444.375, "cap71": 932615.750, "cap101": 796648.437}


def load(name: str, folder: Path = DATA) -> tuple[Problem, int]:
    """The problem of a file, and the constant that its tier prices add to every full plan."""
    words = iter((folder / f"{name}.txt").read_text().split())
    warehouses, customers = int(next(words)), int(next(words))
    offers = [
        {
            "id": f"w{j:03d}",
            "supplier": "s",
            "commodity": "c",
            "capacity": int(float(next(words))),
            "fixed_rp": round(float(next(words)) * SCALE),
            "tiers": [{"from": 1, "price_rp": 1}],
        }
        for j in range(warehouses)
    ]
    needs, lanes, total = [], [], 0
    for i in range(customers):
        demand = int(float(next(words)))
        total += demand
        needs.append(
            {"id": f"c{i:03d}", "buyer": "b", "commodity": "c", "district": "d", "wanted": demand}
            | {"unmet_rp": 10**9}
        )
        for j in range(warehouses):
            freight = round(float(next(words)) / demand * SCALE)
            lanes.append({"need": f"c{i:03d}", "offer": f"w{j:03d}", "freight_rp": freight})
    problem = Problem.build(
        commodities=[{"id": "c", "unit_g": 1}],
        buyers=[{"id": "b"}],
        suppliers=[{"id": "s"}],
        needs=needs,
        offers=offers,
        lanes=lanes,
    )
    return problem, total
