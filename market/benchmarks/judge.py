"""The matcher's judge for a peer's answer: `python -m market.benchmarks.judge PROBLEM UNITS`.

UNITS is a JSON list of [need, offer, units]; prints cost and whether the plan is clean. A process of its
own, so that the command line of the product loads no NumPy.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import matching
from matching.plan import build_plan


def judged(problem: matching.Problem, rows: Iterable[tuple[str, str, int]]) -> dict[str, Any]:
    """Cost of these units and the judge's word. KeyError for a lane that does not exist."""
    pairs = zip(problem.lane_need.tolist(), problem.lane_offer.tolist(), strict=True)
    lane = {(problem.need_id[i], problem.offer_id[j]): k for k, (i, j) in enumerate(pairs)}
    y = np.zeros(problem.n_lanes, dtype=np.int64)
    for need, offer, units in rows:
        y[lane[need, offer]] = units
    plan = build_plan(problem, y)
    return {"cost_rp": plan.cost_rp, "clean": matching.check(problem, plan).clean}


def main(arguments: list[str]) -> int:
    """Judge one answer."""
    problem, units = arguments
    found = matching.load(problem)
    if not isinstance(found, matching.Problem):
        raise SystemExit("a plan is no problem")
    print(json.dumps(judged(found, json.loads(Path(units).read_text(encoding="utf-8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
