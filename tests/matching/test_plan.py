"""A plan says what its quantities cost, to the rupiah."""

from __future__ import annotations

import numpy as np
import pytest

from matching.outcome import outcome
from matching.plan import Plan, build_plan, gap_of, lane_quantity_of
from matching.problem import Problem
from tests.matching import exhaustive
from tests.matching.builders import LAMONGAN, NEED, NGAWI, plan, problem, quantities, rice
from tests.matching.instances import tiny


def two_tons() -> Plan:
    """The rice story's plan: all of Lamongan, the rest from Ngawi."""
    found = Problem.from_document(rice())
    return build_plan(found, np.array([48, 32]))


def test_two_tons_of_rice_cost_what_the_story_says() -> None:
    found = two_tons()
    assert found.cost_rp == 14_160_000 + 9_680_000
    assert [(line.need, line.offer, line.quantity, line.price_rp) for line in found.lines] == [
        (NEED, LAMONGAN, 48, 295_000),
        (NEED, NGAWI, 32, 302_500),
    ]
    assert found.shortages == []
    assert found.gap is None


def test_every_unit_of_an_offer_costs_the_tier_that_its_whole_volume_reaches() -> None:
    apart, pooled = plan(problem(), n1_o1=40), plan(problem(), n1_o1=40, n2_o1=10)
    assert [line.price_rp for line in apart.lines] == [300_000]
    assert [line.price_rp for line in pooled.lines] == [290_000, 290_000]
    assert pooled.offers == [{"offer": "o1", "volume": 50, "tier_from": 50, "price_rp": 290_000}]
    assert plan(problem(), n1_o1=39, n2_o1=10).offers[0].price_rp == 300_000


def test_the_cost_is_goods_freight_drops_openings_trucks_and_penalties() -> None:
    found = problem(offers__1__fixed_rp=7_000)
    o = outcome(found, quantities(found, n1_o1=40, n2_o2=20))
    assert o.goods_rp == 40 * 300_000 + 20 * 295_000
    assert o.freight_rp == 40 * 1_000 + 20 * 2_000
    assert o.drop_rp == 20_000
    assert o.fixed_rp == 7_000
    assert o.truck_rp == 100_000  # 40 sacks of 25 kg fill one truck of a ton
    assert o.unmet_rp == 10 * 500_000
    assert o.cost_rp == plan(found, n1_o1=40, n2_o2=20).cost_rp


def test_one_sack_more_than_a_truck_holds_is_a_second_truck() -> None:
    assert plan(problem(), n1_o1=40).trips == [{"supplier": "s1", "district": "d1", "trips": 1}]
    assert plan(problem(), n1_o1=40, n2_o1=1).trips[0].trips == 2


def test_a_fixed_quantity_is_a_line_of_its_own_whose_price_may_fall_but_not_rise() -> None:
    fixed = [{"need": "n1", "offer": "o1", "quantity": 10, "price_rp": 295_000}]
    few = plan(problem(fixed=fixed), n1_o1=5)
    assert [(line.quantity, line.price_rp) for line in few.lines] == [(10, 295_000), (5, 300_000)]
    many = plan(problem(fixed=fixed), n1_o1=30, n2_o1=30)
    assert [(line.quantity, line.price_rp) for line in many.lines] == [
        (10, 290_000),
        (30, 290_000),
        (30, 290_000),
    ]


def test_a_plan_without_any_line_is_all_shortage() -> None:
    found = plan(problem())
    assert found.cost_rp == 70 * 500_000
    assert [(row.need, row.missing) for row in found.shortages] == [("n1", 40), ("n2", 30)]
    assert found.lines == found.offers == found.trips == []


def test_the_gap_leaves_out_the_penalty_that_no_plan_can_avoid() -> None:
    found = problem(lanes=[{"need": "n1", "offer": "o2", "freight_rp": 0}])
    best = plan(found, n1_o2=40)
    assert best.cost_rp == 40 * 295_000 + 30 * 500_000
    assert gap_of(found, best.cost_rp, best.cost_rp - 118_000) == pytest.approx(0.01)


def test_an_empty_problem_costs_nothing_and_has_no_gap() -> None:
    empty = build_plan(Problem.build(), np.zeros(0, dtype=np.int64), bound_rp=0)
    assert (empty.cost_rp, empty.gap) == (0, 0.0)


@pytest.mark.parametrize("seed", range(60))
def test_costs_agree_with_plain_arithmetic(seed: int) -> None:
    document = tiny(seed, ration=seed % 4 == 0)
    found = Problem.from_document(document)
    book = exhaustive.Book(found.to_document())
    for number, y in enumerate(exhaustive.plans(book)):
        if number % 37 == 0:
            units = {f"{need}_{offer}": amount for (need, offer), amount in y.items()}
            assert plan(found, **units).cost_rp == exhaustive.cost(book, y)


@pytest.mark.parametrize("seed", range(20))
def test_quantities_can_be_read_back_from_a_plan(seed: int) -> None:
    found = Problem.from_document(tiny(seed))
    y = np.arange(found.n_lanes, dtype=np.int64) % 3
    assert lane_quantity_of(found, build_plan(found, y)).tolist() == y.tolist()


def test_lines_of_lanes_that_are_gone_are_left_out() -> None:
    before = plan(problem(), n1_o1=40, n2_o2=20)
    fewer = problem(lanes=[{"need": "n2", "offer": "o2", "freight_rp": 0}])
    assert lane_quantity_of(fewer, before).tolist() == [20]
