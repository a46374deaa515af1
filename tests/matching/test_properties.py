"""What must hold of any optimum: less to obey, other names, other money, shorter searches."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from matching.check import check
from matching.greedy import greedy
from matching.options import Options
from matching.problem import Problem
from matching.solve import solve
from tests.matching.every_plan import EveryPlan
from tests.matching.instances import pressed, small, tiny

EXACT = Options(gap=0.0, seconds=30)
Document = dict[str, Any]


def without_ration(seed: int) -> Document:
    """A tiny problem in which nothing is rationed or fixed, with every default written out."""
    document = Problem.from_document(pressed(seed)).to_document()
    for row in document["commodities"]:
        row["ration"] = None
    return {**document, "fixed": []}


def best(document: Document) -> int:
    """The solver's optimum."""
    return solve(Problem.from_document(document), EXACT).cost_rp


def more_capacity(dice: random.Random, document: Document) -> None:
    dice.choice(document["offers"])["capacity"] += dice.randint(1, 3)


def higher_ceiling(dice: random.Random, document: Document) -> None:
    for row in document["needs"]:
        if row["ceiling_rp"] is not None:
            row["ceiling_rp"] += dice.randint(0, 40)


def cheaper_tier(dice: random.Random, document: Document) -> None:
    offer = dice.choice(document["offers"])
    tier = offer["tiers"][-1]
    tier["price_rp"] = max(0, tier["price_rp"] - dice.randint(1, 30))


def earlier_tier(dice: random.Random, document: Document) -> None:
    for offer in document["offers"]:
        if len(offer["tiers"]) > 1 and offer["tiers"][1]["from"] > 2:
            offer["tiers"][1]["from"] -= 1


def more_weight(dice: random.Random, document: Document) -> None:
    for row in document["suppliers"]:
        if row["max_weight_g"] is not None:
            row["max_weight_g"] += 3000


def smaller_minimums(dice: random.Random, document: Document) -> None:
    for row in document["offers"]:
        row |= {"min_total": max(0, row["min_total"] - 1), "min_per_need": max(1, row["min_per_need"] - 1)}


@pytest.mark.parametrize(
    "ease", [more_capacity, higher_ceiling, cheaper_tier, earlier_tier, more_weight, smaller_minimums]
)
def test_less_to_obey_never_makes_the_best_plan_dearer(
    ease: Callable[[random.Random, Document], None],
) -> None:
    """By trying all plans; where it makes a difference the solver has to see it, too."""
    cheaper = 0
    for seed in range(60):
        document = without_ration(seed)
        eased = json.loads(json.dumps(document))
        ease(random.Random(seed), eased)
        before, after = EveryPlan(document, beyond=0).least(), EveryPlan(eased, beyond=0).least()
        assert after <= before, seed
        cheaper += after < before
        if after < before and cheaper <= 8:
            assert (best(document), best(eased)) == (before, after), seed
    assert cheaper > 0


def scaled(document: Document, factor: int) -> Document:
    """All money of a problem multiplied."""
    document = json.loads(json.dumps(document))
    money = ("cash_rp", "ceiling_rp", "unmet_rp", "fixed_rp", "freight_rp", "drop_rp", "cost_rp", "price_rp")
    tiers = [tier for offer in document["offers"] for tier in offer["tiers"]]
    rows = [row for section in document.values() if isinstance(section, list) for row in section]
    for row in [*rows, *tiers]:
        row |= {key: row[key] * factor for key in money if row.get(key) is not None}
    return document


@pytest.mark.parametrize("factor", [7, 1_000])
def test_all_money_times_a_whole_number_is_the_same_problem(factor: int) -> None:
    for seed in range(18):
        document = Problem.from_document(pressed(seed)).to_document()
        for trip in document["trips"]:  # where the share is whole, it scales along
            trip["min_load_g"] = min(trip["min_load_g"] // 1000 * 1000, 2000)
            trip["cost_rp"] = trip["cost_rp"] // 2 * 2
        assert best(scaled(document, factor)) == factor * best(document), seed


def renamed(dice: random.Random, document: Document) -> Document:
    """Other ids for everything that has one, in another order of the alphabet."""
    names: dict[str, str] = {}

    def name(old: str) -> str:
        return names.setdefault(old, f"{dice.choice('azéZ-')}{dice.randint(0, 10**6)}{old}")

    keys = ("id", "buyer", "supplier", "commodity", "need", "offer", "district")
    found: Document = {"format": document["format"]}
    for section, rows in document.items():
        if section != "format":
            found[section] = [{k: name(v) if k in keys else v for k, v in row.items()} for row in rows]
    for row in found["needs"]:
        row["also"] = [name(old) for old in row["also"]]
    return found


def test_other_names_with_the_order_given_are_the_same_problem() -> None:
    for seed in range(20):
        document = Problem.from_document(pressed(seed)).to_document()
        for number, row in enumerate(document["needs"]):  # ties in `order` would go to the first id
            row["order"] = number
        # Two rationed commodities would be shared out in the order of their ids; here is one at most.
        assert best(renamed(random.Random(seed), document)) == best(document), seed


def test_bounds_stay_below_the_optimum_and_costs_above_however_short_the_search() -> None:
    for seed in range(20):
        problem = Problem.from_document(tiny(seed))
        plans = EveryPlan(problem.to_document(), beyond=0)
        least = plans.least()
        hasty = (Options(seconds=0.0), Options(work=0), Options(work=1), Options(work=3, gap=0.2))
        for options in hasty:
            plan = solve(problem, options)
            assert check(problem, plan).clean
            bounds = [bound for bound in (plan.certified_bound_rp, plan.bound_rp) if bound is not None]
            assert sorted([*bounds, least, plan.cost_rp]) == [*bounds, least, plan.cost_rp], (seed, options)
        assert greedy(problem).cost_rp >= least


def test_more_work_never_gives_a_dearer_plan_than_the_officer() -> None:
    for seed in range(8):
        problem = Problem.from_document(small(seed))
        costs = [solve(problem, Options(work=work, gap=0.0)).cost_rp for work in (0, 4, 40)]
        assert max(costs) <= greedy(problem).cost_rp
        assert costs[-1] <= costs[0]


@pytest.mark.parametrize("seed", [953, 2226, 9162])
def test_what_is_fixed_in_one_piece_takes_its_weight_from_the_suppliers_other_pieces(seed: int) -> None:
    problem = Problem.from_document(pressed(seed))
    plan = solve(problem, EXACT)
    assert check(problem, plan).clean
    assert plan.cost_rp == EveryPlan(problem.to_document(), beyond=0).least()
