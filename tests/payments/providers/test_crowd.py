"""Many at once: every order keeps its own key, one order asked for by many is charged once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from market.payments import gateway
from market.payments.providers import Addresses, gateway_for
from market.payments.types import Provider, Status
from tests.payments.providers.conftest import Side, account

CROWD = 24


def test_each_of_a_crowd_is_charged_under_its_own_key(midtrans: Side):
    """A client that is shared would send one order's key with another order."""
    requests = [midtrans.ask(amount_rp=1_000 + number) for number in range(CROWD)]

    def pay(request) -> tuple[str, int]:
        made = midtrans.gateway.create_payment(request, idempotency_key=request.order_id)
        return made.ref.order_id, made.amount_rp

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(pay, requests))
    assert found == [(request.order_id, request.amount_rp) for request in requests]
    assert midtrans.charges() == CROWD


def test_one_order_asked_for_by_many_is_charged_once(side: Side):
    request = side.ask()
    side.break_("delay", "charge", value=0.1)

    def pay(_number: int) -> Status | None:
        try:
            made = gateway.create_once(side.gateway, request, idempotency_key=request.order_id)
        except gateway.Unavailable as error:
            assert error.outcome_unknown
            return None
        return made.status

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(pay, range(8)))
    assert found - {None} == {Status.REQUIRES_ACTION}
    assert side.charges() == 1


def test_one_refund_asked_for_by_many_is_given_once(midtrans: Side):
    paid = midtrans.paid()

    def give(_number: int) -> str:
        return midtrans.gateway.refund(paid.ref, 95_000, refund_id="R-1").provider_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(give, range(8)))) == 1
    assert midtrans.gateway.get_payment(paid.ref).amount_refunded_rp == 95_000


def test_gateways_of_one_address_share_their_connections(simulator):
    addresses = Addresses(midtrans=simulator.url)
    first, second = (gateway_for(account(Provider.MIDTRANS), addresses) for _time in (1, 2))
    assert first.session is second.session
    other = gateway_for(account(Provider.MIDTRANS))
    assert other.session is not first.session
    assert other.session.trust_env


def test_a_connection_that_the_provider_has_closed_meanwhile_charges_once(midtrans: Side):
    midtrans.create()
    time.sleep(0.05)
    midtrans.break_("reset", "charge")
    request = midtrans.ask()
    gateway.create_once(midtrans.gateway, request, idempotency_key=request.order_id)
    assert midtrans.charges() == 2


def test_an_order_that_exists_is_adopted_when_its_key_is_forgotten(midtrans: Side):
    """Midtrans forgets a key after five minutes; the order id is known for ever."""
    request = midtrans.ask()
    made = midtrans.gateway.create_payment(request, idempotency_key="k1")
    found = gateway.create_once(midtrans.gateway, request, idempotency_key="k2")
    assert (found.ref, midtrans.charges()) == (made.ref, 1)
