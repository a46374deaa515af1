"""QRIS at the counter, alone or beside cash: sold once when the money is there, else free again."""

from __future__ import annotations

from contextlib import suppress

import pytest

from market.commodities import queries as commodities
from market.core import clock, db, faults
from market.core.errors import Conflict, Refused
from market.counter import queries, services
from market.ledger import chart
from market.notices.models import Notice
from market.payments import gateway
from market.payments import services as payments
from market.rations import queries as rations
from market.rations.types import buyer_of
from market.stock.models import StockItem
from tests.counter.shop import FLOAT_RP, GAS_RP, MAP, NIK, SPHP_RP
from tests.retail.shop import CRISPS_RP, RICE_COST_RP, RICE_RP

TOTAL_RP = 2 * CRISPS_RP + RICE_RP


def promised(desk) -> int:
    """Base units of everything that somebody has been promised."""
    with db.transaction(read_only=True):
        items = db.session.query(StockItem).filter_by(organization_id=desk.cast.makmur.id)
        return sum(item.reserved_base for item in items)


def lines(sale_id: int):
    with db.transaction(read_only=True):
        return queries.lines_of(sale_id)


def waiting(desk, cash_rp: int = 0) -> int:
    return desk.shown((desk.till.crisps, 2), (desk.till.rice, 1), cash_rp=cash_rp)


def test_goods_are_sold_when_the_money_is_there_and_not_before(desk):
    cash = desk.balance(chart.CASH)
    sale_id = waiting(desk)
    before = desk.sale(sale_id)
    assert (before.state, before.number, before.online_rp) == ("waiting", None, TOTAL_RP)
    assert promised(desk) == 2 + 5_000
    assert desk.till.stock(f"product:{desk.till.shop.crisps.id}") == 10
    desk.scan(sale_id)
    desk.wait(60)
    sold = desk.sale(sale_id)
    assert (sold.state, sold.cash_rp, sold.change_rp) == ("done", 0, 0)
    assert sold.number == f"KS/{clock.today().year}/000001"
    assert desk.till.stock(f"product:{desk.till.shop.crisps.id}") == 8
    assert (desk.balance(chart.CASH), desk.balance(chart.CUSTOMER_ADVANCES)) == (cash, 0)
    assert desk.balance(chart.SALES_NON_MEMBERS) == -RICE_RP
    assert desk.balance(chart.COST_NON_MEMBERS) == RICE_COST_RP
    assert desk.balance(chart.PAYABLE_CONSIGNMENT) == -2 * CRISPS_RP * 9 // 10
    assert desk.balance(chart.CLEARING) + desk.balance(chart.PAYMENT_FEES) == TOTAL_RP
    assert desk.till.drawer().expected_rp == FLOAT_RP, "nothing of it lies in the drawer"
    desk.books_are_true()


def test_cash_and_qris_together_pay_one_receipt(desk):
    cash = desk.balance(chart.CASH)
    sale_id = waiting(desk, cash_rp=40_000)
    assert desk.till.drawer().cash_rp == 0, "until it is sold, the cash is the buyer's"
    desk.scan(sale_id)
    desk.wait(60)
    sold = desk.sale(sale_id)
    assert (sold.state, sold.cash_rp, sold.online_rp) == ("done", 40_000, TOTAL_RP - 40_000)
    assert desk.balance(chart.CASH) == cash + 40_000
    drawer = desk.till.drawer()
    assert (drawer.expected_rp, drawer.online_rp) == (FLOAT_RP + 40_000, TOTAL_RP - 40_000)
    desk.books_are_true()


@pytest.mark.parametrize("cash_rp", [-1, TOTAL_RP, TOTAL_RP + 1])
def test_cash_that_leaves_nothing_for_qris_is_refused(desk, cash_rp):
    sale_id = desk.till.basket((desk.till.crisps, 2), (desk.till.rice, 1))
    with pytest.raises(Refused) as refusal:
        desk.ask_qris(sale_id, cash_rp)
    assert refusal.value.field == "cash_rp"
    assert (desk.sale(sale_id).state, promised(desk)) == ("open", 0)


def test_the_least_and_the_most_of_a_mixed_payment_are_taken(desk):
    for cash_rp in (1, RICE_RP - 1):
        sale_id = desk.shown((desk.till.rice, 1), cash_rp=cash_rp)
        assert desk.sale(sale_id).online_rp == RICE_RP - cash_rp
        desk.scan(sale_id)
        desk.wait(60)
    assert desk.till.drawer().cash_rp == RICE_RP
    desk.books_are_true()


