"""Several cooperatives in one round: prices of the pool, shares of delivery, limits, fairness, figures."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.needs.models import Need
from market.offers import services as offers
from market.purchasing import queries as purchasing
from market.purchasing.models import PurchaseOrder
from market.rounds import queries
from tests import factories
from tests.rounds.conftest import asked, asked_id, the_round

READ = {"read_only": True}
GAS, SPHP = "LPG-3", "BRS-SPHP-5"


def trucks(actor, *rates) -> None:
    with db.transaction():
        offers.set_trip_rates(actor, [offers.Trip(**rate) for rate in rates])


def lines(round_id, actor):
    """The newest assignment's lines of the actor's supplier, by buyer."""
    return {line.buyer_id: line for line in queries.lines_of(asked(round_id, actor).id)}


def packs_by_need(round_id) -> dict[int, int]:
    with db.transaction(**READ):
        return {row.frozen.need_id: row.packs for row in queries.outcomes(round_id)}


def reason_of(round_id) -> str:
    with db.transaction(**READ):
        return queries.round_needs(round_id)[0].unmet_reason


# --- the price of the pool -----------------------------------------------------------------------


def test_two_small_needs_together_reach_the_price_that_neither_reaches_alone(market):
    for poster in (market.cast.sri, market.cast.wati):
        market.need(30, by=poster)
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (50, 290_000)])
    number = market.solved()
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        assert (mine.packs, mine.price_rp, mine.tier_from) == (60, 290_000, 50)
        assert {line.price_rp for line in lines(number, market.cast.joko).values()} == {290_000}
        summary = queries.round_summary(number)
        assert (summary.alone_cost_rp, summary.pooled_rp, summary.saved_rp) == (
            60 * 300_000,
            60 * 290_000,
            600_000,
        )
        assert queries.dearer_than_alone(the_round(number)) == []


def test_a_need_takes_more_than_it_wanted_where_that_brings_the_price_down(market):
    market.need(45, at_most_packs=60)
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (50, 260_000)])
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction(**READ):
        need = db.session.query(Need).one()
        assert (need.matched_packs, need.state) == (50, "matched")
        row = queries.outcomes(number)[0]
        assert (row.counted, row.missing, row.pooled_rp) == (45, 0, 50 * 260_000 * 45 // 50)


# --- who pays what -------------------------------------------------------------------------------


@pytest.fixture
def shared_truck(market):
    """Two neighbours in one district buy 41 and 7 sacks; one truck of Rp 500.001 and Rp 30.000 a door."""
    with db.transaction():
        near = factories.cooperative("Koperasi Gubeng", "3578081003")
        poster = factories.actor("secretary", near)
        approver = factories.actor("chair", near)
    market.need(41)
    market.need(7, by=poster, approver=approver)
    market.offer(market.cast.joko, 280_000, 60, zones=[("3578", 1_000, 30_000)], fixed_rp=10_000)
    trucks(
        market.cast.joko,
        {"place_code": "3578", "vehicle": "truck", "capacity_g": 8_000_000, "cost_rp": 500_001},
    )
    return near


def test_truck_by_weight_drop_by_cause_fixed_cost_by_packs_and_the_sum_is_exact(market, shared_truck):
    number = market.solved()
    with db.transaction(**READ):
        found = lines(number, market.cast.joko)
        plan, mine = queries.newest_plan(number), asked(number, market.cast.joko)
        large, small = found[market.cast.makmur.id], found[shared_truck.id]
        assert (large.truck_rp, small.truck_rp) == (427_084, 72_917)
        assert (large.drop_rp, small.drop_rp) == (30_000, 30_000)
        assert (large.fixed_rp, small.fixed_rp) == (8_542, 1_458)
        delivery = 48 * 1_000 + 2 * 30_000 + 10_000 + 500_001
        assert (plan.goods_rp, plan.delivery_rp) == (48 * 280_000, delivery)
        assert large.amount_rp + small.amount_rp == plan.goods_rp + delivery == plan.cost_rp
        assert (mine.goods_rp, mine.delivery_rp) == (plan.goods_rp, delivery)


def test_each_buyer_gets_one_order_with_its_own_share(market, shared_truck):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction(**READ):
        orders = {order.organization_id: order for order in db.session.query(PurchaseOrder)}
        assert orders.keys() == {market.cast.makmur.id, shared_truck.id}
        small = purchasing.lines_of(orders[shared_truck.id].id)
        assert [(line.kind, line.amount_rp) for line in small] == [
            ("goods", 7 * 280_000),
            ("freight", 7_000),
            ("drop", 30_000 + 1_458),
            ("truck", 72_917),
        ]
        assert sum(order.total_rp for order in orders.values()) == queries.newest_plan(number).cost_rp


def test_two_needs_of_one_buyer_from_one_offer_are_one_order(market):
    market.need(10)
    market.need(20)
    market.offer(market.cast.joko, 280_000, 60)
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction(**READ):
        order = db.session.query(PurchaseOrder).one()
        assert [line.ordered_packs for line in purchasing.goods_lines(order.id)] == [30]


def test_a_round_that_is_dearer_than_going_alone_is_shown(market):
    """Lamongan's 48 cheap sacks would serve either neighbour alone; together somebody pays Ngawi's price."""
    market.need(40)
    market.need(40, by=market.cast.wati)
    market.offer(market.cast.joko, 290_000, 48)
    market.offer(market.cast.nur, 310_000, 60)
    number = market.solved()
    with db.transaction(**READ):
        dear = queries.dearer_than_alone(the_round(number))
        assert [row.alone_rp for row in dear] == [40 * 290_000] * len(dear)
        assert dear
        assert all(row.pooled_rp > 40 * 290_000 for row in dear)
        assert sum(row.saved_rp for row in queries.outcomes(number)) == -32 * 20_000


# --- limits --------------------------------------------------------------------------------------


def test_a_need_never_spends_more_than_its_cash(market):
    market.need(40, cash_rp=3_000_000)
    market.offer(market.cast.joko, 290_000, 60)
    number = market.published()
    assert list(packs_by_need(number).values()) == [10]
    assert reason_of(number) == "cash"


def test_the_cash_of_one_need_is_not_spent_on_another(market):
    first = market.need(40, cash_rp=3_000_000)
    second = market.need(40)
    market.offer(market.cast.joko, 290_000, 100)
    assert packs_by_need(market.solved()) == {first: 10, second: 40}


def test_tempo_asks_for_no_cash(market):
    market.need(40, cash_rp=3_000_000)
    market.offer(market.cast.joko, 290_000, 60, terms="tempo", credit_days=14)
    assert list(packs_by_need(market.solved()).values()) == [40]


@pytest.mark.parametrize(
    ("need", "offer", "reason"),
    [
        ({"terms": "tempo"}, {"terms": "cod"}, "terms"),
        ({}, {"lead_days": 30}, "date"),
        ({}, {"zones": [("3573", 0, 0), ("357804", 0, 0)]}, "area"),
        ({"ceiling_rp": 280_000}, {}, "ceiling"),
        ({}, {"min_per_drop_packs": 50}, "minimum"),
        ({}, {"pooled_min_packs": 60}, "minimum"),
    ],
)
def test_a_need_that_cannot_be_served_is_told_the_reason(market, need, offer, reason):
    market.need(40, **need)
    market.offer(market.cast.joko, 290_000, 60, **offer)
    number = market.published()
    assert list(packs_by_need(number).values()) == [0]
    assert reason_of(number) == reason
    with db.transaction(**READ):
        assert db.session.query(Need).one().state == "open"


def test_what_a_pickup_alone_can_reach_is_not_sent_by_truck(market):
    rate = {"place_code": "3578", "vehicle": "truck", "capacity_g": 8_000_000, "cost_rp": 1}
    market.need(40, truck_access="pickup")
    market.offer(market.cast.joko, 290_000, 60)
    trucks(market.cast.joko, rate)
    number = market.published()
    assert (reason_of(number), list(packs_by_need(number).values())) == ("area", [0])
    trucks(market.cast.joko, {**rate, "vehicle": "pickup", "capacity_g": 1_000_000})
    assert list(packs_by_need(market.solved()).values()) == [40]


def test_a_supplier_delivers_no_more_than_its_weight(market):
    market.need(40)
    market.offer(market.cast.joko, 290_000, 60)
    with db.transaction():
        offers.set_weight_limit(market.cast.joko, 300_000)
    number = market.solved()
    with db.transaction(**READ):
        packs = queries.outcomes(number)[0].packs
        problem = json.loads(queries.newest_plan(number).problem_json)
        unit_g = problem["commodities"][0]["unit_g"]
        assert packs == 300_000 // unit_g > 0
        assert queries.round_needs(number)[0].unmet_reason == "weight"


def test_a_cooperative_that_deals_with_one_supplier_alone_gets_only_one(market):
    market.need(80, max_suppliers=1)
    market.offer(market.cast.joko, 295_000, 48)
    market.offer(market.cast.nur, 302_500, 60)
    assert list(packs_by_need(market.solved()).values()) == [60]


# --- administered goods --------------------------------------------------------------------------


@pytest.fixture
def sphp(market):
    """Bulog's rice at its fixed price; `sphp(packs)` offers so many."""
    with db.transaction():
        pack = commodities.pack_by_code(SPHP)
        price = commodities.buy_price_rp(pack, "3578", clock.today())
        offers.authorise_supplier(
            market.cast.ratna,
            market.cast.lamongan.id,
            pack.commodity_id,
            valid_from_on=clock.today(),
            reference="Surat Bulog 12/2026",
        )
    return lambda packs: market.offer(market.cast.joko, price, packs, SPHP)


