"""Regions: what stands around them counts, so that a better region is a better plan of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from matching import improve
from matching.generate import generate
from matching.options import Options
from matching.problem import Ints, Problem
from matching.refill import refill
from matching.regions import region, regions
from matching.ruin import ruin
from matching.solve import solve
from matching.tally import Tally
from matching.yard import Yard
from tests.matching import exhaustive, instances
from tests.matching.support import as_lanes


def _districts(problem: Problem, seed: int) -> Ints:
    """About half of the districts' needs, as flags."""
    chosen = np.random.default_rng(seed).random(len(problem.district_id)) < 0.5
    return np.asarray(chosen[problem.need_district])


def test_every_need_stands_in_one_region_and_districts_stay_whole() -> None:
    problem = generate("city", 1)
    found = list(regions(problem, np.random.default_rng(0)))
    assert np.array_equal(np.sum(found, axis=0), np.ones(problem.n_needs))
    for needs in found:
        inside = set(problem.need_district[needs].tolist())
        assert not inside & set(problem.need_district[~needs].tolist())


def test_moving_a_region_keeps_the_rules_of_the_whole_and_never_costs_more() -> None:
    better = 0
    for seed in range(120):
        problem = Problem.from_document(instances.small(seed))
        start = refill(problem, np.zeros(problem.n_lanes, dtype=np.int64))
        here = region(problem, start, _districts(problem, seed))
        told: list[Ints] = []
        lanes = here.part.lanes
        if not lanes.size:
            continue
        ruin(here.part.problem, start[lanes], None, None, seed, lambda n: n / 320, told.append, here.outside)
        for part in told:
            y = start.copy()
            y[lanes] = part
            assert Tally(problem, y).clean, seed
            assert Tally(problem, y).cost_rp <= Tally(problem, start).cost_rp, seed
        better += bool(told)
    assert better > 6


def test_the_yard_of_a_region_counts_what_the_whole_plan_costs() -> None:
    compared = 0
    for seed in range(60):
        problem = Problem.from_document(instances.tiny(seed))
        book = exhaustive.Book(problem.to_document())
        plans = [p for p in exhaustive.plans(book) if exhaustive.allowed(book, p)]
        first, last = as_lanes(problem, plans[0]), as_lanes(problem, plans[-1])
        here = region(problem, last, _districts(problem, seed))
        lanes = here.part.lanes
        yard = Yard(here.part.problem, last[lanes], None, None, here.outside)
        for lane in range(lanes.size):
            if first[lanes[lane]] != last[lanes[lane]]:
                yard.shift(lane, int(first[lanes[lane]] - last[lanes[lane]]))
        mixed = last.copy()
        mixed[lanes] = first[lanes]
        assert yard.cost == Tally(problem, mixed).cost_rp - Tally(problem, last).cost_rp, seed
        compared += bool(np.any(mixed != last))
    assert compared > 10


def test_a_region_may_not_raise_the_price_of_those_outside() -> None:
    problem = Problem.build(
        commodities=[{"id": "c", "unit_g": 1}],
        buyers=[{"id": "k"}],
        suppliers=[{"id": "s"}],
        needs=[
            {"id": f"n{i}", "buyer": "k", "commodity": "c", "district": f"d{i}", "wanted": 5, "unmet_rp": 99}
            for i in range(2)
        ],
        offers=[
            {"id": "o", "supplier": "s", "commodity": "c", "capacity": 10}
            | {"tiers": [{"from": 1, "price_rp": 20}, {"from": 8, "price_rp": 10}]}
        ],
        lanes=[{"need": f"n{i}", "offer": "o", "freight_rp": 0} for i in range(2)],
    )
    here = region(problem, np.array([5, 5]), np.array([True, False]))
    yard = Yard(here.part.problem, np.array([5]), None, None, here.outside)
    yard.shift(0, -1)
    assert yard.keeps(0) and yard.cost == 99 - 10
    yard.shift(0, -2)
    assert not yard.keeps(0) and yard.cost == 3 * 99 + 7 * 20 - 10 * 10


def test_a_plan_moved_region_by_region_is_reproducible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(improve, "REGIONS", 1_000)
    monkeypatch.setattr("matching.regions.NEEDS", 200)
    problem = generate("city", 5)
    plans = [solve(problem, Options(work=6, gap=0.0, seed=2)) for _ in range(2)]
    assert plans[0].to_document() == plans[1].to_document()
