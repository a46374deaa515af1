"""One plan from the plans of parts that were solved apart, wherever that was.

Parts have nothing to do with each other: lines, costs and bounds add up, and so do certificates. `merge`
believes no figure of a part but its quantities, its bound and its prices; `check` judges the whole as any
other plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .certificate import KIND, Certificate
from .errors import Fault, ProblemError
from .plan import Plan, build_plan, lane_quantity_of
from .problem import Problem

_PRICES = ("pi", "truck", "opening", "truck_opening", "weight")


def merge(problem: Problem, parts: Sequence[tuple[Problem, Plan]]) -> Plan:
    """The plan of the whole problem from parts (see `Parts.problems`) and their plans.

    The bound is the sum of the parts' bounds, null where one has none. Raises ProblemError where a plan is
    not that of its part, or where the parts are not the whole.
    """
    faults = [
        Fault(f"plans[{number}].problem_sha256", "rencana ini untuk bagian yang lain")
        for number, (part, plan) in enumerate(parts)
        if plan.problem_sha256 != part.sha256
    ]
    named = sorted(name for part, _ in parts for name in part.need_id)
    if named != list(problem.need_id):
        faults.append(Fault("plans", "setiap kebutuhan harus ada tepat di satu bagian"))
    if faults:
        raise ProblemError(faults)
    y = np.zeros(problem.n_lanes, dtype=np.int64)
    for _, plan in parts:
        y += lane_quantity_of(problem, plan)
    bounds = [plan.bound_rp for _, plan in parts]
    bound = None if None in bounds else sum(b for b in bounds if b is not None)
    seeds = {plan.seed for _, plan in parts}
    seed = seeds.pop() if len(seeds) == 1 else None
    certificate = merged([plan.certificate for _, plan in parts])
    return build_plan(problem, y, seed=seed, bound_rp=bound, certificate=certificate)


def merged(certificates: Sequence[Certificate | None]) -> Certificate | None:
    """One certificate of several that speak of different parts; None where one is missing.

    Where their scales differ the coarsest holds, and finer prices are rounded down.
    """
    known = [one for one in certificates if one is not None]
    if len(known) < len(certificates) or not known:
        return None
    scale = min(int(one["scale"]) for one in known)
    found: Certificate = {"kind": KIND, "scale": scale}
    for one in known:
        for key, rows in _scaled(one, int(one["scale"]), scale).items():
            found.setdefault(key, []).extend(rows)
        for key in ("fills", "trees"):
            rows = one.get(key, [])
            if key == "trees":
                rows = [_tree(tree, int(one["scale"]), scale) for tree in rows]
            if rows:
                found.setdefault(key, []).extend(rows)
    return found


def _scaled(prices: Mapping[str, Any], old: int, new: int) -> dict[str, list[Any]]:
    return {
        key: [[*row[:-1], row[-1] * new // old] for row in prices[key]] for key in _PRICES if key in prices
    }


def _tree(tree: Mapping[str, Any], old: int, new: int) -> dict[str, Any]:
    nodes = [
        {"leaf": _scaled(node["leaf"], old, new)} if "leaf" in node else dict(node) for node in tree["nodes"]
    ]
    return {"needs": tree["needs"], "nodes": nodes}