def test_a_shop_without_an_account_takes_cash_only(till):
    sale_id = till.basket((till.rice, 1))
    with pytest.raises(Refused, match="belum menerima pembayaran"), db.transaction():
        services.pay_online(till.cast.kasir, sale_id, 0, MAP)
    assert till.cash(sale_id).state == "done"


def test_while_qris_is_shown_nobody_takes_cash_changes_the_goods_or_ends_the_shift(desk):
    sale_id = waiting(desk)
    with pytest.raises(Refused, match="tidak bisa dibayar lagi"):
        desk.till.cash(sale_id)
    with pytest.raises(Refused, match="tidak bisa dibayar lagi"):
        desk.ask_qris(sale_id)
    line_id = lines(sale_id)[0].id
    with pytest.raises(Refused, match="tidak bisa diubah"), db.transaction():
        services.change(desk.cast.kasir, sale_id, line_id, 1)
    with pytest.raises(Refused, match="tidak bisa diubah"), db.transaction():
        services.void_sale(desk.cast.kasir, sale_id, "batal")
    with pytest.raises(Refused, match="belum selesai"), db.transaction():
        services.close_shift(desk.cast.kasir, {100_000: 1})


def test_a_qr_that_nobody_paid_leaves_the_goods_on_the_counter(desk):
    sale_id = waiting(desk, cash_rp=10_000)
    desk.expire()
    free = desk.sale(sale_id)
    assert (free.state, free.cash_rp, free.online_rp, promised(desk)) == ("open", 0, 0, 0)
    assert desk.till.cash(sale_id).number.endswith("/000001"), "no number was lost"
    desk.books_are_true()


def test_a_second_qr_is_shown_after_the_first_has_lapsed(desk):
    sale_id = waiting(desk)
    desk.expire()
    desk.ask_qris(sale_id)
    desk.work()
    desk.scan(sale_id)
    desk.wait(60)
    assert (desk.sale(sale_id).state, len(desk.tries(sale_id))) == ("done", 2)
    desk.books_are_true()


def test_a_buyer_who_pays_cash_after_all_waits_for_one_job(desk):
    sale_id = waiting(desk)
    desk.stop(sale_id)
    assert desk.sale(sale_id).state == "waiting", "until the provider has said that it is closed"
    desk.stop(sale_id)
    desk.work()
    assert (desk.sale(sale_id).state, promised(desk)) == ("open", 0)
    assert desk.till.cash(sale_id).state == "done"
    with pytest.raises(Conflict):
        desk.stop(sale_id)
    desk.books_are_true()


def test_a_buyer_who_was_faster_than_the_cashier_has_paid(desk):
    sale_id = waiting(desk)
    desk.scan(sale_id)
    desk.stop(sale_id)
    desk.work()
    assert desk.sale(sale_id).state == "done"
    desk.books_are_true()


def test_a_notice_that_comes_again_and_again_sells_once(desk):
    sale_id = waiting(desk)
    order = desk.scan(sale_id)
    for news in ("1", "1", "2", "3"):
        desk.notify(order, news)
        desk.work()
    desk.wait(60)
    assert desk.till.stock(f"product:{desk.till.shop.crisps.id}") == 8
    assert desk.till.drawer().sales == 1
    payment = desk.tries(sale_id)[0].payment_id
    for to in ("paid", "closed", "paid"):
        with db.transaction():
            services.on_payment_changed(sale_id, payment, to)
    assert desk.sale(sale_id).state == "done"
    desk.books_are_true()


def test_a_forged_notice_sells_nothing(desk):
    sale_id = waiting(desk)
    with pytest.raises(gateway.SignatureError):
        desk.notify(str(desk.tries(sale_id)[0].order_id), "paid", sign="forged")
    desk.work()
    assert desk.sale(sale_id).state == "waiting"


def test_while_the_provider_says_nothing_the_sale_waits_and_ends_later(desk):
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    sale_id = desk.shown((desk.till.rice, 1))
    desk.stop(sale_id)
    desk.work()
    assert desk.sale(sale_id).state == "waiting"
    desk.bank.trouble = None
    desk.expire()
    assert (desk.sale(sale_id).state, promised(desk)) == ("open", 0)
    desk.books_are_true()


def test_money_that_comes_when_cash_was_taken_goes_back(desk):
    sale_id = waiting(desk)
    desk.expire()
    desk.till.cash(sale_id)
    case = desk.late(sale_id)
    with pytest.raises(Refused, match="Kembalikan"), db.transaction():
        payments.attribute_case(desk.cast.budi, case, "uang terlambat")
    with db.transaction():
        payments.refund_case(desk.cast.budi, case, "sudah dibayar tunai")
    desk.work()
    assert (desk.sale(sale_id).cash_rp, desk.sale(sale_id).online_rp) == (TOTAL_RP, 0)
    assert desk.till.drawer().expected_rp == FLOAT_RP + TOTAL_RP
    desk.books_are_true()


