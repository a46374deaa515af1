"""Solving: the truth on tiny problems, published optima, limits, progress, and plans that always come out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matching import crew, search
from matching.check import check
from matching.generate import generate
from matching.greedy import greedy
from matching.options import Options, Progress
from matching.plan import Plan
from matching.problem import Problem
from matching.solve import solve
from tests.matching import cpsat, exhaustive, instances, orlib
from tests.matching.support import changed, joined, of_plan

EXACT = Options(gap=0.0, seconds=60)


def _solved(document: dict[str, Any], options: Options = EXACT) -> tuple[Problem, Plan]:
    problem = Problem.from_document(document)
    return problem, solve(problem, options)


def test_every_tiny_problem_is_solved_to_its_optimum_with_a_matching_bound() -> None:
    for seed in range(300, 450):
        problem, plan = _solved(instances.tiny(seed))
        least, _ = exhaustive.optimum(problem.to_document())
        assert check(problem, plan).clean, seed
        assert (plan.cost_rp, plan.bound_rp, plan.gap) == (least, least, 0), seed
        assert plan.certified_bound_rp is not None and plan.certified_bound_rp <= least, seed


def test_larger_problems_agree_with_a_formulation_that_shares_nothing() -> None:
    for seed in range(40, 60):
        problem, plan = _solved(instances.small(seed))
        assert plan.cost_rp == cpsat.optimum(problem.to_document()), seed


@pytest.mark.parametrize("name", sorted(orlib.OPTIMA))
def test_published_warehouse_problems_are_solved_to_their_published_optimum(name: str) -> None:
    problem, constant = orlib.load(name)
    plan = solve(problem)
    assert (plan.cost_rp - constant) / orlib.SCALE == pytest.approx(orlib.OPTIMA[name], abs=6e-4)
    assert check(problem, plan).clean


def test_an_empty_problem_costs_nothing_and_has_no_gap() -> None:
    problem, plan = _solved({"format": "lumbung-problem/1"} | {k: [] for k in _SECTIONS})
    assert (plan.cost_rp, plan.gap, plan.lines) == (0, 0, [])
    assert check(problem, plan).clean


_SECTIONS = ("commodities", "buyers", "suppliers", "needs", "offers", "lanes")


def test_needs_without_any_lane_are_short_and_do_not_count_in_the_gap() -> None:
    document = instances.tiny(7, fixed=False)
    document["lanes"] = []
    problem, plan = _solved(document)
    assert plan.cost_rp == sum(n["wanted"] * n["unmet_rp"] for n in document["needs"])
    assert plan.gap == 0 and check(problem, plan).clean


def test_limits_nobody_can_meet_give_a_plan_with_shortages() -> None:
    document = changed(instances.tiny(11, fixed=False), "offers", min_total=10**6, capacity=10**7)
    problem, plan = _solved(document)
    assert plan.lines == [] and check(problem, plan).clean


def _cost(document: dict[str, Any]) -> int:
    return _solved(document)[1].cost_rp


def _more_capacity(document: dict[str, Any]) -> None:
    for row in document["offers"]:
        row["capacity"] += 3


def _more_trucks(document: dict[str, Any]) -> None:
    for row in document["trips"]:
        row["max_trips"] = None


def _more_cash(document: dict[str, Any]) -> None:
    for row in document["buyers"]:
        row["cash_rp"] = None


def _no_ceiling(document: dict[str, Any]) -> None:
    for row in document["needs"]:
        row["ceiling_rp"] = None


@pytest.mark.parametrize("ease", [_more_capacity, _more_trucks, _more_cash, _no_ceiling])
def test_easing_a_limit_never_makes_the_best_plan_dearer(ease: Callable[[dict[str, Any]], None]) -> None:
    cheaper = 0
    for seed in range(40):
        document = instances.tiny(seed, fixed=False)
        before = _cost(document)
        ease(document)
        after = _cost(document)
        assert after <= before, seed
        cheaper += after < before
    assert cheaper > 0


def test_the_order_of_rows_changes_nothing() -> None:
    for seed in range(15):
        document = instances.small(seed)
        for number, row in enumerate(document["needs"]):
            row["order"] = number
        mixed = {k: list(v) if isinstance(v, list) else v for k, v in document.items()}
        for section in ("needs", "offers", "lanes", "trips", "fixed"):
            random.Random(seed).shuffle(mixed[section])
        first, second = _solved(document)[1], _solved(mixed)[1]
        assert first.to_document() == second.to_document()


def test_scaling_all_money_scales_the_cost() -> None:
    money = {
        "needs": ("ceiling_rp", "unmet_rp"),
        "offers": ("fixed_rp",),
        "lanes": ("freight_rp", "drop_rp"),
        "buyers": ("cash_rp",),
        "trips": ("cost_rp",),
    }
    for seed in range(15):
        document = instances.tiny(seed, fixed=False)
        before = _cost(document)
        for section, keys in money.items():
            for row in document[section]:
                row |= {k: None if row[k] is None else row[k] * 1000 for k in keys}
        for offer in document["offers"]:
            offer["tiers"] = [{**t, "price_rp": t["price_rp"] * 1000} for t in offer["tiers"]]
        assert _cost(document) == 1000 * before, seed


def test_problems_side_by_side_cost_the_sum_of_each() -> None:
    documents = [instances.tiny(seed) for seed in range(20, 26)]
    assert _cost(joined(documents)) == sum(_cost(document) for document in documents)


@pytest.mark.parametrize("processes", [2, 4])
def test_the_same_seed_and_work_give_the_same_plan_on_any_number_of_processes(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "WORTH", 1)
    document = joined([instances.small(seed) for seed in range(5)])
    alone = _solved(document, Options(work=20, seed=3))[1]
    together = _solved(document, Options(work=20, seed=3, processes=processes))[1]
    assert json.dumps(alone.to_document()) == json.dumps(together.to_document())


def test_counted_work_ignores_the_clock() -> None:
    document = instances.small(9)
    hurried = _solved(document, Options(work=10, seconds=0.0))[1]
    patient = _solved(document, Options(work=10, seconds=60.0))[1]
    assert hurried.to_document() == patient.to_document()


def test_progress_only_gets_better_and_ends_at_the_plan() -> None:
    steps: list[Progress] = []
    problem = Problem.from_document(joined([instances.small(seed) for seed in range(6)]))
    plan = solve(problem, EXACT, steps.append)
    costs = [step.cost_rp for step in steps if step.cost_rp is not None]
    bounds = [step.bound_rp for step in steps if step.bound_rp is not None]
    assert len(steps) > 2
    assert costs == sorted(costs, reverse=True) and bounds == sorted(bounds)
    assert (steps[-1].cost_rp, steps[-1].bound_rp, steps[-1].gap) == (plan.cost_rp, plan.bound_rp, plan.gap)


def test_no_time_at_all_still_gives_a_plan_that_keeps_the_rules_and_beats_the_officer() -> None:
    problem = generate("city", 5)
    plan = solve(problem, Options(seconds=0.0))
    assert check(problem, plan).clean
    assert plan.cost_rp <= greedy(problem).cost_rp


def test_a_city_beats_the_officer_clearly_within_seconds() -> None:
    problem = generate("city", 1)
    plan = solve(problem, Options(seconds=8.0))
    assert check(problem, plan).clean
    assert plan.gap is not None and plan.gap < 0.02
    assert plan.cost_rp < greedy(problem).cost_rp


def test_a_search_that_fails_leaves_the_first_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("solver gone")

    monkeypatch.setattr(search, "exact", fail)
    document = instances.small(4)
    problem = Problem.from_document(document)
    with pytest.warns(RuntimeWarning, match="solver gone"):
        plan = solve(problem, EXACT)
    assert check(problem, plan).clean


def test_a_plan_of_the_solver_that_breaks_a_rule_is_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem.from_document(instances.small(4, fixed=False))
    honest = search.Compact.read

    def twice(self: search.Compact, values: Any) -> Any:
        return honest(self, values) * 2

    monkeypatch.setattr(search.Compact, "read", twice)
    plan = solve(problem, Options(gap=0.0, seconds=2))
    assert check(problem, plan).clean


def test_fixed_lines_are_in_every_plan_at_their_price_or_below() -> None:
    seen = 0
    for seed in range(80):
        problem, plan = _solved(instances.tiny(seed))
        for row in problem.to_document()["fixed"]:
            mine = [r for r in plan.lines if (r["need"], r["offer"]) == (row["need"], row["offer"])]
            assert mine and mine[0]["quantity"] == row["quantity"]
            assert mine[0]["price_rp"] <= row["price_rp"]
            seen += 1
    assert seen > 20


def test_the_plan_is_one_of_the_best_plans_of_the_exhaustive_search() -> None:
    for seed in range(450, 500):
        problem, plan = _solved(instances.tiny(seed))
        _, best = exhaustive.optimum(problem.to_document())
        assert of_plan(problem, plan) in best, seed


def test_numbers_near_the_limit_of_exact_sums_are_solved_without_a_certificate_at_worst() -> None:
    document = instances.tiny(3, fixed=False)
    for need in document["needs"]:
        need["unmet_rp"] = 2**46
    problem, plan = _solved(document, Options(seconds=5))
    assert check(problem, plan).clean
    assert plan.bound_rp is None or 0 <= plan.bound_rp <= plan.cost_rp


def test_a_bound_is_never_above_the_cost_of_a_better_plan() -> None:
    for seed in range(30):
        problem = Problem.from_document(instances.small(seed))
        hurried = solve(problem, Options(work=1, gap=1.0))
        assert hurried.bound_rp is not None
        assert hurried.bound_rp <= cpsat.optimum(problem.to_document()), seed


def test_quantities_are_whole_lots() -> None:
    for seed in range(40):
        problem, plan = _solved(instances.small(seed, fixed=False))
        lots = dict(zip(problem.offer_id, problem.lot.tolist(), strict=True))
        assert all(row["quantity"] % lots[row["offer"]] == 0 for row in plan.lines)
        assert np.all(problem.lot >= 1)
