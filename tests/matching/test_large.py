"""Large problems are solved by another way: it keeps the same rules, proves as much, and is as repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching import large
from matching.bound import Pursuit, bound
from matching.check import check
from matching.coarse import coarse, lifted
from matching.frame import Frame, safe_scale
from matching.generate import generate
from matching.options import Options, Progress
from matching.problem import Problem
from matching.solve import solve
from tests.matching import instances


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LANES", 1)


def plain(seed: int) -> Problem:
    """A small problem in which nothing is rationed."""
    document: dict[str, Any] = instances.small(seed)
    for commodity in document["commodities"]:
        commodity["ration"] = None
    return Problem.from_document(document)


def test_the_coarse_city_wants_as_much_as_the_city() -> None:
    city = generate("city", 1)
    found = coarse(city).problem
    pairs = set(zip(city.need_district.tolist(), city.need_commodity.tolist(), strict=True))
    assert found.n_needs == len(pairs)
    assert found.wanted.sum() == city.wanted.sum()
    assert found.n_lanes < city.n_lanes / 2
    assert found.n_trips == city.n_trips


def test_each_lane_knows_its_coarse_lane() -> None:
    city = generate("city", 2)
    found = coarse(city)
    there = found.problem
    assert np.array_equal(there.lane_offer[found.lane_of], city.lane_offer)
    assert np.array_equal(
        there.need_district[there.lane_need[found.lane_of]], city.need_district[city.lane_need]
    )
    assert np.array_equal(there.lane_trip[found.lane_of], city.lane_trip)


def test_prices_from_afar_prove_nearly_the_bound_from_close_by() -> None:
    city = generate("city", 3)
    found = coarse(city)
    pursuit = Pursuit(found.problem)
    for softness, steps in ((0.003, 25), (0.001, 50), (0.0003, 50)):
        pursuit.climb(softness, steps)
    scale = safe_scale(city)
    seen, frame = pursuit.dual.frame, Frame(city)
    guess = pursuit.dual.integers(pursuit.z, scale)
    prices = lifted(found, guess, frame, seen.forced + seen.room, scale)
    proven, best = frame.value(prices) / scale, bound(city).bound_rp
    assert 0.98 * best < proven <= best * 1.001


@pytest.mark.parametrize("seed", range(60))
def test_any_small_problem_gets_a_clean_plan_the_large_way(seed: int, small_is_large: None) -> None:
    problem = plain(seed)
    if problem.n_lanes:
        plan = solve(problem, Options(work=2))
        assert check(problem, plan).clean
        assert plan.certified_bound_rp is not None
        assert plan.certified_bound_rp <= plan.cost_rp


def test_a_city_the_large_way_is_near_to_its_bound(small_is_large: None) -> None:
    city, steps = generate("city", 1), list[Progress]()
    plan = solve(city, Options(work=10), steps.append)
    assert check(city, plan).clean
    assert plan.gap is not None
    assert plan.gap < 0.04
    costs = [step.cost_rp for step in steps]
    assert costs == sorted(costs, reverse=True)


def test_the_number_of_processes_changes_no_plan(
    small_is_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.regions.NEEDS", 60)
    city = generate("city", 4)
    found = [solve(city, Options(work=3, processes=count)).to_document() for count in (1, 2)]
    assert found[0] == found[1]


def test_a_time_that_is_over_at_once_still_gives_a_checked_plan(small_is_large: None) -> None:
    city = generate("city", 5)
    plan = solve(city, Options(seconds=0.0))
    assert check(city, plan).clean


def test_regions_that_move_together_share_no_supplier_and_no_buyer() -> None:
    city = generate("city", 6)
    found = [np.flatnonzero(city.need_district == d) for d in range(len(city.district_id))]
    sets = large.batches(city, found)
    assert sorted(number for batch in sets for number in batch) == list(range(len(found)))
    for batch in sets:
        for key in (city.lane_supplier, city.lane_buyer):
            seen = [set(key[np.isin(city.lane_need, found[number])].tolist()) for number in batch]
            assert sum(map(len, seen)) == len(set().union(*seen))


def test_what_is_rationed_is_never_large(small_is_large: None) -> None:
    city = generate("city", 7)
    assert large.is_large(city)
    columns = {name: getattr(city, name) for name in city.__dataclass_fields__}
    columns |= {"ration": np.array([name == "LPG-3" for name in city.commodity_id])}
    assert not large.is_large(Problem(**columns))
