"""Bad input is refused with every fault and its row; what is only unlucky is no fault."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest

from matching.errors import ProblemError
from matching.problem import Problem
from tests.matching.builders import problem, stage
from tests.matching.instances import tiny

ROWS = ("commodities", "buyers", "suppliers", "needs", "offers", "lanes", "trips")


def faults(document: object) -> dict[str, str]:
    """Row -> text of everything that is wrong with a document."""
    with pytest.raises(ProblemError) as caught:
        Problem.from_document(document)
    return {fault.row: fault.text for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("path", "value", "row"),
    [
        ("format", "lumbung-problem/2", "format"),
        ("needs", None, "needs"),
        ("needs", {}, "needs"),
        ("trips", 5, "trips"),
        ("needs__0", 7, "needs[0]"),
        ("needs__0", None, "needs[0]"),
        ("needs__0__wanted", "40", "needs[0].wanted"),
        ("needs__0__wanted", 40.0, "needs[0].wanted"),
        ("needs__0__wanted", True, "needs[0].wanted"),
        ("needs__0__wanted", None, "needs[0].wanted"),
        ("needs__0__wanted", -1, "needs[0].wanted"),
        ("needs__0__wanted", [40], "needs[0].wanted"),
        ("needs__0__wanted", 2**53, "needs[0].wanted"),
        ("needs__0__wanted", 2**63, "needs[0].wanted"),
        ("needs__0__wanted", 10**400, "needs[0].wanted"),
        ("needs__0__at_most", 39, "needs[0].at_most"),
        ("needs__0__at_most", None, "needs[0].at_most"),
        ("needs__0__weight", 0, "needs[0].weight"),
        ("needs__0__order", -1, "needs[0].order"),
        ("needs__0__ceiling_rp", -1, "needs[0].ceiling_rp"),
        ("needs__0__ceiling_rp", False, "needs[0].ceiling_rp"),
        ("needs__0__id", "", "needs[0].id"),
        ("needs__0__id", 5, "needs[0].id"),
        ("needs__0__id", "n\x001", "needs[0].id"),
        ("needs__0__id", "n\ud800", "needs[0].id"),
        ("needs__0__id", "x" * 1_000, "needs[0].id"),
        ("needs__1__id", "n1", "needs[1].id"),
        ("needs__0__buyer", "nobody", "needs[0].buyer"),
        ("needs__0__buyer", None, "needs[0].buyer"),
        ("needs__0__commodity", "gula", "needs[0].commodity"),
        ("needs__0__district", 357801, "needs[0].district"),
        ("needs__0__also", "beras", "needs[0].also"),
        ("needs__0__also", ["gula"], "needs[0].also[0]"),
        ("needs__0__also", ["beras"], "needs[0].also"),
        ("needs__0__colour", "red", "needs[0].colour"),
        ("offers__0__tiers", [], "offers[0].tiers"),
        ("offers__0__tiers", None, "offers[0].tiers"),
        ("offers__0__tiers__0", [], "offers[0].tiers[0]"),
        ("offers__0__tiers__0__from", 2, "offers[0].tiers[0].from"),
        ("offers__0__tiers__1__from", 1, "offers[0].tiers[1].from"),
        ("offers__0__tiers__1__from", 0, "offers[0].tiers[1].from"),
        ("offers__0__tiers__1__price_rp", 300_000, "offers[0].tiers[1].price_rp"),
        ("offers__0__tiers__1__price_rp", 300_001, "offers[0].tiers[1].price_rp"),
        ("offers__0__tiers__1__price_rp", 0.5, "offers[0].tiers[1].price_rp"),
        ("offers__0__tiers__1__note", "", "offers[0].tiers[1].note"),
        ("offers__0__lot", 0, "offers[0].lot"),
        ("offers__0__credit", 1, "offers[0].credit"),
        ("offers__0__credit", None, "offers[0].credit"),
        ("offers__0__supplier", "k1", "offers[0].supplier"),
        ("lanes__0__need", "n9", "lanes[0].need"),
        ("lanes__1__offer", "o1", "lanes[1]"),
        ("lanes__0__drop_rp", -5, "lanes[0].drop_rp"),
        ("commodities__0__unit_g", 0, "commodities[0].unit_g"),
        ("commodities__0__ration", "first", "commodities[0].ration"),
        ("trips__0__capacity_g", 0, "trips[0].capacity_g"),
        ("trips__0__supplier", "s9", "trips[0].supplier"),
        ("fixed", [{"need": "n1", "offer": "o1", "quantity": 0, "price_rp": 1}], "fixed[0].quantity"),
        ("fixed", [{"need": "n1", "offer": "o1", "quantity": 1}], "fixed[0].price_rp"),
        ("closed", [{"need": "n1", "offer": "o1", "reason": "mood"}], "closed[0].reason"),
        ("closed", [{"need": "n1", "offer": "o1"}], "closed[0].reason"),
        ("extra", [], "extra"),
    ],
)
def test_a_fault_of_form_is_named_with_its_row(path: str, value: Any, row: str) -> None:
    found = faults(stage(**{path: value}))
    assert row in found
    assert found[row]


@pytest.mark.parametrize("document", [None, 5, "text", [], [{}], True])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert faults(document)


def test_a_missing_section_is_named_but_three_may_be_left_out() -> None:
    assert {"needs", "lanes", "offers"} <= set(faults({"format": "lumbung-problem/1"}))
    document = stage()
    for section in ("trips", "fixed", "closed"):
        del document[section]
    assert Problem.from_document(document).n_trips == 0


def test_a_missing_key_is_named() -> None:
    document = stage()
    del document["needs"][1]["unmet_rp"]
    assert list(faults(document)) == ["needs[1].unmet_rp"]


def test_every_fault_is_listed_at_once_and_none_twice() -> None:
    document = stage(
        needs__0__wanted=-1,
        needs__1__at_most=3,
        offers__0__tiers__1__from=1,
        lanes__0__offer="o9",
        lanes__3__need="n1",
        trips__0__cost_rp="free",
    )
    assert sorted(faults(document)) == [
        "lanes[0].offer",
        "lanes[3]",
        "needs[0].wanted",
        "needs[1].at_most",
        "offers[0].tiers[1].from",
        "trips[0].cost_rp",
    ]


def test_one_wrong_value_is_one_fault() -> None:
    assert list(faults(stage(needs__0__at_most="x"))) == ["needs[0].at_most"]
    assert list(faults(stage(offers__0__tiers__0__from=None))) == ["offers[0].tiers[0].from"]


def test_a_lane_of_the_wrong_commodity_is_refused_unless_the_need_accepts_it() -> None:
    document = stage(offers__1__commodity="gula")
    document["commodities"].append({"id": "gula", "unit_g": 25_000})
    assert set(faults(document)) == {"lanes[1]", "lanes[3]"}
    for need in document["needs"]:
        need["also"] = ["gula"]
    assert Problem.from_document(document).n_lanes == 4


def test_an_accepted_commodity_must_weigh_the_same() -> None:
    document = stage(needs__0__also=["gula"])
    document["commodities"].append({"id": "gula", "unit_g": 50_000})
    assert "berat" in faults(document)["needs[0].also"]


@pytest.mark.parametrize(
    "changes",
    [
        {"needs__0__min_fill": 1_000},
        {"needs__0__ceiling_rp": 0},
        {"needs__0__max_suppliers": 0},
        {"needs__0__wanted": 0},
        {"offers__0__capacity": 0},
        {"offers__0__min_total": 101},
        {"offers__0__min_per_need": 101},
        {"offers__0__lot": 101},
        {"buyers__0__cash_rp": 0},
        {"suppliers__0__max_weight_g": 0},
        {"trips__0__max_trips": 0},
        {"trips__0__min_load_g": 2_000_000},
        {"trips__0__district": "nowhere"},
        {"closed": [{"need": "n1", "offer": "o1", "reason": "area"}]},
    ],
)
def test_a_limit_that_can_never_be_met_is_no_fault(changes: dict[str, Any]) -> None:
    assert problem(**changes).n_needs == 2


FIXED = {"need": "n1", "offer": "o1", "quantity": 90, "price_rp": 300_000}


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"offers__0__capacity": 89}, "offers[0].capacity"),
        ({"suppliers__0__max_weight_g": 90 * 25_000 - 1}, "suppliers[0].max_weight_g"),
        ({"trips__0__max_trips": 2}, "trips[0].max_trips"),
        ({"fixed": [FIXED, FIXED]}, "fixed[1]"),
    ],
)
def test_fixed_lines_that_alone_break_a_hard_limit_are_refused(changes: dict[str, Any], row: str) -> None:
    assert row in faults(stage(**{"fixed": [FIXED], **changes}))


def test_fixed_lines_may_exceed_what_binds_only_fresh_units() -> None:
    found = problem(fixed=[FIXED], needs__0__ceiling_rp=1, buyers__0__cash_rp=0, offers__0__min_total=99)
    assert found.lane_fixed.tolist() == [90, 0, 0, 0]


def test_a_fixed_line_needs_a_lane() -> None:
    document = stage(fixed=[{**FIXED, "quantity": 1}])
    del document["lanes"][0]
    assert "fixed[0]" in faults(document)


def test_all_money_together_stays_below_two_to_the_53() -> None:
    bare = stage(lanes=[], trips=[], needs__0__wanted=1, needs__1__wanted=0)
    bare["needs"][0]["unmet_rp"] = 2**53 - 1
    assert Problem.from_document(bare).unmet_rp[0] == 2**53 - 1
    bare["offers"][0]["fixed_rp"] = 1
    assert "2^53" in faults(bare)["needs"]


def test_goods_at_the_dearest_price_and_freight_count_towards_the_limit() -> None:
    document = stage(trips=[], needs__0__unmet_rp=0, needs__1__unmet_rp=0, needs__1__at_most=2**35)
    document["lanes"] = [{"need": "n2", "offer": "o1", "freight_rp": 2**18 - 300_000 + 2**17}]
    assert "2^53" in faults(document)["needs"]
    document["lanes"][0]["freight_rp"] = 0
    with pytest.raises(ProblemError):  # 2^35 sacks of 25 kg are too heavy, too
        Problem.from_document(document)


RATIONED = {"commodities__0__ration": "max_min", "offers__0__tiers": [{"from": 1, "price_rp": 300_000}]}


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"offers__0__tiers": [{"from": 1, "price_rp": 2}, {"from": 2, "price_rp": 1}]}, "offers[0].tiers"),
        ({"offers__1__lot": 5}, "offers[1].lot"),
    ],
)
def test_rationed_goods_have_one_tier_and_one_lot(changes: dict[str, Any], row: str) -> None:
    assert problem(**RATIONED).rationed.all()
    assert row in faults(stage(**{**RATIONED, **changes}))


def test_rationed_goods_are_not_mixed_with_others() -> None:
    document = stage(**RATIONED, needs__0__also=["gula"])
    document["commodities"].append({"id": "gula", "unit_g": 25_000})
    assert "needs[0].also" in faults(document)
    other = stage(**RATIONED)
    other["commodities"].append({"id": "gula", "unit_g": 25_000})
    other["needs"].append({**other["needs"][0], "id": "n3", "commodity": "gula", "also": ["beras"]})
    assert "needs[2].also" in faults(other)


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    0.5,
    float("nan"),
    2**53,
    10**30,
    "",
    "x",
    "\x00",
    "\ud800",
    [],
    {},
    [[]],
    [{}],
)


@pytest.mark.parametrize("seed", range(150))
def test_no_junk_in_any_place_causes_anything_but_a_list_of_faults(seed: int) -> None:
    dice = random.Random(seed)
    document = copy.deepcopy(stage(fixed=[{**FIXED, "quantity": 3}]) if seed % 2 else tiny(seed))
    for _ in range(dice.randint(1, 3)):
        _spoil(document, dice)
    try:
        Problem.from_document(document)
    except ProblemError as error:
        assert error.faults
        assert all(str(fault.row).isprintable() for fault in error.faults)


def _spoil(document: Any, dice: random.Random) -> None:
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = dice.choice(keys)
        if isinstance(place[key], dict | list) and place[key] and dice.random() < 0.85:
            place = place[key]
            continue
        place[key] = dice.choice(JUNK)
        return


ARRAYS: dict[str, Any] = {
    "commodity_id": ["c"],
    "unit_g": np.array([5]),
    "buyer_id": ["k"],
    "supplier_id": ["s"],
    "district_id": ["d"],
    "need_id": ["n"],
    "need_buyer": np.array([0]),
    "need_commodity": np.array([0]),
    "need_district": np.array([0]),
    "wanted": np.array([1]),
    "unmet_rp": np.array([9]),
    "offer_id": ["o"],
    "offer_supplier": np.array([0]),
    "offer_commodity": np.array([0]),
    "capacity": np.array([3]),
    "tier_start": np.array([0, 1]),
    "tier_from": np.array([1]),
    "tier_price_rp": np.array([8]),
    "lane_need": np.array([0]),
    "lane_offer": np.array([0]),
    "freight_rp": np.array([1]),
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("wanted", np.array([1.0])),
        ("wanted", np.array([True])),
        ("wanted", np.array([[1]])),
        ("wanted", np.array([1, 2])),
        ("wanted", np.array([-1])),
        ("wanted", np.array([2**63], dtype=np.uint64)),
        ("wanted", None),
        ("credit", np.array([1])),
        ("need_id", ["n\x00"]),
        ("need_id", ["n", "n"]),
        ("need_buyer", np.array([1])),
        ("need_buyer", np.array([-1])),
        ("need_district", np.array([7])),
        ("lane_offer", np.array([1])),
        ("tier_start", np.array([0, 2])),
        ("tier_start", np.array([1, 1])),
        ("tier_start", np.array([0, 0])),
        ("tier_from", np.array([2])),
        ("also_commodity", np.array([0])),
        ("colour", np.array([1])),
        ("closed_reason", ["mood"]),
    ],
)
def test_arrays_are_judged_like_rows(column: str, value: Any) -> None:
    assert Problem.from_arrays(**ARRAYS).n_lanes == 1
    with pytest.raises(ProblemError) as caught:
        Problem.from_arrays(**{**ARRAYS, column: value})
    assert caught.value.faults


def test_what_is_too_heavy_and_too_dear_is_told_at_once() -> None:
    document = stage(commodities__0__unit_g=2**50, needs__0__unmet_rp=2**50)
    with pytest.raises(ProblemError) as caught:
        Problem.from_document(document)
    texts = [fault.text for fault in caught.value.faults]
    assert len(texts) == 2
    assert "berat" in texts[0] and "rupiah" in texts[1]
