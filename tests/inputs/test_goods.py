"""Goods came: shared by the rule, priced at cost, collected by code, and every rupiah in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, Refused
from market.core.parameters import set_value
from market.inputs import queries, services
from market.inputs.services import amounts
from market.ledger import chart
from market.needs import services as needs
from market.needs.models import Need
from market.stock import queries as shelf
from market.stock import services as stock
from tests.inputs.conftest import KG, balance, broken, need_of, pool_of, request_of

COST_KG = 240_000 // 25
PRICE = 9_888
"""9.600 a kilogram at the door and 3 % on top."""


def shelf_base(kitchen) -> tuple[int, int]:
    """(on hand, reserved) of the flour."""
    with db.transaction(read_only=True):
        item = shelf.item_by_code(kitchen.cast.makmur.id, "pack:TRG-25")
        return item.on_hand_base, item.reserved_base


# --- the arithmetic --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrived", "own", "asked", "given", "rest"),
    [
        (75, (0, 0), [(50, 80), (25, 25)], [50, 25], 0),
        (50, (0, 0), [(50, 80), (25, 25)], [33, 17], 0),  # 33,3 and 16,7: the larger remainder gets the kilo
        (25, (25, 25), [(50, 50), (25, 25)], [13, 6], 6),  # 12,5 6,25 6,25: the half comes first
        (125, (25, 50), [(50, 80), (25, 25)], [64, 25], 36),  # 25 over: rooms of 30 and, on the shelf, 25
        (200, (0, 0), [(50, 80), (25, 25)], [80, 25], 95),
        (0, (0, 0), [(50, 80)], [0], 0),
    ],
)
def test_shares_follow_the_published_rule(arrived, own, asked, given, rest):
    assert amounts.shares(arrived, own, asked) == (given, rest)


def test_the_price_is_cost_and_margin_and_never_more_than_promised():
    assert amounts.price_rp(480_000, 50, 300, 11_000, None) == PRICE
    assert amounts.price_rp(480_001, 50, 300, 11_000, None) == PRICE + 1
    assert amounts.price_rp(600_000, 50, 300, 11_000, None) == 11_000
    assert amounts.price_rp(600_000, 50, 300, 11_000, 10_900) == 10_900


def test_what_the_shop_may_pay_keeps_every_promise():
    assert amounts.affordable_rp(11_000, 300, 25) == 266_990
    assert amounts.price_rp(266_990, 25, 300) <= 11_000


# --- sharing ---------------------------------------------------------------------------------------


def test_goods_are_set_aside_and_she_is_told_the_price(kitchen):
    asked = kitchen.paid(50, 80)
    need = kitchen.open_pool(own=1)
    kitchen.ready(need, 3)
    found = request_of(asked)
    assert (found.state, found.given_base, found.price_rp, found.amount_rp) == (
        "ready",
        50 * KG,
        PRICE,
        50 * PRICE,
    )
    assert shelf_base(kitchen) == (75 * KG, 50 * KG)
    assert (pool_of(need).arrived_base, pool_of(need).own_base) == (75 * KG, 25 * KG)
    assert broken() == []


def test_a_short_truck_is_shared_to_the_last_kilogram(kitchen):
    first, second = kitchen.paid(50, 50), kitchen.on_credit(25)
    need = kitchen.open_pool(own=1)
    kitchen.ready(need, 2)
    # 50 kg for 50, 25 and the shop's 25
    assert [request_of(each).given_base // KG for each in (first, second)] == [25, 13]
    assert pool_of(need).own_base == 12 * KG


def test_nothing_is_shared_twice_or_before_it_came(kitchen):
    kitchen.paid()
    need = kitchen.open_pool()
    with pytest.raises(Conflict):
        kitchen.share(need)
    kitchen.ready(need, 2)
    with pytest.raises(Conflict):
        kitchen.share(need)


def gone(kitchen, kg: int) -> None:
    """Flour leaves the shelf before it was shared: it is counted and missed."""
    with db.transaction():
        item = shelf.item_by_code(kitchen.cast.makmur.id, "pack:TRG-25")
        stock.count_stock(kitchen.cast.sri, item.id, item.on_hand_base - kg * KG, "karung hilang")


def test_goods_that_left_the_shelf_meanwhile_are_shared_as_not_come(kitchen):
    first, second = kitchen.paid(50, 50), kitchen.on_credit(25)
    need = kitchen.open_pool()
    kitchen.arrive(need, 3)
    gone(kitchen, 30)
    kitchen.share(need)
    found = [request_of(each) for each in (first, second)]
    assert [(each.state, each.given_base, each.price_rp) for each in found] == [
        ("ready", 30 * KG, PRICE),
        ("ready", 15 * KG, PRICE),
    ]
    pool = pool_of(need)
    assert (pool.arrived_base, pool.own_base, pool.cost_rp) == (45 * KG, 0, 45 * COST_KG)
    assert broken() == []


def test_what_the_shop_sold_of_its_own_part_takes_nothing_from_buyers(kitchen):
    asked = kitchen.paid(50, 50)
    need = kitchen.open_pool(own=1)
    kitchen.arrive(need, 3)
    gone(kitchen, 25)
    kitchen.share(need)
    assert (request_of(asked).given_base, request_of(asked).price_rp) == (50 * KG, PRICE)
    assert broken() == []


def test_goods_that_are_all_gone_give_everybody_their_money_back(kitchen):
    first, second = kitchen.paid(25, 25), kitchen.on_credit(25)
    need = kitchen.open_pool()
    kitchen.arrive(need, 2)
    gone(kitchen, 50)
    kitchen.share(need)
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "unmet"]
    assert (pool_of(need).arrived_base, pool_of(need).cost_rp) == (0, 0)
    kitchen.refund(first)
    assert (request_of(first).state, balance(kitchen, chart.CUSTOMER_ADVANCES)) == ("refunded", 0)
    assert broken() == []


def test_who_gets_nothing_has_her_money_back(kitchen):
    big, small = kitchen.paid(400, 400), kitchen.paid(1, 1)
    kitchen.ready(kitchen.open_pool(), 1)
    assert [request_of(each).given_base // KG for each in (big, small)] == [25, 0]
    assert request_of(small).state == "refund_pending"
    assert broken() == []


def test_the_rest_that_is_still_looked_for_is_only_the_shops(kitchen):
    kitchen.paid(50, 50)
    need = kitchen.open_pool(own=4)
    kitchen.arrive(need, 3)
    with db.transaction():
        needs.carry_over(kitchen.cast.ratna, need)
    kitchen.share(need)
    with db.transaction(read_only=True):
        rest = db.session.query(Need).filter_by(carried_from_id=need).one()
        # 75 of 150 kg came: the shop has 50 of its 100, so two sacks are looked for
        assert (rest.state, rest.wanted_packs) == ("open", 2)


# --- collecting ------------------------------------------------------------------------------------


def test_she_collects_with_the_code_and_the_advance_becomes_a_sale(kitchen):
    asked = kitchen.paid(50, 80)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(asked)
    left = 50 * (11_000 - PRICE)
    found = request_of(asked)
    assert (found.state, found.used_rp, found.open_rp) == ("refund_pending", 50 * PRICE, left)
    assert broken() == []
    kitchen.refund(asked)
    assert (request_of(asked).state, request_of(asked).returned_rp) == ("refunded", left)
    assert balance(kitchen, chart.SALES_NON_MEMBERS) == -50 * PRICE
    assert balance(kitchen, chart.COST_NON_MEMBERS) == 480_000
    assert balance(kitchen, chart.CUSTOMER_ADVANCES) == 0
    assert balance(kitchen, chart.CASH) == 50 * PRICE
    assert balance(kitchen, chart.INVENTORY) == 0
    assert broken() == []


@pytest.mark.parametrize(("limit_rp", "state"), [(50 * (11_000 - PRICE), "settled"), (0, "refund_pending")])
def test_only_small_change_leaves_the_cash_box_without_a_second_person(kitchen, limit_rp, state):
    asked = kitchen.paid(50, 50)
    with db.transaction():
        reason = "rapat pengurus"
        set_value(kitchen.cast.hadi, services.CHANGE_RP, limit_rp, clock.today(), reason)
    kitchen.ready(kitchen.open_pool(), 2)
    before = balance(kitchen, chart.CASH)
    kitchen.collect(asked)
    assert request_of(asked).state == state
    given = before - balance(kitchen, chart.CASH)
    assert given == (limit_rp if state == "settled" else 0)
    assert broken() == []


def test_change_above_the_limit_waits_for_two_persons_and_by_a_day(kitchen):
    asked = kitchen.paid(50, 50)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(asked)
    assert request_of(asked).open_rp == 50 * (11_000 - PRICE) > services.CHANGE_RP.start
    assert request_of(asked).refund_by_on == clock.today() + timedelta(days=3)
    with db.transaction():
        services.propose_refund(kitchen.cast.budi, asked, "1-1100")
    with pytest.raises(Forbidden), db.transaction():
        services.decide_refund(kitchen.cast.kasir, asked, approve=True)


def test_a_member_buys_as_a_member(kitchen):
    asked = kitchen.paid(50, 50)
    with db.transaction():
        services.become_member(kitchen.cast.hadi, asked)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(asked)
    assert balance(kitchen, chart.SALES_MEMBERS) == -50 * PRICE
    assert balance(kitchen, chart.SALES_NON_MEMBERS) == 0


def test_a_wrong_code_hands_nothing_over(kitchen):
    asked = kitchen.paid(25, 25)
    kitchen.ready(kitchen.open_pool(), 1)
    for _time in range(services.MAX_WRONG_CODES):
        with pytest.raises(Refused), db.transaction():
            services.collect(kitchen.cast.kasir, asked, "x")
        with db.transaction():
            services.note_wrong_code(asked)
    with pytest.raises(Refused, match="Terlalu banyak"):
        kitchen.collect(asked)
    with db.transaction():
        services.renew_code(kitchen.tini, asked)
    kitchen.collect(asked)
    assert request_of(asked).state == "settled"


def test_who_takes_more_than_was_paid_for_pays_the_rest_at_the_counter(kitchen):
    asked = kitchen.paid(50, 75)
    kitchen.ready(kitchen.open_pool(), 3)
    kitchen.collect(asked)
    found = request_of(asked)
    assert (found.given_base, found.amount_rp) == (75 * KG, 75 * PRICE)
    assert (found.paid_rp, found.open_rp, found.state) == (75 * PRICE, 0, "settled")
    assert balance(kitchen, chart.CASH) == 75 * PRICE
    assert broken() == []


def test_money_that_is_over_may_stay_for_the_next_request(kitchen):
    first = kitchen.paid(50, 50)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(first, change="keep")
    left = 50 * (11_000 - PRICE)
    assert (request_of(first).state, request_of(first).open_rp) == ("collected", left)
    second = kitchen.pay(kitchen.approve(kitchen.ask(25, None)), use_kept=True)
    assert (request_of(first).state, request_of(first).open_rp) == ("settled", 0)
    assert request_of(second).paid_rp == 25 * 11_000
    assert balance(kitchen, chart.CASH) == 50 * 11_000 + 25 * 11_000 - left
    assert balance(kitchen, chart.CUSTOMER_ADVANCES) == -25 * 11_000
    assert broken() == []


def test_kept_money_is_given_back_when_she_asks(kitchen):
    asked = kitchen.paid(50, 50)
    kitchen.withdraw(asked)
    with db.transaction():
        services.keep_money(kitchen.tini, asked)
    assert request_of(asked).state == "kept"
    with db.transaction():
        services.ask_back(kitchen.cast.kasir, asked)
    kitchen.refund(asked)
    assert (request_of(asked).state, balance(kitchen, chart.CUSTOMER_ADVANCES)) == ("refunded", 0)


def test_on_credit_she_owes_it_for_the_days_of_the_cooperative(kitchen):
    asked = kitchen.on_credit(50)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(asked)
    found = request_of(asked)
    assert (found.state, found.owed_rp) == ("collected", 50 * PRICE)
    assert found.due_on == clock.today() + timedelta(days=14)
    assert balance(kitchen, chart.RECEIVABLE_OTHERS) == 50 * PRICE
    kitchen.settle(asked, 100_000)
    with pytest.raises(Refused):
        kitchen.settle(asked, 50 * PRICE)
    kitchen.settle(asked, 50 * PRICE - 100_000)
    assert (request_of(asked).state, balance(kitchen, chart.RECEIVABLE_OTHERS)) == ("settled", 0)
    assert broken() == []


def test_what_she_owes_counts_against_the_next_credit(kitchen):
    asked = kitchen.on_credit(50)
    kitchen.ready(kitchen.open_pool(), 2)
    kitchen.collect(asked)
    other = kitchen.ask(50, None, terms="tempo")
    with pytest.raises(Refused, match="terpakai"):
        kitchen.approve(other, terms="tempo")
    kitchen.settle(asked, 50 * PRICE)
    assert request_of(kitchen.approve(other, terms="tempo")).state == "approved"


def test_goods_that_nobody_collects_go_back_to_the_shelf(kitchen):
    first, second = kitchen.paid(25, 25), kitchen.on_credit(25)
    need = kitchen.open_pool()
    kitchen.ready(need, 2)
    for each in (first, second):
        with db.transaction():
            services.give_up(kitchen.cast.sri, each, "tidak datang dua minggu")
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "unmet"]
    assert shelf_base(kitchen) == (50 * KG, 0)
    assert pool_of(need).own_base == 50 * KG
    assert broken() == []


def test_a_need_knows_the_requests_of_its_rest(kitchen):
    kitchen.paid()
    need = kitchen.open_pool(own=2)
    kitchen.arrive(need, 3)
    first = need_of(need)
    with db.transaction():
        rest = needs.carry_over(kitchen.cast.ratna, need)
        assert [each.id for each in queries.family(first)] == [need, rest.id]
