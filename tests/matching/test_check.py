"""The judge believes nothing: whatever a plan says wrongly is found."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matching
from matching.certificate import to_json
from matching.check import check
from matching.files import plan_from_document
from matching.frame import Frame, Prices, default_truck
from matching.plan import Plan, build_plan
from matching.problem import Problem
from tests.matching import exhaustive
from tests.matching.builders import plan, problem, quantities, rice
from tests.matching.instances import tiny

FIXED = [{"need": "n1", "offer": "o1", "quantity": 10, "price_rp": 295_000}]


def judged(document: dict[str, Any], found: Problem) -> set[str]:
    """The rules that a plan document breaks."""
    return {fault.rule for fault in check(found, plan_from_document(document)).faults}


def certified(found: Problem, **units: int) -> Plan:
    """A plan with a certificate at the offers' own prices."""
    prices = Prices(100, found.tier_price_rp * 100, default_truck(Frame(found), 100))
    y = quantities(found, **units)
    return build_plan(found, y, seed=0, certificate=to_json(found, prices))


def good() -> tuple[Problem, dict[str, Any]]:
    """A clean plan in which every table has rows, with a certificate."""
    found = problem(fixed=FIXED)
    document = json.loads(json.dumps(certified(found, n1_o1=20, n2_o1=5, n2_o2=20).to_document()))
    assert judged(document, found) == set()
    return found, document


def test_the_rice_plan_is_clean() -> None:
    found = Problem.from_document(rice())
    verdict = check(found, build_plan(found, np.array([48, 32])))
    assert verdict.clean
    assert verdict.cost_rp == 23_840_000
    assert verdict.to_document()["faults"] == []


