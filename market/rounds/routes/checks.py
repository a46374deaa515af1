"""An order of a round beside what its goods would cost alone."""

from __future__ import annotations

from flask import render_template

from market.core.permissions import Permission
from market.rounds import queries
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/pesanan/<int:order_id>/pembanding")
@requires(Permission.ORDERS_VIEW)
def show_order_check(order_id: int) -> Answer:
    """What the order's goods would cost alone, and how its delivery is shared."""
    found = queries.order_check(current_actor(), order_id)
    return render_template("rounds/show_order_check.html", found=found, check=found.check, order_id=order_id)
