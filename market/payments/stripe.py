"""Stripe behind the port, on the official package.

Our order id lives in the intent's metadata. Stripe knows no time to pay for these methods: `expires_at`
is ours alone, kept with the intent, and whoever waits closes the payment when it is over. Payouts to
Indonesian sellers are not offered.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from market.payments import gateway
from market.payments.session import BoundedSession, shared
from market.payments.stripe_answers import (
    BANK_TRANSFER,
    CAPS,
    TYPES,
    Garbage,
    refund_of,
    snapshot,
    to_cents,
)
from market.payments.types import (
    ORDER_ID,
    REFUND_ID,
    Account,
    Balance,
    CancelReason,
    CreatePayment,
    Method,
    MethodCaps,
    PaymentRef,
    PaymentSnapshot,
    Provider,
    RefundSnapshot,
    Secret,
    Status,
    WebhookEvent,
)

BASE_URL = "https://api.stripe.com"
TOLERANCE_S = 300
RECENT = 100
Act = Callable[[stripe.StripeClient], Any]
_ENDED = "payment_intent_unexpected_state"


class StripeGateway:
    """One merchant account at Stripe (port: `gateway.PaymentGateway`)."""

    provider = Provider.STRIPE

    def __init__(
        self, account: Account, *, base_url: str = "", session: BoundedSession | None = None
    ) -> None:
        if not account.server_keys or not all(account.server_keys):
            raise ValueError("a merchant account needs a secret key")
        self.account = account
        self.base_url = (base_url or BASE_URL).rstrip("/")
        self.session = session or shared(self.base_url)
        self._http = stripe.RequestsClient(session=self.session)

    def __repr__(self) -> str:
        return f"StripeGateway({self.account.merchant_id!r}, {self.base_url!r})"

    # The port

    def methods(self) -> tuple[Method, ...]:
        return tuple(CAPS)

    def capabilities(self, method: Method) -> MethodCaps:
        if method not in CAPS:
            raise gateway.Unsupported(f"Stripe does not know {method}")
        return CAPS[method]

    def create_payment(self, request: CreatePayment, *, idempotency_key: str) -> PaymentSnapshot:
        caps = self.capabilities(request.method)
        if not caps.min_rp <= request.amount_rp <= caps.max_rp:
            raise gateway.InvalidRequest("the amount is outside of what this method takes")
        params, options = _intent_params(request), _options(idempotency_key)
        intent = self._ask(lambda client: client.v1.payment_intents.create(params, options), writing=True)
        made = self._read(intent, writing=True)
        if made.ref.order_id != request.order_id or made.amount_rp != request.amount_rp:
            raise gateway.Unavailable("Stripe answered about another payment", outcome_unknown=True)
        return made

    def get_payment(self, ref: PaymentRef) -> PaymentSnapshot:
        intent = self._find(ref)
        if intent.get("status") != "succeeded":
            return self._read(intent, writing=False)
        asked: Any = {"payment_intent": intent["id"], "limit": RECENT}
        refunds = self._ask(lambda client: client.v1.refunds.list(asked), writing=False)
        disputes = self._ask(lambda client: client.v1.disputes.list(asked), writing=False)
        return self._read(intent, refunds.get("data", ()), disputes.get("data", ()), writing=False)

    def cancel_payment(
        self, ref: PaymentRef, *, reason: CancelReason, idempotency_key: str
    ) -> PaymentSnapshot:
        intent = self._find(ref)
        expired = reason is CancelReason.EXPIRED
        params: Any = {"cancellation_reason": "abandoned" if expired else reason.value}
        options = _options(idempotency_key)
        try:
            if expired and intent.get("status") == "requires_action":
                note: Any = {"metadata": {"cancel_reason": reason.value}}
                self._ask(
                    lambda client: client.v1.payment_intents.update(str(intent["id"]), note), writing=True
                )
            self._ask(
                lambda client: client.v1.payment_intents.cancel(str(intent["id"]), params, options),
                writing=True,
            )
        except gateway.NotAllowed:
            pass  # too late: paid, or closed already; the intent says which
        return self.get_payment(PaymentRef(ref.order_id, str(intent["id"])))

    def refund(self, ref: PaymentRef, amount_rp: int, *, refund_id: str, reason: str = "") -> RefundSnapshot:
        if not REFUND_ID.fullmatch(refund_id):
            raise ValueError("a refund id has 1 to 36 letters, digits, - or _")
        now = self.get_payment(ref)
        for made in now.refunds:
            if made.refund_id == refund_id:
                if made.amount_rp != amount_rp:
                    raise gateway.IdempotencyConflict("this refund was made with another amount")
                return made
        _refundable(now, amount_rp)
        params: Any = {
            "payment_intent": now.ref.provider_id,
            "amount": to_cents(amount_rp),
            "metadata": {"refund_id": refund_id, "order_id": ref.order_id, "reason": reason[:255]},
        }
        options = _options(f"refund-{refund_id}")
        row = self._ask(lambda client: client.v1.refunds.create(params, options), writing=True)
        try:
            return refund_of(row)
        except Garbage:
            raise gateway.Unavailable("Stripe's refund has a strange form", outcome_unknown=True) from None

    def capture(self, ref: PaymentRef, amount_rp: int | None, *, idempotency_key: str) -> PaymentSnapshot:
        raise gateway.Unsupported("nothing is only reserved: QRIS, GoPay and transfers settle at once")

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: dt.datetime
    ) -> WebhookEvent:
        if len(body) > gateway.MAX_WEBHOOK_BYTES:
            raise gateway.SignatureError("the notice is too large")
        header = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        if not any(_signed(body, header, key) for key in self.account.webhook_keys if key):
            raise gateway.SignatureError("the signature is not Stripe's")
        # The package accepts a time to come; here both sides of now are bounded.
        if abs(_signed_at(header) - received_at.timestamp()) > TOLERANCE_S:
            raise gateway.SignatureError("the signature is too old or from the future")
        return _event(body)

    def balance(self, since: dt.datetime, until: dt.datetime) -> Balance:
        raise gateway.Unsupported("Stripe's balance is read from its own reports")

    # How Stripe is asked

    def _find(self, ref: PaymentRef) -> dict[str, Any]:
        """The intent by its id, else by our order id. Raises NotFound.

        The search lags behind by up to a minute, so the newest intents are looked through as well.
        """
        expand: Any = {"expand": ["latest_charge"]}
        if ref.provider_id:
            return self._ask(
                lambda client: client.v1.payment_intents.retrieve(ref.provider_id, expand), writing=False
            )
        query: Any = {"query": f"metadata['order_id']:'{ref.order_id}'", "expand": ["data.latest_charge"]}
        recent: Any = {"limit": RECENT, "expand": ["data.latest_charge"]}
        for act in (
            lambda client: client.v1.payment_intents.search(query),
            lambda client: client.v1.payment_intents.list(recent),
        ):
            for intent in self._ask(act, writing=False).get("data", ()):
                if (intent.get("metadata") or {}).get("order_id") == ref.order_id:
                    return dict(intent)
        raise gateway.NotFound("Stripe has no such payment")

    def _ask(self, act: Act, *, writing: bool) -> dict[str, Any]:
        """Ask with the newest key, with the older one when Stripe does not know the newest (yet)."""
        error: gateway.GatewayError = gateway.AuthError("no key")
        for key in self.account.server_keys:
            found, failed = self._ask_with(key, act, writing)
            if failed is None:
                return found
            error = failed
            if not isinstance(failed, gateway.AuthError):
                break
        raise error

    def _ask_with(
        self, key: Secret, act: Act, writing: bool
    ) -> tuple[dict[str, Any], gateway.GatewayError | None]:
        client = stripe.StripeClient(
            key.reveal(),
            base_addresses={"api": self.base_url},
            http_client=self._http,
            max_network_retries=0,
        )
        # Only our own words leave this block: the package's exceptions hold what was sent.
        try:
            found = act(client).to_dict()
            return (found, None) if isinstance(found, dict) else ({}, _garbage(writing))
        except stripe.StripeError as error:
            return {}, _refusal(error, writing)
        except (ValueError, TypeError, AttributeError, OSError):
            return {}, _garbage(writing)

    def _read(
        self, intent: Mapping[str, Any], refunds: Any = (), disputes: Any = (), *, writing: bool
    ) -> PaymentSnapshot:
        try:
            return snapshot(intent, self.account.merchant_id, refunds, disputes)
        except Garbage as garbage:
            trouble = f"Stripe: {garbage}"
        raise gateway.Unavailable(trouble, outcome_unknown=writing)


def _intent_params(request: CreatePayment) -> Any:
    kind = TYPES.get(request.method, BANK_TRANSFER)
    data: dict[str, Any] = {"type": kind}
    if kind == BANK_TRANSFER:
        data[BANK_TRANSFER] = {"bank": request.method.removeprefix("va_")}
    metadata = {"order_id": request.order_id, "method": request.method.value}
    if request.expires_in_s is not None:
        # A span, not an instant: the same request must read the same whenever it is repeated.
        metadata["expires_in_s"] = str(request.expires_in_s)
    return {
        "amount": to_cents(request.amount_rp),
        "currency": "idr",
        "confirm": True,
        "payment_method_types": [kind],
        "payment_method_data": data,
        "description": request.description,
        "metadata": metadata,
        **({"return_url": request.return_url} if request.return_url else {}),
    }


def _options(key: str) -> Any:
    if len(key) > gateway.MAX_KEY:
        raise ValueError(f"an idempotency key has at most {gateway.MAX_KEY} characters")
    return {"idempotency_key": key}


def _refundable(now: PaymentSnapshot, amount_rp: int) -> None:
    caps = CAPS.get(now.method) if now.method else None
    if caps is None or not caps.refundable:
        raise gateway.Unsupported("this method has no refund: pay out instead")
    if now.status is not Status.SUCCEEDED or now.disputed_rp:
        raise gateway.NotAllowed("only money that was received goes back")
    if not 0 < amount_rp <= now.amount_received_rp - now.amount_refunded_rp:
        raise gateway.NotAllowed("more than is left of this payment")


def _garbage(writing: bool) -> gateway.GatewayError:
    return gateway.Unavailable("Stripe: not an answer that Stripe gives", outcome_unknown=writing)


def _refusal(error: stripe.StripeError, writing: bool) -> gateway.GatewayError:
    """The package's error in the port's words."""
    code, http = str(error.code or ""), error.http_status or 0
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return gateway.AuthError("Stripe does not know the key")
    if isinstance(error, stripe.RateLimitError) or http == 429:
        return gateway.RateLimited("Stripe: too many calls")
    if isinstance(error, stripe.IdempotencyError):
        return gateway.IdempotencyConflict("Stripe: the same key came with another request")
    if isinstance(error, stripe.APIConnectionError) or http >= 500 or not http >= 400:
        return gateway.Unavailable(f"Stripe: HTTP {http}", outcome_unknown=writing)
    if http == 409:
        return gateway.Unavailable("Stripe: the first call still runs", outcome_unknown=writing)
    if http == 404 or code == "resource_missing":
        return gateway.NotFound("Stripe has no such payment")
    if code in (_ENDED, "charge_already_refunded", "charge_disputed", "balance_insufficient"):
        return gateway.NotAllowed(f"Stripe: {code}")
    return gateway.InvalidRequest(f"Stripe: {code or 'refused'}", (str(error.user_message or "")[:200],))


def _signed(body: bytes, header: str, key: Secret) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, header, key.reveal())
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True


def _signed_at(header: str) -> int:
    """The time that the signature covers; it was just verified, so it is there."""
    return next(int(part[2:]) for part in header.split(",") if part.startswith("t="))


def _event(body: bytes) -> WebhookEvent:
    try:
        event = json.loads(body)
        kind, id_, thing = str(event["type"]), str(event["id"]), event["data"]["object"]
        metadata = thing.get("metadata") or {}
        order_id = str(metadata.get("order_id", ""))
        provider_id = str(thing.get("payment_intent") or thing.get("id") or "")
        status = str(thing.get("status", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        order_id, kind = "", ""
    if not kind:
        raise gateway.SignatureError("not an event")
    known = provider_id if provider_id.startswith("pi_") and provider_id.isascii() else ""
    return WebhookEvent(
        provider=Provider.STRIPE,
        dedupe_key=f"stripe:{id_}",
        kind=kind,
        ref=PaymentRef(order_id, known) if ORDER_ID.fullmatch(order_id) else None,
        claimed_status=status,
        provider_id=known,
    )
