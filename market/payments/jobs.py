"""What runs later for payments: every call to a provider, none of them inside a transaction."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs
from market.payments import services


@jobs.own_transactions
def on_payment_started(payload: dict[str, Any]) -> None:
    """A payer chose how to pay."""
    services.begin_attempt(payload["attempt_id"])


@jobs.own_transactions
def on_payment_check(payload: dict[str, Any]) -> None:
    """It is time to ask what became of an attempt."""
    services.check_attempt(payload["attempt_id"])


@jobs.own_transactions
def on_payment_unwanted(payload: dict[str, Any]) -> None:
    """The payer chose another way, or the time is over."""
    services.close_attempt(payload["attempt_id"])


@jobs.own_transactions
def on_payment_notified(payload: dict[str, Any]) -> None:
    """A provider says that something happened: ask it what."""
    with db.transaction(read_only=True):
        attempt_id = services.attempt_of(payload["notification_id"])
        payout_id = services.payout_of(payload["notification_id"])
    outcome = "unknown order" if attempt_id is None else services.check_attempt(attempt_id, must_answer=True)
    if payout_id is not None:
        outcome = services.send_payout(payout_id)
    with db.transaction():
        services.close_notification(payload["notification_id"], outcome)


def on_suspense_opened(payload: dict[str, Any]) -> None:
    """Money came that belongs to nothing yet."""
    services.tell_of_case(payload["case_id"])


def on_payment_disputed(payload: dict[str, Any]) -> None:
    """A payer disputes money, or that was decided."""
    services.tell_of_dispute(payload["dispute_id"], payload["to"])


def on_refund_found(payload: dict[str, Any]) -> None:
    """Money was given back at the provider itself."""
    services.tell_of_found_refund(payload["refund_id"])


def on_refund_refused(payload: dict[str, Any]) -> None:
    """The bank gives nothing back."""
    services.tell_of_refusal(payload["refund_id"])


@jobs.own_transactions
def on_refund_asked(payload: dict[str, Any]) -> None:
    """Money is to go back."""
    services.send_refund(payload["refund_id"])


@jobs.own_transactions
def on_reconciliation_step(payload: dict[str, Any]) -> None:
    """A run asks about the next payments."""
    services.run_step(payload["run_id"])


@jobs.own_transactions
def on_reconciliation_apply(payload: dict[str, Any]) -> None:
    """The treasurer wants the provider's state."""
    services.apply_case(payload["case_id"])


def on_reconciliation_done(payload: dict[str, Any]) -> None:
    """A run has ended."""
    services.tell_of_run(payload["run_id"])


def on_refund_by_hand(payload: dict[str, Any]) -> None:
    """Money must go back without the provider."""
    services.tell_by_hand(payload["refund_id"])


@jobs.own_transactions
def on_payout_approved(payload: dict[str, Any]) -> None:
    """Two people have agreed: the provider is asked to send it."""
    services.send_payout(payload["payout_id"])


@jobs.own_transactions
def on_payout_check(payload: dict[str, Any]) -> None:
    """It is time to ask what became of a payout."""
    services.send_payout(payload["payout_id"])


def on_payout_ended(payload: dict[str, Any]) -> None:
    """Money has arrived, or is owed again."""
    services.tell_of_payout(payload["payout_id"])
