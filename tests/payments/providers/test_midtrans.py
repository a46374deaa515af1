"""Midtrans' own ways: odd answers, money that comes back, fees on top, balance, the bounded session."""

from __future__ import annotations

import datetime as dt
import pickle
import time

import pytest
import requests

from market.payments import gateway
from market.payments.midtrans_answers import Garbage, next_action, refusal, rupiah, snapshot
from market.payments.midtrans_methods import CAPS, charge_body, method_of
from market.payments.providers import Addresses, gateway_for, openers, payouts_for
from market.payments.session import BoundedSession
from market.payments.simulator import acts, passing
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Settings
from market.payments.simulator.world import Clock
from market.payments.types import (
    ActionKind,
    CreatePayment,
    Item,
    Method,
    NextAction,
    Provider,
    Secret,
    Status,
    order_id,
)
from tests.payments.providers.conftest import START, Side, account, merchant, midtrans_side

ACTIONS = {
    Method.QRIS: ActionKind.QR,
    Method.GOPAY: ActionKind.DEEPLINK,
    Method.BILL_MANDIRI: ActionKind.BILL,
    Method.OTC_INDOMARET: ActionKind.OTC,
    Method.OTC_ALFAMART: ActionKind.OTC,
}


@pytest.mark.parametrize("method", list(CAPS))
def test_every_method_is_charged_paid_and_told(midtrans: Side, method):
    made = midtrans.create(method)
    assert made.next_action.kind == ACTIONS.get(method, ActionKind.VA)
    assert made.expires_at - made.created_at == dt.timedelta(seconds=CAPS[method].expiry_default_s)
    midtrans.pay(made.ref.order_id)
    found = midtrans.gateway.get_payment(made.ref)
    assert (found.status, found.method) == (Status.SUCCEEDED, method)


@pytest.mark.parametrize("method", list(CAPS))
def test_numbers_to_pay_with_are_told_again_but_a_qr_is_not(midtrans: Side, method):
    made = midtrans.create(method)
    again = midtrans.gateway.get_payment(made.ref).next_action
    assert again == (None if method in (Method.QRIS, Method.GOPAY) else made.next_action)


@pytest.mark.parametrize(
    ("kind", "paid"),
    [
        ("uppercase", True),
        ("extra_fields", True),
        ("missing_fields", True),
        ("unknown_status", False),
    ],
)
def test_odd_answers_are_read_as_far_as_they_go(midtrans: Side, kind, paid):
    made = midtrans.create()
    midtrans.pay(made.ref.order_id)
    midtrans.break_(kind, "status")
    found = midtrans.gateway.get_payment(made.ref)
    assert (found.status is Status.SUCCEEDED, found.understood) == (paid, paid)


@pytest.mark.parametrize("kind", ["odd_code", "wrong_order"])
def test_an_answer_that_makes_no_sense_is_no_answer(midtrans: Side, kind):
    made = midtrans.create()
    midtrans.break_(kind, "status")
    with pytest.raises(gateway.Unavailable):
        midtrans.gateway.get_payment(made.ref)


def test_another_amount_is_reported_and_not_mended(midtrans: Side):
    made = midtrans.create()
    midtrans.break_("wrong_amount", "status", value="1.00")
    assert midtrans.gateway.get_payment(made.ref).amount_rp == 1


def test_a_payment_that_waits_for_a_fraud_check_is_not_paid():
    body = {"order_id": "LB-1", "gross_amount": "5.00", "transaction_status": "capture"}
    found = snapshot({**body, "fraud_status": "challenge"}, 200)
    assert (found.status, found.understood, found.amount_received_rp) == (Status.PROCESSING, True, 0)
    assert snapshot({**body, "fraud_status": "deny"}, 200).status is Status.PROCESSING
    assert snapshot({**body, "fraud_status": "accept"}, 201).status is Status.PROCESSING
    assert snapshot(body, 200).status is Status.SUCCEEDED


@pytest.mark.parametrize("word", ["settlement", "SETTLEMENT", "capture", "refund", "partial_chargeback"])
def test_money_that_came_is_money_that_came(word):
    body = {"order_id": "LB-1", "gross_amount": "5.00", "transaction_status": word}
    assert snapshot(body, 200).status is Status.SUCCEEDED


