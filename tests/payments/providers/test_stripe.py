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
