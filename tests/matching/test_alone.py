"""What a need pays alone, against every way in which it could buy alone."""

from __future__ import annotations

from typing import Any

import pytest

from matching import alone_mix
from matching.alone import alone
from matching.generate import generate
from matching.problem import Problem
from tests.matching import exhaustive
from tests.matching.builders import NEED, problem, rice
from tests.matching.instances import tiny


def cheapest(document: dict[str, Any], need: str) -> int | None:
    """The least cost of one need alone, by trying every quantity on its lanes."""
    lanes = [lane for lane in document["lanes"] if lane["need"] == need]
    own = {
        **document,
        "fixed": [],
        "lanes": lanes,
        "needs": [n for n in document["needs"] if n["id"] == need],
    }
    own["trips"] = [{**trip, "max_trips": None} for trip in document["trips"]]
    own["suppliers"] = [{**supplier, "max_weight_g": None} for supplier in document["suppliers"]]
    book, best = exhaustive.Book(own), None
    for y in exhaustive.plans(book):
        free = {key: {**trip, "min_load_g": 0} for key, trip in book.trips.items()}
        if sum(y.values()) < own["needs"][0]["wanted"] or not _may(book, y):
            continue
        trucks = sum(_share(book, y, key, trip) for key, trip in free.items())
        book.trips, kept = {}, book.trips
        cost = exhaustive.cost(book, y) + trucks
        book.trips = kept
        best = cost if best is None else min(best, cost)
    return best


def _may(book: exhaustive.Book, y: exhaustive.Quantities) -> bool:
    """Rules 1 to 3 and 5, the truck share counted; no least load of trucks."""
    shares = {lane: book.share(lane) for lane in y}
    kept, book.trips = book.trips, {}
    share, book.share = book.share, lambda lane: shares[lane]  # type: ignore[method-assign]
    allowed = exhaustive.allowed(book, y)
    book.trips, book.share = kept, share  # type: ignore[method-assign]
    return allowed


def _share(
    book: exhaustive.Book, y: exhaustive.Quantities, key: tuple[str, str], trip: dict[str, Any]
) -> int:
    load = sum(amount * book.weight(lane) for lane, amount in y.items() if book.group(lane) == key)
    return int(-(-trip["cost_rp"] * load // trip["capacity_g"]))


@pytest.mark.parametrize("seed", range(120))
def test_alone_is_the_cheapest_of_all_ways(seed: int) -> None:
    found = Problem.from_document(tiny(seed, fixed=False))
    document, costs = found.to_document(), alone(found)
    for need in found.need_id:
        assert costs[need] == cheapest(document, need)


@pytest.mark.parametrize("seed", range(40))
def test_the_exact_model_says_the_same_as_the_table(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Problem.from_document(tiny(seed, fixed=False))
    before = dict(alone(found))
    monkeypatch.setattr(alone_mix, "_LARGEST_TABLE", -1)
    assert dict(alone(found)) == before


def test_the_rice_story_alone_costs_the_same_because_nobody_else_buys() -> None:
    assert alone(Problem.from_document(rice()))[NEED] == 23_840_000


def test_a_truck_is_shared_by_weight_and_rounded_up() -> None:
    lone = problem(needs__0__wanted=3, lanes__0__drop_rp=0, trips__0__capacity_g=7_000_000)
    lone = Problem.from_document({**lone.to_document(), "lanes": lone.to_document()["lanes"][:1]})
    assert alone(lone)["n1"] == 3 * 301_000 + 1_072  # 100,000 x 75 kg / 7 t = 1,071.4


def test_a_mix_of_suppliers_shares_each_truck_by_its_own_load() -> None:
    halves = problem(offers__0__capacity=20, offers__1__capacity=20, trips__0__capacity_g=7_000_000)
    # 100,000 x 20 sacks / 7 t = 7,142.9
    assert alone(halves)["n1"] == 20 * 301_000 + 20_000 + 7_143 + 20 * 297_000


def test_alone_has_all_capacity_but_no_more() -> None:
    short = problem(offers__0__capacity=20, offers__1__capacity=19)
    costs = alone(short)
    assert costs["n1"] is None
    assert costs["n2"] is not None
    assert costs.infeasible == ["n1"]
    assert costs.total_rp == costs["n2"]


def test_opening_and_drop_costs_count_in_full_alone() -> None:
    dear = problem(offers__1__fixed_rp=100_000, offers__0__capacity=0)
    assert alone(dear)["n2"] == 30 * 297_000 + 100_000


def test_buying_a_little_more_can_be_cheaper() -> None:
    tiers = [{"from": 1, "price_rp": 300_000}, {"from": 45, "price_rp": 250_000}]
    found = problem(offers__0__tiers=tiers, needs__0__at_most=50, trips=[])
    costs = alone(found)
    assert (costs["n1"], int(costs.units[0])) == (45 * 251_000 + 20_000, 45)


def test_trucks_limits_do_not_matter_alone() -> None:
    assert alone(problem(trips__0__max_trips=0, offers__1__capacity=0))["n1"] is not None
    assert alone(problem(suppliers__1__max_weight_g=0, offers__0__capacity=0))["n1"] is not None


def test_cash_matters_alone() -> None:
    poor = problem(buyers__0__cash_rp=40 * 297_000 - 1, offers__0__capacity=0)
    assert alone(poor)["n1"] is None
    assert alone(problem(buyers__0__cash_rp=40 * 297_000, offers__0__capacity=0))["n1"] == 40 * 297_000


def test_most_needs_of_a_city_can_be_served_alone() -> None:
    city = generate("city", 0)
    costs = alone(city)
    assert len(costs) == city.n_needs
    assert len(costs.infeasible) < city.n_needs // 20
