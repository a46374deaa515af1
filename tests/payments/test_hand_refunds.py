"""Money that the provider cannot give back: the buyer says where to, two people pay it, the books agree."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, Refused
from market.ledger import chart
from market.payments import queries, queries_payouts, services
from market.payments.models_payouts import Payout
from market.payments.types import DisputeStatus, PayoutStatus, RefundSnapshot, RefundStatus
from tests.payments.conftest import AMOUNT_RP, Desk

BCA = {"bank": "bca", "number": "0123 4567 89", "holder": "Tini"}


def refund(desk: Desk, method: str = "va_bca", amount_rp: int = AMOUNT_RP) -> tuple[str, int]:
    """A payment that is to go back; the payer's token and the refund's id."""
    payment_id, _attempt = desk.paid(method)
    with db.transaction():
        made = services.ask_refund(desk.cast.budi, payment_id, amount_rp, "barang habis").id
        token = queries.payment_by_id(payment_id).token
    desk.work()
    return token, made


def stage(desk: Desk, token: str) -> str:
    with db.transaction(read_only=True):
        [back] = queries_payouts.refunds_of_payment(queries.payment_by_token(token).id)
        return back.stage


def name(token: str, refund_id: int, way: str = "bank") -> str:
    """The payer's word; returns the code for cash."""
    with db.transaction():
        return services.name_destination(token, refund_id, way, **(BCA if way == "bank" else {})).code


def propose(desk: Desk, refund_id: int, way: str = "") -> int:
    with db.transaction():
        return services.propose_refund_payout(desk.cast.budi, refund_id, way).id


def approve(desk: Desk, payout_id: int, yes: bool = True) -> None:
    with db.transaction():
        services.decide_payout(desk.cast.hadi, payout_id, yes, "" if yes else "salah")


def record(desk: Desk, payout_id: int, **proof: object) -> None:
    with db.transaction():
        services.record_payout(desk.cast.budi, payout_id, **proof)  # type: ignore[arg-type]


def test_by_transfer_each_step_stands_in_the_books_and_on_the_payers_page(desk: Desk):
    token, refund_id = refund(desk)
    assert (stage(desk, token), desk.balance(chart.REFUNDS_UNDER_WAY)) == ("where", -AMOUNT_RP)
    name(token, refund_id)
    assert stage(desk, token) == "ready"
    payout = propose(desk, refund_id)
    assert (stage(desk, token), desk.payout(payout).way) == ("waits", "transfer")
    approve(desk, payout)
    assert (stage(desk, token), desk.balance(chart.PAYOUTS_IN_TRANSIT)) == ("to_pay", -AMOUNT_RP)
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == 0
    desk.books_are_true()
    bank = desk.balance(chart.BANK)
    record(desk, payout, reference="TRX-1", fee_rp=2_500)
    assert stage(desk, token) == "done"
    assert desk.balance(chart.BANK) == bank - AMOUNT_RP - 2_500
    assert desk.balance(chart.PAYOUT_FEES) == 2_500
    assert desk.balance(chart.PAYOUTS_IN_TRANSIT) == 0
    desk.work()
    with db.transaction(read_only=True):
        payment = queries.payment_by_token(token)
    assert (payment.state, payment.refunded_rp) == ("refunded", AMOUNT_RP)
    assert (payment.id, "refunded") in desk.told
    desk.books_are_true()


def test_cash_is_handed_over_against_the_payers_code_alone(desk: Desk):
    token, refund_id = refund(desk)
    code = name(token, refund_id, "cash")
    payout = propose(desk, refund_id)
    approve(desk, payout)
    with pytest.raises(Refused) as wrong:
        record(desk, payout, code="000000" if code != "000000" else "111111")
    assert wrong.value.field == "code"
    with pytest.raises(Refused, match="Saldo di buku"):
        record(desk, payout, code=code)
    with db.transaction():
        desk.fill_till(AMOUNT_RP)
    record(desk, payout, code=f" {code[:3]} {code[3:]}")
    assert desk.balance(chart.CASH) == 0
    assert stage(desk, token) == "done"
    desk.books_are_true()


def test_after_five_wrong_codes_only_a_new_one_opens(desk: Desk):
    token, refund_id = refund(desk)
    code = name(token, refund_id, "cash")
    payout = propose(desk, refund_id)
    approve(desk, payout)
    with db.transaction():
        desk.fill_till(AMOUNT_RP)
        for _wrong in range(services.MAX_WRONG_CODES):
            services.note_wrong_code(refund_id)
    with pytest.raises(Refused, match="Terlalu banyak"):
        record(desk, payout, code=code)
    record(desk, payout, code=name(token, refund_id, "cash"))
    assert stage(desk, token) == "done"


