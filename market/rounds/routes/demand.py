"""What cooperatives want, told to suppliers without telling who."""

from __future__ import annotations

from itertools import groupby

from flask import render_template, request

from market.core.permissions import Permission
from market.rounds import queries
from market.rounds.routes.blueprint import Answer, demand_bp
from market.web.access import requires


@demand_bp.get("/permintaan", endpoint="index")
@requires(Permission.OFFERS_VIEW)
def index_demand() -> Answer:
    """Open needs by city, good, area and week."""
    rows = queries.anonymous_demand()
    cities = sorted({row.city for row in rows})
    wanted = request.args.get("kota", "")
    chosen = wanted if wanted in cities else (cities[0] if cities else "")
    shown = [row for row in rows if row.city == chosen]
    goods = [(pack, list(group)) for pack, group in groupby(shown, key=lambda row: row.pack)]
    return render_template("rounds/index_demand.html", cities=cities, chosen=chosen, goods=goods)
