"""Sharing out: exactly the fairest fills, whatever other rules say, and then the least cost."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from matching import leximin, ration
from matching.budget import Budget
from matching.check import check
from matching.greedy import greedy
from matching.highs import Answer
from matching.milp import Compact
from matching.options import Options
from matching.problem import Ints, Problem
from matching.ration import fills, share_out
from matching.scope import Scope
from matching.solve import solve
from matching.tally import Tally
from matching.water import water_fill
from tests.matching import exhaustive, instances
from tests.matching.support import as_lanes, as_rows, joined

EXACT = Options(gap=0.0, seconds=60)


def _gas(
    capacities: list[int], wanted: list[int], weights: list[int], reach: list[str], **offer: Any
) -> dict[str, Any]:
    """Cylinders: needs n0.. reach the offers named by digits; the order of needs is their number."""
    return {
        "format": "lumbung-problem/1",
        "commodities": [{"id": "LPG-3", "unit_g": 8000, "ration": "max_min"}],
        "buyers": [{"id": "k"}],
        "suppliers": [{"id": f"s{j}"} for j in range(len(capacities))],
        "needs": [
            {"id": f"n{i}", "buyer": "k", "commodity": "LPG-3", "district": "d", "wanted": w}
            | {"unmet_rp": 1000, "weight": weights[i], "order": i}
            for i, w in enumerate(wanted)
        ],
        "offers": [
            {"id": f"o{j}", "supplier": f"s{j}", "commodity": "LPG-3", "capacity": c}
            | {"tiers": [{"from": 1, "price_rp": 16000}]}
            | offer
            for j, c in enumerate(capacities)
        ],
        "lanes": [
            {"need": f"n{i}", "offer": f"o{j}", "freight_rp": 100 * i}
            for i, js in enumerate(reach)
            for j in js
        ],
    }


def _filled(document: dict[str, Any]) -> list[int]:
    problem = Problem.from_document(document)
    plan = solve(problem, EXACT)
    assert check(problem, plan).clean
    rows: dict[str, int] = dict.fromkeys(problem.need_id, 0)
    for line in plan.lines:
        rows[line["need"]] += line["quantity"]
    return list(rows.values())


def test_scarce_cylinders_go_round_evenly() -> None:
    assert _filled(_gas([10], [10, 10], [1, 1], ["0", "0"])) == [5, 5]


def test_households_served_weigh() -> None:
    assert _filled(_gas([12], [20, 20], [1, 3], ["0", "0"])) == [3, 9]


def test_the_odd_cylinder_goes_to_the_first_in_order() -> None:
    assert _filled(_gas([11], [10, 10], [1, 1], ["0", "0"])) == [6, 5]


def test_what_one_does_not_want_goes_to_the_others() -> None:
    assert _filled(_gas([12], [2, 10, 10], [1, 1, 1], ["0", "0", "0"])) == [2, 5, 5]


def test_nobody_is_held_back_by_a_need_that_cannot_be_reached() -> None:
    assert _filled(_gas([4, 20], [9, 9, 9], [1, 1, 1], ["0", "01", "1"])) == [4, 9, 9]


def test_no_more_than_wanted_even_where_more_is_accepted() -> None:
    document = _gas([50], [5, 5], [1, 1], ["0", "0"])
    for need in document["needs"]:
        need["at_most"] = 20
    assert _filled(document) == [5, 5]


def test_fairness_comes_before_cost() -> None:
    document = _gas([10], [10, 10], [1, 1], ["0", "0"])
    document["lanes"][1]["freight_rp"] = 10**6
    assert _filled(document) == [5, 5]


def test_lots_are_shared_whole() -> None:
    assert _filled(_gas([10], [10, 10], [1, 1], ["0", "0"], lot=4)) == [4, 4]


def test_a_least_quantity_per_need_may_shut_one_out_by_order() -> None:
    assert _filled(_gas([5], [6, 6], [1, 1], ["0", "0"], min_per_need=4)) == [5, 0]


def test_tiny_problems_are_shared_out_exactly_and_then_cheapest() -> None:
    for seed in range(600, 780):
        problem = Problem.from_document(instances.tiny(seed, ration=True))
        least, best = exhaustive.optimum(problem.to_document())
        plan = solve(problem, EXACT)
        assert check(problem, plan).clean, seed
        assert plan.cost_rp == least, seed
        assert plan.bound_rp is not None and plan.bound_rp <= least, seed
        truth = Tally(problem, as_lanes(problem, best[0])).fill
        shared = fills(problem)
        assert np.array_equal(shared[problem.rationed], truth[problem.rationed]), seed
        assert np.all(shared[~problem.rationed] == -1)


def test_two_rationed_commodities_are_shared_out_in_order_of_id() -> None:
    for seed in range(40):
        document = instances.tiny(seed, ration=True, fixed=False)
        document["commodities"][1]["ration"] = "max_min"
        for offer in document["offers"]:
            offer |= {"tiers": offer["tiers"][:1], "lot": 1}
        problem = Problem.from_document(document)
        least, _ = exhaustive.optimum(problem.to_document())
        assert solve(problem, EXACT).cost_rp == least, seed


def test_sharing_by_levels_agrees_with_water_filling() -> None:
    """Two methods that share nothing: levels of a whole model, and one flow after the other."""
    for seed in range(12):
        dice = np.random.default_rng(seed)
        needs = int(dice.integers(3, 7))
        document = _gas(
            dice.integers(2, 15, 3).tolist(),
            dice.integers(1, 12, needs).tolist(),
            dice.integers(1, 6, needs).tolist(),
            ["".join(str(j) for j in range(3) if dice.random() < 0.6) for _ in range(needs)],
        )
        problem = Problem.from_document(document)
        whole = np.arange(problem.n_needs)
        nothing = np.zeros(problem.n_lanes, dtype=np.int64)
        hold = np.full(problem.n_needs, -1, dtype=np.int64)
        lanes = np.arange(problem.n_lanes)
        given, _ = water_fill(Scope(problem, lanes, nothing), whole)
        levels, _ = leximin.fairest(problem, whole, lanes, nothing, hold, Budget(60.0), 0)
        assert np.array_equal(Tally(problem, levels).fill, given), seed


def test_levels_by_name_agree_with_levels_by_count_on_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    document = _gas([9, 7], [6, 8, 9, 4], [2, 1, 3, 2], ["0", "01", "1", "1"])
    problem = Problem.from_document(document)
    nothing, lanes = np.zeros(problem.n_lanes, dtype=np.int64), np.arange(problem.n_lanes)
    hold = np.full(problem.n_needs, -1, dtype=np.int64)
    found: list[Ints] = []
    for limit in (24, 0):
        monkeypatch.setattr(leximin, "BY_COUNT", limit)
        y, _ = leximin.fairest(problem, np.arange(4), lanes, nothing, hold, Budget(60.0), 0)
        found.append(Tally(problem, y).fill)
    assert np.array_equal(found[0], found[1])


def _ratios(problem: Problem, y: Ints) -> list[Fraction]:
    fill = Tally(problem, y).fill.tolist()
    return sorted(Fraction(f, w) for f, w in zip(fill, problem.weight.tolist(), strict=True))


def test_one_more_cylinder_never_lowers_the_sorted_shares() -> None:
    before: list[Fraction] = []
    for capacity in range(0, 40, 3):
        document = _gas([capacity, 6], [9, 14, 7], [2, 3, 1], ["0", "01", "1"])
        problem = Problem.from_document(document)
        _, y = share_out(problem, Budget(60.0), 0)
        assert _ratios(problem, y) >= before
        before = _ratios(problem, y)


def test_the_plan_that_comes_with_the_fills_keeps_every_rule() -> None:
    for seed in range(100):
        problem = Problem.from_document(instances.tiny(seed, ration=True))
        hold, y = share_out(problem, Budget(60.0), 0)
        tally = Tally(problem, y)
        assert tally.clean and np.array_equal(tally.fill[problem.rationed], hold[problem.rationed])
        book = exhaustive.Book(problem.to_document())
        assert exhaustive.allowed(book, as_rows(problem, y)), seed


def test_out_of_time_something_feasible_is_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ration, "water_fill", _too_much)
    problem = Problem.from_document(_gas([10], [10, 10], [1, 1], ["0", "0"]))
    hold, y = share_out(problem, Budget(0.0), 0)
    assert Tally(problem, y).clean and np.array_equal(Tally(problem, y).fill, hold)


def test_out_of_time_no_cylinder_stays_on_the_shelf_while_someone_lacks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ration, "water_fill", _too_much)
    monkeypatch.setattr(Compact, "solve", lambda *_, **__: (None, Answer(None, None, optimal=False)))
    monkeypatch.setattr(ration, "fairest", lambda *given: (np.zeros_like(given[3]), False))
    problem = Problem.from_document(_gas([10, 5], [10, 10], [1, 1], ["0", "1"], fixed_rp=10**9))
    hold, y = share_out(problem, Budget(0.0), 0)
    assert Tally(problem, y).clean and hold.tolist() == [10, 5]


def test_counted_work_never_ends_the_sharing_before_it_is_fair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ration, "water_fill", _too_much)
    problem = Problem.from_document(_gas([11, 3], [10, 10, 5], [1, 1, 1], ["0", "01", "1"]))
    assert share_out(problem, Budget(0.0, work=1), 0)[0].tolist() == [6, 5, 3]


def _too_much(scope: Scope, needs: Ints) -> tuple[Ints, Ints]:
    return np.full(needs.size, 99), np.full(scope.lanes.size, 99)


def test_the_officer_gets_the_same_rations() -> None:
    problem = Problem.from_document(_gas([11, 3], [10, 10, 5], [1, 1, 1], ["0", "01", "1"]))
    assert np.array_equal(fills(problem), _fill_of(problem, greedy(problem).lines))


def _fill_of(problem: Problem, lines: list[Any]) -> Ints:
    rows: dict[str, int] = dict.fromkeys(problem.need_id, 0)
    for line in lines:
        rows[line["need"]] += line["quantity"]
    return np.array(list(rows.values()))


def test_rationed_and_other_commodities_share_trucks() -> None:
    documents = [instances.tiny(seed, ration=True) for seed in (3, 5, 8)]
    problem = Problem.from_document(joined(documents))
    plan = solve(problem, EXACT)
    assert check(problem, plan).clean
    assert plan.cost_rp == sum(exhaustive.optimum(document)[0] for document in documents)
