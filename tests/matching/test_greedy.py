"""The careful officer keeps every rule and is no straw man."""

from __future__ import annotations

import pytest

from matching.check import check
from matching.generate import generate
from matching.greedy import greedy, turn_order
from matching.problem import Problem
from tests.matching import exhaustive
from tests.matching.builders import problem, rice, stage
from tests.matching.instances import tiny


def lines(found: Problem) -> list[tuple[str, str, int]]:
    """Need, offer and quantity of the officer's lines."""
    return [(line.need, line.offer, line.quantity) for line in greedy(found).lines]


def test_the_officer_solves_the_rice_story() -> None:
    found = greedy(Problem.from_document(rice()))
    assert found.cost_rp == 23_840_000
    assert (found.bound_rp, found.gap, found.seed, found.certificate) == (None, None, None, None)


@pytest.mark.parametrize("seed", range(60))
def test_the_officer_keeps_every_rule(seed: int) -> None:
    found = Problem.from_document(tiny(seed))
    verdict = check(found, greedy(found))
    assert verdict.clean, verdict.faults


@pytest.mark.parametrize("seed", range(40))
def test_the_officer_is_never_better_than_the_best(seed: int) -> None:
    document = Problem.from_document(tiny(seed, most=2)).to_document()
    assert greedy(Problem.from_document(document)).cost_rp >= exhaustive.optimum(document)[0]


def test_the_officer_keeps_every_rule_of_a_city() -> None:
    city = generate("city", 3)
    assert check(city, greedy(city)).clean


def test_needs_are_served_in_their_order() -> None:
    late = problem(offers__0__capacity=40, offers__1__capacity=0, needs__0__order=5, needs__1__order=2)
    assert turn_order(late).tolist() == [1, 0]
    assert lines(late) == [("n1", "o1", 10), ("n2", "o1", 30)]


def test_the_price_is_that_of_the_tier_which_the_need_itself_reaches() -> None:
    # After 40 sacks for n1, ten more reach the tier of 50: 290 + 1 + 2.5 truck < 295 + 2; nine do not.
    lanes = [lane for lane in stage()["lanes"] if (lane["need"], lane["offer"]) != ("n1", "o2")]
    assert lines(problem(lanes=lanes, needs__1__wanted=10)) == [("n1", "o1", 40), ("n2", "o1", 10)]
    assert lines(problem(lanes=lanes, needs__1__wanted=9)) == [("n1", "o1", 40), ("n2", "o2", 9)]


def test_freight_drop_and_truck_share_count_in_the_choice() -> None:
    even = {"offers__0__tiers": [{"from": 1, "price_rp": 290_000}], "needs__1__wanted": 0}
    # o1 at 290,000 + 1,000 + 500 drop + 2,500 truck against o2 at 295,000 + 2,000
    assert lines(problem(**even)) == [("n1", "o1", 40)]
    assert lines(problem(**even, trips__0__cost_rp=400_000)) == [("n1", "o2", 40)]
    assert lines(problem(**even, lanes__0__drop_rp=200_000)) == [("n1", "o2", 40)]
    assert lines(problem(**even, lanes__0__freight_rp=6_000)) == [("n1", "o2", 40)]


def test_ties_go_to_the_first_offer_by_id() -> None:
    same = [{"from": 1, "price_rp": 295_000}]
    even = problem(offers__0__tiers=same, trips=[], lanes__0__freight_rp=2_000, lanes__0__drop_rp=0)
    assert lines(even)[0] == ("n1", "o1", 40)


def test_what_one_offer_cannot_give_comes_from_the_next_unless_suppliers_are_limited() -> None:
    small = {"offers__1__capacity": 25, "needs__1__wanted": 0}
    assert lines(problem(**small)) == [("n1", "o1", 15), ("n1", "o2", 25)]
    assert lines(problem(**small, needs__0__max_suppliers=1)) == [("n1", "o2", 25)]


def test_the_officer_takes_what_is_wanted_and_no_more() -> None:
    roomy = problem(needs__0__at_most=100, needs__1__at_most=100)
    assert [shortage.missing for shortage in greedy(roomy).shortages] == []
    assert sum(line[2] for line in lines(roomy)) == 70


