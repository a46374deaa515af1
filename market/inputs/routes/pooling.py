"""What waits flows into a need of the cooperative; what came is shared."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core.i18n import _
from market.core.permissions import Permission
from market.inputs import forms, queries, services
from market.inputs.routes import blueprint as shared
from market.inputs.routes.blueprint import Answer, bp
from market.web.access import requires


@bp.get("/bahan/gabungan/baru/<int:commodity_id>")
@requires(Permission.NEEDS_POST)
def new_pool(commodity_id: int) -> Answer:
    """What waits of a good, and the needs that could hold it."""
    return _page(commodity_id, None, 200)


def _page(commodity_id: int, form: forms.PoolForm | None, status: int) -> Answer:
    actor = shared.cooperative()
    good = commodities.commodity(commodity_id)
    waiting = queries.poolable(actor.organization_id or 0, good.id)
    first = min((each.needed_by_on for each in waiting), default=None)
    packs = queries.bulk_packs(good.id)
    start = {"needed_by_on": first, "own_packs": 0, "own_at_most_packs": 0}
    page = render_template(
        "inputs/new_pool.html",
        good=good,
        waiting=waiting,
        packs=packs,
        limits={pack.id: services.limit_rp(pack, waiting) for pack in packs} if waiting else {},
        joinable=queries.joinable(actor, good.id, first) if first else [],
        form=form or _form(good.id, start),
        first=first,
    )
    return page, status


def _form(commodity_id: int, start: dict[str, Any] | None = None) -> forms.PoolForm:
    packs = [(str(pack.id), pack.name) for pack in queries.bulk_packs(commodity_id)]
    return forms.PoolForm.load(start, pack_id=packs)


@bp.post("/bahan/gabungan/baru/<int:commodity_id>")
@requires(Permission.NEEDS_POST)
def create_pool(commodity_id: int) -> Answer:
    """A new need that holds what waits."""
    actor = shared.cooperative()
    form = _form(commodity_id)
    if form.validate():
        with form.guard():
            values = form.values()
            values["own_packs"] = values["own_packs"] or 0
            need = services.pool_requests(actor, **values)
            flash(_("Digabung menjadi satu kebutuhan. Bendahara atau ketua akan menyetujui."))
            return redirect(url_for("inputs.show_pool", need_id=need.id), 303)
    return _page(commodity_id, form, 422)


@bp.post("/bahan/gabungan/<int:need_id>/isi")
@requires(Permission.NEEDS_APPROVE)
def create_joining(need_id: int) -> Response:
    """A need that is open grows by what waits."""
    services.join_need(shared.cooperative(), need_id)
    flash(_("Digabung ke kebutuhan yang sudah ada."))
    return redirect(url_for("inputs.show_pool", need_id=need_id), 303)


@bp.get("/bahan/gabungan/<int:need_id>")
@requires(Permission.INPUTS_VIEW)
def show_pool(need_id: int) -> Answer:
    """Whose goods a need holds, what came, and who got what."""
    pool, need = queries.pool_for(shared.cooperative(), need_id)
    return render_template(
        "inputs/show_pool.html",
        pool=pool,
        need=need,
        wishes=queries.shares_of(need.id),
        came=queries.arrival(need),
        rest=queries.family(need)[1:],
    )


@bp.post("/bahan/gabungan/<int:need_id>/pembagian")
@requires(Permission.RETAIL_HAND_OVER)
def create_sharing(need_id: int) -> Response:
    """Share what came, by the published rule."""
    services.share_goods(shared.cooperative(), need_id)
    flash(_("Dibagi dan disisihkan. Pembeli sudah diberi tahu."))
    return redirect(url_for("inputs.show_pool", need_id=need_id), 303)
