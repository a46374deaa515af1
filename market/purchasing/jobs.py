"""What runs later for buying: telling both sides of a new order, and the supplier of its money."""

from __future__ import annotations

from typing import Any

from market.purchasing import services


def on_order_issued(payload: dict[str, Any]) -> None:
    """A supplier's yes became an order."""
    services.announce_order(payload["order_id"])


def on_supplier_paid(payload: dict[str, Any]) -> None:
    """Money left for a supplier."""
    services.announce_payment(payload["payment_id"])


def on_delivery_reminder(payload: dict[str, Any]) -> None:
    """Tomorrow something is to be delivered."""
    services.announce_delivery(payload["order_id"])
