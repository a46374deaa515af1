"""Offers that are the same in every respect take turns, and nobody pays a rupiah more for it."""

from __future__ import annotations

import json

import pytest

import matching
from market.core import db
from market.rounds import queries, services, solver
from market.rounds.services.rotating import groups_of, rotate, serial
from tests.rounds.conftest import the_round
from tests.rounds.test_routes import READ, text


def offer(number: int, **changes) -> dict[str, object]:
    tiers = [{"from": 1, "price_rp": 100}]
    return {
        "id": f"o{number}",
        "supplier": f"s{number}",
        "commodity": "C",
        "capacity": 30,
        "tiers": tiers,
        **changes,
    }


def problem(offers, **changes) -> dict[str, object]:
    """One need of 20 that every offer can serve."""
    made = {
        "format": "lumbung-problem/1",
        "commodities": [{"id": "C", "unit_g": 1000, "ration": None}],
        "buyers": [{"id": "k1", "cash_rp": None}],
        "suppliers": [{"id": row["supplier"], "max_weight_g": None} for row in offers],
        "needs": [
            {"id": "n1", "buyer": "k1", "commodity": "C", "district": "d", "wanted": 40, "unmet_rp": 500}
        ],
        "offers": offers,
        "lanes": [{"need": "n1", "offer": row["id"], "freight_rp": 0, "drop_rp": 0} for row in offers],
        "trips": [],
        "fixed": [],
    }
    return {**made, **changes}


def solved(document) -> dict[str, object]:
    plan = matching.solve(matching.Problem.from_document(document), matching.Options(work=50))
    return json.loads(json.dumps(plan.to_document()))


def first(plan) -> str:
    return max(plan["offers"], key=lambda row: row["volume"])["offer"]


def test_the_turn_moves_by_one_on_each_round_and_comes_back():
    document = problem([offer(2), offer(10), offer(3)])
    plan = solved(document)
    turns = [first(rotate(document, plan, turn)) for turn in range(6)]
    assert turns == ["o2", "o3", "o10", "o2", "o3", "o10"], "by registration, not by spelling"


def test_a_rotated_plan_is_a_plan_and_costs_the_same():
    document = problem([offer(number) for number in (1, 2, 3)])
    plan = solved(document)
    for turn in range(3):
        turned = rotate(document, plan, turn)
        assert (turned["cost_rp"], turned["problem_sha256"]) == (plan["cost_rp"], plan["problem_sha256"])
        with solver.workplace(document) as folder:
            solver.keep(folder, turned)
            assert solver.check(folder)["clean"]


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": [{"from": 1, "price_rp": 101}]},
        {"capacity": 31},
        {"supplier": "s1"},
    ],
)
def test_who_differs_in_anything_takes_no_turns(changes):
    document = problem([offer(1), offer(2, **changes)])
    document["suppliers"] = [{"id": name, "max_weight_g": None} for name in ("s1", "s2")]
    assert groups_of(document) == []


def test_another_lane_truck_or_promise_is_a_difference_too():
    offers = [offer(1), offer(2)]
    plain = problem(offers)
    assert groups_of(plain) == [["o1", "o2"]]
    trip = {
        "supplier": "s1",
        "district": "d",
        "capacity_g": 10**6,
        "cost_rp": 5,
        "max_trips": None,
        "min_load_g": 0,
    }
    promise = {"need": "n1", "offer": "o1", "quantity": 1, "price_rp": 100}
    for changes in (
        {"lanes": [{**plain["lanes"][0], "freight_rp": 1}, plain["lanes"][1]]},
        {"trips": [trip]},
        {"fixed": [promise]},
        {"suppliers": [{"id": "s1", "max_weight_g": 9}, {"id": "s2", "max_weight_g": None}]},
    ):
        assert groups_of({**plain, **changes}) == [], changes


def test_two_rounds_with_the_same_two_offers_ask_one_and_then_the_other(market):
    asked = []
    market.need(30)
    market.offer(market.cast.joko, 295_000, 40)
    market.offer(market.cast.nur, 295_000, 40)
    for _round in range(2):
        number = market.solved()
        with db.transaction(**READ):
            asked += [(a.organization_id, a.packs) for a in queries.assignments_of_round(number)]
            assert queries.newest_plan(number).checked
            assert serial(the_round(number).number) == len(asked)
        with db.transaction():
            services.cancel_round(market.cast.ratna, number, "hanya untuk melihat giliran")
    assert sorted(asked) == sorted([(market.cast.lamongan.id, 30), (market.cast.ngawi.id, 30)])


def test_the_page_of_a_round_declares_the_order(market, browsers):
    number = market.open()
    page = text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    assert "Bila dua penawaran sama persis" in page
    assert "Nomor putaran ini 1;" in page
