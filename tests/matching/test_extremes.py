"""Numbers as large as they may be: no bound above the optimum, no plan that breaks a rule, no other share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matching
from matching.highs import Model, optimise
from matching.integers import Table, solve_whole
from matching.leximin import FINE
from matching.problem import Problem
from matching.scope import Scope
from matching.tally import Tally
from matching.tame import tamed
from matching.water import Queue
from tests.matching import exhaustive, extremes, instances
from tests.matching.support import as_lanes
from tests.matching.truth import sound

DATA = Path(__file__).parent / "data"
EXACT = matching.Options(gap=0.0, seconds=20)
# Each was wrong once: a false bound, a missed optimum, an unfair share, or an overflow.
WRONG_ONCE = (2, 17, 48, 87, 148, 150, 155, 199, 229, 289, 297, 480, 1680)


def solved(document: dict[str, Any]) -> tuple[Problem, matching.Plan, int]:
    problem = Problem.from_document(document)
    least, _ = exhaustive.optimum(problem.to_document())
    return problem, matching.solve(problem, EXACT), least


@pytest.mark.parametrize("seed", WRONG_ONCE)
def test_a_problem_that_large_numbers_once_spoiled_is_solved(seed: int) -> None:
    problem, plan, least = solved(extremes.extreme(seed))
    assert sound(problem, plan, least) == []
    assert plan.cost_rp == least


@pytest.mark.parametrize("seed", range(5000, 5030))
def test_random_large_numbers_bend_nothing(seed: int) -> None:
    problem, plan, least = solved(extremes.extreme(seed))
    assert sound(problem, plan, least) == []


@pytest.mark.parametrize("name", ["unmet_2_52", "truck_2_53"])
def test_a_penalty_at_any_price_and_a_truck_without_limit_are_taken_at_their_word(name: str) -> None:
    problem, plan, least = solved(json.loads((DATA / f"{name}.json").read_text()))
    assert sound(problem, plan, least) == []
    assert plan.cost_rp == least


@pytest.mark.parametrize("seed", range(40))
def test_cutting_limits_down_changes_neither_rules_nor_costs(seed: int) -> None:
    problem = Problem.from_document(extremes.extreme(seed))
    cut = tamed(problem)
    for quantities in list(exhaustive.plans(exhaustive.Book(problem.to_document())))[:400]:
        y = as_lanes(problem, quantities)
        whole, small = Tally(problem, y), Tally(cut, y)
        assert whole.cost_rp == small.cost_rp
        assert whole.clean == small.clean


def test_ordinary_limits_are_not_touched() -> None:
    problem = Problem.from_document(instances.small(1))
    assert tamed(problem) is problem


def dear_and_cheap() -> Model:
    # Two of three units can be had; each missing one costs 2^52, and the units 1 and 3.
    model = Model()
    units = model.add_columns(2, high=1.0, cost=np.array([1.0, 3.0]), whole=True)
    missing = model.add_columns(1, high=3.0, cost=2.0**52, whole=True)
    row = model.add_rows(1, low=3.0)
    model.add_terms(np.repeat(row, 3), np.append(units, missing), 1.0)
    return model


def test_a_rupiah_counts_beside_an_astronomic_penalty() -> None:
    answer = optimise(dear_and_cheap(), gap=0.0)
    assert answer.exact and answer.optimal
    assert answer.bound == 2**52 + 4
    assert answer.values is not None and answer.values.tolist() == [1, 1, 1]


def test_a_model_too_large_for_integers_proves_nothing_with_astronomic_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.integers.MOST_COLUMNS", 2)
    answer = optimise(dear_and_cheap(), gap=0.0)
    assert answer.bound is None and not answer.optimal


def test_common_factors_of_rows_and_costs_fall_out() -> None:
    model = Model()
    column = model.add_columns(2, high=8.0, cost=np.array([3.0, 5.0]) * 2**44, whole=True)
    row = model.add_rows(1, low=7.0 * 2**45)
    model.add_terms(np.repeat(row, 2), column, np.array([2.0, 4.0]) * 2**44)
    table = model.table()
    assert not table.narrow()
    small = table.reduced()
    assert small.narrow() and small.factor == 2**44
    assert small.cost.tolist() == [3, 5]
    assert small.values.tolist() == [1, 2] and small.row_low.tolist() == [7]
    answer = optimise(model, gap=0.0)
    assert answer.bound == pytest.approx(18 * 2**44, rel=1e-6) and answer.bound <= 18 * 2**44


def test_what_is_not_whole_is_not_reckoned_in_integers() -> None:
    one = np.ones(1)
    first = np.zeros(1, np.int64)
    table = Table(np.zeros(1), one, one, one, one * np.inf, first, first, one * 0.5)
    assert solve_whole(table, 0.0, 0.0, matching.highs.UNLIMITED, 0, None) is None


def shared(wanted: list[int], weights: list[int], capacity: int) -> Problem:
    """Needs that share one offer of a rationed commodity."""
    names = [f"n{k}" for k in range(len(wanted))]
    return Problem.build(
        commodities=[{"id": "gas", "unit_g": 1, "ration": "max_min"}],
        buyers=[{"id": "b"}],
        suppliers=[{"id": "s"}],
        needs=[
            {"id": name, "buyer": "b", "commodity": "gas", "district": "d", "wanted": q, "unmet_rp": 10,
             "weight": w}
            for name, q, w in zip(names, wanted, weights, strict=True)
        ],
        offers=[{"id": "o", "supplier": "s", "commodity": "gas", "capacity": capacity,
                 "tiers": [{"from": 1, "price_rp": 1}]}],
        lanes=[{"need": name, "offer": "o", "freight_rp": 0} for name in names],
    )  # fmt: skip


def fills(problem: Problem) -> list[int]:
    plan = matching.solve(problem, EXACT)
    assert matching.check(problem, plan).clean
    missing = {row["need"]: row["missing"] for row in plan.shortages}
    wanted = zip(problem.need_id, problem.wanted.tolist(), strict=True)
    return [q - missing.get(name, 0) for name, q in wanted]


def test_billions_of_units_are_shared_out_without_counting_them_one_by_one() -> None:
    billion = 10**12
    assert fills(shared([billion] * 3, [1, 1, 2], 2 * billion)) == [billion // 2, billion // 2, billion]


def test_weights_that_differ_in_the_last_of_sixteen_digits_decide_who_comes_first() -> None:
    # Two of three units go to the heavier: one unit is more for the lighter one's weight.
    heavy = 2**53 - 1
    assert fills(shared([2, 2], [heavy, heavy - 1], 3)) == [2, 1]
    assert fills(shared([2, 2], [heavy - 1, heavy], 3)) == [1, 2]


@pytest.mark.parametrize("long", [1, 3, 7])
def test_a_line_cut_by_levels_is_the_line_spelt_out(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = shared([9, 4, 12, 7], [3, 1, 5, 2], 17)
    whole = fills(problem)
    monkeypatch.setattr("matching.water.SPELT_OUT", long)
    assert fills(problem) == whole


def test_turns_are_exact_where_doubles_are_not() -> None:
    weights = [2**53 - 1, 2**53 - 2, 2**53 - 1]
    problem = shared([2, 2, 2], weights, 6)
    scope = Scope(problem, np.arange(3), np.zeros(3, dtype=np.int64))
    queue = Queue(scope, np.arange(3), np.full(3, 2))
    assert not queue.plain
    _, turns = queue.window(np.zeros(3, dtype=np.int64), lambda lots: False)
    assert turns.tolist() == [1, 0, 2, 0, 2, 1]
    assert max(weights) > FINE
