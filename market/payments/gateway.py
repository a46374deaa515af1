"""The port: what every payment provider can be asked, and the few ways in which it says no.

Three rules hold for whoever stands behind it.

1. **The provider's own status is the truth.** `parse_webhook` only checks a signature; then somebody
   asks `get_payment` and believes that answer alone.
2. **No answer is not "no".** `Unavailable(outcome_unknown=True)` means that the charge may exist. It is
   settled by the same call with the same key, then by asking (`create_once` does both); a new order id
   before that could charge twice.
3. **One key, one effect, for ever.** Providers forget keys (Midtrans after five minutes), so the
   caller's own table remembers them; order id, refund id and payout id make the effect unique there.

Calls block for at most the session's time limits. Never call a gateway inside a database transaction
or a request for a page: that is a job's work.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

from market.core.errors import LumbungError
from market.payments.types import (
    Balance,
    CancelReason,
    CreatePayment,
    CreatePayout,
    Method,
    MethodCaps,
    PaymentRef,
    PaymentSnapshot,
    PayoutRef,
    PayoutSnapshot,
    Provider,
    RefundSnapshot,
    WebhookEvent,
)

MAX_WEBHOOK_BYTES = 64 * 1024
MAX_KEY = 46
"""Longer idempotency keys are ignored by Midtrans, silently."""


class GatewayError(LumbungError):
    """Root of what a provider's door raises. Its text never holds a key, a header or a payload."""


class AuthError(GatewayError):
    """The provider knows none of the account's keys: a person has to act, repeating does not help."""


class InvalidRequest(GatewayError):
    """The provider refuses what was asked; nothing happened. `messages` are its own words."""

    def __init__(self, message: str, messages: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.messages = messages


class NotFound(GatewayError):
    """The provider has no such payment or payout: nothing was charged under this id."""


class Conflict(GatewayError):
    """The id is used already (order id, refund id), or the first call with this key still runs."""


class NotAllowed(GatewayError):
    """The state of the payment does not allow it, or the merchant's balance does not."""


class RateLimited(GatewayError):
    """Too many calls; nothing happened. Try again after `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: int = 60) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(GatewayError):
    """The provider did not answer sensibly. With `outcome_unknown` it may have done it all the same."""

    def __init__(self, message: str, *, outcome_unknown: bool) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class SignatureError(GatewayError):
    """The notice is not the provider's, or not for this account: answer 401 and store nothing of it."""


class IdempotencyConflict(GatewayError):
    """The same key came with another request: refused before any call."""


class Unsupported(GatewayError):
    """This provider, or this method of payment, cannot do it at all; see `capabilities`."""


class PaymentGateway(Protocol):
    """One merchant account at one provider. An instance may be shared between threads."""

    provider: Provider

    def methods(self) -> tuple[Method, ...]:
        """The methods this provider offers, in the order in which a page lists them."""
        ...

    def capabilities(self, method: Method) -> MethodCaps:
        """Limits and abilities of a method. Raises Unsupported."""
        ...

    def create_payment(self, request: CreatePayment, *, idempotency_key: str) -> PaymentSnapshot:
        """Ask to be paid. The answer holds the `next_action`; keep it, `get_payment` may not repeat it.

        The same key and request within minutes give the same answer, so repeating is safe. Raises
        InvalidRequest, Unsupported, Conflict (the order id exists already: ask `get_payment`),
        AuthError, RateLimited, Unavailable. Callers that must not think use `create_once`.
        """
        ...

    def get_payment(self, ref: PaymentRef) -> PaymentSnapshot:
        """The truth now. Raises NotFound, AuthError, RateLimited, Unavailable (outcome_unknown False)."""
        ...

    def cancel_payment(
        self, ref: PaymentRef, *, reason: CancelReason, idempotency_key: str
    ) -> PaymentSnapshot:
        """Close a payment that is not paid yet, and return the true state: SUCCEEDED when the payer was
        faster, CANCELED also when it had been closed or had expired before.

        Only CANCELED, REQUIRES_METHOD and NotFound free what was reserved; Unavailable frees nothing.
        """
        ...

    def refund(self, ref: PaymentRef, amount_rp: int, *, refund_id: str, reason: str = "") -> RefundSnapshot:
        """Give money back. `refund_id` (1 to 36 letters, digits, - or _) makes it happen once: repeating
        the call returns the refund that exists. PENDING until the bank has confirmed; FAILED when the
        bank says no. Raises Unsupported (method without refunds: pay out instead), NotAllowed (not
        paid, more than is left, window over, balance too low), Unavailable.
        """
        ...

    def capture(self, ref: PaymentRef, amount_rp: int | None, *, idempotency_key: str) -> PaymentSnapshot:
        """Take reserved money. Raises Unsupported for every method offered today."""
        ...

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: dt.datetime
    ) -> WebhookEvent:
        """Check signature and form of a notice: pure, no call, no clock but `received_at`.

        `headers` are looked up without regard to case. Raises SignatureError for everything that the
        provider has not sent exactly so, oversized bodies included.
        """
        ...

    def balance(self, since: dt.datetime, until: dt.datetime) -> Balance:
        """The provider's own books, for reconciliation. Raises Unsupported, AuthError, Unavailable."""
        ...


