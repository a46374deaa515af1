"""The day before: both sides of an order hear what is to be delivered."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, jobs
from market.core.i18n import format_date, lazy
from market.core.permissions import Role
from market.identity import queries as identity
from market.notices import services as notices
from market.purchasing import queries
from market.purchasing.services.announcing import PAYERS, SELLERS


def remind_deliveries() -> int:
    """Ask for the reminders of what is to be delivered tomorrow (a schedule); each order and day once."""
    day = clock.today() + timedelta(days=1)
    due = queries.orders_due(day)
    for order_id in due:
        key = f"delivery_reminder:{order_id}:{day.isoformat()}"
        jobs.enqueue("delivery_reminder", {"order_id": order_id}, unique_key=key)
    return len(due)


def announce_delivery(order_id: int) -> None:
    """Both sides hear the day before what comes, unless it came or was cancelled meanwhile."""
    order = queries.order(order_id)
    if order_id not in queries.orders_due(order.delivery_on):
        return
    names = identity.names({order.organization_id, order.supplier_id})
    facts = {"number": order.number, "day": format_date(order.delivery_on)}
    notices.notify(
        order.supplier_id,
        SELLERS,
        "delivery_reminder",
        lazy("Kirim %(day)s: pesanan %(number)s", **facts),
        lazy("%(buyer)s menunggu. Kabari bila truk terlambat.", buyer=names[order.organization_id]),
        f"/pesanan/{order.id}",
    )
    notices.notify(
        order.organization_id,
        (*PAYERS, Role.SECRETARY),
        "delivery_reminder",
        lazy("Datang %(day)s: pesanan %(number)s", **facts),
        lazy(
            "Dari %(supplier)s. Siapkan tempat, timbangan, dan orangnya.", supplier=names[order.supplier_id]
        ),
        f"/pesanan/{order.id}",
    )
