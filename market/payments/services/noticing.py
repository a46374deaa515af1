"""The inbox of providers' notices: checked, kept once, answered; what they claim is asked for later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from market.core import clock, db, faults, jobs
from market.payments import doors, queries, queries_payouts
from market.payments.models import MerchantAccount, PaymentNotification
from market.payments.types import WebhookEvent

FORGOTTEN = timedelta(hours=2)
"""A job that met only silence gives up after an hour and a quarter; then the hour asks again."""


def record_notification(account_token: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep a notice that came to an account's address; False for one that is there already.

    A job then asks the provider. Raises NotFound for an unknown address, gateway.SignatureError for what
    the provider has not sent exactly so.
    """
    account = queries.account_by_token(account_token)
    event = doors.gateway_of(account, queries.rows_of_merchant(account)).parse_webhook(
        headers, body, received_at=clock.now()
    )
    return _keep(account, event, body)


def _keep(account: MerchantAccount, event: WebhookEvent, body: bytes) -> bool:
    named = event.ref.order_id if event.ref else event.payout_ref.provider_id if event.payout_ref else ""
    row = {
        "provider": account.provider,
        "dedupe_key": event.dedupe_key,
        "account_id": account.id,
        "kind": event.kind[:60],
        "order_id": named[:80],
        "provider_id": event.provider_id[:80],
        "claimed_status": event.claimed_status[:40],
        "body": body.decode("utf-8", "replace"),
        "received_at": clock.now(),
        "outcome": "",
    }
    kept = db.insert_ignore(PaymentNotification.__table__).values(row).returning(PaymentNotification.id)
    number = db.session.scalar(kept)  # a count of rows would say nothing on PostgreSQL
    faults.point("payments.notified")
    if number is not None:
        key = f"payment_notified:{number}"
        jobs.enqueue("payment_notified", {"notification_id": number}, unique_key=key)
    return number is not None


def record_payout_notification(account_token: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The same for money that leaves. Raises NotFound, gateway.SignatureError, LookupError without keys."""
    account = queries.account_by_token(account_token)
    door = doors.payouts_of(account, queries.rows_of_merchant(account))
    return _keep(account, door.parse_payout_webhook(headers, body, received_at=clock.now()), body)


def ask_forgotten() -> int:
    """Once an hour: another job for each notice that no provider has answered for yet; returns how many."""
    open_ones = queries.open_notifications(older_than=FORGOTTEN)
    for notice in open_ones:
        jobs.enqueue("payment_notified", {"notification_id": notice.id})
    return len(open_ones)


def attempt_of(notification_id: int) -> int | None:
    """The attempt that a notice of the inbox speaks of, when it is one of the account's own."""
    notice = queries.notification(notification_id)
    theirs = queries.account_by_id(notice.account_id)
    attempt = queries.attempt_by_order(notice.order_id) if notice.order_id else None
    if attempt is None and notice.provider_id:  # a dispute does not name our order
        attempt = queries.attempt_by_provider_id(theirs.organization_id, notice.provider_id)
    if attempt is None:
        return None
    ours = queries.account_by_id(attempt.account_id)
    return attempt.id if queries.same_merchant(ours, theirs) else None


def payout_of(notification_id: int) -> int | None:
    """The payout that a notice of the inbox speaks of, when it is one of the account's own."""
    notice = queries.notification(notification_id)
    if not notice.kind.startswith("payout."):
        return None
    account = queries.account_by_id(notice.account_id)
    payout = queries_payouts.payout_by_reference(account, notice.order_id)
    return payout.id if payout else None


def close_notification(notification_id: int, outcome: str) -> None:
    """The notice was acted upon: its outcome is the attempt's state, or "unknown order"."""
    notice = queries.notification(notification_id)
    notice.handled_at = clock.now()
    notice.outcome = outcome[:60]
