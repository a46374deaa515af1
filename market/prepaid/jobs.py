"""What runs later for prepaid buying."""

from __future__ import annotations

from typing import Any

from market.prepaid import services


def on_prepaid_full(payload: dict[str, Any]) -> None:
    """Everything that could be paid is paid."""
    services.settle_pool(payload["pool_id"])
