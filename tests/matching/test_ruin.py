"""Ruin and recreate: every plan it tells keeps the rules, costs what it says, and is cheaper."""

from __future__ import annotations

import numpy as np

from matching.generate import generate
from matching.problem import Ints, Problem
from matching.refill import refill
from matching.repair import repair
from matching.ruin import ruin
from matching.tally import Tally
from matching.yard import Yard
from tests.matching import cpsat, exhaustive, instances
from tests.matching.support import as_lanes


def _search(problem: Problem, start: Ints, steps: int, hold: Ints | None = None) -> list[Ints]:
    told: list[Ints] = []
    ruin(problem, start, None, hold, 1, lambda done: done / steps, told.append)
    return told


def test_every_plan_told_keeps_the_rules_and_is_cheaper_than_the_one_before() -> None:
    better = 0
    for seed in range(60):
        problem = Problem.from_document(instances.small(seed))
        start = np.zeros(problem.n_lanes, dtype=np.int64)
        costs = [Tally(problem, start).cost_rp]
        for y in _search(problem, start, 640):
            assert Tally(problem, y).clean, seed
            costs.append(Tally(problem, y).cost_rp)
        assert costs == sorted(set(costs), reverse=True), seed
        better += len(costs) > 1
    assert better > 40


def test_it_never_beats_the_optimum_and_often_reaches_it() -> None:
    reached = 0
    for seed in range(20):
        problem = Problem.from_document(instances.small(seed))
        told = _search(problem, np.zeros(problem.n_lanes, dtype=np.int64), 1920)
        least = cpsat.optimum(problem.to_document())
        best = Tally(problem, told[-1]).cost_rp if told else least + 1
        assert best >= least, seed
        reached += best == least
    assert reached >= 6


def test_the_yard_counts_as_the_tally_does_and_undoes_what_it_did() -> None:
    for seed in range(40):
        problem = Problem.from_document(instances.tiny(seed))
        book = exhaustive.Book(problem.to_document())
        plans = [p for p in exhaustive.plans(book) if exhaustive.allowed(book, p)]
        first, last = as_lanes(problem, plans[0]), as_lanes(problem, plans[-1])
        yard = Yard(problem, first, None, None)
        for lane in range(problem.n_lanes):
            if last[lane] != first[lane]:
                yard.shift(lane, int(last[lane] - first[lane]))
        assert yard.y == last.tolist()
        assert yard.cost == Tally(problem, last).cost_rp - Tally(problem, first).cost_rp, seed
        assert yard.keeps(0)
        yard.undo(0, 0)
        assert yard.y == first.tolist() and yard.fill == Tally(problem, first).fill.tolist()


def test_a_change_that_breaks_a_rule_of_an_offer_a_truck_or_a_purse_is_noticed() -> None:
    noticed = 0
    for seed in range(80):
        problem = Problem.from_document(instances.tiny(seed, fixed=False))
        book = exhaustive.Book(problem.to_document())
        nothing = np.zeros(problem.n_lanes, dtype=np.int64)
        for plan in list(exhaustive.plans(book))[:60]:
            y = as_lanes(problem, plan)
            tally = Tally(problem, y)
            wrong = tally.thin_offers.any() or tally.light_trips.any() or tally.poor_buyers.any()
            yard = Yard(problem, nothing, None, None)
            for lane in np.flatnonzero(y).tolist():
                yard.shift(lane, int(y[lane]))
            if wrong:
                assert not yard.keeps(0), seed
                noticed += 1
    assert noticed > 100


def test_prescribed_fills_stay() -> None:
    for seed in range(20):
        problem = Problem.from_document(instances.small(seed, fixed=False))
        start = refill(problem, np.zeros(problem.n_lanes, dtype=np.int64))
        hold = Tally(problem, start).fill
        for y in _search(problem, start, 640, hold):
            assert np.array_equal(Tally(problem, y).fill, hold), seed


def test_a_city_gets_cheaper_step_by_step() -> None:
    problem = generate("city", 8)
    start = refill(problem, np.zeros(problem.n_lanes, dtype=np.int64))
    told = _search(problem, start, 640)
    assert len(told) > 3
    assert Tally(problem, told[-1]).clean
    assert Tally(problem, told[-1]).cost_rp < 0.99 * Tally(problem, start).cost_rp


def test_filling_gaps_keeps_every_rule_and_never_costs_more() -> None:
    filled = 0
    for seed in range(240):
        problem = Problem.from_document(instances.small(seed))
        start = np.zeros(problem.n_lanes, dtype=np.int64)
        tally = Tally(problem, refill(problem, start))
        assert tally.clean, seed
        assert tally.cost_rp <= Tally(problem, start).cost_rp, seed
        filled += bool(tally.y.any())
    assert filled > 150


def test_repair_only_takes_away_and_ends_with_a_plan_that_keeps_the_rules() -> None:
    dice = np.random.default_rng(0)
    for seed in range(120):
        problem = Problem.from_document(instances.small(seed))
        wild = dice.integers(0, 9, problem.n_lanes)
        mended = repair(problem, wild)
        assert np.all(mended <= wild) and np.all(mended >= 0)
        assert Tally(problem, mended).clean, seed


def test_repair_leaves_a_plan_that_keeps_the_rules_alone() -> None:
    for seed in range(40):
        problem = Problem.from_document(instances.tiny(seed))
        book = exhaustive.Book(problem.to_document())
        for plan in list(exhaustive.plans(book))[:40]:
            if exhaustive.allowed(book, plan):
                y = as_lanes(problem, plan)
                assert np.array_equal(repair(problem, y), y), seed
