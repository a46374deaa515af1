"""Midtrans behind the port, on the unmodified midtransclient.

One session for all calls (time limits, no redirects) and one client per call, because a client's
headers belong to all who share it. Nothing here repeats a write by itself: who does not know the
outcome asks (`gateway.create_once`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import midtransclient
import requests
from midtransclient.config import ApiConfig
from midtransclient.error_midtrans import JSONDecodeError, MidtransAPIError

from market.core import clock
from market.payments import gateway, midtrans_notices
from market.payments.midtrans_answers import Garbage, code_of, refund_of, refusal, rupiah, snapshot
from market.payments.midtrans_methods import CAPS, charge_body
from market.payments.session import BoundedSession, shared
from market.payments.types import (
    REFUND_ID,
    Account,
    Balance,
    BalanceMove,
    CancelReason,
    CreatePayment,
    Method,
    MethodCaps,
    PaymentRef,
    PaymentSnapshot,
    Provider,
    RefundSnapshot,
    RefundStatus,
    Secret,
    Status,
    WebhookEvent,
)

SANDBOX = "https://api.sandbox.midtrans.com"
PRODUCTION = "https://api.midtrans.com"
DENIED = 202
"""The bank says no to a refund; Midtrans calls it success."""

Client = Any
Act = Callable[[Client], Any]


@dataclass
class _Engine:
    """Stands where midtransclient keeps the `requests` module, and remembers the HTTP status of its call."""

    session: BoundedSession
    http: int = 0

    def request(self, method: str, url: str, **given: Any) -> requests.Response:
        response = self.session.request(method, url, **given)
        self.http = response.status_code
        return response


@dataclass(frozen=True)
class _Answer:
    """What came back: the HTTP status (0 = no answer), the body, and whether the request was ever sent."""

    http: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    sent: bool = True
    trouble: str = ""


class MidtransGateway:
    """One merchant account at Midtrans (port: `gateway.PaymentGateway`)."""

    provider = Provider.MIDTRANS

    def __init__(
        self,
        account: Account,
        *,
        base_url: str = "",
        session: BoundedSession | None = None,
    ) -> None:
        if not account.server_keys or not all(account.server_keys):
            raise ValueError("a merchant account needs a server key")
        self.account = account
        self.base_url = (base_url or (PRODUCTION if account.production else SANDBOX)).rstrip("/")
        self.session = session or shared(self.base_url)

    def __repr__(self) -> str:
        return f"MidtransGateway({self.account.merchant_id!r}, {self.base_url!r})"

    # The port

    def methods(self) -> tuple[Method, ...]:
        return tuple(CAPS)

    def capabilities(self, method: Method) -> MethodCaps:
        if method not in CAPS:
            raise gateway.Unsupported(f"Midtrans does not know {method}")
        return CAPS[method]

    def create_payment(self, request: CreatePayment, *, idempotency_key: str) -> PaymentSnapshot:
        caps = self.capabilities(request.method)
        _within(caps, request)
        body = charge_body(request)
        answer = self._ask(lambda client: client.charge(body), key=idempotency_key)
        made = self._read(answer, writing=True)
        if made.ref.order_id != request.order_id or made.amount_rp != request.amount_rp:
            # Midtrans keeps a key for all orders: a key used twice brings the other order's answer.
            raise gateway.Unavailable("Midtrans answered about another charge", outcome_unknown=True)
        return made

    def get_payment(self, ref: PaymentRef) -> PaymentSnapshot:
        found = self._read(self._ask(lambda client: client.transactions.status(ref.order_id)), writing=False)
        if found.ref.order_id != ref.order_id:
            raise gateway.Unavailable("Midtrans answered about another order", outcome_unknown=False)
        return found

    def cancel_payment(
        self, ref: PaymentRef, *, reason: CancelReason, idempotency_key: str
    ) -> PaymentSnapshot:
        name = "expire" if reason is CancelReason.EXPIRED else "cancel"
        answer = self._ask(
            lambda client: getattr(client.transactions, name)(ref.order_id), key=idempotency_key
        )
        error = self._error(answer, writing=True)
        # 412 is "too late": paid, or closed already. What it is now only the status says.
        if error is not None and not isinstance(error, gateway.NotAllowed):
            raise error
        return self.get_payment(ref)

    def refund(self, ref: PaymentRef, amount_rp: int, *, refund_id: str, reason: str = "") -> RefundSnapshot:
        if not REFUND_ID.fullmatch(refund_id):
            raise ValueError("a refund id has 1 to 36 letters, digits, - or _")
        now = self.get_payment(ref)
        made = _refund_made(now, refund_id, amount_rp)
        if made is not None:
            return made
        self._refundable(now, amount_rp)
        body = {"refund_key": refund_id, "amount": amount_rp, "reason": reason[:255]}
        answer = self._ask(lambda client: client.transactions.refund(ref.order_id, body), key=refund_id)
        error = self._error(answer, writing=True)
        if isinstance(error, gateway.Conflict):
            made = _refund_made(self.get_payment(ref), refund_id, amount_rp)
            if made is not None:
                return made
        if error is not None:
            raise error
        return self._refund_answer(answer, refund_id, amount_rp, reason)

    def capture(self, ref: PaymentRef, amount_rp: int | None, *, idempotency_key: str) -> PaymentSnapshot:
        raise gateway.Unsupported("nothing is only reserved: QRIS, VA and shops settle at once")

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: dt.datetime
    ) -> WebhookEvent:
        return midtrans_notices.read(body, self.account.merchant_id, self.account.server_keys)

    def balance(self, since: dt.datetime, until: dt.datetime) -> Balance:
        given = {
            "currency": "IDR",
            "start_time": clock.wib(since).isoformat(timespec="seconds"),
            "end_time": clock.wib(until).isoformat(timespec="seconds"),
        }
        answer = self._ask(lambda client: _mutation(client, given))
        error = self._error(answer, writing=False)
        if error is not None:
            raise error
        try:
            return _balance(answer.body)
        except (Garbage, KeyError, TypeError, ValueError):
            raise gateway.Unavailable("Midtrans' balance has a strange form", outcome_unknown=False) from None

    # How Midtrans is asked

    def _ask(self, act: Act, *, key: str = "") -> _Answer:
        """Ask with the newest key; with the older one when Midtrans does not know the newest (yet)."""
        if len(key) > gateway.MAX_KEY:
            raise ValueError(f"an idempotency key has at most {gateway.MAX_KEY} characters")
        answer = _Answer()
        for server_key in self.account.server_keys:
            answer = self._ask_with(server_key, act, key)
            if answer.http != 401 and str(answer.body.get("status_code")) != "401":
                break
        return answer

    def _ask_with(self, server_key: Secret, act: Act, key: str) -> _Answer:
        engine = _Engine(self.session)
        client = self._client(server_key, key, engine)
        trouble, sent = "", True
        # Only words leave this block: the exceptions hold the request with its key.
        try:
            return _plain(act(client), engine)
        except MidtransAPIError as error:
            return _plain(error.api_response_dict, engine)
        except (JSONDecodeError, AttributeError, ValueError, TypeError):
            trouble = "not the JSON that Midtrans speaks"
        except requests.exceptions.RequestException as error:
            trouble, sent = type(error).__name__, not _never_sent(error)
        except OSError as error:
            trouble = type(error).__name__
        return _Answer(engine.http, {}, sent, trouble)

    def _client(self, server_key: Secret, key: str, engine: _Engine) -> Client:
        headers = {}
        if key:
            headers["Idempotency-Key"] = key
        if self.account.notification_url:
            headers["X-Override-Notification"] = self.account.notification_url
        client = midtransclient.CoreApi()
        client.api_config = _Config(
            is_production=self.account.production,
            server_key=server_key.reveal(),
            custom_headers=headers,
            proxies={},
        )
        client.api_config.base_url = self.base_url
        client.http_client.http_client = engine
        return client

    def _error(self, answer: _Answer, *, writing: bool) -> gateway.GatewayError | None:
        """What the answer refuses, or that it is no answer at all; None when it can be read."""
        unknown = writing and answer.sent
        if answer.trouble or not answer.body:
            return gateway.Unavailable(
                f"Midtrans: {answer.trouble or 'empty'} (HTTP {answer.http})", outcome_unknown=unknown
            )
        if answer.http == 202 and "status_code" not in answer.body:
            return gateway.Unavailable("Midtrans: the first call still runs", outcome_unknown=unknown)
        try:
            return refusal(answer.body, code_of(answer.body, answer.http), writing=writing)
        except Garbage as garbage:
            return gateway.Unavailable(f"Midtrans: {garbage}", outcome_unknown=unknown)

    def _read(self, answer: _Answer, *, writing: bool) -> PaymentSnapshot:
        error = self._error(answer, writing=writing)
        if error is not None:
            raise error
        try:
            return snapshot(answer.body, code_of(answer.body, answer.http))
        except Garbage as garbage:
            trouble = f"Midtrans: {garbage}"
        raise gateway.Unavailable(trouble, outcome_unknown=writing)

    def _refundable(self, now: PaymentSnapshot, amount_rp: int) -> None:
        """Refuses what Midtrans would refuse, before asking, in words that say which rule it was."""
        caps = CAPS.get(now.method) if now.method else None
        if caps is None or not caps.refundable:
            raise gateway.Unsupported("this method has no refund: pay out instead")
        if now.status is not Status.SUCCEEDED or now.reversed or now.disputed_rp:
            raise gateway.NotAllowed("only money that was received goes back")
        if not 0 < amount_rp <= now.amount_received_rp - now.amount_refunded_rp:
            raise gateway.NotAllowed("more than is left of this payment")

    def _refund_answer(self, answer: _Answer, refund_id: str, amount_rp: int, reason: str) -> RefundSnapshot:
        if code_of(answer.body, answer.http) == DENIED:
            return RefundSnapshot(refund_id, amount_rp, RefundStatus.FAILED, reason=reason)
        # The answer's `refund_amount` is the sum in one document and this refund in another: not read.
        row = {**answer.body, "refund_key": refund_id, "refund_amount": amount_rp, "reason": reason}
        return refund_of(row)


class _Config(ApiConfig):
    """The client's settings with the address from ours, and a repr without the key."""

    base_url = ""

    def get_core_api_base_url(self) -> str:
        return self.base_url

    def __repr__(self) -> str:
        return f"<ApiConfig({self.base_url!r})>"


