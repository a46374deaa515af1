"""Cylinders are somewhere at any time, and what buyers left for them is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.parameters import set_value
from market.core.permissions import Role
from market.empties import queries, services
from market.empties.types import CONTAINERS
from market.ledger import chart
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.stock import services as stock
from tests import factories
from tests.empties.conftest import (
    CYLINDER,
    DEPOSIT_RP,
    GAS,
    GAS_RP,
    HET_RP,
    balance,
    broken,
    held,
    own,
    receive,
    sell,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_the_first_delivery_without_empties_is_owed_to_the_agent(cast):
    receive(cast, 50)
    assert held(cast) == {"full": 50, "empty": 0, "lent": 0, "supplier": -50, "owned": 0, "rp": 0}
    (side,) = queries.supplier_sides(cast.makmur.id)
    assert (side.supplier_id, side.owed, side.waiting) == (cast.lamongan.id, 50, 0)
    assert side.due_on == clock.today() + timedelta(days=7)
    assert broken() == []


def test_as_many_empties_go_along_as_came_as_far_as_there_are_any(cast):
    own(cast, 30)
    receive(cast, 50)
    assert held(cast)["supplier"] == -20
    sell(cast, 10)
    receive(cast, 5)
    assert held(cast) == {
        "full": 45,
        "empty": 5,
        "lent": 0,
        "supplier": -20,
        "owned": 30,
        "rp": 30 * DEPOSIT_RP,
    }
    assert broken() == []


def test_fewer_empties_may_be_counted_and_the_rest_is_owed(cast):
    own(cast, 60)
    receive(cast, 50, empties=48)
    assert (held(cast)["empty"], held(cast)["supplier"]) == (12, -2)


def test_more_empties_than_came_wait_at_the_agent_and_are_still_ours(cast):
    own(cast, 60)
    receive(cast, 50, empties=55)
    (side,) = queries.supplier_sides(cast.makmur.id)
    assert (side.owed, side.waiting, side.due_on) == (0, 5, None)
    assert held(cast)["owned"] == 60


def test_more_empties_than_there_are_are_refused_at_their_field(cast):
    own(cast, 10)
    with pytest.raises(Refused) as refusal:
        receive(cast, 50, empties=11)
    assert (refusal.value.field or "").startswith("empties_")


def test_a_refill_against_an_empty_changes_what_is_full_and_what_is_empty(cast):
    receive(cast, 50)
    sale = sell(cast, 3)
    assert (held(cast)["full"], held(cast)["empty"], held(cast)["lent"]) == (47, 3, 0)
    assert (sale.amount_rp, sale.deposit_rp, sale.cost_rp) == (3 * HET_RP, 0, 3 * GAS_RP)
    assert queries.deposit_of_sale(sale.id) is None
    assert balance(cast, chart.SALES_NON_MEMBERS) == -3 * HET_RP
    assert balance(cast, chart.INVENTORY) == 47 * GAS_RP
    assert broken() == []


def test_without_an_empty_the_buyer_leaves_a_deposit_that_is_owed_back(cast):
    receive(cast, 50)
    before = balance(cast, chart.CASH)
    sale = sell(cast, 3, empties=1, member_sale=True)
    deposit = queries.deposit_of_sale(sale.id)
    assert deposit is not None and (deposit.count, deposit.unit_rp, deposit.holder) == (
        2,
        DEPOSIT_RP,
        "Bu Ani",
    )
    assert balance(cast, chart.CASH) == before + 3 * HET_RP + 2 * DEPOSIT_RP
    assert balance(cast, chart.CONTAINER_DEPOSITS) == -2 * DEPOSIT_RP
    assert balance(cast, chart.SALES_MEMBERS) == -3 * HET_RP
    assert held(cast)["lent"] == 2
    assert queries.deposits_held_rp(cast.makmur.id) == 2 * DEPOSIT_RP
    assert broken() == []


@pytest.mark.parametrize(
    ("packs", "empties", "details", "field"),
    [
        (0, 0, {}, "count"),
        (51, 0, {}, "count"),
        (2, 3, {}, "empties_in"),
        (2, -1, {}, "empties_in"),
        (1, 1, {"unit_price_rp": 0}, "unit_price_rp"),
        (1, 1, {"unit_price_rp": HET_RP + 1}, "unit_price_rp"),
        (1, 1, {"recorded": False}, "recorded"),
        (1, 0, {"buyer_name": "  "}, "buyer_name"),
        (1, 0, {"phone": "abc"}, "phone"),
    ],
)
def test_a_refill_that_may_not_be_is_refused_at_its_field(cast, packs, empties, details, field):
    receive(cast, 5)
    with pytest.raises(Refused) as refusal:
        sell(cast, packs, empties, **details)
    assert refusal.value.field == field


def test_what_is_not_there_is_not_sold(cast):
    receive(cast, 2)
    with pytest.raises(Refused):
        sell(cast, 3)


def test_the_deposit_goes_back_when_the_cylinder_does_a_part_at_a_time(cast):
    receive(cast, 50)
    deposit = queries.deposit_of_sale(sell(cast, 3, empties=0).id)
    cash = balance(cast, chart.CASH)
    services.return_containers(cast.kasir, deposit.id, 1)
    assert (deposit.state, deposit.still_out) == ("open", 2)
    services.return_containers(cast.kasir, deposit.id, 2)
    assert (deposit.state, deposit.still_out) == ("closed", 0)
    assert balance(cast, chart.CASH) == cash - 3 * DEPOSIT_RP
    assert balance(cast, chart.CONTAINER_DEPOSITS) == 0
    assert (held(cast)["lent"], held(cast)["empty"]) == (0, 3)
    assert broken() == []
    with pytest.raises(Refused):
        services.return_containers(cast.kasir, deposit.id, 1)


def test_a_deposit_is_that_of_its_day_whatever_is_asked_later(cast):
    receive(cast, 5)
    deposit = queries.deposit_of_sale(sell(cast, 1, empties=0).id)
    set_value(cast.hadi, CONTAINERS[CYLINDER].deposit, 175_000, clock.today(), "rapat pengurus 22 November")
    later = queries.deposit_of_sale(sell(cast, 1, empties=0).id)
    assert (deposit.unit_rp, later.unit_rp) == (DEPOSIT_RP, 175_000)
    services.return_containers(cast.kasir, deposit.id, 1)
    assert balance(cast, chart.CONTAINER_DEPOSITS) == -175_000
    assert broken() == []


def test_a_cylinder_that_is_kept_is_sold_for_its_deposit(cast):
    own(cast, 10, 120_000)
    receive(cast, 10)
    deposit = queries.deposit_of_sale(sell(cast, 2, empties=0).id)
    services.keep_containers(cast.kasir, deposit.id, 2, "pindah rumah")
    assert deposit.state == "closed"
    assert held(cast)["owned"] == 8 and held(cast)["rp"] == 8 * 120_000
    assert balance(cast, chart.OTHER_INCOME) == -2 * (DEPOSIT_RP - 120_000)
    assert balance(cast, chart.CYLINDERS) == 8 * 120_000
    assert broken() == []


def test_a_kept_cylinder_worth_more_than_its_deposit_is_a_loss(cast):
    own(cast, 10, 200_000)
    receive(cast, 10)
    deposit = queries.deposit_of_sale(sell(cast, 1, empties=0).id)
    with pytest.raises(Refused):
        services.keep_containers(cast.kasir, deposit.id, 1, " ")
    services.keep_containers(cast.kasir, deposit.id, 1, "hilang")
    assert balance(cast, chart.STOCK_LOSS) == 50_000
    assert broken() == []


def test_empties_handed_back_later_pay_what_is_owed_oldest_first(cast):
    receive(cast, 20)
    clock.travel(3 * 86_400)
    receive(cast, 20)
    (side,) = queries.supplier_sides(cast.makmur.id)
    first = side.due_on
    sell(cast, 25)
    services.hand_back(cast.kasir, CYLINDER, cast.lamongan.id, 20)
    (side,) = queries.supplier_sides(cast.makmur.id)
    assert (side.owed, side.due_on) == (20, first + timedelta(days=3))
    with pytest.raises(Refused):
        services.hand_back(cast.kasir, CYLINDER, cast.lamongan.id, 6)
    with pytest.raises(Refused):
        services.hand_back(cast.kasir, CYLINDER, cast.tetangga.id, 1)
    assert broken() == []


def test_what_is_not_handed_back_is_bought_by_two_persons_at_the_price_of_the_day(cast):
    receive(cast, 50)
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 50, chart.CASH)
    assert held(cast)["owned"] == 0
    with pytest.raises(Forbidden):
        services.decide_purchase(cast.budi, purchase.id, approve=True)
    services.decide_purchase(cast.hadi, purchase.id, approve=True)
    assert (purchase.state, purchase.amount_rp) == ("done", 50 * DEPOSIT_RP)
    assert held(cast) == {
        "full": 50,
        "empty": 0,
        "lent": 0,
        "supplier": 0,
        "owned": 50,
        "rp": 50 * DEPOSIT_RP,
    }
    assert balance(cast, chart.CYLINDERS) == 50 * DEPOSIT_RP
    assert queries.supplier_sides(cast.makmur.id) == []
    assert broken() == []
    with pytest.raises(Refused):
        services.decide_purchase(cast.hadi, purchase.id, approve=True)


def test_a_refused_purchase_needs_a_reason_and_changes_nothing(cast):
    receive(cast, 5)
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 5, chart.BANK)
    with pytest.raises(Refused):
        services.decide_purchase(cast.hadi, purchase.id, approve=False)
    services.decide_purchase(cast.hadi, purchase.id, approve=False, reason="pinjam dulu")
    assert purchase.state == "rejected" and held(cast)["owned"] == 0
    assert balance(cast, chart.CYLINDERS) == 0


def test_nobody_buys_with_money_that_is_not_there(cast):
    receive(cast, 5)
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 5, chart.BANK)
    with pytest.raises(Refused), db.session.begin_nested():
        services.decide_purchase(cast.hadi, purchase.id, approve=True)
    with pytest.raises(Refused):
        services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 5, chart.INVENTORY)


def test_a_purchase_that_nobody_decides_lapses(cast):
    receive(cast, 5)
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 5, chart.CASH)
    assert services.lapse_purchases() == 0
    clock.travel(73 * 3600)
    assert queries.waiting_purchases(cast.makmur.id) == []
    assert services.lapse_purchases() == 1
    assert purchase.state == "lapsed"


def test_counting_finds_what_is_missing_of_both(cast):
    own(cast, 20, 100_000)
    receive(cast, 10)
    assert services.count_containers(cast.kasir, CYLINDER, full=9, empty=8, reason="dihitung pagi") == 3
    assert held(cast) == {"full": 9, "empty": 8, "lent": 0, "supplier": 0, "owned": 17, "rp": 1_700_000}
    assert balance(cast, chart.STOCK_LOSS) == 3 * 100_000 + GAS_RP
    assert broken() == []
    assert services.count_containers(cast.kasir, CYLINDER, full=9, empty=10, reason="ketemu") == -2
    assert held(cast)["rp"] == 1_900_000
    assert services.count_containers(cast.kasir, CYLINDER, full=9, empty=10) == 0
    assert broken() == []


def test_a_difference_needs_its_reason(cast):
    own(cast, 5)
    receive(cast, 5)
    for counted, field in (({"full": 4, "empty": 0}, "reason"), ({"full": 5, "empty": 1}, "reason")):
        with pytest.raises(Refused) as refusal:
            services.count_containers(cast.kasir, CYLINDER, **counted)
        assert refusal.value.field == field
    with pytest.raises(Refused) as refusal:
        services.count_containers(cast.kasir, CYLINDER, full=-1, empty=0, reason="x")
    assert refusal.value.field == "full"


def test_a_borrowed_cylinder_that_is_lost_is_paid_when_it_is_bought(cast):
    receive(cast, 3)
    services.count_containers(cast.kasir, CYLINDER, full=2, empty=0, reason="hilang")
    assert held(cast) == {"full": 2, "empty": 0, "lent": 0, "supplier": -3, "owned": -1, "rp": 0}
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 3, chart.CASH)
    services.decide_purchase(cast.hadi, purchase.id, approve=True)
    assert held(cast)["owned"] == 2 and held(cast)["rp"] == 2 * DEPOSIT_RP
    assert balance(cast, chart.STOCK_LOSS) == GAS_RP + DEPOSIT_RP
    assert broken() == []


def test_the_shelf_count_of_full_ones_moves_their_cylinders_too(cast):
    own(cast, 10, 100_000)
    receive(cast, 10)
    item = stock.item_for_pack(cast.makmur.id, commodities.pack_by_code(GAS).id)
    stock.count_stock(cast.kasir, item.id, 7, "bocor")
    assert (held(cast)["full"], held(cast)["owned"], held(cast)["rp"]) == (7, 7, 700_000)
    assert broken() == []


def test_a_written_off_full_one_takes_its_cylinder_along(cast):
    own(cast, 10, 100_000)
    receive(cast, 10)
    item = stock.item_for_pack(cast.makmur.id, commodities.pack_by_code(GAS).id)
    write_off = stock.propose_write_off(cast.kasir, item.id, 1, "penyok")
    stock.decide_write_off(cast.hadi, write_off.id, approve=True)
    assert held(cast)["owned"] == 9
    assert broken() == []


def test_gas_moves_in_no_way_that_would_lose_its_cylinder(cast):
    receive(cast, 10)
    item = stock.item_for_pack(cast.makmur.id, commodities.pack_by_code(GAS).id)
    with pytest.raises(Refused):
        stock.move_out(cast.kasir, cast.makmur.id, item.id, 1, "transfer:1", "transfer_out")


def test_goods_in_nothing_that_goes_back_leave_no_trace(cast):
    rice = commodities.pack_by_code("BRS-PRM-25")
    item = stock.item_for_pack(cast.makmur.id, rice.id)
    stock.move_in(cast.kasir, cast.makmur.id, item.id, 25_000, 0, "goods_receipt:1:1")
    assert queries.moves_of(cast.makmur.id) == []
    assert queries.container_of(rice.code) is None
    assert queries.container_of(GAS) is CONTAINERS[CYLINDER]


def test_who_may_not_does_not(cast):
    receive(cast, 5)
    with pytest.raises(Forbidden):
        services.sell_refill(
            cast.budi.__class__(**{**vars(cast.budi), "role": Role.SUPERVISOR}),
            CYLINDER,
            count=1,
            empties_in=1,
            unit_price_rp=HET_RP,
            recorded=True,
        )
    with pytest.raises(Forbidden):
        services.propose_purchase(cast.sri, CYLINDER, cast.lamongan.id, 1, chart.CASH)
    with pytest.raises(Forbidden):
        services.record_owned(cast.sri, CYLINDER, 1, 0)
    with pytest.raises(NotFound):
        services.hand_back(cast.kasir, "GALON", cast.lamongan.id, 1)


def test_another_cooperatives_deposit_is_not_there(cast):
    receive(cast, 5)
    deposit = queries.deposit_of_sale(sell(cast, 1, empties=0).id)
    stranger = factories.actor(Role.CASHIER, cast.tetangga)
    with pytest.raises(NotFound):
        services.return_containers(stranger, deposit.id, 1)
    purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 5, chart.CASH)
    with pytest.raises(NotFound):
        queries.purchase_for(stranger, purchase.id)


def test_every_container_says_where_its_figures_come_from():
    for container in CONTAINERS.values():
        for parameter in (container.deposit, container.price, container.return_days):
            assert "asumsi" in parameter.source and parameter.by == "cooperative"


def test_full_cylinders_that_go_back_are_no_longer_owed_to_their_agent(cast):
    receipt = receive(cast, 20)
    line = orders.goods_lines(receipt.order_id)[0]
    purchasing.return_goods(cast.sri, receipt.order_id, [(line.id, 15)], "broken")
    (side,) = queries.supplier_sides(cast.makmur.id)
    assert (side.supplier_id, side.owed, held(cast)["supplier"]) == (cast.lamongan.id, 5, -5)
    assert broken() == []


def test_refills_are_numbered_in_a_series_of_their_own(cast):
    receive(cast, 5)
    assert sell(cast, 1).number.startswith("IU/")
