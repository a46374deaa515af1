"""Administered goods from the offer to the plan: their source, their price, their quota, their drops."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.commodities import services as rules
from market.commodities.models import BINDING_QUOTA, Quota
from market.core import clock, db
from market.core.errors import Refused
from market.needs import services as needs
from market.offers import services as offers
from market.offers.models import SupplierAuthorisation
from market.offers.services import Trip
from market.rounds import queries
from market.rounds.models import Assignment
from tests.rounds.conftest import asked_id

READ = {"read_only": True}
GAS, RICE = "LPG-3", "BRS-SPHP-5"
GAS_RP, DROP = 16_000, 50


@pytest.fixture
def agent(market):
    """Lamongan may sell gas and subsidised rice."""
    with db.transaction():
        for code in (GAS, RICE):
            offers.authorise_supplier(
                market.cast.ratna,
                market.cast.lamongan.id,
                commodities.pack_by_code(code).commodity_id,
                valid_from_on=clock.today(),
                reference="Kontrak agen 7/2026",
            )
    return market.cast.joko


def gas(market, agent, tubes: int = 4 * DROP, **changes) -> int:
    return market.offer(
        agent, GAS_RP, tubes, GAS, **{"lot_packs": DROP, "min_per_drop_packs": DROP, **changes}
    )


def want(market, packs: int, code: str = GAS, **changes) -> int:
    return market.need(packs, code, **{"ceiling_rp": None, **changes})


def plan(number: int) -> dict:
    with db.transaction(**READ):
        return json.loads(queries.newest_plan(number).plan_json)


def problem(number: int) -> dict:
    with db.transaction(**READ):
        return json.loads(queries.newest_plan(number).problem_json)


def quota(code: str, packs: int, days: int = 30) -> None:
    """The office lowers what one outlet may have, from today on."""
    with db.transaction():
        pack = commodities.pack_by_code(code)
        db.session.add(
            Quota(
                commodity_id=pack.commodity_id,
                kind=BINDING_QUOTA,
                scope="outlet",
                amount_base=packs * pack.size_base,
                period_days=days,
                region_key="national",
                valid_from_on=clock.today(),
                legal_ref="Surat dinas 12/2026",
            )
        )


# --- source ----------------------------------------------------------------------------------------


def test_nobody_offers_gas_without_being_an_authorised_source(market, agent):
    with pytest.raises(Refused) as refusal:
        gas(market, market.cast.nur)
    assert refusal.value.field == "pack_id"
    assert gas(market, agent)


def test_a_source_whose_authorisation_has_ended_brings_nothing(market, agent):
    gas(market, agent)
    want(market, DROP)
    with db.transaction():
        for held in db.session.query(SupplierAuthorisation):
            held.valid_from_on = clock.today() - timedelta(days=10)
            held.valid_until_on = clock.today() - timedelta(days=1)
    number = market.solved()
    assert problem(number)["offers"] == [] and plan(number)["lines"] == []


# --- price -----------------------------------------------------------------------------------------


def new_rule(market, amount_rp: int) -> None:
    """The governor sets another price from tomorrow on; two of the office enter it."""
    with db.transaction():
        asked = rules.propose_price_rule(
            market.cast.ratna,
            commodity_id=commodities.pack_by_code(GAS).commodity_id,
            kind="ADMIN_BUY",
            region_key="35",
            channel="pangkalan",
            amount_rp=amount_rp,
            valid_from_on=clock.today() + timedelta(days=1),
            legal_ref="Kepgub baru",
        )
        rules.approve_price_rule(market.cast.agus, asked.id)


@pytest.mark.parametrize("price_rp", [15_999, 16_001])
def test_gas_is_offered_at_the_price_of_the_rule_no_more_and_no_less(market, agent, price_rp):
    with pytest.raises(Refused) as refusal:
        market.offer(agent, price_rp, DROP, GAS, lot_packs=DROP, min_per_drop_packs=DROP)
    assert refusal.value.field == "tier_1_price"


def test_a_new_rule_counts_for_offers_made_before_it(market, agent):
    gas(market, agent)
    new_rule(market, 16_400)
    clock.travel(86_400)
    want(market, DROP)
    number = market.published()
    with db.transaction(**READ):
        (assignment,) = db.session.query(Assignment).filter_by(round_id=number)
        assert assignment.price_rp == 16_400
    market.answer(agent, asked_id(number, agent))
    market.work()
    with db.transaction(**READ):
        assert queries.round_by_id(number).state == "finished"


# --- quota -----------------------------------------------------------------------------------------


def test_the_form_and_the_matcher_keep_to_the_same_quota(market, agent):
    quota(GAS, 2 * DROP)
    gas(market, agent)
    with pytest.raises(Refused):
        want(market, 3 * DROP)
    want(market, DROP)
    with pytest.raises(Refused):
        want(market, DROP + 1)


def test_a_quota_lowered_after_the_approval_binds_the_plan(market, agent):
    gas(market, agent)
    need_id = want(market, 3 * DROP)
    quota(GAS, 2 * DROP)
    number = market.solved()
    (row,) = problem(number)["needs"]
    assert (row["wanted"], row["at_most"]) == (2 * DROP, 2 * DROP)
    assert [(line["need"], line["quantity"]) for line in plan(number)["lines"]] == [(f"n{need_id}", 2 * DROP)]


def test_a_quota_that_an_older_need_uses_up_is_named_as_the_reason(market, agent, browsers):
    gas(market, agent)
    first = want(market, 2 * DROP)
    late = want(market, DROP, needed_by_on=clock.today() + timedelta(days=12))
    quota(GAS, DROP)
    number = market.published()
    assert [(row["need"], row["reason"]) for row in problem(number)["closed"]] == [(f"n{late}", "quota")]
    assert [(line["need"], line["quantity"]) for line in plan(number)["lines"]] == [(f"n{first}", DROP)]
    page = browsers(market.cast.sri).get(f"/putaran/{number}").get_data(as_text=True)
    assert "Jatah barang ini sudah habis" in page and "Tunggu jatah berikutnya" in page


def test_what_came_in_an_earlier_round_counts_against_the_quota(market, agent):
    gas(market, agent)
    want(market, DROP)
    number = market.published()
    market.answer(agent, asked_id(number, agent))
    market.work()
    late = want(market, 2 * DROP, needed_by_on=clock.today() + timedelta(days=12))
    quota(GAS, 2 * DROP)
    number = market.solved()
    assert [(line["need"], line["quantity"]) for line in plan(number)["lines"]] == [(f"n{late}", DROP)]


def test_another_cooperatives_needs_and_goods_without_a_quota_are_not_limited(market, agent):
    gas(market, agent)
    quota(GAS, DROP)
    want(market, DROP)
    want(market, DROP, by=market.cast.wati)
    market.offer(agent, 300_000, 100)
    market.need(80)
    number = market.solved()
    assert sorted(line["quantity"] for line in plan(number)["lines"]) == [DROP, DROP, 80]


# --- drops and trucks ------------------------------------------------------------------------------


def test_gas_comes_in_whole_drops_and_no_fewer_than_one(market, agent):
    gas(market, agent)
    want(market, 2 * DROP + 30)
    want(market, DROP - 1, by=market.cast.wati)
    number = market.solved()
    assert [line["quantity"] for line in plan(number)["lines"]] == [2 * DROP]


def test_no_more_is_planned_than_the_trucks_carry_and_none_drives_too_empty(market, agent):
    """A pickup of one tonne carries 125 cylinders of 8 kg, and drives with at least 80 of them."""
    with db.transaction():
        pickup = Trip("3578", "pickup", 1_000_000, 60_000, max_trips=1, min_load_g=80 * 8_000)
        offers.set_trip_rates(agent, [pickup])
    gas(market, agent, lot_packs=10, min_per_drop_packs=10)
    want(market, 3 * DROP)
    number = market.solved()
    assert sum(line["quantity"] for line in plan(number)["lines"]) == 120


def test_a_load_that_no_truck_drives_for_stays(market, agent):
    with db.transaction():
        pickup = Trip("3578", "pickup", 1_000_000, 60_000, max_trips=1, min_load_g=80 * 8_000)
        offers.set_trip_rates(agent, [pickup])
    gas(market, agent, lot_packs=10, min_per_drop_packs=10)
    want(market, 70)
    assert plan(market.solved())["lines"] == []


def test_the_matcher_keeps_to_the_cooperatives_own_quota(market, agent):
    gas(market, agent)
    asked = want(market, 3 * DROP)
    with db.transaction():
        own = needs.propose_quota(
            market.cast.ratna,
            market.cast.makmur.id,
            commodities.pack_by_code(GAS).id,
            DROP,
            clock.today().replace(day=1),
            "Surat agen 7/2026",
        )
        needs.decide_quota(market.cast.agus, own.id, approve=True)
    number = market.solved()
    need = next(each for each in problem(number)["needs"] if each["id"] == f"n{asked}")
    assert (need["wanted"], need["at_most"]) == (DROP, DROP), "approved before the quota fell"
