"""An order paid over the internet: collected for nothing more, given back when it comes to nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.payments import gateway
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.types import RefundSnapshot, RefundStatus
from market.retail import queries, services
from market.stock import services as stock
from tests.payments.conftest import Desk, desk, registered  # noqa: F401  (the fixture)
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, RICE_RP

TOTAL_RP = 2 * CRISPS_RP + RICE_RP


def selling():
    cast, account_id = registered()
    return cast, account_id, shops.open_shop(cast)


@pytest.fixture
def world(request):
    return selling if "front" in request.fixturenames else registered


@pytest.fixture
def front(began):
    return began[2]


def order(desk: Desk, front) -> int:  # noqa: F811
    with db.transaction():
        return shops.place(front, crisps=2, rice=1).id


def started(desk: Desk, order_id: int, method: str = "qris") -> int:  # noqa: F811
    """The buyer went to the payment's page and chose; returns the attempt's id."""
    with db.transaction():
        token = db.session.get_one(queries.RetailOrder, order_id).token
        payment = services.pay_order(services.BUYER, token).id
    attempt = desk.choose(payment, method)
    desk.work()
    return attempt


def paid(desk: Desk, order_id: int) -> int:  # noqa: F811
    attempt = started(desk, order_id)
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    return attempt


def collect(desk: Desk, order_id: int) -> None:  # noqa: F811
    with db.transaction():
        code = queries.order_for(desk.cast.kasir, order_id).pickup_code
        services.hand_over(desk.cast.kasir, order_id, code)


def test_a_paid_order_costs_nothing_more_at_the_counter(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    paid(desk, number)
    cash = desk.balance(chart.CASH)
    collect(desk, number)
    assert desk.balance(chart.CASH) == cash
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    assert desk.balance(chart.SALES_NON_MEMBERS) == -RICE_RP
    with db.transaction(read_only=True):
        assert queries.order_for(desk.cast.kasir, number).online_rp == TOTAL_RP
        assert queries.taken_rp(desk.cast.makmur.id, clock.today()) == 0
    desk.books_are_true()


def test_who_pays_cash_after_all_ends_the_payment(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    with db.transaction():
        token = queries.order_for(desk.cast.kasir, number).token
        payment = services.pay_order(services.BUYER, token).id
    cash = desk.balance(chart.CASH)
    collect(desk, number)
    assert desk.balance(chart.CASH) == cash + TOTAL_RP
    assert desk.payment(payment).state == "closed"
    desk.books_are_true()


def test_while_it_is_being_paid_nobody_takes_cash_and_nobody_cancels(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    started(desk, number)
    with pytest.raises(Conflict):
        collect(desk, number)
    with db.transaction(read_only=True):
        token = queries.order_for(desk.cast.kasir, number).token
    with pytest.raises(Conflict), db.transaction():
        services.cancel_own_order(services.BUYER, token)


def page_of(desk: Desk, number: int) -> tuple[str, str]:  # noqa: F811
    """The counter's page of an order, and its pickup code."""
    with db.transaction(read_only=True):
        return f"/penjualan/{number}", queries.order_for(desk.cast.kasir, number).pickup_code


