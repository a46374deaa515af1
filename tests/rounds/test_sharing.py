"""Who pays what: every share is whole, and the shares are exactly the bill."""

from __future__ import annotations

from dataclasses import replace

import pytest

from market.rounds.problem import FixedRow
from market.rounds.services import sharing
from tests.rounds.test_problem import NEED, OFFER, TRUCK, build

SMALL = replace(NEED, id=2, buyer_id=8, wanted=7)
CHEAP = replace(OFFER, fixed_rp=10_001)


def plan(*lines, trips=()):
    """A plan of (need, offer, packs, price) lines and (supplier, district, trips)."""
    return {
        "lines": [
            {"need": n, "offer": o, "quantity": q, "price_rp": p, "freight_rp": 1_000} for n, o, q, p in lines
        ],
        "offers": [{"offer": o, "volume": 1, "tier_from": 40, "price_rp": 0} for _n, o, _q, _p in lines],
        "trips": [{"supplier": s, "district": d, "trips": t} for s, d, t in trips],
    }


def problem(*needs, offers=(CHEAP,), fixed=()):
    return build(needs or (NEED, SMALL), offers, [TRUCK], fixed)


def test_every_share_is_whole_and_all_of_them_are_the_bill():
    asked = problem()
    found = plan(("n1", "o3", 41, 290_000), ("n2", "o3", 7, 290_000), trips=[("s9", "357808", 1)])
    lines, bill = sharing.new_lines(asked, found, {}), sharing.bill_of(asked, found)
    assert sum(line.truck_rp for line in lines) == 900_000
    assert [line.truck_rp for line in lines] == [768_750, 131_250]
    assert [line.fixed_rp for line in lines] == [8_543, 1_458]
    assert [line.drop_rp for line in lines] == [20_000, 20_000]
    assert sum(line.packs * line.price_rp for line in lines) == bill.goods_rp == 48 * 290_000
    assert sum(line.delivery_rp for line in lines) == bill.delivery_rp
    assert bill.delivery_rp == 48 * 1_000 + 2 * 20_000 + 10_001 + 900_000
    assert (bill.packs, bill.paid_rp) == (48, bill.goods_rp + bill.delivery_rp)


def test_a_drop_is_paid_by_the_line_that_causes_it():
    asked = problem(offers=[replace(CHEAP, zones=(("3578", 1_000, 20_000), ("3578081003", 1_000, 0)))])
    asked["needs"][1]["district"] = "357808"
    found = plan(("n1", "o3", 40, 290_000), ("n2", "o3", 4, 290_000))
    assert [line.drop_rp for line in sharing.new_lines(asked, found, {})] == [0, 0]


def test_a_truck_is_shared_only_by_those_it_goes_to():
    far = replace(SMALL, place_code="3578041001")
    found = plan(("n1", "o3", 40, 1), ("n2", "o3", 4, 1), trips=[("s9", "357808", 1), ("s9", "357804", 2)])
    assert [line.truck_rp for line in sharing.new_lines(problem(NEED, far), found, {})] == [
        900_000,
        1_800_000,
    ]


def test_what_accepted_lines_pay_already_is_not_charged_again():
    agreed = FixedRow(1, 3, 30, 290_000, freight_rp=1_000, drop_rp=20_000)
    asked = problem(NEED, SMALL, fixed=[agreed])
    found = plan(
        *(("n1", "o3", 30, 290_000), ("n1", "o3", 10, 290_000), ("n2", "o3", 4, 290_000)),
        trips=[("s9", "357808", 2)],
    )
    lines = sharing.new_lines(asked, found, {(9, "357808"): 900_000})
    assert [(line.need_id, line.packs, line.drop_rp, line.fixed_rp) for line in lines] == [
        (1, 10, 0, 0),
        (2, 4, 20_000, 0),
    ]
    assert sum(line.truck_rp for line in lines) == 900_000


def test_trucks_for_narrow_lanes_are_accounts_of_their_own():
    narrow = replace(SMALL, truck_access="pickup")
    rates = [TRUCK, replace(TRUCK, place_code="35", capacity_g=1_400_000, cost_rp=300_000)]
    asked = build([NEED, narrow], [CHEAP], rates)
    found = plan(
        ("n1", "o3", 40, 1), ("n2", "o3", 4, 1), trips=[("s9", "357808", 1), ("s9", "357808/pickup", 1)]
    )
    lines = sharing.new_lines(asked, found, {(9, "357808"): 900_000})
    assert [line.truck_rp for line in lines] == [0, 300_000]


def test_a_plan_that_only_repeats_what_was_accepted_asks_for_nothing():
    asked = problem(NEED, fixed=[FixedRow(1, 3, 30, 290_000)])
    assert sharing.new_lines(asked, plan(("n1", "o3", 30, 290_000)), {}) == []


@pytest.mark.parametrize("packs", [1, 3, 997])
def test_no_rupiah_is_lost_however_the_packs_fall(packs):
    needs = [replace(NEED, id=n, buyer_id=n, wanted=packs, at_most=packs) for n in range(1, 8)]
    found = plan(*((f"n{n}", "o3", packs + n, 1) for n in range(1, 8)), trips=[("s9", "357808", 1)])
    lines = sharing.new_lines(problem(*needs), found, {})
    assert sum(line.truck_rp for line in lines) == 900_000
    assert sum(line.fixed_rp for line in lines) == 10_001
