"""Our bound by itself, and the linear programme that it should reach: `python -m market.benchmarks.bound`.

`plain PROBLEM MODEL` takes trucks, cash and everything else that no linear programme is tight about out of
the problem (and, of a large one, all commodities but one), finds our bound and writes the exact linear
programme of the rest to MODEL. `full PROBLEM` finds the bound of the whole problem, whole trucks included.
`build PROBLEM` builds the compact model of everything. Processor seconds, reading not included.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import matching
from market.benchmarks.textbook import Linear
from matching.bound import bound
from matching.frame import Frame
from matching.milp import Compact
from matching.problem import Problem
from matching.restrict import restrict

LARGE = 100_000  # lanes above which one commodity is enough
EFFORTS = (0.25, 0.35, 0.5, 1.0)
Row = dict[str, Any]


def plain(problem: Problem) -> Problem:
    """The problem with tiers, ceilings and capacities alone, of one commodity if it is large."""
    p = problem
    if p.n_lanes > LARGE:
        most = np.bincount(p.need_commodity[p.lane_need]).argmax()
        p = restrict(p, p.need_commodity == most).problem
    none, ones = np.zeros(0, dtype=np.int64), np.ones_like(p.lot)
    p = replace(
        p,
        trip_supplier=none,
        trip_district=none,
        trip_capacity_g=none,
        trip_cost_rp=none,
        trip_max=none,
        trip_min_load_g=none,
        fixed_need=none,
        fixed_offer=none,
        fixed_quantity=none,
        fixed_price_rp=none,
    )
    return replace(
        p,
        cash_rp=np.full_like(p.cash_rp, -1),
        max_weight_g=np.full_like(p.max_weight_g, -1),
        max_suppliers=np.full_like(p.max_suppliers, -1),
        min_fill=np.zeros_like(p.min_fill),
        ration=np.zeros_like(p.ration),
        lot=ones,
        min_per_need=ones,
        drop_rp=np.zeros_like(p.drop_rp),
        fixed_rp=np.zeros_like(p.fixed_rp),
    )


def linear(problem: Problem) -> Linear:
    """The linear programme whose optimum is the best that prices can prove for a plain problem."""
    p, frame, m = problem, Frame(problem), Linear()
    short = [m.column(int(q), int(u), whole=False) for q, u in zip(p.wanted, p.unmet_rp, strict=True)]
    lanes = [
        m.column(int(p.at_most[i]), int(f), whole=False)
        for i, f in zip(p.lane_need, p.freight_rp, strict=True)
    ]
    for i in range(p.n_needs):
        mine = range(int(p.need_start[i]), int(p.need_start[i + 1]))
        m.row(int(p.wanted[i]), None, [(short[i], 1), *((lanes[k], 1) for k in mine)])
    bar = frame.first_tier - p.tier_start[:-1][p.lane_offer]
    for j in range(p.n_offers):
        mine = p.offer_lanes[p.offer_start[j] : p.offer_start[j + 1]].tolist()
        _offer(m, p, frame, j, [(lanes[k], int(bar[k])) for k in mine])
    return m


def _offer(m: Linear, p: Problem, frame: Frame, j: int, lanes: list[tuple[int, int]]) -> None:
    volumes, choice = [], []
    tiers = range(int(p.tier_start[j]), int(p.tier_start[j + 1]))
    for t in tiers:
        low, high = int(frame.volume_low[t]), int(frame.volume_high[t])
        there = bool(frame.tier_open[t])
        chosen = m.column(1 if there else 0, int(p.fixed_rp[j]), whole=False)
        volumes.append(m.column(high if there else 0, int(p.tier_price_rp[t]), whole=False))
        m.row(0, None, [(volumes[-1], 1), (chosen, -low)])
        m.row(None, 0, [(volumes[-1], 1), (chosen, -high)])
        choice.append((chosen, 1))
    m.row(None, 1, choice)
    m.row(0, 0, [*((lane, 1) for lane, _ in lanes), *((v, -1) for v in volumes)])
    # Whoever's ceiling refuses the first tiers is served from the later ones.
    for b in sorted({b for _, b in lanes if b > 0}):
        m.row(None, 0, [*((lane, 1) for lane, own in lanes if own >= b), *((v, -1) for v in volumes[b:])])


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def main(arguments: list[str]) -> int:
    """Do one of the three; prints one JSON object."""
    kind, problem = arguments[0], matching.load(arguments[1])
    if not isinstance(problem, Problem):
        raise SystemExit("a plan is no problem")
    if kind == "build":
        y, lanes = np.zeros(problem.n_lanes, dtype=np.int64), np.arange(problem.n_lanes)
        _timed(lambda: Compact(problem, lanes, y).model.table())  # what is reckoned once and kept
        _, cpu = _timed(lambda: Compact(problem, lanes, y).model.table())
        said: Row = {"lanes": problem.n_lanes, "cpu_s": cpu}
    else:
        p = plain(problem) if kind == "plain" else problem
        said = {"lanes": p.n_lanes, "tries": []}
        for effort in EFFORTS if kind == "plain" else (1.0,):
            found, cpu = _timed(partial(bound, p, effort=effort))
            said["tries"].append({"effort": effort, "bound_rp": found.bound_rp, "cpu_s": cpu})
        if kind == "plain":
            model = linear(p)
            Path(arguments[2]).write_text(json.dumps({"columns": model.columns, "rows": model.rows}), "utf-8")
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
