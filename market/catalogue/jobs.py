"""What runs later: every product is judged anew after a rule changed."""

from __future__ import annotations

from typing import Any

from market.catalogue import services


def on_permit_rules_changed(payload: dict[str, Any]) -> None:
    """A rule about permits counts from another day."""
    services.review_rules()
