"""Goals beside the gap: each figure is what it says, on problems small enough to know by heart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from market.benchmarks import goals, peers, runner
from market.benchmarks.bound import linear, main, plain
from market.benchmarks.measure import Measured
from market.benchmarks.peer_ortools import through_mathopt
from matching import load, save
from matching.bound import bound
from matching.plan import build_plan
from matching.problem import Problem
from tests.matching import exhaustive, instances
from tests.matching.builders import RICE


def optimum_of(problem: Problem) -> float:
    model = linear(problem)
    found = through_mathopt(mathopt.SolverType.GLOP, {"columns": model.columns, "rows": model.rows}, 60.0)
    assert found["values"] is not None
    return float(found["bound"])


@pytest.mark.parametrize("seed", range(25))
def test_the_linear_programme_lies_between_our_bound_and_the_optimum(seed: int) -> None:
    problem = plain(Problem.from_document(instances.tiny(seed, fixed=False)))
    least, _ = exhaustive.optimum(problem.to_document())
    exact = optimum_of(problem)
    assert exact <= least + 1e-6
    assert bound(problem).bound_rp <= np.ceil(exact - 1e-6)


def test_a_plain_problem_has_nothing_but_prices_ceilings_and_capacities() -> None:
    problem = plain(Problem.from_document(instances.small(3)))
    assert problem.n_trips == 0 and problem.fixed_need.size == 0
    assert not problem.drop_rp.any() and not problem.rationed.any()
    assert (problem.cash_rp == -1).all() and (problem.max_weight_g == -1).all()
    assert (problem.ceiling_rp >= 0).any()


def test_of_a_large_problem_one_commodity_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.benchmarks.bound.LARGE", 1)
    whole = Problem.from_document(instances.small(3))
    assert len(set(plain(whole).need_commodity.tolist())) == 1
    assert plain(whole).n_lanes < whole.n_lanes


def test_the_bounds_row_says_how_near_and_how_fast(tmp_path: Path) -> None:
    row = goals.bound(RICE, tmp_path)
    assert row["bound_rp"] <= row["lp_rp"] + 1
    assert row["below_lp"] == pytest.approx(1 - row["bound_rp"] / row["lp_rp"], abs=1e-6)
    assert row["cpu_s"] > 0 and row["times_glop"] >= 0
    assert row["with_trucks_rp"] > 0 and row["plain_lp_rp"] > 0


def test_a_decline_is_matched_again_without_the_lane_that_was_refused(tmp_path: Path) -> None:
    row = goals.rematch(runner.matching, RICE, tmp_path, 5.0, 0)
    plan = json.loads((tmp_path / "again.json").read_text())
    declined = json.loads((tmp_path / "declined.json").read_text())
    assert row["clean"] and row["lines_changed"] >= 1
    assert len(declined["lanes"]) == len(json.loads(RICE.read_text())["lanes"]) - 1
    assert all((line["need"], line["offer"]) in {(k["need"], k["offer"]) for k in declined["lanes"]}
               for line in plan["lines"])  # fmt: skip
    assert row["share_of_time"] > 0 and row["share_of_cpu"] > 0


def test_building_is_told_per_68_000_lanes_and_as_a_multiple_of_pulps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(command: list[str], **options: Any) -> Measured:
        if command[1].endswith("peer_pulp.py"):
            return Measured(0, '{"build_cpu_s": 3.0}', "", 3.0, 3.0, 50.0)
        return Measured(0, '{"lanes": 680, "cpu_s": 0.001}', "", 1.0, 1.0, 50.0)

    monkeypatch.setattr(goals, "measured", measured)
    monkeypatch.setattr(peers, "pulp_python", lambda: Path("python"))
    row = goals.build(RICE, tmp_path)
    assert (row["ms_per_68000_lanes"], row["times_pulp"]) == (100.0, 3000)


def test_our_side_of_building_is_measured_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(RICE)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["lanes"] == 2 and said["cpu_s"] > 0


def test_a_plan_is_no_problem_to_find_a_bound_for(tmp_path: Path) -> None:
    problem = load(RICE)
    assert isinstance(problem, Problem)
    nothing = tmp_path / "plan.json"
    save(build_plan(problem, np.zeros(problem.n_lanes, dtype=np.int64)), nothing)
    with pytest.raises(SystemExit):
        main(["full", str(nothing)])
