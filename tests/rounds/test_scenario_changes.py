"""Each change of a what-if does to a frozen problem what it says, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from market.rounds.services import Changes, Depot
from market.rounds.services.scenario_changes import changed
from tests.rounds.conftest import RICE
from tests.rounds.test_problem import NEED, OFFER, TRUCK, build

OTHER = replace(OFFER, id=4, supplier_id=11, tiers=((1, 310_000),))


def problem(*needs, offers=(OFFER, OTHER), trips=(TRUCK,)):
    return build(needs or (NEED,), offers, list(trips))


def tiers(made, offer="o3") -> list[tuple[int, int]]:
    row = next(row for row in made["offers"] if row["id"] == offer)
    return [(tier["from"], tier["price_rp"]) for tier in row["tiers"]]


def test_a_change_leaves_the_frozen_problem_as_it_was():
    made = problem()
    before = json.dumps(made, sort_keys=True)
    changed(made, Changes(supplier_out=9, price_percent=10, capacity_percent=50, ceiling="none"), set(), {})
    assert json.dumps(made, sort_keys=True) == before


def test_a_supplier_that_is_out_takes_its_offers_lanes_and_trucks_along():
    made = changed(problem(), Changes(supplier_out=9), set(), {})
    assert [row["id"] for row in made["offers"]] == ["o4"]
    assert {lane["offer"] for lane in made["lanes"]} == {"o4"}
    assert {row["id"] for row in made["suppliers"]} == {"s11"}
    assert made["trips"] == []


def test_dearer_tiers_stay_tiers_and_one_that_rounds_away_goes():
    three = replace(OFFER, tiers=((1, 1_000), (40, 999), (80, 500)))
    assert tiers(changed(problem(offers=(three,)), Changes(price_percent=10), set(), {})) == [
        (1, 1_100),
        (40, 1_099),
        (80, 550),
    ]
    close = replace(OFFER, tiers=((1, 4), (40, 3), (80, 2)))
    assert tiers(changed(problem(offers=(close,)), Changes(price_percent=-20), set(), {})) == [
        (1, 3),
        (40, 2),
    ]


def test_a_halved_stock_is_whole_lots_and_nothing_below_one():
    lots = replace(OFFER, capacity=90, lot=20, min_per_drop=20)
    tiny = replace(OTHER, capacity=20, lot=20, min_per_drop=20)
    made = changed(problem(offers=(lots, tiny)), Changes(capacity_percent=50), set(), {})
    assert [(row["id"], row["capacity"]) for row in made["offers"]] == [("o3", 40)]
    assert {lane["offer"] for lane in made["lanes"]} == {"o3"}


def test_a_change_for_one_pack_leaves_the_others_alone():
    made = problem(NEED, offers=(OFFER, OTHER))
    same = changed(made, Changes(pack_code="LPG-3", price_percent=50, ceiling="none"), set(), {})
    assert same == made


@pytest.mark.parametrize(("ceiling", "becomes"), [("10", 357_500), ("-10", 292_500), ("none", None)])
def test_price_limits_move_by_their_percent_or_fall(ceiling, becomes):
    made = changed(problem(replace(NEED, ceiling_rp=325_000)), Changes(ceiling=ceiling), set(), {})
    assert made["needs"][0]["ceiling_rp"] == becomes


def test_a_depot_reaches_every_need_of_its_pack_at_its_distance():
    depot = Depot(NEED.pack_code, "3578081003", 280_000, 75, 100)
    made = changed(problem(), Changes(depot=depot), set(), {"n1": 7})
    assert {"need": "n1", "offer": "odepot", "freight_rp": 700, "drop_rp": 0} in made["lanes"]
    assert made["offers"][-1]["capacity"] == 75 // OFFER.lot * OFFER.lot


def test_administered_goods_that_become_scarce_are_shared_out_unless_told_otherwise():
    gas = replace(NEED, administered=True, wanted=60, at_most=60)
    one = replace(OFFER, capacity=100, tiers=((1, 16_000),))

    def ration(**changes):
        made = changed(problem(gas, offers=(one,)), Changes(**changes), {gas.pack_code}, {})
        return made["commodities"][0]["ration"]

    assert ration(capacity_percent=75) is None
    assert ration(capacity_percent=50) == "max_min"
    assert ration(capacity_percent=50, fairness="off") is None
    assert ration(fairness="on") == "max_min"


def test_fairness_is_refused_where_one_price_for_all_is_not_possible():
    steps = replace(OFFER, tiers=((1, 300_000), (40, 290_000)))
    with pytest.raises(ValueError, match="shared out"):
        changed(problem(offers=(steps,)), Changes(fairness="on"), set(), {})


def test_changes_are_kept_and_read_back_as_they_were():
    depot = Depot(RICE, "3578081003", 280_000, 75, 100)
    for changes in (Changes(supplier_out=3, ceiling="none"), Changes(price_percent=-5), Changes(depot=depot)):
        assert Changes.from_document(json.loads(json.dumps(changes.to_document()))) == changes
    assert Changes(pack_code=RICE).nothing
