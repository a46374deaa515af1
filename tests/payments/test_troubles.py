"""What goes wrong between two parties that cannot see each other: silence, changed keys, late proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from market.core import clock, db, jobs
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import doors, gateway, queries, services
from market.payments.types import Provider, RefundSnapshot, RefundStatus, Status
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.scripted import ScriptedGateway

SILENT = gateway.Unavailable("down", outcome_unknown=False)


def closed(desk: Desk, method: str = "qris") -> tuple[int, int, str]:
    """A payment whose time is over; returns it, its attempt and the attempt's order id."""
    payment = desk.ask()
    attempt = desk.choose(payment, method)
    desk.work()
    for _twice in range(2):
        desk.wait(16 * 60)
    assert desk.payment(payment).state == "closed"
    return payment, attempt, desk.attempt(attempt).order_id


def cases(desk: Desk) -> list[tuple[str, str]]:
    with db.transaction(read_only=True):
        return [(case.reason, case.state) for case in queries.open_cases(desk.cast.makmur.id)]


def the_case(desk: Desk) -> int:
    with db.transaction(read_only=True):
        return queries.open_cases(desk.cast.makmur.id)[0].id


def test_a_notice_that_meets_a_silent_provider_is_not_forgotten(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.bank.trouble = SILENT
    desk.notify(order, "late")
    desk.work()
    with db.transaction(read_only=True):
        assert len(queries.open_notifications()) == 1
    desk.bank.trouble = None
    desk.wait(60)
    assert cases(desk) == [("late", "open")]
    with db.transaction(read_only=True):
        assert queries.open_notifications() == []


def test_a_notice_that_met_silence_for_hours_is_asked_about_again(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.trouble = SILENT
    desk.notify(order, "late")
    for _try in range(len(jobs.RETRY_DELAYS_S) + 1):
        desk.wait(3600)
    with db.transaction(read_only=True):
        assert len(jobs.stuck_jobs()) == 1, "its own job has given up"
    desk.bank.trouble = None
    with db.transaction():
        assert services.ask_forgotten() == 1
    desk.work()
    with db.transaction():
        assert services.ask_forgotten() == 0


def test_late_money_is_found_though_no_notice_came(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.wait(2 * 3600)
    assert cases(desk) == [("late", "open")]


def test_a_refund_is_proved_though_no_notice_came(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal")
    desk.work()
    order = desk.attempt(attempt).order_id
    desk.bank.refund(order, RefundSnapshot(f"{order}-R01", AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.wait(2 * 3600)
    assert desk.payment(payment).state == "refunded"
    desk.books_are_true()


def test_a_refund_called_refused_that_the_bank_proves_is_believed(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal")
    desk.bank.trouble = gateway.NotAllowed("412")
    desk.work()
    desk.bank.trouble = None
    order = desk.attempt(attempt).order_id
    desk.bank.refund(order, RefundSnapshot(f"{order}-R01", AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.wait(2 * 3600)
    assert desk.payment(payment).state == "refunded"
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    desk.books_are_true()


def test_a_key_that_is_not_known_leaves_the_refund_to_be_tried_again(desk: Desk):
    payment, attempt = desk.paid()
    with db.transaction():
        services.ask_refund(desk.cast.budi, payment, AMOUNT_RP, "batal")
    desk.bank.trouble = gateway.AuthError("401")
    desk.work()
    with db.transaction(read_only=True):
        assert [refund.state for refund in queries.refunds_of(attempt)] == ["asked"]
    desk.bank.trouble = None
    desk.wait(60)
    with db.transaction(read_only=True):
        assert [refund.state for refund in queries.refunds_of(attempt)] == ["pending"]
    assert desk.payment(payment).state == "paid"


def test_a_refund_of_suspense_made_at_the_provider_ends_the_case(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    desk.bank.refund(order, RefundSnapshot("d" * 50, AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.notify(order, "refund")
    desk.work()
    assert cases(desk) == []
    desk.books_are_true()


def test_a_refused_refund_of_suspense_can_be_tried_again(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    case = the_case(desk)
    with db.transaction():
        services.refund_case(desk.cast.budi, case, "kembali")
    desk.bank.trouble = gateway.NotAllowed("balance too low")
    desk.work()
    desk.bank.trouble = None
    assert cases(desk) == [("late", "open")]
    with db.transaction():
        services.refund_case(desk.cast.budi, case, "coba lagi")
    desk.books_are_true()


def test_late_money_that_the_bank_takes_back_leaves_no_case(desk: Desk):
    _payment, _attempt, order = closed(desk, "va_permata")
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    case = the_case(desk)
    desk.bank.take_back(order)
    desk.notify(order, "deny")
    desk.work()
    assert cases(desk) == [] and desk.balance(chart.SUSPENSE) == 0
    with pytest.raises(Conflict), db.transaction():
        services.attribute_case(desk.cast.budi, case, "pakai")
    desk.books_are_true()


def test_late_money_that_was_used_and_is_taken_back_is_said(desk: Desk):
    payment, _attempt, order = closed(desk, "va_permata")
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    case = the_case(desk)
    with db.transaction():
        services.attribute_case(desk.cast.budi, case, "pakai")
    desk.bank.take_back(order)
    desk.notify(order, "deny")
    desk.work()
    assert desk.payment(payment).state == "reversed" and desk.told[-1] == (payment, "reversed")
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    desk.books_are_true()


def test_late_money_for_a_purpose_that_nobody_asks_about_goes_back(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    case = the_case(desk)
    services.configure({})
    with pytest.raises(Refused, match="Kembalikan"), db.transaction():
        services.attribute_case(desk.cast.budi, case, "pakai")


def test_what_was_given_for_money_taken_back_is_owed_by_the_payer(desk: Desk):
    payment, attempt = desk.paid("va_permata")
    with db.transaction():
        services.use_payment(desk.cast.budi, payment, 100_000)
    desk.bank.take_back(desk.attempt(attempt).order_id)
    desk.wait(60)
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 100_000
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -100_000, "what the purpose posts against, here nobody"


def test_disputed_money_is_used_for_nothing(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.dispute(order)
    desk.wait(60)
    with pytest.raises(Refused), db.transaction():
        services.use_payment(desk.cast.budi, payment, AMOUNT_RP)
    desk.books_are_true()


def test_two_installations_on_one_account_never_share_an_order_id(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    other = desk.ask(purpose_id=2)
    first, second = desk.attempt(attempt).order_id, desk.attempt(desk.choose(other)).order_id
    assert first.split("-")[0] != second.split("-")[0], "drawn from the payment's own secret"


def test_a_qris_whose_code_was_lost_is_begun_anew(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.bank.lose_answers = True
    desk.work()
    desk.bank.lose_answers = False
    order = desk.attempt(attempt).order_id
    desk.bank.charges[order] = replace(desk.bank.charges[order], next_action=None)
    desk.wait(60)
    assert (desk.attempt(attempt).state, desk.attempt(attempt).next_action) == ("waiting", {})
    again = desk.choose(payment)
    desk.work()
    assert again != attempt and desk.attempt(again).next_action["qr_string"]
    assert desk.attempt(attempt).state == "cancelled"


def test_a_waiting_charge_is_not_forgotten_for_one_strange_answer(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    order = desk.attempt(attempt).order_id
    charge = desk.bank.charges.pop(order)
    desk.wait(16 * 60)
    assert desk.attempt(attempt).state == "waiting"
    desk.bank.charges[order] = charge
    desk.wait(60)
    desk.wait(60)
    assert desk.payment(payment).state == "closed" and charge.status == Status.REQUIRES_ACTION


def test_after_a_change_of_keys_the_old_attempts_are_opened_with_the_new_ones(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    seen: list[tuple[str, ...]] = []

    def opener(account):
        seen.append(tuple(key.reveal() for key in account.server_keys))
        return ScriptedGateway(desk.bank, account)

    with db.transaction():
        new = services.propose_account(
            desk.cast.budi, provider="midtrans", merchant_id="G000000001", server_key="SB-Mid-server-baru-01"
        ).id
    with db.transaction():
        services.decide_account(desk.cast.hadi, new, approve=True)
    doors.configure({Provider.MIDTRANS: opener})
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    assert desk.payment(payment).state == "paid"
    assert seen[-1] == ("SB-Mid-server-baru-01", "SB-Mid-server-SIM")


def test_trial_accounts_take_no_money_in_production(desk: Desk):
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(desk.bank, account)}, production=True)
    with pytest.raises(Refused) as refusal, db.transaction():
        services.propose_account(
            desk.cast.budi, provider="midtrans", merchant_id="G1234", server_key="SB-Mid-server-coba-001"
        )
    assert refusal.value.field == "server_key"
    payment = desk.ask()
    with pytest.raises(LookupError):
        desk.choose(payment)


def test_the_payer_is_told_that_money_came_and_is_not_asked_again(desk: Desk, client):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.bank.pay(desk.attempt(attempt).order_id, AMOUNT_RP + 2_000)
    desk.wait(60)
    page = client.get(f"/bayar/{desk.payment(payment).token}").get_data(as_text=True)
    assert 'data-testid="checking"' in page
    assert 'data-testid="qr"' not in page and 'data-testid="methods"' not in page
    clock.travel(to=desk.payment(payment).due_at)
    assert "belum dibebani" not in client.get(f"/bayar/{desk.payment(payment).token}").get_data(as_text=True)