def _plain(body: object, engine: _Engine) -> _Answer:
    if isinstance(body, Mapping):
        return _Answer(engine.http, body)
    return _Answer(engine.http, {}, trouble="not a JSON object")


def _never_sent(error: requests.exceptions.RequestException) -> bool:
    """Whether the request cannot have reached Midtrans: no connection was made at all."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")


def _within(caps: MethodCaps, request: CreatePayment) -> None:
    if not caps.min_rp <= request.amount_rp <= caps.max_rp:
        raise gateway.InvalidRequest("the amount is outside of what this method takes")
    wanted = request.expires_in_s
    if wanted is not None and not caps.expiry_min_s <= wanted <= caps.expiry_max_s:
        raise gateway.InvalidRequest("the time to pay is outside of what this method allows")


def _refund_made(now: PaymentSnapshot, refund_id: str, amount_rp: int) -> RefundSnapshot | None:
    """The refund that an earlier call has made. Raises IdempotencyConflict when it was another amount."""
    for made in now.refunds:
        if made.refund_id == refund_id:
            if made.amount_rp != amount_rp:
                raise gateway.IdempotencyConflict("this refund was made with another amount")
            return made
    return None


def _mutation(client: Client, given: dict[str, str]) -> Any:
    """The balance has no method in the client; its own transport fetches it."""
    config = client.api_config
    url = f"{config.get_core_api_base_url()}/v1/balance/mutation"
    found, _response = client.http_client.request("get", config.server_key, url, given, {}, {})
    return found


def _balance(body: Mapping[str, Any]) -> Balance:
    moves = tuple(
        BalanceMove(
            at=dt.datetime.fromisoformat(str(row["created_at"])).astimezone(dt.UTC),
            kind=str(row["type"]),
            amount_rp=_signed(row["amount"]),
            reference=str(row.get("reference_id", "")),
        )
        for row in body.get("mutations", [])
    )
    return Balance(_signed(body["opening_balance"]), _signed(body["closing_balance"]), moves)


def _signed(value: object) -> int:
    text = str(value)
    return -rupiah(text[1:]) if text.startswith("-") else rupiah(text)
