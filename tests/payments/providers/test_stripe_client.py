"""The unmodified stripe package against the stub: every call that is made of it, and its errors."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from market.payments.session import BoundedSession
from market.payments.types import Provider
from tests.payments.providers.conftest import KEYS, PATIENT

INTENT: dict[str, Any] = {
    "amount": 27_500_000,
    "currency": "idr",
    "confirm": True,
    "payment_method_types": ["qris"],
    "payment_method_data": {"type": "qris"},
    "metadata": {"order_id": "LB-1", "method": "qris"},
}


@pytest.fixture
def client(stub) -> Any:
    """The package as it is installed; only its address and engine are given, through its own parameters."""
    engine = stripe.RequestsClient(session=BoundedSession(stub.url, **PATIENT))
    return stripe.StripeClient(
        KEYS[Provider.STRIPE], base_addresses={"api": stub.url}, http_client=engine, max_network_retries=0
    ).v1


def test_a_payment_of_the_official_client(client):
    made = client.payment_intents.create(INTENT, {"idempotency_key": "k1"})
    assert (made.status, made.amount) == ("requires_action", 27_500_000)
    assert client.payment_intents.create(INTENT, {"idempotency_key": "k1"}).id == made.id
    assert client.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]}).id == made.id
    assert client.payment_intents.update(made.id, {"metadata": {"x": "1"}}).metadata["order_id"] == "LB-1"
    assert [each.id for each in client.payment_intents.list({"limit": 1}).data] == [made.id]
    found = client.payment_intents.search({"query": "metadata['order_id']:'LB-1'"})
    assert [each.id for each in found.data] == [made.id]
    closed = client.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (closed.status, closed.cancellation_reason) == ("canceled", "abandoned")


def test_money_back_and_money_disputed_with_the_official_client(client, stub):
    made = client.payment_intents.create(INTENT)
    stub.pay("LB-1")
    given = client.refunds.create(
        {"payment_intent": made.id, "amount": 500_000, "metadata": {"refund_id": "R"}}
    )
    assert (given.status, given.metadata["refund_id"]) == ("pending", "R")
    stub.confirm_refunds("LB-1")
    assert [row.status for row in client.refunds.list({"payment_intent": made.id}).data] == ["succeeded"]
    stub.dispute("LB-1")
    assert [row.status for row in client.disputes.list({"payment_intent": made.id}).data] == [
        "needs_response"
    ]


def test_what_the_official_client_makes_of_refusals(client, stub):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.retrieve("pi_9999")
    assert caught.value.code == "resource_missing"
    made = client.payment_intents.create(INTENT, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        client.payment_intents.create({**INTENT, "amount": 100}, {"idempotency_key": "k1"})
    stub.pay("LB-1")
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_intents.cancel(made.id)
    stub.faults.add("html", "status")
    with pytest.raises(stripe.APIError):
        client.payment_intents.retrieve(made.id)
    stub.faults.add("drop_before", "status")
    with pytest.raises(stripe.APIConnectionError):
        client.payment_intents.retrieve(made.id)


def test_a_strangers_key_is_refused(stub):
    engine = stripe.RequestsClient(session=BoundedSession(stub.url, **PATIENT))
    stranger = stripe.StripeClient("sk_test_orang_lain", base_addresses={"api": stub.url}, http_client=engine)
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.payment_intents.retrieve("pi_0001")


def test_the_official_client_reads_the_stubs_events(client, stub):
    client.payment_intents.create(INTENT)
    headers, body = stub.event("LB-1")
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], stub.webhook_secret)
    assert event["data"]["object"]["metadata"]["order_id"] == "LB-1"