def test_what_was_proposed_may_be_changed_only_after_it_was_refused(desk: Desk):
    token, refund_id = refund(desk)
    with pytest.raises(Refused, match="belum mengisi"):
        propose(desk, refund_id)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    with pytest.raises(Conflict):
        name(token, refund_id)
    with pytest.raises(Conflict):
        propose(desk, refund_id)
    approve(desk, payout, yes=False)
    assert stage(desk, token) == "ready"
    name(token, refund_id, "cash")
    assert desk.payout(propose(desk, refund_id)).way == "cash"
    desk.books_are_true()


def test_one_person_pays_nobody(desk: Desk):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    with pytest.raises(Forbidden), db.transaction():
        services.decide_payout(desk.cast.budi, payout, True)
    with pytest.raises(Refused, match="belum disetujui"):
        record(desk, payout, reference="TRX-1")
    with pytest.raises(IntegrityError), db.transaction():
        both = {"proposed_by": desk.cast.hadi.user_id, "approved_by": desk.cast.hadi.user_id}
        db.session.execute(update(Payout).where(Payout.id == payout).values(both))


def test_a_proposal_of_three_days_ago_lapses(desk: Desk):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    clock.travel(73 * 3600)
    with pytest.raises(Refused, match="72 jam"):
        approve(desk, payout)
    with db.transaction():
        assert services.lapse_payouts() == 1
    assert stage(desk, token) == "ready"


def test_what_the_bank_would_not_send_waits_again(desk: Desk):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    approve(desk, payout)
    with db.transaction():
        services.withdraw_payout(desk.cast.budi, payout, "rekening tutup")
    assert stage(desk, token) == "ready"
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == -AMOUNT_RP
    assert desk.balance(chart.PAYOUTS_IN_TRANSIT) == 0
    desk.books_are_true()


def test_what_the_bank_takes_back_itself_is_not_paid_too(desk: Desk):
    token, refund_id = refund(desk, "va_permata")
    name(token, refund_id)
    payout = propose(desk, refund_id)
    desk.bank.take_back(next(iter(desk.bank.charges)))
    desk.wait(600)
    assert (stage(desk, token), desk.payout(payout).state) == ("refused", "rejected")
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == 0
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 0
    with pytest.raises(Conflict), db.transaction():
        services.pay_by_hand(desk.cast.budi, refund_id)
    desk.books_are_true()


def test_a_dispute_keeps_the_money_here(desk: Desk):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    order = next(iter(desk.bank.charges))
    desk.bank.dispute(order, amount_rp=AMOUNT_RP)
    desk.wait(600)
    assert (stage(desk, token), desk.payout(payout).state) == ("refused", "rejected")
    desk.books_are_true()
    with pytest.raises(Refused), db.transaction():
        services.pay_by_hand(desk.cast.budi, refund_id)
    desk.bank.dispute(order, DisputeStatus.WON, AMOUNT_RP)
    with db.transaction():
        attempt = queries_payouts.refund_for(desk.cast.budi, refund_id).attempt_id
        [dispute] = queries.disputes_of(attempt)
        services.end_dispute(desk.cast.budi, dispute.id, won=True, reason="menang")
    with db.transaction():
        [back] = queries_payouts.refunds_to_pay(desk.cast.makmur.id)
        again = services.pay_by_hand(desk.cast.budi, back.refund.id)
    assert again.way == "hand"
    desk.books_are_true()


def refused(desk: Desk) -> tuple[int, int]:
    """A QRIS payment whose refund the bank refused: payment and refund."""
    payment_id, attempt_id = desk.paid()
    with db.transaction():
        asked = services.ask_refund(desk.cast.budi, payment_id, AMOUNT_RP, "batal")
    desk.work()
    order = desk.attempt(attempt_id).order_id
    desk.bank.refund(order, RefundSnapshot(asked.refund_id, AMOUNT_RP, RefundStatus.FAILED, reason="no"))
    desk.wait(600)
    with db.transaction(read_only=True):
        assert queries.refund(asked.id).state == "refused"
    return payment_id, asked.id