def test_late_money_for_what_still_lies_on_the_counter_sells_nothing_by_itself(desk):
    sale_id = waiting(desk)
    desk.expire()
    case = desk.late(sale_id)
    assert (desk.sale(sale_id).state, promised(desk)) == ("open", 0)
    with pytest.raises(Refused, match="Kembalikan"), db.transaction():
        payments.attribute_case(desk.cast.budi, case, "uang terlambat")
    assert desk.till.cash(sale_id).state == "done"
    desk.books_are_true()


def test_money_that_the_bank_takes_back_is_told_to_the_treasurer(desk):
    sale_id = waiting(desk)
    payment = desk.tries(sale_id)[0].payment_id
    desk.scan(sale_id)
    desk.wait(60)
    with db.transaction():
        services.on_payment_changed(sale_id, payment, "reversed")
    with db.transaction(read_only=True):
        told = db.session.query(Notice).filter_by(kind="sale_reversed").all()
    assert [notice.link for notice in told] == [f"/kasir/{sale_id}"]
    assert desk.sale(sale_id).state == "done", "the goods are gone"


def used(desk) -> int:
    with db.transaction(read_only=True):
        pack = commodities.pack_by_code("BRS-SPHP-5")
        index, day = buyer_of(desk.till.id, NIK, "RT").index, clock.today().isoformat()
        return rations.used_base(desk.till.id, index, pack.commodity_id, day)


def test_a_ration_is_held_while_the_buyer_pays_and_free_when_nothing_came(desk):
    sale_id = desk.shown((desk.till.sphp, 3), nik=NIK)
    assert used(desk) == 3 * 5_000
    other = desk.till.known(desk.till.basket((desk.till.sphp, 3)), NIK)
    assert other != sale_id
    with pytest.raises(Refused, match="sisa 2"):
        desk.till.cash(other)
    desk.expire()
    assert used(desk) == 0
    assert desk.till.cash(other).total_rp == 3 * SPHP_RP
    with pytest.raises(Refused, match="sisa 2"):
        desk.ask_qris(sale_id)
    desk.books_are_true()


def test_a_refill_paid_by_qris_moves_its_cylinder_when_the_money_is_there(desk):
    sale_id = desk.shown((desk.till.gas, 2), nik=NIK)
    with db.transaction(read_only=True):
        before = services.filling.cylinders.holding(desk.till.id, "TABUNG-3")
    desk.scan(sale_id)
    desk.wait(60)
    with db.transaction(read_only=True):
        after = services.filling.cylinders.holding(desk.till.id, "TABUNG-3")
    assert (before.full_count, after.full_count, after.empty_count) == (20, 18, 12)
    assert desk.sale(sale_id).online_rp == 2 * GAS_RP
    desk.books_are_true()


# --- crashes ---------------------------------------------------------------------------------------


def test_a_crash_while_asking_leaves_the_goods_on_the_counter(desk):
    sale_id = desk.till.basket((desk.till.rice, 1))
    with pytest.raises(faults.FaultInjected), faults.armed("counter.online_asked"):
        desk.ask_qris(sale_id)
    assert (desk.sale(sale_id).state, promised(desk), desk.tries(sale_id)) == ("open", 0, [])
    assert desk.till.cash(sale_id).state == "done"


@pytest.mark.parametrize("point", ["counter.goods_out", "ration_claimed", "payments.applied"])
def test_a_crash_while_the_money_is_booked_sells_once_later(desk, point):
    sale_id = desk.shown((desk.till.sphp, 1), nik=NIK)
    desk.scan(sale_id)
    with faults.armed(point), suppress(faults.FaultInjected):
        desk.wait(60)
    for _try in range(3):
        desk.wait(1_200)
    assert (desk.sale(sale_id).state, desk.till.drawer().sales, used(desk)) == ("done", 1, 5_000)
    desk.books_are_true()


# --- another buyer meanwhile -------------------------------------------------------------------------


def test_another_buyer_is_served_while_one_pays_and_both_are_found_again(desk):
    first = waiting(desk)
    second = desk.till.basket((desk.till.rice, 2))
    desk.expire()
    with db.transaction(read_only=True):
        shift = queries.shifts_of(desk.till.id)[0]
        assert [sale.id for sale in queries.unfinished(shift.id)] == [first, second]
    assert desk.till.cash(first).state == "done"
    assert desk.till.cash(second).state == "done"
    desk.books_are_true()
