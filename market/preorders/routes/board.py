"""The cooperative's side: opening, watching, closing into a need, sharing what came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.needs import queries as needs
from market.preorders import forms, queries, services
from market.preorders.models import PreOrder
from market.preorders.routes.blueprint import Answer, bp, cooperative, next_step, preview, public_link, to
from market.retail import queries as retail
from market.web.access import current_actor, requires


@bp.get("/pra-pesan")
@requires(Permission.RETAIL_VIEW)
def index() -> str:
    """The cooperative's pre-orders, and how far each is."""
    found = queries.preorders_of(cooperative().organization_id or 0)
    asked = queries.asked([each.id for each in found])
    return render_template("preorders/index.html", found=found, asked=asked)


@bp.get("/pra-pesan/baru")
@requires(Permission.NEEDS_POST)
def new() -> str:
    """The form of a new pre-order."""
    day = clock.today()
    usual = {
        "least_units": 1,
        "closes_on": day + timedelta(days=5),
        "pickup_from_on": day + timedelta(days=12),
        "pickup_until_on": day + timedelta(days=14),
    }
    return render_template("preorders/new.html", form=_form(usual))


def _form(data: dict[str, Any] | None = None) -> forms.PreOrderForm:
    cooperative()
    packs = [(str(pack.id), pack.name) for pack in commodities.packs(retail=True)]
    return forms.PreOrderForm.load(data, pack_id=packs)


@bp.post("/pra-pesan")
@requires(Permission.NEEDS_POST)
def create() -> Answer:
    """Residents may order from now on."""
    form = _form()
    if form.validate():
        with form.guard():
            preorder = services.open_preorder(current_actor(), **form.values())
            flash(_("Pra-pesan dibuka. Bagikan tautannya ke warga."))
            return to(preorder.id)
    return render_template("preorders/new.html", form=form), 422


@bp.get("/pra-pesan/<int:preorder_id>")
@requires(Permission.RETAIL_VIEW)
def show(preorder_id: int) -> Answer:
    """How far it is, who ordered, and what this person may do next."""
    return _page(preorder_id)


def _page(preorder_id: int, status: int = 200, **sent: Any) -> Answer:
    actor = cooperative()
    preorder = queries.preorder_for(actor, preorder_id)
    shop = identity.organization(preorder.organization_id)
    asked = queries.asked([preorder.id])[preorder.id]
    wishes = queries.wishes_of(preorder.id)
    lacking = sum(wish.wanted - had for wish, had in queries.short_of(preorder)) if first(preorder) else 0
    here = services.units_here(preorder) if preorder.state == "closed" or lacking else 0
    most = lacking or preorder.at_most_units
    shown = {
        "sharing": forms.ShareForm.load({"units": min(here, most) or None}),
        "reason": forms.ReasonForm.load(),
        **sent,
    }
    page = render_template(
        "preorders/show.html",
        preorder=preorder,
        asked=asked,
        wishes=wishes,
        order_states=retail.states_of([wish.order_id for wish in wishes if wish.order_id]),
        units_free=here,
        lacking=lacking,
        followers=queries.followers(preorder.id),
        obstacle=_obstacle(preorder) if preorder.state == "closed" or lacking else "",
        promised_rp=services.promised_rp(preorder),
        step=next_step(preorder, asked) if preorder.state == "open" else "",
        need=needs.need_for(actor, preorder.need_id)
        if preorder.need_id and actor.may(Permission.NEEDS_VIEW)
        else None,
        lost=queries.LOST_NEEDS,
        link=public_link(shop, preorder),
        preview=preview(shop, preorder, asked),
        changes=history_of(preorder),
        **shown,
    )
    return page, status


def first(preorder: PreOrder) -> bool:
    """Whether later goods would be shared on its page."""
    return preorder.state == "ready" and preorder.follows_id is None


def _obstacle(preorder: PreOrder) -> str:
    """Why the goods could not be shared at this moment, if there were any."""
    if preorder.at_counter:
        return ""
    try:
        services.product_of(preorder)
    except Refused as refusal:
        return str(refusal)
    return ""


@bp.post("/pra-pesan/<int:preorder_id>/penutupan")
@requires(Permission.NEEDS_POST)
def create_closing(preorder_id: int) -> Answer:
    """Close it now, and let the sum into the need; again, when the need could not be made before."""
    cooperative()
    try:
        preorder = services.close_now(current_actor(), preorder_id)
    except Refused as refusal:
        flash(str(refusal), "warn")
        return to(preorder_id)
    if preorder.need_id is None:
        flash(_("Tidak ada yang memesan. Pra-pesan selesai."))
        return to(preorder_id)
    flash(_("Jumlah pesanan warga masuk ke kebutuhan. Periksa, lalu ajukan."))
    return redirect(url_for("needs.show", need_id=preorder.need_id), 303)


@bp.post("/pra-pesan/<int:preorder_id>/pembagian")
@requires(Permission.RETAIL_HAND_OVER)
def create_sharing(preorder_id: int) -> Answer:
    """Share what came."""
    cooperative()
    form = forms.ShareForm.load()
    if form.validate():
        with form.guard():
            preorder = services.share_goods(current_actor(), preorder_id, form.units.data)
            flash(_("%(n)s kemasan dibagi. Warga diberi tahu.", n=preorder.given_units))
            return to(preorder_id)
    return _page(preorder_id, 422, sharing=form)


@bp.post("/pra-pesan/<int:preorder_id>/susulan")
@requires(Permission.RETAIL_HAND_OVER)
def create_later_sharing(preorder_id: int) -> Answer:
    """Share what came after a short delivery."""
    cooperative()
    form = forms.ShareForm.load()
    if form.validate():
        with form.guard():
            later = services.share_later(current_actor(), preorder_id, form.units.data)
            flash(_("%(n)s kemasan dibagi. Warga diberi tahu.", n=later.given_units))
            return to(later.id)
    return _page(preorder_id, 422, sharing=form)


@bp.post("/pra-pesan/<int:preorder_id>/pembatalan")
@requires(Permission.NEEDS_POST)
def create_cancellation(preorder_id: int) -> Answer:
    """Nothing will come: tell everybody why."""
    cooperative()
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.give_up(current_actor(), preorder_id, str(form.reason.data))
            flash(_("Dibatalkan. Warga diberi tahu alasannya."))
            return to(preorder_id)
    return _page(preorder_id, 422, reason=form)
