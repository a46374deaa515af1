"""What every provider behind the port must do: the same stories for Midtrans and for Stripe."""

from __future__ import annotations

import datetime as dt

import pytest

from market.payments import gateway
from market.payments.types import (
    ActionKind,
    CancelReason,
    Method,
    PaymentRef,
    RefundStatus,
    Status,
)
from tests.payments.providers.conftest import KEYS, MERCHANT_ID, OLD_KEYS, Side

NOBODY = PaymentRef("LB-9999999999-01")
SHARED = [Method.QRIS, Method.GOPAY, Method.VA_BCA, Method.VA_BNI, Method.VA_BRI, Method.VA_PERMATA]
KIND = {Method.QRIS: ActionKind.QR, Method.GOPAY: ActionKind.DEEPLINK}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def cancel(side: Side, ref: PaymentRef, reason: CancelReason = CancelReason.REQUESTED):
    return side.gateway.cancel_payment(ref, reason=reason, idempotency_key=f"x-{ref.order_id}")


# To be paid


@pytest.mark.parametrize("method", [*SHARED, Method.VA_CIMB])
def test_a_new_payment_says_how_to_pay(side: Side, method):
    made = side.create(method)
    assert (made.status, made.method) == (Status.REQUIRES_ACTION, method)
    assert (made.amount_rp, made.currency, made.amount_received_rp) == (275_000, "IDR", 0)
    assert made.next_action is not None
    assert made.next_action.kind == KIND.get(method, ActionKind.VA)
    assert made.next_action.qr_string or made.next_action.number


def test_a_bank_transfer_names_bank_and_number(side: Side):
    action = side.create(Method.VA_BCA).next_action
    assert (action.bank, action.number[:4]) == ("bca", "0000")


def test_the_same_key_makes_one_payment(side: Side):
    request = side.ask()
    first = side.gateway.create_payment(request, idempotency_key="k1")
    second = side.gateway.create_payment(request, idempotency_key="k1")
    assert (first, side.charges()) == (second, 1)
    assert second.next_action.qr_string


def test_a_used_key_never_answers_for_another_payment(side: Side):
    side.gateway.create_payment(side.ask(), idempotency_key="k1")
    with pytest.raises((gateway.Unavailable, gateway.IdempotencyConflict)):
        side.gateway.create_payment(side.ask(amount_rp=300_000), idempotency_key="k1")
    assert side.charges() == 1


def test_a_payment_that_was_paid_is_succeeded(side: Side):
    paid = side.paid()
    assert (paid.status, paid.final, paid.amount_received_rp) == (Status.SUCCEEDED, True, 275_000)
    assert paid.merchant_id == MERCHANT_ID
    assert paid.paid_at is not None


def test_a_refused_payment_needs_a_new_attempt(side: Side):
    made = side.create()
    side.fail(made.ref.order_id)
    assert side.gateway.get_payment(made.ref).status is Status.REQUIRES_METHOD


def test_a_payment_is_found_by_our_own_number(side: Side):
    made = side.create()
    found = side.gateway.get_payment(PaymentRef(made.ref.order_id))
    assert found.ref == made.ref


def test_an_unknown_payment_is_not_found(side: Side):
    with pytest.raises(gateway.NotFound):
        side.gateway.get_payment(NOBODY)


def test_the_time_to_pay_is_told(side: Side):
    request = side.ask(expires_in_s=1_200)
    made = side.gateway.create_payment(request, idempotency_key="k1")
    assert made.expires_at - made.created_at == dt.timedelta(minutes=20)


@pytest.mark.parametrize("amount_rp", [1, 10**12])
def test_an_amount_that_the_method_does_not_take_is_refused_without_a_call(side: Side, amount_rp):
    with pytest.raises(gateway.InvalidRequest):
        side.create(Method.VA_BCA, amount_rp)
    assert (side.charges(), side.calls()) == (0, 0)


def test_a_method_that_the_provider_lacks_is_unsupported(side: Side):
    for method in set(Method) - set(side.gateway.methods()):
        with pytest.raises(gateway.Unsupported):
            side.create(method)


def test_nothing_is_only_reserved(side: Side):
    with pytest.raises(gateway.Unsupported):
        side.gateway.capture(side.create().ref, None, idempotency_key="c1")


# To be closed


@pytest.mark.parametrize("reason", list(CancelReason))
def test_an_open_payment_can_be_closed(side: Side, reason):
    made = side.create()
    closed = cancel(side, made.ref, reason)
    assert closed.status is Status.CANCELED
    assert (closed.cancel_reason is CancelReason.EXPIRED) == (reason is CancelReason.EXPIRED)


def test_closing_twice_is_no_mistake(side: Side):
    made = side.create()
    cancel(side, made.ref)
    again = side.gateway.cancel_payment(made.ref, reason=CancelReason.REQUESTED, idempotency_key="x2")
    assert again.status is Status.CANCELED


def test_a_payer_who_was_faster_than_the_cancel_has_paid(side: Side):
    made = side.create()
    side.pay(made.ref.order_id)
    assert cancel(side, made.ref).status is Status.SUCCEEDED


def test_what_does_not_exist_is_not_closed(side: Side):
    with pytest.raises(gateway.NotFound):
        cancel(side, NOBODY)


# To be given back


