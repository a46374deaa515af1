"""Each rule once kept and once broken, by one unit, gram, truck or rupiah."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching import rules
from matching.problem import Problem
from matching.rules import RULES, State, cost_rp
from tests.matching import exhaustive
from tests.matching.builders import problem, quantities, state
from tests.matching.instances import tiny

FIXED = [{"need": "n1", "offer": "o1", "quantity": 10, "price_rp": 300_000}]

# rule, what is changed on the stage, units that keep it, units that break it
PAIRS: list[tuple[str, dict[str, Any], dict[str, int], dict[str, int]]] = [
    ("rule_1_fill", {}, {"n1_o1": 40}, {"n1_o1": 41}),
    ("rule_1_fill", {"needs__0__at_most": 45}, {"n1_o1": 20, "n1_o2": 25}, {"n1_o1": 20, "n1_o2": 26}),
    ("rule_1_fill", {"fixed": FIXED}, {"n1_o1": 30}, {"n1_o1": 31}),
    ("rule_1_min_fill", {"needs__0__min_fill": 30}, {"n1_o1": 10, "n1_o2": 20}, {"n1_o1": 10, "n1_o2": 19}),
    ("rule_1_min_fill", {"needs__0__min_fill": 30}, {}, {"n1_o1": 1}),
    ("rule_1_max_suppliers", {"needs__0__max_suppliers": 1}, {"n1_o1": 40}, {"n1_o1": 20, "n1_o2": 20}),
    ("rule_1_max_suppliers", {"needs__0__max_suppliers": 1, "fixed": FIXED}, {"n1_o1": 5}, {"n1_o2": 5}),
    ("rule_2_lot", {"offers__0__lot": 5}, {"n1_o1": 15}, {"n1_o1": 16}),
    ("rule_2_lot", {"offers__0__lot": 3, "fixed": FIXED}, {"n1_o1": 3}, {"n1_o1": 2}),
    ("rule_2_min_per_need", {"offers__0__min_per_need": 8}, {"n1_o1": 8}, {"n1_o1": 7}),
    ("rule_2_min_per_need", {"offers__0__min_per_need": 12, "fixed": FIXED}, {"n1_o1": 2}, {"n1_o1": 1}),
    ("rule_2_capacity", {"offers__0__capacity": 60}, {"n1_o1": 40, "n2_o1": 20}, {"n1_o1": 40, "n2_o1": 21}),
    ("rule_2_min_total", {"offers__0__min_total": 50}, {"n1_o1": 40, "n2_o1": 10}, {"n1_o1": 40, "n2_o1": 9}),
    ("rule_2_min_total", {"offers__0__min_total": 50, "fixed": FIXED}, {}, {"n2_o1": 9}),
    (
        "rule_3_ceiling",
        {"needs__0__ceiling_rp": 300_999},
        {"n1_o1": 40, "n2_o1": 10},
        {"n1_o1": 40, "n2_o1": 9},
    ),
    ("rule_4_max_trips", {"trips__0__max_trips": 1}, {"n1_o1": 40}, {"n1_o1": 40, "n2_o1": 1}),
    ("rule_4_min_load", {"trips__0__min_load_g": 500_000}, {"n1_o1": 20}, {"n1_o1": 19}),
    (
        "rule_4_min_load",
        {"trips__0__min_load_g": 600_000},
        {"n1_o1": 18, "n2_o1": 30},
        {"n1_o1": 17, "n2_o1": 30},
    ),
    ("rule_5_cash", {"buyers__0__cash_rp": 10 * 301_000 + 20_000}, {"n1_o1": 10}, {"n1_o1": 11}),
    (
        "rule_5_weight",
        {"suppliers__0__max_weight_g": 1_250_000},
        {"n1_o1": 40, "n2_o1": 10},
        {"n1_o1": 40, "n2_o1": 11},
    ),
]


@pytest.mark.parametrize(("rule", "changes", "kept", "broken"), PAIRS)
def test_a_rule_is_kept_and_broken(
    rule: str, changes: dict[str, Any], kept: dict[str, int], broken: dict[str, int]
) -> None:
    found = problem(**changes)
    judge = getattr(rules, rule)
    assert judge(state(found, **kept)) == []
    faults = judge(state(found, **broken))
    assert [fault.rule for fault in faults] == [rule]
    assert faults[0].row
    assert faults[0].text


def test_every_rule_has_a_pair() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, *_ in PAIRS} | {"rule_6_fixed"}


def test_fixed_lines_must_be_there_whole() -> None:
    found = problem(fixed=FIXED)
    assert rules.rule_6_fixed(State(found, quantities(found, n1_o1=10))) == []
    faults = rules.rule_6_fixed(State(found, quantities(found, n1_o1=9)))
    assert [fault.row for fault in faults] == ["line n1 o1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"needs__0__at_most": 40, "fixed": [{**FIXED[0], "quantity": 60}]},
        {"needs__0__min_fill": 30},
        {"needs__0__max_suppliers": 0},
        {"offers__0__min_per_need": 12},
        {"offers__0__min_total": 12},
        {"needs__0__ceiling_rp": 1},
        {"trips__0__min_load_g": 900_000},
        {"buyers__0__cash_rp": 0},
    ],
)
def test_fixed_lines_alone_break_nothing(changes: dict[str, Any]) -> None:
    found = problem(**{"fixed": FIXED, **changes})
    only_fixed = state(found)
    assert [fault for rule in RULES for fault in rule(only_fixed)] == []


def test_the_truck_share_counts_against_ceiling_and_cash() -> None:
    # h = 100,000 x 25,000 / 250,000 = 10,000 a sack
    dear = {"trips__0__min_load_g": 250_000, "needs__0__ceiling_rp": 311_000}
    assert rules.rule_3_ceiling(state(problem(**dear), n1_o1=10)) == []
    dear["needs__0__ceiling_rp"] = 310_999
    assert rules.rule_3_ceiling(state(problem(**dear), n1_o1=10))
    cash = {"trips__0__min_load_g": 250_000, "buyers__0__cash_rp": 10 * 311_000 + 20_000}
    assert rules.rule_5_cash(state(problem(**cash), n1_o1=10)) == []
    cash["buyers__0__cash_rp"] -= 1
    assert rules.rule_5_cash(state(problem(**cash), n1_o1=10))


def test_the_drop_cost_does_not_count_against_the_ceiling() -> None:
    assert rules.rule_3_ceiling(state(problem(needs__0__ceiling_rp=301_000), n1_o1=1)) == []


def test_offers_on_credit_need_no_cash() -> None:
    broke = problem(buyers__0__cash_rp=0, offers__0__credit=True)
    assert rules.rule_5_cash(state(broke, n1_o1=40)) == []
    assert rules.rule_5_cash(state(broke, n1_o2=1))


def test_a_rationed_need_gets_no_more_than_it_wanted() -> None:
    one_tier = [{"from": 1, "price_rp": 300_000}]
    fair = problem(commodities__0__ration="max_min", offers__0__tiers=one_tier, needs__0__at_most=50)
    assert rules.rule_1_fill(state(fair, n1_o1=40)) == []
    assert rules.rule_1_fill(state(fair, n1_o1=41))


def test_huge_truck_shares_do_not_wrap_around() -> None:
    huge = problem(
        trips__0__min_load_g=1, trips__0__cost_rp=2**40, trips__0__capacity_g=10**9, buyers__0__cash_rp=2**52
    )
    assert rules.rule_5_cash(state(huge, n1_o1=40))


@pytest.mark.parametrize("seed", range(80))
def test_the_rules_agree_with_plain_ones_on_every_plan(seed: int) -> None:
    found = Problem.from_document(tiny(seed, most=2))
    book = exhaustive.Book(found.to_document())
    for number, y in enumerate(exhaustive.plans(book)):
        if number % 7 == 0:
            lanes = {f"{need}_{offer}": amount for (need, offer), amount in y.items()}
            judged = state(found, **lanes)
            broken = [fault for rule in RULES for fault in rule(judged)]
            assert (not broken) == exhaustive.allowed(book, y), (y, broken)
            assert cost_rp(judged) == exhaustive.cost(book, y)


def test_sums_stay_exact_where_int64_would_wrap() -> None:
    big = np.array([2**40, 2**40])
    total = rules.exact_sums(np.array([0, 0]), big, np.array([2**30, 2**30]), 1)
    assert int(total[0]) == 2**71
