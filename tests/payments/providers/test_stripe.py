"""Stripe's own ways: the time inside a signature, and a search that lags behind."""

from __future__ import annotations

import datetime as dt

import pytest

from market.payments import gateway
from market.payments.types import PaymentRef, Status
from tests.payments.providers.conftest import stripe_side


@pytest.mark.parametrize("shift_s", [-301, 301, -86_400, 86_400])
def test_a_signature_that_is_too_old_or_from_the_future_is_refused(stub, shift_s):
    side = stripe_side(stub)
    made = side.create()
    now = dt.datetime.now(dt.UTC)
    headers, body = stub.event(made.ref.order_id, int(now.timestamp()))
    assert side.gateway.parse_webhook(headers, body, received_at=now).ref == made.ref
    with pytest.raises(gateway.SignatureError):
        side.gateway.parse_webhook(headers, body, received_at=now + dt.timedelta(seconds=shift_s))


def test_a_payment_is_found_while_the_search_lags_behind(stub):
    side = stripe_side(stub)
    made = side.create()
    stub.searchable = False
    assert side.gateway.get_payment(PaymentRef(made.ref.order_id)).status is Status.REQUIRES_ACTION


def test_rupiah_have_two_decimals_there(stub):
    stripe_side(stub).create(amount_rp=275_000)
    assert next(iter(stub.intents.values()))["amount"] == 27_500_000


@pytest.mark.parametrize(
    ("said", "status", "kept_away_rp"),
    [
        ("needs_response", "open", 275_000),
        ("under_review", "open", 275_000),
        ("won", "won", 0),
        ("lost", "lost", 275_000),
    ],
)
def test_a_dispute_has_a_beginning_and_an_end(stub, said, status, kept_away_rp):
    side = stripe_side(stub)
    paid = side.paid()
    stub.dispute(paid.ref.order_id)
    headers, body = stub.dispute_event(paid.ref.order_id, said)
    event = side.gateway.parse_webhook(headers, body, received_at=dt.datetime.now(dt.UTC))
    assert (event.ref, event.provider_id) == (None, paid.ref.provider_id), "found by Stripe's own number"
    found = side.gateway.get_payment(paid.ref)
    assert [each.status for each in found.disputes] == [status] and found.disputed_rp == kept_away_rp


@pytest.mark.parametrize("said", ["warning_needs_response", "warning_closed", "prevented"])
def test_a_question_of_the_payers_bank_takes_no_money(stub, said):
    side = stripe_side(stub)
    paid = side.paid()
    stub.dispute(paid.ref.order_id)
    stub.dispute_event(paid.ref.order_id, said)
    assert side.gateway.get_payment(paid.ref).disputes == ()


def test_a_refund_made_in_the_dashboard_has_a_name_of_stripes_alone(stub):
    side = stripe_side(stub)
    paid = side.paid()
    stub.do_refund({"payment_intent": paid.ref.provider_id, "amount": "5000000"}, {}, "")
    [refund] = side.gateway.get_payment(paid.ref).refunds
    assert (refund.refund_id, refund.amount_rp, bool(refund.provider_id)) == ("", 50_000, True)