def test_an_offer_below_its_minimum_is_dropped_and_what_it_freed_goes_elsewhere() -> None:
    thin = problem(offers__1__min_total=60, offers__1__capacity=80, needs__1__wanted=10)
    assert lines(thin) == [("n1", "o1", 40), ("n2", "o1", 10)]


def test_a_group_over_its_trucks_is_dropped() -> None:
    few = problem(trips__0__max_trips=0, offers__1__capacity=20)
    assert lines(few) == [("n1", "o2", 20)]


def test_a_need_below_its_minimum_frees_its_goods_for_others() -> None:
    picky = problem(needs__0__min_fill=40, offers__0__capacity=0, offers__1__capacity=30)
    assert lines(picky) == [("n2", "o2", 30)]


def test_cash_is_spent_once() -> None:
    poor = problem(needs__1__buyer="k1", buyers__0__cash_rp=297_000 * 50)
    assert sum(line[2] for line in lines(poor)) == 50
    assert check(poor, greedy(poor)).clean


def test_fixed_lines_stay_and_the_rest_is_filled_around_them() -> None:
    fixed = [{"need": "n1", "offer": "o1", "quantity": 10, "price_rp": 280_000}]
    assert lines(problem(fixed=fixed)) == [
        ("n1", "o1", 10),
        ("n1", "o2", 30),
        ("n2", "o2", 30),
    ]


def test_rationed_needs_ask_for_their_ration_and_no_more() -> None:
    one_tier = [{"from": 1, "price_rp": 300_000}]
    scarce = problem(
        commodities__0__ration="max_min",
        offers__0__tiers=one_tier,
        offers__0__capacity=20,
        offers__1__capacity=20,
    )
    filled: dict[str, int] = {}
    for need, _, quantity in lines(scarce):
        filled[need] = filled.get(need, 0) + quantity
    assert filled == {"n1": 20, "n2": 20}


@pytest.mark.parametrize("seed", range(30))
def test_the_officer_keeps_every_rule_with_rations(seed: int) -> None:
    found = Problem.from_document(tiny(seed, ration=True))
    verdict = check(found, greedy(found))
    assert verdict.clean, verdict.faults


def test_a_need_that_mending_leaves_too_thin_goes_empty() -> None:
    """n2 loses its pooled offer, then its place on the only truck, and is left with 10 of at least 30."""
    document = stage(
        needs__1__min_fill=30,
        offers__0__capacity=60,
        offers__0__tiers=[{"from": 1, "price_rp": 300_000}],
        offers__1__capacity=80,
        offers__1__min_total=60,
        trips__0__max_trips=1,
    )
    document["suppliers"].append({"id": "s3"})
    document["offers"].append({
        "id": "o3", "supplier": "s3", "commodity": "beras", "capacity": 10,
        "tiers": [{"from": 1, "price_rp": 400_000}],
    })  # fmt: skip
    lanes = [
        {**lane, "drop_rp": 0} for lane in document["lanes"] if (lane["need"], lane["offer"]) != ("n1", "o2")
    ]
    document["lanes"] = [*lanes, {"need": "n2", "offer": "o3", "freight_rp": 0}]
    found = Problem.from_document(document)
    assert lines(found) == [("n1", "o1", 40)]
    assert check(found, greedy(found)).clean


@pytest.mark.parametrize(
    "limit", [{"buyers__0__cash_rp": 40 * 291_000 + 20_000}, {"needs__0__ceiling_rp": 291_000}]
)
def test_a_price_that_rises_because_others_drop_out_may_be_too_much(limit: dict[str, int]) -> None:
    """n1 could pay only the pooled price; n2, which made it possible, cannot reach its minimum."""
    lanes = [lane for lane in stage()["lanes"] if lane["offer"] == "o1"]
    pooled = problem(lanes=lanes, needs__0__order=5, **limit)
    assert lines(pooled) == [("n1", "o1", 40), ("n2", "o1", 30)]
    apart = problem(lanes=lanes, needs__0__order=5, needs__1__min_fill=35, needs__1__at_most=40, **limit)
    assert lines(apart) == []
