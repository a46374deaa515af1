"""The compact model against the truth: every plan has its cost in it, and its optimum is the optimum."""

from __future__ import annotations

import random

import numpy as np
import pytest

from matching import milp_supply
from matching.highs import Model, optimise
from matching.milp import Compact
from matching.problem import Ints, Problem
from matching.tally import Tally
from tests.matching import cpsat, exhaustive, instances
from tests.matching.support import as_lanes

SEEDS = range(150)


def _all(problem: Problem) -> Ints:
    return np.arange(problem.n_lanes, dtype=np.int64)


def _nothing(problem: Problem) -> Ints:
    return np.zeros(problem.n_lanes, dtype=np.int64)


def _some(book: exhaustive.Book, seed: int) -> list[exhaustive.Quantities]:
    plans = list(exhaustive.plans(book))
    return random.Random(seed).sample(plans, min(40, len(plans)))


def _excess(model: Compact, values: np.ndarray) -> float:  # type: ignore[type-arg]
    low, high, _, _ = model.model.column_arrays()
    row_low, row_high = model.model.row_arrays()
    rows, columns, terms = model.model.matrix()
    sums = np.zeros(model.model.rows)
    np.add.at(sums, rows, terms * values[columns])
    gaps = (low - values, values - high, row_low - sums, sums - row_high)
    return max(float(gap.max(initial=0.0)) for gap in gaps)


def test_the_model_finds_the_optimum_of_every_tiny_problem() -> None:
    for seed in SEEDS:
        problem = Problem.from_document(instances.tiny(seed))
        least, _ = exhaustive.optimum(problem.to_document())
        y, answer = Compact(problem, _all(problem), _nothing(problem)).solve(gap=0.0)
        assert y is not None and answer.bound is not None
        assert Tally(problem, y).clean and Tally(problem, y).cost_rp == least, seed
        assert answer.bound == pytest.approx(least, abs=1e-3), seed


def test_every_plan_that_keeps_the_rules_fits_the_model_and_has_its_cost_there() -> None:
    for seed in range(60):
        problem = Problem.from_document(instances.tiny(seed))
        book = exhaustive.Book(problem.to_document())
        model = Compact(problem, _all(problem), _nothing(problem))
        cost = model.model.column_arrays()[2]
        for plan in _some(book, seed):
            values = model.hint(as_lanes(problem, plan))
            if exhaustive.allowed(book, plan):
                assert _excess(model, values) < 1e-6, (seed, plan)
                assert cost @ values + model.model.offset == pytest.approx(exhaustive.cost(book, plan))


def test_no_plan_that_breaks_a_rule_fits_the_model() -> None:
    broken = 0
    for seed in range(60):
        problem = Problem.from_document(instances.tiny(seed))
        book = exhaustive.Book(problem.to_document())
        model = Compact(problem, _all(problem), _nothing(problem))
        for plan in _some(book, seed):
            y = as_lanes(problem, plan)
            if not exhaustive.allowed(book, plan):
                broken += 1
                lost = np.array_equal(model.read(model.hint(y)), y)
                assert not lost or _excess(model, model.hint(y)) > 1e-6, (seed, plan)
    assert broken > 500


def test_a_neighbourhood_is_the_optimum_among_plans_that_agree_with_the_rest() -> None:
    for seed in range(100):
        problem = Problem.from_document(instances.tiny(seed))
        book, dice = exhaustive.Book(problem.to_document()), random.Random(seed)
        allowed = [plan for plan in exhaustive.plans(book) if exhaustive.allowed(book, plan)]
        start = as_lanes(problem, dice.choice(allowed))
        free = np.array([k for k in range(problem.n_lanes) if dice.random() < 0.6], dtype=np.int64)
        held = np.setdiff1d(_all(problem), free)
        rivals = [p for p in allowed if np.array_equal(as_lanes(problem, p)[held], start[held])]
        y, _ = Compact(problem, free, start).solve(gap=0.0)
        assert y is not None and np.array_equal(y[held], start[held])
        assert Tally(problem, y).clean, seed
        assert Tally(problem, y).cost_rp == min(exhaustive.cost(book, p) for p in rivals), seed


def test_two_formulations_that_share_nothing_agree_on_larger_problems() -> None:
    for seed in range(25):
        problem = Problem.from_document(instances.small(seed))
        y, answer = Compact(problem, _all(problem), _nothing(problem)).solve(gap=0.0)
        assert y is not None and answer.optimal
        assert Tally(problem, y).clean, seed
        assert Tally(problem, y).cost_rp == cpsat.optimum(problem.to_document()), seed


def test_prescribed_fills_are_kept_exactly() -> None:
    kept = 0
    for seed in range(60):
        problem = Problem.from_document(instances.tiny(seed, fixed=False))
        book = exhaustive.Book(problem.to_document())
        plans = [p for p in exhaustive.plans(book) if exhaustive.allowed(book, p)]
        hold = Tally(problem, as_lanes(problem, random.Random(seed).choice(plans))).fill
        y, _ = Compact(problem, _all(problem), _nothing(problem), hold).solve(gap=0.0)
        assert y is not None
        assert np.array_equal(Tally(problem, y).fill, hold), seed
        kept += int(hold.sum() > 0)
    assert kept > 20


def test_what_the_solver_refuses_is_an_answer_and_no_exception() -> None:
    model = Model()
    columns = model.add_columns(1, low=1.0, high=0.0)
    model.add_terms(model.add_rows(1, low=5.0), columns, 1.0)
    answer = optimise(model, gap=0.0)
    assert answer.values is None and not answer.optimal


def test_an_infeasible_model_has_neither_plan_nor_bound() -> None:
    model = Model()
    columns = model.add_columns(1, high=1.0, cost=1.0, whole=True)
    model.add_terms(model.add_rows(1, low=5.0), columns, 1.0)
    answer = optimise(model, gap=0.0)
    assert answer.infeasible and answer.values is None and answer.bound is None


def test_offers_with_one_price_need_no_choice_of_tier() -> None:
    document = instances.small(3)
    for offer in document["offers"]:
        offer["tiers"] = offer["tiers"][:1]
    problem = Problem.from_document(document)
    prices = milp_supply.Prices(problem, Compact(problem, _all(problem), _nothing(problem)).scope)
    assert not prices.rich.any()


def test_a_pure_transport_needs_no_whole_columns() -> None:
    document = instances.small(5, fixed=False)
    document["trips"] = []
    for row in document["offers"]:
        row |= {"lot": 1, "min_per_need": 1, "min_total": 0}
    for row in document["buyers"]:
        row["cash_rp"] = None
    for row in document["suppliers"]:
        row["max_weight_g"] = None
    problem = Problem.from_document(document)
    model = Compact(problem, _all(problem), _nothing(problem))
    assert not model.model.column_arrays()[3][model.lots].any()
    y, _ = model.solve(gap=0.0)
    assert y is not None and Tally(problem, y).cost_rp == cpsat.optimum(problem.to_document())