def test_a_fee_on_top_of_the_price_is_told_apart(shop):
    settings = Settings((merchant(),), base_url="http://127.0.0.1:0", fee_imposed={"qris": 71})
    server = Server(settings, deliver=shop.deliver, clock=Clock(START), poll_s=0.02).start()
    try:
        paid = midtrans_side(server, shop).paid(amount_rp=10_000)
    finally:
        server.stop()
    assert (paid.amount_rp, paid.fee_imposed_rp, paid.amount_received_rp) == (10_000, 71, 10_071)


def test_a_fee_that_does_not_add_up_is_not_believed():
    info = {"original_amount": 10_000, "customer_imposed_payment_fee": 72}
    body = {
        "order_id": "LB-1",
        "gross_amount": "10071.00",
        "transaction_status": "settlement",
        "metadata": {"extra_info": {"gross_amount_info": info}},
    }
    assert snapshot(body, 200).amount_rp == 10_071


@pytest.mark.parametrize("value", ["1,00", "1.5", "-1", "1e3", "", None, True, 1.0, "١", "9" * 13, -1])
def test_only_whole_rupiah_are_amounts(value):
    with pytest.raises(Garbage):
        rupiah(value)


@pytest.mark.parametrize(("value", "amount_rp"), [("275000.00", 275_000), ("1", 1), (7, 7), ("0.00", 0)])
def test_rupiah_is_read_with_or_without_decimals(value, amount_rp):
    assert rupiah(value) == amount_rp


@pytest.mark.parametrize("body", [{}, {"order_id": "LB-1"}, {"order_id": "a/b", "gross_amount": "1.00"}])
def test_a_body_without_what_matters_is_no_payment(body):
    with pytest.raises(Garbage):
        snapshot({"gross_amount": "1.00", **body}, 200)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, gateway.InvalidRequest),
        (401, gateway.AuthError),
        (402, gateway.Unsupported),
        (404, gateway.NotFound),
        (406, gateway.Conflict),
        (410, gateway.InvalidRequest),
        (412, gateway.NotAllowed),
        (414, gateway.NotAllowed),
        (429, gateway.RateLimited),
        (500, gateway.Unavailable),
        (503, gateway.Unavailable),
        (900, gateway.Unavailable),
    ],
)
def test_every_code_has_its_own_word(code, error):
    assert type(refusal({"status_message": "x"}, code, writing=True)) is error


@pytest.mark.parametrize("code", [200, 201, 202, 407])
def test_codes_that_are_states_are_no_errors(code):
    assert refusal({}, code, writing=True) is None


def test_a_refusal_carries_the_providers_own_words(midtrans: Side):
    request = CreatePayment("LB-1", Method.VA_BCA, 275_000, "x", expires_in_s=181 * 86_400)
    with pytest.raises(gateway.InvalidRequest):
        midtrans.gateway.create_payment(request, idempotency_key="k")
    error = refusal({"status_message": "x", "validation_messages": ["a", "b"]}, 400, writing=True)
    assert error.messages == ("a", "b")


def test_the_balance_tells_what_came_and_went(midtrans: Side, simulator):
    paid = midtrans.paid()
    midtrans.gateway.refund(paid.ref, 95_000, refund_id="R-1")
    passing.advance(simulator.world, 120)
    other = midtrans.paid(Method.VA_PERMATA, 50_000)
    with simulator.world.lock:
        acts.reverse(simulator.world, simulator.world.transactions[other.ref.provider_id])
    found = midtrans.gateway.balance(START, START + dt.timedelta(days=1))
    assert sorted(move.amount_rp for move in found.moves) == [-95_000, -50_000, 50_000, 275_000]
    assert (found.opening_rp, found.closing_rp) == (0, 180_000)
    later = midtrans.gateway.balance(START + dt.timedelta(days=1), START + dt.timedelta(days=2))
    assert (later.opening_rp, later.closing_rp, later.moves) == (180_000, 180_000, ())


# What is sent