class PayoutGateway(Protocol):
    """Money to people's bank accounts: one key makes, another approves. Stripe has none for Indonesia."""

    provider: Provider

    def create_payout(self, request: CreatePayout, *, idempotency_key: str) -> PayoutSnapshot:
        """Queue a payout; no money moves. `payout_id` makes it happen once. Raises InvalidRequest,
        AuthError, RateLimited, Unavailable (then ask again with the same key)."""
        ...

    def get_payout(self, ref: PayoutRef) -> PayoutSnapshot:
        """The truth now. Raises NotFound, AuthError, Unavailable."""
        ...

    def approve_payout(self, ref: PayoutRef, *, otp: str = "") -> PayoutSnapshot:
        """Release it with the approver's key. Repeating is harmless: the true state is returned.
        Raises NotAllowed (rejected already, deposit too low), AuthError, Unavailable."""
        ...

    def reject_payout(self, ref: PayoutRef, *, reason: str) -> PayoutSnapshot:
        """Stop a queued payout with the approver's key. Raises NotAllowed, AuthError, Unavailable."""
        ...

    def account_holder(self, bank: str, account_number: str) -> str:
        """The name on a bank account, to be compared by a person. Raises NotFound, Unavailable."""
        ...

    def payout_balance_rp(self) -> int:
        """What is left in the deposit. Raises AuthError, Unavailable."""
        ...

    def parse_payout_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: dt.datetime
    ) -> WebhookEvent:
        """As `parse_webhook`, for payouts. Raises SignatureError."""
        ...


def request_hash(request: CreatePayment | CreatePayout) -> str:
    """What the caller stores beside an idempotency key, to refuse the same key with another request."""
    text = json.dumps(asdict(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_same(stored_hash: str, request: CreatePayment | CreatePayout) -> None:
    """Raises IdempotencyConflict when the key was first used for something else."""
    if stored_hash != request_hash(request):
        raise IdempotencyConflict("the same key came with another request")


def create_once(gateway: PaymentGateway, request: CreatePayment, *, idempotency_key: str) -> PaymentSnapshot:
    """Create a payment, or find the one that an earlier, unanswered call has made.

    Repeats once with the same key (the provider then gives its first answer, with the next action in
    it), and otherwise asks. Safe to call again at any later time with the same request: it adopts what
    exists. Raises Unavailable(outcome_unknown=True) when nobody answers still: try again later, with
    the same order id; and what `create_payment` raises for a true refusal.
    """
    for _attempt in (1, 2):
        try:
            return gateway.create_payment(request, idempotency_key=idempotency_key)
        except Conflict:
            break
        except Unavailable as error:
            if not error.outcome_unknown:
                raise
    return _found(gateway, request.order_id)


def _found(gateway: PaymentGateway, order_id: str) -> PaymentSnapshot:
    """What exists under the order id, after calls that did not show it."""
    with contextlib.suppress(NotFound, Unavailable, RateLimited):
        return gateway.get_payment(PaymentRef(order_id))
    # "Not found" may still be on its way in: only a later call with the same order id may say so.
    raise Unavailable("no answer to the charge", outcome_unknown=True)
