"""The buyer's side of complaints, and the order's contract for paper, behind the order's secret link."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from market.catalogue import queries as catalogue
from market.core.errors import Conflict
from market.core.i18n import _
from market.identity import queries as identity
from market.places import queries as places
from market.retail import queries, queries_complaints, queries_delivery, services
from market.retail.forms_buying import WISHES, ComplaintForm, WordsForm
from market.retail.models import RetailOrder
from market.retail.routes.blueprint import PHOTO_SIDE, Answer, bp
from market.retail.routes.courier import bytes_of
from market.web.access import public
from market.web.pictures import private_photo
from market.web.requests import behind_secret_link


def _form(order: RetailOrder) -> ComplaintForm:
    lines = [(str(line.id), f"{line.name} ({line.kept})") for line in queries.lines_of(order.id) if line.kept]
    wishes = [(value, str(label)) for value, label in WISHES.items()]
    begin = {"quantity": 1, "wish": "refund", "line_id": int(lines[0][0]) if lines else None}
    return ComplaintForm.load(begin, line_id=lines, wish=wishes)


def _page(order: RetailOrder, form: ComplaintForm) -> str:
    found = queries_complaints.complaints_of(order.id)
    lines = {line.id: line for line in queries.lines_of(order.id)}
    return render_template(
        "retail/index_order_complaints.html",
        order=order,
        shop=identity.organization(order.organization_id),
        complaints=found,
        lines=lines,
        said={each.id: queries_complaints.messages_of(each.id) for each in found},
        back={each.id: queries_complaints.return_of(each.id) for each in found},
        until=services.complaint_until(order),
        may_complain=services.may_complain(order),
        wishes=WISHES,
        form=form,
    )


@bp.get("/pesanan-saya/<token>/keluhan")
@public
def index_order_complaints(token: str) -> Response:
    """Complaints of an order, and the form for a new one."""
    order = queries.order_by_token(token)
    return behind_secret_link(make_response(_page(order, _form(order))))


@bp.post("/pesanan-saya/<token>/keluhan")
@public
def create_complaint(token: str) -> Answer:
    """The buyer is not content."""
    order = queries.order_by_token(token)
    form = _form(order)
    if form.validate():
        with form.guard():
            services.complain(
                services.BUYER,
                token,
                form.line_id.data,
                quantity=form.quantity.data,
                wish=form.wish.data,
                words=form.words.data,
                photo=bytes_of(form.photo),
            )
            flash(_("Keluhan terkirim. Koperasi menjawab di halaman ini."))
            return redirect(url_for("retail.index_order_complaints", token=token), 303)
    return _page(order, form), 422


@bp.get("/pesanan-saya/<token>/keluhan/<int:complaint_id>/foto")
@public
def show_own_photo(token: str, complaint_id: int) -> Response:
    """The photo that the buyer sent."""
    order = queries.order_by_token(token)
    return private_photo(queries_complaints.complaint_of(order.id, complaint_id).photo, PHOTO_SIDE)


@bp.post("/pesanan-saya/<token>/keluhan/<int:complaint_id>")
@public
def update_complaint(token: str, complaint_id: int) -> Answer:
    """The buyer says something, objects to a refusal, or takes it back."""
    act, form = request.form.get("act"), WordsForm.load()
    if act == "withdraw":
        services.withdraw_complaint(services.BUYER, token, complaint_id)
        flash(_("Keluhan ditarik."))
    elif not form.validate():
        raise Conflict(_("Tulis pesannya dahulu."))
    elif act == "object":
        services.object_to(services.BUYER, token, complaint_id, form.words.data)
        flash(_("Keberatan terkirim ke ketua dan pengawas koperasi."))
    else:
        services.say_as_buyer(token, complaint_id, form.words.data)
        flash(_("Pesan terkirim."))
    return redirect(url_for("retail.index_order_complaints", token=token), 303)


@bp.get("/pesanan-saya/<token>/kontrak")
@public
def show_contract(token: str) -> Response:
    """The facts of the contract (PP 80/2019 art. 53), for the screen and for paper."""
    order = queries.order_by_token(token)
    lines = queries.lines_of(order.id)
    delivery = queries_delivery.delivery_of(order.id)
    shop = identity.organization(order.organization_id)
    products = catalogue.products_by_id({line.product_id for line in lines})
    codes = {code for code in (shop.place_code, delivery.place_code if delivery else None) if code}
    page = render_template(
        "retail/show_contract.html",
        order=order,
        lines=lines,
        products=products,
        sellers=identity.names({line.seller_id for line in lines}),
        shop=shop,
        places=places.names(codes),
        delivery=delivery,
        rules=services.cancelling_rules(
            line.name for line in lines if products[line.product_id].supply == "order"
        ),
        days=services.WINDOW_DAYS.value(organization_id=order.organization_id),
        answer_days=services.ANSWER_DAYS.value(organization_id=order.organization_id),
    )
    return behind_secret_link(make_response(page))
