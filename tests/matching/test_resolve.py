"""After answers: what was accepted stands, untouched parts stay identical, and nothing moves needlessly."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from matching.check import check
from matching.errors import ProblemError
from matching.generate import generate
from matching.options import Options
from matching.parts import parts
from matching.plan import Plan
from matching.problem import Problem
from matching.resolve import resolve
from matching.solve import solve
from tests.matching import instances
from tests.matching.support import joined, lines_of

EXACT = Options(gap=0.0, seconds=60)


def _quantities(plan: Plan) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for row in plan.lines:
        pair = (row["need"], row["offer"])
        sums[pair] = sums.get(pair, 0) + row["quantity"]
    return sums


def _accepted(rows: list[Any]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in ("need", "offer", "quantity", "price_rp")} for row in rows]


def _without(document: dict[str, Any], offer: str | None) -> dict[str, Any]:
    return {**document, "lanes": [row for row in document["lanes"] if row["offer"] != offer]}


def _round(seed: int, ration: bool = False) -> tuple[dict[str, Any], Plan]:
    rows = [instances.tiny(10 * seed + k, ration=ration, fixed=False) for k in range(3)]
    document = joined(rows)
    return document, solve(Problem.from_document(document), EXACT)


@pytest.mark.parametrize("ration", [False, True])
def test_only_the_part_of_a_withdrawn_offer_moves(ration: bool) -> None:
    moved = 0
    for seed in range(25):
        document, plan = _round(seed, ration)
        dice = random.Random(seed)
        if not plan.lines:
            continue
        gone = dice.choice(plan.lines)["offer"]
        stay = [row for row in plan.lines if row["offer"] != gone and dice.random() < 0.4]
        problem = Problem.from_document(_without(document, gone) | {"fixed": _accepted(stay)})
        again = resolve(problem, plan, options=EXACT)
        assert check(problem, again).clean, seed
        part = dict(zip(problem.need_id, parts(problem).need_part.tolist(), strict=True))
        hit = {part[row["need"]] for row in plan.lines if row["offer"] == gone}
        old, new = _quantities(plan), _quantities(again)
        differ = {pair for pair in old.keys() | new.keys() if old.get(pair) != new.get(pair)}
        assert all(part[need] in hit for need, _ in differ), seed
        moved += bool(differ)
        assert all(new[row["need"], row["offer"]] >= row["quantity"] for row in stay)
    assert moved > 10


def test_the_touched_part_is_as_cheap_as_a_fresh_solve_of_it() -> None:
    for seed in range(30):
        document = instances.small(seed, fixed=False)
        plan = solve(Problem.from_document(document), EXACT)
        if not plan.lines:
            continue
        problem = Problem.from_document(_without(document, plan.lines[0]["offer"]))
        assert resolve(problem, plan, options=EXACT).cost_rp >= solve(problem, EXACT).cost_rp
        if len(parts(problem)) == 1:
            assert resolve(problem, plan, options=EXACT).cost_rp == solve(problem, EXACT).cost_rp, seed


def test_when_everything_is_accepted_every_line_stays() -> None:
    for seed in range(10):
        document, plan = _round(seed)
        problem = Problem.from_document({**document, "fixed": _accepted(plan.lines)})
        again = resolve(problem, plan, options=EXACT)
        assert check(problem, again).clean
        assert lines_of(again) == lines_of(plan)


def test_without_any_answer_nothing_changes() -> None:
    document, plan = _round(3)
    again = resolve(Problem.from_document(document), plan, options=EXACT)
    assert lines_of(again) == lines_of(plan) and again.cost_rp == plan.cost_rp


def test_accepted_lines_can_be_handed_over_as_rows() -> None:
    document, plan = _round(4)
    rows = _accepted(plan.lines[:2])
    problem = Problem.from_document({**document, "fixed": rows})
    by_rows = resolve(Problem.from_document(document), plan, rows, EXACT)
    assert by_rows.to_document() == resolve(problem, plan, options=EXACT).to_document()


def test_accepted_lines_that_do_not_fit_the_problem_are_refused() -> None:
    document, plan = _round(4)
    with pytest.raises(ProblemError):
        resolve(Problem.from_document(document), plan, [{"need": "x", "offer": "y"}], EXACT)


def test_of_equally_cheap_plans_the_one_with_the_old_lines_is_kept() -> None:
    """Two mills at one price; the plan used the second. A third offer is withdrawn beside them."""
    document = _two_mills()
    plan = _plan_with(document, {"n0": "o1", "n1": "o2"})
    problem = Problem.from_document(_without(document, "o2"))
    again = resolve(problem, plan, options=EXACT)
    assert _quantities(again) == {("n0", "o1"): 4, ("n1", "o0"): 4}


def _two_mills() -> dict[str, Any]:
    needs = [
        {"id": f"n{i}", "buyer": "k", "commodity": "c", "district": "d", "wanted": 4, "unmet_rp": 900}
        for i in range(2)
    ]
    offers = [
        {"id": f"o{j}", "supplier": f"s{j}", "commodity": "c", "capacity": 4}
        | {"tiers": [{"from": 1, "price_rp": 100}]}
        for j in range(3)
    ]
    return {
        "format": "lumbung-problem/1",
        "commodities": [{"id": "c", "unit_g": 1000}],
        "buyers": [{"id": "k"}],
        "suppliers": [{"id": f"s{j}"} for j in range(3)],
        "needs": needs,
        "offers": offers,
        "lanes": [{"need": f"n{i}", "offer": f"o{j}", "freight_rp": 5} for i in range(2) for j in range(3)],
    }


def _plan_with(document: dict[str, Any], used: dict[str, str]) -> Plan:
    """The plan in which each need buys all it wants from one offer."""
    lanes = [row for row in document["lanes"] if used[row["need"]] == row["offer"]]
    return solve(Problem.from_document({**document, "lanes": lanes}), EXACT)


def test_a_new_need_is_served_too() -> None:
    document = _two_mills()
    first = {**document, "needs": document["needs"][:1]}
    first["lanes"] = [row for row in document["lanes"] if row["need"] == "n0"]
    plan = solve(Problem.from_document(first), EXACT)
    again = resolve(Problem.from_document(document), plan, options=EXACT)
    assert again.shortages == []


def test_a_smaller_capacity_moves_no_more_than_it_must() -> None:
    document = _two_mills()
    plan = _plan_with(document, {"n0": "o1", "n1": "o2"})
    document["offers"][2]["capacity"] = 3
    again = resolve(Problem.from_document(document), plan, options=EXACT)
    assert _quantities(again) == {("n0", "o1"): 4, ("n1", "o0"): 1, ("n1", "o2"): 3}


def test_in_a_city_the_end_of_an_offer_moves_few_lines() -> None:
    problem = generate("city", 9)
    plan = solve(problem, Options(work=60))
    document = problem.to_document()
    gone = plan.lines[len(plan.lines) // 2]["offer"]
    lost = {row["need"] for row in plan.lines if row["offer"] == gone}
    smaller = Problem.from_document(_without(document, gone))
    again = resolve(smaller, plan, options=Options(work=200))
    assert check(smaller, again).clean
    kept = lines_of(plan) & lines_of(again)
    assert len(kept) >= 0.9 * (len(plan.lines) - len(lost))
    short = {row["need"] for row in again.shortages} - {row["need"] for row in plan.shortages}
    assert len(short) <= len(lost) // 2


def test_answers_give_the_same_plan_again() -> None:
    document, plan = _round(6)
    problem = Problem.from_document(_without(document, plan.lines[0]["offer"]))
    first = resolve(problem, plan, options=Options(work=20))
    second = resolve(problem, plan, options=Options(work=20, processes=2))
    assert first.to_document() == second.to_document()


def test_the_bound_of_a_rematch_holds_for_its_own_problem() -> None:
    for seed in range(10):
        document, plan = _round(seed)
        problem = Problem.from_document(document)
        again = resolve(problem, plan, options=Options(work=5))
        assert again.bound_rp is not None
        assert again.bound_rp <= solve(problem, EXACT).cost_rp
        assert np.isclose(
            again.gap or 0.0, (again.cost_rp - again.bound_rp) / max(1, again.cost_rp), atol=0.5
        )
