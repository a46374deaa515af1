"""Both books laid beside each other: equal, behind, ahead, missing; and what the difference is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import doors, gateway, queries, services
from market.payments import queries_reconciliation as reconciliation
from market.payments.types import (
    BalanceMove,
    DisputeStatus,
    PaymentRef,
    PaymentSnapshot,
    Provider,
    RefundSnapshot,
    RefundStatus,
    Status,
)
from tests.payments import counter
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.scripted import Bank, ScriptedGateway

FEE_RP = 2_137
NET_RP = AMOUNT_RP - FEE_RP


def test_when_all_is_equal_only_the_fees_that_wait_stand_between_the_two_books(desk: Desk):
    desk.paid()
    run = counter.reconcile(desk)
    assert (run.state, run.provider_rp, run.ledger_rp) == ("equal", AMOUNT_RP, NET_RP)
    assert (run.asked, run.applied, run.unexplained_rp) == (1, 0, 0)
    assert counter.items(run.id) == {"fees_waiting": FEE_RP}
    assert counter.cases(desk) == {}
    desk.books_are_true()


def test_what_ours_is_behind_in_is_applied_and_a_second_run_posts_nothing(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.bank.pay(desk.attempt(attempt).order_id)
    run = counter.reconcile(desk)
    assert (run.applied, run.state) == (1, "equal")
    assert desk.payment(payment).state == "paid"
    before = counter.entries(desk)
    again = counter.reconcile(desk)
    assert (again.applied, again.state, counter.entries(desk)) == (0, "equal", before)
    desk.books_are_true()


def test_ours_ahead_is_an_alert_that_is_looked_at_twice(desk: Desk):
    desk.paid(purpose_id=2)
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.charges[order] = replace(desk.bank.charges[order], status=Status.REQUIRES_ACTION)
    asked = desk.bank.asked
    run = counter.reconcile(desk)
    assert run.state == "differs"
    found = counter.cases(desk)
    assert set(found) == {"ahead"}, "one cause is one case"
    assert (found["ahead"].theirs_rp, found["ahead"].ours_rp) == (0, AMOUNT_RP)
    assert desk.bank.asked == asked + 4, "once about the one, twice about the other, once about the balance"
    assert run.unexplained_rp == 0 and counter.items(run.id)["payments_differ"] == -AMOUNT_RP


def test_a_difference_that_heals_closes_its_case_by_itself(desk: Desk):
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    good = desk.bank.charges.pop(order)
    assert counter.reconcile(desk).state == "differs"
    assert "missing_there" in counter.cases(desk)
    desk.bank.charges[order] = good
    assert counter.reconcile(desk).state == "equal"
    assert counter.cases(desk) == {}
    desk.bank.charges.pop(order)
    counter.reconcile(desk)
    assert "missing_there" in counter.cases(desk), "the same again is the same case, open again"


def test_a_payment_that_never_reached_the_provider_is_no_difference(desk: Desk):
    attempt = desk.choose(desk.ask())
    desk.bank.trouble = gateway.InvalidRequest("400")
    desk.work()
    desk.bank.trouble = None
    assert desk.attempt(attempt).state == "failed"
    assert counter.reconcile(desk).state == "equal"


def test_another_amount_is_a_case_and_moves_no_money(desk: Desk):
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    more = desk.bank.charges[order]
    desk.bank.charges[order] = replace(more, amount_rp=AMOUNT_RP + 5, amount_received_rp=AMOUNT_RP + 5)
    before = counter.entries(desk)
    run = counter.reconcile(desk)
    assert run.state == "differs" and run.unexplained_rp == 0
    assert counter.cases(desk)["amount"].theirs_rp == AMOUNT_RP + 5
    assert counter.entries(desk) == before


def test_a_refund_that_the_provider_lost_is_said_after_an_hour(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, 50_000, "rusak")
    desk.work()
    order = desk.attempt(attempt).order_id
    assert counter.reconcile(desk).state == "equal", "on its way"
    desk.bank.charges[order] = replace(desk.bank.charges[order], refunds=())
    clock.travel(3_700)
    assert counter.reconcile(desk).state == "differs"
    assert counter.cases(desk)["refund"].ours_rp == 50_000


def test_a_refund_that_left_the_balance_before_the_bank_proved_it_has_a_name(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, 50_000, "rusak")
    desk.work()
    order = desk.attempt(attempt).order_id
    desk.bank.more.append(BalanceMove(clock.now(), "refund", -50_000, order))
    clock.travel(1_200)
    run = counter.reconcile(desk)
    assert run.state == "equal" and counter.items(run.id)["refunds_under_way"] == -50_000


def test_a_status_that_nobody_knows_waits_for_a_person(desk: Desk):
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    good = desk.bank.charges[order]
    desk.bank.charges[order] = replace(good, understood=False, provider_status="frozen")
    assert counter.reconcile(desk).state == "differs"
    case = counter.cases(desk)["unclear"]
    desk.bank.charges[order] = good
    with db.transaction():
        services.ask_apply(desk.cast.budi, case.id)
    jobs.run_all(counter.RECONCILING, "test")
    with db.transaction(read_only=True):
        assert reconciliation.case_by_id(case.id).state == "applied"


def test_a_withdrawal_seen_at_the_provider_is_booked_once(desk: Desk):
    _payment, attempt = desk.paid()
    bank_rp = desk.balance(chart.BANK)
    desk.bank.withdraw(NET_RP, "WD-1", {desk.attempt(attempt).order_id: FEE_RP})
    run = counter.reconcile(desk)
    assert run.state == "equal", "known and named: it only waits to be booked"
    assert counter.items(run.id) == {"withdrawals_waiting": -NET_RP}
    case = counter.cases(desk)["withdrawal"]
    counter.book(desk, "withdrawal")
    assert desk.balance(chart.BANK) == bank_rp + NET_RP and desk.balance(chart.CLEARING) == 0
    with pytest.raises(Conflict), db.transaction():
        services.book_case(desk.cast.budi, case.id)
    again = counter.reconcile(desk)
    assert (again.provider_rp, again.ledger_rp, counter.items(again.id)) == (0, 0, {})
    assert counter.cases(desk) == {}
    desk.books_are_true()


def test_a_fee_that_was_another_one_is_trued_up_once(desk: Desk):
    _payment, attempt = desk.paid()
    desk.bank.withdraw(NET_RP - 100, "WD-1", {desk.attempt(attempt).order_id: FEE_RP + 100})
    run = counter.reconcile(desk)
    assert counter.items(run.id)["fee_difference"] == -100
    counter.book(desk, "withdrawal")
    counter.book(desk, "fee")
    assert desk.balance(chart.PAYMENT_FEES) == FEE_RP + 100 and desk.balance(chart.CLEARING) == 0
    before = counter.entries(desk)
    assert counter.reconcile(desk).state == "equal"
    assert counter.entries(desk) == before and counter.cases(desk) == {}
    desk.books_are_true()


def found_order(desk: Desk, order: str = "TOKO-LAMA-7", amount_rp: int = 90_000) -> str:
    """Money for an order that nobody made here."""
    desk.bank.charges[order] = PaymentSnapshot(
        PaymentRef(order, f"tx-{order}"), Status.REQUIRES_ACTION, amount_rp, merchant_id="G000000001"
    )
    desk.bank.pay(order)
    return order


def test_money_without_an_order_goes_into_suspense_and_from_there_back(desk: Desk):
    desk.paid()
    order = found_order(desk)
    run = counter.reconcile(desk)
    assert run.state == "differs" and counter.items(run.id)["unknown_money"] == 90_000
    counter.book(desk, "missing_here")
    assert desk.balance(chart.SUSPENSE) == -90_000
    assert counter.reconcile(desk).state == "equal"
    with db.transaction():
        [case] = queries.open_cases(desk.cast.makmur.id)
        services.refund_case(desk.cast.budi, case.id, "bukan milik kami")
    desk.work()
    said = desk.bank.charges[order].refunds[0]
    desk.bank.refund(order, RefundSnapshot(said.refund_id, said.amount_rp, RefundStatus.SUCCEEDED))
    assert counter.reconcile(desk).state == "equal"
    assert desk.balance(chart.SUSPENSE) == 0
    desk.books_are_true()


def test_what_nobody_can_name_is_explained_by_two_people_and_then_carried(desk: Desk):
    desk.paid()
    desk.bank.more.append(BalanceMove(clock.now(), "adjustment", 777))
    run = counter.reconcile(desk)
    assert (run.state, run.unexplained_rp) == ("differs", 777)
    case = counter.cases(desk)["balance"]
    with pytest.raises(Refused), db.transaction():
        services.book_case(desk.cast.budi, case.id)
    with db.transaction():
        services.explain_case(desk.cast.budi, case.id, "hadiah dari penyedia")
    with db.transaction():
        services.decide_explanation(desk.cast.hadi, case.id, approve=True)
    again = counter.reconcile(desk)
    assert (again.state, counter.items(again.id)["explained"]) == ("equal", 777)
    assert counter.cases(desk) == {}


def test_the_treasurer_cannot_accept_an_explanation_alone(desk: Desk):
    desk.paid()
    desk.bank.more.append(BalanceMove(clock.now(), "adjustment", 777))
    counter.reconcile(desk)
    case = counter.cases(desk)["balance"]
    with pytest.raises(Refused), db.transaction():
        services.explain_case(desk.cast.budi, case.id, "  ")
    with db.transaction():
        services.explain_case(desk.cast.budi, case.id, "hadiah")
    with db.transaction():
        services.decide_explanation(desk.cast.hadi, case.id, approve=False)
    assert "balance" in counter.cases(desk), "a no leaves it open"


@pytest.mark.parametrize("ends", [DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST])
def test_disputed_money_is_gone_on_both_sides_and_back_on_both_when_it_is_won(
    desk: Desk, ends: DisputeStatus
):
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.dispute(order)
    assert counter.reconcile(desk).state == "equal"
    desk.bank.dispute(order, ends)
    run = counter.reconcile(desk)
    left_rp = AMOUNT_RP if ends is DisputeStatus.WON else 0
    assert (run.state, run.provider_rp, run.unexplained_rp) == ("equal", left_rp, 0)


def test_a_provider_that_lists_nothing_is_still_held_to_its_total(desk: Desk, monkeypatch):
    desk.paid()
    monkeypatch.setattr(type(desk.bank), "books", lambda self: [])
    run = counter.reconcile(desk)
    assert (run.state, run.unexplained_rp) == ("differs", -AMOUNT_RP)


def test_a_provider_without_books_is_compared_by_its_statuses_alone(desk: Desk):
    desk.paid()
    desk.bank.keeps_books = False
    run = counter.reconcile(desk)
    assert (run.state, run.totals) == ("equal", False)


def test_a_silent_provider_ends_the_run_without_a_verdict(desk: Desk):
    desk.paid()
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=False)
    assert counter.reconcile(desk).state == "unanswered"
    desk.bank.trouble = None
    assert counter.reconcile(desk).state == "equal"


def test_too_many_questions_wait_as_long_as_the_provider_says(desk: Desk):
    desk.paid()
    desk.bank.trouble = gateway.RateLimited("slow down", retry_after_s=90)
    run_id = counter.begin(desk)
    jobs.run_all(counter.RECONCILING, "test")
    asked = desk.bank.asked
    clock.travel(60)
    jobs.run_all(counter.RECONCILING, "test")
    assert desk.bank.asked == asked and counter.run(run_id).state == "running"
    desk.bank.trouble = None
    clock.travel(40)
    jobs.run_all(counter.RECONCILING, "test")
    assert counter.run(run_id).state == "equal"


def test_a_run_that_died_goes_on_where_it_was_and_posts_nothing_twice(desk: Desk):
    orders = []
    for number in range(1, 4):
        attempt = desk.choose(desk.ask(number))
        desk.work()
        orders.append(desk.attempt(attempt).order_id)
    for order in orders:
        desk.bank.pay(order)
    run_id = counter.begin(desk)
    for point in (
        "payments.reconcile_asked",
        "payments.reconciled",
        "payments.balance_read",
        "payments.compared",
    ):
        with faults.armed(point, 2 if point == "payments.reconciled" else 1):
            jobs.run_all(counter.RECONCILING, "test")
        clock.travel(3_600)
    jobs.run_all(counter.RECONCILING, "test")
    run = counter.run(run_id)
    assert (run.state, run.asked, run.applied) == ("equal", 3, 3)
    assert desk.balance(chart.CLEARING) == 3 * NET_RP
    desk.books_are_true()


def test_the_day_begins_one_run_for_each_account(desk: Desk):
    desk.paid()
    with db.transaction():
        assert services.begin_daily() == 1
    with db.transaction():
        assert services.begin_daily() == 0
    jobs.run_all(counter.RECONCILING, "test")
    clock.travel(86_400)
    with db.transaction():
        assert services.begin_daily() == 1


def test_an_asked_run_is_the_one_that_runs(desk: Desk):
    assert counter.begin(desk) == counter.begin(desk)


def test_after_a_change_of_keys_both_rows_are_one_account(desk: Desk):
    desk.paid()
    with db.transaction():
        new = services.propose_key(
            desk.cast.budi, desk.account_id, server_key="SB-Mid-server-yang-baru-01"
        ).id
    with db.transaction():
        services.decide_account(desk.cast.hadi, new, approve=True)
    with db.transaction():
        services.end_keys(desk.cast.hadi, desk.account_id)
    desk.paid(purpose_id=2)
    run = counter.reconcile(desk)
    assert (run.state, run.asked, run.provider_rp) == ("equal", 2, 2 * AMOUNT_RP)
    with db.transaction(read_only=True):
        assert [each.id for each in reconciliation.merchants()] == [desk.account_id]


def test_another_account_of_the_cooperative_is_named_not_missed(desk: Desk):
    desk.paid()
    with db.transaction():
        other = services.propose_account(
            desk.cast.budi, provider="midtrans", merchant_id="G2222", server_key="SB-Mid-server-lain-00001"
        ).id
    with db.transaction():
        services.decide_account(desk.cast.hadi, other, approve=True)
    first = desk.bank
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(banks[account.merchant_id], account)})
    banks = {"G000000001": first, "G2222": Bank()}
    attempt = desk.choose(desk.ask(purpose_id=2))
    desk.work()
    banks["G2222"].pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    run = counter.reconcile(desk)
    assert (run.state, run.provider_rp, run.ledger_rp) == ("equal", AMOUNT_RP, 2 * NET_RP)
    assert counter.items(run.id)["other_accounts"] == -NET_RP


def test_a_refund_paid_by_hand_never_passed_the_provider(desk: Desk):
    payment, attempt = desk.paid("va_bca")
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal")
    clock.travel(4_000)
    assert counter.reconcile(desk).state == "equal", "under way by hand, not lost at the provider"
    with db.transaction():
        [refund] = queries.refunds_of(attempt)
        assert refund.way == "hand"
        states.advance(refund, "pending", desk.cast.budi)
        states.advance(refund, "done", desk.cast.hadi)
    assert counter.reconcile(desk).state == "equal"
