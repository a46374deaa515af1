"""A sample of what `python -m tests.matching.truth` does with thousands of problems."""

from __future__ import annotations

import pytest

from matching.greedy import greedy
from matching.plan import Plan
from matching.problem import Problem
from tests.matching import exhaustive, instances, truth
from tests.matching.every_plan import RULES, optimum_and_binding
from tests.matching.support import changed

SAMPLE = 120  # of the 10,000 that the command takes


def test_a_sample_of_tiny_problems_is_solved_to_the_optimum_and_every_rule_binds() -> None:
    wrong, binding = truth.tiny(range(20_000, 20_000 + SAMPLE))
    assert wrong == {}
    assert all(binding[rule] > 0 for rule in RULES), binding


def test_every_rule_binds_in_one_tiny_problem_of_twenty_at_least() -> None:
    documents = [Problem.from_document(instances.pressed(seed)).to_document() for seed in range(400)]
    found = [optimum_and_binding(document)[1] for document in documents]
    assert [rule for rule in RULES if sum(rule in binding for binding in found) < 20] == []


def test_a_sample_of_larger_problems_has_the_same_optimum_in_two_formulations() -> None:
    assert truth.mid(range(700, 715)) == {}


def test_the_two_ways_to_try_all_plans_agree() -> None:
    for seed in range(60):
        document = Problem.from_document(instances.pressed(seed)).to_document()
        assert optimum_and_binding(document)[0] == exhaustive.optimum(document)[0], seed


def test_a_rule_that_is_no_limit_does_not_bind() -> None:
    document = Problem.from_document(instances.pressed(1)).to_document()
    free = changed(document, "suppliers", max_weight_g=None)
    free = changed(changed(free, "buyers", cash_rp=None), "needs", ceiling_rp=None, max_suppliers=None)
    assert optimum_and_binding(free)[1].isdisjoint({"weight", "cash", "ceiling", "max_suppliers"})


def test_a_solver_that_is_wrong_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_hand(problem: Problem, _: object) -> Plan:
        return greedy(problem)

    monkeypatch.setattr(truth, "solve", by_hand)
    wrong, _ = truth.tiny(range(20))
    assert any("optimum" in said[0] for said in wrong.values())
    assert truth.main(["--tiny", "20", "--mid", "0"]) == 1
