"""Everything goes back before a bill was written: nothing is owed, and the order ends."""

from __future__ import annotations

import pytest

from market import verify
from market.core.errors import Forbidden, NotFound, Refused
from market.ledger import chart
from market.purchasing import queries, services
from tests.purchasing.conftest import (
    PACKS,
    PRICE_RP,
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    freight,
    goods,
    issue,
    lump,
    pay,
    receive,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def all_back(cast, order):
    line = queries.goods_lines(order.id)[0]
    return services.return_goods(cast.sri, order.id, [(line.id, line.received_packs)], "broken")


def nothing_owed(cast) -> bool:
    open_rp = {balance(cast, code) for code in (chart.RECEIVED_NOT_BILLED, chart.PAYABLE_SUPPLIERS)}
    return open_rp == {0} and books_agree(cast)


def unclean() -> list[str]:
    """What the books do not explain, but for the grants that the test began with."""
    broken = [(found.id, row) for found in verify.run() for row in found.offenders]
    return [f"{number} {row}" for number, row in broken if not str(row.get("source")).startswith("grant:")]


def test_an_order_of_which_everything_went_back_ends_without_a_bill(cast):
    order = delivered(cast)
    sent = all_back(cast, order)
    paper = services.end_without_bill(cast.budi, order.id)
    assert (paper.amount_rp, paper.returned_rp, paper.state) == (0, RICE_RP, "paid")
    assert (order.state, sent.state, sent.bill_id) == ("closed", "credited", paper.id)
    assert nothing_owed(cast) and unclean() == []


def test_a_paper_of_nothing_may_be_recorded_like_any_other(cast):
    order = delivered(cast)
    all_back(cast, order)
    recorded = bill(cast, order, 0)
    assert (recorded.state, order.state) == ("paid", "closed")
    assert nothing_owed(cast)


def test_a_paper_of_nothing_for_goods_that_stayed_is_refused(cast):
    order = delivered(cast)
    for open_case in (False, True):
        with pytest.raises(Refused, match="seharusnya"):
            bill(cast, order, 0, open_case=open_case)


def test_the_supplier_says_it_too(cast):
    order = delivered(cast)
    all_back(cast, order)
    assert services.end_without_bill(cast.joko, order.id).state == "paid" and order.state == "closed"


def test_freight_may_be_billed_and_only_the_supplier_lets_it_go(cast):
    order = delivered(cast, goods(), freight(), lump("drop", 50_000))
    all_back(cast, order)
    fees_rp = PACKS * 2_500 + 50_000
    assert services.unbilled_fees_rp(order.id) == fees_rp
    with pytest.raises(Refused, match="melepasnya") as refusal:
        services.end_without_bill(cast.budi, order.id)
    assert refusal.value.detail["fees_rp"] == fees_rp
    paper = services.end_without_bill(cast.joko, order.id)
    assert (paper.difference_rp, order.state) == (-fees_rp, "closed")
    assert nothing_owed(cast) and unclean() == []


def test_freight_that_is_billed_is_paid_and_ends_the_order(cast):
    order = delivered(cast, goods(), lump("drop", 50_000))
    all_back(cast, order)
    recorded = bill(cast, order, 50_000)
    assert (recorded.state, recorded.returned_rp) == ("recorded", RICE_RP)
    pay(cast, recorded)
    assert order.state == "closed" and nothing_owed(cast)


def test_while_some_goods_stay_the_bill_is_on_its_way(cast):
    order = delivered(cast)
    line = queries.goods_lines(order.id)[0]
    assert services.unbilled_fees_rp(order.id) is None
    services.return_goods(cast.sri, order.id, [(line.id, PACKS - 1)], "broken")
    assert services.unbilled_fees_rp(order.id) is None
    with pytest.raises(Refused, match="harus ditagih"):
        services.end_without_bill(cast.budi, order.id)


def test_what_is_still_to_come_keeps_the_order_open(cast):
    order = issue(cast)
    receive(cast, order, 20)
    all_back(cast, order)
    services.end_without_bill(cast.budi, order.id)
    assert order.state == "issued" and nothing_owed(cast)
    services.cancel_rest(cast.sri, order.id, "tidak perlu lagi")
    assert order.state == "closed" and unclean() == []


def test_an_advance_comes_back_when_everything_went_back(cast):
    order = issue(cast, terms="prepaid")
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    receive(cast, order)
    all_back(cast, order)
    services.end_without_bill(cast.budi, order.id)
    assert order.state == "issued", "the supplier still holds the advance"
    assert services.record_refund(cast.budi, order.id, chart.BANK) == RICE_RP
    assert order.state == "closed" and nothing_owed(cast) and unclean() == []


def test_only_the_two_of_them_end_it(cast):
    order = delivered(cast)
    all_back(cast, order)
    with pytest.raises(NotFound):
        services.end_without_bill(cast.wati, order.id)
    with pytest.raises(Forbidden):
        services.end_without_bill(cast.kasir, order.id)
    services.end_without_bill(cast.budi, order.id)
    with pytest.raises(Refused):
        services.end_without_bill(cast.budi, order.id)


def test_there_is_no_loss_to_book_before_the_supplier_billed(cast):
    order = delivered(cast)
    sent = all_back(cast, order)
    with pytest.raises(Refused, match="belum menagih"):
        services.drop_return(cast.hadi, sent.id, "pemasok menolak")
    assert (sent.state, balance(cast, chart.STOCK_LOSS)) == ("sent", 0)
    bill(cast, order)
    services.drop_return(cast.hadi, sent.id, "pemasok menolak")
    assert sent.state == "dropped" and books_agree(cast)


def test_a_return_over_goods_of_two_bills_is_credited_once(cast):
    order = issue(cast)
    receive(cast, order, 20)
    first = bill(cast, order, 20 * PRICE_RP, "INV-1")
    receive(cast, order, 28)
    second = bill(cast, order, 28 * PRICE_RP, "INV-2")
    sent = all_back(cast, order)
    note = services.credit_return(cast.joko, sent.id)
    assert (note.amount_rp, first.state, second.state) == (RICE_RP, "paid", "paid")
    assert services.credit_room_rp(first) == services.credit_room_rp(second) == 0
    assert order.state == "closed" and nothing_owed(cast) and unclean() == []
