"""Rows become a problem for the matcher: what cannot be is closed with its reason, the rest is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from market.needs import queries as needs
from market.needs.models import TERMS
from market.rounds.problem import (
    TERMS_MET,
    UNMET_WITHOUT_OFFERS_RP,
    FixedRow,
    NeedRow,
    OfferRow,
    TripRow,
    build_problem,
    district_of,
)
from matching.problem import Problem

FRIDAY = date(2026, 11, 27)
NEED = NeedRow(
    id=1,
    buyer_id=7,
    pack_code="BRS",
    gross_g=25_100,
    administered=False,
    place_code="3578081003",
    wanted=80,
    at_most=100,
    ceiling_rp=325_000,
    cash_rp=None,
    terms="cod",
    needed_by_on=date(2026, 12, 2),
    truck_access="any",
    weight=2000,
    order=0,
)
OFFER = OfferRow(
    id=3,
    supplier_id=9,
    pack_code="BRS",
    capacity=48,
    lot=2,
    min_per_drop=4,
    pooled_min=20,
    fixed_rp=5_000,
    terms="cod",
    lead_days=2,
    tiers=((1, 295_000), (40, 290_000)),
    zones=(("3578", 1_000, 20_000),),
)
TRUCK = TripRow(9, "3578", 8_000_000, 900_000, 3, 1_000_000)


def build(needs=(NEED,), offers=(OFFER,), trips=(), fixed=(), limits=None):
    problem = build_problem(list(needs), list(offers), trips, FRIDAY, fixed, limits)
    Problem.build(**{key: rows for key, rows in problem.items() if key != "format"})
    return problem


def closed(**changes) -> str:
    """Why the need cannot buy from the offer, "" when it can."""
    need = replace(NEED, **{k: v for k, v in changes.items() if k in vars(NEED) and k != "terms"})
    offer = replace(OFFER, **{k: v for k, v in changes.items() if k in vars(OFFER) and k not in vars(NEED)})
    need = replace(need, terms=changes.get("pays", NEED.terms))
    offer = replace(offer, terms=changes.get("asks", OFFER.terms))
    problem = build([need], [offer], changes.get("trips", ()))
    assert len(problem["lanes"]) + len(problem["closed"]) == 1
    return problem["closed"][0]["reason"] if problem["closed"] else ""


def test_amounts_prices_and_limits_reach_the_matcher_as_they_are():
    problem = build()
    assert problem["needs"] == [
        {
            "id": "n1",
            "buyer": "k7",
            "commodity": "BRS",
            "district": "357808",
            "wanted": 80,
            "at_most": 100,
            "ceiling_rp": 325_000,
            "unmet_rp": 650_000,
            "max_suppliers": None,
            "weight": 2000,
            "order": 0,
        }
    ]
    assert problem["offers"] == [
        {
            "id": "o3",
            "supplier": "s9",
            "commodity": "BRS",
            "capacity": 48,
            "lot": 2,
            "min_per_need": 4,
            "min_total": 20,
            "fixed_rp": 5_000,
            "credit": False,
            "tiers": [{"from": 1, "price_rp": 295_000}, {"from": 40, "price_rp": 290_000}],
        }
    ]
    assert problem["lanes"] == [{"need": "n1", "offer": "o3", "freight_rp": 1_000, "drop_rp": 20_000}]
    assert problem["commodities"] == [{"id": "BRS", "unit_g": 25_100, "ration": None}]
    assert problem["closed"] == problem["fixed"] == problem["trips"] == []


def test_an_offer_of_other_goods_has_no_lane_and_no_reason():
    problem = build(offers=[replace(OFFER, pack_code="GULA")])
    assert problem["lanes"] == problem["closed"] == []


# --- why a lane is closed ------------------------------------------------------------------------


def test_an_open_lane_has_no_reason():
    assert closed() == ""


def test_a_place_that_no_zone_holds_is_outside_the_area():
    assert closed(zones=(("3573", 0, 0),)) == "area"
    assert closed(zones=(("357804", 0, 0), ("357808", 0, 0))) == ""


def test_a_supplier_without_authorisation_is_out():
    assert closed(authorised=False) == "authorised"


@pytest.mark.parametrize(
    ("lead_days", "reason"), [(0, ""), (5, ""), (6, "date")], ids=["at once", "just in time", "a day late"]
)
def test_goods_that_would_come_after_the_day_are_out(lead_days, reason):
    assert closed(lead_days=lead_days) == reason


@pytest.mark.parametrize("pays", TERMS)
@pytest.mark.parametrize("asks", TERMS)
def test_who_can_pay_earlier_can_also_pay_later_but_not_the_other_way(pays, asks):
    assert (closed(pays=pays, asks=asks) == "") == needs.accepts(pays, asks)
    assert closed(pays=pays, asks=asks) in ("", "terms")
    assert (asks in TERMS_MET[pays]) == needs.accepts(pays, asks)


def test_of_several_obstacles_the_one_that_nobody_can_help_is_named_first():
    assert closed(zones=(), authorised=False, asks="prepaid", lead_days=30) == "area"
    assert closed(authorised=False, asks="prepaid", lead_days=30) == "authorised"
    assert closed(asks="prepaid", lead_days=30) == "terms"


# --- zones and trucks ----------------------------------------------------------------------------


def test_the_most_exact_zone_sets_the_freight():
    offer = replace(OFFER, zones=(("35", 9, 9), ("357808", 3, 4), ("3578", 5, 6)))
    assert build(offers=[offer])["lanes"][0] | {"need": 0, "offer": 0} == {
        "need": 0,
        "offer": 0,
        "freight_rp": 3,
        "drop_rp": 4,
    }


def test_a_truck_goes_to_a_district_by_what_gets_through_there():
    assert district_of("3578081003", "any") == "357808"
    assert district_of("3578081003", "pickup") == "357808/pickup"


def test_a_truck_serves_every_need_of_its_district_once():
    needs_ = [NEED, replace(NEED, id=2, buyer_id=8), replace(NEED, id=4, place_code="3578041001")]
    trips = build(needs_, trips=[TRUCK])["trips"]
    assert [(row["supplier"], row["district"]) for row in trips] == [("s9", "357804"), ("s9", "357808")]
    assert trips[0] | {"district": ""} == {
        "supplier": "s9",
        "district": "",
        "capacity_g": 8_000_000,
        "cost_rp": 900_000,
        "max_trips": 3,
        "min_load_g": 1_000_000,
    }


def test_a_supplier_without_truck_rates_delivers_at_its_freight():
    assert build(trips=[replace(TRUCK, supplier_id=10)])["trips"] == []
    assert closed(trips=[replace(TRUCK, supplier_id=10)]) == ""


def test_a_supplier_whose_trucks_go_elsewhere_does_not_reach_the_door():
    assert closed(trips=[replace(TRUCK, place_code="3573")]) == "area"


def test_a_truck_too_large_for_the_lane_does_not_get_through():
    assert closed(truck_access="small", trips=[TRUCK]) == "area"
    assert closed(truck_access="small", trips=[replace(TRUCK, capacity_g=4_000_000)]) == ""
    assert closed(truck_access="pickup", trips=[replace(TRUCK, capacity_g=1_500_001)]) == "area"


def test_the_smaller_truck_of_a_wider_area_comes_where_the_larger_one_of_the_district_cannot():
    rates = [replace(TRUCK, place_code="357808"), replace(TRUCK, capacity_g=1_400_000, cost_rp=400_000)]
    wide, narrow = NEED, replace(NEED, id=2, truck_access="pickup")
    trips = {row["district"]: row["cost_rp"] for row in build([wide, narrow], trips=rates)["trips"]}
    assert trips == {"357808": 900_000, "357808/pickup": 400_000}


# --- money ---------------------------------------------------------------------------------------


def test_what_a_need_may_spend_is_its_own():
    needs_ = [
        replace(NEED, id=1, cash_rp=5_000_000),
        replace(NEED, id=2, cash_rp=None),
        replace(NEED, id=3, cash_rp=9_000_000),
    ]
    problem = build(needs_)
    assert problem["buyers"] == [
        {"id": "k7", "cash_rp": None},
        {"id": "k7/n1", "cash_rp": 5_000_000},
        {"id": "k7/n3", "cash_rp": 9_000_000},
    ]
    assert [row["buyer"] for row in problem["needs"]] == ["k7/n1", "k7", "k7/n3"]


def test_tempo_does_not_ask_for_cash():
    assert [build(offers=[replace(OFFER, terms=t)])["offers"][0]["credit"] for t in TERMS] == [
        False,
        False,
        True,
    ]


def test_a_missing_pack_counts_twice_the_dearest_it_could_cost():
    far = replace(OFFER, id=4, tiers=((1, 400_000),), zones=(("3578", 1_000, 0), ("35", 9_000, 0)))
    assert build(offers=[OFFER, far])["needs"][0]["unmet_rp"] == 2 * 409_000
    assert build([replace(NEED, ceiling_rp=None)])["needs"][0]["unmet_rp"] == 2 * 296_000
    assert build([replace(NEED, ceiling_rp=None)], [])["needs"][0]["unmet_rp"] == UNMET_WITHOUT_OFFERS_RP


def test_a_limit_of_weight_belongs_to_the_supplier():
    problem = build(
        offers=[OFFER, replace(OFFER, id=4), replace(OFFER, id=5, supplier_id=11)], limits={9: 500}
    )
    assert problem["suppliers"] == [
        {"id": "s11", "max_weight_g": None},
        {"id": "s9", "max_weight_g": 500},
    ] or (problem["suppliers"] == [{"id": "s9", "max_weight_g": 500}, {"id": "s11", "max_weight_g": None}])


# --- rationing -----------------------------------------------------------------------------------

GAS = replace(NEED, administered=True)
AGENT = replace(OFFER, tiers=((1, 16_000),), lot=1)


def ration(needs_=(GAS,), offers=(AGENT,)):
    return build(needs_, offers)["commodities"][0]["ration"]


def test_administered_goods_are_shared_out_fairly():
    assert ration() == "max_min"
    assert ration([NEED]) is None


def test_where_there_is_enough_for_all_nothing_is_rationed():
    assert ration(offers=[replace(AGENT, capacity=GAS.wanted)]) is None
    assert ration(offers=[replace(AGENT, capacity=GAS.wanted - 1)]) == "max_min"


def test_plenty_elsewhere_does_not_help_who_it_does_not_reach():
    far = replace(AGENT, id=4, capacity=10 * GAS.wanted, zones=(("3515", 0, 0),))
    assert ration(offers=[AGENT, far]) == "max_min"


def test_goods_that_cannot_be_shared_out_exactly_go_by_cost():
    assert ration(offers=[AGENT, replace(AGENT, id=4, lot=5)]) is None
    assert ration(offers=[replace(AGENT, tiers=((1, 16_000), (50, 15_000)))]) is None
    assert ration(offers=[]) is None


# --- after answers -------------------------------------------------------------------------------

AGREED = FixedRow(1, 3, 48, 295_000, freight_rp=700, drop_rp=15_000)


def test_an_accepted_line_stays_possible_whatever_the_offer_says_by_now():
    changed = [
        replace(OFFER, zones=()),
        replace(OFFER, terms="prepaid"),
        replace(OFFER, lead_days=99),
        replace(OFFER, authorised=False),
        replace(OFFER, capacity=1),
        replace(OFFER, standing=False, capacity=0),
    ]
    for offer in changed:
        problem = build(offers=[offer], fixed=[AGREED], trips=[replace(TRUCK, place_code="3573")])
        assert problem["lanes"] == [{"need": "n1", "offer": "o3", "freight_rp": 700, "drop_rp": 15_000}]
        assert problem["fixed"] == [{"need": "n1", "offer": "o3", "quantity": 48, "price_rp": 295_000}]
        assert problem["offers"][0]["capacity"] >= 48


def test_an_offer_that_no_longer_stands_gives_nothing_new():
    other = replace(NEED, id=2)
    gone = replace(OFFER, standing=False, capacity=900)
    problem = build([NEED, other], [gone], fixed=[AGREED])
    assert [row["need"] for row in problem["lanes"]] == ["n1"]
    assert problem["closed"] == []
    assert problem["offers"][0]["capacity"] == 48


def test_limits_that_shrank_below_what_was_agreed_are_raised_to_just_that():
    weight_g = 48 * 25_100
    truck = replace(TRUCK, capacity_g=400_000, max_trips=1, min_load_g=0)
    problem = build(fixed=[AGREED], trips=[truck], limits={9: 10})
    assert problem["suppliers"][0]["max_weight_g"] == weight_g
    assert problem["trips"][0]["max_trips"] == -(-weight_g // 400_000)


def test_a_problem_without_needs_or_offers_is_a_problem_all_the_same():
    assert build([], [])["lanes"] == []
    assert build([NEED], [])["lanes"] == []
