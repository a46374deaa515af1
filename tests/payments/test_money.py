"""Money at a provider: believed once, in the books with the state, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, NotFound, Refused
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.payments import gateway, queries, services
from market.payments.services import starting
from market.payments.types import RefundSnapshot, RefundStatus
from tests.payments.conftest import AMOUNT_RP, Desk, an_account, inbox

FEE_RP = 2_137
"""0.7 % of 275,000 is 1,925; 11 % VAT on it 212."""


def test_a_paid_qris_is_an_advance_less_the_fee(desk: Desk):
    payment, attempt = desk.paid()
    assert (desk.payment(payment).state, desk.attempt(attempt).state) == ("paid", "succeeded")
    assert desk.balance(chart.CLEARING) == AMOUNT_RP - FEE_RP
    assert desk.balance(chart.PAYMENT_FEES) == FEE_RP
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
    assert desk.told == [(payment, "paid")]
    desk.books_are_true()


def test_asking_twice_for_the_same_gives_one_payment(desk: Desk):
    assert desk.ask() == desk.ask()
    with pytest.raises(Conflict):
        desk.ask(amount_rp=1)


def test_tapping_twice_gives_one_attempt_and_one_charge(desk: Desk):
    payment = desk.ask()
    assert desk.choose(payment) == desk.choose(payment)
    desk.work()
    assert len(desk.bank.charges) == 1


def test_who_has_no_account_at_a_provider_takes_no_money_over_the_internet(desk: Desk):
    with pytest.raises(Refused), db.transaction():
        services.start_payment(
            SYSTEM,
            organization_id=desk.cast.tetangga.id,
            purpose="test",
            purpose_id=1,
            amount_rp=5,
            title="Belanja",
        )


def test_only_ways_that_fit_the_amount_are_offered(desk: Desk):
    small = desk.ask(amount_rp=9_999)
    with db.transaction(read_only=True):
        assert "va_bca" not in services.methods_for(queries.payment_by_id(small))
    with pytest.raises(Refused):
        desk.choose(small, "va_bca")
    with pytest.raises(Refused):
        desk.choose(small, "gopay")


def test_the_qr_is_kept_though_a_later_answer_does_not_repeat_it(desk: Desk):
    attempt = desk.choose(desk.ask())
    desk.work()
    shown = desk.attempt(attempt).next_action
    desk.wait(60)
    assert shown["qr_string"] and desk.attempt(attempt).next_action == shown


def test_an_answer_that_is_lost_is_found_again_and_never_charged_twice(desk: Desk):
    attempt = desk.choose(desk.ask())
    desk.bank.lose_answers = True
    desk.work()
    assert desk.attempt(attempt).state == "starting" and len(desk.bank.charges) == 1
    desk.bank.lose_answers = False
    desk.wait(60)
    assert desk.attempt(attempt).state == "waiting" and len(desk.bank.charges) == 1


def test_ten_minutes_without_the_provider_lose_nothing(desk: Desk):
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    payment = desk.ask()
    attempt = desk.choose(payment)
    for _minute in range(10):
        desk.wait(60)
    assert desk.attempt(attempt).state == "starting"
    desk.bank.trouble = None
    desk.wait(60)
    assert desk.attempt(attempt).state == "waiting"


def test_a_refused_charge_is_said_and_another_way_is_open(desk: Desk):
    desk.bank.trouble = gateway.InvalidRequest("method is off", ("method is off",))
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    assert (desk.attempt(attempt).state, desk.attempt(attempt).last_error) == ("failed", "method is off")
    desk.bank.trouble = None
    other = desk.choose(payment, "va_bca")
    desk.work()
    assert desk.attempt(other).state == "waiting"


def test_money_is_in_the_books_within_ten_minutes_though_no_notice_ever_comes(desk: Desk):
    payment = desk.ask(minutes=3 * 1440)
    attempt = desk.choose(payment)
    desk.work()
    for _hour in range(24):
        desk.wait(3600)
    desk.bank.pay(desk.attempt(attempt).order_id)
    for _minute in range(10):
        desk.wait(60)
    assert desk.payment(payment).state == "paid"


def test_a_notice_is_kept_once_and_the_provider_is_asked_what_it_is_about(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    order = desk.attempt(attempt).order_id
    assert desk.notify(order, "settlement") and not desk.notify(order, "settlement")
    desk.work()
    assert desk.payment(payment).state == "open", "a notice alone is believed by nobody"
    desk.bank.pay(order)
    desk.notify(order, "settlement again")
    desk.work()
    assert desk.payment(payment).state == "paid"
    with db.transaction(read_only=True):
        assert queries.open_notifications() == []


def test_a_forged_notice_and_one_to_no_account_are_kept_by_nobody(desk: Desk):
    with pytest.raises(gateway.SignatureError):
        desk.notify("LB-0000000001-01", "settlement", sign="forged")
    with pytest.raises(NotFound), db.transaction():
        services.record_notification("nobody", {}, b"ok|x|y")
    with db.transaction(read_only=True):
        assert queries.open_notifications() == []


def test_two_accounts_may_be_told_the_same(desk: Desk):
    """Two cooperatives on one account at a provider: each has its own address and its own inbox."""
    with db.transaction():
        other = an_account(desk.cast.tetangga.id, desk.cast.budi, desk.cast.hadi)
        token = queries.account_by_id(other).token
    assert desk.notify("LB-0000000999-01", "settlement")
    with db.transaction():
        assert services.record_notification(token, {}, b"ok|LB-0000000999-01|settlement")
        assert not services.record_notification(token, {}, b"ok|LB-0000000999-01|settlement")
    with db.transaction(read_only=True):
        assert [notice.account_id for notice in inbox()] == [desk.account_id, other]


def test_a_notice_of_an_unknown_order_is_kept_and_marked(desk: Desk):
    desk.notify("LB-0000000999-01", "settlement")
    desk.work()
    with db.transaction(read_only=True):
        assert [notice.outcome for notice in inbox()] == ["unknown order"]


def test_another_way_closes_the_first_one_at_the_provider(desk: Desk):
    payment = desk.ask()
    first = desk.choose(payment)
    desk.work()
    second = desk.choose(payment, "va_bca")
    desk.work()
    assert [desk.attempt(each).state for each in (first, second)] == ["cancelled", "waiting"]


def test_a_payer_who_was_faster_than_the_change_of_mind_has_paid(desk: Desk):
    payment = desk.ask()
    first = desk.choose(payment)
    desk.work()
    desk.bank.pay(desk.attempt(first).order_id)
    desk.choose(payment, "va_bca")
    desk.work()
    assert (desk.payment(payment).state, desk.attempt(first).state) == ("paid", "succeeded")


def test_of_two_attempts_that_are_both_paid_one_lies_in_suspense_until_it_is_back(desk: Desk):
    payment, first = desk.paid()
    second = _begun_before_the_first_was_paid(desk, payment)
    desk.bank.pay(desk.attempt(second).order_id)
    desk.wait(60)
    with db.transaction(read_only=True):
        [case] = queries.open_cases(desk.cast.makmur.id)
    assert (case.reason, case.amount_rp) == ("double", AMOUNT_RP)
    assert desk.attempt(first).state == "succeeded"
    assert desk.balance(chart.SUSPENSE) == -AMOUNT_RP
    with pytest.raises(Refused), db.transaction():
        services.attribute_case(desk.cast.budi, case.id, "mungkin")
    with db.transaction():
        services.refund_case(desk.cast.budi, case.id, "dibayar dua kali")
    desk.work()
    order = desk.attempt(second).order_id
    desk.bank.refund(order, RefundSnapshot(f"{order}-R01", AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.notify(order, "refund")
    desk.work()
    with db.transaction(read_only=True):
        assert queries.open_cases(desk.cast.makmur.id) == []
    assert (desk.balance(chart.SUSPENSE), desk.balance(chart.REFUNDS_UNDER_WAY)) == (0, 0)
    desk.books_are_true()


def _begun_before_the_first_was_paid(desk: Desk, payment_id: int) -> int:
    """A second charge that the provider made while the first one was being paid."""
    with db.transaction():
        second = starting.begin(queries.payment_by_id(payment_id), "qris").id
    desk.work()
    return second


def test_a_way_that_was_replaced_is_closed_though_the_bank_was_silent_at_first(desk: Desk):
    payment = desk.ask()
    first = desk.choose(payment)
    desk.work()
    second = desk.choose(payment, "va_bca")
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    desk.work()
    desk.bank.trouble = None
    desk.wait(60)
    assert [desk.attempt(each).state for each in (first, second)] == ["cancelled", "waiting"]


def test_who_has_sent_another_amount_is_not_asked_to_pay_again(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.bank.pay(desk.attempt(attempt).order_id, AMOUNT_RP - 1)
    desk.wait(60)
    with pytest.raises(Conflict):
        desk.choose(payment, "va_bca")


def test_what_could_still_be_paid_twice_is_closed_when_one_is_paid(desk: Desk):
    payment, _first = desk.paid()
    second = _begun_before_the_first_was_paid(desk, payment)
    assert desk.attempt(second).state == "waiting"
    desk.wait(60)
    assert desk.attempt(second).state == "cancelled"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount_rp": 274_999}, "Diterima Rp274.999, diminta Rp275.000"),
        ({"currency": "USD"}, "Mata uang USD, bukan IDR"),
        ({"merchant_id": "G999"}, "Masuk ke akun G999, bukan G000000001"),
    ],
)
def test_money_that_is_not_what_was_asked_for_fulfils_nothing(
    desk: Desk, wrong: dict[str, object], said: str
):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.bank.pay(desk.attempt(attempt).order_id, **wrong)
    desk.wait(60)
    assert desk.payment(payment).state == "open"
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    with db.transaction(read_only=True):
        [case] = queries.open_cases(desk.cast.makmur.id)
    assert (case.reason, case.detail) == ("mismatch", said)


def test_late_money_waits_for_the_treasurer_who_finds_its_place(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.wait(16 * 60)
    desk.wait(60)
    assert (desk.payment(payment).state, desk.attempt(attempt).state) == ("closed", "cancelled")
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.notify(desk.attempt(attempt).order_id, "late")
    desk.work()
    with db.transaction(read_only=True):
        [case] = queries.open_cases(desk.cast.makmur.id)
    assert case.reason == "late"
    with db.transaction():
        services.attribute_case(desk.cast.budi, case.id, "barang masih ada")
    desk.work()
    assert desk.balance(chart.SUSPENSE) == 0
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
    assert desk.told[-1] == (payment, "paid")
    assert desk.payment(payment).state == "paid"
    desk.books_are_true()


def test_nothing_is_closed_while_nobody_answers(desk: Desk):
    payment = desk.ask()
    desk.choose(payment)
    desk.work()
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=False)
    for _minute in range(30):
        desk.wait(60)
    assert desk.payment(payment).state == "open"
    desk.bank.trouble = None
    desk.wait(60)
    desk.wait(60)
    assert desk.payment(payment).state == "closed"


def test_a_refund_is_back_only_when_the_bank_has_proved_it(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, 95_000, "barang rusak")
    desk.work()
    assert (desk.balance(chart.CUSTOMER_ADVANCES), desk.balance(chart.REFUNDS_UNDER_WAY)) == (
        -180_000,
        -95_000,
    )
    order = desk.attempt(attempt).order_id
    desk.bank.refund(order, RefundSnapshot(f"{order}-R01", 95_000, RefundStatus.SUCCEEDED))
    for _twice in range(2):
        desk.notify(order, f"confirmed {_twice}")
        desk.work()
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == 0
    assert desk.balance(chart.CLEARING) == AMOUNT_RP - FEE_RP - 95_000
    assert (desk.payment(payment).refunded_rp, desk.payment(payment).state) == (95_000, "paid")
    with pytest.raises(Refused), db.transaction():
        services.ask_refund(desk.cast.budi, payment, 180_001, "lebih dari sisa")
    desk.books_are_true()


def test_a_refund_that_the_bank_refuses_leaves_the_money_where_it_was(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal")
    desk.bank.trouble = gateway.NotAllowed("balance too low")
    desk.work()
    desk.bank.trouble = None
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
    with db.transaction(read_only=True):
        assert [refund.state for refund in queries.refunds_of(attempt)] == ["refused"]
    desk.books_are_true()


def test_a_virtual_account_is_not_refunded_by_the_provider_but_by_hand(desk: Desk):
    payment, _attempt = desk.paid("va_bca")
    asked = desk.bank.asked
    with db.transaction():
        assert services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal").way == "hand"
    desk.work()
    assert desk.bank.asked == asked
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == -AMOUNT_RP
    desk.books_are_true()


def test_a_refund_made_at_the_provider_itself_reaches_the_books(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.refund(order, RefundSnapshot("dashboard-1", AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.notify(order, "refund")
    desk.work()
    assert desk.payment(payment).state == "refunded"
    assert desk.balance(chart.CLEARING) == -FEE_RP
    desk.books_are_true()


def test_money_that_the_bank_takes_back_is_owed_by_the_payer(desk: Desk):
    payment, attempt = desk.paid("va_permata")
    desk.bank.take_back(desk.attempt(attempt).order_id)
    desk.notify(desk.attempt(attempt).order_id, "deny")
    desk.work()
    assert (desk.payment(payment).state, desk.attempt(attempt).state) == ("reversed", "reversed")
    assert (desk.balance(chart.CLEARING), desk.balance(chart.PAYMENT_FEES)) == (0, 0)
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 0, "nothing had been given for it"
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    assert desk.told[-1] == (payment, "reversed")
    desk.books_are_true()


def test_a_link_that_nobody_has_opens_nothing(desk: Desk):
    with pytest.raises(NotFound), db.transaction():
        services.choose_method("nobody", "qris")


def test_after_its_time_nothing_can_be_chosen(desk: Desk):
    payment = desk.ask()
    clock.travel(to=clock.now() + timedelta(minutes=16))
    with pytest.raises(Conflict):
        desk.choose(payment)
