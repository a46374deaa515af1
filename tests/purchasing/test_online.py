"""A supplier's bill paid over the internet: two say yes, the provider proves it, both books follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from market.core import db
from market.core.errors import Forbidden, Refused
from market.core.history import history_of
from market.ledger import chart
from market.notices.models import Notice
from market.payments import doors, queries
from market.payments import services as payments
from market.payments.types import RefundSnapshot, RefundStatus
from market.purchasing import services
from market.purchasing.models import PurchaseOrder
from tests.faults import story
from tests.purchasing.online import RICE_RP, Till, open_till, registered


@pytest.fixture
def world():
    return registered


@pytest.fixture
def till(began) -> Iterator[Till]:
    yield open_till(*began)
    doors.configure({})


def told(kind: str) -> list[str]:
    """Titles of the notices of one kind."""
    with db.transaction(read_only=True):
        return [each.title for each in db.session.query(Notice).filter(Notice.kind == kind)]


def test_a_proved_payment_settles_the_bill_and_both_books(till: Till):
    payment_id = till.approved()
    order_id = till.pay(payment_id)
    payment, bill = till.payment(payment_id), till.bill_of(payment_id)
    assert (payment.state, payment.reference, bill.state) == ("paid", order_id, "paid")
    assert till.balance(chart.PAYABLE_SUPPLIERS) == 0
    assert till.balance(chart.BANK) == story.CAPITAL_RP - RICE_RP
    lamongan = till.cast.lamongan
    fee_rp = till.balance(chart.PAYMENT_FEES, lamongan)
    assert fee_rp > 0
    assert till.balance(chart.CLEARING, lamongan) == RICE_RP - fee_rp
    assert till.balance(chart.SALES_NON_MEMBERS, lamongan) == -RICE_RP
    assert till.balance(chart.CUSTOMER_ADVANCES, lamongan) == 0
    with db.transaction(read_only=True):
        assert db.session.get_one(PurchaseOrder, payment.order_id).state == "closed"
    assert told("online_paid")
    assert told("supplier_paid")
    assert till.broken() == []


def test_nothing_counts_as_paid_before_the_provider_says_so(till: Till):
    payment_id = till.approved()
    till.choose(payment_id)
    assert till.payment(payment_id).state == "approved"
    assert till.balance(chart.BANK) == story.CAPITAL_RP
    assert till.bill_of(payment_id).state == "recorded"
    assert till.broken() == []


def test_the_second_person_opens_the_payment_and_nobody_else(till: Till):
    payment_id = till.propose(till.bill())
    with db.transaction(read_only=True):
        assert queries.latest_payment("supplier_payment", payment_id) is None
    for who, refusal in ((till.cast.budi, Forbidden), (till.cast.kasir, Forbidden)):
        with pytest.raises(refusal), db.transaction():
            services.decide_payment(who, payment_id, approve=True)
    till.approve(payment_id)
    asked = till.asked(payment_id)
    assert (asked.organization_id, asked.amount_rp) == (till.cast.lamongan.id, RICE_RP)
    assert asked.payer_name == till.cast.makmur.name


def test_a_supplier_without_an_account_is_paid_by_hand(till: Till):
    bill_id = till.bill()
    with db.transaction():
        payments.end_account(till.ani, queries.accounts_of(till.cast.lamongan.id)[0].id)
    with pytest.raises(Refused) as refusal:
        till.propose(bill_id)
    assert refusal.value.field == "account"
    till.approve(till.propose(bill_id, chart.BANK))
    assert till.broken() == []


def test_an_account_that_ended_since_refuses_the_approval(till: Till):
    payment_id = till.propose(till.bill())
    with db.transaction():
        payments.end_account(till.ani, queries.accounts_of(till.cast.lamongan.id)[0].id)
    with pytest.raises(Refused):
        till.approve(payment_id)
    assert till.payment(payment_id).state == "proposed"


def test_two_people_of_the_supplier_enter_its_account(till: Till):
    key = "SB-Mid-server-percobaan-0001"
    with db.transaction():
        made = payments.propose_account(
            till.cast.joko, provider="midtrans", merchant_id="G7654321", server_key=key
        )
    with pytest.raises(Refused), db.transaction():
        payments.decide_account(till.cast.joko, made.id, approve=True)
    with db.transaction():
        payments.decide_account(till.ani, made.id, approve=True)
        now = queries.account_now(till.cast.lamongan.id)
        assert now is not None
        assert now.id == made.id
    assert told("account_proposed")


def test_an_advance_is_not_paid_over_the_internet(till: Till):
    with db.transaction():
        order = services.issue_order(
            till.cast.joko,
            till.cast.makmur.id,
            till.cast.lamongan.id,
            [services.OrderLine("goods", story.rice(), "Beras", 2, 295_000)],
            origin="assignment:9/buyer:1",
            terms="prepaid",
            delivery_on=story.clock.today(),
            place_code=till.cast.makmur.place_code,
        )
    with pytest.raises(Refused), db.transaction():
        services.propose_advance(till.cast.budi, order.id, "online")


def test_a_bill_has_one_payment_on_its_way(till: Till):
    payment_id = till.approved()
    bill_id = till.bill_of(payment_id).id
    for account in ("online", chart.BANK):
        with pytest.raises(Refused, match="sudah disetujui"):
            till.propose(bill_id, account)


def test_a_credit_note_does_not_take_what_is_being_paid(till: Till):
    payment_id = till.approved()
    bill_id = till.bill_of(payment_id).id
    with db.transaction():
        services.issue_credit(till.cast.joko, bill_id, 100_000, "potongan")
    till.pay(payment_id)
    assert till.bill_of(payment_id).state == "paid"
    assert till.balance(chart.PAYABLE_SUPPLIERS) == 100_000  # the credit waits for the next bill
    assert till.broken() == []


def test_what_nobody_paid_lapses_and_may_be_proposed_again(till: Till):
    payment_id = till.approved()
    order_id = till.choose(payment_id)
    till.wait(24 * 3600 + 120)
    assert till.payment(payment_id).state == "lapsed"
    assert till.bank.charges[order_id].status.value == "canceled"
    assert told("online_lapsed")
    again = till.approved(till.bill_of(payment_id).id)
    till.pay(again)
    assert till.bill_of(again).state == "paid"
    assert till.broken() == []


def test_an_unopened_payment_is_withdrawn_at_once(till: Till):
    payment_id = till.approved()
    with db.transaction():
        services.withdraw_payment(till.cast.budi, payment_id)
    assert till.payment(payment_id).state == "lapsed"
    assert till.asked(payment_id).state == "closed"
    with pytest.raises(Refused), db.transaction():
        services.withdraw_payment(till.cast.budi, payment_id)
    assert till.broken() == []


def test_a_withdrawn_payment_is_closed_at_the_provider_first(till: Till):
    payment_id = till.approved()
    order_id = till.choose(payment_id)
    with db.transaction():
        assert services.withdraw_payment(till.cast.budi, payment_id).state == "approved"
    till.wait(60)
    assert till.bank.charges[order_id].status.value == "canceled"
    assert till.payment(payment_id).state == "lapsed"


def test_who_paid_before_the_withdrawal_arrived_has_paid(till: Till):
    payment_id = till.approved()
    order_id = till.choose(payment_id)
    till.bank.pay(order_id)
    with db.transaction():
        services.withdraw_payment(till.cast.budi, payment_id)
    till.wait(60)
    assert (till.payment(payment_id).state, till.bill_of(payment_id).state) == ("paid", "paid")
    assert till.broken() == []


def late(till: Till, method: str = "qris") -> int:
    """A payment that lapsed, whose money came all the same; returns it."""
    payment_id = till.approved()
    order_id = till.choose(payment_id, method)
    till.wait(25 * 3600)
    till.bank.pay(order_id)
    till.wait(3700)
    return payment_id


def attribute(till: Till) -> None:
    with db.transaction():
        case = queries.open_cases(till.cast.lamongan.id)[0]
        payments.attribute_case(till.cast.joko, case.id, "untuk tagihan itu")
    till.work()


def test_late_money_waits_with_the_supplier_and_both_sides_are_told(till: Till):
    payment_id = late(till)
    assert till.payment(payment_id).state == "lapsed"
    assert till.balance(chart.SUSPENSE, till.cast.lamongan) == -RICE_RP
    assert told("suspense_opened")
    assert told("online_unclear")
    assert till.broken() == []


def test_late_money_may_still_pay_the_bill(till: Till):
    payment_id = late(till)
    attribute(till)
    assert (till.payment(payment_id).state, till.bill_of(payment_id).state) == ("paid", "paid")
    assert till.balance(chart.SUSPENSE, till.cast.lamongan) == 0
    assert till.broken() == []


def test_late_money_is_not_used_for_a_bill_that_was_paid_meanwhile(till: Till):
    payment_id = late(till)
    till.approve(till.propose(till.bill_of(payment_id).id, chart.BANK))
    with pytest.raises(Refused, match="sudah dibayar"):
        attribute(till)
    assert till.payment(payment_id).state == "lapsed"
    assert till.broken() == []


@pytest.mark.parametrize("method", ["qris", "va_bca"])
def test_late_money_for_a_bill_that_is_paid_at_the_same_moment_goes_back(till: Till, method: str):
    payment_id = late(till, method)
    with db.transaction():
        case = queries.open_cases(till.cast.lamongan.id)[0]
        payments.attribute_case(till.cast.joko, case.id, "untuk tagihan itu")
    till.approve(till.propose(till.bill_of(payment_id).id, chart.BANK))
    till.work()
    assert till.payment(payment_id).state == "lapsed"
    assert told("online_returning")
    assert till.balance(chart.BANK) == story.CAPITAL_RP - RICE_RP
    assert till.broken() == []


def test_money_that_the_bank_takes_back_opens_the_debt_again(till: Till):
    payment_id = till.approved()
    order_id = till.pay(payment_id, "va_permata")
    till.bank.take_back(order_id)
    till.wait(3700)
    bill = till.bill_of(payment_id)
    assert (till.payment(payment_id).state, bill.state, bill.open_rp) == ("reversed", "recorded", RICE_RP)
    assert till.balance(chart.PAYABLE_SUPPLIERS) == -RICE_RP
    assert till.balance(chart.BANK) == story.CAPITAL_RP
    lamongan = till.cast.lamongan
    books = (chart.CLEARING, chart.SALES_NON_MEMBERS, chart.RECEIVABLE_REVERSALS, chart.CUSTOMER_ADVANCES)
    assert [till.balance(code, lamongan) for code in books] == [0, 0, 0, 0]
    assert told("online_reversed")
    assert till.broken() == []
    till.approve(till.propose(bill.id, chart.BANK))
    assert till.bill_of(payment_id).state == "paid"
    assert till.broken() == []


def test_money_that_the_supplier_gives_back_opens_the_debt_again(till: Till):
    payment_id = till.approved()
    order_id = till.pay(payment_id, "qris")
    till.bank.refund(order_id, RefundSnapshot("di-dasbor", RICE_RP, RefundStatus.SUCCEEDED))
    till.wait(3700)
    assert (till.payment(payment_id).state, till.bill_of(payment_id).state) == ("reversed", "recorded")
    assert till.balance(chart.SALES_NON_MEMBERS, till.cast.lamongan) == 0
    assert till.balance(chart.BANK) == story.CAPITAL_RP
    assert till.broken() == []


def test_a_part_given_back_is_said_and_changes_nothing(till: Till):
    payment_id = till.approved()
    order_id = till.pay(payment_id, "qris")
    till.bank.refund(order_id, RefundSnapshot("di-dasbor", 50_000, RefundStatus.SUCCEEDED))
    till.wait(3700)
    assert till.payment(payment_id).state == "paid"
    assert told("online_partly")
    assert till.broken() == []


def test_news_that_comes_twice_or_late_changes_nothing(till: Till):
    payment_id = till.paid()
    asked_id = till.asked(payment_id).id
    for news in ("paid", "closed", "paid"):
        with db.transaction():
            services.on_payment_changed(payment_id, asked_id, news)
    assert till.balance(chart.BANK) == story.CAPITAL_RP - RICE_RP
    assert till.broken() == []


def test_the_history_names_both_people_and_the_proof(till: Till):
    payment = till.payment(till.paid())
    with db.transaction(read_only=True):
        lived = [(each.to_state, each.actor_name) for each in history_of(payment)]
    assert lived == [("proposed", "Budi"), ("approved", "Hadi"), ("paid", "Lumbung")]
