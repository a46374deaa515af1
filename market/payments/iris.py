"""Midtrans' payouts behind the port (`gateway.PayoutGateway`): midtransclient has none, so this is ours.

Two keys are two persons' roles: the maker's key queues, only the approver's key moves money.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from market.payments import gateway
from market.payments.midtrans_answers import Garbage, rupiah
from market.payments.session import BoundedSession, shared
from market.payments.types import (
    Account,
    CreatePayout,
    PayoutRef,
    PayoutSnapshot,
    PayoutStatus,
    Provider,
    Secret,
    WebhookEvent,
)

SANDBOX = "https://app.sandbox.midtrans.com"
PRODUCTION = "https://app.midtrans.com"
PATH = "/iris/api/v1"
REFERENCE = re.compile(r"[A-Za-z0-9]{6,64}", re.ASCII)
BANK = re.compile(r"[a-z0-9_]{2,20}", re.ASCII)
NUMBER = re.compile(r"[0-9]{5,25}", re.ASCII)
NOTES = re.compile(r"[^A-Za-z0-9 ]")
MOVING = frozenset({PayoutStatus.APPROVED, PayoutStatus.PROCESSED, PayoutStatus.COMPLETED})
_ERRORS: dict[int, type[gateway.GatewayError]] = {
    401: gateway.AuthError,
    403: gateway.AuthError,
    404: gateway.NotFound,
    409: gateway.Conflict,
    412: gateway.NotAllowed,
    429: gateway.RateLimited,
}


class IrisPayouts:
    """Payouts from one merchant's deposit."""

    provider = Provider.MIDTRANS

    def __init__(
        self, account: Account, *, base_url: str = "", session: BoundedSession | None = None
    ) -> None:
        if not (account.payout_maker_key and account.payout_approver_key and account.payout_merchant_key):
            raise ValueError("payouts need the maker's, the approver's and the merchant's key")
        if account.payout_maker_key == account.payout_approver_key:
            raise ValueError("maker and approver are two persons with two keys")
        self.account = account
        self.base_url = (base_url or (PRODUCTION if account.production else SANDBOX)).rstrip("/")
        self.session = session or shared(self.base_url)

    def __repr__(self) -> str:
        return f"IrisPayouts({self.account.merchant_id!r}, {self.base_url!r})"

    # The port

    def create_payout(self, request: CreatePayout, *, idempotency_key: str) -> PayoutSnapshot:
        if not BANK.fullmatch(request.bank) or not NUMBER.fullmatch(request.account_number):
            raise gateway.InvalidRequest("a bank has a short name, an account number has digits alone")
        row = {
            "beneficiary_name": request.account_name,
            "beneficiary_account": request.account_number,
            "beneficiary_bank": request.bank,
            "beneficiary_email": request.email,
            "amount": str(request.amount_rp),
            "notes": NOTES.sub(" ", request.notes or request.payout_id)[:100],
        }
        body = self._call("post", "/payouts", self._maker(), {"payouts": [row]}, key=idempotency_key)
        listed = body.get("payouts")
        first = listed[0] if isinstance(listed, list) and listed else {}
        reference = str(first.get("reference_no", "")) if isinstance(first, Mapping) else ""
        if not REFERENCE.fullmatch(reference):
            raise gateway.Unavailable("Midtrans queued a payout without a number", outcome_unknown=True)
        return PayoutSnapshot(PayoutRef(reference, request.payout_id), PayoutStatus.QUEUED, request.amount_rp)

    def get_payout(self, ref: PayoutRef) -> PayoutSnapshot:
        body = self._call("get", f"/payouts/{_number(ref)}", self._maker())
        try:
            return _snapshot(body, ref)
        except (Garbage, ValueError):
            trouble = "Midtrans' payout has a strange form"
        raise gateway.Unavailable(trouble, outcome_unknown=False)

    def approve_payout(self, ref: PayoutRef, *, otp: str = "") -> PayoutSnapshot:
        asked: dict[str, Any] = {"reference_nos": [_number(ref)]}
        if otp:
            asked["otp"] = otp
        return self._decide("/payouts/approve", asked, ref, MOVING)

    def reject_payout(self, ref: PayoutRef, *, reason: str) -> PayoutSnapshot:
        asked = {"reference_nos": [_number(ref)], "reject_reason": reason[:255]}
        return self._decide("/payouts/reject", asked, ref, frozenset({PayoutStatus.REJECTED}))

    def account_holder(self, bank: str, account_number: str) -> str:
        if not BANK.fullmatch(bank) or not NUMBER.fullmatch(account_number):
            raise gateway.NotFound("a bank has a short name, an account number has digits alone")
        given = {"bank": bank, "account": account_number}
        return str(self._call("get", "/account_validation", self._maker(), given).get("account_name", ""))

    def payout_balance_rp(self) -> int:
        body = self._call("get", "/balance", self._maker())
        try:
            return rupiah(body.get("balance"))
        except Garbage:
            raise gateway.Unavailable("Midtrans' balance is no amount", outcome_unknown=False) from None

    def parse_payout_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: dt.datetime
    ) -> WebhookEvent:
        if len(body) > gateway.MAX_WEBHOOK_BYTES:
            raise gateway.SignatureError("the notice is too large")
        given = {name.lower(): value for name, value in headers.items()}.get("iris-signature", "")
        right = hashlib.sha512(body + self.account.payout_merchant_key.reveal().encode()).hexdigest()
        if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
            raise gateway.SignatureError("the signature is not Midtrans'")
        return _event(body)

    # How Midtrans is asked

    def _maker(self) -> Secret:
        return self.account.payout_maker_key

    def _decide(
        self, path: str, asked: Mapping[str, Any], ref: PayoutRef, wanted: frozenset[PayoutStatus]
    ) -> PayoutSnapshot:
        """Decide with the approver's key, then look; what was decided so before is no mistake."""
        try:
            self._call("post", path, self.account.payout_approver_key, asked)
        except (gateway.NotAllowed, gateway.InvalidRequest, gateway.Conflict):
            now = self.get_payout(ref)
            if now.status not in wanted:
                raise
            return now
        return self.get_payout(ref)

    def _call(
        self, method: str, path: str, api_key: Secret, given: Mapping[str, Any] | None = None, key: str = ""
    ) -> Mapping[str, Any]:
        """The answer's body. Raises the port's errors; none of them holds the request."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if key:
            headers["X-Idempotency-Key"] = key
        writing, trouble, code, body = method == "post", "", 0, None
        try:
            response = self.session.request(
                method,
                f"{self.base_url}{PATH}{path}",
                auth=HTTPBasicAuth(api_key.reveal(), ""),
                data=json.dumps(given) if writing else None,
                params=None if writing else given,
                headers=headers,
            )
            code, body = response.status_code, response.json()
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            trouble = type(error).__name__
        if trouble or not isinstance(body, dict) or code >= 500 or 300 <= code < 400:
            raise gateway.Unavailable(f"payouts: {trouble} (HTTP {code})", outcome_unknown=writing)
        if code >= 400:
            words = str(body.get("error_message", f"HTTP {code}"))[:300]
            raise _ERRORS.get(code, gateway.InvalidRequest)(f"payouts: {words}")
        return body


def _number(ref: PayoutRef) -> str:
    """The payout's number at the provider, fit to stand in a path. Raises NotFound."""
    if not REFERENCE.fullmatch(ref.provider_id):
        raise gateway.NotFound("not a payout's number")
    return ref.provider_id


def _snapshot(body: Mapping[str, Any], ref: PayoutRef) -> PayoutSnapshot:
    word = str(body.get("status", "")).lower()
    return PayoutSnapshot(
        ref=ref,
        status=PayoutStatus(word),
        amount_rp=rupiah(body.get("amount")),
        updated_at=_instant(body.get("updated_at")),
        error=str(body.get("error_message") or body.get("reject_reason") or "")[:300],
        provider_status=word,
    )


def _instant(value: object) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.astimezone(dt.UTC) if found.tzinfo else None


def _event(body: bytes) -> WebhookEvent:
    try:
        notice = json.loads(body)
        reference, word = str(notice["reference_no"]), str(notice["status"]).lower()
    except (ValueError, KeyError, TypeError, RecursionError):
        reference, word = "", ""
    if not REFERENCE.fullmatch(reference):
        raise gateway.SignatureError("not a notice of a payout")
    return WebhookEvent(
        provider=Provider.MIDTRANS,
        dedupe_key=hashlib.sha256(b"payout:" + body).hexdigest(),
        kind=f"payout.{word}",
        payout_ref=PayoutRef(reference),
        claimed_status=word,
    )
