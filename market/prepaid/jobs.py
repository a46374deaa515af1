"""What runs later for prepaid buying."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.prepaid import services


def on_prepaid_full(payload: dict[str, Any]) -> None:
    """Everything that could be paid is paid."""
    services.settle_pool(payload["pool_id"])


@jobs.own_transactions
def on_prepaid_reminder(payload: dict[str, Any]) -> None:
    """Somebody joined and has not paid; what can never arrive is given up."""
    with db.transaction(read_only=True):
        message = services.reminder(payload["share_id"])
    if message is not None:
        messages.send_or_give_up(message)