def test_scarce_administered_goods_are_shared_by_households_not_by_who_came_first(market, sphp):
    with db.transaction():
        db.session.get_one(type(market.cast.tetangga), market.cast.tetangga.id).households = 1000
    large = market.need(90, SPHP, ceiling_rp=None)
    small = market.need(90, SPHP, by=market.cast.wati, ceiling_rp=None)
    sphp(90)
    number = market.published()
    assert packs_by_need(number) == {large: 60, small: 30}
    with db.transaction(**READ):
        reasons = {row.unmet_reason for row in queries.round_needs(number)}
        assert reasons == {"ration"}


def test_enough_administered_goods_serve_everybody_in_full(market, sphp):
    first = market.need(20, SPHP, ceiling_rp=None)
    second = market.need(30, SPHP, by=market.cast.wati, ceiling_rp=None)
    sphp(90)
    assert packs_by_need(market.solved()) == {first: 20, second: 30}


# --- figures -------------------------------------------------------------------------------------


def test_the_summary_says_what_the_plan_says(market, rice):
    number = market.solved()
    with db.transaction(**READ):
        summary, plan = queries.round_summary(number), queries.newest_plan(number)
        assert (summary.cooperatives, summary.suppliers, summary.needs, summary.offers) == (1, 2, 1, 2)
        assert (summary.lanes, summary.cost_rp, summary.checked) == (2, 23_840_000, True)
        assert summary.bound_rp == plan.bound_rp <= plan.cost_rp
        assert summary.gap == pytest.approx((plan.cost_rp - plan.bound_rp) / plan.cost_rp, abs=1e-6)
        assert summary.greedy_cost_rp == 23_840_000
        assert summary.alone_cost_rp == summary.pooled_rp == summary.paid_rp == 23_840_000
        price = queries.round_needs(number)[0].market_rp
        assert (summary.market_price_cost_rp, summary.pooled_at_market_rp) == (80 * price, 23_840_000)
        assert (summary.unmet_units, summary.shortages) == (0, 0)


