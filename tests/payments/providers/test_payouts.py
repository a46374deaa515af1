"""Payouts: one key makes, another approves, money moves once, the notice is signed."""

from __future__ import annotations

import pytest
import requests

from market.payments import gateway
from market.payments.iris import IrisPayouts
from market.payments.session import BoundedSession
from market.payments.simulator import passing
from market.payments.simulator.payouts import DEPOSIT_RP
from market.payments.simulator.running import Server
from market.payments.types import Account, CreatePayout, PayoutRef, PayoutStatus, Provider, Secret
from tests.payments.providers.conftest import KEYS, MERCHANT_ID, PATIENT, START


def payout_account(**more: Secret) -> Account:
    keys = {
        "payout_maker_key": Secret("IRIS-simulasi-pembuat"),
        "payout_approver_key": Secret("IRIS-simulasi-penyetuju"),
        "payout_merchant_key": Secret("IRIS-simulasi-toko"),
    }
    server = (Secret(KEYS[Provider.MIDTRANS]),)
    return Account(Provider.MIDTRANS, MERCHANT_ID, server, **(keys | more))


@pytest.fixture
def payouts(simulator: Server) -> IrisPayouts:
    session = BoundedSession(simulator.url, **PATIENT)
    return IrisPayouts(payout_account(), base_url=simulator.url, session=session)


def ask(payout_id: str = "P-1", amount_rp: int = 114_000, **more: str) -> CreatePayout:
    given = {"bank": "bca", "account_number": "1234567890", "account_name": "Siti Simulasi"} | more
    return CreatePayout(payout_id, amount_rp, **given)


def make(payouts: IrisPayouts, payout_id: str = "P-1", amount_rp: int = 114_000) -> PayoutRef:
    return payouts.create_payout(ask(payout_id, amount_rp), idempotency_key=payout_id).ref


def test_a_payout_waits_for_the_approver(payouts, simulator):
    ref = make(payouts)
    passing.advance(simulator.world, 3_600)
    assert payouts.get_payout(ref).status is PayoutStatus.QUEUED
    assert payouts.payout_balance_rp() == DEPOSIT_RP


def test_an_approved_payout_arrives(payouts, simulator):
    ref = make(payouts)
    assert payouts.approve_payout(ref).status is PayoutStatus.APPROVED
    assert payouts.payout_balance_rp() == DEPOSIT_RP - 114_000
    passing.advance(simulator.world, 60)
    found = payouts.get_payout(ref)
    assert (found.status, found.amount_rp) == (PayoutStatus.COMPLETED, 114_000)


def test_approving_twice_pays_once(payouts):
    ref = make(payouts)
    payouts.approve_payout(ref)
    assert payouts.approve_payout(ref).status is PayoutStatus.APPROVED
    assert payouts.payout_balance_rp() == DEPOSIT_RP - 114_000


def test_a_rejected_payout_is_never_paid(payouts):
    ref = make(payouts)
    assert payouts.reject_payout(ref, reason="Salah rekening").status is PayoutStatus.REJECTED
    with pytest.raises(gateway.NotAllowed):
        payouts.approve_payout(ref)
    assert payouts.get_payout(ref).error == "Salah rekening"


def test_the_same_payout_is_queued_once(payouts, simulator):
    assert make(payouts) == make(payouts)
    assert len(simulator.world.payouts) == 1


@pytest.mark.parametrize("kind", ["drop_after", "html_after", "error_after"])
def test_a_payout_whose_answer_was_lost_is_queued_once(payouts, simulator, kind):
    simulator.world.faults.add(kind, "payouts")
    with pytest.raises(gateway.Unavailable) as caught:
        make(payouts)
    assert caught.value.outcome_unknown
    make(payouts)
    assert len(simulator.world.payouts) == 1


def test_an_approval_whose_answer_was_lost_is_found(payouts, simulator):
    ref = make(payouts)
    simulator.world.faults.add("drop_after", "payouts")
    with pytest.raises(gateway.Unavailable):
        payouts.approve_payout(ref)
    assert payouts.approve_payout(ref).status is PayoutStatus.APPROVED
    assert payouts.payout_balance_rp() == DEPOSIT_RP - 114_000


def test_a_deposit_that_is_too_small_pays_nobody(payouts):
    ref = make(payouts, amount_rp=DEPOSIT_RP + 1)
    with pytest.raises(gateway.NotAllowed):
        payouts.approve_payout(ref)
    assert payouts.get_payout(ref).status is PayoutStatus.QUEUED


def test_the_makers_key_cannot_approve(simulator):
    swapped = payout_account(
        payout_approver_key=Secret("IRIS-simulasi-pembuat"),
        payout_maker_key=Secret("IRIS-simulasi-penyetuju"),
    )
    with pytest.raises(gateway.AuthError):
        make(IrisPayouts(swapped, base_url=simulator.url))
    alike = {name: Secret("IRIS-satu") for name in ("payout_approver_key", "payout_maker_key")}
    with pytest.raises(ValueError, match="two persons"):
        IrisPayouts(payout_account(**alike))


