"""A provider that breaks: nothing is lost, nothing is charged twice, nobody waits for ever."""

from __future__ import annotations

import time

import pytest

from market.payments import gateway
from market.payments.types import CancelReason, PaymentRef, RefundStatus, Status
from tests.payments.providers.conftest import HASTY, Side

BEFORE = ["http_status", "html", "empty", "drop_before", "reset", "redirect", "in_process"]
DAWDLES_S = 6.0
AFTER = ["drop_after", "truncated", "bad_json", "json_list", "html_after", "error_after", "huge"]


def ask_once(side: Side, request):
    return gateway.create_once(side.gateway, request, idempotency_key=request.order_id)


@pytest.mark.parametrize("kind", BEFORE)
def test_a_charge_that_never_happened_happens_once_when_repeated(side: Side, kind):
    side.break_(kind, "charge")
    made = ask_once(side, side.ask())
    assert (made.status, side.charges()) == (Status.REQUIRES_ACTION, 1)
    assert made.next_action.qr_string


@pytest.mark.parametrize("kind", AFTER)
def test_a_charge_whose_answer_was_lost_is_found_and_not_made_again(side: Side, kind):
    side.break_(kind, "charge")
    made = ask_once(side, side.ask())
    assert (made.status, side.charges()) == (Status.REQUIRES_ACTION, 1)


@pytest.mark.parametrize("kind", AFTER)
def test_a_charge_is_found_by_asking_when_no_answer_ever_comes(side: Side, kind):
    side.break_(kind, "charge", times=2)
    made = ask_once(side, side.ask())
    assert (made.status, side.charges()) == (Status.REQUIRES_ACTION, 1)


def test_who_gets_no_answer_at_all_does_not_know_and_may_ask_later(side: Side):
    request = side.ask()
    side.break_("drop_after", "charge", times=2)
    for endpoint in ("status", "search", "list"):
        side.break_("html", endpoint)
    with pytest.raises(gateway.Unavailable) as caught:
        ask_once(side, request)
    assert caught.value.outcome_unknown
    assert ask_once(side, request).status is Status.REQUIRES_ACTION
    assert side.charges() == 1


def test_a_provider_that_is_down_was_never_asked(side: Side):
    request = side.ask()
    side.stop()
    with pytest.raises(gateway.Unavailable) as caught:
        side.gateway.create_payment(request, idempotency_key="k1")
    if side.provider.value == "midtrans":  # Stripe's package does not tell a refusal from a cut
        assert not caught.value.outcome_unknown
    with pytest.raises(gateway.Unavailable) as caught:
        side.gateway.get_payment(PaymentRef(request.order_id))
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(("kind", "endpoint"), [("delay", "charge"), ("slow_body", "charge")])
def test_a_provider_that_dawdles_is_left_waiting(side: Side, kind, endpoint):
    request = side.ask()
    side.break_(kind, endpoint, value=DAWDLES_S)
    began = time.monotonic()
    with pytest.raises(gateway.Unavailable) as caught:
        side.again(**HASTY).create_payment(request, idempotency_key="k1")
    assert caught.value.outcome_unknown
    assert time.monotonic() - began < DAWDLES_S


def test_a_slow_charge_is_found_afterwards(side: Side):
    request = side.ask()
    side.break_("slow_body", "charge", value=DAWDLES_S)
    with pytest.raises(gateway.Unavailable):
        side.again(**HASTY).create_payment(request, idempotency_key=request.order_id)
    assert ask_once(side, request).ref.order_id == request.order_id
    assert side.charges() == 1


def test_a_redirect_is_not_followed(side: Side):
    side.break_("redirect", "charge", value=307)
    with pytest.raises(gateway.Unavailable):
        side.create()
    assert (side.calls(), side.charges()) == (1, 0)


def test_too_many_calls_is_its_own_word(side: Side):
    side.break_("too_many", "charge")
    with pytest.raises(gateway.RateLimited):
        side.create()
    assert side.charges() == 0


@pytest.mark.parametrize("kind", ["html", "empty", "drop_before", "http_status"])
def test_a_failed_question_changes_nothing_and_says_so(side: Side, kind):
    made = side.create()
    side.break_(kind, "status")
    with pytest.raises(gateway.Unavailable) as caught:
        side.gateway.get_payment(made.ref)
    assert not caught.value.outcome_unknown
    assert side.gateway.get_payment(made.ref).status is Status.REQUIRES_ACTION


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_after"])
def test_a_cancel_without_an_answer_frees_nothing_until_it_is_repeated(side: Side, kind):
    made = side.create()
    side.break_(kind, "cancel")
    with pytest.raises(gateway.Unavailable):
        side.gateway.cancel_payment(made.ref, reason=CancelReason.REQUESTED, idempotency_key="x1")
    closed = side.gateway.cancel_payment(made.ref, reason=CancelReason.REQUESTED, idempotency_key="x1")
    assert closed.status is Status.CANCELED


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_after", "error_after"])
def test_a_refund_whose_answer_was_lost_is_given_once(side: Side, kind):
    paid = side.paid()
    side.break_(kind, "refund")
    with pytest.raises(gateway.Unavailable) as caught:
        side.gateway.refund(paid.ref, 95_000, refund_id="R-1")
    assert caught.value.outcome_unknown
    assert side.gateway.refund(paid.ref, 95_000, refund_id="R-1").status is RefundStatus.PENDING
    assert side.gateway.get_payment(paid.ref).amount_refunded_rp == 95_000
