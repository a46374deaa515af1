"""A problem is the same problem however its rows were written down."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from matching.problem import Problem
from tests.matching.builders import problem, rice, stage
from tests.matching.instances import tiny


def shuffled(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same rows in another order, `order` written out so that it does not follow the rows."""
    dice = random.Random(seed)
    for number, need in enumerate(document["needs"]):
        need.setdefault("order", number)
    for section in document.values():
        if isinstance(section, list):
            dice.shuffle(section)
    return document


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_does_not_change_the_problem(seed: int) -> None:
    first = Problem.from_document(tiny(seed))
    assert Problem.from_document(shuffled(tiny(seed), seed)).sha256 == first.sha256


def test_the_order_of_accepted_commodities_does_not_matter() -> None:
    goods = [{"id": name, "unit_g": 25_000} for name in ("beras", "menir", "ketan")]
    one = problem(commodities=goods, needs__0__also=["menir", "ketan"])
    other = problem(commodities=goods[::-1], needs__0__also=["ketan", "menir"])
    assert one.sha256 == other.sha256
    assert one.to_document()["needs"][0]["also"] == ["ketan", "menir"]


def test_defaults_written_out_or_left_out_are_the_same_problem() -> None:
    short = Problem.from_document(rice())
    assert Problem.from_document(short.to_document()).sha256 == short.sha256


def test_the_fingerprint_is_the_hash_of_the_canonical_json() -> None:
    document = problem(commodities=[{"id": "beras", "unit_g": 25_000, "ration": None}]).to_document()
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == Problem.from_document(document).sha256


def test_the_fingerprint_of_an_empty_problem_lists_every_section() -> None:
    keys = ("buyers", "closed", "commodities", "fixed")
    text = "{" + "".join(f'"{key}":[],' for key in keys) + '"format":"lumbung-problem/1",'
    text += ",".join(f'"{key}":[]' for key in ("lanes", "needs", "offers", "suppliers", "trips")) + "}"
    assert Problem.build().sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_any_changed_value_is_another_problem() -> None:
    assert problem(needs__0__wanted=39).sha256 != problem().sha256
    assert problem(lanes__3__drop_rp=1).sha256 != problem().sha256


def test_order_defaults_to_the_row_number_and_at_most_to_wanted() -> None:
    document = stage()
    document["needs"].reverse()
    found = Problem.from_document(document)
    assert found.need_id == ("n1", "n2")
    assert found.order.tolist() == [1, 0]
    assert found.at_most.tolist() == found.wanted.tolist() == [40, 30]


def test_null_is_minus_one_and_defaults_are_those_of_the_file_format() -> None:
    found = problem()
    for column in (found.cash_rp, found.max_weight_g, found.ceiling_rp, found.max_suppliers, found.trip_max):
        assert set(column.tolist()) == {-1}
    assert found.lot.tolist() == [1, 1]
    assert found.min_per_need.tolist() == [1, 1]
    assert not found.credit.any()


def test_arrays_and_rows_give_the_same_problem() -> None:
    for seed in range(30):
        built = Problem.from_document(tiny(seed, ration=seed % 3 == 0))
        columns = {field.name: getattr(built, field.name) for field in fields(Problem)}
        assert Problem.from_arrays(**columns).sha256 == built.sha256


def test_arrays_may_come_in_any_order() -> None:
    found = Problem.from_arrays(
        commodity_id=["b", "a"],
        unit_g=np.array([5, 7]),
        buyer_id=["k"],
        supplier_id=["s"],
        district_id=["z", "y"],
        need_id=["n2", "n1"],
        need_buyer=np.array([0, 0]),
        need_commodity=np.array([0, 1]),
        need_district=np.array([0, 1]),
        wanted=np.array([1, 2]),
        unmet_rp=np.array([9, 9]),
        offer_id=["o2", "o1"],
        offer_supplier=np.array([0, 0]),
        offer_commodity=np.array([0, 1]),
        capacity=np.array([3, 4]),
        tier_start=np.array([0, 2, 3]),
        tier_from=np.array([1, 2, 1]),
        tier_price_rp=np.array([8, 7, 6]),
        lane_need=np.array([0, 1]),
        lane_offer=np.array([0, 1]),
        freight_rp=np.array([1, 2]),
    )
    rows = found.to_document()
    assert [need["district"] for need in rows["needs"]] == ["y", "z"]
    assert rows["offers"][0]["tiers"] == [{"from": 1, "price_rp": 6}]
    assert rows["offers"][1]["tiers"][1] == {"from": 2, "price_rp": 7}
    assert [lane["freight_rp"] for lane in rows["lanes"]] == [2, 1]
    assert found.unit_g.tolist() == [7, 5]


def test_a_problem_cannot_be_changed() -> None:
    found = problem()
    with pytest.raises(ValueError, match="read-only"):
        found.wanted[0] = 1
    with pytest.raises(AttributeError):
        found.wanted = found.at_most  # type: ignore[misc]


def test_the_truck_share_is_the_cost_at_the_least_load_rounded_up() -> None:
    found = problem(trips__0__min_load_g=300_000)
    assert found.lane_trip.tolist() == [0, -1, 0, -1]
    assert found.lane_h_rp.tolist() == [8_334, 0, 8_334, 0]  # 100,000 x 25,000 / 300,000 = 8,333.3


def test_without_a_least_load_there_is_no_truck_share() -> None:
    assert problem().lane_h_rp.tolist() == [0, 0, 0, 0]


def test_a_truck_share_beyond_all_money_is_only_impossible() -> None:
    found = problem(trips__0__min_load_g=1, trips__0__cost_rp=2**45, needs__0__wanted=1, needs__1__wanted=1)
    assert found.lane_h_rp.max() == 2**53


def test_a_tier_ends_before_the_next_and_at_the_capacity() -> None:
    assert problem().tier_last.tolist() == [49, 100, 60]
    assert problem(offers__0__capacity=30).tier_last.tolist() == [30, 30, 60]


def test_lanes_can_be_walked_by_need_and_by_offer() -> None:
    found = problem()
    assert found.need_start.tolist() == [0, 2, 4]
    assert found.offer_lanes.tolist() == [0, 2, 1, 3]
    assert found.offer_start.tolist() == [0, 2, 4]
