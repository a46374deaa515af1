"""Every rupiah of a plan lies with somebody, and savings are told on both sides alike."""

from __future__ import annotations

import numpy as np
import pytest

from matching.alone import alone
from matching.compare import compare
from matching.greedy import greedy, greedy_quantities
from matching.outcome import outcome
from matching.plan import build_plan
from matching.problem import Problem
from matching.shares import lane_costs, need_costs, savings, split_rp
from tests.matching.builders import plan, problem, quantities
from tests.matching.instances import tiny


@pytest.mark.parametrize("seed", range(60))
def test_costs_of_needs_and_penalties_add_up_to_the_plan(seed: int) -> None:
    found = Problem.from_document(tiny(seed))
    o = outcome(found, greedy_quantities(found))
    assert int(need_costs(found, o).sum()) + o.unmet_rp == o.cost_rp


def test_a_truck_is_paid_by_weight_and_an_opening_by_units() -> None:
    found = problem(offers__0__fixed_rp=7, needs__1__district="d1")
    o = outcome(found, quantities(found, n1_o1=30, n2_o1=10))
    first = 30 * 301_000 + 20_000 + 75_000 + 5
    assert lane_costs(found, o).tolist() == [first, 0, 10 * 301_000 + 25_000 + 2, 0]


def test_a_split_is_exact_and_fair_to_the_rupiah() -> None:
    assert split_rp(100, [1, 1, 1]) == [34, 33, 33]
    assert split_rp(7, [30, 10]) == [5, 2]
    assert sum(split_rp(10**15 + 1, [3, 5, 11])) == 10**15 + 1


def test_savings_compare_the_same_units_on_both_sides() -> None:
    found = problem(trips=[], offers__1__capacity=0)
    o = outcome(found, quantities(found, n1_o1=40, n2_o1=10))
    rows = {row["need"]: row for row in savings(found, o, alone(found))}
    assert rows["n1"]["pooled_rp"] == 40 * 291_000 + 20_000
    assert rows["n1"]["alone_rp"] == 40 * 301_000 + 20_000
    assert rows["n2"]["units"] == 10
    assert rows["n2"]["alone_rp"] == 10 * 301_000
    assert rows["n2"]["saved_rp"] == 10 * 10_000


def test_needs_that_cannot_go_alone_are_left_out() -> None:
    found = problem(offers__0__capacity=20, offers__1__capacity=19)
    o = outcome(found, quantities(found, n1_o1=20, n2_o2=19))
    assert [row["need"] for row in savings(found, o, alone(found))] == ["n2"]


def test_plans_side_by_side() -> None:
    found = problem()
    rows = compare(found, {"officer": greedy(found), "nothing": plan(found)})
    assert [row["plan"] for row in rows] == ["officer", "nothing"]
    assert all(row["clean"] for row in rows)
    assert rows[1]["unmet_rp"] == rows[1]["cost_rp"] == 70 * 500_000
    assert rows[0]["above_best"] == 0
    assert rows[1]["above_best"] > 0
    for row in rows:
        parts = ("goods_rp", "freight_rp", "drop_rp", "fixed_rp", "truck_rp", "unmet_rp")
        assert sum(row[part] for part in parts) == row["cost_rp"]


def test_a_plan_that_breaks_rules_is_shown_but_is_not_the_best() -> None:
    found = problem(offers__0__capacity=50)
    rows = compare(found, [build_plan(found, np.array([40, 0, 30, 0])), greedy(found)])
    assert [row["clean"] for row in rows] == [False, True]
    assert rows[1]["above_best"] == 0
