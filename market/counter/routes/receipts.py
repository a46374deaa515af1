"""What was sold: the receipt on paper and behind a secret link, QRIS while it is paid, returns."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from market.core import messages, money, qr, text
from market.core.i18n import _
from market.core.permissions import Permission
from market.counter import queries, services
from market.counter.forms import ReasonForm
from market.counter.models import Sale
from market.counter.routes.blueprint import Answer, bp, own_id
from market.identity import queries as identity
from market.members import queries as members
from market.payments import queries as money_in
from market.payments.types import NextAction
from market.places import queries as places
from market.web.access import current_actor, public, requires
from market.web.requests import behind_secret_link, etag_for

PAPERS = ("58", "80", "a4")
MOST_UNITS = 10_000


def _receipt(sale: Sale) -> dict[str, Any]:
    """What stands on a receipt: who sold what to whom, when, for how much and paid how."""
    shop = identity.organization(sale.organization_id)
    lines = queries.lines_of(sale.id)
    shift = queries.shift_by_id(sale.shift_id)
    paper = request.args.get("kertas", "")
    return {
        "sale": sale,
        "lines": lines,
        "shop": shop,
        "place": places.names({shop.place_code or ""}).get(shop.place_code or "", ""),
        "cashier": shift.cashier,
        "till": shift.till,
        "sellers": identity.names({line.seller_id for line in lines}),
        "member": members.member_by_id(sale.member_id) if sale.member_id else None,
        "back": queries.returns_of(sale.id),
        "paper": paper if paper in PAPERS else "",
        "link": messages.link(url_for("counter.show_receipt", token=sale.token)),
    }


@bp.get("/nota/<token>")
@public
def show_receipt(token: str) -> Response:
    """The buyer's own receipt; for no cache and no search engine."""
    page = render_template("counter/show_receipt.html", **_receipt(queries.sale_by_token(token)))
    return behind_secret_link(make_response(page))


@bp.get("/kasir/<int:sale_id>")
@requires(Permission.RETAIL_VIEW)
def show_sale(sale_id: int) -> Answer:
    """A sale as it stands: being paid, sold with its receipt, to be solved, or nothing."""
    return _page(queries.sale_for(current_actor(), sale_id), 200)


def _page(sale: Sale, status: int, solve: ReasonForm | None = None) -> Answer:
    facts = _receipt(sale)
    page = render_template(
        "counter/show_sale.html",
        **facts,
        **_online(sale),
        solve=solve or ReasonForm(),
        tell=messages.wa_link(sale.phone, _words(sale, facts)),
    )
    return page, status


def _words(sale: Sale, facts: dict[str, Any]) -> str:
    """The receipt as a message: short, with the secret link."""
    lines = [f"{line.quantity} x {line.name} = {money.format_rp(line.amount_rp)}" for line in facts["lines"]]
    head = _("Nota %(number)s, %(shop)s", number=sale.number or "", shop=facts["shop"].name)
    total = _("Total %(total)s", total=money.format_rp(sale.total_rp))
    return "\n".join([head, *lines, total, facts["link"]])


def _online(sale: Sale) -> dict[str, Any]:
    """The QR while it can be paid."""
    payment = services.payment_of(sale) if sale.state == "waiting" else None
    attempt = money_in.running_attempt(payment.id) if payment else None
    action = NextAction.from_dict(attempt.next_action) if attempt and attempt.next_action else None
    picture = Markup(qr.svg(action.qr_string)) if action and action.qr_string else ""
    return {"payment": payment, "attempt": attempt, "picture": picture}


@bp.get("/kasir/<int:sale_id>/keadaan")
@requires(Permission.RETAIL_VIEW)
def show_sale_live(sale_id: int) -> Response:
    """While QRIS is paid: 304 until something has happened."""
    sale = queries.sale_for(current_actor(), sale_id)
    online = _online(sale)
    attempt = online["attempt"]
    tag = etag_for(sale.state, attempt and (attempt.id, attempt.state), bool(online["picture"]))
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = make_response(render_template("counter/_online.html", sale=sale, **online))
    if sale.state != "waiting":
        response.headers["HX-Refresh"] = "true"
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/kasir/<int:sale_id>/qris-batal")
@requires(Permission.COUNTER_SELL)
def create_stop(sale_id: int) -> Answer:
    """The buyer pays otherwise."""
    services.stop_online(current_actor(), sale_id)
    flash(_("QRIS sedang ditutup. Tunggu halaman ini berubah sendiri, lalu bayar dengan cara lain."))
    return redirect(url_for("counter.show_sale", sale_id=sale_id), 303)


@bp.post("/kasir/<int:sale_id>/selesaikan")
@requires(Permission.COUNTER_SELL)
def create_solution(sale_id: int) -> Answer:
    """A sale without signal that did not fit: booked as it was, or undone."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            accept = request.form.get("outcome") == "accept"
            services.solve_sale(current_actor(), sale_id, accept=accept, reason=form.values()["reason"])
            flash(_("Selesai."))
            return redirect(url_for("counter.show_sale", sale_id=sale_id), 303)
    return _page(sale, 422, form)


@bp.get("/kasir/<int:sale_id>/retur")
@requires(Permission.COUNTER_SELL)
def new_return(sale_id: int) -> Answer:
    """Which goods come back."""
    return _return_page(queries.sale_for(current_actor(), sale_id), ReasonForm(), 200)


def _return_page(sale: Sale, form: ReasonForm, status: int) -> Answer:
    lines = queries.lines_of(sale.id)
    typed = {line.id: request.form.get(f"units_{line.id}", "")[:10] for line in lines}
    return render_template("counter/new_return.html", sale=sale, lines=lines, form=form, typed=typed), status


@bp.post("/kasir/<int:sale_id>/retur")
@requires(Permission.COUNTER_SELL)
def create_return(sale_id: int) -> Answer:
    """Goods in, cash out."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            back = services.take_back(current_actor(), sale_id, _units(sale), form.values()["reason"])
            amount = money.format_rp(back.amount_rp)
            flash(_("Retur %(number)s tercatat. Kembalikan %(amount)s.", number=back.number, amount=amount))
            return redirect(url_for("counter.show_return", return_id=back.id), 303)
    return _return_page(sale, form, 422)


def _units(sale: Sale) -> dict[int, int]:
    """What was typed; nothing is none, and what is no number is refused, not passed over."""
    typed = {line.id: request.form.get(f"units_{line.id}", "").strip() for line in queries.lines_of(sale.id)}
    return {line_id: text.whole_number(words, most=MOST_UNITS) for line_id, words in typed.items() if words}


@bp.get("/kasir/retur/<int:return_id>")
@requires(Permission.RETAIL_VIEW)
def show_return(return_id: int) -> Answer:
    """The paper of what came back."""
    back = queries.return_for(current_actor(), return_id)
    return render_template(
        "counter/show_return.html",
        back=back,
        sale=queries.sale_by_id(back.sale_id),
        lines=queries.return_lines(back.id),
        shop=identity.organization(own_id()),
    )