def test_a_charge_says_what_is_bought_and_adds_up():
    items = (Item("Beras premium " * 9, 60_000, 4), Item("Gula", 17_500, 2))
    body = charge_body(
        CreatePayment("LB-1", Method.QRIS, 275_000, "Belanja", items, payer_name="Sri", expires_in_s=600)
    )
    assert sum(row["price"] * row["quantity"] for row in body["item_details"]) == 275_000
    assert max(len(row["name"]) for row in body["item_details"]) == 50
    assert body["custom_expiry"] == {"expiry_duration": 600, "unit": "second"}
    assert body["customer_details"] == {"first_name": "Sri"}


@pytest.mark.parametrize(
    "given",
    [
        {"order_id": "../x"},
        {"order_id": "x" * 37},
        {"order_id": ""},
        {"amount_rp": 0},
        {"amount_rp": True},
        {"amount_rp": 1.5},
        {"items": (Item("x", 5),)},
    ],
)
def test_what_cannot_be_right_is_never_sent(given):
    good = {"order_id": "LB-1", "method": Method.QRIS, "amount_rp": 275_000, "description": "x"}
    with pytest.raises(ValueError, match=r"order id|amount"):
        CreatePayment(**(good | given))


def test_an_attempt_has_one_number_for_ever():
    assert order_id("LB", 42, 1) == "LB-0000000042-01"
    assert len(order_id("A" * 10, 9_999_999_999, 99)) <= 36
    for wrong in (("lb", 1, 1), ("LB", 0, 1), ("LB", 1, 0), ("LB", 1, 100)):
        with pytest.raises(ValueError, match="not an attempt"):
            order_id(*wrong)


def test_a_key_that_midtrans_would_ignore_is_refused(midtrans: Side):
    with pytest.raises(ValueError, match="46"):
        midtrans.gateway.create_payment(midtrans.ask(), idempotency_key="k" * 47)


def test_notices_go_where_the_account_says(simulator):
    url = "http://127.0.0.1:9/pembayaran/abc"
    door = gateway_for(account(Provider.MIDTRANS, notification_url=url), Addresses(midtrans=simulator.url))
    door.create_payment(CreatePayment("LB-1", Method.QRIS, 5_000, "x"), idempotency_key="k")
    assert [row.url for row in simulator.world.notices] == [url]


def test_each_provider_has_its_door():
    doors = openers(Addresses("http://127.0.0.1:9", "http://127.0.0.1:9"))
    for provider in Provider:
        assert doors[provider](account(provider)).provider is provider
    with pytest.raises(LookupError):
        payouts_for(account(Provider.STRIPE))


def test_a_secret_is_written_nowhere():
    secret = Secret("SB-rahasia")
    assert "rahasia" not in f"{secret!r} {secret} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_how_to_pay_survives_its_way_through_the_database(midtrans: Side):
    for method in CAPS:
        action = midtrans.create(method).next_action
        assert NextAction.from_dict(action.as_dict()) == action


@pytest.mark.parametrize(
    "body",
    [
        {"payment_type": "kartu"},
        {"payment_type": "bank_transfer"},
        {"payment_type": "bank_transfer", "va_numbers": "x"},
        {"payment_type": "qris", "actions": [None, 5]},
        {"payment_type": "cstore", "store": None},
    ],
)
def test_a_way_to_pay_that_is_not_told_is_none(body):
    assert next_action(body) is None
    assert method_of(body) in (None, Method.QRIS)


# The session


def test_a_session_speaks_to_its_own_address_alone():
    with pytest.raises(ValueError, match="own address"):
        BoundedSession("http://127.0.0.1:9").request("get", "http://127.0.0.1:10/x")


def test_no_proxy_of_the_environment_gets_between(simulator, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert BoundedSession(simulator.url).request("get", f"{simulator.url}/sim/").status_code == 200
    assert BoundedSession("https://api.midtrans.com").trust_env


def test_a_body_that_drips_is_given_up(simulator, midtrans: Side):
    midtrans.create()
    session = BoundedSession(simulator.url, read_s=20, whole_s=0.6)
    simulator.world.faults.add("slow_body", "status", value=8)
    began = time.monotonic()
    with pytest.raises(requests.exceptions.RequestException):
        session.request(
            "get",
            f"{simulator.url}/v2/LB-0000000001-01/status",
            auth=(midtrans.gateway.account.server_keys[0].reveal(), ""),
            headers={"Accept": "application/json"},
        )
    assert time.monotonic() - began < 8