def test_a_bank_that_returns_the_money_says_so(payouts, simulator):
    ref = make(payouts)
    url = f"{simulator.url}/__sim__/payouts/{ref.provider_id}/fail"
    assert requests.post(url, json={}, headers={"X-Sim-Token": "buka"}, timeout=20).status_code == 200
    payouts.approve_payout(ref)
    passing.advance(simulator.world, 60)
    found = payouts.get_payout(ref)
    assert (found.status, bool(found.error)) == (PayoutStatus.FAILED, True)
    assert payouts.payout_balance_rp() == DEPOSIT_RP


def asked(simulator: Server, path: str, key: str = "IRIS-simulasi-pembuat") -> requests.Response:
    return requests.get(f"{simulator.url}/iris/api/v1/{path}", auth=(key, ""), timeout=20)


def test_the_payout_service_answers_its_own_books(payouts, simulator):
    assert asked(simulator, "ping").json() == "pong"
    assert asked(simulator, "ping", "IRIS-orang-lain").status_code == 401
    gone, waiting = make(payouts, "P-1"), make(payouts, "P-2", 50_000)
    payouts.approve_payout(gone)
    day = "2026-11-22"
    rows = asked(simulator, f"statements?from_date={day}&to_date={day}").json()
    assert [(row["reference_no"], row["amount"]) for row in rows] == [(gone.provider_id, "114000.00")]
    assert waiting.provider_id not in str(rows)
    assert asked(simulator, "statements?from_date=2026-11-23&to_date=2026-11-30").json() == []
    assert asked(simulator, "statements?from_date=kemarin").status_code == 400


def test_who_is_paid_often_is_kept_once_and_only_by_the_maker(simulator):
    person = {"name": "Siti", "account": "1234567890", "bank": "bca", "alias_name": "siti", "email": ""}

    def keep(key: str, **change: str) -> int:
        url = f"{simulator.url}/iris/api/v1/beneficiaries"
        return requests.post(url, json={**person, **change}, auth=(key, ""), timeout=20).status_code

    assert keep("IRIS-simulasi-penyetuju") == 403
    assert keep("IRIS-simulasi-pembuat") == 201
    assert keep("IRIS-simulasi-pembuat") == 400, "the alias is taken"
    assert keep("IRIS-simulasi-pembuat", alias_name="lain", account="1234567000") == 404
    assert asked(simulator, "beneficiaries").json() == [person]


def test_the_name_on_an_account_is_asked_for(payouts):
    assert "SIMULASI" in payouts.account_holder("bca", "1234567890")
    with pytest.raises(gateway.NotFound):
        payouts.account_holder("bca", "1234567000")
    with pytest.raises(gateway.NotFound):
        payouts.account_holder("../bca", "1")


@pytest.mark.parametrize("wrong", [{"bank": "bank/x"}, {"account_number": "12a"}, {"bank": "tidak_ada"}])
def test_an_account_that_cannot_be_is_refused(payouts, wrong):
    with pytest.raises(gateway.InvalidRequest):
        payouts.create_payout(ask(**wrong), idempotency_key="x")


def test_a_strange_number_of_a_payout_is_not_found(payouts):
    with pytest.raises(gateway.NotFound):
        payouts.get_payout(PayoutRef("../balance"))
    with pytest.raises(gateway.NotFound):
        payouts.get_payout(PayoutRef("tidakada123"))


def test_payouts_that_are_down_were_unsure_only_when_something_was_sent(payouts, simulator):
    simulator.world.faults.add("html", "payouts", times=2)
    with pytest.raises(gateway.Unavailable) as caught:
        make(payouts)
    assert caught.value.outcome_unknown
    with pytest.raises(gateway.Unavailable) as caught:
        payouts.payout_balance_rp()
    assert not caught.value.outcome_unknown


def test_the_notices_of_a_payout_are_believed_only_unchanged(payouts, simulator, shop):
    world = simulator.world
    object.__setattr__(world.settings.merchants[0], "payout_notification_url", "http://127.0.0.1:9/p")
    ref = make(payouts)
    payouts.approve_payout(ref)
    passing.advance(world, 60)
    kinds = []
    for headers, body in shop.came:
        event = payouts.parse_payout_webhook(headers, body, received_at=START)
        assert event.payout_ref == PayoutRef(ref.provider_id)
        kinds.append(event.kind)
        for wrong in ((headers, body + b" "), ({}, body), ({"Iris-Signature": "é"}, body)):
            with pytest.raises(gateway.SignatureError):
                payouts.parse_payout_webhook(*wrong, received_at=START)
    assert kinds == ["payout.approved", "payout.processed", "payout.completed"]
