"""What runs later for residents' orders."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.retail import services


@jobs.own_transactions
def on_retail_refused(payload: dict[str, Any]) -> None:
    """Something of an order does not come: the buyer is told; a phone that takes no message stops nothing."""
    with db.transaction():
        message = services.tell_refused(payload["order_id"], payload["part_id"])
    messages.send_or_give_up(message)
