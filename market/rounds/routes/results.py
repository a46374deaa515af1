"""What became of a supplier's offers that a round did not take."""

from __future__ import annotations

from flask import render_template

from market.core.permissions import Permission
from market.rounds import queries
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/hasil-penawaran")
@requires(Permission.ASSIGNMENTS_ANSWER)
def index_results() -> Answer:
    """Offers left out of published rounds, with the reason and a price band."""
    rows = queries.offer_results(current_actor())
    return render_template("rounds/index_results.html", rows=rows, words=queries.OFFER_WORDS)
