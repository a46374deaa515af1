"""The cooperative's side: pack, make ready, hand over for cash, cancel."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from market.core import clock, messages, text
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.places import queries as places
from market.rations.forms import categories
from market.retail import queries, queries_delivery, queries_parts, queries_vouchers, services
from market.retail.forms import CancelForm, HandOverForm
from market.retail.models import RetailOrder
from market.retail.routes import checkout
from market.retail.routes.blueprint import Answer, bp
from market.retail.services import breakdown
from market.web.access import current_actor, requires
from market.web.requests import after_refusal, etag_for


@bp.get("/penjualan")
@requires(Permission.RETAIL_VIEW)
def index_orders() -> str:
    """Orders to pack and to hand over, or those that have ended."""
    shop_id = current_actor().organization_id or 0
    ended = request.args.get("lihat") == "selesai"
    words = _words()
    orders = queries.orders_of(shop_id, queries.CLOSED if ended else queries.OPEN, words)
    return render_template(
        "retail/index_orders.html",
        orders=orders,
        lines=queries.lines_by_order(orders),
        packable=queries_parts.packable(order.id for order in orders),
        brought=queries_delivery.to_bring([order.id for order in orders]),
        ended=ended,
        words=words,
        taken=queries.taken_rp(shop_id, clock.today()),
        shop=identity.organization(shop_id),
        now=clock.now(),
    )


def _words() -> str:
    try:
        return text.clean(request.args.get("q", ""), 60)
    except Refused:
        return ""


@bp.get("/penjualan/daftar-kemas")
@requires(Permission.RETAIL_VIEW)
def show_packing() -> str:
    """What to fetch from the shelf and how to share it out, for paper."""
    shop = identity.organization(current_actor().organization_id or 0)
    orders = [order for order in queries.orders_of(shop.id, ("placed",)) if order.released_at is not None]
    return render_template(
        "retail/show_packing.html",
        shop=shop,
        goods=queries.to_pack(shop.id),
        orders=sorted(orders, key=lambda order: order.id),
        lines=queries.lines_by_order(orders),
        brought=queries_delivery.to_bring([order.id for order in orders]),
        now=clock.now(),
    )


@bp.get("/penjualan/<int:order_id>")
@requires(Permission.RETAIL_VIEW)
def show_order(order_id: int) -> str:
    """One order; a scanned code arrives filled in."""
    order = queries.order_for(current_actor(), order_id)
    return _page(order, hand_over=_hand_over_form(request.args.get("kode", "")[:12]))


def _hand_over_form(code: str = "") -> HandOverForm:
    form = HandOverForm(data={"pickup_code": code})
    form.category.choices = categories()
    return form


def _page(order: RetailOrder, hand_over: HandOverForm | None = None, cancel: CancelForm | None = None) -> str:
    shop = identity.organization(order.organization_id)
    lines, parts = queries.lines_of(order.id), queries_parts.parts_of(order.id)
    here = [part for part in parts if part.place == "here" and part.state in queries_parts.PACKING]
    delivery = queries_delivery.delivery_of(order.id)
    sellers = identity.names({line.seller_id for line in lines})
    return render_template(
        "retail/show_order.html",
        order=order,
        lines=lines,
        parts=parts,
        to_pack=order.state == "placed" and order.released_at is not None and bool(here),
        sellers=sellers,
        history=history_of(order),
        cash_rp=services.counter_due_rp(order),
        fee_back_rp=services.fee_back_rp(order),
        picture=checkout.picture(breakdown.of_order(order, lines, sellers)),
        delivery=delivery,
        village=places.names({delivery.place_code})[delivery.place_code] if delivery else "",
        voucher=queries_vouchers.code_of(order.id),
        discount_rp=sum(line.discount_rp for line in lines),
        online=services.online_of(order),
        hand_over=hand_over or _hand_over_form(),
        rationed=services.rationed_goods(lines),
        cancel=cancel or CancelForm(),
        tell=messages.wa_link(order.phone, _news(order, shop.name)),
        now=clock.now(),
    )


@bp.get("/penjualan/<int:order_id>/keadaan")
@requires(Permission.RETAIL_VIEW)
def show_order_live(order_id: int) -> Response:
    """While the order can still be paid over the internet: 304 until something has happened."""
    order = queries.order_for(current_actor(), order_id)
    online = services.online_of(order)
    tag = etag_for(order.state, services.cash_due_rp(order), online)
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = make_response(render_template("retail/_online.html", order=order, online=online))
    if online is None:
        response.headers["HX-Refresh"] = "true"  # paid, or free for cash: the whole page says which
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/penjualan/<int:order_id>/tunai")
@requires(Permission.RETAIL_HAND_OVER)
def create_cash(order_id: int) -> Answer:
    """The buyer stands here and pays in cash after all."""
    return _closing(order_id, request.form.get("kode", ""))


def _closing(order_id: int, code: str = "") -> Answer:
    """Close what could be paid over the internet; the code that was typed comes along."""
    if services.take_cash(current_actor(), order_id):
        flash(_("Pembayaran internetnya sedang ditutup. Tunggu halaman ini berubah sendiri."))
    kept = "".join(code.split())[:12] or None
    return redirect(url_for("retail.show_order", order_id=order_id, kode=kept), 303)


def _news(order: RetailOrder, shop: str) -> str:
    """What the buyer is told; the secret link stays with the buyer."""
    values = {"name": order.buyer_name, "number": order.number, "shop": shop}
    if order.state == "ready":
        return _("Halo %(name)s, pesanan %(number)s siap diambil di %(shop)s.", **values)
    return _("Halo %(name)s, tentang pesanan %(number)s di %(shop)s:", **values)


@bp.post("/penjualan/<int:order_id>/siap")
@requires(Permission.RETAIL_HAND_OVER)
def create_readiness(order_id: int) -> Answer:
    """The goods are packed."""
    order = services.mark_ready(current_actor(), order_id)
    if order.state == "ready":
        flash(_("%(number)s siap diambil. Kabari pembelinya lewat WhatsApp.", number=order.number))
    else:
        flash(_("Barang gerai siap. %(number)s masih menunggu penjual.", number=order.number))
    return redirect(url_for("retail.show_order", order_id=order_id), 303)


@bp.post("/penjualan/<int:order_id>/serah-terima")
@requires(Permission.RETAIL_HAND_OVER)
def create_hand_over(order_id: int) -> Answer:
    """Cash for goods, against the code."""
    order = queries.order_for(current_actor(), order_id)
    if services.online_of(order):
        return _closing(order_id, request.form.get("pickup_code", ""))
    form = HandOverForm.load(category=categories())
    valid, shown = form.validate(), form.taken()
    if valid:
        try:
            services.hand_over(
                current_actor(),
                order_id,
                form.pickup_code.data or "",
                member_sale=form.member_sale.data,
                cash_rp=form.cash_rp.data,
                shown=shown,
            )
            flash(_("%(number)s diserahkan dan dibukukan.", number=order.number))
            return redirect(url_for("retail.index_orders"), 303)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_code(order_id))
            form.refuse(refusal)
    return _page(order, hand_over=form), 422


@bp.post("/penjualan/<int:order_id>/pembatalan")
@requires(Permission.RETAIL_HAND_OVER)
def create_order_cancellation(order_id: int) -> Answer:
    """The shop gives the order up."""
    order = queries.order_for(current_actor(), order_id)
    if services.online_of(order):
        return _closing(order_id)
    form = CancelForm.load()
    if form.validate():
        with form.guard():
            services.cancel_order(current_actor(), order_id, **form.values())
            flash(_("Pesanan dibatalkan. Barangnya kembali bebas."))
            return redirect(url_for("retail.index_orders"), 303)
    return _page(order, cancel=form), 422
