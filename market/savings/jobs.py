"""What runs later for savings."""

from __future__ import annotations

from typing import Any

from market.savings import services


def on_member_left(payload: dict[str, Any]) -> None:
    """Who left is to get the principal savings back."""
    services.open_repayment(payload["member_id"], payload["by"])
