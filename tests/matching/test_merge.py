"""Parts solved apart and merged are a plan of the whole: clean, and its bound is the sum of theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import matching
from matching.cli import main
from matching.merge import merge, merged
from matching.parts import parts
from matching.problem import Problem
from tests.matching import exhaustive, instances

QUICK = matching.Options(work=40)


def several(seed: int) -> Problem:
    """Three tiny problems side by side; two of them share a buyer without a limit."""
    sections: dict[str, Any] = {}
    for number in range(3):
        document = instances.tiny(3 * seed + number)
        text = json.dumps(document)
        whole = json.loads(text)
        for section, rows in whole.items():
            if isinstance(rows, list):
                sections.setdefault(section, []).extend(_renamed(row, f"{number}-") for row in rows)
    for order, need in enumerate(sections["needs"]):
        need["order"] = order
    return Problem.from_document({"format": "lumbung-problem/1", **sections})


def _renamed(row: dict[str, Any], mark: str) -> dict[str, Any]:
    names = {"id", "buyer", "commodity", "supplier", "district", "need", "offer"}
    found = {key: mark + value if key in names else value for key, value in row.items()}
    if "also" in found:
        found["also"] = [mark + name for name in found["also"]]
    return found


def solved(problem: Problem, count: int) -> list[tuple[Problem, matching.Plan]]:
    return [(part, matching.solve(part, QUICK)) for part in parts(problem).problems(count)]


@pytest.mark.parametrize("seed", range(25))
def test_merged_parts_are_a_clean_plan_with_the_sum_of_costs_and_bounds(seed: int) -> None:
    problem = several(seed)
    apart = solved(problem, 99)
    whole = merge(problem, apart)
    assert matching.check(problem, whole).faults == ()
    assert whole.cost_rp == sum(plan.cost_rp for _, plan in apart)
    assert whole.bound_rp == sum(plan.bound_rp or 0 for _, plan in apart)
    certified = sum(plan.certified_bound_rp or 0 for _, plan in apart)
    assert whole.certified_bound_rp is not None
    # Each part rounds its own bound up to a whole rupiah; all of them together are rounded once.
    assert certified - 2 * len(apart) <= whole.certified_bound_rp <= certified


@pytest.mark.parametrize("seed", range(6))
def test_solving_apart_finds_the_optimum_of_the_whole(seed: int) -> None:
    problem = several(seed)
    best = sum(exhaustive.optimum(part.to_document())[0] for part in parts(problem).problems(99))
    assert merge(problem, solved(problem, 99)).cost_rp == best


def test_packets_hold_every_part_once_and_are_about_even() -> None:
    problem = several(4)
    found = parts(problem)
    packets = found.packets(2)
    assert sorted(number for packet in packets for number in packet.tolist()) == list(range(found.count))
    sizes = [part.n_lanes for part in found.problems(2)]
    assert sum(sizes) == problem.n_lanes
    assert len(list(found.problems(1))) == 1
    with pytest.raises(ValueError, match="at least 1"):
        found.packets(0)


def test_a_plan_of_another_part_is_refused() -> None:
    problem = several(1)
    apart = solved(problem, 2)
    assert len(apart) == 2
    with pytest.raises(matching.ProblemError, match="bagian yang lain"):
        merge(problem, [(apart[0][0], apart[1][1]), (apart[1][0], apart[0][1])])


def test_a_missing_part_is_refused() -> None:
    problem = several(1)
    with pytest.raises(matching.ProblemError, match="tepat di satu bagian"):
        merge(problem, solved(problem, 2)[:1])


def test_one_part_without_proof_leaves_the_whole_without() -> None:
    problem = several(2)
    apart = solved(problem, 2)
    plan = matching.greedy(apart[0][0])
    whole = merge(problem, [(apart[0][0], plan), *apart[1:]])
    assert whole.certificate is None
    assert whole.bound_rp is None
    assert matching.check(problem, whole).clean


def test_finer_prices_are_rounded_to_the_coarsest_scale() -> None:
    fine = {"kind": "prices/1", "scale": 1000, "pi": [["a", 1, 12_345]]}
    leaf = {"needs": ["n"], "nodes": [{"leaf": {"pi": [["c", 1, 1999]]}}]}
    rough = {"kind": "prices/1", "scale": 10, "pi": [["b", 1, 70]]}
    found = merged([fine | {"trees": [leaf]}, rough])
    assert found is not None
    assert found["scale"] == 10
    assert found["pi"] == [["a", 1, 123], ["b", 1, 70]]
    assert found["trees"][0]["nodes"] == [{"leaf": {"pi": [["c", 1, 19]]}}]


def test_parts_are_written_solved_and_merged_on_the_command_line(tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    matching.save(several(3), whole)
    assert main(["parts", str(whole), "--into", "2", "--folder", str(tmp_path)]) == 0
    files = sorted(tmp_path.glob("part-*.json"))
    plans = [str(file.with_suffix(".plan")) for file in files]
    for file, plan in zip(files, plans, strict=True):
        assert main(["solve", str(file), "-o", plan, "--work", "20"]) == 0
    target = str(tmp_path / "merged.json")
    names = [str(file) for file in files]
    assert main(["merge", str(whole), "--parts", *names, "--plans", *plans, "-o", target]) == 0
    assert main(["check", str(whole), target]) == 0
