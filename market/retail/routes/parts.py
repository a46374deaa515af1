"""The counter's side of sellers' parts: what comes in, what is packed, who collects when, who was late."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.retail import queries, queries_delivery, queries_parts, services
from market.retail.forms import RefusalForm
from market.retail.models_parts import RetailPart
from market.retail.routes.blueprint import Answer, bp
from market.retail.routes.makers import text_day
from market.web.access import current_actor, requires


def _back(part: RetailPart) -> Answer:
    return redirect(url_for("retail.show_order", order_id=part.order_id), 303)


@bp.post("/penjualan/bagian/<int:part_id>/penerimaan")
@requires(Permission.RETAIL_HAND_OVER)
def create_part_receipt(part_id: int) -> Answer:
    """The maker has brought it."""
    part = services.receive_part(current_actor(), part_id)
    flash(_("Barang diterima gerai."))
    return _back(part)


@bp.post("/penjualan/bagian/<int:part_id>/sanggup")
@requires(Permission.RETAIL_HAND_OVER)
def create_part_acceptance(part_id: int) -> Answer:
    """The maker said yes by telephone."""
    part = services.accept_part(current_actor(), part_id)
    flash(_("Jawaban penjual dicatat."))
    return _back(part)


@bp.post("/penjualan/bagian/<int:part_id>/penolakan")
@requires(Permission.RETAIL_HAND_OVER)
def create_counter_refusal(part_id: int) -> Answer:
    """It does not come, or is not on the shelf after all."""
    form = RefusalForm.load()
    part = queries_parts.part_for(current_actor(), part_id)
    if form.validate():
        services.refuse_part(current_actor(), part_id, **form.values())
        flash(_("Tercatat. Pembeli diberi tahu dan uangnya diurus."))
    else:
        flash(_("Tulis alasannya. Pembeli membacanya."), "warn")
    return _back(part)


@bp.get("/penjualan/hari-ambil")
@requires(Permission.RETAIL_VIEW)
def show_pickup_day() -> str:
    """All orders that can be collected on a day, and what is still missing for them."""
    shop = identity.organization(current_actor().organization_id or 0)
    on = text_day(request.args.get("hari", ""))
    orders = queries_parts.orders_of_day(shop.id, on)
    parts = queries_parts.parts_by_order(order.id for order in orders)
    sellers = {part.seller_id for each in parts.values() for part in each}
    return render_template(
        "retail/show_pickup_day.html",
        shop=shop,
        on=on,
        days=queries_parts.pickup_days(shop.id),
        orders=orders,
        lines=queries.lines_by_order(orders),
        brought=queries_delivery.to_bring([order.id for order in orders]),
        parts=parts,
        sellers=identity.names(sellers),
        now=clock.now(),
    )


@bp.get("/penjualan/daftar-penjual")
@requires(Permission.RETAIL_VIEW)
def show_seller_packing() -> str:
    """What each seller owes the open orders until a day, for paper."""
    shop = identity.organization(current_actor().organization_id or 0)
    on = text_day(request.args.get("hari", ""))
    cards = queries_parts.parts_of_day(shop.id, on)
    return render_template("retail/show_seller_packing.html", shop=shop, on=on, cards=cards, now=clock.now())


@bp.get("/penjualan/jawaban")
@requires(Permission.RETAIL_VIEW)
def index_answers() -> str:
    """How sellers answered in the last weeks: the silent ones first."""
    rows = queries_parts.answers(current_actor().organization_id or 0)
    return render_template("retail/index_answers.html", rows=rows, days=queries_parts.LATE_DAYS)