def test_a_refused_refund_is_tried_again_through_the_bank(desk: Desk):
    payment_id, refund_id = refused(desk)
    with db.transaction():
        again = services.ask_again(desk.cast.budi, refund_id, by_hand=False)
    desk.work()
    with pytest.raises(Conflict), db.transaction():
        services.ask_again(desk.cast.budi, refund_id, by_hand=False)
    order = next(iter(desk.bank.charges))
    desk.bank.refund(order, RefundSnapshot(again.refund_id, AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.wait(600)
    assert desk.payment(payment_id).state == "refunded"
    desk.books_are_true()


def test_a_refused_refund_becomes_one_by_hand(desk: Desk):
    payment_id, refund_id = refused(desk)
    with db.transaction(read_only=True):
        assert [each.stage for each in queries_payouts.refunds_to_pay(desk.cast.makmur.id)] == ["refused"]
    with db.transaction():
        by_hand = services.pay_by_hand(desk.cast.budi, refund_id).id
    token = desk.payment(payment_id).token
    name(token, by_hand)
    payout = propose(desk, by_hand)
    approve(desk, payout)
    record(desk, payout, reference="TRX-2")
    assert desk.payment(payment_id).state == "refunded"
    with db.transaction(read_only=True):
        assert queries_payouts.refunds_to_pay(desk.cast.makmur.id) == []
    desk.books_are_true()


def test_the_bank_that_pays_after_all_stops_the_hand(desk: Desk):
    payment_id, refund_id = refused(desk)
    with db.transaction():
        by_hand = services.pay_by_hand(desk.cast.budi, refund_id).id
        first = queries.refund(refund_id).refund_id
    order = next(iter(desk.bank.charges))
    desk.bank.refund(order, RefundSnapshot(first, AMOUNT_RP, RefundStatus.SUCCEEDED))
    desk.wait(3600)
    with db.transaction(read_only=True):
        assert (queries.refund(refund_id).state, queries.refund(by_hand).state) == ("done", "refused")
    assert desk.payment(payment_id).state == "refunded"
    desk.books_are_true()


def test_money_in_suspense_goes_back_by_hand_and_its_case_ends(desk: Desk):
    payment_id = desk.ask()
    attempt = desk.choose(payment_id, "va_bca")
    desk.work()
    for _minute in (16, 1):
        desk.wait(_minute * 60)
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(600)
    with db.transaction():
        [case] = queries.open_cases(desk.cast.makmur.id)
        services.refund_case(desk.cast.budi, case.id, "telat")
        [made] = queries.refunds_of(attempt)
    name(desk.payment(payment_id).token, made.id)
    payout = propose(desk, made.id)
    approve(desk, payout)
    record(desk, payout, reference="TRX-3")
    with db.transaction(read_only=True):
        assert queries.case_by_id(case.id).state == "refunded"
    assert desk.balance(chart.SUSPENSE) == 0
    desk.books_are_true()


def test_with_keys_the_provider_sends_it(desk: Desk):
    desk.give_keys()
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    approve(desk, payout)
    desk.work()
    assert (desk.payout(payout).state, stage(desk, token)) == ("sending", "on_the_way")
    [(reference, there)] = desk.bank.payouts.items()
    assert (there.status, there.amount_rp) == (PayoutStatus.APPROVED, AMOUNT_RP)
    desk.bank.end_payout(reference, PayoutStatus.COMPLETED)
    desk.wait(120)
    assert stage(desk, token) == "done"
    assert desk.balance(chart.PAYOUT_DEPOSIT) == -(AMOUNT_RP + 5_000)
    desk.books_are_true()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("bank", {**BCA, "bank": "warung"}),
        ("number", {**BCA, "number": "12ab"}),
        ("holder", {**BCA, "holder": "  "}),
    ],
)
def test_a_destination_that_cannot_be_right_is_refused_at_its_field(desk: Desk, field: str, values):
    token, refund_id = refund(desk)
    with pytest.raises(Refused) as refusal, db.transaction():
        services.name_destination(token, refund_id, "bank", **values)
    assert refusal.value.field == field


def test_the_number_is_sealed_and_shown_to_nobody_whole(desk: Desk):
    token, refund_id = refund(desk)
    name(token, refund_id)
    with db.transaction(read_only=True):
        row = queries_payouts.destination_of(refund_id)
        assert row is not None and "0123456789" not in row.number_sealed
        assert services.number_of(row) == "0123456789"
        assert services.masked(row) == "BCA ••••6789 · Tini"