def test_a_buyer_at_the_counter_who_pays_cash_after_all_waits_for_one_job(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    attempt = started(desk, number)
    kasir, (page, code) = browsers(desk.cast.kasir), page_of(desk, number)
    shown = kasir.get(page).get_data(as_text=True)
    assert 'data-testid="paying"' in shown and 'data-testid="hand-over"' not in shown
    sent = kasir.post(f"{page}/tunai", {"kode": code})
    assert sent.headers["Location"].endswith(f"?kode={code}"), "what was scanned is not asked for again"
    live = kasir.get(f"{page}/keadaan")
    assert 'data-testid="closing"' in live.get_data(as_text=True) and "HX-Refresh" not in live.headers
    again = kasir.get(f"{page}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert again.status_code == 304
    desk.work()
    free = kasir.get(f"{page}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert free.headers["HX-Refresh"] == "true"
    assert desk.attempt(attempt).state == "cancelled"
    assert f'name="cash_rp" value="{TOTAL_RP}"' in kasir.get(page).get_data(as_text=True)
    cash = desk.balance(chart.CASH)
    given = {"pickup_code": code, "cash_rp": str(TOTAL_RP)}
    assert kasir.post(f"{page}/serah-terima", given).status_code == 303
    assert desk.balance(chart.CASH) == cash + TOTAL_RP
    desk.books_are_true()


def test_a_buyer_who_was_faster_than_the_counter_has_paid(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    attempt = started(desk, number)
    kasir, (page, _code) = browsers(desk.cast.kasir), page_of(desk, number)
    desk.bank.pay(desk.attempt(attempt).order_id)
    kasir.post(f"{page}/tunai")
    desk.work()
    assert 'data-testid="nothing-to-pay"' in kasir.get(page).get_data(as_text=True)


def test_the_counter_waits_while_the_bank_says_nothing(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    started(desk, number)
    kasir, (page, code) = browsers(desk.cast.kasir), page_of(desk, number)
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    kasir.post(f"{page}/tunai")
    desk.work()
    assert 'data-testid="slow"' not in kasir.get(f"{page}/keadaan").get_data(as_text=True)
    desk.wait(31)
    assert 'data-testid="slow"' in kasir.get(f"{page}/keadaan").get_data(as_text=True)
    sent = kasir.post(f"{page}/serah-terima", {"pickup_code": code, "cash_rp": str(TOTAL_RP)})
    assert sent.status_code == 303
    with db.transaction(read_only=True):
        assert queries.order_for(desk.cast.kasir, number).state == "placed", "no goods for cash yet"
    desk.bank.trouble = None
    desk.wait(60)
    assert 'data-testid="hand-over"' in kasir.get(page).get_data(as_text=True)


def test_cash_that_is_taken_on_an_old_page_closes_the_payment_first(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    kasir, (page, code) = browsers(desk.cast.kasir), page_of(desk, number)
    kasir.get(page)
    started(desk, number)
    given = {"pickup_code": code, "cash_rp": str(TOTAL_RP)}
    cash = desk.balance(chart.CASH)
    assert kasir.post(f"{page}/serah-terima", given).headers["Location"].endswith(f"?kode={code}")
    assert desk.balance(chart.CASH) == cash
    desk.work()
    assert kasir.post(f"{page}/serah-terima", {**given, "member_sale": "1"}).status_code == 303
    assert desk.balance(chart.CASH) == cash + TOTAL_RP


def test_who_gives_up_while_paying_is_asked_once_more_when_it_is_closed(desk: Desk, front, client):  # noqa: F811
    number = order(desk, front)
    started(desk, number)
    with db.transaction(read_only=True):
        page = f"/pesanan-saya/{queries.order_for(desk.cast.kasir, number).token}"
    states = []
    for _time in (1, 2):
        assert client.post(f"{page}/pembatalan").status_code == 303
        with db.transaction(read_only=True):
            states.append(queries.order_for(desk.cast.kasir, number).state)
        desk.work()
    assert states == ["placed", "cancelled"]
    desk.books_are_true()


def test_only_who_hands_over_closes_a_payment(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    attempt = started(desk, number)
    assert browsers(desk.cast.wati).post(f"/penjualan/{number}/tunai").status_code in (403, 404)
    assert browsers(desk.cast.wati).get(f"/penjualan/{number}/keadaan").status_code in (403, 404)
    desk.work()
    assert desk.attempt(attempt).state == "waiting"


def late(desk: Desk, order_id: int) -> int:  # noqa: F811
    """The buyer's money comes a day after its time; returns the treasurer's case."""
    attempt = started(desk, order_id)
    for _twice in range(2):
        desk.wait(16 * 60)
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.notify(desk.attempt(attempt).order_id, "late")
    desk.work()
    with db.transaction(read_only=True):
        [case] = money_in.open_cases(desk.cast.makmur.id)
        return case.id


def state_of(desk: Desk, order_id: int) -> str:  # noqa: F811
    with db.transaction(read_only=True):
        return queries.order_for(desk.cast.kasir, order_id).state


def use_late(desk: Desk, case: int) -> None:  # noqa: F811
    with db.transaction():
        payments.attribute_case(desk.cast.budi, case, "uang terlambat")
    desk.work()


def test_late_money_for_an_order_that_still_waits_is_used(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    use_late(desk, late(desk, number))
    assert state_of(desk, number) == "placed"
    collect(desk, number)
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    desk.books_are_true()


def test_late_money_for_what_was_collected_for_cash_goes_back(desk: Desk, front, client):  # noqa: F811
    number = order(desk, front)
    case = late(desk, number)
    collect(desk, number)
    with pytest.raises(Refused, match="Kembalikan"):
        use_late(desk, case)
    client.login(desk.cast.budi)
    page = client.get("/uang-masuk").get_data(as_text=True)
    assert 'data-testid="unwanted"' in page and 'data-testid="refund-case"' in page
    assert 'data-testid="use-case"' not in page
    desk.books_are_true()


def test_late_money_for_what_was_cancelled_goes_back(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    case = late(desk, number)
    with db.transaction():
        services.cancel_order(desk.cast.kasir, number, "barang habis")
    with pytest.raises(Refused, match="dibatalkan"):
        use_late(desk, case)


def test_late_money_brings_an_order_back_whose_goods_are_still_there(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    case = late(desk, number)
    clock.travel(to=clock.now() + timedelta(days=3))
    with db.transaction():
        services.expire_orders()
    assert state_of(desk, number) == "expired"
    use_late(desk, case)
    with db.transaction(read_only=True):
        revived = queries.order_for(desk.cast.kasir, number)
        assert revived.state == "placed" and revived.collect_by > clock.now() + timedelta(hours=47)
    desk.books_are_true()
    collect(desk, number)
    desk.books_are_true()


def test_late_money_for_goods_that_others_have_taken_goes_back(desk: Desk, front, client):  # noqa: F811
    number = order(desk, front)
    case = late(desk, number)
    clock.travel(to=clock.now() + timedelta(days=3))
    with db.transaction():
        services.expire_orders()
        item = stock.item_for_product(desk.cast.makmur.id, front.crisps.id, "Keripik Singkong")
        rest = item.on_hand_base - item.reserved_base
        stock.reserve(SYSTEM, desk.cast.makmur.id, item.id, rest, "test:1", clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="tidak cukup"):
        use_late(desk, case)
    assert state_of(desk, number) == "expired"
    client.login(desk.cast.budi)
    assert 'data-testid="unwanted"' in client.get("/uang-masuk").get_data(as_text=True)


def test_what_is_paid_waits_though_its_time_is_over(desk: Desk, front):  # noqa: F811
    bought, forgotten = order(desk, front), order(desk, front)
    paid(desk, bought)
    clock.travel(to=clock.now() + timedelta(days=5))
    with db.transaction():
        services.expire_orders()
    with db.transaction(read_only=True):
        states = [queries.order_for(desk.cast.kasir, each).state for each in (bought, forgotten)]
    assert states == ["placed", "expired"]


def test_a_cancelled_order_gives_the_money_back(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    attempt = paid(desk, number)
    with db.transaction():
        services.cancel_order(desk.cast.kasir, number, "barang habis")
    desk.work()
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == -TOTAL_RP
    at_bank = desk.attempt(attempt).order_id
    desk.bank.refund(at_bank, RefundSnapshot(f"{at_bank}-R01", TOTAL_RP, RefundStatus.SUCCEEDED))
    desk.notify(at_bank, "refund")
    desk.work()
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == 0
    with db.transaction(read_only=True):
        assert money_in.live_payment("retail_order", number) is None
    desk.books_are_true()


def test_the_tracking_page_offers_to_pay_and_then_says_that_it_is_paid(desk: Desk, front, client):  # noqa: F811
    number = order(desk, front)
    with db.transaction(read_only=True):
        page = f"/pesanan-saya/{queries.order_for(desk.cast.kasir, number).token}"
    assert 'data-testid="pay-online"' in client.get(page).get_data(as_text=True)
    paid(desk, number)
    text = client.get(page).get_data(as_text=True)
    assert 'data-testid="paid-online"' in text and 'data-testid="pay-online"' not in text


def test_the_counter_is_told_to_take_no_money_for_what_is_paid(desk: Desk, front, browsers):  # noqa: F811
    number = order(desk, front)
    kasir = browsers(desk.cast.kasir)
    before = kasir.get(f"/penjualan/{number}").get_data(as_text=True)
    assert 'data-testid="to-pay"' in before and f'name="cash_rp" value="{TOTAL_RP}"' in before
    paid(desk, number)
    with db.transaction(read_only=True):
        code = queries.order_for(desk.cast.kasir, number).pickup_code
    late = {"pickup_code": code, "cash_rp": str(TOTAL_RP)}
    assert kasir.post(f"/penjualan/{number}/serah-terima", late).status_code == 409
    after = kasir.get(f"/penjualan/{number}").get_data(as_text=True)
    assert 'data-testid="nothing-to-pay"' in after and 'data-testid="to-pay"' not in after
    assert kasir.post(f"/penjualan/{number}/serah-terima", {**late, "cash_rp": "0"}).status_code == 303
    desk.books_are_true()


def test_goods_whose_money_was_taken_back_do_not_leave_for_nothing(desk: Desk, front):  # noqa: F811
    number = order(desk, front)
    attempt = started(desk, number, "va_permata")
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    desk.bank.take_back(desk.attempt(attempt).order_id)
    desk.wait(60)
    with db.transaction(read_only=True):
        code = queries.order_for(desk.cast.kasir, number).pickup_code
    with pytest.raises(Conflict), db.transaction():
        services.hand_over(desk.cast.kasir, number, code, cash_rp=0)
    desk.books_are_true()
