"""Scarce administered goods: shared by households, last round's losers first, and published."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.needs import services as needs
from market.needs.models import Need
from market.offers import queries as standing
from market.offers import services as offers
from market.rounds import queries
from market.rounds.queries.rationing import Past
from market.rounds.services import rationing
from tests import factories
from tests.rounds.conftest import asked_id

READ = {"read_only": True}
GAS = "LPG-3"
DROP = 50
MONTH_S = 30 * 24 * 3600


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def gas(market):
    """Three cooperatives with as many households each; `gas(tubes)` offers so many tubes, by the drop."""
    with db.transaction():
        pack = commodities.pack_by_code(GAS)
        price = commodities.buy_price_rp(pack, "3578", clock.today())
        offers.authorise_supplier(
            market.cast.ratna,
            market.cast.lamongan.id,
            pack.commodity_id,
            valid_from_on=clock.today(),
            reference="Kontrak agen 7/2026",
        )
    return lambda tubes: market.offer(
        market.cast.joko, price, tubes, GAS, lot_packs=DROP, min_per_drop_packs=DROP
    )


@pytest.fixture
def three(market):
    """Secretary and chair of each of the three cooperatives."""
    with db.transaction():
        third = factories.cooperative("Koperasi Gubeng", "3578081003")
        people = [(market.cast.sri, market.cast.budi), (market.cast.wati, market.cast.head)]
        return [*people, (factories.actor("secretary", third), factories.actor("chair", third))]


def month(market, three, gas, tubes=2 * DROP) -> dict[int, int]:
    """One month: everybody asks for a drop, the agent brings two. Tubes by cooperative."""
    with db.transaction():
        needs.expire_old()
    for secretary, chair in three:
        market.need(DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
    gas(tubes)
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    market.work()
    with db.transaction(**READ):
        assert queries.round_by_id(number).state == "finished"
        return {row.buyer_id: row.accepted_packs for row in queries.round_needs(number)}


def pass_a_month(market) -> None:
    with db.transaction():
        for offer in standing.live_offers("3578", clock.today()):
            offers.withdraw_offer(market.cast.joko, offer.id)
    clock.travel(MONTH_S)


def test_who_goes_short_of_gas_in_one_month_comes_first_in_the_next(market, three, gas):
    months = []
    for _month in range(3):
        months.append(month(market, three, gas))
        pass_a_month(market)
    short = [next(who for who, tubes in each.items() if tubes == 0) for each in months]
    assert [sorted(each.values()) for each in months] == [[0, DROP, DROP]] * 3
    assert len(set(short)) == 3, "each of the three goes short once"
    for loser, following in zip(short, months[1:], strict=False):
        assert following[loser] == DROP
    together = {who: sum(each[who] for each in months) for who in months[0]}
    assert set(together.values()) == {2 * DROP}


def test_the_shares_are_published_with_the_rule_to_everybody_in_the_round(market, browsers, three, gas):
    month(market, three, gas)
    pass_a_month(market)
    with db.transaction():
        needs.expire_old()
    for secretary, chair in three:
        market.need(DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
    gas(2 * DROP)
    number = market.solved()
    before = text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    assert 'data-testid="ration"' not in before
    market.publish(number)
    with db.transaction(**READ):
        (ration,) = queries.rations_of(queries.newest_plan(number))
        first = ration.rows[0]
        assert (first.share.rank, first.share.last_packs, first.share.packs) == (1, 0, DROP)
        assert (first.share.households, first.per_hundred) == (2000, 2.5)
        assert (ration.wanted, ration.packs) == (150, 100)
    for person in (market.cast.ratna, market.cast.sri, three[2][0]):
        page = text(browsers(person).get(f"/putaran/{number}"))
        part = page.split('data-testid="ration"')[1].split("</section>")[0]
        for shown in (
            "dibagi menurut jumlah keluarga",
            "Koperasi Gubeng",
            "2.000",
            "0 dari 50",
            "100 dari 150",
        ):
            assert shown in part
        assert "Rp" not in part
    assert 'data-testid="ration"' not in text(browsers(market.cast.joko).get("/penugasan"))


def test_enough_for_all_is_shared_out_to_nobody(market, browsers, three, gas):
    for secretary, chair in three:
        market.need(DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
    gas(3 * DROP)
    number = market.published()
    with db.transaction(**READ):
        assert queries.rations_of(queries.newest_plan(number)) == []


def test_the_matcher_is_given_households_and_order(market, three, gas):
    month(market, three, gas)
    pass_a_month(market)
    with db.transaction():
        needs.expire_old()
    asked = [
        market.need(DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
        for secretary, chair in reversed(three)
    ]
    gas(2 * DROP)
    number = market.solved()
    with db.transaction():
        problem = json.loads(queries.newest_plan(number).problem_json)
        history = queries.ration_history(number, [queries.round_needs(number)[0].pack_id])
        lost = next(buyer for (buyer, _pack), past in history.items() if past[0].packs == 0)
        first = min(problem["needs"], key=lambda row: row["order"])
        assert queries.round_need(number, int(first["id"][1:])).buyer_id == lost
        assert {row["weight"] for row in problem["needs"]} == {2000}
        assert {f"n{each}" for each in asked} <= {row["id"] for row in problem["needs"]}


def test_a_round_that_is_not_over_is_no_history(market, three, gas):
    for secretary, chair in three:
        market.need(DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
    gas(2 * DROP)
    number = market.published()
    with db.transaction(**READ):
        pack = commodities.pack_by_code(GAS)
        assert queries.ration_history(number + 1, [pack.id]) == {}


def test_the_kelurahan_counts_where_a_cooperative_has_not_said_whom_it_serves(market):
    with db.transaction():
        home = factories.cooperative("Koperasi Baru", "3578081003", households=0)
        secretary, chair = (factories.actor(role, home) for role in ("secretary", "chair"))
    asked = market.need(5, by=secretary, approver=chair)
    with db.transaction(**READ):
        need = db.session.get_one(Need, asked)
        assert need.weight == 1
        assert rationing.households_of(need) > 1_000


def test_who_got_least_for_its_households_comes_first_and_newer_rounds_count_more():
    nothing, little, much = Past(50, 0, 1000), Past(50, 10, 1000), Past(50, 20, 1000)
    served, small = Past(50, 50, 1000), Past(50, 10, 100)
    assert nothing.turn < little.turn < much.turn < small.turn < served.turn
    assert little.turn == (0, Fraction(1, 100))
    assert queries.turn_of([nothing, served]) < queries.turn_of([served, nothing]) < queries.turn_of([])
    assert queries.turn_of([served] * 3) == queries.turn_of([])


def test_the_share_of_a_large_cooperative_is_as_large_per_household(market, browsers, gas, three):
    with db.transaction():
        db.session.get_one(type(market.cast.tetangga), market.cast.tetangga.id).households = 1000
    for secretary, chair in three[:2]:
        market.need(6 * DROP, GAS, by=secretary, approver=chair, ceiling_rp=None)
    gas(6 * DROP)
    number = market.published()
    with db.transaction(**READ):
        (ration,) = queries.rations_of(queries.newest_plan(number))
        assert {row.cooperative: row.share.packs for row in ration.rows} == {
            "Koperasi Sumber Makmur": 4 * DROP,
            "Koperasi Rukun Tetangga": 2 * DROP,
        }
        assert {row.per_hundred for row in ration.rows} == {10.0}
    assert re.search(r"10,00", text(browsers(market.cast.wati).get(f"/putaran/{number}")))