def test_a_refund_is_pending_until_the_bank_confirms_it(side: Side):
    paid = side.paid()
    asked = side.gateway.refund(paid.ref, 95_000, refund_id="R-1", reason="Barang kurang")
    assert (asked.refund_id, asked.amount_rp, asked.status) == ("R-1", 95_000, RefundStatus.PENDING)
    side.confirm_refunds(paid.ref.order_id)
    found = side.gateway.get_payment(paid.ref)
    assert (found.status, found.amount_refunded_rp) == (Status.SUCCEEDED, 95_000)
    assert [refund.status for refund in found.refunds] == [RefundStatus.SUCCEEDED]


def test_the_same_refund_happens_once(side: Side):
    paid = side.paid()
    first = side.gateway.refund(paid.ref, 95_000, refund_id="R-1")
    second = side.gateway.refund(paid.ref, 95_000, refund_id="R-1")
    assert second.provider_id == first.provider_id
    assert side.gateway.get_payment(paid.ref).amount_refunded_rp == 95_000


def test_the_same_refund_with_another_amount_is_a_mistake(side: Side):
    paid = side.paid()
    side.gateway.refund(paid.ref, 95_000, refund_id="R-1")
    with pytest.raises(gateway.IdempotencyConflict):
        side.gateway.refund(paid.ref, 96_000, refund_id="R-1")


def test_refunds_never_exceed_what_was_paid(side: Side):
    paid = side.paid()
    side.gateway.refund(paid.ref, 200_000, refund_id="R-1")
    with pytest.raises(gateway.NotAllowed):
        side.gateway.refund(paid.ref, 75_001, refund_id="R-2")
    side.gateway.refund(paid.ref, 75_000, refund_id="R-3")
    assert side.gateway.get_payment(paid.ref).amount_refunded_rp == 275_000


def test_what_was_not_paid_is_not_given_back(side: Side):
    with pytest.raises(gateway.NotAllowed):
        side.gateway.refund(side.create().ref, 1_000, refund_id="R-1")


def test_a_bank_transfer_has_no_refund(side: Side):
    paid = side.paid(Method.VA_BCA)
    assert not side.gateway.capabilities(Method.VA_BCA).refundable
    with pytest.raises(gateway.Unsupported):
        side.gateway.refund(paid.ref, 1_000, refund_id="R-1")


def test_a_refund_that_the_bank_denies_has_failed(side: Side):
    paid = side.paid()
    side.deny_refund(paid.ref.order_id)
    assert side.gateway.refund(paid.ref, 95_000, refund_id="R-1").status is RefundStatus.FAILED
    assert side.gateway.get_payment(paid.ref).amount_refunded_rp == 0


def test_a_disputed_payment_says_how_much(side: Side):
    paid = side.paid()
    side.dispute(paid.ref.order_id)
    assert side.gateway.get_payment(paid.ref).disputed_rp == 275_000


# Notices


def test_a_true_notice_says_which_payment_and_asks_to_look(side: Side):
    made = side.create()
    side.pay(made.ref.order_id)
    headers, body = side.notice(made.ref.order_id)
    event = side.gateway.parse_webhook(headers, body, received_at=now())
    assert (event.ref, event.needs_fetch, event.provider) == (made.ref, True, side.provider)


def test_a_repeated_notice_has_the_same_mark_and_another_fact_another_one(side: Side):
    made = side.create()
    before = side.gateway.parse_webhook(*side.notice(made.ref.order_id), received_at=now())
    side.pay(made.ref.order_id)
    headers, body = side.notice(made.ref.order_id)
    first, second = (side.gateway.parse_webhook(headers, body, received_at=now()) for _time in (1, 2))
    assert first.dedupe_key == second.dedupe_key != before.dedupe_key


@pytest.mark.parametrize("spoil", ["digit", "empty", "list", "huge", "no_signature", "text"])
def test_a_notice_that_is_not_the_providers_is_refused(side: Side, spoil):
    made = side.create()
    headers, body = side.notice(made.ref.order_id)
    spoilt = {
        "digit": body.replace(b"275", b"276"),
        "empty": b"",
        "list": b"[]",
        "huge": body + b" " * 70_000,
        "no_signature": body.replace(b"signature_key", b"signature_kez"),
        "text": b"\xff\xfe halo",
    }[spoil]
    left = {} if spoil == "no_signature" else headers
    with pytest.raises(gateway.SignatureError):
        side.gateway.parse_webhook(left, spoilt, received_at=now())


# Keys


def test_a_key_that_the_provider_does_not_know_is_told_apart(side: Side):
    stranger = side.again("SB-Mid-server-orang-lain")
    with pytest.raises(gateway.AuthError):
        stranger.get_payment(NOBODY)


def test_the_other_key_is_tried_while_keys_change(side: Side):
    fresh = side.again("SB-Mid-server-belum-berlaku", KEYS[side.provider])
    request = side.ask()
    made = fresh.create_payment(request, idempotency_key="k1")
    assert (made.status, side.charges()) == (Status.REQUIRES_ACTION, 1)


def test_no_key_shows_in_what_people_and_logs_see(side: Side, caplog):
    caplog.set_level(0)
    side.break_("html", "charge", times=5)
    seen = [repr(side.gateway), repr(side.gateway.account)]
    for act in (lambda: side.create(), lambda: side.again("SB-rahasia-lain").get_payment(NOBODY)):
        with pytest.raises(gateway.GatewayError) as caught:
            act()
        error: BaseException | None = caught.value
        while error is not None:
            # A package's own exception holds the request, and so the key: none may hang on ours.
            assert isinstance(error, gateway.GatewayError)
            seen += [repr(error), str(error), repr(vars(error))]
            error = error.__cause__ or error.__context__
    text = " ".join([*seen, caplog.text])
    assert not any(key in text for key in (*KEYS.values(), *OLD_KEYS.values(), "SB-rahasia-lain"))
