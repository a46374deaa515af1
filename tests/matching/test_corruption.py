"""Planted corruption, through the files and the command as an outsider uses them: `check` finds every one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from matching.certificate import to_json
from matching.cli import main
from matching.files import save
from matching.frame import Frame, Prices, default_truck
from matching.options import Options
from matching.plan import Plan, build_plan, lane_quantity_of
from matching.problem import Problem
from matching.rules import State, cost_rp
from matching.solve import solve
from tests.matching.builders import plan, problem, quantities
from tests.matching.instances import pressed
from tests.matching.test_rules import PAIRS

FIXED = [{"need": "n1", "offer": "o1", "quantity": 10, "price_rp": 295_000}]
WHOLE = {"offers__0__fixed_rp": 70_000, "offers__1__fixed_rp": 30_000, "fixed": FIXED}
"""With the stage's freight, drop, trucks and two tiers: every term of the cost is there."""


class Desk:
    """A problem and plans of it as files, and what `check` says of them."""

    def __init__(self, folder: Path, found: Problem, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        save(found, folder / "problem.json")

    def judged(self, document: dict[str, Any]) -> tuple[int, set[str]]:
        """Exit code and broken rules."""
        (self.folder / "plan.json").write_text(json.dumps(document))
        code = main(["check", str(self.folder / "problem.json"), str(self.folder / "plan.json")])
        said = json.loads(self.capfd.readouterr().out)
        assert set(said) == {"clean", "cost_rp", "certified_bound_rp", "faults"}
        assert said["clean"] == (code == 0) == (said["faults"] == [])
        return code, {fault["rule"] for fault in said["faults"]}


def certified(found: Problem, **units: int) -> Plan:
    """A plan with a certificate at the offers' own prices."""
    prices = Prices(10, found.tier_price_rp * 10, default_truck(Frame(found), 10))
    return build_plan(found, quantities(found, **units), certificate=to_json(found, prices))


def whole(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> tuple[Desk, dict[str, Any]]:
    """A clean plan with a certificate in which every term of the cost occurs."""
    found = problem(**WHOLE)
    document = certified(found, n1_o1=20, n2_o1=5, n2_o2=20).to_document()
    desk = Desk(tmp_path, found, capfd)
    assert desk.judged(document) == (0, set())
    return desk, document


@pytest.mark.parametrize(("rule", "changes", "kept", "broken"), PAIRS)
def test_a_plan_that_breaks_one_rule_is_found_out(
    rule: str,
    changes: dict[str, Any],
    kept: dict[str, int],
    broken: dict[str, int],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Everything else about the plan is right: only the rule itself gives it away."""
    found = problem(**changes)
    desk = Desk(tmp_path, found, capfd)
    assert desk.judged(plan(found, **kept).to_document()) == (0, set())
    assert desk.judged(plan(found, **broken).to_document()) == (1, {rule})


def test_a_plan_that_leaves_out_what_is_fixed_is_found_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = problem(fixed=FIXED)
    desk = Desk(tmp_path, found, capfd)
    free = plan(problem(), n1_o2=30).to_document()
    code, broken = desk.judged({**free, "problem_sha256": found.sha256})
    assert code == 1 and "rule_6_fixed" in broken


TERMS = {
    "goods": lambda s: int(s.goods_rp.sum()),
    "a price that may not rise": lambda s: 10 * (300_000 - 295_000),
    "freight": lambda s: int((s.x * s.problem.freight_rp).sum()),
    "drops": lambda s: int(s.problem.drop_rp[s.x > 0].sum()),
    "openings": lambda s: int(s.problem.fixed_rp[s.volume > 0].sum()),
    "trucks": lambda s: int((s.trips * s.problem.trip_cost_rp).sum()),
    "part of a truck": lambda s: int(s.problem.trip_cost_rp[0]) // 2,
    "penalties": lambda s: int(s.problem.unmet_rp[0]) * 10,
}


@pytest.mark.parametrize("term", TERMS)
def test_a_cost_without_one_of_its_terms_is_found_out(
    term: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk, document = whole(tmp_path, capfd)
    found = problem(**WHOLE)
    y = quantities(found, n1_o1=20, n2_o1=5, n2_o2=20)
    state = State(found, y + found.lane_fixed)
    assert cost_rp(state) == document["cost_rp"]
    missing = TERMS[term](state)
    assert missing > 0
    cost = document["cost_rp"] - missing
    gap = (cost - document["bound_rp"]) / max(1, cost)
    code, broken = desk.judged({**document, "cost_rp": cost, "gap": gap})
    assert code == 1 and "cost" in broken


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"problem_sha256": "0" * 64}, "problem"),
        ({"bound_rp": None, "gap": None, "certified_bound_rp": None}, "certificate"),
        ({"certificate": None}, "certificate"),
        ({"certificate": {"kind": "prices/1", "scale": 10, "pi": [["o1", 1, 9_000_000]]}}, "certificate"),
        ({"certificate": {"kind": "prices/1", "scale": 10, "weight": [["s1", -1]]}}, "certificate"),
        ({"certificate": {}}, "certificate"),
        ({"gap": 0.0}, "gap"),
        ({"gap": None}, "gap"),
    ],
)
def test_words_that_were_changed_are_found_out(
    changes: dict[str, Any], rule: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk, document = whole(tmp_path, capfd)
    code, broken = desk.judged({**document, **changes})
    assert code == 1 and rule in broken


@pytest.mark.parametrize(
    ("certified_by", "bound_by"), [(1, 0), (-1, 0), (0, -1), (10**9, 10**9), (0, "cost"), ("cost", "cost")]
)
def test_bounds_that_say_more_than_they_can_are_found_out(
    certified_by: Any, bound_by: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """certified_bound_rp <= bound_rp <= cost_rp, and the first is what the certificate proves."""
    desk, document = whole(tmp_path, capfd)
    above = document["cost_rp"] - document["certified_bound_rp"] + 1
    steps = {"cost": above}
    certified_rp = document["certified_bound_rp"] + steps.get(certified_by, certified_by)
    bound = document["certified_bound_rp"] + steps.get(bound_by, bound_by)
    gap = (document["cost_rp"] - bound) / max(1, document["cost_rp"])
    wrong = {**document, "certified_bound_rp": certified_rp, "bound_rp": bound, "gap": gap}
    code, broken = desk.judged(wrong)
    assert code == 1 and broken & {"bound", "certificate"}


def test_a_better_bound_than_the_certified_one_may_stand_up_to_the_cost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk, document = whole(tmp_path, capfd)
    for bound in (document["certified_bound_rp"] + 1, document["cost_rp"]):
        gap = (document["cost_rp"] - bound) / document["cost_rp"]
        assert desk.judged({**document, "bound_rp": bound, "gap": gap}) == (0, set())


def test_a_plan_without_any_bound_is_clean() -> None:
    found = problem()
    made = plan(found, n1_o1=40)
    assert (made.bound_rp, made.certified_bound_rp, made.gap) == (None, None, None)


def test_a_plan_for_a_changed_problem_is_found_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for seed in (1, 4, 8):
        found = Problem.from_document(pressed(seed))
        made = solve(found, Options(gap=0.0, seconds=10))
        desk = Desk(tmp_path, found, capfd)
        assert desk.judged(made.to_document()) == (0, set())
        other = found.to_document()
        other["needs"][0]["weight"] += 1
        changed = Desk(tmp_path, Problem.from_document(other), capfd)
        assert changed.judged(made.to_document())[1] == {"problem"}
        assert (
            lane_quantity_of(Problem.from_document(other), made).sum() == lane_quantity_of(found, made).sum()
        )
