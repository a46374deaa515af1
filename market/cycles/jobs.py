"""What runs later for cycles: telling the cooperatives of an area."""

from __future__ import annotations

from typing import Any

from market.cycles import services


def on_cycle_opened(payload: dict[str, Any]) -> None:
    """A round has opened by itself."""
    services.announce_opening(payload["date_id"])


def on_cycle_closing(payload: dict[str, Any]) -> None:
    """A round closes soon."""
    services.announce_closing(payload["date_id"])