def test_the_flow_goes_from_suppliers_to_districts_in_kilograms(market, shared_truck):
    market.need(5, by=market.cast.wati)
    number = market.solved()
    with db.transaction(**READ):
        gross = queries.outcomes(number)[0].pack.gross_g
        assert queries.flow(number) == [
            ("Penggilingan Lamongan Jaya", "Wonokromo", 5 * gross // 1000),
            ("Penggilingan Lamongan Jaya", "Gubeng", 48 * gross // 1000),
        ]


def test_the_public_picture_is_of_the_last_round_that_delivered(market, rice):
    assert picture() is None
    number = market.published()
    assert picture() is None
    for actor in (market.cast.joko, market.cast.nur):
        market.answer(actor, asked_id(number, actor))
    found = picture()
    assert (found.cooperatives, found.suppliers, found.paid_rp) == (1, 2, 23_840_000)
    assert {source for source, _target, _kg in found.flow} == {
        "Penggilingan Lamongan Jaya",
        "Penggilingan Ngawi Subur",
    }
    market.need(1000, ceiling_rp=1_000)
    market.published()
    assert picture() == found


def picture():
    with db.transaction(**READ):
        return queries.last_finished_picture("3578")


# --- anonymous demand ----------------------------------------------------------------------------


def demand() -> list[tuple[str, bool, int, int]]:
    with db.transaction(**READ):
        return [
            (row.area, row.week_on is None, row.cooperatives, row.packs) for row in queries.anonymous_demand()
        ]


def test_what_one_cooperative_alone_wants_is_not_shown(market):
    market.need(40)
    market.need(30)
    assert demand() == []


def test_neighbours_of_different_districts_are_shown_as_their_city(market):
    day = clock.today() + timedelta(days=9)
    market.need(40, needed_by_on=day)
    market.need(30, by=market.cast.wati, needed_by_on=day)
    assert demand() == [("", False, 2, 70)]


def test_needs_of_different_weeks_are_shown_without_a_week(market):
    market.need(40, needed_by_on=clock.today() + timedelta(days=9))
    market.need(30, by=market.cast.wati, needed_by_on=clock.today() + timedelta(days=16))
    assert demand() == [("", True, 2, 70)]


def test_a_district_with_two_cooperatives_stands_for_itself_and_the_third_stays_hidden(market, shared_truck):
    market.need(500, by=market.cast.wati)
    assert demand() == [("Gubeng", False, 2, 48)]


def test_goods_in_a_round_are_no_longer_in_demand(market, shared_truck):
    market.close()
    assert demand() == []
