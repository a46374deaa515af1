"""The careful officer does exactly what the yardstick says: held against a second officer, line by line."""

from __future__ import annotations

from typing import Any

import pytest

from matching.check import check
from matching.greedy import greedy
from matching.problem import Problem
from matching.ration import fills
from tests.matching import instances
from tests.matching.builders import problem, stage
from tests.matching.officer import Officer
from tests.matching.support import of_plan


def second(found: Problem) -> dict[tuple[str, str], int]:
    """What the second officer gives on each lane."""
    rations = fills(found) if found.rationed.any() else found.wanted
    columns = (rations, found.wanted, found.rationed)
    target = [max(0, int(r)) if s else int(w) for r, w, s in zip(*columns, strict=True)]
    return Officer(found.to_document(), dict(zip(found.need_id, target, strict=True))).plan()


@pytest.mark.parametrize("kind", [instances.pressed, instances.small])
def test_two_officers_make_the_same_plan(kind: Any) -> None:
    for seed in range(60):
        found = Problem.from_document(kind(seed))
        made = greedy(found)
        assert of_plan(found, made) == second(found), seed
        assert check(found, made).clean, seed


def given(found: Problem) -> list[tuple[str, str, int]]:
    """Need, offer and quantity of the officer's lines."""
    assert check(found, greedy(found)).clean
    return [(line.need, line.offer, line.quantity) for line in greedy(found).lines]


def fixed(*rows: tuple[str, str, int, int]) -> list[dict[str, Any]]:
    """Accepted lines."""
    return [dict(zip(("need", "offer", "quantity", "price_rp"), row, strict=True)) for row in rows]


def test_a_need_whose_fixed_lines_have_too_many_suppliers_gets_nothing_more() -> None:
    held = fixed(("n1", "o1", 10, 300_000), ("n1", "o2", 10, 295_000))
    found = problem(fixed=held, needs__0__max_suppliers=1)
    assert [line for line in given(found) if line[0] == "n1"] == [("n1", "o1", 10), ("n1", "o2", 10)]


def test_a_buyer_whose_fixed_lines_cost_more_than_its_cash_gets_nothing_more_even_on_credit() -> None:
    held = fixed(("n1", "o1", 10, 300_000))
    found = problem(fixed=held, buyers__0__cash_rp=1_000_000, offers__1__credit=True)
    assert [line for line in given(found) if line[0] == "n1"] == [("n1", "o1", 10)]


def test_cash_that_a_lower_price_gives_back_is_spent_again() -> None:
    """n1 and n2 are one buyer's; 30 of n2 lift o1 to 290,000, which makes the first 40 cheaper, too."""
    lanes = [{**lane, "drop_rp": 0} for lane in stage()["lanes"] if lane["offer"] == "o1"]
    whole = 70 * 291_000
    found = problem(lanes=lanes, needs__1__buyer="k1", buyers__0__cash_rp=whole)
    assert given(found) == [("n1", "o1", 40), ("n2", "o1", 30)]
    poorer = problem(lanes=lanes, needs__1__buyer="k1", buyers__0__cash_rp=whole - 1)
    assert given(poorer) == [("n1", "o1", 40), ("n2", "o1", 29)]


def test_goods_for_nothing_whose_delivery_nobody_can_pay_are_left() -> None:
    free = [{"from": 1, "price_rp": 0}]
    lanes = [{"need": "n1", "offer": "o2", "freight_rp": 0, "drop_rp": 500}]
    found = problem(offers__1__tiers=free, lanes=lanes, buyers__0__cash_rp=499)
    assert given(found) == []
    assert given(problem(offers__1__tiers=free, lanes=lanes, buyers__0__cash_rp=500)) == [("n1", "o2", 40)]


def test_rates_that_are_equal_but_for_rounding_go_to_the_first_offer() -> None:
    """Both cost 100.225 a unit; added up in doubles, the second is a trifle less."""
    document = stage(commodities__0__unit_g=3, needs__1__wanted=0)
    document["offers"][0]["tiers"] = document["offers"][1]["tiers"] = [{"from": 1, "price_rp": 100}]
    document["lanes"] = [
        {"need": "n1", "offer": "o1", "freight_rp": 0, "drop_rp": 1},
        {"need": "n1", "offer": "o2", "freight_rp": 0, "drop_rp": 5},
    ]
    document["trips"] = [
        {"supplier": "s1", "district": "d1", "capacity_g": 30, "cost_rp": 2},
        {"supplier": "s2", "district": "d1", "capacity_g": 30, "cost_rp": 1},
    ]
    assert given(Problem.from_document(document)) == [("n1", "o1", 40)]