def numbers(place: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all numbers in a document."""
    if isinstance(place, dict):
        return [p for key, value in place.items() for p in numbers(value, (*path, key))]
    if isinstance(place, list):
        return [p for key, value in enumerate(place) for p in numbers(value, (*path, key))]
    return [path] if isinstance(place, int | float) and not isinstance(place, bool) else []


@pytest.mark.parametrize("change", [1, -1, 1000])
def test_no_number_of_a_plan_can_be_changed_unnoticed(change: int) -> None:
    found, document = good()
    paths = [p for p in numbers(document) if p[0] not in ("seed", "certificate")]
    assert len(paths) > 20
    for path in paths:
        wrong = copy.deepcopy(document)
        place = wrong
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += change
        assert judged(wrong, found), path


@pytest.mark.parametrize("table", ["lines", "offers", "trips", "shortages"])
def test_no_row_can_be_left_out_or_written_twice(table: str) -> None:
    found, document = good()
    for number in range(len(document[table])):
        short, long = copy.deepcopy(document), copy.deepcopy(document)
        del short[table][number]
        long[table].append(long[table][number])
        assert judged(short, found)
        assert judged(long, found)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("problem_sha256", "0" * 64, "problem"),
        ("bound_rp", None, "gap"),
        ("gap", None, "gap"),
        ("certificate", None, "certificate"),
        ("certified_bound_rp", None, "certificate"),
        ("lines__0__need", "n9", "lines"),
        ("lines__0__offer", "o2", "lines"),
        ("offers__0__offer", "o2", "offers"),
        ("trips__0__district", "d2", "trips"),
        ("shortages__0__need", "n2", "shortages"),
        ("shortages__0__reason", "mood", "shortages"),
        ("certificate__kind", "prices/2", "certificate"),
        ("certificate__scale", 0, "certificate"),
        ("certificate__pi", [["o9", 1, 5]], "certificate"),
        ("certificate__pi", 5, "certificate"),
        ("certificate__extra", 5, "certificate"),
    ],
)
def test_no_word_of_a_plan_can_be_changed_unnoticed(path: str, value: Any, rule: str) -> None:
    found, document = good()
    place: Any = document
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
    for step in steps:
        place = place[step]
    place[last] = value
    assert rule in judged(document, found)


def test_the_order_of_rows_and_the_seed_do_not_matter() -> None:
    found, document = good()
    for table in ("lines", "offers", "trips", "shortages"):
        document[table].reverse()
    document["seed"] = None
    assert judged(document, found) == set()


def test_a_bound_above_the_cost_is_refused() -> None:
    found = problem()
    above = plan(found, n1_o1=40, n2_o2=30)
    for bound in (above.cost_rp, above.cost_rp + 1):
        made = build_plan(found, quantities(found, n1_o1=40, n2_o2=30), bound_rp=bound)
        assert check(found, made).clean == (bound <= above.cost_rp)


def test_a_certificate_for_more_than_it_proves_is_refused() -> None:
    found, document = good()
    document["certified_bound_rp"] += 1
    document["bound_rp"] = max(document["bound_rp"], document["certified_bound_rp"])
    assert "certificate" in judged(document, found)


def test_prices_raised_in_the_certificate_change_what_it_proves() -> None:
    found, document = good()
    for row in document["certificate"]["pi"]:
        row[2] += 100_000
    assert "certificate" in judged(document, found)


def test_fixed_and_fresh_units_of_a_pair_are_two_lines() -> None:
    found, document = good()
    lines = document["lines"]
    first, second = [line for line in lines if (line["need"], line["offer"]) == ("n1", "o1")]
    assert [first["quantity"], second["quantity"]] == [10, 20]
    first["quantity"] += second["quantity"]
    lines.remove(second)
    assert "lines" in judged(document, found)


def test_one_line_in_two_halves_is_refused() -> None:
    found, document = good()
    line = next(line for line in document["lines"] if line["offer"] == "o2")
    line["quantity"] -= 5
    document["lines"].append({**line, "quantity": 5})
    assert "lines" in judged(document, found)


def test_astronomical_quantities_are_judged_without_wrapping_around() -> None:
    found, document = good()
    document["lines"][0]["quantity"] = 2**53
    assert judged(document, found)


def test_rationed_fills_in_the_certificate_must_be_those_of_the_plan() -> None:
    one_tier = [{"from": 1, "price_rp": 300_000}]
    found = problem(commodities__0__ration="max_min", offers__0__tiers=one_tier)
    prices = Prices(1, found.tier_price_rp, default_truck(Frame(found), 1))
    y = quantities(found, n1_o1=40, n2_o2=30)
    right = build_plan(found, y, certificate=to_json(found, prices, np.array([40, 30])))
    assert check(found, right).clean
    wrong = build_plan(found, y, certificate=to_json(found, prices, np.array([40, 29])))
    assert "certificate" in {fault.rule for fault in check(found, wrong).faults}


@pytest.mark.parametrize("seed", range(60))
def test_the_judge_agrees_with_plain_rules(seed: int) -> None:
    found = Problem.from_document(tiny(seed, most=2))
    book = exhaustive.Book(found.to_document())
    for number, y in enumerate(exhaustive.plans(book)):
        if number % 31 == 0:
            made = plan(found, **{f"{need}_{offer}": amount for (need, offer), amount in y.items()})
            assert check(found, made).clean == exhaustive.allowed(book, y)


def test_the_judge_has_never_met_a_solver() -> None:
    met, todo = set(), ["check"]
    while todo:
        name = todo.pop()
        met.add(name)
        tree = ast.parse((Path(matching.__file__).parent / f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                found = [node.module] if node.module else [alias.name for alias in node.names]
                todo += [module for module in found if module and module not in met]
            assert "ortools" not in ast.dump(node) if isinstance(node, ast.Import | ast.ImportFrom) else True
    assert met.isdisjoint({"solve", "search", "bound", "milp", "highs", "flow", "repair", "greedy", "tally"})


def test_importing_the_package_loads_no_solver() -> None:
    banned = "('ortools', 'pandas', 'flask', 'market')"
    code = (
        f"import sys, matching, matching.cli; print([m for m in sys.modules if m.split('.')[0] in {banned}])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
