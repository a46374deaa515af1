"""The buyer's side of an order, behind a secret link."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from markupsafe import Markup

from market.core import messages, qr
from market.core.errors import NotFound
from market.core.history import history_of
from market.core.i18n import _
from market.identity import queries as identity
from market.payments import queries as payments
from market.payments import queries_payouts as money_out
from market.payments import services as payment_services
from market.places import queries as places
from market.retail import (
    queries,
    queries_complaints,
    queries_delivery,
    queries_parts,
    queries_vouchers,
    services,
)
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_parts import RetailPart
from market.retail.routes import basket, checkout
from market.retail.routes.blueprint import PHOTO_SIDE, Answer, bp
from market.retail.services import breakdown
from market.web.access import current_actor, public
from market.web.pictures import private_photo
from market.web.requests import behind_secret_link


@bp.get("/pesanan-saya")
@public
def index_tracking() -> str:
    """Orders that were made on this device, and those of the person who is signed in."""
    here = [order for token in reversed(basket.my_tokens()) if (order := _known(token)) is not None]
    user_id = current_actor().user_id
    mine = queries.orders_of_user(user_id) if user_id is not None else []
    orders = sorted({order.id: order for order in (*here, *mine)}.values(), key=lambda each: -each.id)
    shops = identity.names({order.organization_id for order in orders})
    brought = queries_delivery.to_bring([order.id for order in orders])
    return render_template("retail/index_tracking.html", orders=orders, shops=shops, brought=brought)


def _known(token: str) -> RetailOrder | None:
    try:
        return queries.order_by_token(token)
    except NotFound:
        return None


@bp.get("/pesanan-saya/<token>")
@public
def show_tracking(token: str) -> Response:
    """Where the order stands, the code, when and where to collect it; for no cache and no search engine."""
    order = queries.order_by_token(token)
    shop = identity.organization(order.organization_id)
    parts, lines = queries_parts.parts_of(order.id), queries.lines_of(order.id)
    sellers = identity.names({part.seller_id for part in parts} | {line.seller_id for line in lines})
    page = render_template(
        "retail/show_tracking.html",
        order=order,
        lines=lines,
        parts=parts,
        sellers=sellers,
        money_word=services.money_word(order) if order.refused_rp else "",
        shop=shop,
        place=places.names({shop.place_code or ""}).get(shop.place_code or "", ""),
        link=messages.link(url_for("retail.show_tracking", token=token)),
        code_picture=Markup(qr.svg(_counter_link(order))),
        reason=history_of(order)[-1].reason if order.state == "cancelled" else "",
        payment=services.payment_of(order),
        going_back=money_out.refunds_of_purpose(queries.PURPOSE, order.id),
        masked=payment_services.masked,
        payable=payments.takes_payments(order.organization_id),
        locked=order.wrong_codes >= services.MAX_WRONG_CODES,
        **_besides(order, parts, lines, sellers),
    )
    return behind_secret_link(make_response(page))


def _besides(
    order: RetailOrder, parts: list[RetailPart], lines: list[RetailOrderLine], sellers: dict[int, str]
) -> dict[str, Any]:
    """Where the money goes, who brings the goods, what can still be cancelled or complained of."""
    delivery = queries_delivery.delivery_of(order.id)
    shares = breakdown.of_order(order, lines, sellers)
    return {
        "picture": checkout.picture(shares),
        "delivery": delivery,
        "village": places.names({delivery.place_code})[delivery.place_code] if delivery else "",
        "courier": queries_delivery.courier_of(delivery),
        "voucher": queries_vouchers.code_of(order.id),
        "discount_rp": sum(line.discount_rp for line in lines),
        "why_not_cancel": services.why_not_cancel(order, delivery, parts),
        "complaints": queries_complaints.complaints_of(order.id),
        "complain_until": services.complaint_until(order) if services.may_complain(order) else None,
    }


def _counter_link(order: RetailOrder) -> str:
    """What the counter's camera opens: the order with the code filled in."""
    return messages.link(url_for("retail.show_order", order_id=order.id, kode=order.pickup_code))


@bp.post("/pesanan-saya/<token>/bayar")
@public
def create_payment(token: str) -> Answer:
    """The buyer pays now, over the internet."""
    payment = services.pay_order(services.BUYER, token)
    return redirect(url_for("payments.show", token=payment.token), 303)


@bp.post("/pesanan-saya/<token>/pembatalan")
@public
def create_cancellation(token: str) -> Answer:
    """The buyer gives the goods back to the shelf."""
    if services.stop_own(services.BUYER, token):
        flash(_("Pembayaran internetnya sedang ditutup. Beberapa detik lagi, tekan Batalkan pesanan lagi."))
        return redirect(url_for("retail.show_tracking", token=token), 303)
    services.cancel_own_order(services.BUYER, token)
    flash(_("Pesanan dibatalkan. Uang yang sudah dibayar lewat internet dikembalikan."))
    return redirect(url_for("retail.show_tracking", token=token), 303)


@bp.post("/pesanan-saya/<token>/kode")
@public
def create_code(token: str) -> Answer:
    """A new pickup code; the old one opens nothing any more."""
    services.renew_code(token)
    flash(_("Kode baru sudah dibuat."))
    return redirect(url_for("retail.show_tracking", token=token), 303)


@bp.get("/pesanan-saya/<token>/bukti")
@public
def show_own_proof(token: str) -> Response:
    """What the courier photographed at the buyer's door."""
    delivery = queries_delivery.delivery_of(queries.order_by_token(token).id)
    return private_photo(delivery.photo if delivery else None, PHOTO_SIDE)
