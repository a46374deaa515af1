"""What runs later for pre-orders."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.preorders import services


@jobs.own_transactions
def on_preorder_told(payload: dict[str, Any]) -> None:
    """A household hears what became of its wish; what can never arrive is given up."""
    with db.transaction(read_only=True):
        message = services.letter(payload["wish_id"])
    if message is not None:
        messages.send_or_give_up(message)
